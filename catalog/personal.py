"""What the catalogue keeps about a person."""

from __future__ import annotations

from catalog.models import AgeLimit, LibraryShare
from medianest.lib.personal_data import export

export(LibraryShare, "library-shares", "user")
export(AgeLimit, "age-limit", "user")
