"""What accounts keep about a person."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction

from accounts.models import (
    Account,
    PlexGuest,
    Profile,
    RecoveryCode,
    RefreshToken,
    SecondStep,
    Session,
    SessionToken,
    SharedSection,
    User,
    VerificationToken,
)
from accounts.plex import people
from accounts.profile import pictures
from medianest.lib.personal_data import at_parting, export, export_files, not_exported

_HASH = "A hash, of use only to whoever wants to guess."

export(User, "person", "pk", leave_out={"password": _HASH})
export(Profile, "profile", "user")
export(Account, "linked-sign-ins", "user", leave_out={"session_state": "The provider's own mark."})
export(Session, "sessions", "user", leave_out={"session_token": _HASH, "data": "Signed text only MediaNest reads."})
export(SessionToken, "tokens", "user", leave_out={"token_hash": _HASH})
export(
    SecondStep,
    "second-step",
    "user",
    leave_out={
        "secret": "Whoever has it makes your codes.",
        "last_slot": "A count that keeps a code from working twice.",
    },
)
export(RecoveryCode, "recovery-codes", "second_step__user", leave_out={"code_hash": _HASH})
# Of the owner's list at Plex; it is kept as it is there, so it stays when its person leaves.
export(PlexGuest, "plex-share", "plex_id", known_by="plex_id")
export(SharedSection, "plex-shared-sections", "guest__plex_id", known_by="plex_id")
not_exported(RefreshToken, "session_token", because="Hashes of a device's links; the device is among the tokens.")
not_exported(VerificationToken, "identifier", because="A link under way, over within a day; all else of it is a hash.")


@export_files
def picture(person: User) -> Iterator[tuple[str, bytes]]:
    """The picture others see the person by."""
    if found := pictures.kept(person):
        yield f"picture.{found.content_type.rpartition('/')[2]}", found.body


@at_parting
def forget_pictures(person: User) -> None:
    """Take the person's pictures off the disk."""
    pictures.forget_pictures(person)


@at_parting
def void_sent_links(person: User) -> None:
    """Forget the links sent to the person: they name an address, not a row. Everything else goes with the row."""
    known_as = [str(person.pk), *([person.email.lower()] if person.email else [])]
    VerificationToken.objects.filter(identifier__in=known_as).delete()


@at_parting
def end_plex_token(person: User) -> None:
    """Have plex.tv forget the person's token once they are gone; it is of no use to anybody after that."""
    if token := people.plex_token_of(person):
        transaction.on_commit(lambda: people.sign_out_at_plex(token), robust=True)
