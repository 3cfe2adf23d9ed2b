"""Playlists people hand in, their entries, and the videos that are stored for them."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import HashIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from downloads.links import VIDEO_ID
from downloads.querysets import DownloadQuerySet, EntryQuerySet, VideoQuerySet
from medianest.lib.json_schema import SchemaJSONField
from medianest.lib.row_policies import RowSecurity, own, own_or, with_parent
from operations.audit import audited, untold


class DownloadStatus(models.TextChoices):
    """pending (being looked at, or waiting to be ordered) → queued → downloading → completed, or an end without it."""

    PENDING = "pending", _("not ordered yet")
    QUEUED = "queued", _("queued")
    DOWNLOADING = "downloading", _("downloading")
    COMPLETED = "completed", _("completed")
    DECLINED = "declined", _("declined")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


TRANSITIONS: dict[str, frozenset[str]] = {
    DownloadStatus.PENDING: frozenset({"queued", "declined", "failed", "cancelled"}),
    DownloadStatus.QUEUED: frozenset({"downloading", "completed", "failed", "cancelled"}),
    DownloadStatus.DOWNLOADING: frozenset({"completed", "failed", "cancelled"}),
    DownloadStatus.COMPLETED: frozenset({"queued"}),
    DownloadStatus.DECLINED: frozenset({"pending"}),
    DownloadStatus.FAILED: frozenset({"pending", "queued"}),
    DownloadStatus.CANCELLED: frozenset({"pending", "queued"}),
}
"""The only changes of status there are; a retry leads from an end back to queued (or pending, before it was ordered)."""


class PlexState(models.TextChoices):
    """How far a download's collection is. `waiting` carries its reason in `plex_note`."""

    NONE = "none", _("nothing to show yet")
    WAITING = "waiting", _("waiting for Plex")
    SCANNING = "scanning", _("Plex is scanning")
    DONE = "done", _("in Plex")
    FAILED = "failed", _("failed")


class Visibility(models.TextChoices):
    SHARED = "shared", _("everyone here")
    PRIVATE = "private", _("only me")


FILE_PATHS: dict[str, Any] = {
    "type": "array",
    "items": {
        "type": "string",
        "minLength": 1,
        "maxLength": 500,
        "not": {"pattern": r"^/|(^|/)\.\.(/|$)"},
        "description": "a path below the download folder",
    },
    "maxItems": 10_000,
    "uniqueItems": True,
}
"""The stored files of a finished download, relative to the download root, in the list's order."""


