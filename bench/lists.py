"""How long lists take at a thousand, ten thousand, a hundred thousand and a million requests.

`python -m bench.lists [--most N] [--why]`, in a process and on a PostgreSQL of its own. A list must not take longer
because there is more of what it does not show: its time at any size, over its time at the smallest, stays within FLAT.
Time is PostgreSQL's own on the processor, everything being in memory, and all sizes are measured in turn, so that a
busy machine spoils nothing. `--why` prints how PostgreSQL answers the lists that miss it.
"""

from __future__ import annotations

import argparse
import statistics
import time
from typing import Any

from django.db import connection

from bench.places import Place
from bench.saying import say
from tools.scratch import migrated

SIZES = (1_000, 10_000, 100_000, 1_000_000)
FLAT = 1.3
# Of a thousand requests a tenth are one's own: PostgreSQL finds twenty soonest by walking through the newest, which
# costs next to nothing. From some ten thousand on it fetches one's own and sorts them. Growth counts from there.
WALKED_WHEN_SMALL = {"mine and those I follow"}
PEOPLE = 12
ROUNDS = 30

Query = tuple[str, Any]
Queries = dict[str, list[Query]]


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.lists")
    parser.add_argument("--most", type=int, default=SIZES[-1], metavar="N", help="Leave out sizes above N.")
    parser.add_argument("--why", action="store_true", help="Print the plans of lists that are not flat.")
    options = parser.parse_args()
    sizes = [size for size in SIZES if size <= options.most]
    with migrated() as postgres:
        places = [Place(postgres, f"bench_{size}") for size in sizes]
        filled = [_fill(place, size) for place, size in zip(places, sizes, strict=True)]
        good = True
        for name in filled[0]:
            times = _milliseconds(places, [queries[name] for queries in filled])
            is_flat = _tell(name, times)
            good &= is_flat
            if options.why and not is_flat:
                _explain(places, [queries[name][0] for queries in filled])
        for place in places:
            place.close()
    return 0 if good else 1


def _fill(place: Place, size: int) -> Queries:
    """Make the rows; the SQL of each list, for each of some people."""
    from bench import list_rows  # noqa: PLC0415  (models can be imported only now that Django is set up)

    place.make()
    with place.entered():
        began = time.monotonic()
        list_rows.fill(size)
        say(f"{size:,} requests and what belongs to them", f"{time.monotonic() - began:.1f} s")
        people = list_rows.readers(PEOPLE)
        lists = {**list_rows.own_lists(), **list_rows.staff_lists(size)}
        return {name: [rows(each).query.sql_with_params() for each in people] for name, rows in lists.items()}


def _milliseconds(places: list[Place], queries: list[list[Query]]) -> list[float]:
    """For each place the median person's best time."""
    best = [[float("inf")] * len(asked) for asked in queries]
    for _round in range(ROUNDS):  # outermost: a busy moment of the machine then spoils one round, not one person
        for number in range(PEOPLE):
            for place, asked, mine in zip(places, queries, best, strict=True):
                who = number % len(asked)
                mine[who] = min(mine[who], _seconds(place, asked[who]))
    return [statistics.median(each) * 1000 for each in best]


def _seconds(place: Place, query: Query) -> float:
    with place.entered(), connection.cursor() as cursor:
        began = place.worked()
        cursor.execute(*query)
        cursor.fetchall()
        return place.worked() - began


def _tell(name: str, times: list[float]) -> bool:
    base = max(times[:2]) if name in WALKED_WHEN_SMALL else times[0]
    ratio = max(times) / base
    shown = " ".join(f"{each:.2f}" for each in times)
    return say(f"{name}, ms", shown, f"times {ratio:.2f}, goal: at most {FLAT}", ratio <= FLAT)


def _explain(places: list[Place], queries: list[Query]) -> None:
    for place, (sql, parameters) in zip(places, queries, strict=True):
        with place.entered(), connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {sql}", parameters)
            print(place.name, *(line for (line,) in cursor.fetchall()), sep="\n  ")


if __name__ == "__main__":
    raise SystemExit(main())
