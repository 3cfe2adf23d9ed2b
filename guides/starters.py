"""The pages and links that MediaNest comes with. An administrator may change or delete each of them."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from guides.models import Audience

_TEXTS = Path(__file__).parent / "texts"


@dataclasses.dataclass(frozen=True)
class Page:
    """A page of help as it lies in `texts/<language>/<slug>.md`: `name: value` lines, an empty line, Markdown."""

    slug: str
    language: str
    title: str
    summary: str
    section: str
    audience: str
    position: int
    body: str


@dataclasses.dataclass(frozen=True)
class Link:
    url: str
    title: str
    description: str
    icon: str
    position: int
    audience: str = Audience.EVERYONE


LINKS = (
    Link("https://app.plex.tv/", "Watch in Plex", "Plex in the browser.", "tv", 10),
    Link("/downloads/new/", "Hand in a playlist", "From a YouTube link to a collection in Plex.", "plus", 20),
    Link("/status/", "Is the server up?", "How Plex and the rest are right now.", "activity", 30),
    Link("/setup/", "Connect services", "Plex, Overseerr, Uptime Kuma.", "settings", 40, Audience.ADMINISTRATORS),
)


def pages() -> list[Page]:
    """All pages in all languages."""
    return [_page(path) for path in sorted(_TEXTS.glob("*/*.md"))]


def _page(path: Path) -> Page:
    head, _, body = path.read_text(encoding="utf-8").partition("\n\n")
    said = dict(line.split(": ", 1) for line in head.splitlines())
    return Page(
        slug=path.stem,
        language=path.parent.name,
        title=said["title"],
        summary=said["summary"],
        section=said["section"],
        audience=said.get("audience", Audience.EVERYONE),
        position=int(said["position"]),
        body=body.strip() + "\n",
    )
