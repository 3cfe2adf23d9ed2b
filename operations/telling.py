"""A page of the audit trail in words: which table, which row, who, through what, and each column before and after."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import Model
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from operations.audit import TRAILS, ChangeKind
from operations.models import TrailEntry

_LONGEST = 200  # characters of a value
_THROUGH = ("request", "job", "command", "task", "address")


@dataclasses.dataclass(frozen=True)
class Told:
    """One change. `href` leads to the row's page in the admin, empty when there is none (any more)."""

    entry: TrailEntry
    what: str
    href: str
    kind: str
    who: str
    through: list[tuple[str, str]]
    columns: list[tuple[str, str, str]]


def told(entries: Sequence[TrailEntry]) -> list[Told]:
    """One query, for the names of all people in them."""
    names = _names(entries)
    return [_told(entry, names) for entry in entries]


def _told(entry: TrailEntry, names: dict[str, str]) -> Told:
    model, context = TRAILS[entry.source].model, entry.context or {}
    who = str(context.get("user") or "")
    return Told(
        entry=entry,
        what=str(model._meta.verbose_name),
        href="" if entry.kind == ChangeKind.DELETE else _page_of(model, entry.object_id),
        kind=str(ChangeKind(entry.kind).label),
        who=names.get(who, who) or (_("MediaNest") if context else _("past MediaNest")),
        through=[(fact, str(context[fact])) for fact in _THROUGH if context.get(fact)],
        columns=list(_columns(model, entry, names)),
    )


def _page_of(model: type[Model], object_id: str) -> str:
    if not admin.site.is_registered(model):
        return ""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[object_id])


def _columns(model: type[Model], entry: TrailEntry, names: dict[str, str]) -> Iterable[tuple[str, str, str]]:
    before, after = entry.before or {}, entry.after or {}
    labels = {field.name: str(field.verbose_name) for field in model._meta.concrete_fields}
    for name in dict.fromkeys([*before, *after]):
        yield labels.get(name, name), _shown(before.get(name), names), _shown(after.get(name), names)


def _shown(value: Any, names: dict[str, str]) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return names.get(text) or Truncator(text).chars(_LONGEST)


def _names(entries: Iterable[TrailEntry]) -> dict[str, str]:
    people: Any = get_user_model()
    found: set[str] = set()
    for entry in entries:
        found.add(str((entry.context or {}).get("user") or ""))
        fields = TRAILS[entry.source].model._meta.concrete_fields
        found |= {
            str(values[field.name])
            for field in fields
            for values in (entry.before or {}, entry.after or {})
            if field.related_model is people and values.get(field.name)
        }
    ids = [text for text in found if _is_id(text)]
    return {str(key): person.username for key, person in people._default_manager.only("username").in_bulk(ids).items()}


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
