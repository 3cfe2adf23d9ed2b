"""What is drawn behind the picture paths: the same hills and sky that the simulated Plex shows for a title."""

from __future__ import annotations

import functools

from sandbox.plex.pictures import png
from sandbox.tmdb import paths
from sandbox.tmdb.people import PEOPLE
from sandbox.tmdb.providers import PROVIDERS
from sandbox.tmdb.titles import ALL, COLLECTION_NAME

SIZES = {
    "backdrop_sizes": ["w300", "w780", "w1280", "original"],
    "logo_sizes": ["w45", "w92", "w154", "w185", "w300", "w500", "original"],
    "poster_sizes": ["w92", "w154", "w185", "w342", "w500", "w780", "original"],
    "profile_sizes": ["w45", "w185", "h632", "original"],
    "still_sizes": ["w92", "w185", "w300", "original"],
}
_KNOWN_SIZES = frozenset(size for sizes in SIZES.values() for size in sizes)
_SHAPES = {"poster": (2, 3), "backdrop": (16, 9), "still": (16, 9), "profile": (2, 3), "logo": (1, 1)}
_ORIGINAL = {"poster": 1000, "backdrop": 1280, "still": 640, "profile": 600, "logo": 300}  # pixels across


def draw(file: str, size: str) -> bytes | None:
    """The PNG at `/t/p/<size>/<file>`; None if there is no such file or size."""
    known = _register().get(f"/{file}")
    if known is None or size not in _KNOWN_SIZES:
        return None
    shape, name = known
    across, down = _SHAPES[shape]
    width = _ORIGINAL[shape]
    if size.startswith("h"):
        width = int(size[1:]) * across // down
    elif size.startswith("w"):
        width = int(size[1:])
    return png(name, width, width * down // across)


@functools.cache
def _register() -> dict[str, tuple[str, str]]:
    """All paths there are: a path handed out before a restart must lead to its picture after it."""
    named = [
        (shape, name) for name in [*(one.name for one in ALL), COLLECTION_NAME] for shape in ("poster", "backdrop")
    ]
    for title in ALL:
        for season, episodes in paths.numbered_seasons(title):
            named.append(("poster", f"{title.name} {season}"))
            named += [("still", f"{title.name} {season} {episode}") for episode in range(1, episodes + 1)]
    named += [("profile", person.name) for person in PEOPLE.values()]
    named += [("logo", provider.name) for provider in PROVIDERS.values()]
    return {paths.path(shape, name): (shape, name) for shape, name in named}
