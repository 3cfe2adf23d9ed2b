"""A request in each state, each with its story."""

from __future__ import annotations

import dataclasses
import datetime as dt

from accounts.models import User
from maintenance.household.people import Household, put
from maintenance.household.titles import BREAKING_BAD, FACTS, FIGHT_CLUB, SHAWSHANK, title
from requests_app.models import (
    OPEN,
    EventKind,
    MediaRequest,
    RequestedSeason,
    RequestEvent,
    RequestFollower,
    RequestStatus,
    RequestType,
    SeasonStatus,
)

PENDING, APPROVED, PROCESSING = RequestStatus.PENDING, RequestStatus.APPROVED, RequestStatus.PROCESSING


@dataclasses.dataclass(frozen=True)
class Wish:
    """A request and the states it went through, each with the hours ago at which it got there."""

    user: User
    story: tuple[tuple[str, float], ...]
    key: tuple[int, str] | None = None
    work: tuple[str, str, str] = ("", "", "")  # type, title and creator of what TMDB does not know
    is_4k: bool = False
    seasons: tuple[tuple[int, str], ...] = ()
    reason: str = ""
    note: str = ""


def make(household: Household) -> str:
    wishes = _wishes(household)
    made = sum(_make(wish, household) for wish in wishes)
    return f"{made}, one in each state"


def _wishes(household: Household) -> tuple[Wish, ...]:
    viewer, moderator = household.viewer, household.moderator
    wanted, coming, there = SeasonStatus.WANTED, SeasonStatus.PROCESSING, SeasonStatus.AVAILABLE
    return (
        Wish(viewer, ((PENDING, 5),), SHAWSHANK, note="For the long weekend, please."),
        Wish(viewer, ((PENDING, 30), (APPROVED, 28)), BREAKING_BAD, seasons=((4, wanted),)),
        Wish(viewer, ((PENDING, 60), (APPROVED, 50), (PROCESSING, 49)), BREAKING_BAD, seasons=((3, coming),)),
        Wish(
            moderator,
            ((PENDING, 150), (APPROVED, 150), (PROCESSING, 149), (RequestStatus.PARTIALLY_AVAILABLE, 100)),
            BREAKING_BAD,
            seasons=((1, there), (2, coming)),
        ),
        Wish(
            viewer,
            ((PENDING, 700), (APPROVED, 690), (PROCESSING, 689), (RequestStatus.AVAILABLE, 680)),
            FIGHT_CLUB,
        ),
        Wish(
            viewer,
            ((PENDING, 400), (RequestStatus.DECLINED, 380)),
            SHAWSHANK,
            is_4k=True,
            reason="4K is for the projector only; the usual picture is on its way.",
        ),
        Wish(
            moderator,
            ((PENDING, 300), (APPROVED, 299), (RequestStatus.FAILED, 200)),
            FIGHT_CLUB,
            is_4k=True,
            reason="No release was found in 4K.",
        ),
        Wish(
            viewer,
            ((PENDING, 90), (RequestStatus.CANCELLED, 89)),
            work=(RequestType.MUSIC, "Songs for a Long Drive", "The Harbour Lights"),
        ),
    )


def _make(wish: Wish, household: Household) -> bool:
    status = wish.story[-1][0]
    times = {state: household.ago(hours=hours) for state, hours in wish.story}
    decided = next((state for state in (APPROVED, RequestStatus.DECLINED) if state in times), "")
    kind, name, creator = wish.work if wish.key is None else (wish.key[1], FACTS[wish.key]["title"], "")
    row = MediaRequest(
        user=wish.user,
        created_by=wish.user,
        media_item=title(wish.key) if wish.key else None,
        title=name,
        creator=creator,
        media_type=kind,
        tmdb_id=wish.key[0] if wish.key else None,
        is_4k=wish.is_4k,
        status=status,
        note=wish.note,
        decided_by=household.moderator if decided else None,
        decided_at=times.get(decided),
        decline_reason=wish.reason if status == RequestStatus.DECLINED else "",
        failure_reason=wish.reason if status == RequestStatus.FAILED else "",
        completed_at=times.get(RequestStatus.AVAILABLE),
        created_at=times[PENDING],
    )
    seasons = [
        RequestedSeason(
            request=row, tmdb_id=wish.key[0], season_number=number, status=state, request_is_open=status in OPEN
        )
        for number, state in wish.seasons
        if wish.key
    ]
    if not put(row):
        return False
    for season in seasons:
        put(season)
    if row.user == household.moderator:
        RequestFollower.objects.create(request=row, user=household.viewer)
    _tell(row, times, household)
    return True


def _tell(row: MediaRequest, times: dict[str, dt.datetime], household: Household) -> None:
    """The story: asked for by the one, decided by the moderator, the rest by MediaNest itself."""
    before = ""
    for status, when in times.items():
        actors = {PENDING: row.user, RequestStatus.CANCELLED: row.user}
        decided = status in (APPROVED, RequestStatus.DECLINED)
        RequestEvent.objects.create(
            request=row,
            actor=household.moderator if decided else actors.get(RequestStatus(status)),
            kind=EventKind.STATUS if before else EventKind.REQUESTED,
            old_status=before,
            new_status=status,
            text=row.decline_reason if status == RequestStatus.DECLINED else "",
            created_at=when,
        )
        before = status
