"""A foreign key over several columns, declared on the model like any other rule.

It lets a row repeat some of its parent's values, which a unique rule of its own needs, with PostgreSQL
keeping them the same: a change in the parent arrives in its rows by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.ddl_references import Columns, Statement, Table


class FollowsParent(models.BaseConstraint):
    """`fields` maps this model's fields to the parent's; the parent has a unique rule over its side.

    When the parent's values change, these change with them; when the parent goes, the row goes.
    """

    _add = (
        "ALTER TABLE %(table)s ADD CONSTRAINT %(name)s FOREIGN KEY (%(columns)s) "
        "REFERENCES %(parent)s (%(parent_columns)s) ON UPDATE CASCADE ON DELETE CASCADE"
    )
    _drop = "ALTER TABLE %(table)s DROP CONSTRAINT %(name)s"

    def __init__(
        self, *, name: str, parent: str, fields: Mapping[str, str], violation_error_message: Any = None
    ) -> None:
        super().__init__(name=name, violation_error_message=violation_error_message)
        self.parent = parent
        self.fields = dict(fields)

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        """Nothing inside CREATE TABLE: the parent's unique rule may not stand yet."""
        schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))
        return None

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        parent = model._meta.apps.get_model(self.parent)
        own = [model._meta.get_field(name).column for name in self.fields]
        theirs = [parent._meta.get_field(name).column for name in self.fields.values()]
        return Statement(
            self._add,
            table=Table(model._meta.db_table, schema_editor.quote_name),
            name=schema_editor.quote_name(self.name),
            columns=Columns(model._meta.db_table, own, schema_editor.quote_name),
            parent=Table(parent._meta.db_table, schema_editor.quote_name),
            parent_columns=Columns(parent._meta.db_table, theirs, schema_editor.quote_name),
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        return Statement(
            self._drop,
            table=Table(model._meta.db_table, schema_editor.quote_name),
            name=schema_editor.quote_name(self.name),
        )

    def validate(
        self, model: Any, instance: models.Model, exclude: Collection[str] | None = None, using: str = "default"
    ) -> None:
        """Raises ValidationError when no parent has these values."""
        if set(self.fields) & set(exclude or ()):
            return
        values = {theirs: instance.serializable_value(own) for own, theirs in self.fields.items()}
        parent = model._meta.apps.get_model(self.parent)
        if not parent._base_manager.using(using).filter(**values).exists():
            raise ValidationError(self.get_violation_error_message(), code=self.violation_error_code)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FollowsParent) and self.deconstruct() == other.deconstruct()

    def __hash__(self) -> int:
        return hash((self.name, self.parent, tuple(self.fields.items())))

    def deconstruct(self) -> Any:
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, "parent": self.parent, "fields": self.fields}
