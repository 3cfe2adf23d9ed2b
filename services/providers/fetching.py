"""What a service that has films and series fetched can do, whoever it is."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import hashlib
from abc import ABC, abstractmethod
from collections.abc import Mapping

from medianest.lib.http import ProviderError


# --- what can go wrong ------------------------------------------------------------------------------------------------------
class AlreadyAsked(ProviderError):
    """An open request for the very same stands there already."""


class NothingLeft(ProviderError):
    """Every season asked for is there, or asked for already."""


class TitlesAway(ProviderError):
    """It cannot look titles up at the moment, and takes no requests without; later it will."""


class Refusal(enum.Enum):
    """Why a wish is refused for good."""

    QUOTA = "quota"
    PERMISSION = "permission"
    BLOCKED = "blocked"
    NO_SUCH_TITLE = "no_such_title"
    ACCOUNT = "account"  # the account acted for is not there (any more)
    OTHER = "other"


class WishRefused(ProviderError):
    """It says no; `why` tells the kinds apart."""

    def __init__(self, sentence: str, why: Refusal) -> None:
        super().__init__(sentence)
        self.why = why


class NoSuchRequest(ProviderError):
    """The request is not there (any more)."""


# --- what it tells ----------------------------------------------------------------------------------------------------------
class Stage(enum.StrEnum):
    """How far a request is; for its seasons the same words."""

    PENDING = "pending"
    APPROVED = "approved"
    PROCESSING = "processing"
    PARTLY = "partially_available"
    AVAILABLE = "available"
    DECLINED = "declined"
    FAILED = "failed"


@dataclasses.dataclass(frozen=True)
class Choices:
    """What a moderator chose; None is the service's own choice."""

    server_id: int | None = None
    profile_id: int | None = None
    language_profile_id: int | None = None
    root_folder: str | None = None
    tags: tuple[int, ...] | None = None


@dataclasses.dataclass(frozen=True)
class Wish:
    """What is asked for; `seasons` only, and always, for a series."""

    media_type: str
    tmdb_id: int
    is_4k: bool = False
    seasons: tuple[int, ...] = ()
    choices: Choices = Choices()


@dataclasses.dataclass(frozen=True)
class Fetching:
    """A request as the service has it.

    `account` is the number of who asked there, `media` the service's own number of the title. `seasons` has the stage
    of each asked season as far as the request itself tells it. `progress` runs from 0 to 1, None if nothing is told.
    """

    number: int
    media_type: str
    tmdb_id: int
    is_4k: bool
    stage: Stage
    account: int | None = None
    media: int | None = None
    seasons: Mapping[int, Stage] = dataclasses.field(default_factory=dict)
    progress: float | None = None
    created_at: dt.datetime | None = None
    changed_at: dt.datetime | None = None
    title_is_partly_there: bool = False

    def covers(self, wish: Wish) -> bool:
        """Whether it asks for this, or for a season of it."""
        same = (self.media_type, self.tmdb_id, self.is_4k) == (wish.media_type, wish.tmdb_id, wish.is_4k)
        return same and (wish.media_type == "movie" or bool(self.seasons.keys() & set(wish.seasons)))


@dataclasses.dataclass(frozen=True)
class FetchingPage:
    """Some of the requests; `total` counts all of them, `unreadable` those of this page that make no sense.

    `troubles` names helpers of the service that do not answer.
    """

    requests: tuple[Fetching, ...]
    total: int
    troubles: tuple[str, ...] = ()
    unreadable: int = 0


def address_key(email: str) -> str:
    """Stands for an e-mail address where addresses must not be."""
    return hashlib.sha256(email.strip().casefold().encode()).hexdigest() if email.strip() else ""


@dataclasses.dataclass(frozen=True)
class Accounts:
    """Who has an account there, by Plex number and by `address_key`. Holds no address itself."""

    by_plex_id: Mapping[int, int]
    by_address: Mapping[str, int]

    def numbers(self) -> frozenset[int]:
        """All accounts of which a Plex number or an address is known."""
        return frozenset(self.by_plex_id.values()) | frozenset(self.by_address.values())

    def find(self, *, plex_id: int | None, email: str | None) -> int | None:
        """The number of somebody's account: by Plex number, then by address. None if there is none."""
        if plex_id is not None and (found := self.by_plex_id.get(plex_id)):
            return found
        return self.by_address.get(address_key(email)) if email else None


@dataclasses.dataclass(frozen=True)
class Folder:
    """Where files go; `free_bytes` is None where it is not told."""

    path: str
    free_bytes: int | None = None


