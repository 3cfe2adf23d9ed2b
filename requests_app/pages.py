"""Requests as pages show them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from urllib.parse import urlencode

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rights import Right, may
from catalog import cards, in_library
from catalog.models import MediaItem
from medianest.lib import polling
from requests_app import access, changes, following, handover
from requests_app.models import MediaRequest, RequestedSeason, RequestEvent, RequestStatus, RequestType

PILLS = {
    RequestStatus.PENDING: "warn",
    RequestStatus.APPROVED: "info",
    RequestStatus.PROCESSING: "hot",
    RequestStatus.PARTIALLY_AVAILABLE: "hot",
    RequestStatus.AVAILABLE: "ok",
    RequestStatus.DECLINED: "bad",
    RequestStatus.FAILED: "bad",
    RequestStatus.CANCELLED: "",
}
LOADING_SECONDS, WAITING_SECONDS = 2, 15
_PLAYABLE = (RequestStatus.PARTIALLY_AVAILABLE, RequestStatus.AVAILABLE)
_STEPS = (RequestStatus.PENDING, RequestStatus.APPROVED, RequestStatus.PROCESSING, RequestStatus.AVAILABLE)


@dataclasses.dataclass(frozen=True)
class Row:
    """A request in a list. `steps` are the four marks of its way (on, now or empty), `progress` is what is loaded in %,
    `seen` which decision stood.
    """

    request: MediaRequest
    url: str
    poster: str
    facts: str
    pill: str
    word: str
    says: str
    steps: list[str]
    who: str
    seen: str
    progress: int | None = None

    @property
    def seconds(self) -> int:
        """How often a page asks whether it has moved on; 0 when it will not by itself."""
        if not self.request.is_open:
            return 0
        return WAITING_SECONDS if self.progress is None else LOADING_SECONDS

    @property
    def mark(self) -> str:
        """Another one when anything in the row is another."""
        return polling.mark(self.word, self.says, self.facts, self.steps, self.progress)


@dataclasses.dataclass(frozen=True)
class Moving:
    """The rows of a page that may move on by themselves, and the address that tells what changed in them."""

    rows: list[Row]

    @property
    def seconds(self) -> int:
        return min((row.seconds for row in self.rows), default=0)

    @property
    def address(self) -> str:
        marks = polling.seen(row.mark for row in self.rows)
        query = [("r", str(row.request.pk)) for row in self.rows] + [("seen", marks)]
        return f"{reverse('requests:moving')}?{urlencode(query)}"


def moving(all_rows: Iterable[Row]) -> Moving:
    return Moving([row for row in all_rows if row.seconds])


def for_lists(found: QuerySet[MediaRequest]) -> QuerySet[MediaRequest]:
    """With what `rows` needs, and no more: titles and people are wide rows.

    They come after the page is cut: joined in, those of all that is sorted would be looked up.
    """
    return found.prefetch_related(
        Prefetch("media_item", MediaItem.objects.only("poster_path", "release_date")),
        Prefetch("user", User.objects.only("username", "name", "shown_name")),
        # Ordered by number alone: by themselves they come by their requests, which would be joined in.
        Prefetch(
            "seasons", RequestedSeason.objects.only("request", "season_number", "status").order_by("season_number")
        ),
    )


def rows(found: Iterable[MediaRequest], user: User) -> list[Row]:
    """As many rows; one look each at what is loaded and at what waits to be handed over."""
    chosen = list(found)
    loaded, waits = following.progress_of(chosen), handover.reasons(chosen)
    return [_row(one, user, loaded.get(one.pk), waits.get(one.pk, "")) for one in chosen]


def newest(user: User, count: int) -> list[Row]:
    """The newest that a person asked for or follows and that did not end without it."""
    mine = MediaRequest.objects.concerning(user).exclude(status__in=["declined", "cancelled"]).newest_first()
    return rows(for_lists(mine)[:count], user)


def _row(one: MediaRequest, user: User, loaded: float | None, waits: str) -> Row:
    poster = one.media_item.poster_path if one.media_item else ""
    return Row(
        request=one,
        url=f"/requests/{one.pk}",
        poster=cards.picture(poster, "w92"),
        facts=facts(one),
        pill=PILLS[RequestStatus(one.status)],
        word=str(RequestStatus(one.status).label),  # get_status_display says all choices anew, each time
        says=says(one, loaded=loaded, waits=waits, is_staff=may(user, Right.DECIDE)),
        steps=steps(one),
        who="" if one.user_id == user.pk else str(one.user or _("somebody who left")),
        seen=changes.decision(one),
        progress=None if loaded is None else round(loaded * 100),
    )


def facts(one: MediaRequest) -> str:
    """Type, year, seasons: “series · 2008 · seasons 1 to 3”."""
    year = one.media_item.release_date.year if one.media_item and one.media_item.release_date else None
    told = [str(RequestType(one.media_type).label), str(year) if year else "", one.creator, seasons(one)]
    return " · ".join([fact for fact in told if fact] + (["4K"] if one.is_4k else []))


def seasons(one: MediaRequest) -> str:
    """Which seasons, neighbours joined: “seasons 1 to 3, 5”."""
    return seasons_named(season.season_number for season in one.seasons.all()) if one.media_type == "tv" else ""


def seasons_named(found: Iterable[int]) -> str:
    """Numbers of seasons in words, neighbours joined; "" for none."""
    numbers = sorted(found)
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    told = ", ".join(str(first) if first == last else f"{first}\u2013{last}" for first, last in runs)
    if not told:
        return ""
    return (_("season %(n)s") if len(numbers) == 1 else _("seasons %(n)s")) % {"n": told}


def says(one: MediaRequest, *, loaded: float | None = None, waits: str = "", is_staff: bool = False) -> str:
    """The sentence below: what it waits for, how much is `loaded` (0 to 1), or why it ended.

    Why it waits (`waits`) is told in full to those who can do something about it.
    """
    if one.status == RequestStatus.DECLINED:
        return one.decline_reason
    if one.status == RequestStatus.FAILED:
        return one.failure_reason
    if one.status == RequestStatus.PENDING:
        return _("Waiting for a moderator.")
    if one.status == RequestStatus.APPROVED:
        if not waits:
            return _("Approved; it will be fetched.")
        told = _("Approved; it goes on by itself as soon as Overseerr can take it.")
        return f"{told} {waits}" if is_staff else told
    if one.status in (RequestStatus.PROCESSING, RequestStatus.PARTIALLY_AVAILABLE) and loaded is not None:
        return _("%(n)d %% loaded.") % {"n": round(loaded * 100)}
    if one.status == RequestStatus.PROCESSING:
        return _("It is being fetched.")
    return ""


def steps(one: MediaRequest) -> list[str]:
    """How far it is, for four small bars; none for what ended without it."""
    status = RequestStatus(one.status)
    if status == RequestStatus.PARTIALLY_AVAILABLE:
        status = RequestStatus.PROCESSING
    if status not in _STEPS:
        return []
    reached = _STEPS.index(status)
    if status == RequestStatus.AVAILABLE:
        return ["on"] * 4
    return ["on"] * reached + ["now"] + [""] * (3 - reached)


@dataclasses.dataclass(frozen=True)
class Step:
    """A line of a request's story."""

    event: RequestEvent
    text: str


