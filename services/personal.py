"""What services keep about a person."""

from __future__ import annotations

from medianest.lib.personal_data import not_exported
from services.models import ServiceConfig

not_exported(ServiceConfig, "updated_by", because="The server's settings; the trail of changes says who made them.")
