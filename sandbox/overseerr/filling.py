"""Years of requests at once: what an Overseerr holds that has been in use for long."""

from __future__ import annotations

import datetime

from sandbox.overseerr.records import Media, MediaStatus, Permission, Request, RequestStatus, Season, User, now
from sandbox.overseerr.state import State

FIRST_TITLE = 2_000_000  # TMDB knows none of these numbers
_KINDS = ("movie", "movie", "tv")
_OPEN_EVERY = 20
_APART = datetime.timedelta(minutes=30)


def fill(state: State, count: int, people: int = 40) -> None:
    """Add that many requests, the last half an hour old, of so many people (one at least) unknown to plex.tv.

    One in ten is open, half of these undecided; of the others some were declined, some failed, some are in 4K, most are there. Titles are
    asked for once and have numbers from FIRST_TITLE on.
    """
    with state.lock:
        users = [_person(state, number) for number in range(people)]
        known = len(state.requests)
        for k in range(count):
            made = now() - _APART * (count - k)
            state.requests.append(_request(state, users[k % people], known + k, made))


def _person(state: State, number: int) -> User:
    user = User(max(state.users) + 1, f"friend{number}@nest.example", 5000 + number, f"friend{number}")
    user.permissions = int(Permission.REQUEST)
    state.users[user.user_id] = user
    return user


def _request(state: State, by: User, k: int, made: datetime.datetime) -> Request:
    kind, is4k = _KINDS[k % 3], k % 10 == 7
    status, there = _standing(state, k)
    media = Media(len(state.media) + 1, kind, FIRST_TITLE + k, None, None, created=made, updated=made)
    media.enter(there, is4k)
    numbers = range(1, 2 + k % 4) if kind == "tv" else ()
    media.seasons = [Season(state.next_id(), number, there) for number in numbers]
    state.media.append(media)
    return Request(
        next(state.request_numbers),
        media,
        by,
        status,
        is4k,
        seasons=[Season(state.next_id(), number, status) for number in numbers],
        finished=there is MediaStatus.AVAILABLE,
        created=made,
        updated=made + datetime.timedelta(hours=2),
    )


def _standing(state: State, k: int) -> tuple[RequestStatus, MediaStatus]:
    if k % _OPEN_EVERY == 0:
        return RequestStatus.PENDING, MediaStatus.PENDING
    if k % _OPEN_EVERY == _OPEN_EVERY // 2:
        return RequestStatus.APPROVED, MediaStatus.PROCESSING
    if k % 13 == 1:
        return RequestStatus.DECLINED, MediaStatus.UNKNOWN
    if k % 17 == 2:
        return RequestStatus.FAILED, MediaStatus.UNKNOWN
    done = RequestStatus.COMPLETED if state.major >= 2 else RequestStatus.APPROVED
    return done, MediaStatus.AVAILABLE
