"""What becomes of a wish: the refusals, who approves, and the way to being available."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from sandbox.overseerr.records import Media, MediaStatus, Permission, Request, RequestStatus, Season, User, now
from sandbox.overseerr.state import State
from sandbox.overseerr.webhook import Event, tell


class Refused(Exception):
    """Overseerr says no, with a status (202 among them) and an English sentence."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def quota(state: State, user: User) -> dict[str, Any]:
    """What is left of a person's requests; who manages users has no limit. Parts that do not apply are left out."""
    exempt = user.may(Permission.MANAGE_USERS)
    own = [one for one in state.requests if one.requested_by is user and one.status is not RequestStatus.DECLINED]

    def part(kind: str, limit: int | None, days: int | None) -> dict[str, Any]:
        since = now() - datetime.timedelta(days=days) if days else datetime.datetime.min.replace(tzinfo=datetime.UTC)
        recent = [one for one in own if one.media.media_type == kind and one.created > since]
        used = len(recent) if kind == "movie" else sum(len(one.seasons) for one in recent)
        told: dict[str, Any] = {"used": used if limit else 0, "restricted": bool(limit) and used >= (limit or 0)}
        if days:
            told["days"] = days
        if limit is not None:
            told["limit"] = limit
        if limit:
            told["remaining"] = max(0, limit - used)
        return told

    movie_limit = state.default_movie_quota if user.movie_quota_limit is None else user.movie_quota_limit
    tv_limit = state.default_tv_quota if user.tv_quota_limit is None else user.tv_quota_limit
    days = state.quota_days
    return {
        "movie": part("movie", 0 if exempt else movie_limit, user.movie_quota_days or (days if movie_limit else None)),
        "tv": part("tv", 0 if exempt else tv_limit, user.tv_quota_days or (days if tv_limit else None)),
    }


def create(state: State, caller: User, body: Mapping[str, Any]) -> Request:
    """Make a request of the body of `POST /request`. Raises Refused."""
    kind, is4k = body["mediaType"], body.get("is4k")
    with state.lock:
        user = _requester(state, caller, body)
        _check_permission(user, kind, bool(is4k))
        left = quota(state, user)
        if left[kind]["restricted"]:
            raise Refused(403, f"{'Movie' if kind == 'movie' else 'Series'} Quota exceeded.")
        _check_tmdb(state, body["mediaId"], kind)
        media = state.find_media(body["mediaId"], kind)
        if media is not None and MediaStatus.BLOCKLISTED is media.status:
            raise Refused(403, "This media is blocklisted." if state.major >= 3 else "This media is blacklisted.")
        _check_duplicate(state, media, user, kind, is4k)
        seasons = [] if kind == "movie" else _seasons(state, media, body, left["tv"])
    state.release.wait(state.race_window)  # nothing is locked between the look and the deed
    with state.lock:
        request = _store(state, caller, user, body, media, seasons)
        tell(
            state,
            Event.MEDIA_PENDING if request.status is RequestStatus.PENDING else Event.MEDIA_AUTO_APPROVED,
            request,
        )
        return request


def _requester(state: State, caller: User, body: Mapping[str, Any]) -> User:
    if not body.get("userId"):
        return caller
    if not caller.may_all(Permission.MANAGE_USERS, Permission.MANAGE_REQUESTS):
        raise Refused(403, "You do not have permission to modify the request user.")
    found = state.users.get(body["userId"])
    if found is None:
        raise Refused(500, f'Could not find any entity of type "User" matching: {{"where":{{"id":{body["userId"]}}}}}')
    return found


def _check_permission(user: User, kind: str, is4k: bool) -> None:
    suffix = "MOVIE" if kind == "movie" else "TV"
    name = "REQUEST_4K" if is4k else "REQUEST"
    if not user.may(Permission[name], Permission[f"{name}_{suffix}"]):
        words = "movie" if kind == "movie" else "series"
        raise Refused(403, f"You do not have permission to make {'4K ' if is4k else ''}{words} requests.")


def _check_tmdb(state: State, tmdb_id: int, kind: str) -> None:
    if state.title(tmdb_id, kind) is None:
        words = "movie" if kind == "movie" else "TV show"
        reason = "connect ECONNREFUSED 127.0.0.1:443" if state.tmdb_down else "Request failed with status code 404"
        raise Refused(500, f"[TMDB] Failed to fetch {words} details: {reason}")