def story(request: MediaRequest) -> list[Step]:
    """What happened, the oldest first; the last hundred steps."""
    events = list(request.events.select_related("actor").order_by("-created_at")[:100])
    return [Step(event, _told(event)) for event in reversed(events)]


def _told(event: RequestEvent) -> str:
    if event.new_status:
        return str(RequestStatus(event.new_status).label).capitalize()
    return str(event.get_kind_display()).capitalize()


@dataclasses.dataclass(frozen=True)
class Doings:
    """What somebody may do with a request now."""

    approve: bool
    decline: bool
    cancel: bool
    take_up: bool
    try_again: bool
    mark_there: bool
    leave: bool


def doings(request: MediaRequest, user: User) -> Doings:
    staff = may(user, Right.DECIDE)
    mine = request.user_id == user.pk
    return Doings(
        approve=staff and request.may_become(RequestStatus.APPROVED),
        decline=staff and request.may_become(RequestStatus.DECLINED),
        cancel=access.may_cancel(user, request),
        take_up=request.may_become(RequestStatus.PENDING)
        and (staff or (mine and request.status in (RequestStatus.CANCELLED, RequestStatus.FAILED))),
        try_again=(staff or mine) and request.status == RequestStatus.FAILED and request.tmdb_id is not None,
        mark_there=staff and request.may_become(RequestStatus.AVAILABLE),
        leave=not mine and request.followers.filter(user=user).exists(),
    )


def places(request: MediaRequest, user: User) -> list[in_library.Place]:
    """Where the person can play it."""
    if request.tmdb_id is None or request.status not in _PLAYABLE:
        return []
    return in_library.places(user, (request.media_type, request.tmdb_id))
