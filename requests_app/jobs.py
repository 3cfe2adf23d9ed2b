"""Regular work on requests."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone

from operations.jobs import kind
from operations.lease import Run
from requests_app import following, handover, naming, offering, passing, promises
from requests_app.models import MediaRequest

PURGE = "requests.purge"
_AT_ONCE = 500


@kind(PURGE)
def purge(run: Run) -> None:
    """Remove requests that were deleted 30 days ago, with their stories."""
    due = MediaRequest.everything.due_for_purging(timezone.now()).order_by("deleted_at")
    while chosen := list(due.values_list("pk", flat=True)[:_AT_ONCE]):
        run.breathe()
        # Asked again: an administrator may have brought one back this very moment.
        MediaRequest.everything.due_for_purging(timezone.now()).filter(pk__in=chosen).delete()


def _given_up(args: dict[str, Any], code: str, reason: str) -> None:
    handover.give_up(UUID(args["request_id"]), reason)


@kind(promises.HAND_OVER, max_attempts=4, on_giving_up=_given_up)
def hand_over(run: Run, request_id: str) -> None:
    """Have an approved film or series fetched."""
    handover.hand_over(run, UUID(request_id))


@kind(promises.WITHDRAW, max_attempts=4)
def withdraw(run: Run, request_id: str) -> None:
    """Take back what is not wanted any more."""
    handover.withdraw(UUID(request_id))


@kind(promises.FOLLOW)
def follow(run: Run) -> None:
    """Look how far everything is, after handing over what waited for a service."""
    offering.promise_when_due()
    handover.waiting()
    following.follow(run)
    passing.hear(run)


@kind(promises.READ_OFFERS)
def read_offers(run: Run) -> None:
    """Ask what can be chosen for what is approved."""
    offering.read(run)


@kind(promises.NAME_TITLES)
def name_titles(run: Run) -> None:
    """Find out what the titles of imported requests are called."""
    naming.name_some(run)


@kind(promises.TELL_PROBLEM)
def pass_problem(run: Run, problem_id: str) -> None:
    """Let whoever works in the service see a problem."""
    passing.pass_on(UUID(problem_id))
