"""Titles and people as pages show them: posters with a name, a line below and perhaps a mark."""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from catalog.marks import Mark, marks_for
from catalog.models import MediaItem, MediaType
from services.providers.describing import Listing, PersonListing

if TYPE_CHECKING:
    from accounts.models import User

POSTER = ("w185", "w342", "w500")
_PATH = re.compile(r"/[\w.-]+\Z", re.ASCII)
BACKDROP = ("w780", "w1280")
_TALL_PORTRAIT = 421  # pixels: TMDB names its largest portraits by their height, h632


@dataclasses.dataclass(frozen=True)
class Card:
    """`src` and `srcset` lead to our own pictures; both are empty without a picture."""

    url: str
    name: str
    sub: str
    src: str = ""
    srcset: str = ""
    mark: Mark | None = None


def picture(path: str, size: str) -> str:
    """Where a picture of TMDB's (`path` with its slash) stands in our store; "" without one, or for what is no path."""
    return f"{_pictures()}{size}{path}" if _PATH.match(path) else ""


@functools.cache
def _pictures() -> str:
    """What stands before size and name. Looked up once: a page of posters has dozens of addresses."""
    return reverse("catalog:tmdb-picture", args=["size", "name"]).removesuffix("size/name")


def srcset(path: str, sizes: tuple[str, ...] = POSTER) -> str:
    return ", ".join(f"{picture(path, size)} {size[1:]}w" for size in sizes) if _PATH.match(path) else ""


def portraits(path: str) -> str:
    """A person's picture in its sizes, as `srcset` does for others."""
    return f"{picture(path, 'w185')} 185w, {picture(path, 'h632')} {_TALL_PORTRAIT}w" if _PATH.match(path) else ""


def title_url(media_type: str, tmdb_id: int) -> str:
    return reverse("catalog:title", args=[media_type, tmdb_id])


def titles(user: User, listings: Iterable[Listing]) -> list[Card]:
    """Posters of titles, with what the house knows of each; a title is shown once."""
    unique = list({(one.media_type, one.tmdb_id): one for one in listings}.values())
    known = marks_for(user, [(one.media_type, one.tmdb_id) for one in unique])
    return [_card(one, known.get((one.media_type, one.tmdb_id))) for one in unique]


def _card(one: Listing, mark: Mark | None) -> Card:
    word = MediaType(one.media_type).label
    return Card(
        url=title_url(one.media_type, one.tmdb_id),
        name=one.title,
        sub=f"{one.release_date.year} · {word}" if one.release_date else str(word),
        src=picture(one.poster_path, "w342"),
        srcset=srcset(one.poster_path),
        mark=mark,
    )


def people(found: Iterable[PersonListing], *, with_titles: bool = True) -> list[Card]:
    """Portraits of people, `with_titles` they are known for: of those it is not known whether they are open to all."""
    return [
        Card(
            url=reverse("catalog:person", args=[one.person_id]),
            name=one.name,
            sub=", ".join(one.known_for) if with_titles else "",
            src=picture(one.profile_path, "w185"),
            srcset=portraits(one.profile_path),
        )
        for one in found
    ]


def listing_of(item: MediaItem) -> Listing:
    """A kept title as lists show it."""
    return Listing(
        media_type=item.media_type,
        tmdb_id=item.tmdb_id,
        title=item.title,
        original_title=item.original_title,
        overview=item.overview,
        release_date=item.release_date,
        poster_path=item.poster_path,
        backdrop_path=item.backdrop_path,
        score=float(item.vote_average) if item.vote_average is not None else None,
    )


def minutes(runtime: int | None) -> str:
    """A length as people say it: “2 h 19 min”."""
    if not runtime:
        return ""
    hours, rest = divmod(runtime, 60)
    if not hours:
        return _("%(minutes)d min") % {"minutes": rest}
    return _("%(hours)d h %(minutes)02d min") % {"hours": hours, "minutes": rest}
