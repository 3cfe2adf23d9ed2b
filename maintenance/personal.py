"""What maintenance keeps about a person."""

from __future__ import annotations

from maintenance.models import Departure, PersonalExport
from medianest.lib.personal_data import export

export(PersonalExport, "exports", "user", leave_out={"path": "A name of ours on the server's disk."})
export(Departure, "departure", "user")
