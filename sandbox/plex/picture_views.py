"""Posters and backdrops: uploaded ones as they are, all others drawn from the title."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

from flask import Blueprint, Response, request

from sandbox.plex.pictures import BACKDROP, POSTER, png
from sandbox.plex.records import Collection, Item, Poster, Record
from sandbox.plex.replies import playlist_or_404, record_or_404, refuse, section_or_404

views = Blueprint("pictures", __name__)

_LOCAL = re.compile(r"^/library/metadata/(\d+)/(thumb|art)(?:/\d+)?$")


def _image(data: bytes, mimetype: str = "image/png") -> Response:
    answer = Response(data, mimetype=mimetype)
    answer.headers["Cache-Control"] = "private, max-age=86400"
    return answer


def _drawn(record: Record, element: str, size: tuple[int, int] | None) -> Response:
    if element == "thumb" and record.poster is not None:
        return _image(record.poster.data, record.poster.mimetype)
    if element == "thumb" and (beside := _beside(record)) is not None:
        return _image(beside.read_bytes(), "image/jpeg")
    name = record.show.title if isinstance(record, Item) else record.title
    wide = element == "art" or _is_video(record)
    return _image(png(name, *(size or (BACKDROP if wide else POSTER))))


def _beside(record: Record) -> Path | None:
    """The picture that lies beside a video under the same name, which Plex takes for its poster."""
    if not isinstance(record, Item) or record.file is None or record.section.folder is None:
        return None
    inner = PurePosixPath(record.file).relative_to(record.section.location)
    picture = (record.section.folder / inner).with_suffix(".jpg")
    return picture if picture.is_file() else None


def _is_video(record: Record) -> bool:
    """Personal videos and episodes have a landscape picture."""
    return not isinstance(record, Collection) and (record.type == "episode" or record.section.agent.endswith(".none"))


@views.get("/library/metadata/<int:key>/<any(thumb, art):element>")
@views.get("/library/metadata/<int:key>/<any(thumb, art):element>/<int:stamp>")
def picture(key: int, element: str, stamp: int = 0) -> Response:
    return _drawn(record_or_404(key), element, None)


@views.get("/library/metadata/<int:key>/file")
def uploaded(key: int) -> Response:
    found: list[Poster] = [p for p in record_or_404(key).posters if p.key == request.args.get("url")]
    if not found:
        refuse(404)
    return _image(found[0].data, found[0].mimetype)


@views.get("/library/sections/<int:key>/composite/<int:stamp>")
def section_picture(key: int, stamp: int) -> Response:
    return _image(png(section_or_404(key).title, *BACKDROP))


@views.get("/playlists/<int:key>/composite/<int:stamp>")
def playlist_picture(key: int, stamp: int) -> Response:
    return _image(png(playlist_or_404(key).title, *POSTER))


@views.get("/photo/:/transcode")
def transcode() -> Response:
    """A picture of this server in the size asked for; addresses elsewhere are refused."""
    match = _LOCAL.match(request.args.get("url", "").partition("?")[0])
    width, height = request.args.get("width", ""), request.args.get("height", "")
    if match is None or not (width.isdigit() and height.isdigit()):
        refuse(400)
    return _drawn(record_or_404(int(match[1])), match[2], (int(width), int(height)))
