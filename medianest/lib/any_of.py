"""Membership in what another query finds, in the form that PostgreSQL can answer from an index beside an OR."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, F, Func, Q, QuerySet


class _AnyOf(Func):
    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = BooleanField()


def any_of(field: str, ids: QuerySet[Any, Any]) -> Q:
    """A condition: `field` is among `ids`, a query of one column. `field = ANY(ARRAY(SELECT …))`.

    `IN (SELECT …)` would do alone; joined to another condition by OR it makes PostgreSQL read the whole table.
    """
    return Q(_AnyOf(F(field), ArraySubquery(ids.order_by())))
