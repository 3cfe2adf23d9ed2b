"""The triggers that write an audit trail, as SQL: one for each kind of change, once for each statement.

PostgreSQL hands a statement's rows over as two tables, as they were and as they are, so a bulk change costs one INSERT
and not one for each row. The SQL stands in migrations: what is here may be added to, and must not change its meaning.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

import pgtrigger
from pgtrigger import compiler

_CONTEXT = "DECLARE trail_context jsonb := NULLIF(current_setting('pghistory.context_metadata', true), '')::jsonb;"
# A line is written with the rights of the tables' owner: the running roles have none to add one themselves. Nobody else
# may name the function for a trigger of their own, which would be another way to make lines up.
_GUARD = """
            ALTER FUNCTION {pgid}() SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp;
            REVOKE ALL ON FUNCTION {pgid}() FROM PUBLIC;
"""
_MOST_ARGUMENTS = 50  # a function takes 100 arguments at most, and here each value has two


class TrailSQL(compiler.UpsertTriggerSql):
    """Makes function and trigger. Unlike pgtrigger's own there is no setting by which a session could skip them."""

    def __init__(self, *, pgid: str, **said: Any) -> None:
        super().__init__(pgid=pgid, **said)
        self.data += _GUARD.format(pgid=pgid)  # after the hash was taken: no migration has to be written anew for it

    def get_template(self) -> str:
        return """
            CREATE OR REPLACE FUNCTION {pgid}() RETURNS trigger LANGUAGE plpgsql AS $$
                {declare}
                BEGIN
                    {func}
                END;
            $$;

            DROP TRIGGER IF EXISTS {pgid} ON {table};
            CREATE TRIGGER {pgid} {when} {operation} ON {table}
                {referencing}
                FOR EACH {level}
                EXECUTE FUNCTION {execute};

            COMMENT ON TRIGGER {pgid} ON {table} IS '{hash}';
        """


@dataclasses.dataclass(frozen=True)
class Kept:
    """Where lines go and what they hold: `columns` maps the name of each value to its column."""

    table: str
    key: str
    columns: dict[str, str]


class TrailTrigger(pgtrigger.Trigger):
    """Writes a line for each row that a statement added, changed or deleted; for a change only what changed."""

    when = pgtrigger.After
    level = pgtrigger.Statement

    def __init__(self, *, kind: str, operation: pgtrigger.Operation, kept: Kept) -> None:
        old = None if operation == pgtrigger.Insert else "old_rows"
        new = None if operation == pgtrigger.Delete else "new_rows"
        rows = pgtrigger.Referencing(old=old, new=new)  # type: ignore[no-untyped-call]
        super().__init__(name=f"audit_{kind}", operation=operation, referencing=rows)
        self.kind = kind
        self.kept = kept

    def compile(self, model: Any) -> compiler.Trigger:
        name = self.get_pgid(model)
        sql = TrailSQL(
            pgid=name,
            declare=_CONTEXT,
            func=self.get_func(model),
            table=model._meta.db_table,
            when=self.when,
            operation=self.operation,
            referencing=self.referencing or "",
            level=self.level,
            execute=f"{name}()",
        )
        return compiler.Trigger(name=self.name, sql=sql)

    def get_func(self, model: Any) -> str:
        # Named with its schema: a session may put a temporary table of the same name in front of it.
        into = f'INSERT INTO public."{self.kept.table}" (pgh_created_at, pgh_label, pgh_obj_id, pgh_context, before, after)'
        facts = f"SELECT clock_timestamp(), '{self.kind}', {{}}.\"{self.kept.key}\", trail_context"
        if self.operation == pgtrigger.Insert:
            return f"{into} {facts.format('n')}, NULL, {_whole('n', self.kept)} FROM new_rows n; RETURN NULL;"
        if self.operation == pgtrigger.Delete:
            return f"{into} {facts.format('o')}, {_whole('o', self.kept)}, NULL FROM old_rows o; RETURN NULL;"
        before, after = (_changed(side, self.kept) for side in "on")
        return f"{into} {facts.format('n')}, {before}, {after} FROM {_pairs(self.kept)}; RETURN NULL;"


def _whole(side: str, kept: Kept) -> str:
    """A row as an object."""
    values = [f"'{name}', {side}.\"{column}\"" for name, column in kept.columns.items()]
    return " || ".join(
        f"jsonb_build_object({', '.join(values[start : start + _MOST_ARGUMENTS])})"
        for start in range(0, len(values), _MOST_ARGUMENTS)
    )


def _changed(side: str, kept: Kept) -> str:
    """What changed of a row, as an object."""
    return " || ".join(
        f'CASE WHEN o."{column}" IS DISTINCT FROM n."{column}"'
        f" THEN jsonb_build_object('{name}', {side}.\"{column}\") ELSE '{{}}' END"
        for name, column in kept.columns.items()
    )


def _pairs(kept: Kept) -> str:
    """Each changed row before (`o`) and after (`n`).

    PostgreSQL fills both tables row by row, so that their places pair them; keys do not, for a key can be changed, and
    one row can be changed twice by what its foreign keys set off. The join is a full one only because those are never
    done by comparing each with each, as a plan made for a single row would for ten thousand.
    """
    columns = kept.columns.values()
    old, new = (f"({_listed(side, columns)})" for side in "on")
    return (
        f"({_placed('old_rows', kept)}) o FULL JOIN ({_placed('new_rows', kept)}) n USING (trail_place)"
        f" WHERE {old} IS DISTINCT FROM {new}"
    )


def _placed(table: str, kept: Kept) -> str:
    columns = dict.fromkeys([kept.key, *kept.columns.values()])
    return f"SELECT {_listed(table, columns)}, row_number() OVER () AS trail_place FROM {table}"  # noqa: S608


def _listed(side: str, columns: Iterable[str]) -> str:
    return ", ".join(f'{side}."{column}"' for column in columns)
