"""Requests that were made in the service itself become requests here, each once: the rules, for many at a time.

A film or season that is waited for here already is not asked for twice: the same wish is linked, and whoever asked for
it there follows the request that is here.
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import LibraryItem, MediaItem
from medianest.lib import correlation
from medianest.lib.broken_rules import told_plainly
from medianest.lib.locks import hold_until_commit
from requests_app import changes
from requests_app.models import (
    EventKind,
    MediaRequest,
    RequestedSeason,
    RequestEvent,
    RequestFollower,
    RequestStatus,
    SeasonStatus,
)
from services.providers.fetching import Fetching, Stage

OPEN_STAGES = (Stage.PENDING, Stage.APPROVED, Stage.PROCESSING, Stage.PARTLY)
_LARGEST, _LAST_SEASON = 2**31 - 1, 2**15 - 1  # what the columns hold


class Came(enum.StrEnum):
    """What came of one of them."""

    MADE = "made"
    KNOWN = "known"
    GIVEN = "given"  # it was here without a person, who is known by now
    LINKED = "linked"  # the same was asked for here, and had no number there yet
    JOINED = "joined"  # somebody else waits for the same here
    TWICE = "twice"  # so does the same person, or nobody knows who asked
    REFUSED = "refused"


@dataclasses.dataclass(frozen=True)
class Outcome:
    """`text` says why it was refused."""

    told: Fetching
    came: Came
    text: str = ""


@dataclasses.dataclass(frozen=True)
class Name:
    """What a title is called; `item` where the catalogue has it."""

    title: str
    item: MediaItem | None = None


Title = tuple[str, int]


def names(titles: Collection[Title]) -> dict[Title, Name]:
    """What they are called, as far as the catalogue or the library's copy knows."""
    numbers = {number for _kind, number in titles}
    found: dict[Title, Name] = {}
    shelf = LibraryItem.objects.filter(tmdb_id__in=numbers, type__in=["movie", "show"]).exclude(title="")
    for kind, number, title in shelf.values_list("type", "tmdb_id", "title"):
        found["movie" if kind == "movie" else "tv", number or 0] = Name(title)
    for item in MediaItem.objects.filter(tmdb_id__in=numbers):
        found[item.media_type, item.tmdb_id] = Name(item.title, item)
    return {title: name for title, name in found.items() if title in titles}


def nameless(title: Title) -> Name:
    """What stands there until somebody tells what it is called."""
    words = _("Film %(number)d at TMDB") if title[0] == "movie" else _("Series %(number)d at TMDB")
    return Name(words % {"number": title[1]})


def seasons_stage(stage: Stage) -> str:
    """A season's status here."""
    words = {
        Stage.FAILED: SeasonStatus.FAILED,
        Stage.PROCESSING: SeasonStatus.PROCESSING,
        Stage.PARTLY: SeasonStatus.PARTIALLY_AVAILABLE,
        Stage.AVAILABLE: SeasonStatus.AVAILABLE,
    }
    return words.get(stage, SeasonStatus.WANTED)


def said_of(stage: Stage) -> str:
    """Why it ended without it; how it came to be approved. For its story."""
    if stage is Stage.DECLINED:
        return _("Declined in Overseerr.")
    if stage is Stage.FAILED:
        return _("Overseerr could not give it to Radarr or Sonarr.")
    return "" if stage in (Stage.PENDING, Stage.AVAILABLE) else _("Approved in Overseerr.")


# --- what is here -----------------------------------------------------------------------------------------------------------
@dataclasses.dataclass
class Ours:
    """An open request here."""

    pk: UUID
    user_id: UUID | None
    number: int | None


@dataclasses.dataclass
class Shelf:
    """What is here of what is told: requests by their number there, and open ones by film and season."""

    known: dict[int, tuple[UUID, UUID | None]] = dataclasses.field(default_factory=dict)
    films: dict[tuple[int, bool], Ours] = dataclasses.field(default_factory=dict)
    seasons: dict[tuple[int, bool, int], Ours] = dataclasses.field(default_factory=dict)
    followed: set[tuple[UUID, UUID]] = dataclasses.field(default_factory=set)

    def load(self, told: Sequence[Fetching]) -> None:
        """Look up what is here of these."""
        numbered = MediaRequest.everything.filter(overseerr_id__in=[one.number for one in told])
        self.known |= {
            number or 0: (pk, user) for number, pk, user in numbered.values_list("overseerr_id", "pk", "user_id")
        }
        wanted = {one.tmdb_id for one in told if one.stage in OPEN_STAGES}
        ours: dict[UUID, Ours] = {}
        films = MediaRequest.objects.open().filter(tmdb_id__in=wanted)
        columns = ("pk", "user_id", "overseerr_id", "tmdb_id", "is_4k", "media_type")
        for pk, user, number, tmdb_id, is_4k, kind in films.values_list(*columns):
            ours[pk] = Ours(pk, user, number)
            if kind == "movie":
                self.films[tmdb_id or 0, is_4k] = ours[pk]
        if ours:
            self._load_seasons(ours)
            self._load_followers(list(ours))

    def _load_seasons(self, ours: Mapping[UUID, Ours]) -> None:
        waited = RequestedSeason.objects.filter(
            request__in=list(ours), status__in=["wanted", "processing", "partially_available"]
        )
        for request, tmdb_id, is_4k, season in waited.values_list("request_id", "tmdb_id", "is_4k", "season_number"):
            self.seasons[tmdb_id, is_4k, season] = ours[request]

    def _load_followers(self, ours: list[UUID]) -> None:
        """Whoever follows one of these, or did and left: nobody is made to follow again."""
        self.followed |= set(RequestFollower.objects.filter(request__in=ours).values_list("request_id", "user_id"))
        left = RequestEvent.objects.filter(request__in=ours, kind=EventKind.LEFT)
        self.followed |= set(left.exclude(actor=None).values_list("request_id", "actor_id"))


