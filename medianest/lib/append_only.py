"""A table whose rows are written once, declared on the model like any other rule.

A trigger refuses to change or remove them, to everybody. Rows of a `hidden` table are also added by none of the running
roles, only by functions of the tables' owner. Retention and the forgetting of a person go through functions
that belong to the table's owner and open the lock for themselves alone: `SECURITY DEFINER` with `medianest.rewriting`
set. Anybody may set that word; it opens nothing for a role that does not own the table.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import models

_FUNCTION = """
CREATE OR REPLACE FUNCTION public.refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('medianest.rewriting', true) = 'on'
        AND pg_has_role(current_user, (SELECT relowner FROM pg_catalog.pg_class WHERE oid = TG_RELID), 'USAGE')
    THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'The rows of % are written once.', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END;
$$;
"""
_TRIGGER = """
CREATE TRIGGER {name} BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION public.refuse_rewriting();
"""
# Asked by name, so that no role has to stand before the table does. The owner reads and lets go past all policies.
_HIDE = """
CREATE POLICY anybody_adds ON {table} FOR INSERT WITH CHECK (true);
CREATE POLICY house_reads ON {table} FOR SELECT USING (current_user <> 'mn_app');
CREATE POLICY nobody_changes ON {table} FOR UPDATE USING (true);
CREATE POLICY nobody_removes ON {table} FOR DELETE USING (true);
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
DO $$
DECLARE running name;
BEGIN
    FOR running IN SELECT rolname FROM pg_catalog.pg_roles WHERE rolname IN ('mn_app', 'mn_staff', 'mn_worker') LOOP
        EXECUTE pg_catalog.format('REVOKE INSERT ON {table} FROM %I', running);
    END LOOP;
END $$;
"""
_SHOW = """
ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
DROP POLICY anybody_adds ON {table};
DROP POLICY house_reads ON {table};
DROP POLICY nobody_changes ON {table};
DROP POLICY nobody_removes ON {table};
"""


class AppendOnly(models.BaseConstraint):
    """Rows may be added and read. With `hidden` only the tables' owner adds them, which is whom the trail's triggers run
    as, and the role that the web has on people's pages (`mn_app`) reads none.

    Changing is let through by the policies only to meet the trigger, which says so instead of changing nothing.
    """

    def __init__(self, *, name: str, hidden: bool = False, violation_error_message: Any = None) -> None:
        super().__init__(name=name, violation_error_message=violation_error_message)
        self.hidden = hidden

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        """Nothing inside CREATE TABLE: the table has to stand first."""
        schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))
        return None

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        table = schema_editor.quote_name(model._meta.db_table)
        made = _FUNCTION + _TRIGGER.format(name=schema_editor.quote_name(self.name), table=table)
        return made + _HIDE.format(table=table) if self.hidden else made

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        table = schema_editor.quote_name(model._meta.db_table)
        gone = f"DROP TRIGGER {schema_editor.quote_name(self.name)} ON {table};"
        return gone + _SHOW.format(table=table) if self.hidden else gone

    def validate(
        self, model: Any, instance: models.Model, exclude: Collection[str] | None = None, using: str = "default"
    ) -> None:
        """A new row is always welcome."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AppendOnly) and self.deconstruct() == other.deconstruct()

    def __hash__(self) -> int:
        return hash((self.name, self.hidden))

    def deconstruct(self) -> Any:
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, "hidden": True} if self.hidden else kwargs
