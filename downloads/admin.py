"""Downloads as an administrator looks at them. What changes their state are people's actions, not this."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from downloads import by_hand, pacing, promises
from downloads.models import DownloadEntry, DownloadProfile, DownloadQueue, Video, YoutubeDownload
from downloads.querysets import ON_DISK
from downloads.queue_state import notice
from medianest.lib.admin_base import CarefulAdmin
from operations.admin import LookOnly, from_admin

from_admin(promises.INSPECT, try_again=by_hand.look_again, cancel=by_hand.stop_list)
from_admin(promises.START, try_again=by_hand.start_again, cancel=by_hand.stop_list)
from_admin(promises.FETCH, try_again=by_hand.fetch_again, cancel=by_hand.stop_video)
from_admin(promises.PUBLISH, try_again=by_hand.publish_again, cancel=by_hand.stop_publishing)


@admin.register(YoutubeDownload)
class DownloadAdmin(LookOnly):
    list_display = ("__str__", "user", "status", "plex_state", "counted", "created_at", "completed_at")
    list_filter = ("status", "plex_state", "visibility", "is_single")
    list_select_related = ("user",)
    search_fields = ("playlist_title", "playlist_id", "channel", "user__username")
    date_hierarchy = "created_at"

    def get_queryset(self, request: HttpRequest) -> QuerySet[YoutubeDownload]:
        here = Count("entries", filter=Q(entries__status__in=ON_DISK))
        downloads: QuerySet[YoutubeDownload] = super().get_queryset(request)
        return downloads.annotate(entries_here=here, entries_all=Count("entries"))

    @admin.display(description=gettext_lazy("entries"))
    def counted(self, download: YoutubeDownload) -> str:
        """`3/12`: here and in all; the numbers come with the list's own query."""
        return f"{getattr(download, 'entries_here', 0)}/{getattr(download, 'entries_all', 0)}"


@admin.register(DownloadEntry)
class EntryAdmin(LookOnly):
    list_display = ("video", "download", "position", "status", "reason_code", "updated_at")
    list_filter = ("status", "reason_code")
    list_select_related = ("video", "download")
    search_fields = ("video__title", "video__video_id", "download__playlist_title", "reason")
    ordering = ("download_id", "position")


@admin.register(Video)
class VideoAdmin(LookOnly):
    list_display = ("__str__", "video_id", "channel", "duration_seconds", "height", "file_bytes", "stored_at")
    list_filter = ("height", "video_codec", "audio_codec", ("file_path", admin.EmptyFieldListFilter))
    search_fields = ("title", "video_id", "channel", "file_path")
    ordering = ("-stored_at",)  # those still without a file first, then the latest


@admin.register(DownloadProfile)
class ProfileAdmin(CarefulAdmin[DownloadProfile]):
    list_display = ("name", "max_height", "subtitles", "is_default")
    search_fields = ("name",)
    prepopulated_fields = {"slug": ("name",)}


@admin.register(DownloadQueue)
class QueueAdmin(LookOnly):
    list_display = ("__str__", "state", "paused_until", "pause_count", "updated_at")
    actions = ("go_on",)

    @admin.display(description=gettext_lazy("state"))
    def state(self, queue: DownloadQueue) -> str:
        return notice() or _("running")

    @admin.action(description=gettext_lazy("End the pause now"))
    def go_on(self, request: HttpRequest, queryset: QuerySet[DownloadQueue]) -> None:
        pacing.resume()
        self.message_user(request, _("The pause has ended."), messages.SUCCESS)
