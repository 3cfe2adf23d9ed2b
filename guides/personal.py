"""What guides keep about a person."""

from __future__ import annotations

from guides.models import GuidePage, QuickLink
from medianest.lib.personal_data import not_exported

not_exported(GuidePage, "updated_by", because="A page for everybody, not about its editor.")
not_exported(QuickLink, "updated_by", because="A link for everybody, not about its editor.")
