"""All that the simulated Overseerr knows, and how it can be made to misbehave."""

from __future__ import annotations

import itertools
import threading
from collections import Counter

from sandbox.outgoing import Outgoing
from sandbox.overseerr.records import Blocked, Issue, Media, MediaStatus, Permission, Request, Season, User, now
from sandbox.tmdb.titles import ALL
from sandbox.world import PEOPLE, Person, Title

API_KEY = "c2FuZGJveC1vdmVyc2VlcnIta2V5LTAwMDAwMDAwMDAwMA=="
AT_FIRST = ("olive", "ben", "anna")  # the others can be imported or never will

_BY_KEY = {(title.tmdb_id, title.media_type): title for title in ALL}


class State:
    """Whoever reads or changes the records holds `lock`."""

    def __init__(self, version: str) -> None:
        self.lock = threading.RLock()
        self.version = version
        self.api_key = API_KEY
        self.numbers = itertools.count(1)
        self.request_numbers = itertools.count(1)
        self.users: dict[int, User] = {}
        self.media: list[Media] = []
        self.requests: list[Request] = []
        self._counted: tuple[tuple[int, int], Counter[int]] = ((-1, 0), Counter())
        self.issues: list[Issue] = []
        self.blocklist: list[Blocked] = []
        self.outgoing = Outgoing("axios/1.3.4" if version.startswith("1.") else "axios/1.12.2")
        self.webhook_types = 0x1FFF
        self.release = threading.Event()
        # Switches
        self.csrf = False
        self.tmdb_down = False
        self.plextv_down = False
        self.servarr_hung = False
        self.servarr_timeout = 10.0  # seconds
        self.hang_limit = 20.0  # seconds after which a request that is never answered loses its connection
        self.race_window = 0.0  # seconds between looking for a duplicate and storing the request
        self.default_movie_quota: int | None = None
        self.default_tv_quota: int | None = None
        self.quota_days = 7
        self._fill()

    @property
    def major(self) -> int:
        """1 for Overseerr, 2 for Jellyseerr, 3 for Seerr; nightly builds are the newest."""
        first = self.version.split(".")[0]
        return int(first) if first.isdigit() else 3

    def _fill(self) -> None:
        for username in AT_FIRST:
            person = next(one for one in PEOPLE if one.username == username)
            self.add_user(person)
        self.users[1].permissions = int(Permission.ADMIN)
        for title in ALL:
            if title.in_library:
                media = self.add_media(title.tmdb_id, title.media_type)
                self.set_seasons(media, MediaStatus.AVAILABLE)
                media.status, media.rating_key, media.added = MediaStatus.AVAILABLE, str(7000 + media.media_id), now()

    def send_webhooks_to(self, url: str, authorization: str) -> None:
        self.outgoing.url = url
        self.outgoing.headers = {"Authorization": authorization} if authorization else {}

    def next_id(self) -> int:
        return next(self.numbers)

    def add_user(self, person: Person) -> User:
        """Take over a plex.tv account. One without an e-mail address cannot be."""
        if person.email is None:
            raise ValueError(person.username)
        user = User(len(self.users) + 1, person.email, person.plex_id, person.username)
        self.users[user.user_id] = user
        return user

    def by_plex_id(self, plex_id: int) -> User | None:
        return next((user for user in self.users.values() if user.plex_id == plex_id), None)

    def title(self, tmdb_id: int, media_type: str) -> Title | None:
        """What TMDB says; None when it says nothing."""
        return None if self.tmdb_down else _BY_KEY.get((tmdb_id, media_type))

    def add_media(self, tmdb_id: int, media_type: str) -> Media:
        title = _BY_KEY.get((tmdb_id, media_type))
        tvdb_id, imdb_id = (title.tvdb_id, title.imdb_id) if title is not None else (None, None)
        media = Media(len(self.media) + 1, media_type, tmdb_id, tvdb_id, imdb_id or None)
        self.media.append(media)
        return media

    def find_media(self, tmdb_id: int, media_type: str) -> Media | None:
        return next((one for one in self.media if (one.tmdb_id, one.media_type) == (tmdb_id, media_type)), None)

    def media_by_id(self, media_id: int) -> Media | None:
        return next((one for one in self.media if one.media_id == media_id), None)

    def find_request(self, request_id: int) -> Request | None:
        return next((one for one in self.requests if one.request_id == request_id), None)

    def request_count(self, user: User) -> int:
        """How many requests somebody made; counted anew when one was added or taken away."""
        now_there = (len(self.requests), self.requests[-1].request_id if self.requests else 0)
        if self._counted[0] != now_there:
            self._counted = (now_there, Counter(one.requested_by.user_id for one in self.requests))
        return self._counted[1][user.user_id]

    def requests_for(self, media: Media) -> list[Request]:
        return [one for one in self.requests if one.media is media]

    def set_seasons(self, media: Media, status: MediaStatus, numbers: list[int] | None = None) -> None:
        """Enter the status of the seasons of a series, of all if no numbers are given."""
        if media.media_type != "tv":
            return
        title = _BY_KEY.get((media.tmdb_id, "tv"))
        known = {season.number: season for season in media.seasons}
        wanted = numbers if numbers is not None else list(range(1, len(title.seasons) + 1) if title else known)
        for number in wanted:
            if number not in known:
                media.seasons.append(Season(self.next_id(), number, status))
            else:
                known[number].status = status
