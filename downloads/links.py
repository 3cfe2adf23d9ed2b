"""What people paste: the link is taken apart, judged, and built anew from nothing but the id in it."""

from __future__ import annotations

import dataclasses
import ipaddress
import re
from typing import Literal
from urllib.parse import SplitResult, parse_qs, urlsplit

from django.utils.translation import gettext as _

from medianest.lib.errors import Cannot

MAX_LENGTH = 500
PAGE_HOSTS = frozenset({"youtube.com", "www.youtube.com", "m.youtube.com", "music.youtube.com"})
SHORT_HOST = "youtu.be"

VIDEO_ID = r"^[A-Za-z0-9_-]{11}$"
"""What a video's id looks like, in the database's words; in Python ask `is_video_id`."""
_PLAYLIST_ID = re.compile(r"(?:PL|UU|FL|OLAK5uy_)[A-Za-z0-9_-]{10,50}\Z")
_UNSEEN = re.compile(r"[\s\\\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_NUMERIC_HOST = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)(?:\.(?:0x[0-9a-f]*|[0-9]+))*\.?\Z")
_ONE_VIDEO_PATHS = frozenset({"shorts", "live", "embed"})
_CHANNEL_PATHS = frozenset({"channel", "c", "user"})


class BadLink(Cannot):
    """A link MediaNest does not take; `reason` says why and what to paste instead."""

    @property
    def reason(self) -> str:
        return self.sentence


@dataclasses.dataclass(frozen=True)
class Link:
    """A playlist or a single video at YouTube; `url` is made from `id` alone.

    `note` says what was chosen when the pasted link named both.
    """

    kind: Literal["playlist", "video"]
    id: str
    url: str
    note: str = ""


def parse(text: str) -> Link:
    """The playlist or video that `text` names. Raises BadLink for everything else."""
    address = _split(text.strip())
    host = _host(address)
    query = _query(address)
    parts = [part for part in address.path.split("/") if part]
    if host == SHORT_HOST:
        return _playlist_or_video(query.get("list", ""), parts[0] if len(parts) == 1 else "")
    first = parts[0].lower() if parts else ""
    if first == "playlist" or parts[:2] == ["embed", "videoseries"]:
        return _playlist(query.get("list", ""))
    if first == "watch":
        return _playlist_or_video(query.get("list", ""), query.get("v", ""))
    if first in _ONE_VIDEO_PATHS:
        return _playlist_or_video(query.get("list", ""), parts[1] if len(parts) == 2 else "")
    raise BadLink(_why_not_this_page(first))


def is_video_id(text: str) -> bool:
    return re.fullmatch(r"[A-Za-z0-9_-]{11}", text) is not None


def playlist_url(playlist_id: str) -> str:
    return f"https://www.youtube.com/playlist?list={playlist_id}"


def video_url(video_id: str) -> str:
    return f"https://www.youtube.com/watch?v={video_id}"


# --- the address ----------------------------------------------------------------------------------------------------------
def _split(text: str) -> SplitResult:
    if not text:
        raise BadLink(_("Paste the address of a YouTube playlist or video."))
    if len(text) > MAX_LENGTH:
        raise BadLink(_("This is too long for a YouTube address. Copy it again from the playlist's page."))
    if _UNSEEN.search(text):
        raise BadLink(_("There are spaces or invisible characters in this address. Copy it again."))
    if "://" not in text:
        text = _with_scheme(text)
    try:
        address = urlsplit(text)
        has_port = address.port is not None
    except ValueError:
        raise BadLink(_("This is not a web address.")) from None
    if address.scheme not in ("http", "https"):
        raise BadLink(_("Only addresses that begin with https:// can be used, not “%s”.") % f"{address.scheme}:")
    if "@" in address.netloc:
        raise BadLink(_("This address holds a user name or password. Paste it without."))
    if has_port or address.netloc.endswith(":"):
        raise BadLink(_("This address names a port, which YouTube's addresses do not have."))
    if "youtubedl_smuggle" in address.fragment:
        raise BadLink(_("Something is hidden behind the # of this address. Copy it again from YouTube."))
    return address


def _with_scheme(text: str) -> str:
    """People often paste `youtube.com/…` alone; `ytsearch:…` and the like are no addresses."""
    if text.split("/", 1)[0].lower() in PAGE_HOSTS | {SHORT_HOST}:
        return f"https://{text}"
    if found := _SCHEME.match(text):
        raise BadLink(_("Only addresses that begin with https:// can be used, not “%s”.") % found[0])
    raise BadLink(_("This is not a web address. It should look like https://www.youtube.com/playlist?list=…"))


def _host(address: SplitResult) -> str:
    host = (address.hostname or "").lower()
    if host in PAGE_HOSTS or host == SHORT_HOST:
        return host
    if _is_numeric(host):
        raise BadLink(_("Addresses made of numbers are not taken. Only youtube.com and youtu.be are."))
    if "youtu" in host.encode("ascii", "ignore").decode() or not host.isascii() or "xn--" in host:
        raise BadLink(_("“%s” looks like YouTube but is another site. Only youtube.com and youtu.be are taken.") % host)
    raise BadLink(_("“%s” is not YouTube. Only youtube.com and youtu.be are taken.") % host)


def _query(address: SplitResult) -> dict[str, str]:
    try:
        found = parse_qs(address.query, max_num_fields=50)
    except ValueError:
        raise BadLink(_("There are too many parts in this address. Copy it again from YouTube.")) from None
    return {name: values[0] for name, values in found.items()}


def _is_numeric(host: str) -> bool:
    if _NUMERIC_HOST.match(host):
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


# --- the ids ----------------------------------------------------------------------------------------------------------------
def _playlist_or_video(playlist_id: str, video_id: str) -> Link:
    if not playlist_id:
        return _video(video_id)
    link = _playlist(playlist_id)
    if not video_id:
        return link
    return dataclasses.replace(
        link, note=_("The link names a video inside a playlist. MediaNest takes the whole playlist.")
    )


def _video(video_id: str) -> Link:
    if not is_video_id(video_id):
        raise BadLink(_("There is no complete video id in this address. Copy it again from the video's page."))
    return Link("video", video_id, video_url(video_id))


def _playlist(playlist_id: str) -> Link:
    if playlist_id in ("WL", "LL", "LM"):
        raise BadLink(
            _(
                "“Watch later” and “Liked” lists are private to one YouTube account. Put the videos into a list of yours."
            )
        )
    if playlist_id.startswith("RD"):
        raise BadLink(_("A mix has no end, so it cannot be fetched. Paste a playlist, or one video without its mix."))
    if not _PLAYLIST_ID.match(playlist_id):
        raise BadLink(_("There is no complete playlist id in this address. Copy it again from the playlist's page."))
    return Link("playlist", playlist_id, playlist_url(playlist_id))


def _why_not_this_page(first: str) -> str:
    if first.startswith("@") or first in _CHANNEL_PATHS:
        return _("This is a whole channel. Open one of its playlists and paste that address.")
    if first == "feed":
        return _("Feeds differ for everyone who looks. Paste the address of a playlist or a video.")
    if first == "hashtag":
        return _("A hashtag is no playlist. Paste the address of a playlist or a video.")
    if first == "results":
        return _("These are search results. Open a playlist or video among them and paste its address.")
    if not first:
        return _("This is YouTube's front page. Open a playlist or video and paste its address.")
    return _("This page of YouTube is neither a playlist nor a video.")
