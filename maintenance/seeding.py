"""What every installation starts with, and what the demo adds.

Safe to repeat: what an administrator changed or deleted stays so.
"""

from __future__ import annotations

from catalog.models import DiscoverRow
from catalog.starters import ROWS
from downloads.actions import PROFILES
from downloads.models import DownloadProfile
from guides import starters
from guides.models import GuidePage, QuickLink
from maintenance import demo as demos
from maintenance.demo import Demo
from maintenance.household import furnish
from maintenance.household.people import of_people
from maintenance.planting import Planted, Seed, plant
from services.actions import seed_services
from services.models import ServiceConfig


def seed() -> list[str]:
    """Add what is missing and renew what nobody touched; one line for each kind of thing, fit to print."""
    return [
        _line("Services", _services()),
        _line("Download profiles", plant(DownloadProfile, _profiles())),
        _line("Guide pages", plant(GuidePage, [_guide(page) for page in starters.pages()])),
        _line("Discover rows", plant(DiscoverRow, _rows())),
        _line("Quick links", plant(QuickLink, [_link(link) for link in starters.LINKS])),
    ]


def seed_demo(demo: Demo, *, among_people: bool = False) -> list[str]:
    """Add the demo's people, what they have done so far, and its connections.

    Raises BadDemo on a real installation, unless `among_people`.
    """
    if not among_people:
        demos.refuse_real_installation(demo)
    lines = [
        _line("Demo people", Planted(added=demos.seed_people(demo))),
        _line("Demo connections", Planted(renewed=demos.connect_services(demo)), renewed="set"),
    ]
    household = of_people([person.username for person in demo.people])
    return [*lines, *(furnish(household) if household else [])]


def _services() -> Planted:
    """A row for every kind of service; these cannot be deleted."""
    before = set(ServiceConfig.objects.values_list("pk", flat=True))
    seed_services()
    return Planted([str(row) for row in ServiceConfig.objects.exclude(pk__in=before)])


def _profiles() -> list[Seed]:
    has_default = DownloadProfile.objects.filter(is_default=True).exists()
    return [
        Seed(
            at={"slug": profile["slug"]},
            values={"name": profile["name"], "max_height": profile["max_height"]},
            beginnings={"is_default": bool(profile["is_default"]) and not has_default},
        )
        for profile in PROFILES
    ]


def _guide(page: starters.Page) -> Seed:
    text = {"title": page.title, "summary": page.summary, "body": page.body}
    return Seed(
        at={"slug": page.slug, "language": page.language},
        values={**text, "seeded_digest": GuidePage(**text).digest},
        beginnings={"section": page.section, "audience": page.audience, "position": page.position},
    )


def _link(link: starters.Link) -> Seed:
    return Seed(
        at={"url": link.url},
        values={"title": link.title, "description": link.description, "icon": link.icon},
        beginnings={"audience": link.audience, "position": link.position},
    )


def _rows() -> list[Seed]:
    return [
        Seed(
            at={"slug": row.slug},
            values={"kind": row.kind, "media_type": row.media_type, "title": row.title, "filters": row.filters},
            beginnings={"is_shown": row.is_shown, "position": place * 10},
        )
        for place, row in enumerate(ROWS, start=1)
    ]


def _line(what: str, done: Planted, *, renewed: str = "renewed") -> str:
    said = [f"{verb} {', '.join(names)}" for verb, names in (("added", done.added), (renewed, done.renewed)) if names]
    return f"{what}: {'; '.join(said)}." if said else f"{what}: all there."
