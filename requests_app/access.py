"""Who may see and change a request: the row, or 404."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404

from accounts.rights import Right, may
from requests_app.models import MediaRequest, RequestStatus

if TYPE_CHECKING:
    from accounts.models import User
    from requests_app.querysets import RequestQuerySet

_CALLED_OFF_BY_OWNER = (RequestStatus.PENDING, RequestStatus.APPROVED)


def visible(user: User, id: uuid.UUID | str) -> MediaRequest:
    """A request that `user` made or follows; moderators see all. Raises Http404."""
    return get_object_or_404(_visible(user), pk=id)


def still_visible(user: User, id: uuid.UUID) -> MediaRequest | None:
    """The same after something was done with it; None where it is no longer theirs."""
    return _visible(user).filter(pk=id).first()


def _visible(user: User) -> RequestQuerySet:
    return MediaRequest.objects.visible_to(user).select_related("user", "media_item", "decided_by")


def may_cancel(user: User, request: MediaRequest) -> bool:
    """Whoever asked, until it is being fetched; moderators as long as it is worked for."""
    if may(user, Right.DECIDE):
        return bool(request.is_open) or request.may_become(RequestStatus.CANCELLED)
    return request.user_id == user.pk and request.status in _CALLED_OFF_BY_OWNER
