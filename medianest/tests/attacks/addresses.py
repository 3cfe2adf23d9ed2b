"""All addresses of the project, as Django itself resolves them, and whose rows their ids name.

Whoever adds an address with an id in it adds it to `OWNED` or, with a reason, to `NOBODYS`.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings
from django.contrib import admin
from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.models import Session, User
from accounts.tests import rows as sign_ins
from catalog.models import LibraryShare
from catalog.tests.rows import item as library_item
from catalog.tests.rows import stored_discover_row as _stored_row
from catalog.tests.rows import stored_section, stored_title
from downloads.tests.views import making
from maintenance.models import PersonalExport
from medianest.tests.everyones_rows import MAKERS
from requests_app.tests.rows import problem, stored_film

Ids = dict[str, object]


@dataclasses.dataclass(frozen=True)
class Address:
    """A route of the project with what it wants filled in."""

    name: str
    route: str
    wants: tuple[str, ...]
    view: Callable[..., object]

    @property
    def is_admin(self) -> bool:
        return self.route.startswith("admin/")

    def filled(self, ids: Ids) -> str:
        return reverse(self.name, kwargs={name: ids[name] for name in self.wants})


def _walked(resolver: URLResolver, route: str = "", space: str = "") -> Iterator[Address]:
    for one in resolver.url_patterns:
        here = route + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _walked(one, here, f"{space}{one.namespace}:" if one.namespace else space)
        elif isinstance(one, URLPattern):
            yield Address(f"{space}{one.name}", here, tuple(one.pattern.regex.groupindex), one.callback)


ALL = list(_walked(get_resolver()))
PAGES = [one for one in ALL if not one.is_admin]
ADMIN = [one for one in ALL if one.is_admin and not one.name.endswith(":None")]
"""The admin's own; its nameless ones only lead to named ones."""


# --- whose rows ids name ----------------------------------------------------------------------------------------------
def _export(user: User) -> PersonalExport:
    """A finished one, with its file."""
    made = PersonalExport.objects.create(user=user)
    folder = Path(settings.DATA_DIR) / "exports"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{made.pk}.zip").write_bytes(b"PK, or so")
    now = timezone.now()
    PersonalExport.objects.filter(pk=made.pk).update(
        path=f"{made.pk}.zip", bytes=9, finished_at=now, expires_at=now + sign_ins.LATER
    )
    return made


def _download(user: User) -> Ids:
    return {"download_id": making.preview(user).pk}


def _entry(user: User) -> Ids:
    return {"entry_id": making.ordered(user, "failed", status="completed", visibility="private").entries.get().pk}


def _session(user: User) -> Ids:
    row: Session = sign_ins.session(user)
    row.save()
    return {"device_id": row.pk}


def _token(user: User) -> Ids:
    row = sign_ins.token(user)
    row.save()
    return {"token_id": row.pk}


def _wish(user: User) -> Ids:
    return {"id": stored_film(user=user).pk, "doing": "cancel"}


def _in_the_library(user: User) -> Ids:
    share = LibraryShare.objects.create(user=user, section=stored_section())
    row = library_item(share.section)
    row.save()
    return {"pk": row.pk}


def _section(user: User) -> Ids:
    return {"pk": LibraryShare.objects.create(user=user, section=stored_section()).section_id}


def _problem(user: User) -> Ids:
    row = problem(user)
    row.save()
    return {"id": row.pk, "doing": "comment"}


OWNED: dict[str, Callable[[User], Ids]] = {
    "accounts:end-device": _session,
    "accounts:end-token": _token,
    "api:request": _wish,
    "api:request-act": _wish,
    "catalog:library-picture": _in_the_library,
    "catalog:section": _section,
    "downloads:cancel": _download,
    "downloads:detail": _download,
    "downloads:discard": _download,
    "downloads:order": _download,
    "downloads:progress": _download,
    "downloads:publish": _download,
    "downloads:retry": _download,
    "downloads:retry-entry": _entry,
    "maintenance:export-file": lambda user: {"export_id": _export(user).pk},
    "requests:act": _wish,
    "requests:detail": _wish,
    "requests:now": _wish,
    "requests:problem": _problem,
    "requests:problem-act": _problem,
}
"""Address -> what makes a private row of somebody's that it shows or changes."""


