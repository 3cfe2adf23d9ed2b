"""What the simulated Overseerr keeps."""

from __future__ import annotations

import dataclasses
import datetime
import enum
from typing import Any


class RequestStatus(enum.IntEnum):
    """Overseerr's numbers for a request. COMPLETED exists from version 2 on."""

    PENDING = 1
    APPROVED = 2
    DECLINED = 3
    FAILED = 4
    COMPLETED = 5


class MediaStatus(enum.IntEnum):
    """Overseerr's numbers for a title. The last two exist from version 2 on."""

    UNKNOWN = 1
    PENDING = 2
    PROCESSING = 3
    PARTIALLY_AVAILABLE = 4
    AVAILABLE = 5
    BLOCKLISTED = 6
    DELETED = 7


class IssueStatus(enum.IntEnum):
    OPEN = 1
    RESOLVED = 2


ISSUE_TYPES = {1: "VIDEO", 2: "AUDIO", 3: "SUBTITLES", 4: "OTHER"}


class Permission(enum.IntFlag):
    """What a person may do, as bits of one number."""

    ADMIN = 2
    MANAGE_SETTINGS = 4
    MANAGE_USERS = 8
    MANAGE_REQUESTS = 16
    REQUEST = 32
    AUTO_APPROVE = 128
    AUTO_APPROVE_MOVIE = 256
    AUTO_APPROVE_TV = 512
    REQUEST_4K = 1024
    REQUEST_4K_MOVIE = 2048
    REQUEST_4K_TV = 4096
    REQUEST_ADVANCED = 8192
    REQUEST_VIEW = 16384
    AUTO_APPROVE_4K = 32768
    AUTO_APPROVE_4K_MOVIE = 65536
    AUTO_APPROVE_4K_TV = 131072
    REQUEST_MOVIE = 262144
    REQUEST_TV = 524288
    MANAGE_ISSUES = 1048576
    VIEW_ISSUES = 2097152
    CREATE_ISSUES = 4194304
    MANAGE_BLOCKLIST = 268435456
    VIEW_BLOCKLIST = 1073741824


def now() -> datetime.datetime:
    return datetime.datetime.now(tz=datetime.UTC)


@dataclasses.dataclass
class User:
    """A person of Overseerr's own; `plex_id` is None for a local account. Quotas of None take the default."""

    user_id: int
    email: str
    plex_id: int | None
    plex_username: str | None
    username: str | None = None
    permissions: int = int(Permission.REQUEST)
    movie_quota_limit: int | None = None
    movie_quota_days: int | None = None
    tv_quota_limit: int | None = None
    tv_quota_days: int | None = None
    created: datetime.datetime = dataclasses.field(default_factory=now)
    updated: datetime.datetime = dataclasses.field(default_factory=now)

    @property
    def display_name(self) -> str:
        return self.username or self.plex_username or self.email

    def may(self, *permissions: Permission) -> bool:
        """Whether one of the permissions is held; administrators hold all."""
        held = Permission(self.permissions)
        return Permission.ADMIN in held or any(one in held for one in permissions)

    def may_all(self, *permissions: Permission) -> bool:
        return all(self.may(one) for one in permissions)


@dataclasses.dataclass
class Season:
    """A season of a title, or of a request: `status` is the title's or the request's number."""

    season_id: int
    number: int
    status: int
    status4k: int = MediaStatus.UNKNOWN
    created: datetime.datetime = dataclasses.field(default_factory=now)


@dataclasses.dataclass
class Media:
    """A title that Overseerr knows. Nothing keeps it from knowing one twice."""

    media_id: int
    media_type: str
    tmdb_id: int
    tvdb_id: int | None
    imdb_id: str | None
    status: MediaStatus = MediaStatus.UNKNOWN
    status4k: MediaStatus = MediaStatus.UNKNOWN
    seasons: list[Season] = dataclasses.field(default_factory=list)
    rating_key: str | None = None
    downloads: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    downloads4k: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    added: datetime.datetime | None = None
    created: datetime.datetime = dataclasses.field(default_factory=now)
    updated: datetime.datetime = dataclasses.field(default_factory=now)

    def state(self, is4k: bool | None) -> MediaStatus:
        return self.status4k if is4k else self.status

    def enter(self, status: MediaStatus, is4k: bool | None) -> None:
        if is4k:
            self.status4k = status
        else:
            self.status = status
        self.updated = now()


@dataclasses.dataclass
class Request:
    """Somebody's wish for a title. `is4k` is what was sent, None included."""

    request_id: int
    media: Media
    requested_by: User
    status: RequestStatus
    is4k: bool | None
    modified_by: User | None = None
    seasons: list[Season] = dataclasses.field(default_factory=list)
    server_id: int | None = None
    profile_id: int | None = None
    root_folder: str | None = None
    tags: list[int] | None = None
    is_auto: bool = False
    finished: bool = False  # whether its being available was told
    created: datetime.datetime = dataclasses.field(default_factory=now)
    updated: datetime.datetime = dataclasses.field(default_factory=now)

    def touch(self, status: RequestStatus, by: User | None = None) -> None:
        self.status = status
        self.modified_by = by or self.modified_by
        self.updated = now()
        for season in self.seasons:
            season.status = status


@dataclasses.dataclass
class Comment:
    comment_id: int
    user: User
    message: str
    created: datetime.datetime = dataclasses.field(default_factory=now)


@dataclasses.dataclass
class Issue:
    """A reported problem with a title."""

    issue_id: int
    issue_type: int
    media: Media
    created_by: User
    problem_season: int = 0
    problem_episode: int = 0
    status: IssueStatus = IssueStatus.OPEN
    modified_by: User | None = None
    comments: list[Comment] = dataclasses.field(default_factory=list)
    created: datetime.datetime = dataclasses.field(default_factory=now)
    updated: datetime.datetime = dataclasses.field(default_factory=now)


@dataclasses.dataclass
class Blocked:
    """A title nobody may request."""

    blocked_id: int
    tmdb_id: int
    media_type: str
    title: str
    user: User
    created: datetime.datetime = dataclasses.field(default_factory=now)
