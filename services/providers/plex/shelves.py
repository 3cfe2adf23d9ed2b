"""What a Plex server holds, read over HTTP in pages of bounded size."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext as _

from medianest.lib.http import Answer, Client, Limits, Malformed
from services.providers import base
from services.providers.holding import (
    EPISODE,
    MOVIE,
    SEASON,
    SHOW,
    HeldItem,
    HeldPage,
    HeldSection,
    HoldsLibrary,
    ids_of,
)

_NUMBERS = {MOVIE: 1, SHOW: 2, SEASON: 3, EPISODE: 4}
_PAGE = 300  # a film with all its files, people and summary takes about 8 kB
_READING = Limits(connect=3.0, total=30.0, body=20_000_000)
_PICTURE = Limits(connect=2.0, total=5.0, body=3_000_000)
_TYPES = ("movie", "show", "artist", "photo")
_PERSONAL = "com.plexapp.agents.none"
_MOST_GUIDS = 12
_LARGEST = 2_147_483_647


class PlexShelves(base.Provider, HoldsLibrary):
    """The part of the Plex provider that reads what is there."""

    def library(self) -> tuple[HeldSection, ...]:
        with self._reading() as client:
            found = _list(_container(client.get("/library/sections")), "Directory")
        sections = (_section(one) for one in found)
        return tuple(one for one in sections if one.key and one.type in _TYPES)

    def held(self, section: HeldSection, type: str, since: dt.datetime | None = None) -> Iterator[HeldPage]:
        # What arrives meanwhile comes last, so that it moves nothing from one page to another.
        asked: dict[str, Any] = {"type": _NUMBERS[type], "sort": "addedAt:asc", "includeGuids": 1}
        if since is not None:
            asked["updatedAt>>"] = int(since.timestamp())
        start = 0
        with self._reading() as client:
            while True:
                container = _container(client.get(_all(section), params=asked | _part(start, _PAGE)))
                found = _list(container, "Metadata", "Video", "Directory")
                items = (_item(one, type) for one in found)
                total = _total(container, start + len(found))
                yield HeldPage(tuple(one for one in items if one is not None), len(found), total)
                start += len(found)
                if not found or start >= total:
                    return

    def count(self, section: HeldSection, type: str) -> int:
        with self._reading() as client:
            answer = client.get(_all(section), params={"type": _NUMBERS[type]} | _part(0, 0))
        return _total(_container(answer), 0)

    def picture(self, path: str, *, width: int, height: int) -> bytes:
        if not path.startswith("/library/"):
            raise ValueError(path)
        self.require_key()
        asked = {"url": path, "width": width, "height": height, "minSize": 1, "upscale": 1}
        headers = {"X-Plex-Token": self.connection.key}
        with self.client(headers=headers, limits=_PICTURE, budget=_PICTURE.total) as client:
            return client.get("/photo/:/transcode", params=asked).body

    @classmethod
    def play_address(cls, server_id: str, rating_key: str) -> str:
        item = quote(f"/library/metadata/{rating_key}", safe="")
        return f"https://app.plex.tv/desktop/#!/server/{quote(server_id, safe='')}/details?key={item}"

    def _reading(self) -> Client:
        self.require_key()
        headers = {"Accept": "application/json", "X-Plex-Token": self.connection.key}
        return self.client(headers=headers, limits=_READING, attempts=3)


def _all(section: HeldSection) -> str:
    return f"/library/sections/{quote(section.key, safe='')}/all"


def _part(start: int, size: int) -> dict[str, int]:
    return {"X-Plex-Container-Start": start, "X-Plex-Container-Size": size}


def _container(answer: Answer) -> dict[str, Any]:
    found = answer.json()
    container = found.get("MediaContainer") if isinstance(found, dict) else None
    if not isinstance(container, dict):
        raise _not_understood()
    return container


def _not_understood() -> Malformed:
    return Malformed(_("Plex gave an answer that MediaNest does not understand."))


def _list(container: dict[str, Any], *names: str) -> list[dict[str, Any]]:
    """The things in an answer, whatever Plex calls them there; none if there are none."""
    found: object = next((container[name] for name in names if name in container), [])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise _not_understood()
    return found


def _total(container: dict[str, Any], seen: int) -> int:
    """How many the whole list has; without a word on it, what was seen. Raises Malformed for what is no number."""
    told = container.get("totalSize", container.get("size", seen))
    if not isinstance(told, int) or isinstance(told, bool) or told < 0:
        raise _not_understood()
    return told


# --- what is told of one thing --------------------------------------------------------------------------------------------
def _section(told: dict[str, Any]) -> HeldSection:
    agent = _text(told, "agent", 100)
    return HeldSection(
        key=_text(told, "key", 20),
        type=_text(told, "type", 10),
        title=_text(told, "title", 200) or _text(told, "key", 20),
        agent=agent,
        language=_text(told, "language", 10),
        scanned_at=_moment(told.get("scannedAt")),
        is_personal=agent == _PERSONAL,
    )


def _item(told: dict[str, Any], type: str) -> HeldItem | None:
    """None for what has no key, or is of another type than was asked for."""
    key = _text(told, "ratingKey", 40)
    if not key or told.get("type", type) != type:
        return None
    guids = _guids(told)
    title = _text(told, "title", 300) or key
    return HeldItem(
        rating_key=key,
        type=type,
        title=title,
        sort_title=_text(told, "titleSort", 300) or title,
        original_title=_text(told, "originalTitle", 300),
        year=_number(told.get("year"), 9999),
        parent_key=_text(told, "parentRatingKey", 40),
        number=_number(told.get("index")),
        parts=_number(told.get("childCount" if type == SHOW else "leafCount")) or 0,
        guids=guids,
        ids=ids_of(guids, type),
        duration_ms=_number(told.get("duration")),
        certification=_text(told, "contentRating", 20),
        thumb=_path(told, "thumb"),
        art=_path(told, "art"),
        added_at=_moment(told.get("addedAt")),
    )


def _guids(told: dict[str, Any]) -> tuple[str, ...]:
    """All ids, Plex's own (or the old agent's) last."""
    listed = told.get("Guid")
    given = [one.get("id") for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    texts = [one for one in [*given, told.get("guid")] if isinstance(one, str) and 0 < len(one) <= 200]
    return tuple(dict.fromkeys(texts[:_MOST_GUIDS]))


def _text(told: dict[str, Any], name: str, longest: int) -> str:
    value = told.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return value.replace("\x00", "")[:longest] if isinstance(value, str) else ""


def _path(told: dict[str, Any], name: str) -> str:
    """A picture's path; nothing for one that is cut or lies elsewhere."""
    path = _text(told, name, 301)
    return path if path.startswith("/library/") and len(path) <= 300 else ""


def _number(value: object, largest: int = _LARGEST) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value[:12])
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if is_number and isinstance(value, int) and 0 <= value <= largest else None


def _moment(value: object) -> dt.datetime | None:
    """Seconds since 1970; nothing for what cannot be a time, as Plex writes for files without one."""
    seconds = _number(value, 32_503_680_000)
    return dt.datetime.fromtimestamp(seconds, dt.UTC) if seconds else None
