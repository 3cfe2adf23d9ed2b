"""What the downloads' pages show, gathered once so that templates only draw."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import OuterRef, QuerySet, Subquery
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.rights import Right, may
from downloads import queue_state, summary
from downloads.classify import MAY_CHANGE
from downloads.models import DownloadEntry, DownloadProfile, DownloadStatus, EntryStatus, PlexState, YoutubeDownload
from downloads.querysets import ACTIVE
from downloads.summary import EntryView, Summary
from medianest.lib import polling
from medianest.lib.figures import clock, left, length

if TYPE_CHECKING:
    from accounts.models import User

ENTRIES_A_PAGE = 50
ACTIVE_SECONDS = 2
WAITING_SECONDS = 10


# --- lists of downloads -----------------------------------------------------------------------------------------------
@dataclasses.dataclass(frozen=True)
class DownloadRow:
    """One download in a list. `moves` while asking again could show something new."""

    download: YoutubeDownload
    summary: Summary
    is_foreign: bool

    @property
    def moves(self) -> bool:
        return bool(poll_seconds(self.download))

    @property
    def has_bar(self) -> bool:
        return self.download.status in ACTIVE

    @property
    def title(self) -> str:
        return title_of(self.download)

    @property
    def figures(self) -> str:
        """`7 of 12 videos · 4.1 MB/s · 9 minutes left` while it is under way; empty otherwise."""
        return _figures(self.download, self.summary)

    @property
    def mark(self) -> str:
        return polling.mark(self.summary, str(self.download))


@dataclasses.dataclass(frozen=True)
class Moving:
    """The rows of a page that move, and the address that tells what changed in them."""

    rows: list[DownloadRow]

    @property
    def seconds(self) -> int:
        return min((poll_seconds(row.download) for row in self.rows), default=0)

    @property
    def address(self) -> str:
        marks = polling.seen(row.mark for row in self.rows)
        query = [("d", str(row.download.pk)) for row in self.rows] + [("seen", marks)]
        return f"{reverse('downloads:moving')}?{urlencode(query)}"


def title_of(download: YoutubeDownload) -> str:
    """Its title, or what it is while YouTube has not told one."""
    fallback = _("A video on YouTube") if download.is_single else _("A playlist on YouTube")
    return download.playlist_title or fallback


def _pace(speed_bps: int | None, eta_seconds: int | None) -> list[str]:
    """`4.1 MB/s` and `9 minutes left`, as far as they are known."""
    if not speed_bps:
        return []
    pace = [_("%s/s") % filesizeformat(speed_bps)]
    return pace if eta_seconds is None else [*pace, left(eta_seconds)]


def _figures(download: YoutubeDownload, told: Summary) -> str:
    if download.status != DownloadStatus.DOWNLOADING:
        return ""
    count = _("%(done)d of %(total)d videos") % {"done": told.done, "total": told.total - told.left_out}
    return " · ".join([count, *_pace(told.speed_bps, told.eta_seconds)])


def with_picture(downloads: QuerySet[YoutubeDownload]) -> QuerySet[YoutubeDownload]:
    """The same downloads, each with `picture_of`: the YouTube id of its first video."""
    first = DownloadEntry.objects.filter(download=OuterRef("pk")).order_by("position")
    return downloads.select_related("user").annotate(picture_of=Subquery(first.values("video__video_id")[:1]))


def rows(downloads: list[YoutubeDownload], *, user: User) -> list[DownloadRow]:
    """The downloads as rows, in the same order; two queries."""
    told = summary.summarise(downloads)
    return [DownloadRow(d, told[d.pk], is_foreign=d.user_id != user.pk) for d in downloads]


def moving(all_rows: list[DownloadRow]) -> Moving:
    return Moving([row for row in all_rows if row.moves])


# --- one download -----------------------------------------------------------------------------------------------------
@dataclasses.dataclass(frozen=True)
class EntryRow:
    entry: DownloadEntry
    view: EntryView
    may_retry: bool

    @property
    def length(self) -> str:
        return clock(self.entry.video.duration_seconds)

    @property
    def figures(self) -> str:
        """`71 % of 412 MB · 2.2 MB/s · 1 minute left` while bytes arrive; empty otherwise."""
        video = self.entry.video
        if not self.view.percent or not video.total_bytes:
            return ""
        share = _("%(percent)d %% of %(size)s")
        parts = [share % {"percent": self.view.percent, "size": filesizeformat(video.total_bytes)}]
        return " · ".join([*parts, *_pace(video.speed_bps, video.eta_seconds)])

    @property
    def mark(self) -> str:
        return polling.mark(
            self.view, self.figures, self.may_retry, self.entry.video.title, self.entry.video.duration_seconds
        )


@dataclasses.dataclass(frozen=True)
class DownloadPage:
    """Everything the page of one download shows. `start` is the first position on this page of its entries."""

    download: YoutubeDownload
    summary: Summary
    entries: list[EntryRow]
    notice: str
    may_change: bool
    is_own: bool
    profiles: list[DownloadProfile]
    start: int
    older: int | None

    @property
    def phase(self) -> str:
        return phase_of(self.download)

    @property
    def title(self) -> str:
        return title_of(self.download)

    @property
    def key(self) -> str:
        """Names what buttons and parts the page has; when it changes the whole body is drawn anew."""
        download = self.download
        state = f"{self.phase}-{download.status}-{download.plex_state}-{bool(self.summary.failed)}"
        return polling.mark(state, self.older, len(self.entries), bool(self.notice))

    @property
    def is_active(self) -> bool:
        return self.download.status in ACTIVE

    @property
    def newer(self) -> int | None:
        return max(1, self.start - ENTRIES_A_PAGE) if self.start > 1 else None

    @property
    def seconds(self) -> int:
        """How long to wait before asking again; 0 when there is nothing to wait for."""
        wanted = poll_seconds(self.download)
        return max(wanted, WAITING_SECONDS) if wanted and self.notice else wanted

    @property
    def marks(self) -> list[str]:
        head = polling.mark(self.summary, self.notice, self.download.plex_state, self.download.plex_note)
        return [head, *(row.mark for row in self.entries)]

    @property
    def address(self) -> str:
        query = {"from": self.start, "key": self.key, "seen": polling.seen(self.marks)}
        return f"{reverse('downloads:progress', args=[self.download.pk])}?{urlencode(query)}"

    @property
    def figures(self) -> list[str]:
        """How far the whole of it is: videos, bytes, speed, time left."""
        count = _("%(done)d of %(total)d videos") % {
            "done": self.summary.done,
            "total": self.summary.total - self.summary.left_out,
        }
        pace = _pace(self.summary.speed_bps, self.summary.eta_seconds) if self.is_active else []
        return [count, *filter(None, [self.amount]), *pace]

    @property
    def needs_words(self) -> bool:
        """While all goes well the figures say everything."""
        is_smooth = not (self.summary.left_out or self.summary.failed)
        return not (is_smooth and self.download.status == DownloadStatus.DOWNLOADING)

    @property
    def last_position(self) -> int:
        return self.entries[-1].entry.position if self.entries else 0

    @property
    def total_length(self) -> str:
        return length(self.summary.total_seconds)

    @property
    def amount(self) -> str:
        """`2.6 GB of 4.4 GB`, or what is known of it; empty before the first byte."""
        got, total = self.summary.downloaded_bytes, self.summary.total_bytes
        if not got:
            return ""
        if not total or got >= total:
            return filesizeformat(got)
        return _("%(got)s of %(total)s") % {"got": filesizeformat(got), "total": filesizeformat(total)}

    @property
    def promise(self) -> str:
        """What ordering this list will do, before it is done."""
        to_fetch = max(0, self.summary.total - self.summary.left_out - self.summary.stored_already)
        said = _("Everything is here already, so nothing is downloaded.")
        if to_fetch:
            folder = {"n": to_fetch, "folder": settings.DOWNLOAD_ROOT.name}
            said = (
                ngettext(
                    "%(n)d video is downloaded into the folder “%(folder)s” on the server.",
                    "%(n)d videos are downloaded into the folder “%(folder)s” on the server.",
                    to_fetch,
                )
                % folder
            )
        return f"{said} {self._in_plex}"

    @property
    def _in_plex(self) -> str:
        if self.download.is_single:
            return _("It can be found in Plex by its title.")
        return _("In Plex they become the collection “%s”, in the order of the list.") % self.download

    @property
    def may_retry(self) -> bool:
        """Whether anything can be tried again: failed entries, or all that a cancellation left undone."""
        ended = self.download.status in (DownloadStatus.CANCELLED, DownloadStatus.FAILED)
        return ended or (bool(self.summary.failed) and self.download.status == DownloadStatus.COMPLETED)

    @property
    def may_publish(self) -> bool:
        stuck = self.download.plex_state in (PlexState.WAITING, PlexState.FAILED)
        return stuck and self.download.status == DownloadStatus.COMPLETED


def phase_of(download: YoutubeDownload) -> str:
    """looking (at the list) → preview → ordered; or stopped, when it ended before it was ordered."""
    if download.ordered_at:
        return "ordered"
    if download.status != DownloadStatus.PENDING:
        return "stopped"
    return "preview" if download.inspected_at else "looking"


def poll_seconds(download: YoutubeDownload) -> int:
    """How soon something new can be expected of a download; 0 when nothing will happen by itself."""
    if download.status in ACTIVE or phase_of(download) == "looking":
        return ACTIVE_SECONDS
    if download.status == DownloadStatus.COMPLETED and download.plex_state == PlexState.SCANNING:
        return ACTIVE_SECONDS
    if download.status == DownloadStatus.COMPLETED and download.plex_state == PlexState.WAITING:
        return WAITING_SECONDS
    return 0


def one(download: YoutubeDownload, *, user: User, start: int = 1) -> DownloadPage:
    """The page of `download` with the entries from position `start` on; at most five queries."""
    found = list(download.entries.select_related("video").filter(position__gte=start).in_order()[: ENTRIES_A_PAGE + 1])
    may_change = download.user_id == user.pk or may(user, Right.DECIDE)
    return DownloadPage(
        download=download,
        summary=summary.summarise([download])[download.pk],
        entries=[_entry_row(entry, phase_of(download), may_change=may_change) for entry in found[:ENTRIES_A_PAGE]],
        notice=queue_state.notice() if download.status in ACTIVE else "",
        may_change=may_change,
        is_own=download.user_id == user.pk,
        profiles=list(DownloadProfile.objects.all()) if phase_of(download) == "preview" else [],
        start=start,
        older=found[ENTRIES_A_PAGE].position if len(found) > ENTRIES_A_PAGE else None,
    )


def _entry_row(entry: DownloadEntry, phase: str, *, may_change: bool) -> EntryRow:
    view = summary.entry_view(entry)
    if phase == "preview" and entry.status == EntryStatus.QUEUED:
        view = _offered(entry)
    is_hopeful = entry.status == EntryStatus.UNAVAILABLE and entry.reason_code in MAY_CHANGE and phase == "ordered"
    return EntryRow(entry, view, may_retry=may_change and (is_hopeful or entry.status == EntryStatus.FAILED))


def _offered(entry: DownloadEntry) -> EntryView:
    """An entry that nobody ordered yet."""
    if entry.video.is_stored:
        return EntryView(_("already here"), "ok", _("It is not fetched again."))
    return EntryView("", "", entry.video.channel)