@audited()
class DownloadProfile(models.Model):
    """How videos are fetched: a fixed set of choices, never raw yt-dlp options."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=60, unique=True)
    slug = models.SlugField(max_length=60, unique=True)
    max_height = models.PositiveIntegerField(default=1080, help_text=_("Tallest picture fetched, in pixels."))
    subtitles = models.CharField(max_length=100, blank=True, help_text=_("Languages with commas, e.g. en,de."))
    is_default = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "download_profiles"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"],
                condition=Q(is_default=True),
                name="one_default_profile",
                violation_error_message=_("Another profile is the default; take that away from it first."),
            ),
            models.CheckConstraint(
                condition=Q(max_height__gte=144, max_height__lte=4320),
                name="profile_height_sane",
                violation_error_message=_("Give a height between 144 and 4320 pixels."),
            ),
            models.CheckConstraint(
                condition=Q(subtitles__regex=r"^[A-Za-z0-9, -]*$"),
                name="profile_subtitles_shape",
                violation_error_message=_("Write languages with commas between them, like en,de."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


@audited(exclude=["file_paths", "plex_state", "plex_note", "plex_collection_id", "inspected_at", "ordered_at"])
class YoutubeDownload(models.Model):
    """One playlist (or single video) that a person handed in.

    The hash index on `playlist_url` answers whether a person has the list open already, and who else handed it in.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="youtube_downloads"
    )
    playlist_url = models.CharField(max_length=200, help_text=_("Rebuilt by us from the id, never as typed."))
    playlist_id = models.CharField(max_length=64, help_text=_("A playlist's id, or a video's for a single video."))
    is_single = models.BooleanField(default=False)
    playlist_title = models.CharField(max_length=300, blank=True)
    channel = models.CharField(max_length=300, blank=True)
    status = models.CharField(max_length=12, choices=DownloadStatus, default=DownloadStatus.PENDING)
    profile = models.ForeignKey(DownloadProfile, null=True, on_delete=models.PROTECT, related_name="+")
    visibility = models.CharField(max_length=8, choices=Visibility, default=Visibility.SHARED)
    file_paths = SchemaJSONField(schema=FILE_PATHS, default=list, blank=True)
    plex_state = models.CharField(max_length=8, choices=PlexState, default=PlexState.NONE)
    plex_note = models.CharField(max_length=300, blank=True)
    plex_collection_id = models.CharField(max_length=40, blank=True)
    sync_interval = models.DurationField(null=True, blank=True)
    is_cut_off = models.BooleanField(default=False, help_text=_("The list holds more than one download may take."))
    decline_reason = models.CharField(max_length=500, blank=True)
    failure_code = models.CharField(max_length=40, blank=True)
    failure_reason = models.CharField(max_length=500, blank=True)
    inspected_at = models.DateTimeField(null=True, blank=True)
    ordered_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = DownloadQuerySet.as_manager()

    class Meta:
        db_table = "youtube_downloads"
        ordering = ["-created_at"]
        verbose_name = _("download")
        indexes = [
            models.Index(fields=["user", "status"], name="downloads_user_status"),
            models.Index(fields=["user", "-created_at"], name="downloads_user_created"),
            models.Index(fields=["status", "-created_at"], name="downloads_status_created"),
            models.Index(fields=["-created_at"], name="downloads_created"),
            models.Index(
                fields=["created_at"],
                condition=Q(plex_state__in=("waiting", "scanning")),
                name="downloads_to_show",
            ),
            HashIndex(fields=["playlist_url"], name="downloads_url_hash"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=DownloadStatus.values),
                name="downloads_status_known",
                violation_error_message=_("Choose one of the states a download can be in."),
            ),
            models.CheckConstraint(
                condition=Q(plex_state__in=PlexState.values),
                name="downloads_plex_state_known",
                violation_error_message=_("Choose how far Plex is with it."),
            ),
            models.CheckConstraint(
                condition=Q(visibility__in=Visibility.values),
                name="downloads_visibility_known",
                violation_error_message=_("Choose who sees it."),
            ),
            models.CheckConstraint(
                condition=~Q(status="declined") | ~Q(decline_reason=""),
                name="downloads_declined_with_reason",
                violation_error_message=_("Say why it is declined."),
            ),
            models.CheckConstraint(
                condition=Q(completed_at__isnull=True)
                | Q(ordered_at__isnull=True)
                | Q(completed_at__gte=F("ordered_at")),
                name="downloads_end_after_start",
                violation_error_message=_("It cannot end before it was ordered."),
            ),
            models.CheckConstraint(
                condition=Q(sync_interval__isnull=True) | Q(sync_interval__gte=timedelta(hours=1)),
                name="downloads_sync_not_too_often",
                violation_error_message=_("A list is looked at again once an hour at most."),
            ),
            RowSecurity(
                name="downloads_rows",
                see=own_or("visibility = 'shared' AND ordered_at IS NOT NULL"),
                change=own(),
            ),
        ]

    def __str__(self) -> str:
        return self.playlist_title or self.playlist_id


def _none_or_more(field: str) -> Q:
    return Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__gte": 0})


