"""The pages of a playlist, as the web site shows and continues them."""

from __future__ import annotations

import base64
import binascii
import json

from sandbox.youtube.catalogue import HIDDEN, Catalogue, Failure, Layout, Playlist, Video
from sandbox.youtube.messages import Asked, Reply, as_json, as_page, problem
from sandbox.youtube.shapes import CONTEXT, Tree, handle, owner, page, pictures, text

PAGE = 100  # entries on one page

_TITLES = {Failure.PRIVATE: "[Private video]", Failure.DELETED: "[Deleted video]"}


class Lists:
    """Answers for playlists. As on the real site, the page leaves out what is private or deleted,
    and the call that reloads it shows them."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def show(self, asked: Asked) -> Reply:
        """GET /playlist?list=…"""
        playlist = self._catalogue.playlists.get(asked.query.get("list", ""))
        tree = self._tree(playlist, everything=False)
        return as_page(page(playlist.title if playlist else "YouTube", tree))

    def browse(self, asked: Asked) -> Reply:
        """POST /youtubei/v1/browse: the same by id, or the following entries by a token."""
        sent = asked.json()
        if token := sent.get("continuation"):
            return self._continued(str(token))
        name = str(sent.get("browseId", ""))
        if not name.startswith("VL"):
            return problem(404, "Requested entity was not found.")
        return as_json(self._tree(self._catalogue.playlists.get(name[2:]), everything=bool(sent.get("params"))))

    def _continued(self, token: str) -> Reply:
        try:
            list_id, start, everything = json.loads(base64.urlsafe_b64decode(token))
            playlist = self._catalogue.playlists[list_id]
        except (ValueError, KeyError, TypeError, binascii.Error):
            return problem(400, "Request contains an invalid argument.")
        items = self._items(playlist, int(start), everything=bool(everything))
        action = {"appendContinuationItemsAction": {"continuationItems": items}}
        return as_json({"responseContext": _RESPONSE, "onResponseReceivedActions": [action]})

    def _tree(self, playlist: Playlist | None, *, everything: bool) -> Tree:
        if playlist is None or playlist.private:
            said = "This playlist is private." if playlist else "The playlist does not exist."
            return {"responseContext": _RESPONSE, "alerts": [_alert("ERROR", said)]}
        contents = self._items(playlist, 0, everything=everything)
        if playlist.layout is Layout.CLASSIC:
            contents = [{"playlistVideoListRenderer": {"contents": contents, "playlistId": playlist.id}}]
        section = {"itemSectionRenderer": {"contents": contents}}
        tab = {"selected": True, "content": {"sectionListRenderer": {"contents": [section]}}}
        tree: Tree = {
            "responseContext": _RESPONSE,
            "contents": {"twoColumnBrowseResultsRenderer": {"tabs": [{"tabRenderer": tab}]}},
            "header": {"playlistHeaderRenderer": _header(playlist)},
            "metadata": {"playlistMetadataRenderer": {"title": playlist.title, "description": playlist.description}},
        }
        if not everything and len(self._shown(playlist, everything=False)) < len(playlist.video_ids):
            tree["alerts"] = [_alert("INFO", "Unavailable videos are hidden")]
        return tree

    def _items(self, playlist: Playlist, start: int, *, everything: bool) -> list[Tree]:
        """One page of entries, and behind it the token for the next one."""
        shown = self._shown(playlist, everything=everything)
        end = start + PAGE
        draw = _entry if playlist.layout is Layout.CLASSIC else _lockup
        items = [draw(number, *shown[number - 1]) for number in range(start + 1, min(end, len(shown)) + 1)]
        if end < len(shown):
            token = base64.urlsafe_b64encode(json.dumps([playlist.id, end, everything]).encode()).decode()
            command = {"continuationCommand": {"token": token, "request": "CONTINUATION_REQUEST_TYPE_BROWSE"}}
            items.append({"continuationItemRenderer": {"continuationEndpoint": command}})
        return items

    def _shown(self, playlist: Playlist, *, everything: bool) -> list[tuple[str, Video | None]]:
        """Ids with their videos. A list may be changed by other threads while it is read."""
        all_ = [(id_, self._catalogue.videos.get(id_)) for id_ in tuple(playlist.video_ids)]
        return all_ if everything else [(id_, video) for id_, video in all_ if video and video.failure not in HIDDEN]


_RESPONSE: Tree = {"visitorData": CONTEXT["client"]["visitorData"]}


def _alert(kind: str, words: str) -> Tree:
    return {"alertRenderer": {"type": kind, "text": text(words)}}


def _header(playlist: Playlist) -> Tree:
    count = len(playlist.video_ids)
    return {
        "playlistId": playlist.id,
        "title": {"simpleText": playlist.title},
        "numVideosText": {"runs": [{"text": str(count)}, {"text": " video" if count == 1 else " videos"}]},
        "ownerText": owner(playlist.channel),
        "privacy": "PUBLIC",
    }


def _entry(number: int, video_id: str, video: Video | None) -> Tree:
    failure = Failure.DELETED if video is None else video.failure
    entry: Tree = {"videoId": video_id, "index": {"simpleText": str(number)}, "isPlayable": failure not in HIDDEN}
    if video is None or failure in HIDDEN:
        entry["title"] = text(_TITLES[failure or Failure.DELETED])
        return {"playlistVideoRenderer": entry}
    entry |= {
        "title": text(video.title),
        "shortBylineText": owner(video.channel),
        "thumbnail": pictures(video),
    }
    if failure is Failure.LIVE_UPCOMING:
        entry["upcomingEventData"] = {"startTime": "1893456000"}
    else:
        entry["lengthSeconds"] = str(video.duration)
    return {"playlistVideoRenderer": entry}


def _lockup(_: int, video_id: str, video: Video | None) -> Tree:
    """The same in the newer drawing, which knows of members and tells lengths as on a clock."""
    failure = Failure.DELETED if video is None else video.failure
    hidden = _TITLES.get(failure) if failure else None
    about: Tree = {"title": {"content": hidden or (video.title if video else "")}}
    lockup: Tree = {
        "contentId": video_id,
        "contentType": "LOCKUP_CONTENT_TYPE_VIDEO",
        "metadata": {"lockupMetadataViewModel": about},
    }
    if video is None or hidden:
        return {"lockupViewModel": lockup}
    minutes, seconds = divmod(video.duration, 60)
    shown = "UPCOMING" if failure is Failure.LIVE_UPCOMING else f"{minutes}:{seconds:02}"
    badge = {"thumbnailBadgeViewModel": {"text": shown, "badgeStyle": "THUMBNAIL_OVERLAY_BADGE_STYLE_DEFAULT"}}
    overlay = {"thumbnailBottomOverlayViewModel": {"badges": [badge]}}
    image = {"sources": pictures(video)["thumbnails"]}
    lockup["contentImage"] = {"thumbnailViewModel": {"image": image, "overlays": [overlay]}}
    row: Tree = {"metadataParts": [{"text": _credit(video)}]}
    if failure is Failure.MEMBERS:
        row["badges"] = [{"badgeViewModel": {"badgeText": "Members only", "badgeStyle": "BADGE_MEMBERS_ONLY"}}]
    about["metadata"] = {"contentMetadataViewModel": {"metadataRows": [row]}}
    return {"lockupViewModel": lockup}


def _credit(video: Video) -> Tree:
    """The channel's name, leading to its page."""
    leads = {"browseId": video.channel_id, "canonicalBaseUrl": f"/{handle(video.channel)}"}
    tap = {"innertubeCommand": {"browseEndpoint": leads}}
    return {"content": video.channel, "commandRuns": [{"onTap": tap}]}
