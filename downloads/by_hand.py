"""What an administrator's “Try again” and “Cancel” on a job mean for the lists behind it.

The job alone is not enough: lists that still wait would have it promised again, and what has failed would find
nothing to do. Each function takes the job's arguments and the administrator, and raises a Cannot with its reason.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from downloads import actions, promises, settling
from downloads.actions import CannotCancel, CannotRetry
from downloads.models import DownloadEntry, DownloadStatus, EntryStatus, PlexState, YoutubeDownload
from downloads.querysets import ACTIVE
from medianest.lib.errors import Cannot
from operations.jobs import request_cancel

if TYPE_CHECKING:
    from accounts.models import User

Args = dict[str, Any]
STOPPED = "stopped"
_LOST = (EntryStatus.FAILED, EntryStatus.UNAVAILABLE)


def _download(args: Args, refusal: Callable[[str], Cannot]) -> YoutubeDownload:
    found = YoutubeDownload.objects.filter(pk=UUID(args["download_id"])).first()
    if found is None:
        raise refusal(_("The list was removed meanwhile."))
    return found


# --- a list -------------------------------------------------------------------------------------------------------------
def look_again(args: Args, user: User) -> None:
    actions.retry(user=user, download=_download(args, CannotRetry))


def start_again(args: Args, user: User) -> None:
    download = _download(args, CannotRetry)
    if download.status in ACTIVE:
        with transaction.atomic():
            promises.start(download.pk, by=user)
    else:
        actions.retry(user=user, download=download)


def stop_list(args: Args, user: User) -> None:
    actions.cancel(user=user, download=_download(args, CannotCancel))


# --- a video ------------------------------------------------------------------------------------------------------------
def fetch_again(args: Args, user: User) -> None:
    """For every list in which the video failed or was left out, unless somebody cancelled that list."""
    lost = DownloadEntry.objects.filter(video__video_id=args["video_id"], status__in=_LOST)
    ordered = lost.filter(download__ordered_at__isnull=False).exclude(download__status=DownloadStatus.CANCELLED)
    entries = list(ordered.select_related("download").order_by("download_id", "position"))
    if not entries:
        raise CannotRetry(_("No list waits for this video any more."))
    for entry in entries:
        actions.retry_entry(user=user, entry=entry)


@transaction.atomic
def stop_video(args: Args, user: User) -> None:
    """Its entries have failed, and say who stopped it; the people they belong to may try again."""
    video_id = args["video_id"]
    settling.lost(video_id, code=STOPPED, reason=_("An administrator stopped it."))
    if not request_cancel(key=promises.fetch_key(video_id)):
        raise CannotCancel(_("It has ended already."))
    promises.tidy()


# --- Plex ---------------------------------------------------------------------------------------------------------------
def publish_again(args: Args, user: User) -> None:
    actions.publish_again(user=user, download=_download(args, actions.CannotPublish))


@transaction.atomic
def stop_publishing(args: Args, user: User) -> None:
    download = _download(args, CannotCancel)
    if not request_cancel(key=promises.publish_key(download.pk)):
        raise CannotCancel(_("It has ended already."))
    note = _("An administrator stopped showing it in Plex.")
    same = YoutubeDownload.objects.filter(pk=download.pk)
    same.update(plex_state=PlexState.FAILED, plex_note=note, updated_at=timezone.now())
