"""What the way in costs: the sign-in page, and knowing who asks, against a view that does neither."""

from __future__ import annotations

import statistics
import time

from bench.saying import say
from tools.house import House, Visitor

ROUNDS = 150
FLOOR = "/healthz"  # a bare view: no session, no database, no template
SIGN_IN = "/account/sign-in/"
LONGEST = 25 * 1024  # bytes of the sign-in page


def door(house: House, visitor: Visitor) -> bool:
    with Visitor(house, "nobody", "who is not let in") as stranger:
        return _measured(stranger, visitor)


def _measured(stranger: Visitor, visitor: Visitor) -> bool:
    """Medians over many requests, taken in turn so that a busy moment meets all of them."""
    asked = {
        "floor": (stranger.client, FLOOR),
        "sign-in page": (stranger.client, SIGN_IN),
        "floor, signed in": (visitor.client, FLOOR),
        "a page of one's own": (visitor.client, "/account/"),
    }
    took: dict[str, list[float]] = {name: [] for name in asked}
    size = len(stranger.get(SIGN_IN).content)
    for _round in range(ROUNDS):
        for name, (client, path) in asked.items():
            began = time.perf_counter()
            client.get(path)
            took[name].append(time.perf_counter() - began)
    middle = {name: statistics.median(times) * 1000 for name, times in took.items()}
    floor = middle["floor"]
    for name, ms in middle.items():
        say(f"way in: {name}", f"{ms:.1f} ms", f"{ms / floor:.1f} times the floor")
    return say("way in: sign-in page's HTML", f"{size / 1024:.1f} KiB", "goal: under 25 KiB", size < LONGEST)
