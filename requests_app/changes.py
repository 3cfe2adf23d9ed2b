"""How a request changes: only along TRANSITIONS, once even when two decide at the same moment, and never silently."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from medianest.lib import correlation
from medianest.lib.errors import Cannot
from requests_app import promises
from requests_app.models import TRANSITIONS, EventKind, MediaRequest, RequestEvent, RequestStatus

if TYPE_CHECKING:
    from accounts.models import User


class CannotChange(Cannot):
    """A request that is no longer where it was thought to be."""


def tell(request: MediaRequest, kind: EventKind, *, by: User | None, text: str = "", **more: Any) -> None:
    """Write a step of the request's story; nobody (`by` None) is MediaNest itself."""
    RequestEvent.objects.create(
        request=request, actor=by, kind=kind, text=text[:500], correlation_id=correlation.current(), **more
    )


def decision(request: MediaRequest) -> str:
    """Which decision stands. Whoever decides sends along the one they saw (`check_seen`)."""
    return request.decided_at.isoformat() if request.decided_at else "none"


def check_seen(request: MediaRequest, seen: str, by: User) -> None:
    """Raises CannotChange when somebody else has decided since `by` looked; "" asks for nothing. Locks the request."""
    was = MediaRequest.objects.select_for_update(of=("self",)).filter(pk=request.pk).first()
    if was is not None and seen and seen != decision(was) and was.decided_by_id != by.pk:
        raise CannotChange(_already(was))


def move(request: MediaRequest, to: str, *, by: User | None, text: str = "", **fields: Any) -> MediaRequest:
    """Bring a request to another status, with `fields` set along, and write it into its story.

    Gives the request as it is then. Raises CannotChange when it is no longer where that is possible, saying why.
    """
    was = MediaRequest.objects.select_for_update(of=("self",)).filter(pk=request.pk).first()
    if was is None:
        raise CannotChange(_("This request has been deleted."))
    if to not in TRANSITIONS[was.status]:
        raise CannotChange(_already(was))
    old = was.status
    settled = {"completed_at": timezone.now() if to == RequestStatus.AVAILABLE else None}
    MediaRequest.objects.filter(pk=was.pk).update(status=to, updated_at=timezone.now(), **settled, **fields)
    tell(was, EventKind.STATUS, by=by, text=text, old_status=old, new_status=to)
    was.refresh_from_db()
    _promise(was)
    return was


def _promise(request: MediaRequest) -> None:
    """What follows from where it is now: films and series that are approved are fetched, others no longer."""
    if request.media_type not in ("movie", "tv"):
        return
    if request.status == RequestStatus.APPROVED:
        promises.hand_over(request.pk)
    elif request.status in (RequestStatus.DECLINED, RequestStatus.CANCELLED) and request.overseerr_id is not None:
        promises.withdraw(request.pk)


def _already(request: MediaRequest) -> str:
    """What has happened to a request meanwhile, and through whom."""
    state = request.get_status_display()
    if request.decided_by is not None:
        names = {"name": request.decided_by, "state": state}
        return _("Nothing was changed: %(name)s was faster, and the request is “%(state)s” now.") % names
    return _("Nothing was changed: the request is “%(state)s” now.") % {"state": state}
