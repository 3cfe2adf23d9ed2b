"""Which answer each host and path gives."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from sandbox.youtube import player
from sandbox.youtube.catalogue import Catalogue, Failure, Video
from sandbox.youtube.knobs import Knobs
from sandbox.youtube.lists import Lists
from sandbox.youtube.messages import Asked, Reply, as_json, as_page, nothing_here, problem
from sandbox.youtube.shapes import PLAYER, SIGNATURE_TIMESTAMP, page
from sandbox.youtube.streams import Unsatisfiable

_WEB = frozenset({"www.youtube.com", "youtube.com", "m.youtube.com", "music.youtube.com", "youtubei.googleapis.com"})
_PICTURES = frozenset({"i.ytimg.com", "img.youtube.com"})
_SPONSORS = "sponsor.ajay.app"
_BIG_PICTURES = ("maxresdefault", "hq720")

Route = Callable[[Asked], Reply]


def known(host: str) -> bool:
    return host in _WEB or host in _PICTURES or host == _SPONSORS or host.endswith(".googlevideo.com")


class Site:
    """All hosts of the service. `sponsors` is what SponsorBlock knows of a video, by its id."""

    def __init__(self, catalogue: Catalogue, knobs: Knobs) -> None:
        self.sponsors: dict[str, list[tuple[float, float]]] = {}
        self._catalogue = catalogue
        self._knobs = knobs
        lists = Lists(catalogue)
        self._routes: dict[tuple[str, str], Route] = {
            ("GET", "/playlist"): lists.show,
            ("POST", "/youtubei/v1/browse"): lists.browse,
            ("GET", "/watch"): self._watch,
            ("POST", "/youtubei/v1/next"): self._next,
            ("POST", "/youtubei/v1/player"): self._player,
            ("GET", "/api/timedtext"): self._captions,
            ("GET", "/iframe_api"): lambda _: _script(f"var scriptUrl = 'https://www.youtube.com{PLAYER}';"),
            ("GET", PLAYER): lambda _: _script(f"var p={{signatureTimestamp:{SIGNATURE_TIMESTAMP}}};"),
        }

    def answer(self, asked: Asked) -> Reply:
        if asked.host.endswith(".googlevideo.com"):
            return self._media(asked)
        if asked.host in _PICTURES:
            return self._picture(asked)
        if asked.host == _SPONSORS:
            return self._sponsored(asked)
        if self._knobs.global_failure is Failure.HTTP_429:
            return nothing_here(429)
        if self._knobs.global_failure is Failure.SERVER_ERROR:
            return problem(500, "Internal error encountered.")
        if asked.path.startswith("/embed/"):
            return as_page(page("YouTube", {}))
        route = self._routes.get((asked.method, asked.path))
        return route(asked) if route else nothing_here()

    def _failure(self, video: Video | None) -> Failure | None:
        return self._knobs.global_failure or (video.failure if video else None)

    def _watch(self, asked: Asked) -> Reply:
        video = self._catalogue.videos.get(asked.query.get("v", ""))
        if video is None:
            return as_page(page("YouTube", player.watch(None, None), player.unknown()))
        video.visited()
        failure = self._failure(video)
        if failure is Failure.HTTP_429:
            return nothing_here(429)
        first = None if failure is Failure.SERVER_ERROR else player.player(video, failure)
        return as_page(page(video.title, player.watch(video, failure), first))

    def _next(self, asked: Asked) -> Reply:
        video = self._catalogue.videos.get(str(asked.json().get("videoId", "")))
        return as_json(player.watch(video, self._failure(video)))

    def _player(self, asked: Asked) -> Reply:
        video = self._catalogue.videos.get(str(asked.json().get("videoId", "")))
        if video is None:
            return as_json(player.unknown())
        failure = self._failure(video)
        if failure is Failure.HTTP_429:
            return problem(429, "Resource has been exhausted (e.g. check quota).")
        if failure is Failure.SERVER_ERROR:
            return problem(500, "Internal error encountered.")
        return as_json(player.player(video, failure))

    def _media(self, asked: Asked) -> Reply:
        video = self._catalogue.videos.get(asked.query.get("id", ""))
        stream = player.stream_of(video, asked.query.get("itag", "")) if video else None
        if asked.path != "/videoplayback" or video is None or stream is None:
            return nothing_here()
        if self._failure(video) is Failure.FORBIDDEN_MEDIA:
            video.struck(Failure.FORBIDDEN_MEDIA)
            return Reply(403, b"", "text/plain")
        try:
            first, last = stream.part(asked.range)
        except Unsatisfiable:
            return Reply(416, b"", "text/plain", {"Content-Range": f"bytes */{stream.size}"})
        headers = {"Accept-Ranges": "bytes"}
        if asked.range:
            headers["Content-Range"] = f"bytes {first}-{last}/{stream.size}"
        status = 206 if asked.range else 200
        return Reply(status, b"", stream.content_type, headers, stream, first, last)

    def _picture(self, asked: Asked) -> Reply:
        """/vi/<video id>/<name>.jpg"""
        parts = asked.path.strip("/").split("/")
        video = self._catalogue.videos.get(parts[1]) if len(parts) == 3 and parts[0] == "vi" else None
        if video is None or Path(parts[-1]).suffix != ".jpg":
            return nothing_here()
        big = parts[-1].startswith(_BIG_PICTURES)
        return Reply(200, (video.picture.big if big else video.picture.little).read_bytes(), "image/jpeg")

    def _captions(self, asked: Asked) -> Reply:
        video = self._catalogue.videos.get(asked.query.get("v", ""))
        if video is None or not video.captions or asked.query.get("lang") != "en":
            return nothing_here()
        lines = [(at, min(at + 2, video.clip.seconds), f"Line {at // 2 + 1}") for at in range(0, video.clip.seconds, 2)]
        kind = asked.query.get("fmt")
        if kind == "vtt":
            cues = "".join(f"00:00:{a:02}.000 --> 00:00:{b:02}.000\n{words}\n\n" for a, b, words in lines)
            return Reply(200, f"WEBVTT\nKind: captions\nLanguage: en\n\n{cues}".encode(), "text/vtt; charset=UTF-8")
        if kind == "json3":
            events = [{"tStartMs": a * 1000, "dDurationMs": (b - a) * 1000, "segs": [{"utf8": w}]} for a, b, w in lines]
            return as_json({"wireMagic": "pb3", "events": events})
        return nothing_here()

    def _sponsored(self, asked: Asked) -> Reply:
        """SponsorBlock is asked with the beginning of a hash; here, all it knows is looked through."""
        if not self.sponsors or not asked.path.startswith("/api/skipSegments/"):
            return Reply(404, b"Not Found", "text/plain")
        known_ = [_segments(id_, video.clip.seconds, self.sponsors[id_]) for id_, video in self._known_sponsors()]
        return Reply(200, json.dumps(known_).encode())

    def _known_sponsors(self) -> list[tuple[str, Video]]:
        videos = self._catalogue.videos
        return [(id_, videos[id_]) for id_ in tuple(self.sponsors) if id_ in videos]


def _segments(video_id: str, seconds: int, parts: list[tuple[float, float]]) -> dict[str, object]:
    segments = [
        {
            "segment": list(part),
            "category": "sponsor",
            "actionType": "skip",
            "videoDuration": seconds,
            "UUID": f"{video_id}-{number}",
            "description": "",
        }
        for number, part in enumerate(parts)
    ]
    return {"videoID": video_id, "segments": segments}


def _script(text: str) -> Reply:
    return Reply(200, text.encode(), "text/javascript; charset=utf-8")
