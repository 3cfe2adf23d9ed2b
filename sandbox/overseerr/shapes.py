"""The records as Overseerr writes them in JSON."""

from __future__ import annotations

import datetime
from typing import Any

from sandbox.overseerr.records import Blocked, Comment, Issue, Media, Request, Season, User
from sandbox.overseerr.state import State
from sandbox.plex.state import MACHINE_ID

# Hidden from those who may not manage users, but only in the lists and details of users.
PRIVATE = ("email", "plexId", "settings")


def stamp(time: datetime.datetime | None) -> str | None:
    return None if time is None else time.strftime("%Y-%m-%dT%H:%M:%S.") + f"{time.microsecond // 1000:03}Z"


def avatar(user: User) -> str:
    return f"https://plex.tv/users/{user.user_id:016x}/avatar?c=1730000000"


def user_shape(state: State, user: User) -> dict[str, Any]:
    """The full record, as it hangs on every request whoever asks."""
    found: dict[str, Any] = {
        "permissions": user.permissions,
        "id": user.user_id,
        "email": user.email,
        "plexUsername": user.plex_username,
        "username": user.username or "",
        "recoveryLinkExpirationDate": None,
        "userType": 2 if user.plex_id is None else 1,
        "plexId": user.plex_id,
        "avatar": avatar(user),
        "movieQuotaLimit": user.movie_quota_limit,
        "movieQuotaDays": user.movie_quota_days,
        "tvQuotaLimit": user.tv_quota_limit,
        "tvQuotaDays": user.tv_quota_days,
        "createdAt": stamp(user.created),
        "updatedAt": stamp(user.updated),
        "requestCount": state.request_count(user),
        "displayName": user.display_name,
    }
    if state.major >= 2:
        found |= {"jellyfinUsername": None, "jellyfinUserId": None, "avatarETag": None, "avatarVersion": None}
        found |= {"warnings": []}
    return found | {"settings": {"id": user.user_id, "locale": "", "discordId": None, "telegramChatId": None}}


def shown_user(state: State, user: User, manager: bool) -> dict[str, Any]:
    """The record for the list of users: without address and Plex number unless the caller manages users."""
    found = user_shape(state, user)
    return found if manager else {key: value for key, value in found.items() if key not in PRIVATE}


def _season(season: Season, with_4k: bool) -> dict[str, Any]:
    found: dict[str, Any] = {"id": season.season_id, "seasonNumber": season.number, "status": int(season.status)}
    if with_4k:
        found["status4k"] = int(season.status4k)
    return found | {"createdAt": stamp(season.created), "updatedAt": stamp(season.created)}


def media_shape(state: State, media: Media) -> dict[str, Any]:
    """A title without what hangs on it. It has neither a name nor a picture."""
    found: dict[str, Any] = {
        "downloadStatus": media.downloads,
        "downloadStatus4k": media.downloads4k,
        "id": media.media_id,
        "mediaType": media.media_type,
        "tmdbId": media.tmdb_id,
        "tvdbId": media.tvdb_id,
        "imdbId": media.imdb_id,
        "status": int(media.status),
        "status4k": int(media.status4k),
        "createdAt": stamp(media.created),
        "updatedAt": stamp(media.updated),
        "lastSeasonChange": stamp(media.created),
        "mediaAddedAt": stamp(media.added),
        "serviceId": None,
        "serviceId4k": None,
        "externalServiceId": None,
        "externalServiceId4k": None,
        "externalServiceSlug": None,
        "externalServiceSlug4k": None,
        "ratingKey": media.rating_key,
        "ratingKey4k": None,
    }
    if media.rating_key is not None:
        key = f"%2Flibrary%2Fmetadata%2F{media.rating_key}"
        address = f"https://app.plex.tv/desktop#!/server/{MACHINE_ID}/details?key={key}"
        found["plexUrl" if state.major == 1 else "mediaUrl"] = address
        found["iOSPlexUrl"] = f"plex://preplay/?metadataKey={key}&server={MACHINE_ID}"
    return found


def media_info(state: State, media: Media) -> dict[str, Any]:
    """What a title's page carries: requests with everything about who asked, open to every signed-in person."""
    return media_shape(state, media) | {
        "requests": [request_shape(state, one, with_media=False) for one in state.requests_for(media)],
        "issues": [issue_shape(state, one) for one in state.issues if one.media is media],
        "seasons": [_season(one, with_4k=True) for one in media.seasons],
    }


def request_shape(state: State, request: Request, with_media: bool = True) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": request.request_id,
        "status": int(request.status),
        "createdAt": stamp(request.created),
        "updatedAt": stamp(request.updated),
        "type": request.media.media_type,
        "is4k": bool(request.is4k),
        "serverId": request.server_id,
        "profileId": request.profile_id,
        "rootFolder": request.root_folder,
        "languageProfileId": None,
        "tags": request.tags,
        "isAutoRequest": request.is_auto,
        "requestedBy": user_shape(state, request.requested_by),
        "modifiedBy": None if request.modified_by is None else user_shape(state, request.modified_by),
        "seasons": [_season(one, with_4k=False) for one in request.seasons],
        "seasonCount": len(request.seasons),
    }
    # Numbers that were never set are null in the database and left out here, as a fresh request leaves them out.
    found = {key: value for key, value in found.items() if value is not None or key in ("modifiedBy", "tags")}
    return found | ({"media": media_shape(state, request.media)} if with_media else {})


def comment_shape(state: State, comment: Comment) -> dict[str, Any]:
    return {
        "id": comment.comment_id,
        "message": comment.message,
        "createdAt": stamp(comment.created),
        "updatedAt": stamp(comment.created),
        "user": user_shape(state, comment.user),
    }


def issue_shape(state: State, issue: Issue) -> dict[str, Any]:
    found = {
        "id": issue.issue_id,
        "issueType": issue.issue_type,
        "status": int(issue.status),
        "problemSeason": issue.problem_season,
        "problemEpisode": issue.problem_episode,
        "createdAt": stamp(issue.created),
        "updatedAt": stamp(issue.updated),
        "createdBy": user_shape(state, issue.created_by),
        "comments": [comment_shape(state, one) for one in issue.comments],
        "media": media_shape(state, issue.media),
    }
    return found | ({"modifiedBy": user_shape(state, issue.modified_by)} if issue.modified_by else {})


def blocked_shape(state: State, one: Blocked) -> dict[str, Any]:
    return {
        "id": one.blocked_id,
        "mediaType": one.media_type,
        "title": one.title,
        "tmdbId": one.tmdb_id,
        "createdAt": stamp(one.created),
        "user": user_shape(state, one.user),
    }


def page_of(found: list[Any], take: int, skip: int) -> tuple[dict[str, int], list[Any]]:
    """pageInfo and the slice. There is no largest page, and a negative one is everything."""
    shown = found[skip:] if take < 0 else found[skip : skip + take]
    pages = -(-len(found) // take) if take else 0
    return {"pages": pages, "pageSize": take, "results": len(found), "page": -(-skip // (take or 1)) + 1}, shown
