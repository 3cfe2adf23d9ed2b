"""How long lists take at a thousand, ten thousand, a hundred thousand and a million requests, guarded and unguarded.

`python -m bench.lists [--most N] [--why]`, in a process and on a PostgreSQL of its own. A list must not take longer
because there is more of what it does not show: its time at any size, over its time at the smallest, stays within FLAT;
nor must a page of one's requests (the queries of PAGE) because row-level security guards it: its time for a person on
the web, over that of background work, which sees all rows, stays within GUARDED. Time is PostgreSQL's own on the
processor, everything being in memory, and all sizes are measured in turn, so that a busy machine spoils nothing. `--why` prints how PostgreSQL answers the lists that miss it.
"""

from __future__ import annotations

import argparse
import dataclasses
import statistics
import time
from collections.abc import Callable
from typing import Any

from django.db import connection

from bench.places import WEB, WORKER, Place
from bench.saying import say
from tools.scratch import migrated

SIZES = (1_000, 10_000, 100_000, 1_000_000)
FLAT = 1.3
GUARDED = 1.3
# Of a thousand requests a tenth are one's own: PostgreSQL finds twenty soonest by walking through the newest, which
# costs next to nothing. From some ten thousand on it fetches one's own and sorts them. Growth counts from there.
WALKED_WHEN_SMALL = {"mine and those I follow"}
PAGE = ("mine and those I follow", "the titles of a page", "the seasons of a page")
PEOPLE = 12
ROUNDS = 30


Times = list[tuple[float, float]]
"""For each size the milliseconds with row-level security and without."""


@dataclasses.dataclass(frozen=True)
class Asked:
    """A list's SQL as one person asks for it, for their own rows or as `staff` for everybody's."""

    person: Any
    staff: bool
    sql: str
    parameters: Any


@dataclasses.dataclass(frozen=True)
class Filled:
    """A database of one size, as the web and as background work see it, and what is asked of it by the lists' names."""

    guarded: Place
    plain: Place
    lists: dict[str, list[Asked]]


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.lists")
    parser.add_argument("--most", type=int, default=SIZES[-1], metavar="N", help="Leave out sizes above N.")
    parser.add_argument("--why", action="store_true", help="Print the plans of lists that miss their goal.")
    options = parser.parse_args()
    with migrated() as postgres:
        filled = [_fill(Place(postgres, f"bench_{size}"), size) for size in SIZES if size <= options.most]
        good = True
        took: dict[str, Times] = {}
        for name in filled[0].lists:
            took[name] = _milliseconds(name, filled)
            met = _tell(name, took[name])
            good &= met
            if options.why and not met:
                _explain(name, filled)
        good &= _tell_cost([took[name] for name in PAGE])
        for one in filled:
            one.guarded.close()
            one.plain.close()
    return 0 if good else 1


def _fill(owner: Place, size: int) -> Filled:
    """Make the rows, and write down the SQL of each list for each of some people."""
    from bench import list_rows  # noqa: PLC0415  (models can be imported only now that Django is set up)

    owner.make()
    with owner.entered():
        began = time.monotonic()
        list_rows.fill(size)
        say(f"{size:,} requests and what belongs to them", f"{time.monotonic() - began:.1f} s")
        people = list_rows.readers(PEOPLE)
        kinds = ((list_rows.own_lists(), False), (list_rows.staff_lists(size), True))
        lists = {
            name: [Asked(one, staff, *rows(one).query.sql_with_params()) for one in people]
            for kind, staff in kinds
            for name, rows in kind.items()
        }
    owner.close()
    return Filled(Place(owner.postgres, owner.name, WEB), Place(owner.postgres, owner.name, WORKER), lists)


def _milliseconds(name: str, filled: list[Filled]) -> Times:
    """For each size the median person's best time, guarded and unguarded."""
    best: dict[tuple[int, int, str], float] = {}
    for _round in range(ROUNDS):  # outermost: a busy moment of the machine then spoils one round, not one person
        for who in range(PEOPLE):
            for size, one in enumerate(filled):
                asked = one.lists[name][who % len(one.lists[name])]
                for place in (one.guarded, one.plain):
                    key = (size, who, place.role)
                    best[key] = min(best.get(key, float("inf")), _in_scope(place, asked, _seconds))
    return [(_median(best, size, WEB), _median(best, size, WORKER)) for size in range(len(filled))]


def _median(best: dict[tuple[int, int, str], float], size: int, role: str) -> float:
    return statistics.median(took for key, took in best.items() if (key[0], key[2]) == (size, role)) * 1000


def _in_scope(place: Place, asked: Asked, do: Callable[[Place, Asked], Any]) -> Any:
    """What `do` gives as the person whose list it is; background work is nobody's."""
    from django.db import transaction  # noqa: PLC0415  (as above)

    from operations.row_security import acting_as  # noqa: PLC0415  (as above)

    with place.entered(), acting_as(asked.person, staff=asked.staff) if place.role == WEB else transaction.atomic():
        return do(place, asked)


def _seconds(place: Place, asked: Asked) -> float:
    with connection.cursor() as cursor:
        began = place.worked()
        cursor.execute(asked.sql, asked.parameters)
        cursor.fetchall()
        return place.worked() - began


def _tell(name: str, times: Times) -> bool:
    guarded = [each for each, _plain in times]
    base = max(guarded[:2]) if name in WALKED_WHEN_SMALL else guarded[0]
    growth = max(guarded) / base
    met = say(
        f"{name}, ms", " ".join(f"{each:.2f}" for each in guarded), f"times {growth:.2f}, goal {FLAT}", growth <= FLAT
    )
    say("  without row-level security", " ".join(f"{plain:.2f}" for _each, plain in times))
    return met


def _tell_cost(page: list[Times]) -> bool:
    """What row-level security adds to a page's queries, at each size."""
    sums = [[sum(part) for part in zip(*size, strict=True)] for size in zip(*page, strict=True)]
    ratios = [guarded / plain for guarded, plain in sums]
    shown = " ".join(f"{ratio:.2f}" for ratio in ratios)
    cost = max(ratios)
    return say("a page of requests, with over without", shown, f"at most {cost:.2f}, goal {GUARDED}", cost <= GUARDED)


def _explain(name: str, filled: list[Filled]) -> None:
    def explain(place: Place, asked: Asked) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {asked.sql}", asked.parameters)
            print(place.name, place.role, *(line for (line,) in cursor.fetchall()), sep="\n  ")

    for one in filled:
        for place in (one.guarded, one.plain):
            _in_scope(place, one.lists[name][0], explain)


if __name__ == "__main__":
    raise SystemExit(main())
