"""Who may see and change a request: the row, or 404."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404

from accounts.rights import Right, may
from requests_app.models import MediaRequest, RequestStatus

if TYPE_CHECKING:
    from accounts.models import User

_CALLED_OFF_BY_OWNER = (RequestStatus.PENDING, RequestStatus.APPROVED)


def visible(user: User, id: uuid.UUID | str) -> MediaRequest:
    """A request that `user` made or follows; moderators see all. Raises Http404."""
    found = MediaRequest.objects.visible_to(user).select_related("user", "media_item", "decided_by")
    return get_object_or_404(found, pk=id)


def may_cancel(user: User, request: MediaRequest) -> bool:
    """Whoever asked, until it is being fetched; moderators as long as it is worked for."""
    if may(user, Right.DECIDE):
        return bool(request.is_open) or request.may_become(RequestStatus.CANCELLED)
    return request.user_id == user.pk and request.status in _CALLED_OFF_BY_OWNER
