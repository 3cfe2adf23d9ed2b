"""Whose rows are whose, declared on the model like any other rule and kept by PostgreSQL's row-level security.

A policy is SQL over the row's own columns. It is asked for the web's role `mn_app`; `mn_staff` (moderators, for as long
as a page that is marked for them runs) and `mn_worker` (background work) see every row. Without a person a query
finds nothing. How to write one that PostgreSQL answers from an index: docs/adr/0009-row-level-security.md.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import models
from django.db.backends.ddl_references import Statement, Table

ME = "(SELECT nullif(current_setting('app.user_id', true), '')::uuid)"
"""The person the transaction acts for; null when nobody said. The SELECT makes PostgreSQL read it once per query."""
ANYBODY = "true"
NOBODY = "false"
"""Not by people: only by staff, or by background work."""


def own(column: str = "user_id") -> str:
    """The row is the person's whom `column` names."""
    return f"{column} = {ME}"


def own_or(other: str, column: str = "user_id") -> str:
    """The row is the person's whom `column` names, or meets `other`.

    A CASE: of an OR PostgreSQL makes index conditions that it misjudges, and then sorts all of a person's rows to show
    twenty. This way the query's own filter finds the rows and the policy looks at each.
    """
    return f"CASE WHEN {own(column)} THEN true ELSE {other} END"


def among(column: str, function: str) -> str:
    """`column` is one of the ids that `function`, an SQL function without arguments, gives as an array."""
    return f"{column} = ANY((SELECT {function}())::uuid[])"


def with_parent(column: str, parent: str, condition: str = ANYBODY) -> str:
    """The row of table `parent` that `column` names is one the person sees, and meets `condition` over its columns."""
    return f"EXISTS (SELECT FROM {parent} WHERE {parent}.id = {column} AND {condition})"


def looked_up(column: str, parent: str) -> str:
    """The same as `with_parent`, for rows of many parents at once, as a list reads them.

    Of an EXISTS PostgreSQL may make a table of all parents a person sees, which is dear to find out while there are few
    of them; what gives a value it looks up by key, each time.
    """
    return f"(SELECT true FROM {parent} WHERE {parent}.id = {column})"  # noqa: S608  (words of the models)


class RowSecurity(models.BaseConstraint):
    """Row-level security of a table: which rows a person sees, adds, changes and removes, each as a condition in SQL.

    What is not said of `change` is as of `see`, what is not said of `add` and `remove` as of `change`.
    """

    def __init__(
        self, *, name: str, see: str, change: str | None = None, add: str | None = None, remove: str | None = None
    ) -> None:
        super().__init__(name=name)
        self.see = see
        self.change = see if change is None else change
        self.add = self.change if add is None else add
        self.remove = self.change if remove is None else remove

    def policies(self) -> dict[str, str]:
        """The policies by name, each as what follows `CREATE POLICY … ON …`."""
        found = {"house": "FOR ALL TO mn_staff, mn_worker USING (true) WITH CHECK (true)"}
        if self.see == self.change == self.add == self.remove:
            return found | {"person": f"FOR ALL TO mn_app USING ({self.see}) WITH CHECK ({self.see})"}
        return found | {
            "person_sees": f"FOR SELECT TO mn_app USING ({self.see})",
            "person_adds": f"FOR INSERT TO mn_app WITH CHECK ({self.add})",
            "person_changes": f"FOR UPDATE TO mn_app USING ({self.change}) WITH CHECK ({self.change})",
            "person_removes": f"FOR DELETE TO mn_app USING ({self.remove})",
        }

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        """Nothing inside CREATE TABLE: it follows when the table stands."""
        schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))
        return None

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        lines = [
            "ALTER TABLE %(table)s ENABLE ROW LEVEL SECURITY",
            "ALTER TABLE %(table)s FORCE ROW LEVEL SECURITY",
            *(f"CREATE POLICY {name} ON %(table)s {rule.replace('%', '%%')}" for name, rule in self.policies().items()),
        ]
        return self._statement("; ".join(lines), model, schema_editor)

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        lines = [
            *(f"DROP POLICY {name} ON %(table)s" for name in self.policies()),
            "ALTER TABLE %(table)s NO FORCE ROW LEVEL SECURITY",
            "ALTER TABLE %(table)s DISABLE ROW LEVEL SECURITY",
        ]
        return self._statement("; ".join(lines), model, schema_editor)

    @staticmethod
    def _statement(template: str, model: Any, schema_editor: Any) -> Any:
        return Statement(template, table=Table(model._meta.db_table, schema_editor.quote_name))

    def validate(
        self, model: Any, instance: models.Model, exclude: Collection[str] | None = None, using: str = "default"
    ) -> None:
        """Nothing to tell a person: the pages and actions never get here with somebody else's row."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RowSecurity) and self.deconstruct() == other.deconstruct()

    def __hash__(self) -> int:
        return hash((self.name, self.see, self.change, self.add, self.remove))

    def deconstruct(self) -> Any:
        path, args, kwargs = super().deconstruct()
        said = {"see": self.see, "change": self.change, "add": self.add, "remove": self.remove}
        return path, args, {**kwargs, **said}


def own_rows(name: str, owner: str = "user_id") -> RowSecurity:
    """The plain case: a row belongs to the person in `owner`, and nobody else sees or touches it."""
    return RowSecurity(name=name, see=own(owner))
