"""Putting in rows that MediaNest comes with, and renewing them, without ever taking anything from an administrator.

What was put in is remembered beside it (`SeededRow`). A row that differs from what is remembered was changed by
somebody and is theirs; one that is remembered and gone was deleted by somebody and stays gone.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Model

from maintenance.models import SeededRow
from medianest.lib.locks import hold_until_commit


@dataclasses.dataclass(frozen=True)
class Seed:
    """One row: found by `at`, compared and renewed in `values` as a whole, and begun with `beginnings`."""

    at: dict[str, Any]
    values: dict[str, Any]
    beginnings: dict[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def key(self) -> str:
        return "/".join(str(part) for part in self.at.values())

    @property
    def digest(self) -> str:
        return _digest(self.values)


@dataclasses.dataclass
class Planted:
    """The names of the rows that were put in and of those that were renewed."""

    added: list[str] = dataclasses.field(default_factory=list)
    renewed: list[str] = dataclasses.field(default_factory=list)


@transaction.atomic
def plant(model: type[Model], seeds: Iterable[Seed]) -> Planted:
    """Put in what is missing and was not deleted; renew what nobody changed since it was put in."""
    kind = model._meta.label_lower
    hold_until_commit(f"maintenance.plant:{kind}")
    remembered = dict(SeededRow.objects.filter(kind=kind).values_list("key", "digest"))
    done = Planted()
    for seed in seeds:
        row = model._default_manager.filter(**seed.at).first()
        known = remembered.get(seed.key)
        if row is None:
            if known is None and (made := _added(model, seed)) is not None:
                _remember(kind, seed)
                done.added.append(str(made))
        elif known is None or _digest_of(row, seed) == seed.digest:
            _remember(kind, seed)
        elif known == _digest_of(row, seed):
            _renew(row, seed)
            _remember(kind, seed)
            done.renewed.append(str(row))
    return done


def once(kind: str, key: str) -> bool:
    """Whether this is the first time that this is asked; remembered with the transaction under way."""
    hold_until_commit(f"maintenance.plant:{kind}")
    digest = _digest({"kind": kind, "key": key})
    return SeededRow.objects.get_or_create(kind=kind, key=key, defaults={"digest": digest})[1]


def _added(model: type[Model], seed: Seed) -> Model | None:
    """The new row; None when a rule forbids it, because an administrator's own row stands in its place."""
    try:
        with transaction.atomic():
            return model._default_manager.create(**seed.at, **seed.beginnings, **seed.values)
    except IntegrityError:
        return None


def _renew(row: Model, seed: Seed) -> None:
    for name, value in seed.values.items():
        setattr(row, name, value)
    row.save()


def _remember(kind: str, seed: Seed) -> None:
    SeededRow.objects.update_or_create(kind=kind, key=seed.key, defaults={"digest": seed.digest})


def _digest_of(row: Model, seed: Seed) -> str:
    return _digest({name: getattr(row, name) for name in seed.values})


def _digest(values: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
