"""How far what was handed over is: asked for again and again, for the hints that are sent may be lost.

What is there is judged by what the library really holds. Without a library's snapshot, and for 4K, which it does not
tell apart, the service's word counts.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import structlog
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog import holding
from catalog.models import LibrarySection
from medianest.lib.http import ProviderError
from operations.models import Job
from requests_app import adopting, changes, outside, promises
from requests_app.models import SEASON_TRANSITIONS, TRANSITIONS, MediaRequest, RequestedSeason, RequestStatus
from requests_app.taking_over import said_of, seasons_stage
from services.providers.fetching import CanFetchTitles, Fetching, NoSuchRequest, Stage

if TYPE_CHECKING:
    from operations.lease import Run

log = structlog.get_logger(__name__)

PAGE, PAGES = 100, 5  # of the service's list, changed last first
ONE_BY_ONE = 50  # requests that are looked at by themselves in one run, because no page showed them
_AT_MOST = 1000
_PROGRESS_KEPT = 900  # seconds; it is told anew every few minutes
_LAST_LOOKED_AT = "requests.follow.last"
_ENDED = (RequestStatus.DECLINED, RequestStatus.FAILED)
_UNDER_WAY = (RequestStatus.APPROVED, RequestStatus.PROCESSING, RequestStatus.PARTIALLY_AVAILABLE)


def follow(run: Run) -> None:
    """Look how far all open requests are. What cannot be learned now is learned in the next run."""
    service = outside.fetcher()
    if service is None:
        return
    followed = _followed()
    try:
        left = _by_pages(run, service, followed)
        _one_by_one(run, service, left)
    except ProviderError as away:
        log.info("following_stopped", reason=type(away).__name__)


def _followed() -> dict[int, MediaRequest]:
    found = MediaRequest.objects.open().filter(overseerr_id__isnull=False).select_related("media_item")
    return {one.overseerr_id or 0: one for one in found.order_by("-created_at")[:_AT_MOST]}


def _by_pages(run: Run, service: CanFetchTitles, followed: Mapping[int, MediaRequest]) -> dict[int, MediaRequest]:
    """Follow what the list tells, and adopt what is new in it; gives what it did not tell of."""
    left = dict(followed)
    for page in range(PAGES):
        run.breathe()
        try:
            told = service.page(skip=page * PAGE, take=PAGE)
        except ProviderError as silent:
            log.info("list_not_told", reason=type(silent).__name__)
            break
        for one in told.requests:
            request = left.pop(one.number, None)
            if request is not None:
                apply(service, request, one)
        adopting.adopt(service, [one for one in told.requests if one.number not in followed])
        if not left or told.troubles or (page + 1) * PAGE >= told.total:
            break
    return left


def _one_by_one(run: Run, service: CanFetchTitles, left: Mapping[int, MediaRequest]) -> None:
    """Look at some by themselves, going on where the last run ended. Raises the ProviderError family."""
    last = cache.get(_LAST_LOOKED_AT) or 0
    turn = sorted(left, key=lambda number: (number <= last, number))[:ONE_BY_ONE]
    for number in turn:
        run.breathe()
        try:
            apply(service, left[number], service.look(number))
        except NoSuchRequest:
            _lost(left[number])
        cache.set(_LAST_LOOKED_AT, number, timeout=86_400)


# --- one request ----------------------------------------------------------------------------------------------------------
@dataclasses.dataclass(frozen=True)
class _Judged:
    """Where a request stands by now, in its own words; `text` goes into its story."""

    status: str
    seasons: Mapping[int, str] = dataclasses.field(default_factory=dict)
    text: str = ""


def apply(service: CanFetchTitles, request: MediaRequest, told: Fetching) -> None:
    """Bring a request to where it really is. Raises the ProviderError family."""
    if told.stage is Stage.PENDING and request.status in _UNDER_WAY:
        told = service.approve(told.number)  # decided here
    judged = _judge(service, request, told)
    _keep_progress(request, told.progress if judged.status in ("processing", "partially_available") else None)
    _settle(request, judged)


def _judge(service: CanFetchTitles, request: MediaRequest, told: Fetching) -> _Judged:
    if told.stage is Stage.DECLINED:
        return _Judged(RequestStatus.DECLINED, text=said_of(told.stage))
    held = held_of(request)
    if request.media_type == "movie":
        return _film(told, held)
    return _series(service, request, told, held)


@dataclasses.dataclass(frozen=True)
class Held:
    """What the library has of a request: the film; seasons as a whole (`seasons`) and in parts (`begun`)."""

    film: bool = False
    seasons: frozenset[int] = frozenset()
    begun: frozenset[int] = frozenset()


def held_of(request: MediaRequest) -> Held | None:
    """What the library has; None where it has no say."""
    if request.is_4k or request.media_item is None or not LibrarySection.objects.exists():
        return None
    item = request.media_item
    if request.media_type == "movie":
        return Held(film=holding.has_film(item.tmdb_id))
    there = holding.seasons_held(item.tmdb_id)
    whole = {one["number"] for one in item.seasons if 0 < one["episodes"] <= there.get(one["number"], 0)}
    return Held(seasons=frozenset(whole), begun=frozenset(there.keys() - whole))


def _film(told: Fetching, held: Held | None) -> _Judged:
    if held is not None and held.film:
        return _Judged(RequestStatus.AVAILABLE)
    if told.stage is Stage.FAILED:
        return _Judged(RequestStatus.FAILED, text=said_of(told.stage))
    if told.stage is Stage.AVAILABLE and held is not None:
        return _Judged(RequestStatus.PROCESSING, text=_("It is loaded; Plex does not show it yet."))
    return _Judged(_word(told.stage))


def _series(service: CanFetchTitles, request: MediaRequest, told: Fetching, held: Held | None) -> _Judged:
    numbers = list(request.seasons.values_list("season_number", flat=True))
    stages: dict[int, Stage] = {number: told.seasons.get(number, told.stage) for number in numbers}
    if told.title_is_partly_there and held is None:
        stages |= {number: stage for number, stage in _by_title(service, told).items() if number in stages}
    seasons = {number: _season(stage, number, held) for number, stage in stages.items()}
    words = set(seasons.values())
    if words == {"available"}:
        return _Judged(RequestStatus.AVAILABLE, seasons)
    if told.stage is Stage.FAILED:
        return _Judged(RequestStatus.FAILED, seasons, said_of(told.stage))
    if words & {"available", "partially_available"}:
        return _Judged(RequestStatus.PARTIALLY_AVAILABLE, seasons)
    if "processing" in words:
        return _Judged(RequestStatus.PROCESSING, seasons)
    return _Judged(_word(told.stage), seasons)


def _by_title(service: CanFetchTitles, told: Fetching) -> Mapping[int, Stage]:
    try:
        return service.season_stages(told.tmdb_id, is_4k=told.is_4k)
    except ProviderError:
        return {}  # the next run may know


def _season(stage: Stage, number: int, held: Held | None) -> str:
    if held is not None and number in held.seasons:
        return "available"
    if held is not None and number in held.begun:
        return "partially_available"
    if stage is Stage.AVAILABLE and held is not None:
        return "processing"
    return seasons_stage(stage)


def _word(stage: Stage) -> str:
    return RequestStatus(stage.value)


@transaction.atomic
def _settle(request: MediaRequest, judged: _Judged) -> None:
    """Change only what changes, and only along the ways there are."""
    now = MediaRequest.objects.select_for_update(of=("self",)).filter(pk=request.pk).first()
    if now is None or (judged.status in _ENDED and _is_being_handed_over(now)):
        return
    _settle_seasons(now, judged.seasons)
    if now.status == RequestStatus.PENDING and judged.status in _UNDER_WAY:
        now = changes.move(now, RequestStatus.APPROVED, by=None, text=_("Approved in Overseerr."))
    if judged.status == now.status or judged.status not in TRANSITIONS[now.status] or judged.status == "pending":
        return
    reasons = {"failed": "failure_reason", "declined": "decline_reason"}
    fields = {reasons[judged.status]: judged.text} if judged.status in reasons else {}
    changes.move(now, judged.status, by=None, text=judged.text, **fields)


def _is_being_handed_over(request: MediaRequest) -> bool:
    """Whether it is about to be approved or tried again there, so that what was said a moment ago counts no longer."""
    return Job.objects.live().filter(idempotency_key=promises.hand_over_key(request.pk)).exists()


def _settle_seasons(request: MediaRequest, seasons: Mapping[int, str]) -> None:
    rows = list(request.seasons.all()) if seasons else []
    moved = [one for one in rows if seasons.get(one.season_number, "") in SEASON_TRANSITIONS[one.status]]
    for one in moved:
        one.status, one.updated_at = seasons[one.season_number], timezone.now()
    RequestedSeason.objects.bulk_update(moved, ["status", "updated_at"])


@transaction.atomic
def _lost(request: MediaRequest) -> None:
    """Somebody deleted it there: what is in the library is there all the same."""
    held = held_of(request)
    numbers = set(request.seasons.values_list("season_number", flat=True))
    is_there = held is not None and (held.film if request.media_type == "movie" else numbers <= held.seasons)
    if is_there:
        _settle(request, _Judged(RequestStatus.AVAILABLE, dict.fromkeys(numbers, "available")))
        return
    reason = _("The request was deleted in Overseerr.")
    _settle(request, _Judged(RequestStatus.FAILED, text=reason))
    MediaRequest.objects.filter(pk=request.pk).update(overseerr_id=None)


# --- progress -------------------------------------------------------------------------------------------------------------
def _progress_key(request_id: uuid.UUID) -> str:
    return f"requests.progress:{request_id}"


def _keep_progress(request: MediaRequest, progress: float | None) -> None:
    """Only for a while: it is worth nothing once it is old."""
    if progress is None:
        cache.delete(_progress_key(request.pk))
    else:
        cache.set(_progress_key(request.pk), progress, timeout=_PROGRESS_KEPT)


def progress_of(requests: Iterable[MediaRequest]) -> dict[uuid.UUID, float]:
    """How much is loaded, from 0 to 1, of those that are being loaded; in one look."""
    keys = {_progress_key(one.pk): one.pk for one in requests if one.status in _UNDER_WAY}
    told = cache.get_many(list(keys)) if keys else {}
    return {keys[key]: value for key, value in (told or {}).items() if isinstance(value, float)}