@untold("The worker's: what became of a file. Who ordered it is in the download's trail.")
class Video(models.Model):
    """One YouTube video, stored at most once however many playlists hold it.

    While it is being fetched the row carries its progress; `file_path` is set, relative to the
    download root, only after the finished file was probed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    video_id = models.CharField(max_length=11, unique=True)
    title = models.CharField(max_length=300, blank=True)
    channel = models.CharField(max_length=300, blank=True)
    channel_id = models.CharField(max_length=64, blank=True)
    duration_seconds = models.PositiveIntegerField(null=True, blank=True)
    published_on = models.DateField(null=True, blank=True)
    file_path = models.CharField(max_length=500, blank=True)
    file_bytes = models.BigIntegerField(null=True, blank=True)
    video_codec = models.CharField(max_length=20, blank=True)
    audio_codec = models.CharField(max_length=20, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    thumbnail_path = models.CharField(max_length=500, blank=True)
    plex_rating_key = models.CharField(max_length=40, blank=True)
    stored_at = models.DateTimeField(null=True, blank=True)
    downloaded_bytes = models.BigIntegerField(default=0)
    total_bytes = models.BigIntegerField(null=True, blank=True)
    speed_bps = models.BigIntegerField(null=True, blank=True, help_text=_("Bytes per second."))
    eta_seconds = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = VideoQuerySet.as_manager()

    class Meta:
        db_table = "videos"
        indexes = [
            models.Index(fields=["stored_at"], name="videos_stored"),
            models.Index(fields=["created_at"], condition=Q(file_path=""), name="videos_not_stored"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(file_path="", stored_at__isnull=True) | (~Q(file_path="") & Q(stored_at__isnull=False)),
                name="videos_stored_has_file",
                violation_error_message=_("A stored video has a file and a time of storing; one without has neither."),
            ),
            models.CheckConstraint(
                condition=Q(video_id__regex=VIDEO_ID),
                name="videos_id_shape",
                violation_error_message=_("A video's id has eleven letters, digits, “-” or “_”."),
            ),
            models.CheckConstraint(
                condition=_none_or_more("file_bytes")
                & Q(downloaded_bytes__gte=0)
                & _none_or_more("total_bytes")
                & _none_or_more("speed_bps"),
                name="videos_bytes_not_negative",
                violation_error_message=_("A number of bytes cannot be negative."),
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.video_id

    @property
    def is_stored(self) -> bool:
        return bool(self.file_path)


class EntryStatus(models.TextChoices):
    QUEUED = "queued", _("queued")
    DOWNLOADING = "downloading", _("downloading")
    DOWNLOADED = "downloaded", _("downloaded")
    SCANNED = "scanned", _("seen by Plex")
    IN_COLLECTION = "in_collection", _("in Plex")
    UNAVAILABLE = "unavailable", _("left out")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


@untold("The worker's: what became of a video in a list.")
class DownloadEntry(models.Model):
    """A video's place in one playlist, with what became of it there.

    An index on `status` was left out: entries are asked for by their download or by their video, never by state alone.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    download = models.ForeignKey(YoutubeDownload, on_delete=models.CASCADE, related_name="entries")
    video = models.ForeignKey(Video, on_delete=models.PROTECT, related_name="entries")
    position = models.PositiveIntegerField()
    status = models.CharField(max_length=14, choices=EntryStatus, default=EntryStatus.QUEUED)
    reason_code = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        db_table = "download_entries"
        ordering = ["download", "position"]
        verbose_name_plural = _("download entries")
        constraints = [
            models.UniqueConstraint(
                fields=["download", "position"],
                name="entries_position_unique",
                violation_error_message=_("Another entry stands at this position of the list."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=EntryStatus.values),
                name="entries_status_known",
                violation_error_message=_("Choose one of the states an entry can be in."),
            ),
            RowSecurity(
                name="entries_rows",
                see=with_parent("download_id", "youtube_downloads"),
                change=with_parent("download_id", "youtube_downloads", own()),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position} · {self.video}"


@untold("The workers' pace, changed with every video.")
class DownloadQueue(models.Model):
    """The one row that paces and pauses all fetching, over every worker and machine."""

    id = models.BooleanField(primary_key=True, default=True)
    tokens = models.FloatField(default=0)
    refilled_at = models.DateTimeField(null=True, blank=True)
    paused_until = models.DateTimeField(null=True, blank=True)
    pause_code = models.CharField(max_length=40, blank=True)
    pause_reason = models.CharField(max_length=300, blank=True)
    pause_count = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "download_queue"
        verbose_name = _("download queue")
        verbose_name_plural = _("download queue")
        constraints = [
            models.CheckConstraint(
                condition=Q(id=True),
                name="download_queue_one_row",
                violation_error_message=_("There is one queue only; change the one that is there."),
            ),
            models.CheckConstraint(
                condition=Q(tokens__gte=0),
                name="download_queue_tokens",
                violation_error_message=_("Turns cannot be fewer than none."),
            ),
        ]

    def __str__(self) -> str:
        return str(_("download queue"))
