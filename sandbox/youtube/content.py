"""The playlists that are there from the start. All titles and channels are invented."""

from __future__ import annotations

import datetime as dt

from sandbox.youtube.catalogue import Catalogue, Failure, Playlist, Video

_WORKSHOP, _GARDEN, _SKY, _DIARY = "Evening Workshop", "Plot Twenty-Six", "Window to the Sky", "Field Notes"

_WOODWORKING: tuple[tuple[str, Failure | None], ...] = (
    ("Sharpening a chisel without a jig", None),
    ("A bench hook from one board", None),
    ("Reading the grain before you cut", None),
    ("Dovetails by hand, slowly", None),
    ("Glue: five kinds, three mistakes", Failure.PRIVATE),
    ("A box with a sliding lid", None),
    ("The shooting board explained", None),
    ("Steam-bending a hat peg", Failure.DELETED),
    ("Oil or wax? Two years later", None),
    ("Plans and questions: members' evening", Failure.MEMBERS),
    ("A stool in three evenings", None),
    ("Sweeping up: what I would do again", None),
)
_MONTHS = (
    ("January: plans, seeds and a sharp spade", dt.date(2025, 1, 12)),
    ("February: the first trays on the sill", dt.date(2025, 2, 9)),
    ("March: beds, compost, patience", dt.date(2025, 3, 9)),
    ("April: hardening off", dt.date(2025, 4, 13)),
    ("May: everything at once", dt.date(2025, 5, 11)),
    ("June: water in the morning", dt.date(2025, 6, 8)),
    ("July: beans over the fence", dt.date(2025, 7, 13)),
    ("August: more courgettes than friends", dt.date(2025, 8, 10)),
)
_STARS = (
    "Finding north on a clear night",
    "The Moon through binoculars",
    "Why planets do not twinkle",
    "A night with the Perseids",
    "Saturn for beginners",
)
_FAVOURITES = ("Three jigs worth keeping", "A tour of a very small workshop")


def fill(catalogue: Catalogue) -> list[Playlist]:
    """Add the playlists to an empty catalogue and give them in the order in which they are shown."""
    wood = [
        catalogue.add_video(title, channel=_WORKSHOP, failure=failure, uploaded=dt.date(2024, 10, 1 + 2 * number))
        for number, (title, failure) in enumerate(_WOODWORKING)
    ]
    garden = [catalogue.add_video(title, channel=_GARDEN, uploaded=day) for title, day in _MONTHS]
    stars = [catalogue.add_video(title, channel=_SKY) for title in _STARS]
    good = [wood[number] for number in (0, 3, 10)]
    own = [catalogue.add_video(title, channel=_WORKSHOP) for title in _FAVOURITES]
    return [
        catalogue.add_playlist("Woodworking for evenings", wood, channel=_WORKSHOP),
        catalogue.add_playlist("Garden year, month by month", garden, channel=_GARDEN),
        catalogue.add_playlist("Little astronomy", stars, channel=_SKY),
        catalogue.add_playlist("Workshop favourites", [*good, *own], channel=_WORKSHOP),
        catalogue.add_playlist("Birdsong diary, every morning", _diary(catalogue), channel=_DIARY),
        catalogue.add_playlist("..", [catalogue.add_video(title, channel="..") for title in (".", "..", "../..")]),
    ]


def _diary(catalogue: Catalogue) -> list[Video]:
    first = dt.date(2025, 3, 1)
    return [
        catalogue.add_video(
            f"Birdsong, morning {number + 1} of 250", channel=_DIARY, uploaded=first + dt.timedelta(number)
        )
        for number in range(250)
    ]
