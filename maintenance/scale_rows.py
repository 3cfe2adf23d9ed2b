"""How each made-up row follows from its number `n`, as SQL: see `scale`.

`{people}`, `{titles}` and `{list_length}` stand for how many there are of each. `_pick` is chance that comes out the same each time.
"""

from __future__ import annotations

import dataclasses

from django.db.models import Model

from accounts.models import User
from catalog.models import MediaItem
from requests_app.models import MediaRequest, RequestedSeason, RequestEvent, RequestFollower
from watchlists.models import WatchlistEntry

_FIRST_TMDB_ID = 900_000_000
_ID = "5ca1e000-{kind:04x}-4000-8000-"
_KINDS: dict[type[Model], int] = {
    model: kind
    for kind, model in enumerate(
        (User, MediaItem, MediaRequest, RequestedSeason, RequestFollower, RequestEvent, WatchlistEntry), start=1
    )
}


def span(model: type[Model]) -> tuple[str, str]:
    """The first and the last id that a made-up row of this table can have."""
    start = _ID.format(kind=_KINDS[model])
    return start + "0" * 12, start + "f" * 12


def _id(model: type[Model], number: str) -> str:
    """The id of the row with this number."""
    return f"('{_ID.format(kind=_KINDS[model])}' || lpad(to_hex({number}), 12, '0'))::uuid"


def _pick(salt: str, among: str) -> str:
    """A number from 0 to below `among` that looks like chance and depends on `n` and `salt` alone."""
    return f"(('x' || substr(md5(n || '{salt}'), 1, 8))::bit(32)::bigint %% {among})"


@dataclasses.dataclass(frozen=True)
class Source:
    """`columns` of `model` as SQL over the numbers below what the size's `counts` says, kept where `where` holds."""

    name: str
    model: type[Model]
    counts: str
    columns: dict[str, str]
    where: str = ""


# Each person asks for twenty titles in a row, then the next; of the twenty, one is still open.
_ASKER = "n / 20 %% {people}"
_IS_OPEN = "n %% 20 = 0"
# Open requests never meet on a title: there are four titles for each of them.
_TITLE = f"CASE WHEN {_IS_OPEN} THEN n / 20 ELSE {_pick('title', '{titles}')} END"
_TYPE = "CASE WHEN ({title}) %% 3 = 0 THEN 'tv' ELSE 'movie' END"
_ASKED = "now() - n * interval '1 minute'"
_TOUCHED = "now() - n * interval '20 seconds'"
_STATUS = (
    "CASE WHEN n %% 20 = 0 THEN (ARRAY['pending', 'approved', 'processing', 'partially_available'])[1 + (n / 20 + n / 20 / {people}) %% 4]"
    " WHEN n %% 20 < 15 THEN 'available' WHEN n %% 20 < 18 THEN 'declined' WHEN n %% 20 = 18 THEN 'failed'"
    " ELSE 'cancelled' END"
)
_WAS = f"({_STATUS})"
# A person's list follows the titles, from a place of that person's own. Made person by person it is made fastest.
_LISTER = "n / {list_length}"
_LISTED = f"({_LISTER} * 7919 + n %% {{list_length}}) %% {{titles}}"
_DIGITS = "lpad(n::text, 7, '0')"

SOURCES = (
    Source(
        "People",
        User,
        "people",
        {
            "id": _id(User, "n"),
            "username": f"'scale-' || {_DIGITS}",
            "name": f"'Person ' || {_DIGITS}",
            "password": "'!nobody signs in as a made-up person'",
        },
    ),
    Source(
        "Titles",
        MediaItem,
        "titles",
        {
            "id": _id(MediaItem, "n"),
            "tmdb_id": f"{_FIRST_TMDB_ID} + n",
            "media_type": _TYPE.format(title="n"),
            "title": f"'Title ' || {_DIGITS}",
            "overview": f"'Number ' || n || ', of which nothing is known but ' || {_pick('a', '1000')} || '.'",
            "release_date": f"date '1960-01-01' + {_pick('date', '23000')}::int",
            "runtime": f"80 + {_pick('runtime', '90')}",
            "poster_path": f"'/scale' || {_DIGITS} || '.png'",
            "vote_average": f"3 + {_pick('vote', '7')}",
            "seasons": (
                'CASE WHEN n %% 3 = 0 THEN \'[{{"number": 1, "episodes": 8}}, {{"number": 2, "episodes": 8}}]\''
                " ELSE '[]' END::jsonb"
            ),
            "fetched_at": "now()",
        },
    ),
    Source(
        "Requests",
        MediaRequest,
        "requests",
        {
            "id": _id(MediaRequest, "n"),
            "user_id": _id(User, _ASKER),
            "created_by_id": _id(User, _ASKER),
            "media_item_id": _id(MediaItem, _TITLE),
            "title": f"'Title ' || lpad(({_TITLE})::text, 7, '0')",
            "media_type": _TYPE.format(title=_TITLE),
            "tmdb_id": f"{_FIRST_TMDB_ID} + ({_TITLE})",
            "status": _STATUS,
            "decline_reason": f"CASE WHEN {_WAS} = 'declined' THEN 'There is no room for it.' ELSE '' END",
            "failure_reason": f"CASE WHEN {_WAS} = 'failed' THEN 'It could not be found.' ELSE '' END",
            "completed_at": f"CASE WHEN {_WAS} = 'available' THEN least(now(), {_ASKED} + interval '1 day') END",
            "created_at": _ASKED,
            "updated_at": _ASKED,
        },
    ),
    Source(
        "Seasons",
        RequestedSeason,
        "requests",
        {
            "id": _id(RequestedSeason, "n"),
            "request_id": _id(MediaRequest, "n"),
            "tmdb_id": f"{_FIRST_TMDB_ID} + ({_TITLE})",
            "request_is_open": _IS_OPEN,
            "season_number": "1",
            "status": f"CASE WHEN {_WAS} IN ('processing', 'partially_available', 'available') THEN {_WAS}"
            " ELSE 'wanted' END",
        },
        where=f"WHERE ({_TITLE}) %% 3 = 0",
    ),
    Source(
        "Followers",
        RequestFollower,
        "requests",
        {
            "id": _id(RequestFollower, "n"),
            "request_id": _id(MediaRequest, "n"),
            "user_id": _id(User, "(n / 20 + 1) %% {people}"),
            "created_at": _ASKED,
        },
        where="WHERE n %% 10 = 5",
    ),
    Source(
        "Events",
        RequestEvent,
        "requests",
        {
            "id": _id(RequestEvent, "n"),
            "request_id": _id(MediaRequest, "n"),
            "actor_id": _id(User, _ASKER),
            "kind": "'requested'",
            "created_at": _ASKED,
        },
    ),
    Source(
        "List entries",
        WatchlistEntry,
        "entries",
        {
            "id": _id(WatchlistEntry, "n"),
            "user_id": _id(User, _LISTER),
            "media_item_id": _id(MediaItem, _LISTED),
            "status": f"(ARRAY['not_watched', 'watching', 'completed'])[1 + {_pick('status', '3')}]",
            "rating": f"CASE WHEN n %% 2 = 0 THEN 1 + {_pick('rating', '10')} END",
            "visibility": f"(ARRAY['private', 'family', 'everyone'])[1 + {_pick('seen', '3')}]",
            "created_at": _TOUCHED,
            "updated_at": _TOUCHED,
        },
    ),
)
