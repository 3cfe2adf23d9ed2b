"""What keeps the whole queue from moving, in a sentence."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from downloads.models import DownloadQueue

DISK_FULL = "disk_full"
LINGERS = timedelta(seconds=60)


def notice() -> str:
    """Why nothing is being fetched at the moment and when it goes on; empty when nothing is in the way. One query."""
    queue = DownloadQueue.objects.first()
    return sentence(queue) if queue else ""


def sentence(queue: DownloadQueue) -> str:
    now = timezone.now()
    # Every look for room moves the time on; when nobody looks any more, nothing waits.
    if queue.pause_code == DISK_FULL and queue.paused_until and queue.paused_until + LINGERS > now:
        return _(
            "Downloads wait: there is too little free space in the download folder. "
            "Nothing is lost, and they go on by themselves when there is room."
        )
    if queue.pause_code != DISK_FULL and queue.paused_until and queue.paused_until > now:
        moment = date_format(timezone.localtime(queue.paused_until), "H:i")
        return _(
            "YouTube asks for a pause, so downloads wait until %(time)s. Nothing is lost, and they go on by themselves."
        ) % {"time": moment}
    return ""
