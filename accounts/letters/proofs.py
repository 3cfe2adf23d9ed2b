"""The secret in a link, of which only a hash is kept; it works once, for a while, and for the person as they were then."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
import uuid

from django.utils import timezone

from accounts.models import Purpose, User, VerificationToken
from operations.row_security import at_the_door

LASTS = {Purpose.RESET_PASSWORD: dt.timedelta(hours=1), Purpose.VERIFY_EMAIL: dt.timedelta(hours=24)}
_ID = 32  # letters: a link begins with its person's id in hex


def reserve(person: User, purpose: Purpose, *, identifier: str) -> VerificationToken:
    """A row for a link that is written later; the one before for the same identifier is worthless now."""
    now = timezone.now()
    with at_the_door():
        VerificationToken.objects.for_(identifier, purpose).delete()
        return VerificationToken.objects.create(
            identifier=identifier,
            purpose=purpose,
            token=_hash(secrets.token_urlsafe(32), person),
            expires=now + LASTS[purpose],
            created_at=now,
        )


def write(row: VerificationToken, person: User) -> str:
    """The secret for the link; what was written for this row before is worthless."""
    text = person.pk.hex + secrets.token_urlsafe(32)
    row.token = _hash(text, person)
    row.save(update_fields=["token"])
    return text


def find(text: str, purpose: Purpose) -> tuple[User, VerificationToken] | None:
    """Whose link it is, if it is good. Looking does not use it up."""
    try:
        whose = uuid.UUID(hex=text[:_ID])
    except ValueError:
        return None
    person = User.objects.active().filter(pk=whose).first()
    if person is None:
        return None
    with at_the_door():
        good = VerificationToken.objects.live(timezone.now()).filter(purpose=purpose, token=_hash(text, person))
        row = good.first()
    return (person, row) if row else None


def use_up(row_id: uuid.UUID | str, purpose: Purpose) -> VerificationToken | None:
    """The row, which is gone now; None for the second of two, or one that is over. In the caller's transaction."""
    with at_the_door():
        live = VerificationToken.objects.live(timezone.now())
        row = live.select_for_update().filter(pk=row_id, purpose=purpose).first()
        return row if row and VerificationToken.objects.filter(pk=row.pk).delete()[0] else None


def _hash(text: str, person: User) -> str:
    """Of the secret and of what the person was then: another password or address makes the link worthless."""
    bound = f"{text}:{person.password}:{person.email or ''}"
    return hashlib.sha256(bound.encode("utf-8", "surrogatepass")).hexdigest()
