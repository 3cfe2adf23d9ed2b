"""What it costs to move over from Overseerr, against only reading its pages: `python -m bench.importing`.

The simulated one answers over HTTP from this process, so that its own work is in both figures.
"""

from __future__ import annotations

import http.client
import json
import logging
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from bench.saying import say
from sandbox.overseerr import Overseerr
from tools.scratch import migrated

REQUESTS = 10_000
LIMIT = 60  # seconds
_TAKE = 200


def main() -> int:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    service = Overseerr()
    service.fill(REQUESTS)
    service.start()
    try:
        with migrated():
            floor = _seconds(lambda: _pages(service))
            first, again = _imports(service)
    finally:
        service.stop()
    say(f"reading {REQUESTS:,} requests of Overseerr", f"{floor:.1f} s")
    good = say(
        f"importing {REQUESTS:,}",
        f"{first:.1f} s",
        f"{first / floor:.1f} times reading; goal: under a minute",
        first < LIMIT,
    )
    say("the same again, all of it here already", f"{again:.1f} s", f"{again / floor:.1f} times reading")
    return 0 if good else 1


def _seconds(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


def _pages(service: Overseerr) -> None:
    place = urlsplit(service.url)
    line = http.client.HTTPConnection(place.hostname or "", place.port)
    for skip in range(0, REQUESTS, _TAKE):
        address = f"/api/v1/request?take={_TAKE}&skip={skip}&sort=added&sortDirection=asc"
        line.request("GET", address, headers={"X-Api-Key": service.api_key})
        if not json.loads(line.getresponse().read())["results"]:
            raise RuntimeError("the simulated Overseerr told nothing")
    line.close()


def _imports(service: Overseerr) -> tuple[float, float]:
    from requests_app import importing  # noqa: PLC0415  (models can be used only now that Django is set up)
    from requests_app.models import MediaRequest  # noqa: PLC0415  (likewise)
    from services.models import ServiceConfig  # noqa: PLC0415  (likewise)

    config = ServiceConfig(service_name="overseerr", service_url=service.url)
    config.api_key = service.api_key
    config.save()
    both = [_seconds(lambda: importing.import_all(dry_run=False, say=print)) for _ in range(2)]
    if MediaRequest.objects.count() != REQUESTS:
        raise RuntimeError("not all were imported")
    return both[0], both[1]


if __name__ == "__main__":
    raise SystemExit(main())