@dataclasses.dataclass(frozen=True)
class FetchServer:
    """A server that can be chosen, and what can be chosen with it, by number and name."""

    server_id: int
    name: str
    is_4k: bool
    is_default: bool
    profiles: tuple[tuple[int, str], ...] = ()
    language_profiles: tuple[tuple[int, str], ...] = ()
    folders: tuple[Folder, ...] = ()
    tags: tuple[tuple[int, str], ...] = ()
    default_profile: int | None = None
    default_folder: str = ""


class CanFetchTitles(ABC):
    """Has films and series fetched. Everything raises the ProviderError family beside what is named."""

    @abstractmethod
    def accounts(self) -> Accounts:
        """Everybody there."""

    @abstractmethod
    def account_for(self, found: int | None) -> int | None:
        """Whose name a wish goes under: the person's own account (`found`) or the one an administrator set."""

    @abstractmethod
    def ask(self, wish: Wish, *, account: int | None) -> Fetching:
        """Ask for it in the name of an account (None: the key's owner). Not repeatable: look with `find_own` first.

        Raises AlreadyAsked, NothingLeft, WishRefused or TitlesAway.
        """

    @abstractmethod
    def find_own(self, wish: Wish, *, account: int | None) -> Fetching | None:
        """An open request of this account for the same, the newest; works also while titles cannot be looked up."""

    @abstractmethod
    def find_any(self, wish: Wish, *, ended: bool = False) -> Fetching | None:
        """An open request of anybody for the same; with `ended` else one that was declined or failed, which may stand
        in the way as well: what a watchlist asked for by itself is asked for once and for all."""

    @abstractmethod
    def look(self, number: int) -> Fetching:
        """One request as it is now. Raises NoSuchRequest."""

    @abstractmethod
    def page(self, *, skip: int, take: int, oldest_first: bool = False) -> FetchingPage:
        """Requests of everybody, changed last first. With `oldest_first` in the order in which they were made: the
        oldest first where the service can (`can_list_oldest_first`), else the newest."""

    @abstractmethod
    def can_list_oldest_first(self) -> bool:
        """Whether `page` can begin with the oldest."""

    @abstractmethod
    def season_stages(self, tmdb_id: int, *, is_4k: bool) -> Mapping[int, Stage]:
        """How far the seasons of a series are. Raises TitlesAway."""

    @abstractmethod
    def approve(self, number: int) -> Fetching:
        """Approve a request; again changes nothing. Raises NoSuchRequest."""

    @abstractmethod
    def change(self, number: int, wish: Wish) -> Fetching:
        """Let an undecided request be for these seasons and choices; what is not chosen stays as it is there.

        Raises NoSuchRequest, and NothingLeft when others have asked for all these seasons.
        """

    @abstractmethod
    def decline(self, number: int) -> Fetching:
        """Decline a request; again changes nothing. Raises NoSuchRequest."""

    @abstractmethod
    def retry(self, number: int) -> Fetching:
        """Have one that failed tried again. Raises NoSuchRequest."""

    @abstractmethod
    def delete(self, number: int) -> None:
        """Take a request away; one that is gone already is well."""

    @abstractmethod
    def offers(self, media_type: str) -> tuple[FetchServer, ...]:
        """The servers that can be chosen, each with its profiles, folders and tags."""


@dataclasses.dataclass(frozen=True)
class Remark:
    """What somebody said about a problem; `account` is theirs there."""

    number: int
    account: int | None
    message: str
    said_at: dt.datetime | None = None


@dataclasses.dataclass(frozen=True)
class Problem:
    """A reported problem as the service has it. The first of its remarks is the report itself."""

    number: int
    is_open: bool
    remarks: tuple[Remark, ...] = ()
    changed_by: int | None = None


class CanHearProblems(ABC):
    """Keeps problems that people report with titles."""

    @abstractmethod
    def report_problem(
        self, *, media: int, kind: str, message: str, season: int | None, episode: int | None, account: int | None
    ) -> int:
        """Report one (`kind` is video, audio, subtitles or other) with the service's own number of the title; its
        number there."""

    @abstractmethod
    def look_at_problem(self, number: int) -> Problem:
        """A problem as it stands, with all that is said about it. Raises NoSuchRequest."""

    @abstractmethod
    def comment_problem(self, number: int, message: str, *, account: int | None) -> Problem:
        """Add words to a problem; as it is then. Raises NoSuchRequest."""

    @abstractmethod
    def settle_problem(self, number: int, *, resolved: bool) -> None:
        """Resolve it, or open it again. Raises NoSuchRequest."""

    @abstractmethod
    def problem_numbers(
        self, media_type: str, tmdb_id: int, *, kind: str, season: int | None, episode: int | None
    ) -> tuple[int, ...]:
        """Open problems that are said to be the same: by title, kind, season and episode."""

    @abstractmethod
    def title_number(self, media_type: str, tmdb_id: int) -> int | None:
        """The service's own number of a title; None if it does not know it."""
