"""Membership in what a function of the database gives, in the form that PostgreSQL can answer from an index beside an OR."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import BooleanField, F, Func, Q, UUIDField, Value


class _AnyOf(Func):
    output_field = BooleanField()


def any_of(field: str, function: str, given: UUID | None) -> Q:
    """A condition: `field` is among the ids that `function`, an SQL function, gives as an array for `given`.

    `IN (SELECT …)` would do alone; joined to another condition by OR it makes PostgreSQL read the whole table.
    """
    among: Any = _AnyOf(
        F(field),
        Value(given, output_field=UUIDField()),
        arg_joiner=f" = ANY((SELECT {function}(",
        template="%(expressions)s))::uuid[])",
    )
    return Q(among)
