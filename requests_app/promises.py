"""What is promised to be done for requests, and under which keys, so that nothing is promised twice."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from operations.jobs import promise

HAND_OVER = "requests.hand_over"
WITHDRAW = "requests.withdraw"
FOLLOW = "requests.follow"
TELL_PROBLEM = "requests.tell_problem"
NAME_TITLES = "requests.name_titles"
READ_OFFERS = "requests.read_offers"


def hand_over_key(request_id: UUID) -> str:
    return f"hand-over:{request_id}"


def hand_over(request_id: UUID) -> None:
    """Have an approved film or series fetched."""
    promise(HAND_OVER, key=hand_over_key(request_id), args={"request_id": str(request_id)}, renew=True)


def hand_over_if_none(request_id: UUID) -> None:
    """The same, leaving alone a promise that waits or runs."""
    promise(HAND_OVER, key=hand_over_key(request_id), args={"request_id": str(request_id)})


def withdraw(request_id: UUID) -> None:
    """Tell whoever fetches it that it is not wanted any more."""
    promise(WITHDRAW, key=f"withdraw:{request_id}", args={"request_id": str(request_id)}, renew=True)


def follow() -> None:
    """Look how far everything is that is being fetched."""
    promise(FOLLOW, key=FOLLOW, renew=True)


def follow_soon() -> None:
    """The same in a moment, once for however many hints come until then."""
    promise(FOLLOW, key=FOLLOW, delay=timedelta(seconds=2), renew=True)


def name_titles() -> None:
    """Find out what titles are called of which only the number is known."""
    promise(NAME_TITLES, key=NAME_TITLES, renew=True)


def read_offers() -> None:
    """Ask what can be chosen for what is approved."""
    promise(READ_OFFERS, key=READ_OFFERS)


def problem_key(problem_id: UUID) -> str:
    return f"problem:{problem_id}"


def pass_problem(problem_id: UUID) -> None:
    """Let the service know of a problem, of what is said about it, or that it is resolved or open again."""
    promise(TELL_PROBLEM, key=problem_key(problem_id), args={"problem_id": str(problem_id)}, renew=True)
