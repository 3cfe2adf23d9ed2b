"""The tables as Markdown with Mermaid diagrams."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from tools.schema.catalogue import Constraint, Function, Table
from tools.schema.meaning import Meaning

_KINDS = {"p": "primary key", "u": "unique", "c": "check", "f": "foreign key", "x": "exclusion"}
_GENERATED = "pgtrigger_"
_NOTHING = Meaning("", "", {}, {})
_INTRODUCTION = """# The schema

Made by `python -m tools.schema` from the catalogue of a freshly migrated PostgreSQL; do not edit. `make lint` fails when it is old. The words come from the models.

Rights: `mn_app` (the web), `mn_staff` (the web for moderators and administrators) and `mn_worker` (background work) may select, insert, update and delete, unless a table says otherwise. “Row security: forced” means that a role sees only what a policy of the table lets it see, except for roles that pass row security (`mn_owner`, `mn_worker`)."""


def page(
    tables: Sequence[Table], meanings: dict[str, Meaning], apps: Sequence[str], functions: Sequence[Function] = ()
) -> str:
    """The whole document. `apps` gives the order of the chapters; tables of no app come last, then the functions."""
    by_app = {app: [t for t in tables if meanings.get(t.name, _NOTHING).app == app] for app in [*apps, ""]}
    own = [table for app in apps for table in by_app[app]]
    chapters = [_INTRODUCTION, f"{len(own)} tables, {sum(len(t.columns) for t in own)} columns.", _overview(own)]
    for app in apps:
        if by_app[app]:
            chapters += [f"## {app}", _diagram(by_app[app]), *(_table(t, meanings[t.name]) for t in by_app[app])]
    chapters.append("## Tables of Django and of libraries")
    chapters += [_table(table, meanings.get(table.name, _NOTHING)) for table in by_app[""]]
    chapters += _functions(functions)
    return "\n\n".join(chapters) + "\n"


def _functions(functions: Sequence[Function]) -> list[str]:
    """What policies and triggers call, with its text; the text of the trail's many triggers would say the same thrice."""
    if not functions:
        return []
    told = [f for f in functions if not f.name.startswith(_GENERATED)]
    head = ("function", "gives", "language", "rights", "may call it")
    rows = [(_code(f.name), _code(f.returns), f.language, "its owner's" if f.definer else "", f.callers) for f in told]
    bodies = [f"### {f.name.partition('(')[0]}\n\n```sql\n{f.body}\n```" for f in told]
    made = (
        f"Besides these, each trigger named `{_GENERATED}…` has a function of its name, which writes a row of the table's trail; "
        "`operations/audit.py` declares them."
    )
    return ["## Functions", made, _grid(head, rows), *bodies]


# --- diagrams ---------------------------------------------------------------------------------------------------------------
def _overview(tables: Sequence[Table]) -> str:
    """Which table points at which, without columns; the many that point at a person only are left out."""
    names = {table.name for table in tables}
    lines = sorted(
        {
            f"    {key.target} ||--o{{ {table.name} : {'_'.join(key.columns)}"
            for table in tables
            for key in table.foreign_keys
            if key.target in names and key.target not in ("users", table.name)
        }
    )
    people = sorted({t.name for t in tables for key in t.foreign_keys if key.target == "users"})
    said = f"Pointing at `users` (left out of the picture): {', '.join(f'`{name}`' for name in people)}."
    return "## Overview\n\n" + _mermaid(lines) + "\n\n" + said


def _diagram(tables: Sequence[Table]) -> str:
    lines = []
    for table in tables:
        lines.append(f"    {table.name} {{")
        primary, unique = table.columns_in("p"), table.columns_in("u")
        foreign = {name for key in table.foreign_keys for name in key.columns}
        for column in table.columns:
            marks = [m for m, where in (("PK", primary), ("FK", foreign), ("UK", unique)) if column.name in where]
            lines.append(f"        {_word(column.type)} {column.name} {', '.join(marks)}".rstrip())
        lines.append("    }")
    for table in tables:
        lines += sorted({_relation(table, key) for key in table.foreign_keys})
    return _mermaid(lines)


def _relation(table: Table, key: Constraint) -> str:
    optional = all(column.nullable for column in table.columns if column.name in key.columns)
    single = set(key.columns) <= table.columns_in("pu") and len(key.columns) == 1
    left, right = ("|o" if optional else "||"), ("o|" if single else "o{")
    return f"    {key.target} {left}--{right} {table.name} : {'_'.join(key.columns)}"


def _word(type_: str) -> str:
    """A type as Mermaid takes it: one word."""
    shorter = type_.replace("timestamp with time zone", "timestamptz").replace("character varying", "varchar")
    return re.sub(r"[^a-zA-Z0-9_\[\]()-]+", "_", shorter).strip("_")


def _mermaid(lines: Iterable[str]) -> str:
    return "\n".join(["```mermaid", "erDiagram", *lines, "```"])


# --- a table ----------------------------------------------------------------------------------------------------------------
def _table(table: Table, meaning: Meaning) -> str:
    parts = [f"### {table.name}"]
    parts += filter(None, (table.comment or meaning.text, _security(table), _rights(table)))
    columns = [
        (
            c.name,
            _code(c.type),
            "null" if c.nullable else "",
            _code(c.default),
            c.comment or meaning.columns.get(c.name),
        )
        for c in table.columns
    ]
    parts.append(_grid(("column", "type", "null", "default", "meaning"), columns))
    rules = [(k.name, _KINDS[k.kind], _code(k.definition), meaning.rules.get(k.name)) for k in table.constraints]
    parts.append(_grid(("constraint", "kind", "definition", "told as"), rules))
    if table.indexes:
        indexes = [
            (i.name, "unique" if i.unique else "", _code(_index(i.definition)), meaning.rules.get(i.name))
            for i in table.indexes
        ]
        parts.append(_grid(("index", "", "definition", "told as"), indexes))
    if table.policies:
        policies = [
            (p.name, p.command.lower(), p.roles, "" if p.permissive else "restrictive", _code(p.using), _code(p.check))
            for p in table.policies
        ]
        parts.append(_grid(("policy", "for", "roles", "", "sees", "may write"), policies))
    if table.triggers:
        triggers = [(t.name, _code(_trigger(t.definition))) for t in table.triggers]
        parts.append(_grid(("trigger", "definition"), triggers))
    return "\n\n".join(parts)


def _security(table: Table) -> str:
    if not table.secured:
        return ""
    return f"Row security: {'forced' if table.forced else 'on, but not for the owner'}."


def _rights(table: Table) -> str:
    said = [f"`{role}`: {', '.join(given).lower() or 'none'}" for role, given in table.rights.items()]
    return f"Rights: {'; '.join(said)}." if said else ""


def _index(definition: str) -> str:
    return definition.partition(" USING ")[2]


def _trigger(definition: str) -> str:
    return re.sub(r"^CREATE (CONSTRAINT )?TRIGGER \S+ ", r"\1", definition)


def _grid(head: Sequence[str], rows: Iterable[Sequence[str | None]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(_cell(cell or "") for cell in line) + " |" for line in lines)


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "\\|")


def _code(text: str) -> str:
    return f"`{text}`" if text else ""