def _title(_user: User) -> Ids:
    item = stored_title(media_type="movie")
    return {"media_type": "movie", "tmdb_id": item.tmdb_id}


def _secret(user: User) -> Ids:
    """Hers it is, and not the right one."""
    return {"text": user.pk.hex + "x" * 43}


def _row(_user: User) -> Ids:
    return {"pk": _stored_row().pk, "doing": "hide"}


NOBODYS: dict[str, tuple[str, Callable[[User], Ids]]] = {
    "api:title": ("Titles are everybody's.", _title),
    "catalog:change-row": ("Rows of the discover page are the household's, for administrators.", _row),
    "catalog:row": ("Rows of the discover page are everybody's.", lambda user: {"slug": _stored_row().slug}),
    "catalog:title": ("Titles are everybody's.", _title),
    "catalog:season": ("Titles are everybody's.", lambda user: {"tmdb_id": 1396, "number": 1}),
    "catalog:person": ("Actors are everybody's.", lambda user: {"person_id": 17419}),
    "catalog:collection": ("Collections are everybody's.", lambda user: {"collection_id": 2344}),
    "catalog:tmdb-picture": (
        "Pictures of titles are everybody's.",
        lambda user: {"size": "w342", "name": "none.jpg"},
    ),
    "downloads:thumbnail": (
        "Whoever may not see it gets a drawn picture (downloads/tests/views/test_thumbnail.py).",
        lambda user: {"video_id": "v0000000000"},
    ),
    "accounts:reset-link": ("The secret in the link is what opens it, for whomever it was sent to.", _secret),
    "accounts:confirm-address": ("The secret in the link is what opens it, for whomever it was sent to.", _secret),
    "person-picture": ("Everybody in the house sees everybody's picture.", lambda user: {"pk": user.pk, "mark": "x"}),
    "hooks:hook-overseerr": ("The secret in it is the household's.", lambda user: {"secret": "x" * 32}),
    "requests:problem-new": ("It is about a title, and titles are everybody's.", _title),
    "requests:collection": ("Collections are everybody's.", lambda user: {"collection_id": 2344}),
    "requests:ask": ("It asks for a title, and titles are everybody's.", _title),
    "services:connect": ("Services are the household's, for administrators.", lambda user: {"service_name": "plex"}),
}


def ids_for(address: Address, user: User) -> Ids:
    """What fills in an address, with rows of that person's."""
    if address.name in OWNED:
        return OWNED[address.name](user)
    return NOBODYS[address.name][1](user) if address.wants else {}


def of(user: User) -> list[tuple[Address, str]]:
    """Every page outside of the admin, filled in with rows of that person's. (One test says which are unknown here.)"""
    known = [one for one in PAGES if not one.wants or one.name in OWNED or one.name in NOBODYS]
    return [(one, one.filled(ids_for(one, user))) for one in known]


def in_admin() -> list[str]:
    """Every address of the admin; those of one row for a row of somebody's, or else for one that is not there."""
    rows: dict[str, Model] = {table: make(User.objects.create_user(f"of-{table}")) for table, make in MAKERS.items()}
    found = []
    for one in ADMIN:
        wanted = next((model for model in admin.site._registry if _is_about(one, model)), None)
        row = rows.get(wanted._meta.db_table) if wanted else None
        key = row.pk if row else uuid.uuid4()
        known = {"object_id": key, "app_label": "accounts", "content_type_id": 1}
        found.append(one.filled({name: known.get(name, key) for name in one.wants}))
    return found


def _is_about(address: Address, model: type[Model]) -> bool:
    return address.name.startswith(f"admin:{model._meta.app_label}_{model._meta.model_name}_")
