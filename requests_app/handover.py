"""Approved films and series given to the service that has titles fetched: each once, whatever breaks on the way.

What was sent is known by the service alone until its number is written here. So before anything is sent it is asked
whether it has it already, under a lock of the title: it keeps no two from asking for the same at the same moment.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from medianest.lib import locks
from medianest.lib.http import BadCredentials, ProviderError, Refused, Unreachable
from operations.jobs import GiveUp, Retry, Wait
from operations.models import Job, JobState
from requests_app import changes, outside, promises
from requests_app.models import EventKind, MediaRequest, RequestStatus
from services.providers.base import NotSetUp, TooOld
from services.providers.fetching import (
    AlreadyAsked,
    CanFetchTitles,
    Choices,
    Fetching,
    NoSuchRequest,
    NothingLeft,
    Refusal,
    Stage,
    TitlesAway,
    Wish,
    WishRefused,
)

if TYPE_CHECKING:
    from operations.lease import Run

WAIT = 60.0  # seconds until a service that was away is asked again
NOT_NOW = (Unreachable, TitlesAway, BadCredentials, NotSetUp, TooOld)
WANTED = (RequestStatus.APPROVED, RequestStatus.PROCESSING, RequestStatus.PARTIALLY_AVAILABLE)
_UNDECIDED = (Stage.PENDING, Stage.DECLINED)
_GIVEN_BACK = (RequestStatus.CANCELLED, RequestStatus.DECLINED)


def wish_of(request: MediaRequest) -> Wish:
    """What is asked of the service."""
    chosen = request.handover
    tags = chosen.get("tags")
    numbers = request.seasons.exclude(status="available").values_list("season_number", flat=True)
    return Wish(
        media_type=request.media_type,
        tmdb_id=request.tmdb_id or 0,
        is_4k=request.is_4k,
        seasons=tuple(sorted(numbers)) if request.media_type == "tv" else (),
        choices=Choices(
            server_id=chosen.get("server_id"),
            profile_id=chosen.get("profile_id"),
            language_profile_id=chosen.get("language_profile_id"),
            root_folder=chosen.get("root_folder"),
            tags=None if tags is None else tuple(tags),
        ),
    )


def _approved(request_id: UUID) -> MediaRequest | None:
    """One that is to be fetched; also one that was on its way before, was deleted here and came back."""
    found = MediaRequest.objects.filter(pk=request_id, status__in=WANTED, media_type__in=["movie", "tv"])
    return found.select_related("user").first()


def hand_over(run: Run, request_id: UUID) -> None:
    """Give one request to the service. Without a service it stays with the moderators.

    Raises Wait while the service is away, Retry for what may pass, GiveUp for what will not.
    """
    request, service = _approved(request_id), outside.fetcher()
    if request is None or service is None:
        return
    try:
        with locks.held(f"requests.hand_over:{request.media_type}:{request.tmdb_id}"):
            run.breathe()
            request = _approved(request_id)
            if request is not None:
                _give(service, request)
    except NOT_NOW as away:
        raise Wait(WAIT, code="service_away", reason=away.sentence) from away
    except WishRefused as refusal:
        if refusal.why is Refusal.ACCOUNT:
            outside.forget()
            raise Retry(code="account_gone", reason=refusal.sentence, seconds=5) from refusal
        raise GiveUp(code=f"refused_{refusal.why.value}", reason=refusal.sentence) from refusal
    except (AlreadyAsked, NothingLeft) as refusal:
        raise GiveUp(code="nothing_to_ask", reason=refusal.sentence) from refusal
    except Refused as error:
        raise Retry(code=f"status_{error.code}", reason=error.sentence) from error
    except ProviderError as error:
        raise Retry(code="not_understood", reason=error.sentence) from error


def _give(service: CanFetchTitles, request: MediaRequest) -> None:
    wish = wish_of(request)
    found = _known(service, request) or _asked(service, request, wish)
    if found.stage in _UNDECIDED and _differs(found, wish):
        found = service.change(found.number, wish)
    if found.stage in _UNDECIDED:
        found = service.approve(found.number)  # it has been decided, here
    elif found.stage is Stage.FAILED:
        found = service.retry(found.number)
    _note(request, found)


def _differs(found: Fetching, wish: Wish) -> bool:
    """Whether other seasons are asked for there, or something was chosen here."""
    return wish.choices != Choices() or (wish.media_type == "tv" and found.seasons.keys() != set(wish.seasons))


def _known(service: CanFetchTitles, request: MediaRequest) -> Fetching | None:
    """What it was handed over as before, if that is still there."""
    if request.overseerr_id is None:
        return None
    try:
        return service.look(request.overseerr_id)
    except NoSuchRequest:
        MediaRequest.objects.filter(pk=request.pk).update(overseerr_id=None, updated_at=timezone.now())
        request.overseerr_id = None
        return None


def _asked(service: CanFetchTitles, request: MediaRequest, wish: Wish) -> Fetching:
    """The request there: an earlier one of ours, a new one, or whoever's is for the same."""
    account = service.account_for(outside.of(service, request.user))
    earlier = _free(service.find_own(wish, account=account))
    if earlier is not None and earlier.seasons.keys() >= set(wish.seasons):
        return earlier
    try:
        return service.ask(wish, account=account)
    except (AlreadyAsked, NothingLeft) as refusal:
        same = earlier or _free(service.find_any(wish, ended=isinstance(refusal, AlreadyAsked)))
        if same is None:
            raise
        return same


