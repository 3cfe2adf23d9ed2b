"""What accounts keep about a person."""

from __future__ import annotations

from accounts.models import User
from medianest.lib.personal_data import export

export(User, "person", "pk", leave_out={"password": "A hash, of use only to whoever wants to guess."})
