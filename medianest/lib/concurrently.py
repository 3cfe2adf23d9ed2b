"""Unique rules put on a table in use, without making its writers wait."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.operations import NotInTransactionMixin
from django.db.migrations.operations import AddConstraint

_PLAIN, _CONCURRENT = "CREATE UNIQUE INDEX ", "CREATE UNIQUE INDEX CONCURRENTLY "


class AddUniqueConcurrently(NotInTransactionMixin, AddConstraint):
    """`AddConstraint` for a unique rule: its index is made first, and a rule over plain columns then takes that over.

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
        rule: Any = self.constraint.create_sql(model, schema_editor)
        name, table = schema_editor.quote_name(self.constraint.name), schema_editor.quote_name(model._meta.db_table)
        schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        if _keeps_itself(rule):
            schema_editor.execute(str(rule).replace(_PLAIN, _CONCURRENT, 1), params=None)
            return
        schema_editor.execute(f"{_CONCURRENT}{name} ON {table} ({rule.parts['columns']})", params=None)
        schema_editor.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE USING INDEX {name}{rule.parts['deferrable']}",
            params=None,
        )

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self._ensure_not_in_transaction(schema_editor)
        model = to_state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        name = schema_editor.quote_name(self.constraint.name)
        if _keeps_itself(self.constraint.create_sql(model, schema_editor)):
            schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        else:
            table = schema_editor.quote_name(model._meta.db_table)
            schema_editor.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}")


def _keeps_itself(rule: Any) -> bool:
    """Whether the rule is an index and nothing else: it has a condition, expressions or the like."""
    return str(rule).startswith(_PLAIN)