def _free(found: Fetching | None) -> Fetching | None:
    """None for one that belongs to another request of ours."""
    is_taken = found is not None and MediaRequest.objects.filter(overseerr_id=found.number).exists()
    return None if is_taken else found


@transaction.atomic
def _note(request: MediaRequest, found: Fetching) -> None:
    """Write its number here. If nobody wants it any more by now, take it back there."""
    mine = MediaRequest.everything.select_for_update(of=("self",)).get(pk=request.pk)
    is_news = mine.overseerr_id != found.number
    MediaRequest.everything.filter(pk=mine.pk).update(overseerr_id=found.number, updated_at=timezone.now())
    if is_news:
        text = _("It is number %(number)d there.") % {"number": found.number}
        changes.tell(mine, EventKind.HANDED_OVER, by=None, text=text)
    if mine.deleted_at is not None or mine.status in _GIVEN_BACK:
        promises.withdraw(mine.pk)
    else:
        promises.follow()


def give_up(request_id: UUID, reason: str) -> None:
    """Tell whoever asked that it cannot be had this way, and why."""
    request = _approved(request_id)
    if request is not None:
        changes.move(request, RequestStatus.FAILED, by=None, text=reason, failure_reason=reason[:500])


def waiting_for(request: MediaRequest) -> str:
    """Why an approved request has not been handed over yet, as a sentence; "" if nothing keeps it."""
    return reasons([request]).get(request.pk, "")


def reasons(requests: Iterable[MediaRequest]) -> dict[UUID, str]:
    """Why approved requests have not been handed over yet, as sentences; those that nothing keeps are left out."""
    not_there = (one for one in requests if one.status in WANTED and one.overseerr_id is None)
    keys = {promises.hand_over_key(one.pk): one.pk for one in not_there}
    if not keys:
        return {}
    waits = Job.objects.filter(idempotency_key__in=keys, state=JobState.QUEUED).exclude(error_text="")
    return {keys[key]: text for key, text in waits.values_list("idempotency_key", "error_text")}


def waiting() -> None:
    """Promise the hand-over of all that was approved while there was no service to hand it to."""
    if outside.fetcher() is None:
        return
    for request_id in MediaRequest.objects.waiting_to_be_handed_over().values_list("pk", flat=True)[:200]:
        promises.hand_over_if_none(request_id)


def withdraw(request_id: UUID) -> None:
    """Decline there what was declined, called off or deleted here. Raises Wait while the service is away."""
    request = MediaRequest.everything.filter(pk=request_id, overseerr_id__isnull=False).first()
    service = outside.fetcher()
    if request is None or service is None or (request.deleted_at is None and request.status not in _GIVEN_BACK):
        return
    number = request.overseerr_id or 0
    try:
        if request.status == RequestStatus.DECLINED:
            service.decline(number)
        else:
            service.delete(number)
            MediaRequest.everything.filter(pk=request_id, overseerr_id=number).update(overseerr_id=None)
    except NoSuchRequest:
        return
    except NOT_NOW as away:
        raise Wait(WAIT, code="service_away", reason=away.sentence) from away
    except ProviderError as error:
        raise Retry(code="not_withdrawn", reason=error.sentence) from error
