"""What a migration may not do, whoever wrote it: `faults(migration)` says in a sentence each.

Held by `medianest/tests/test_migration_rules.py` over every migration of ours.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.operations import NotInTransactionMixin
from django.db import models
from django.db.migrations import operations as ops
from django.db.migrations.migration import Migration
from django.db.migrations.operations.base import Operation


def faults(migration: Migration) -> list[str]:
    """Every rule that `migration` breaks, in its own order; empty when it may run on a house in use."""
    steps = list(_flat(migration.operations))
    made = {step.name_lower for step in steps if isinstance(step, ops.CreateModel)}
    found = [fault for step in steps for fault in _faults(step, made)]
    if migration.atomic and any(isinstance(step, NotInTransactionMixin) for step in steps):
        found.append("Concurrent work cannot run in a transaction: say `atomic = False`.")
    return found


def _flat(steps: Sequence[Operation]) -> Iterator[Operation]:
    for step in steps:
        if isinstance(step, ops.SeparateDatabaseAndState):
            yield from _flat(step.database_operations)
        else:
            yield step


def _faults(step: Operation, made: set[str]) -> Iterator[str]:
    if not step.reversible:
        yield f"“{step.describe()}” cannot be taken back: give it a reverse."
    table = str(getattr(step, "model_name", "") or getattr(step, "name", "")).lower()
    if not table or table in made or isinstance(step, NotInTransactionMixin):
        return
    if isinstance(step, ops.AddIndex):
        yield f"“{step.describe()}” makes everybody's writes wait: use AddIndexConcurrently."
    if isinstance(step, ops.RemoveIndex):
        yield f"“{step.describe()}” makes everybody wait, and so does taking it back: use RemoveIndexConcurrently."
    if isinstance(step, ops.AddConstraint) and isinstance(step.constraint, models.UniqueConstraint):
        yield f"“{step.describe()}” makes everybody's writes wait: use AddUniqueConcurrently."
    if isinstance(step, ops.AddConstraint) and isinstance(step.constraint, ExclusionConstraint):
        yield f"“{step.describe()}” makes everybody wait, and PostgreSQL knows no other way: say it of a new table."
    if isinstance(step, ops.AlterUniqueTogether | ops.AlterIndexTogether):
        yield f"“{step.describe()}” makes everybody's writes wait: say a UniqueConstraint and use AddUniqueConcurrently."
    yield from _column_faults(step)


def _column_faults(step: Operation) -> Iterator[str]:
    """What a column that is added or changed would index by itself."""
    if isinstance(step, ops.AddField | ops.AlterField) and step.field.unique:
        yield (
            f"“{step.describe()}” may make everybody's writes wait for its index: say a UniqueConstraint instead and use "
            "AddUniqueConcurrently."
        )
    if isinstance(step, ops.AddField) and _is_indexed(step.field):
        yield f"“{step.describe()}” indexes the column at once: say `db_index=False` and add the index concurrently."
    if isinstance(step, ops.AlterField) and _is_indexed(step.field) and not _is_key(step.field):
        yield f"“{step.describe()}” may index the column at once: say `db_index=False` and add the index concurrently."


def _is_key(field: Any) -> bool:
    return isinstance(field, models.ForeignKey)


def _is_indexed(field: Any) -> bool:
    return bool(field.db_index and not field.unique)