# --- what is to be written --------------------------------------------------------------------------------------------------
class _Batch:
    """Decides about each of many, and writes all of it at once."""

    def __init__(self, shelf: Shelf, owners: Mapping[int, UUID], called: Mapping[Title, Name]) -> None:
        self.shelf, self.owners, self.called = shelf, owners, called
        self.requests: list[MediaRequest] = []
        self.seasons: list[RequestedSeason] = []
        self.events: list[RequestEvent] = []
        self.followers: list[RequestFollower] = []
        self.links: list[tuple[Ours, Fetching]] = []
        self.given: list[tuple[UUID, UUID]] = []

    def place(self, told: Fetching) -> Outcome:
        if told.number in self.shelf.known:
            return self._give(told)
        if not (0 < told.tmdb_id <= _LARGEST and 0 < told.number <= _LARGEST):
            return Outcome(told, Came.REFUSED, _("It has no TMDB number."))
        numbers = sorted(number for number in told.seasons if number <= _LAST_SEASON)
        if told.media_type == "tv" and not numbers:
            return Outcome(told, Came.REFUSED, _("It names no season."))
        if told.stage not in OPEN_STAGES:
            return self._make(told, numbers)
        return self._film(told) if told.media_type == "movie" else self._series(told, numbers)

    def _give(self, told: Fetching) -> Outcome:
        pk, user = self.shelf.known[told.number]
        owner = self.owners.get(told.account or 0)
        if user is not None or owner is None:
            return Outcome(told, Came.KNOWN)
        self.given.append((pk, owner))
        self.shelf.known[told.number] = (pk, owner)
        return Outcome(told, Came.GIVEN)

    def _film(self, told: Fetching) -> Outcome:
        ours = self.shelf.films.get((told.tmdb_id, told.is_4k))
        return self._make(told, []) if ours is None else self._same(told, [ours])

    def _series(self, told: Fetching, numbers: list[int]) -> Outcome:
        taken = {number: self.shelf.seasons.get((told.tmdb_id, told.is_4k, number)) for number in numbers}
        others = {ours.pk: ours for ours in taken.values() if ours is not None}
        free = [number for number, ours in taken.items() if ours is None]
        if not others:
            return self._make(told, numbers)
        if not free or any(ours.number is None for ours in others.values()):
            return self._same(told, list(others.values()))
        for ours in others.values():
            self._join(told, ours)
        return self._make(told, free)

    def _same(self, told: Fetching, those: list[Ours]) -> Outcome:
        """Ours waits and was not given to the service yet: they are one from now on. Else its person follows ours."""
        owner = self.owners.get(told.account or 0)
        waiting = [ours for ours in those if ours.number is None]
        mine = next((ours for ours in waiting if ours.user_id == owner), waiting[0] if waiting else None)
        if mine is not None:
            self.links.append((mine, told))
            mine.number = told.number
            self.shelf.known[told.number] = (mine.pk, mine.user_id)
        joined = [self._join(told, ours) for ours in those]
        if mine is not None:
            return Outcome(told, Came.LINKED)
        return Outcome(told, Came.JOINED if any(joined) else Came.TWICE)

    def _join(self, told: Fetching, ours: Ours) -> bool:
        owner = self.owners.get(told.account or 0)
        if owner is None or owner == ours.user_id or (ours.pk, owner) in self.shelf.followed:
            return False
        self.shelf.followed.add((ours.pk, owner))
        self.followers.append(RequestFollower(request_id=ours.pk, user_id=owner))
        self.events.append(_event(ours.pk, EventKind.JOINED, actor_id=owner))
        return True

    def _make(self, told: Fetching, numbers: list[int]) -> Outcome:
        title = (told.media_type, told.tmdb_id)
        owner = self.owners.get(told.account or 0)
        made = MediaRequest(**fields_of(told, self.called.get(title) or nameless(title), owner))
        is_open = told.stage in OPEN_STAGES
        repeated = {"tmdb_id": told.tmdb_id, "is_4k": told.is_4k, "request_is_open": is_open}
        self.requests.append(made)
        self.seasons += [
            RequestedSeason(
                request=made,
                season_number=number,
                status=seasons_stage(told.seasons.get(number, told.stage)),
                **repeated,
            )
            for number in numbers
        ]
        self._tell(told, made)
        self.shelf.known[told.number] = (made.pk, owner)
        if is_open:
            ours = Ours(made.pk, owner, told.number)
            self.shelf.seasons |= {(told.tmdb_id, told.is_4k, number): ours for number in numbers}
            if told.media_type == "movie":
                self.shelf.films[told.tmdb_id, told.is_4k] = ours
        return Outcome(told, Came.MADE)

    def _tell(self, told: Fetching, made: MediaRequest) -> None:
        began, ended = made.created_at, max(made.created_at, told.changed_at or made.created_at)
        text = _("Asked for in Overseerr.")
        self.events.append(_event(made.pk, EventKind.REQUESTED, actor_id=made.user_id, text=text, created_at=began))
        if told.stage is not Stage.PENDING:
            changed = {"old_status": RequestStatus.PENDING, "new_status": made.status, "created_at": ended}
            self.events.append(_event(made.pk, EventKind.STATUS, text=said_of(told.stage), **changed))

    def write(self) -> None:
        """All of it. Raises ValidationError when a rule of the database is broken by one of them."""
        with told_plainly():
            MediaRequest.everything.bulk_create(self.requests, batch_size=500)
            RequestedSeason.objects.bulk_create(self.seasons, batch_size=1000)
            RequestFollower.objects.bulk_create(self.followers, ignore_conflicts=True)
            for ours, told in self.links:
                _link(ours, told)
            for pk, owner in self.given:
                MediaRequest.everything.filter(pk=pk, user__isnull=True).update(user=owner, updated_at=timezone.now())
                RequestFollower.objects.filter(request=pk, user=owner).delete()  # it is theirs by now
            RequestEvent.objects.bulk_create(self.events, batch_size=1000)


