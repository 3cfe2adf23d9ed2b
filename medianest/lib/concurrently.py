"""Unique rules put on a table in use, without making its writers wait."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.operations import NotInTransactionMixin
from django.db.migrations.operations import AddConstraint

_PLAIN, _CONCURRENT = "CREATE UNIQUE INDEX ", "CREATE UNIQUE INDEX CONCURRENTLY "


class AddUniqueConcurrently(NotInTransactionMixin, AddConstraint):
    """`AddConstraint` for a unique rule that is kept by an index (it has a condition or expressions).

    The migration must say `atomic = False`. What an interrupted run left behind, which PostgreSQL marks as not
    valid and never uses, is cleared first.
    """

    atomic = False

    def describe(self) -> str:
        return f"Concurrently create rule {self.constraint.name} on model {self.model_name}"

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self._ensure_not_in_transaction(schema_editor)
        model = to_state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        sql = str(self.constraint.create_sql(model, schema_editor))
        if not sql.startswith(_PLAIN):
            raise ValueError(f"{self.constraint.name} is not kept by an index of its own; use AddConstraint.")
        schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {schema_editor.quote_name(self.constraint.name)}")
        schema_editor.execute(sql.replace(_PLAIN, _CONCURRENT, 1), params=None)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self._ensure_not_in_transaction(schema_editor)
        if self.allow_migrate_model(
            schema_editor.connection.alias, to_state.apps.get_model(app_label, self.model_name)
        ):
            schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {schema_editor.quote_name(self.constraint.name)}")
