"""`/web`: what the server holds, for the eyes of somebody trying the demo."""

from __future__ import annotations

from flask import Blueprint, render_template

from sandbox.plex.filters import ordered
from sandbox.plex.records import Record
from sandbox.plex.replies import state
from sandbox.plex.state import FRIENDLY_NAME, OWNER_TOKEN

views = Blueprint("web", __name__)

NEWEST = 12


@views.get("/web")
@views.get("/web/", endpoint="web_slash")
@views.get("/web/index.html", endpoint="web_index")
def web() -> str:
    library = state().library
    with library.lock:
        shelves = [(section, _newest(section.key)) for section in library.sections.values()]
        collections = [(collection, collection.items) for collection in library.collections()]
    return render_template(
        "web.html",
        name=FRIENDLY_NAME,
        shelves=shelves,
        collections=collections,
        scanning=[scan.path for scan in state().scanner.running()],
        picture=_picture,
    )


def _newest(section_key: int) -> list[Record]:
    library = state().library
    section = library.sections[section_key]
    return ordered(library, library.items(section, section.type), "addedAt:desc")[:NEWEST]


def _picture(record: Record) -> str:
    return f"/library/metadata/{record.rating_key}/thumb/{record.updated_at}?X-Plex-Token={OWNER_TOKEN}"