def _event(request: UUID, kind: EventKind, **more: object) -> RequestEvent:
    return RequestEvent(request_id=request, kind=kind, correlation_id=correlation.current(), **more)


def fields_of(told: Fetching, name: Name, owner: UUID | None) -> dict[str, object]:
    """What a request that was made there is here."""
    asked = told.created_at or timezone.now()
    settled = max(asked, told.changed_at or asked)
    status = RequestStatus(told.stage.value)
    return {
        "user_id": owner,
        "created_by_id": owner,
        "media_item": name.item,
        "title": name.title,
        "media_type": told.media_type,
        "tmdb_id": told.tmdb_id,
        "is_4k": told.is_4k,
        "overseerr_id": told.number,
        "status": status,
        "created_at": asked,
        "decided_at": None if status == RequestStatus.PENDING else settled,
        "completed_at": settled if status == RequestStatus.AVAILABLE else None,
        "decline_reason": said_of(told.stage) if status == RequestStatus.DECLINED else "",
        "failure_reason": said_of(told.stage) if status == RequestStatus.FAILED else "",
    }


def _link(ours: Ours, told: Fetching) -> None:
    MediaRequest.objects.filter(pk=ours.pk).update(overseerr_id=told.number, updated_at=timezone.now())
    mine = MediaRequest.objects.get(pk=ours.pk)
    text = _("Asked for in Overseerr, too: number %(number)d there.") % {"number": told.number}
    changes.tell(mine, EventKind.HANDED_OVER, by=None, text=text)
    if mine.status == RequestStatus.PENDING and told.stage is not Stage.PENDING:
        changes.move(mine, RequestStatus.APPROVED, by=None, text=_("Approved in Overseerr."))


# --- doing it ---------------------------------------------------------------------------------------------------------------
def take_over(
    told: Iterable[Fetching],
    *,
    owners: Mapping[int, UUID],
    called: Mapping[Title, Name],
    rehearsal: Shelf | None = None,
) -> list[Outcome]:
    """Make requests of what is told, all in one transaction; what came of each, in the order of their numbers.

    `owners` are the people by their account there. One that the database refuses keeps none of the others. With a
    `rehearsal` nothing is written: the shelf only remembers what would have been.
    """
    those = sorted(told, key=lambda one: one.number)
    try:
        return _all(those, owners, called, rehearsal)
    except ValidationError as refused:
        if len(those) == 1:
            return [Outcome(those[0], Came.REFUSED, " ".join(refused.messages))]
    return [outcome for one in those for outcome in take_over([one], owners=owners, called=called)]


@transaction.atomic
def _all(
    those: Sequence[Fetching], owners: Mapping[int, UUID], called: Mapping[Title, Name], rehearsal: Shelf | None
) -> list[Outcome]:
    shelf = rehearsal or Shelf()
    if rehearsal is None:
        # In order, so that two who take over the same never wait for each other.
        for title in sorted({(one.media_type, one.tmdb_id) for one in those if one.stage in OPEN_STAGES}):
            hold_until_commit(f"requests.ask:{title[0]}:{title[1]}")
    shelf.load(those)
    batch = _Batch(shelf, owners, called)
    outcomes = [batch.place(one) for one in those]
    if rehearsal is None:
        batch.write()
    return outcomes
