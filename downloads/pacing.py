"""How fast, and whether, videos are fetched: one row that all workers of all machines share.

A bucket of tokens limits how many start; YouTube's displeasure and a full disk make everything wait.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from downloads import promises, storage
from downloads.models import DownloadQueue
from downloads.queue_state import DISK_FULL
from operations.jobs import WAKE_LIMIT, Wait, wake
from operations.models import Job, JobState

QUEUE = "downloads"
LOOKS = "default"  # the queue of the looks at lists
PACE = "pace"
PAUSED = "paused"
DISK_SECONDS = 15  # between two looks for room
PACE_SECONDS = 30  # the longest wait until the next look for a free turn
FIRST_PAUSE, LONGEST_PAUSE = 3600, 8 * 3600  # seconds


def admit() -> None:
    """Let one video start now. Raises Wait, with the time until its turn, when it may not."""
    if not has_room(0):
        raise disk_full()
    with transaction.atomic():
        queue, now = _locked(), timezone.now()
        if queue.paused_until and queue.paused_until > now:
            raise _paused(queue, (queue.paused_until - now).total_seconds())
        if queue.pause_code == DISK_FULL:
            queue.paused_until = now + timedelta(seconds=DISK_SECONDS)  # this one tries; the others wait for it
        _refill(queue)
        missing = max(0.0, 1 - queue.tokens)
        if not missing:
            queue.tokens -= 1
        queue.save()
    if missing:
        ahead = _waiting(PACE)
        seconds = (missing + ahead) * 3600 / settings.DOWNLOAD_STARTS_PER_HOUR
        # Never for long: whoever stands ahead may be cancelled, and then the turn is anybody's.
        raise Wait(min(seconds, PACE_SECONDS), code=PACE, reason=_("Waits for its turn."))


def admit_look() -> None:
    """Let a list be looked at now. Raises Wait until the end of a pause that YouTube asked for."""
    queue, now = DownloadQueue.objects.first(), timezone.now()
    if queue and queue.pause_code != DISK_FULL and queue.paused_until and queue.paused_until > now:
        raise _paused(queue, (queue.paused_until - now).total_seconds())


def has_room(needed_bytes: int) -> bool:
    """Whether the download folder's disk can take so much and keep what must stay free."""
    return storage.free_bytes() - needed_bytes >= settings.DOWNLOAD_MIN_FREE_MB * 1_000_000


def room_found() -> None:
    """Something fits again: end the wait for room and let all who waited go on."""
    ended = DownloadQueue.objects.filter(pause_code=DISK_FULL).update(
        pause_code="", pause_reason="", paused_until=None, updated_at=timezone.now()
    )
    if ended:
        _release(DISK_FULL)


def disk_full() -> Wait:
    """Note that there is no room; the outcome for the job that found out."""
    until = timezone.now() + timedelta(seconds=DISK_SECONDS)
    DownloadQueue.objects.get_or_create(pk=True)
    DownloadQueue.objects.exclude(paused_until__gt=until).update(
        pause_code=DISK_FULL, pause_reason="", paused_until=until, updated_at=timezone.now()
    )
    # One after the other looks again, so that a long queue does not look all at once.
    return Wait(DISK_SECONDS + _waiting(DISK_FULL), code=DISK_FULL, reason=_("Waits for free space."))


def pause(code: str, reason: str) -> Wait:
    """Have all fetching wait because YouTube asks for it, each time in a row twice as long; the outcome for the job."""
    with transaction.atomic():
        queue, now = _locked(), timezone.now()
        if not (queue.paused_until and queue.paused_until > now):  # several may find out at once; that is one time
            seconds = min(LONGEST_PAUSE, FIRST_PAUSE * 2**queue.pause_count)
            queue.paused_until = now + timedelta(seconds=seconds)
            queue.pause_code, queue.pause_reason = code, reason[:300]
            queue.pause_count += 1
            queue.tokens, queue.refilled_at = 1, queue.paused_until  # and then gently, one at a time
            queue.save()
        return _paused(queue, (queue.paused_until - now).total_seconds())


def succeeded() -> None:
    """A video arrived: YouTube is content, so the next pause begins short again."""
    DownloadQueue.objects.filter(pause_count__gt=0, paused_until__lt=timezone.now()).update(
        pause_count=0, pause_code="", pause_reason="", paused_until=None, updated_at=timezone.now()
    )


def resume() -> None:
    """End any pause now, as an administrator may ask."""
    DownloadQueue.objects.update(pause_code="", pause_reason="", paused_until=None, updated_at=timezone.now())
    _release(DISK_FULL, PAUSED)


# --- inside -------------------------------------------------------------------------------------------------------------
def _locked() -> DownloadQueue:
    DownloadQueue.objects.get_or_create(pk=True)
    return DownloadQueue.objects.select_for_update().get()


def _refill(queue: DownloadQueue) -> None:
    now = timezone.now()
    if queue.refilled_at is None:
        queue.tokens, queue.refilled_at = settings.DOWNLOAD_BURST, now
        return
    seconds = max(0.0, (now - queue.refilled_at).total_seconds())
    queue.tokens += seconds * settings.DOWNLOAD_STARTS_PER_HOUR / 3600
    queue.tokens = min(float(settings.DOWNLOAD_BURST), queue.tokens)
    queue.refilled_at = now


def _paused(queue: DownloadQueue, seconds: float) -> Wait:
    if queue.pause_code == DISK_FULL:
        return Wait(seconds + _waiting(DISK_FULL), code=DISK_FULL, reason=_("Waits for free space."))
    return Wait(seconds, code=PAUSED, reason=_("Waits because YouTube asks for a pause."))


def _waiting(code: str) -> int:
    """How many fetches wait for the same reason."""
    waiting = Job.objects.filter(queue=QUEUE, kind=promises.FETCH, state=JobState.QUEUED, error_code=code)
    return waiting.filter(run_after__gt=timezone.now()).count()


def _release(*codes: str) -> None:
    for queue, kind in ((QUEUE, promises.FETCH), (LOOKS, promises.INSPECT)):
        waiting = Job.objects.filter(queue=queue, kind=kind, state=JobState.QUEUED, error_code__in=codes)
        if count := waiting.update(run_after=timezone.now()):
            transaction.on_commit(partial(wake, queue, count=min(count, WAKE_LIMIT)), robust=True)
