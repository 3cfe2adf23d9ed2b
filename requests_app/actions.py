"""What people do with requests: so far, deleting one and taking that back."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from medianest.lib.broken_rules import told_plainly
from medianest.lib.errors import Cannot
from requests_app import promises
from requests_app.handover import WANTED
from requests_app.models import EventKind, MediaRequest, RequestEvent


class CannotRestore(Cannot):
    """A deleted request that does not come back."""


@transaction.atomic
def put_away(*, request: MediaRequest, by: User) -> None:
    """Delete softly: the row and its story stay, the title is free again. Once is enough; again changes nothing."""
    if MediaRequest.everything.filter(pk=request.pk).put_away(timezone.now()):
        RequestEvent.objects.create(request=request, actor=by, kind=EventKind.DELETED)
        if request.is_open and request.overseerr_id is not None:
            promises.withdraw(request.pk)


@transaction.atomic
def restore(*, request: MediaRequest, by: User) -> None:
    """Bring a deleted request back as it was. Raises CannotRestore when somebody asked for the same meanwhile."""
    try:
        with told_plainly():
            back = MediaRequest.everything.deleted().filter(pk=request.pk).update(deleted_at=None)
    except ValidationError as taken:
        raise CannotRestore(f"{request.title}: {' '.join(taken.messages)}") from taken
    if not back:
        raise CannotRestore(_("“%(title)s” is not deleted.") % {"title": request.title})
    RequestEvent.objects.create(request=request, actor=by, kind=EventKind.RESTORED)
    if request.status in WANTED and request.tmdb_id is not None:
        promises.hand_over(request.pk)
