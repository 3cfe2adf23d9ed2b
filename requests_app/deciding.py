"""What is decided about requests: approve, decline with a reason, call off, take up again, mark as there."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from medianest.lib.broken_rules import told_plainly
from medianest.lib.errors import Cannot
from medianest.lib.locks import hold_until_commit
from operations import limits
from operations.row_security import for_others
from requests_app import allowance, changes
from requests_app.models import (
    EventKind,
    MediaRequest,
    RequestedSeason,
    RequestStatus,
    SeasonStatus,
)

if TYPE_CHECKING:
    from accounts.models import User

MOST_AT_ONCE = 100


class CannotDecide(Cannot):
    """A decision that cannot be made, or no longer."""


def _decided(by: User) -> dict[str, Any]:
    return {"decided_by": by, "decided_at": timezone.now()}


@transaction.atomic
def approve(
    *,
    request: MediaRequest,
    by: User,
    seasons: Collection[int] | None = None,
    choices: Mapping[str, Any] | None = None,
    seen: str = "",
) -> MediaRequest:
    """Let it be fetched; of a series, only `seasons` where given, and by `choices` (as `handover` keeps them).

    `seen` is the decision that `by` knew of. Raises CannotDecide, and CannotChange when somebody else was faster.
    """
    changes.check_seen(request, seen, by)
    if seasons is not None:
        edit_seasons(request=request, by=by, seasons=seasons)
    fields: dict[str, Any] = {"decline_reason": "", "failure_reason": "", **_decided(by)}
    if choices is not None and choices != request.handover:
        fields["handover"] = dict(choices)
        changes.tell(request, EventKind.EDITED, by=by, text=_("How it is fetched was chosen."))
    return _open_again(request, RequestStatus.APPROVED, by, **fields)


@transaction.atomic
def decline(*, request: MediaRequest, by: User, reason: str, seen: str = "") -> MediaRequest:
    """Say no, and why: the person who asked reads it. `seen` is the decision that `by` knew of.

    Raises CannotDecide without a reason, and CannotChange when somebody else was faster.
    """
    changes.check_seen(request, seen, by)
    said = reason.strip()[:500]
    if not said:
        raise CannotDecide(_("Say why: the person who asked will read it."), status=422)
    return changes.move(request, RequestStatus.DECLINED, by=by, text=said, decline_reason=said, **_decided(by))


@transaction.atomic
def cancel(*, request: MediaRequest, by: User) -> MediaRequest:
    """Call it off: by whoever asked while nothing is under way, by moderators at any time. Raises CannotChange.

    Somebody who follows gets it instead.
    """
    heir = request.followers.select_related("user").order_by("created_at").first()
    if heir is not None and by.pk == request.user_id:
        with for_others():
            return _hand_on(request, by, heir.user)
    return changes.move(request, RequestStatus.CANCELLED, by=by)


def _hand_on(request: MediaRequest, by: User, heir: User) -> MediaRequest:
    """The first who followed becomes the one it is for."""
    request.followers.filter(user=heir).delete()
    MediaRequest.objects.filter(pk=request.pk).update(user=heir, updated_at=timezone.now())
    changes.tell(request, EventKind.LEFT, by=by, text=_("It goes on for somebody who wants it, too."))
    return MediaRequest.objects.get(pk=request.pk)


@transaction.atomic
def take_up(*, request: MediaRequest, by: User) -> MediaRequest:
    """Bring what was declined, called off or failed back to the moderators.

    For oneself it counts like asking. Raises CannotDecide, CannotChange, and TooOften.
    """
    if by.pk == request.user_id:
        _check_quota(request, by)
        limits.count(by, limits.REQUESTS)
    return _open_again(request, RequestStatus.PENDING, by, decline_reason="", failure_reason="")


def _check_quota(request: MediaRequest, user: User) -> None:
    """Raises CannotDecide where what counted for nothing so far is more than is left."""
    if request.media_type not in ("movie", "tv") or request.status not in allowance.DO_NOT_COUNT:
        return
    hold_until_commit(f"requests.quota:{user.pk}")
    wanted = request.seasons.count() if request.media_type == "tv" else 1
    if refusal := allowance.too_much(allowance.left(user, request.media_type), wanted):
        raise CannotDecide(refusal, status=403)


@transaction.atomic
def try_again(*, request: MediaRequest, by: User) -> MediaRequest:
    """Have what failed after its approval fetched once more; nobody needs to decide again. It counts like asking.

    Raises CannotDecide, CannotChange, and TooOften.
    """
    if request.status != RequestStatus.FAILED or request.media_type not in ("movie", "tv"):
        raise CannotDecide(_("Only what failed can be tried again."))
    limits.count(by, limits.REQUESTS)
    with for_others():
        return _open_again(request, RequestStatus.APPROVED, by, failure_reason="")


def _open_again(request: MediaRequest, to: str, by: User, **fields: Any) -> MediaRequest:
    """Move it to where it is worked for. Raises CannotDecide when somebody asked for the same meanwhile."""
    try:
        with told_plainly():
            return changes.move(request, to, by=by, **fields)
    except ValidationError as taken:
        raise CannotDecide(" ".join(taken.messages)) from taken


@transaction.atomic
def mark_there(*, request: MediaRequest, by: User) -> MediaRequest:
    """Say that it can be seen, read or heard now. Raises CannotChange."""
    done = changes.move(request, RequestStatus.AVAILABLE, by=by, failure_reason="")
    request.seasons.exclude(status=SeasonStatus.AVAILABLE).update(
        status=SeasonStatus.AVAILABLE, updated_at=timezone.now()
    )
    return done


@transaction.atomic
def edit_seasons(*, request: MediaRequest, by: User, seasons: Collection[int]) -> None:
    """Let a waiting request be for these seasons. Raises CannotDecide, also when somebody else asked for one."""
    locked = MediaRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if locked.media_type != "tv" or locked.status != RequestStatus.PENDING:
        raise CannotDecide(_("Seasons can be changed while a series waits for its approval."))
    had, wanted = set(locked.seasons.values_list("season_number", flat=True)), set(seasons)
    if not wanted:
        raise CannotDecide(_("Choose at least one season."), status=422)
    if had == wanted:
        return
    locked.seasons.exclude(season_number__in=wanted).delete()
    try:
        with told_plainly():
            RequestedSeason.objects.bulk_create(RequestedSeason.of(locked, sorted(wanted - had)))
    except ValidationError as taken:
        raise CannotDecide(" ".join(taken.messages)) from taken
    names = ", ".join(str(number) for number in sorted(wanted))
    changes.tell(locked, EventKind.EDITED, by=by, text=_("Seasons: %(names)s") % {"names": names})


# --- many at once ---------------------------------------------------------------------------------------------------------
@dataclasses.dataclass(frozen=True)
class Outcome:
    """What came of deciding about many: how many went as wished, and a sentence for each that did not."""

    done: int
    refused: list[str]


def each(requests: Iterable[MediaRequest], decide: Callable[[MediaRequest], object]) -> Outcome:
    """Decide about each by itself: one that cannot be decided keeps none of the others."""
    done, refused = 0, []
    for request in list(requests)[:MOST_AT_ONCE]:
        try:
            with transaction.atomic():
                decide(request)
        except Cannot as refusal:
            refused.append(f"{request.title}: {refusal.sentence}")
        else:
            done += 1
    return Outcome(done, refused)
