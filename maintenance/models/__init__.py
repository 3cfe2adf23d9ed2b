"""How it lasts: backups, people who take their data along, and what MediaNest came with."""

from maintenance.models.backups import BackupKind, BackupRun
from maintenance.models.leaving import Departure, Erasure, PersonalExport
from maintenance.models.seeds import SeededRow

__all__ = ["BackupKind", "BackupRun", "Departure", "Erasure", "PersonalExport", "SeededRow"]
