"""What people's pages cost in a running house: lists of requests at several sizes, search, and a title's page.

`python -m bench.pages [--least N] [--most N] [--seconds S]`. Eight clients ask without a pause, so an answer takes about eight times
what it costs. Each list is measured in turn with its floor, a bare Django view that asks the database the same, so that a
busy moment of the machine meets both; what is to be compared between machines is the ratio. Cost is the processor time
that the web server and PostgreSQL spent on one answer.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import psycopg

from bench.asking import Answers, ask
from bench.saying import say
from medianest.launch.plan import WEB_THREADS
from tools.house import ROOT, House, Visitor, free_port, until

SIZES = (500, 10_000, 100_000)
PAGE, FAR = 20, 5_000
GOAL_MS, FLAT = 50, 1.3
TURNS = 3
_SMALL, _LARGEST = 60 * 1024, 100_000


@dataclasses.dataclass(frozen=True)
class Asked:
    """One list: where it stands in the house, and what the floor is asked instead."""

    name: str
    path: str
    headers: dict[str, str]
    floor: str


@dataclasses.dataclass
class Cost:
    """What eight clients got, and the milliseconds of processor that each answer took."""

    answers: Answers
    spent: float = 0.0

    @property
    def each(self) -> float:
        return self.spent / len(self.answers.took) * 1000


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.pages")
    parser.add_argument("--most", type=int, default=SIZES[-1], metavar="N", help="Leave out sizes above N.")
    parser.add_argument("--least", type=int, default=0, metavar="N", help="Leave out sizes below N.")
    parser.add_argument("--seconds", type=float, default=3, metavar="S", help="For each measurement, three times.")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mn-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # run by root, PostgreSQL's own account must get in
        with House(folder / "house", environment={"LIMIT_API_PER_MINUTE": "10000000"}) as house:
            _as_owner(house)
            with _floor(house) as floor:
                sizes = [size for size in SIZES if options.least <= size <= options.most]
                good = _lists(house, floor, sizes, options.seconds)
            return 0 if _titles(house, options.seconds) & good else 1


# --- the house ------------------------------------------------------------------------------------------------------------
def _environment(house: House, role: str) -> dict[str, str]:
    secrets = house.folder / "data" / "secrets"
    return {
        "DATABASE_URL_FILE": str(secrets / f"database_{role}_url"),
        "REDIS_URL_FILE": str(secrets / "redis_url"),
        "DJANGO_SECRET_KEY_FILE": str(secrets / "django_secret_key"),
        "ENCRYPTION_KEYS_FILE": str(secrets / "encryption_keys"),
        "PLAIN_HTTP": "1",
        "MEDIANEST_DATA": str(house.folder / "data"),
        "DJANGO_SETTINGS_MODULE": "medianest.settings",
    }


def _as_owner(house: House) -> None:
    """Set Django up in this process, over the house's database, as who may fill it."""
    import django  # noqa: PLC0415  (settings are read here, once)

    for name in ("DATABASE_URL", "REDIS_URL", "BROKER_URL", "DJANGO_SECRET_KEY", "ENCRYPTION_KEYS"):
        os.environ.pop(name, None)
    os.environ.update(_environment(house, "owner"))
    django.setup()


@contextmanager
def _floor(house: House) -> Iterator[str]:
    """The bare view beside the house, served as the house is; gives its address."""
    port = free_port()
    words = ["-m", "granian", "--interface", "wsgi", "bench.floor:application", "--host", "127.0.0.1", "--no-ws"]
    words += ["--port", str(port), "--workers", "1", "--blocking-threads", str(WEB_THREADS), "--log-level", "error"]
    inherited = {name: value for name, value in os.environ.items() if not name.endswith("_URL")}
    env = {**inherited, **_environment(house, "app"), "DB_POOL_MAX": str(WEB_THREADS), "BENCH_FLOOR": "1"}
    running = subprocess.Popen([sys.executable, *words], cwd=ROOT, env=env)
    try:
        until(lambda: _listens(port), seconds=60, what="the floor")
        yield f"http://127.0.0.1:{port}"
    finally:
        running.terminate()
        running.wait(20)


def _listens(port: int) -> bool:
    return any(one.laddr and one.laddr.port == port and one.status == "LISTEN" for one in psutil.net_connections("tcp"))


def _used(port: int) -> dict[int, float]:
    """Seconds of processor that each process of PostgreSQL's and of the web server on this port has used so far."""
    used: dict[int, float] = {}
    serving = {one.pid for one in psutil.net_connections("tcp") if one.laddr and one.laddr.port == port and one.pid}
    for process in psutil.process_iter(["name"]):
        if process.pid in serving - {os.getpid()} or process.info["name"] == "postgres":
            with contextlib.suppress(psutil.Error):
                times = process.cpu_times()
                used[process.pid] = times.user + times.system
    return used


def _measured(cost: Cost, base: str, path: str, headers: dict[str, str], seconds: float) -> None:
    """Ask for so long, and add what came of it. Connections of PostgreSQL's that ended meanwhile are left out."""
    port = int(base.rpartition(":")[2])
    before = _used(port)
    cost.answers.add(ask(base, path, headers, seconds=seconds))
    cost.spent += sum(max(0.0, now - before.get(pid, 0.0)) for pid, now in _used(port).items())


