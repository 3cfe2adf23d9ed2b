"""What PostgreSQL itself says about the tables, as plain values in an order that does not change."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import connection

USUAL_RIGHTS = ("DELETE", "INSERT", "SELECT", "UPDATE")


@dataclasses.dataclass(frozen=True)
class Column:
    name: str
    type: str
    nullable: bool
    default: str
    comment: str


@dataclasses.dataclass(frozen=True)
class Constraint:
    """`kind` is PostgreSQL's letter: p primary key, u unique, c check, f foreign key, x exclusion."""

    name: str
    kind: str
    definition: str
    columns: tuple[str, ...]
    target: str


@dataclasses.dataclass(frozen=True)
class Index:
    name: str
    definition: str
    unique: bool


@dataclasses.dataclass(frozen=True)
class Policy:
    name: str
    command: str
    roles: str
    permissive: bool
    using: str
    check: str


@dataclasses.dataclass(frozen=True)
class Trigger:
    name: str
    definition: str


@dataclasses.dataclass(frozen=True)
class Function:
    """`callers` are the running roles that may call it; `definer` says that it runs with its owner's rights."""

    name: str
    returns: str
    language: str
    definer: bool
    callers: str
    body: str


@dataclasses.dataclass
class Table:
    """A table with all that hangs on it. `rights` are those of the running roles where they are not the usual four."""

    name: str
    comment: str
    secured: bool
    forced: bool
    columns: list[Column] = dataclasses.field(default_factory=list)
    constraints: list[Constraint] = dataclasses.field(default_factory=list)
    indexes: list[Index] = dataclasses.field(default_factory=list)
    policies: list[Policy] = dataclasses.field(default_factory=list)
    triggers: list[Trigger] = dataclasses.field(default_factory=list)
    rights: dict[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)

    @property
    def foreign_keys(self) -> list[Constraint]:
        return [each for each in self.constraints if each.kind == "f"]

    def columns_in(self, kinds: str) -> set[str]:
        """Columns that alone make up a constraint of one of these kinds."""
        return {each.columns[0] for each in self.constraints if each.kind in kinds and len(each.columns) == 1}


_OURS = "n.nspname = 'public' AND c.relkind IN ('r', 'p')"
_TABLES = f"""
    SELECT c.relname, COALESCE(obj_description(c.oid, 'pg_class'), ''), c.relrowsecurity, c.relforcerowsecurity
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE {_OURS} ORDER BY c.relname COLLATE "C"
"""  # noqa: S608  (only words of this file)
_COLUMNS = f"""
    SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull,
        CASE WHEN a.attidentity <> '' THEN 'identity'
             WHEN a.attgenerated <> '' THEN 'generated: ' || pg_get_expr(d.adbin, d.adrelid)
             ELSE COALESCE(pg_get_expr(d.adbin, d.adrelid), '') END,
        COALESCE(col_description(c.oid, a.attnum), '')
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE {_OURS} ORDER BY c.relname COLLATE "C", a.attnum
"""  # noqa: S608
_CONSTRAINTS = f"""
    SELECT c.relname, k.conname, k.contype::text, pg_get_constraintdef(k.oid, true),
        ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY AS u(number, place)
              JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = u.number ORDER BY u.place),
        COALESCE((SELECT t.relname::text FROM pg_class t WHERE t.oid = k.confrelid), '')
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_constraint k ON k.conrelid = c.oid
    WHERE {_OURS} AND k.contype IN ('p', 'u', 'c', 'f', 'x')
    ORDER BY c.relname COLLATE "C", array_position(ARRAY['p', 'u', 'x', 'f', 'c'], k.contype::text),
        k.conname COLLATE "C"
"""  # noqa: S608
_INDEXES = f"""
    SELECT c.relname, i.relname, pg_get_indexdef(i.oid), x.indisunique
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_index x ON x.indrelid = c.oid JOIN pg_class i ON i.oid = x.indexrelid
    WHERE {_OURS} AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.oid AND k.contype IN ('p', 'u', 'x'))
    ORDER BY c.relname COLLATE "C", i.relname COLLATE "C"
"""  # noqa: S608
_POLICIES = """
    SELECT tablename, policyname, cmd, array_to_string(ARRAY(SELECT r FROM unnest(roles) r ORDER BY r), ', '),
        permissive = 'PERMISSIVE', COALESCE(qual, ''), COALESCE(with_check, '')
    FROM pg_policies WHERE schemaname = 'public' ORDER BY tablename COLLATE "C", policyname COLLATE "C"
"""
_TRIGGERS = f"""
    SELECT c.relname, t.tgname, pg_get_triggerdef(t.oid, true)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_trigger t ON t.tgrelid = c.oid
    WHERE {_OURS} AND NOT t.tgisinternal ORDER BY c.relname COLLATE "C", t.tgname COLLATE "C"
"""  # noqa: S608
_RIGHTS = f"""
    SELECT c.relname, r.rolname, array_agg(g.privilege_type ORDER BY g.privilege_type)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    CROSS JOIN pg_roles r
    LEFT JOIN LATERAL aclexplode(c.relacl) g ON g.grantee = r.oid
    WHERE {_OURS} AND r.rolname IN ('mn_app', 'mn_staff', 'mn_worker')
    GROUP BY c.relname, r.rolname ORDER BY c.relname COLLATE "C", r.rolname
"""  # noqa: S608


_FUNCTIONS = """
    SELECT p.proname || '(' || pg_get_function_arguments(p.oid) || ')', pg_get_function_result(p.oid), l.lanname,
        p.prosecdef, array_to_string(ARRAY(
            SELECT r.rolname FROM pg_roles r WHERE r.rolname IN ('mn_app', 'mn_staff', 'mn_worker')
            AND has_function_privilege(r.oid, p.oid, 'EXECUTE') ORDER BY r.rolname), ', '), btrim(p.prosrc, E' \\n')
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
    WHERE n.nspname = 'public'
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    ORDER BY p.proname COLLATE "C", 1
"""


def functions() -> list[Function]:
    """Every function of the `public` schema, by name."""
    return [Function(*row) for row in _rows(_FUNCTIONS)]


def read() -> list[Table]:
    """Every table of the database's `public` schema, by name."""
    tables = {row[0]: Table(*row) for row in _rows(_TABLES)}
    for table, *rest in _rows(_COLUMNS):
        tables[table].columns.append(Column(*rest))
    for table, name, kind, definition, columns, target in _rows(_CONSTRAINTS):
        tables[table].constraints.append(Constraint(name, kind, definition, tuple(columns), target))
    for table, *rest in _rows(_INDEXES):
        tables[table].indexes.append(Index(*rest))
    for table, *rest in _rows(_POLICIES):
        tables[table].policies.append(Policy(*rest))
    for table, *rest in _rows(_TRIGGERS):
        tables[table].triggers.append(Trigger(*rest))
    _read_rights(tables)
    return list(tables.values())


def _read_rights(tables: dict[str, Table]) -> None:
    found: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for table, role, rights in _rows(_RIGHTS):
        found[table][role] = tuple(filter(None, rights))
    for name, rights in found.items():
        tables[name].rights = {role: given for role, given in rights.items() if given != USUAL_RIGHTS}


def _rows(query: str) -> Sequence[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())
