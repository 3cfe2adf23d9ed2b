"""Moving stored secrets to the newest encryption key, whatever table they stand in."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator

from django.apps import apps
from django.db import connection, models, transaction

from medianest.lib.crypto import CannotDecrypt, EncryptedTextField, Sealed, keyring

BATCH = 200
Row = models.Model


class RowsHidden(Exception):
    """The database shows this role only some rows of a table, so secrets would be left behind."""


@dataclasses.dataclass(frozen=True)
class Column:
    """An encrypted column."""

    model: type[Row]
    field: EncryptedTextField

    def __str__(self) -> str:
        return f"{self.model._meta.db_table}.{self.field.column}"

    def rows(self) -> models.QuerySet[Row]:
        """Every row that holds a secret, also those that a model's own manager leaves out."""
        name = self.field.attname
        return models.QuerySet(self.model).exclude(**{name: ""}).exclude(**{f"{name}__isnull": True})

    def stored(self, row: Row) -> str:
        """What stands in the database, unopened."""
        return str(row.__dict__[self.field.attname])


@dataclasses.dataclass(frozen=True)
class Unreadable:
    """A secret that stays as it is: no key opens it. Whoever it belongs to has to enter it again."""

    column: Column
    pk: object
    reason: str


@dataclasses.dataclass
class Result:
    """What a run did (or would do) with one column."""

    column: Column
    moved: int = 0
    changed_meanwhile: int = 0
    unreadable: list[Unreadable] = dataclasses.field(default_factory=list)


def columns() -> list[Column]:
    """Every encrypted column of every table, in the order of the apps."""
    return [
        Column(model, field)
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, EncryptedTextField)
    ]


def refuse_hidden_rows(found: Iterable[Column]) -> None:
    """Raises RowsHidden when row-level security would hide rows of one of these tables from us."""
    with connection.cursor() as cursor:
        for table in {column.model._meta.db_table for column in found}:
            cursor.execute("SELECT row_security_active(%s)", [table])
            if cursor.fetchone()[0]:
                raise RowsHidden(
                    f"Row-level security hides rows of {table} from this database role. "
                    "Run the command with the owner's DATABASE_URL, as `migrate` is."
                )


def census(column: Column) -> Counter[str]:
    """How many secrets each key id closed; "" stands for text that is not of our form."""
    name = connection.ops.quote_name
    table, field = name(column.model._meta.db_table), name(str(column.field.column))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT CASE WHEN {field} ~ '^[^:]+:[^:]+:' THEN split_part({field}, ':', 2) ELSE '' END, count(*)"  # noqa: S608
            f" FROM {table} WHERE {field} <> '' GROUP BY 1"
        )
        return Counter(dict(cursor.fetchall()))


def rotate(column: Column, result: Result, *, dry_run: bool = False, batch: int = BATCH) -> Iterator[int]:
    """Re-encrypt what the newest key did not close; gives the number of rows looked at after each batch.

    A batch is one short transaction, so that a stop loses no more than that, and what is done is not done again.
    A row that somebody changes meanwhile keeps their change. Fills in `result` on the way.
    """
    left = column.rows().exclude(**{f"{column.field.attname}__startswith": keyring().newest_prefix})
    left = left.only("pk", column.field.bind_to, column.field.attname).order_by("pk")
    last: object = None
    while rows := list((left if last is None else left.filter(pk__gt=last))[:batch]):
        with transaction.atomic():
            for row in rows:
                _move(column, row, result, dry_run=dry_run)
        last = rows[-1].pk
        yield len(rows)


def _move(column: Column, row: Row, result: Result, *, dry_run: bool) -> None:
    bound_to, stored = column.field.binding(row), column.stored(row)
    try:
        plain = keyring().decrypt(stored, bound_to=bound_to)
    except CannotDecrypt as reason:
        result.unreadable.append(Unreadable(column, row.pk, str(reason)))
        return
    if dry_run:
        result.moved += 1
        return
    fresh = Sealed(keyring().encrypt(plain, bound_to=bound_to))
    name = column.field.attname
    unchanged: models.QuerySet[Row] = models.QuerySet(column.model).filter(pk=row.pk, **{name: Sealed(stored)})
    if unchanged.update(**{name: fresh}):
        result.moved += 1
    else:
        result.changed_meanwhile += 1


def unneeded_keys(counts: Iterable[Counter[str]]) -> list[str]:
    """Ids of the keys that closed nothing any more; the first key never is among them."""
    used = {key_id for count in counts for key_id, number in count.items() if number}
    return [key_id for key_id in keyring().keys if key_id != keyring().active_id and key_id not in used]