# --- lists ----------------------------------------------------------------------------------------------------------------
def _lists(house: House, floor: str, sizes: list[int], seconds: float) -> bool:
    first: dict[str, float] = {}
    good = True
    for size in sizes:
        _fill(house, size)
        for asked in _asked(size):
            ours, bare = _by_turns(house, floor, asked, seconds)
            name = f"{asked.name}, {size:,} requests"
            answers, ratio = ours.answers, ours.each / bare.each
            goal = f"p95, {answers.per_second:.0f} a second; floor {bare.answers.p95:.0f} ms, {bare.answers.per_second:.0f}"
            met = size < _LARGEST or answers.p95 < GOAL_MS
            good &= say(name, f"{answers.p95:.0f} ms", goal + (f"; goal: under {GOAL_MS} ms" * (not met)), met)
            base = first.setdefault(asked.name, ours.each)
            flat = ours.each / base <= FLAT
            told = f"{ratio:.1f} times the floor's {bare.each:.1f}, {ours.each / base:.2f} times the smallest"
            good &= say("  processor for one", f"{ours.each:.1f} ms", f"{told}, goal {FLAT}", flat)
            good &= say("  size", f"{answers.length / 1024:.1f} KiB", "", answers.length < _SMALL)
    return good


def _fill(house: House, size: int) -> None:
    from maintenance import scale  # noqa: PLC0415  (models can be imported only now that Django is set up)

    began = time.monotonic()
    scale.grow(scale.Size(size, entries_per_request=1), say=lambda _line: None, among_people=True)
    with psycopg.connect(house.secret("database_owner_url"), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE media_requests")
        connection.execute("VACUUM ANALYZE media_items")
    say(f"{size:,} requests and what belongs to them", f"{time.monotonic() - began:.1f} s")


def _asked(size: int) -> list[Asked]:
    """The lists as pages and as JSON: one's own, everybody's, and everybody's as far back as FAR pages or the end."""
    from accounts.models import Role, User  # noqa: PLC0415  (as above)
    from maintenance.scale_rows import span  # noqa: PLC0415  (as above)

    viewer, moderator = User.objects.filter(pk__range=span(User)).order_by("pk")[:2]
    User.objects.filter(pk=moderator.pk).update(role=Role.MODERATOR)
    mine, staff = _signed_in(viewer), _signed_in(User.objects.get(pk=moderator.pk))
    far, number = _cursor(size)
    lists = [
        ("my requests", "/requests/", "/api/v1/requests", mine, f"?user={viewer.pk}"),
        ("everybody's", "/requests/all", "/api/v1/requests/all", staff, f"?user={moderator.pk}&all=1"),
        (
            f"everybody's, page {number:,}",
            f"/requests/all?after={far}",
            f"/api/v1/requests/all?after={far}",
            staff,
            f"?user={moderator.pk}&all=1&after={far}",
        ),
    ]
    return [
        Asked(f"{name.split(',')[0]}{', far back' * ('page' in name)}{kind}", path, headers, f"/{floor}")
        for name, page, data, headers, floor in lists
        for kind, path in (("", page), (" as JSON", data))
    ]


def _signed_in(user: Any) -> dict[str, str]:
    from django.test import Client  # noqa: PLC0415  (as above)

    client = Client()
    client.force_login(user)
    return {"Cookie": "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())}


def _cursor(size: int) -> tuple[str, int]:
    """A place so far back that one page follows it: behind FAR pages, or the last one; and that page's number."""
    from medianest.lib.pagination import NEWEST, write_place  # noqa: PLC0415  (as above)
    from requests_app.models import MediaRequest  # noqa: PLC0415  (as above)

    number = min(FAR, size // PAGE)
    row = MediaRequest.objects.newest_first()[(number - 1) * PAGE - 1]
    return write_place(row, NEWEST), number


def _by_turns(house: House, floor: str, asked: Asked, seconds: float) -> tuple[Cost, Cost]:
    ours, bare = Cost(Answers()), Cost(Answers())
    turns = [(ours, house.url, asked.path, asked.headers), (bare, floor, asked.floor, {})]
    for _kind, base, path, headers in turns:
        ask(base, path, headers, seconds=0.5)  # whatever is made once
    for _turn in range(TURNS):
        for kind, base, path, headers in turns:
            _measured(kind, base, path, headers, seconds)
    return ours, bare


# --- titles ---------------------------------------------------------------------------------------------------------------
def _titles(house: House, seconds: float) -> bool:
    """Search and a title's page once what is told of them is remembered."""
    good = True
    with Visitor(house, "anna", "anna-in-the-nest") as anna:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in anna.client.cookies.items())}
        for name, path in (("search", "/search?q=the"), ("a film's page", _path_of(anna, "movie")),
                           ("a series' page", _path_of(anna, "tv")), ("home", "/")):  # fmt: skip
            cost = Cost(Answers())
            ask(house.url, path, headers, seconds=1)
            _measured(cost, house.url, path, headers, seconds)
            answers = cost.answers
            say(f"{name}, warm", f"{answers.p95:.0f} ms", f"p95, {answers.per_second:.0f} a second")
            say("  processor for one", f"{cost.each:.1f} ms")
            good &= say("  size", f"{answers.length / 1024:.1f} KiB", "goal: under 60 KiB", answers.length < _SMALL)
    return good


def _path_of(visitor: Visitor, media_type: str) -> str:
    """Where some title of that type stands."""
    found = visitor.get("/api/v1/search?q=the").json()["titles"]
    return next((str(one["url"]) for one in found if one["media_type"] == media_type), "/title/movie/550")


if __name__ == "__main__":
    raise SystemExit(main())
