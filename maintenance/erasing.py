"""Erasing those who leave, so that not even a restored backup brings them back."""

from __future__ import annotations

import json
import os
import uuid
from pathlib import Path

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.rules import CannotChangePerson, another_administrator_than
from maintenance import exporting
from maintenance.models import Departure, Erasure
from medianest.lib.personal_data import erase
from operations import security, trail

log = structlog.get_logger(__name__)


def erase_due(departure: Departure) -> bool:
    """Erase the person whose day has come. False, with the reason on the row, when they cannot leave yet."""
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=departure.user_id)
        try:
            if person.is_administrator:
                another_administrator_than(person)
        except CannotChangePerson as refusal:
            Departure.objects.filter(pk=departure.pk).update(problem=refusal.sentence)
            return False
        forget(person)
    return True


def purge(person: User) -> None:
    """Erase somebody who was deleted long enough ago, unless an administrator brought them back this very moment."""
    with transaction.atomic():
        row = User.objects.due_for_purging(timezone.now()).select_for_update().filter(pk=person.pk).first()
        if row is not None:
            forget(row)


def forget(person: User) -> None:
    """Erase a person now, in the transaction under way; their exports' files go once it is committed."""
    files = [export.path for export in person.personal_exports.exclude(path="")]
    former_id = person.pk
    erase(person)
    trail.forget(former_id)
    Erasure.objects.update_or_create(pk=former_id, defaults={"erased_at": timezone.now()})
    security.record("person.erased", about=str(former_id))

    def afterwards() -> None:
        _note_outside(former_id)
        for name in files:
            exporting.remove(name)

    transaction.on_commit(afterwards)


def forget_again() -> int:
    """Erase whoever was erased before and came back with a restored backup; how many that were."""
    noted = _noted_outside()
    back = list(User.objects.filter(pk__in=noted)) if noted else []
    for person in back:
        with transaction.atomic():
            forget(person)
    if back:
        log.warning("erased_again", people=len(back))
    return len(back)


# Beside the database, because a restored one knows nothing of later erasures.
def _list() -> Path:
    return Path(settings.DATA_DIR) / "erasures.jsonl"


def _note_outside(person_id: uuid.UUID) -> None:
    if person_id in _noted_outside():
        return
    line = json.dumps({"id": str(person_id), "erased_at": timezone.now().isoformat(timespec="seconds")})
    handle = os.open(_list(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "a", encoding="utf-8") as file:
        file.write(line + "\n")
        file.flush()
        os.fsync(file.fileno())


def _noted_outside() -> set[uuid.UUID]:
    """The ids on the list; a line cut off by a crash is no id."""
    if not _list().exists():
        return set()
    found = set()
    for line in _list().read_text(encoding="utf-8").splitlines():
        try:
            found.add(uuid.UUID(json.loads(line)["id"]))
        except (ValueError, KeyError, TypeError):
            log.warning("erasure_unreadable")
    return found
