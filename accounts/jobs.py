"""What workers do about people, their sessions and their tokens."""

from __future__ import annotations

import uuid

from django.db import transaction

from accounts.letters import sending
from accounts.models import User
from accounts.plex import checking, importing
from accounts.sessions import tidying
from operations.jobs import kind, promise
from operations.lease import Run
from operations.models import Job

CHECK = "accounts.check_plex"
IMPORT = "accounts.import_plex"
TIDY = "accounts.tidy"
RESET = "accounts.send_reset"
CONFIRM = "accounts.send_confirmation"


@kind(CHECK, max_attempts=3)
def check(run: Run) -> None:
    """See who may still enter."""
    checking.check(run)


@kind(IMPORT, max_attempts=4)
def bring(run: Run, by: str, chosen: list[int] | None = None) -> None:
    """Make people of the chosen guests, or of all."""
    importing.bring(run, chosen, by)


def promise_check() -> None:
    """Promise a look at the list of guests, now; one that waits comes forward."""
    with transaction.atomic():
        promise(CHECK, key=CHECK, renew=True)


def promise_import(*, by: User, chosen: list[int] | None) -> Job:
    """Promise the import. While one is under way this changes nothing."""
    return promise(IMPORT, key=IMPORT, args={"by": str(by.pk), "chosen": chosen}, created_by=by)


def import_under_way() -> Job | None:
    """The latest import, be it at work or ended."""
    return Job.objects.filter(idempotency_key=IMPORT).first()


@kind(TIDY)
def tidy(run: Run) -> None:
    """Remove sessions, tokens and sent links that are over."""
    tidying.tidy(run.breathe)


def promise_tidying() -> None:
    """Promise it, unless it waits already."""
    promise(TIDY, key=TIDY)


@kind(RESET, max_attempts=4)
def send_reset(run: Run, people: list[str], base: str) -> None:
    """Send these people a link to set a new password; nobody, when nobody was known by that name."""
    sending.send_reset(people, base)


@kind(CONFIRM, max_attempts=4)
def send_confirmation(run: Run, person: str, link: str, base: str) -> None:
    """Send a link that proves an address."""
    sending.send_confirmation(person, link, base)


def promise_reset(*, key: uuid.UUID, people: list[str], base: str) -> None:
    promise(RESET, key=f"{RESET}:{key}", args={"people": people, "base": base})


def promise_confirmation(*, person: User, link: uuid.UUID, base: str) -> None:
    args = {"person": str(person.pk), "link": str(link), "base": base}
    promise(CONFIRM, key=f"{CONFIRM}:{link}", args=args, created_by=person)
