"""`python -m bench [lists] [session] [pages] [importing] [memory] [start] [audit] [door] [downloads] [overhead]`: prints one line a figure, and exits 1 when a goal is missed."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.audit import write_cost
from bench.door import door
from bench.saying import say
from medianest.launch.plan import WORKERS
from sandbox.control import ControlClient
from tools.house import House, Visitor, memory, until

ENTRIES = 12
IDLE_LIMIT_MIB = 300
FASTER_GOAL = 2.5
LATER_START_LIMIT = 8
AUDIT_LIMIT = 2.0
EVERYTHING = ["lists", "session", "pages", "importing", "memory", "start", "audit", "door", "downloads", "overhead"]
IN_PROCESS = ("lists", "session", "pages", "importing")
FORMAT = "bv*[vcodec^=avc1]+ba[acodec^=mp4a]/b"


def command_line(house: House, url: str, folder: Path) -> float:
    """Seconds the yt-dlp command line takes for the whole list."""
    began = time.monotonic()
    command = [
        sys.executable, "-m", "yt_dlp", "--proxy", house.settings["YTDLP_PROXY"], "--no-check-certificates", "--quiet",
        "--no-warnings", "--ignore-config", "--format", FORMAT, "--merge-output-format", "mp4",
        "--output", "%(id)s.%(ext)s", url,
    ]  # fmt: skip
    subprocess.run([*command], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    took = time.monotonic() - began
    found = len(list(folder.glob("*.mp4")))
    if found != ENTRIES:
        raise RuntimeError(f"the command line fetched {found} of {ENTRIES}")
    return took


def through_the_house(house: House, visitor: Visitor, url: str) -> float:
    """Seconds from ordering the list until its download is complete, as its own row tells."""
    download_id = visitor.order(url).strip("/").split("/")[-1]

    def took() -> float | None:
        rows = house.sql(
            "select extract(epoch from completed_at - ordered_at) from youtube_downloads"
            " where id = %s and status = 'completed'",
            download_id,
        )
        return float(rows[0][0]) if rows else None

    return until(took, seconds=300, what="the download")


def compare(
    house: House, visitor: Visitor, control: ControlClient, folder: Path, name: str, **line: float | None
) -> tuple[float, float]:
    """The command line's and the house's seconds for two lists alike, over a line of the given rate and latency."""
    control.control("youtube", dict(line))
    urls = [str(control.control("youtube", {"bench_playlist": [f"{name} {k}", ENTRIES]})["url"]) for k in (1, 2)]
    target = folder / name
    target.mkdir()
    return command_line(house, urls[0], target), through_the_house(house, visitor, urls[1])


def downloads(house: House, visitor: Visitor, control: ControlClient, folder: Path) -> bool:
    plain, ours = compare(house, visitor, control, folder, "slow line", rate=512_000, latency=0.1)
    say("12 entries, 512 KB/s each, yt-dlp command line", f"{plain:.1f} s")
    say("12 entries, 512 KB/s each, MediaNest", f"{ours:.1f} s")
    ratio = plain / ours
    return say("times faster", f"{ratio:.2f}", f"goal: at least {FASTER_GOAL}", ratio >= FASTER_GOAL)


def overhead(house: House, visitor: Visitor, control: ControlClient, folder: Path) -> bool:
    plain, ours = compare(house, visitor, control, folder, "fast line", rate=None, latency=0)
    say("per entry without throttle, yt-dlp command line", f"{plain / ENTRIES * 1000:.0f} ms")
    return say("per entry without throttle, MediaNest", f"{ours / ENTRIES * 1000:.0f} ms", f"ratio {ours / plain:.2f}")


def idle_memory(house: House) -> bool:
    """All processes but PostgreSQL, Redis and the simulated outside, all workers among them."""
    run = house.folder / "data" / "run"
    until(lambda: len(list(run.glob("worker-*.pid"))) >= len(WORKERS), seconds=120, what="the workers")
    time.sleep(20)  # let what started settle; this is a measurement, not a test
    own = [
        p for p in house.processes() if not {"postgres", "redis-server"} & {p.name()} and "sandbox" not in p.cmdline()
    ]
    for process in own:
        say(f"  {' '.join(process.cmdline()[1:4])[:44]}", f"{memory([process]) / 2**20:.0f} MiB")
    total = memory(own) / 2**20
    return say(
        "idle memory of all processes", f"{total:.0f} MiB", f"goal: under {IDLE_LIMIT_MIB} MiB", total < IDLE_LIMIT_MIB
    )


def later_start(house: House) -> bool:
    """Seconds from the command to the first answer, with a database that is there already."""
    house.stop()
    began = time.monotonic()
    house.start()
    took = time.monotonic() - began
    return say(
        "a later start to the first answer",
        f"{took:.1f} s",
        f"goal: under {LATER_START_LIMIT} s",
        took < LATER_START_LIMIT,
    )


def audit(house: House) -> bool:
    (single, traced), (bulk, bulk_traced) = write_cost(house.secret("database_owner_url"))
    ratio = traced / single
    good = say(
        "a change without and with the audit trail",
        f"{single:.2f} / {traced:.2f} ms",
        f"ratio {ratio:.2f}, goal: under {AUDIT_LIMIT}",
        ratio < AUDIT_LIMIT,
    )
    return good & say("10,000 changes at once", f"{bulk:.0f} / {bulk_traced:.0f} ms", f"ratio {bulk_traced / bulk:.1f}")


def as_visitor(wanted: list[str], house: House, visitor: Visitor, control: ControlClient, folder: Path) -> bool:
    good = True
    if "door" in wanted:
        good &= door(house, visitor)
    if "downloads" in wanted:
        good &= downloads(house, visitor, control, folder)
    if "overhead" in wanted:
        good &= overhead(house, visitor, control, folder)
    return good


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("what", nargs="*", default=EVERYTHING)
    wanted = parser.parse_args().what
    good = True
    for name in IN_PROCESS:
        if name in wanted:  # in a process of its own: Django is set up over its own database there
            good &= subprocess.run([sys.executable, "-m", f"bench.{name}"], check=False).returncode == 0
    if set(wanted) <= set(IN_PROCESS):
        return 0 if good else 1
    with tempfile.TemporaryDirectory(prefix="mn-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # run by root, PostgreSQL's own account must get in
        with House(folder / "house", environment={"DOWNLOAD_BURST": "100"}) as house:
            control = ControlClient(house.control_url)
            if "memory" in wanted:
                good &= idle_memory(house)
            if "start" in wanted:
                good &= later_start(house)
                control = ControlClient(house.control_url)
            if "audit" in wanted:
                good &= audit(house)
            with Visitor(house, "anna", "anna-in-the-nest") as visitor:
                good &= as_visitor(wanted, house, visitor, control, folder)
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
