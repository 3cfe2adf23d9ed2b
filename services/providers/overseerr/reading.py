"""Overseerr's records as MediaNest's: requests, accounts, servers. Addresses of people end here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.dateparse import parse_datetime

from services.providers.fetching import Accounts, Fetching, FetchServer, Folder, Problem, Remark, Stage, address_key
from services.providers.title_facts import entries, text, under

PENDING, APPROVED, DECLINED, FAILED, COMPLETED = range(1, 6)  # what a request's status means
OPEN_PROBLEM = 1
PROCESSING, PARTLY, AVAILABLE = 3, 4, 5  # what a title's status means, and that of its seasons


def whole(value: object) -> int | None:
    """A whole number, 0 (seasons, servers) and sizes in bytes among them."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return int(value) if is_number and 0 <= value < 2**62 else None  # type: ignore[operator, call-overload]


def fetching(told: Mapping[str, Any]) -> Fetching | None:
    """A request; None for a record that is none or lacks what everything else hangs on."""
    title = under(told, "media")
    known = whole(told.get("id")), whole(under(title, "tmdbId")), whole(told.get("status"))
    media_type = told.get("type") or under(title, "mediaType")
    if None in known or media_type not in ("movie", "tv"):
        return None
    is_4k = told.get("is4k") is True
    there = whole(under(title, "status4k" if is_4k else "status")) or 0
    seasons = _seasons(told, title, there, is_4k=is_4k)
    return Fetching(
        number=known[0] or 0,
        media_type=media_type,
        tmdb_id=known[1] or 0,
        is_4k=is_4k,
        stage=_stage(known[2] or 0, there, seasons),
        account=whole(under(told.get("requestedBy"), "id")),
        media=whole(under(title, "id")),
        seasons=seasons,
        progress=_progress(under(title, "downloadStatus4k" if is_4k else "downloadStatus"), seasons),
        created_at=_moment(told.get("createdAt")),
        changed_at=_moment(told.get("updatedAt")),
        title_is_partly_there=there == PARTLY,
    )


def _moment(value: object) -> dt.datetime | None:
    try:
        found = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found.replace(tzinfo=found.tzinfo or dt.UTC) if found else None


def _stage(status: int, there: int, seasons: Mapping[int, Stage]) -> Stage:
    """From the request's status and the title's. Overseerr 1 leaves a finished request approved; later ones complete it.

    A film that came before anybody decided is there, though its request stays pending.
    """
    if status in (DECLINED, FAILED):
        return Stage.DECLINED if status == DECLINED else Stage.FAILED
    if status == COMPLETED or (there == AVAILABLE and (status == APPROVED or not seasons)):
        return Stage.AVAILABLE
    if status == PENDING:
        return Stage.PENDING
    return sum_of(seasons) if there == PARTLY and seasons else _on_the_way(there)


def _on_the_way(there: int) -> Stage:
    return {PROCESSING: Stage.PROCESSING, PARTLY: Stage.PARTLY}.get(there, Stage.APPROVED)


def sum_of(seasons: Mapping[int, Stage]) -> Stage:
    """What several seasons, none of them undecided, make together."""
    stages = set(seasons.values())
    if stages == {Stage.AVAILABLE}:
        return Stage.AVAILABLE
    return Stage.PARTLY if stages & {Stage.AVAILABLE, Stage.PARTLY} else Stage.PROCESSING


def _seasons(told: Mapping[str, Any], title: object, there: int, *, is_4k: bool) -> dict[int, Stage]:
    """The asked seasons. The title's own record of them decides where it is sent along."""
    known = season_stages(under(title, "seasons"), is_4k=is_4k)
    found: dict[int, Stage] = {}
    for one in entries(told.get("seasons")):
        which, status = whole(one.get("seasonNumber")), whole(one.get("status"))
        if which is None:
            continue
        if there == AVAILABLE or status == COMPLETED:
            found[which] = Stage.AVAILABLE
        elif status in (DECLINED, FAILED):
            found[which] = Stage.DECLINED if status == DECLINED else Stage.FAILED
        else:
            otherwise = (
                Stage.PENDING if status == PENDING else Stage.PROCESSING if there >= PROCESSING else Stage.APPROVED
            )
            found[which] = known.get(which, otherwise)
    return found


def season_stages(told: object, *, is_4k: bool) -> dict[int, Stage]:
    """Seasons of a title that are there or on the way, by number."""
    stages = {PROCESSING: Stage.PROCESSING, PARTLY: Stage.PARTLY, AVAILABLE: Stage.AVAILABLE}
    read = (
        (whole(one.get("seasonNumber")), whole(one.get("status4k" if is_4k else "status"))) for one in entries(told)
    )
    return {which: stages[status] for which, status in read if which is not None and status in stages}


def _progress(downloads: object, seasons: Mapping[int, Stage]) -> float | None:
    """The part that is loaded already, of all that is being loaded for these seasons (or the film)."""
    size = left = 0
    for one in entries(downloads):
        season = whole(under(one.get("episode"), "seasonNumber"))
        if seasons and season is not None and season not in seasons:
            continue
        size += max(whole(one.get("size")) or 0, 0)
        left += max(whole(one.get("sizeLeft")) or 0, 0)
    return min(max(1 - left / size, 0.0), 1.0) if size else None


def accounts(told: list[Mapping[str, Any]]) -> Accounts:
    """Of two accounts with one address the first counts."""
    by_plex_id: dict[int, int] = {}
    by_address: dict[str, int] = {}
    for one in told:
        account, plex_id, email = whole(one.get("id")), whole(one.get("plexId")), one.get("email")
        if account is None:
            continue
        if plex_id:
            by_plex_id.setdefault(plex_id, account)
        if isinstance(email, str) and (key := address_key(email)):
            by_address.setdefault(key, account)
    return Accounts(by_plex_id, by_address)


def problem(told: Mapping[str, Any], number: int) -> Problem:
    """A reported problem, what is said about it in the order in which it was said."""
    read = [
        Remark(
            number=said,
            account=whole(under(one.get("user"), "id")),
            message=text(one.get("message"), 1000),
            said_at=_moment(one.get("createdAt")),
        )
        for one in entries(told.get("comments"))
        if (said := whole(one.get("id"))) is not None
    ]
    return Problem(
        number=number,
        is_open=whole(told.get("status")) == OPEN_PROBLEM,
        remarks=tuple(sorted(read, key=lambda one: one.number)),
        changed_by=whole(under(told.get("modifiedBy"), "id")),
    )


def fetch_server(told: Mapping[str, Any], more: object) -> FetchServer | None:
    """One server of the list, with what its own page tells."""
    server_id = whole(told.get("id"))
    if server_id is None:
        return None
    folders = tuple(
        Folder(text(one.get("path"), 500), whole(one.get("freeSpace")))
        for one in entries(under(more, "rootFolders"))
        if one.get("path")
    )
    return FetchServer(
        server_id=server_id,
        name=text(told.get("name"), 100),
        is_4k=told.get("is4k") is True,
        is_default=told.get("isDefault") is True,
        profiles=_numbered(under(more, "profiles"), "name"),
        language_profiles=_numbered(under(more, "languageProfiles"), "name"),
        folders=folders,
        tags=_numbered(under(more, "tags"), "label"),
        default_profile=whole(told.get("activeProfileId")),
        default_folder=text(told.get("activeDirectory"), 500),
    )


def _numbered(told: object, name: str) -> tuple[tuple[int, str], ...]:
    read = ((whole(one.get("id")), text(one.get(name), 100)) for one in entries(told))
    return tuple((which, called) for which, called in read if which is not None and called)
