"""The rule that an active administrator is always left, kept by PostgreSQL whichever way the change comes.

Actions ask first and answer with a sentence; this is for the shell, for bulk updates, and for two people at once.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import models

LOCK = "accounts.administrators"
"""Held by whoever takes an administrator away, so that two do not each count on the other's."""

# After the row, so that a statement over many rows is judged by what it leaves. Each query in a function sees what was
# committed while it waited for the lock.
_FUNCTION = f"""
CREATE OR REPLACE FUNCTION public.keep_an_administrator() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('{LOCK}', 0));
    IF NOT EXISTS (SELECT FROM public.users WHERE role = 'ADMIN' AND status = 'active') THEN
        RAISE EXCEPTION 'No active administrator would be left.'
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_ARGV[0], TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END;
$$;
"""
_TRIGGERS = """
CREATE TRIGGER {name}_change AFTER UPDATE ON {table} FOR EACH ROW
    WHEN (OLD.role = 'ADMIN' AND OLD.status = 'active' AND NOT (NEW.role = 'ADMIN' AND NEW.status = 'active'))
    EXECUTE FUNCTION public.keep_an_administrator('{name}');
CREATE TRIGGER {name}_delete AFTER DELETE ON {table} FOR EACH ROW
    WHEN (OLD.role = 'ADMIN' AND OLD.status = 'active')
    EXECUTE FUNCTION public.keep_an_administrator('{name}');
"""
_GONE = """
DROP TRIGGER {name}_change ON {table};
DROP TRIGGER {name}_delete ON {table};
DROP FUNCTION public.keep_an_administrator();
"""


class KeepsAnAdministrator(models.BaseConstraint):
    """The last active administrator is neither demoted, suspended nor deleted."""

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        """Nothing inside CREATE TABLE: it follows when the table stands."""
        schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))
        return None

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        return _FUNCTION + _TRIGGERS.format(name=self.name, table=schema_editor.quote_name(model._meta.db_table))

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        return _GONE.format(name=self.name, table=schema_editor.quote_name(model._meta.db_table))

    def validate(
        self, model: Any, instance: models.Model, exclude: Collection[str] | None = None, using: str = "default"
    ) -> None:
        """Asked by `accounts.rules`, which knows whom to name."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, KeepsAnAdministrator) and self.deconstruct() == other.deconstruct()

    def __hash__(self) -> int:
        return hash(self.name)
