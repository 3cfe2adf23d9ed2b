"""The way of an approved request through Radarr or Sonarr to the library."""

from __future__ import annotations

import datetime
from typing import Any

from sandbox.overseerr.records import Media, MediaStatus, Request, RequestStatus, now
from sandbox.overseerr.shapes import stamp
from sandbox.overseerr.state import State
from sandbox.overseerr.webhook import Event, tell

SIZE = 4_294_967_296  # bytes


def download(media: Media, season: int | None, left: float) -> dict[str, Any]:
    """An entry of `downloadStatus`; `left` is the share still to come."""
    minutes = int(40 * left)
    found: dict[str, Any] = {
        "mediaType": media.media_type,
        "externalId": media.media_id,
        "size": SIZE,
        "sizeLeft": int(SIZE * left),
        "status": "downloading",
        "timeLeft": f"00:{minutes:02}:00",
        "estimatedCompletionTime": stamp(now() + datetime.timedelta(minutes=minutes)),
        "title": f"Sandbox.Release.{media.tmdb_id}" + ("" if season is None else f".S{season:02}"),
        "downloadId": f"{media.media_id:040X}",
    }
    if season is not None:
        found["episode"] = {
            "seasonNumber": season,
            "episodeNumber": 1,
            "absoluteEpisodeNumber": 1,
            "id": media.media_id,
        }
    return found


def advance(state: State, request: Request) -> MediaStatus:
    """One step: handed over, for several seasons partly there, there. Gives where the title is then.

    Raises ValueError for a request that is not approved.
    """
    if request.status not in (RequestStatus.APPROVED, RequestStatus.COMPLETED):
        raise ValueError(f"request {request.request_id} is {request.status.name}")
    media, numbers = request.media, [season.number for season in request.seasons]
    current = media.state(request.is4k)
    if request.finished or current is MediaStatus.AVAILABLE:
        return current
    if current not in (MediaStatus.PROCESSING, MediaStatus.PARTIALLY_AVAILABLE) or not _under_way(request):
        return _hand_over(state, request, numbers)
    if current is MediaStatus.PROCESSING and media.media_type == "tv" and len(numbers) > 1:
        return _half(state, request, numbers)
    set_status(state, media, MediaStatus.AVAILABLE, request.is4k, numbers or None)
    return media.state(request.is4k)


def _under_way(request: Request) -> bool:
    return bool(request.media.downloads4k if request.is4k else request.media.downloads)


def _show(request: Request, downloads: list[dict[str, Any]]) -> None:
    if request.is4k:
        request.media.downloads4k = downloads
    else:
        request.media.downloads = downloads


def _hand_over(state: State, request: Request, numbers: list[int]) -> MediaStatus:
    media = request.media
    if media.state(request.is4k) is not MediaStatus.PARTIALLY_AVAILABLE:
        media.enter(MediaStatus.PROCESSING, request.is4k)
    state.set_seasons(media, MediaStatus.PROCESSING, numbers)
    _show(request, [download(media, number, 0.6) for number in numbers] or [download(media, None, 0.6)])
    return media.state(request.is4k)


def _half(state: State, request: Request, numbers: list[int]) -> MediaStatus:
    media, here = request.media, numbers[: len(numbers) // 2]
    media.enter(MediaStatus.PARTIALLY_AVAILABLE, request.is4k)
    state.set_seasons(media, MediaStatus.AVAILABLE, here)
    _show(request, [download(media, number, 0.2) for number in numbers[len(here) :]])
    return media.state(request.is4k)


def set_status(
    state: State, media: Media, status: MediaStatus, is4k: bool | None = False, seasons: list[int] | None = None
) -> None:
    """Enter a title's status, as a scan or an administrator does.

    When it becomes available its approved requests are finished: completed from version 2 on, and told about.
    A series some of whose seasons are still missing is then partly available.
    """
    if status in (MediaStatus.AVAILABLE, MediaStatus.PROCESSING, MediaStatus.UNKNOWN, MediaStatus.DELETED):
        state.set_seasons(media, status, seasons)
    if status is MediaStatus.AVAILABLE:
        media.added, media.rating_key = now(), media.rating_key or str(7000 + media.media_id)
        media.downloads, media.downloads4k = [], []
    missing = any(one.status is not MediaStatus.AVAILABLE for one in media.seasons)
    partly = status is MediaStatus.AVAILABLE and seasons is not None and (missing or _fewer(state, media))
    media.enter(MediaStatus.PARTIALLY_AVAILABLE if partly else status, is4k)
    if status is MediaStatus.AVAILABLE:
        _finish(state, media, bool(is4k))


def _fewer(state: State, media: Media) -> bool:
    title = state.title(media.tmdb_id, media.media_type)
    return title is not None and len([one for one in media.seasons if one.number > 0]) < len(title.seasons)


def _finish(state: State, media: Media, is4k: bool) -> None:
    here = {one.number for one in media.seasons if one.status is MediaStatus.AVAILABLE}
    for request in state.requests_for(media):
        if request.finished or request.status is not RequestStatus.APPROVED or bool(request.is4k) is not is4k:
            continue
        if {season.number for season in request.seasons} <= here:
            request.finished = True
            if state.major >= 2:
                request.touch(RequestStatus.COMPLETED)
            tell(state, Event.MEDIA_AVAILABLE, request)