def _check_duplicate(state: State, media: Media | None, user: User, kind: str, is4k: bool | None) -> None:
    """Only requests with the very same `is4k` are looked at, and one that was left out equals nothing."""
    if is4k is None or media is None:
        return
    others = [one for one in state.requests if (one.media.tmdb_id, one.media.media_type) == (media.tmdb_id, kind)]
    existing = [one for one in others if bool(one.is4k) is is4k]
    if not existing:
        return
    over = (RequestStatus.DECLINED, RequestStatus.COMPLETED)
    if kind == "movie" and existing[0].status not in over:
        raise Refused(409, "Request for this media already exists.")
    if any(one.requested_by is user and one.is_auto for one in existing):
        raise Refused(409, "Auto-request for this media and user already exists.")


def _seasons(state: State, media: Media | None, body: Mapping[str, Any], left: Mapping[str, Any]) -> list[int]:
    """The seasons that are really to be requested; one that does not exist is as good as any other."""
    asked = body.get("seasons")
    if asked is None:
        raise Refused(500, "Cannot read properties of undefined (reading 'filter')")
    title = state.title(body["mediaId"], "tv")
    wanted = list(range(1, len(title.seasons) + 1)) if asked == "all" and title else [one for one in asked if one > 0]
    final = [one for one in wanted if one not in taken_seasons(state, media, body.get("is4k"))]
    if not final:
        raise Refused(202, "No seasons available to request")
    if left.get("limit") and len(final) > left.get("remaining", 0):
        raise Refused(403, "Series Quota exceeded.")
    return final


def taken_seasons(state: State, media: Media | None, is4k: bool | None, but: Request | None = None) -> set[int]:
    """Seasons that are requested with the very same `is4k`, or that are there or on the way."""
    if media is None:
        return set()
    over = (RequestStatus.DECLINED, RequestStatus.COMPLETED)
    taken = {
        season.number
        for one in state.requests_for(media)
        if is4k is not None and bool(one.is4k) is is4k and one.status not in over and one is not but
        for season in one.seasons
    }
    free = (MediaStatus.UNKNOWN, MediaStatus.DELETED)
    here = {one.number for one in media.seasons if (one.status4k if is4k else one.status) not in free}
    return taken | here if but is None else taken


def _store(
    state: State, caller: User, user: User, body: Mapping[str, Any], media: Media | None, seasons: list[int]
) -> Request:
    kind, is4k = body["mediaType"], body.get("is4k")
    if media is None:
        media = state.add_media(body["mediaId"], kind)
        media.tvdb_id = body.get("tvdbId") or media.tvdb_id
    if media.state(is4k) in (MediaStatus.UNKNOWN, MediaStatus.DELETED):
        media.enter(MediaStatus.PENDING, is4k)
    name = "AUTO_APPROVE_4K" if is4k else "AUTO_APPROVE"
    suffix = "MOVIE" if kind == "movie" else "TV"
    automatic = caller.may(Permission[name], Permission[f"{name}_{suffix}"], Permission.MANAGE_REQUESTS)
    status = RequestStatus.APPROVED if automatic else RequestStatus.PENDING
    request = Request(
        next(state.request_numbers),
        media,
        user,
        status,
        is4k,
        caller if automatic else None,
        [Season(state.next_id(), number, status) for number in seasons],
        body.get("serverId"),
        body.get("profileId"),
        body.get("rootFolder"),
        body.get("tags"),
    )
    state.requests.append(request)
    return request


def approve(state: State, request: Request, by: User) -> None:
    """Approving twice is no error."""
    news = request.status is not RequestStatus.APPROVED
    request.touch(RequestStatus.APPROVED, by)
    if news:
        tell(state, Event.MEDIA_APPROVED, request)


def decline(state: State, request: Request, by: User) -> None:
    news = request.status is not RequestStatus.DECLINED
    request.touch(RequestStatus.DECLINED, by)
    _let_go(state, request)
    if news:
        tell(state, Event.MEDIA_DECLINED, request)


def fail(state: State, request: Request) -> None:
    """As when Radarr or Sonarr refuses it."""
    request.touch(RequestStatus.FAILED)
    request.media.enter(MediaStatus.UNKNOWN, request.is4k)
    tell(state, Event.MEDIA_FAILED, request)


def delete(state: State, request: Request) -> None:
    state.requests.remove(request)
    _let_go(state, request)


def _let_go(state: State, request: Request) -> None:
    """A title that only waited for this request is unknown again."""
    waiting = (RequestStatus.PENDING, RequestStatus.APPROVED)
    others = [one for one in state.requests_for(request.media) if one is not request and one.status in waiting]
    if not others and request.media.state(request.is4k) is MediaStatus.PENDING:
        request.media.enter(MediaStatus.UNKNOWN, request.is4k)
