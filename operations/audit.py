"""The audit trail: who changed what, before and after, in which request or job.

`@audited()` on a model gives it a table of its own, `<table>_audit`, and three triggers that write one row there for
each row added, changed or deleted, whichever way the change came (ORM, bulk, raw SQL, psql). The trail knows no
foreign keys: it outlives what it tells about and whoever did it.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar, cast

import pghistory
import pgtrigger
from django.db import connection, models
from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import gettext_lazy as _
from pghistory.models import Event

from medianest.lib.append_only import AppendOnly
from medianest.lib.crypto import EncryptedTextField
from medianest.lib.trail_trigger import Kept, TrailTrigger

M = TypeVar("M", bound=models.Model)

NOISE = frozenset({"created_at", "updated_at", "last_used_at", "search"})
"""Columns that say nothing about what somebody did: the trail has a time of its own."""


class ChangeKind(models.TextChoices):
    INSERT = "insert", _("added")
    UPDATE = "update", _("changed")
    DELETE = "delete", _("deleted")


class Change(Event):
    """One row of a trail. `before` and `after` map column names to values.

    Something added has only `after`, something deleted only `before`; a change has in both what changed, and nothing
    else. `pgh_context` says who and through what (`audit_context.py`), or is null for a change past MediaNest.
    """

    pgh_id = models.BigAutoField(primary_key=True)
    pgh_created_at = models.DateTimeField()
    pgh_label = models.CharField(max_length=6, choices=ChangeKind)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    if TYPE_CHECKING:
        pgh_obj_id: Any  # as wide as the key of what is told about
        pgh_context: dict[str, Any] | None

    class Meta:
        abstract = True


@dataclasses.dataclass(frozen=True)
class Trail:
    """What is kept of a model: the names of its fields, and which of them are somebody's personal data.

    `owner` names the field that holds the person a row belongs to; the key itself for people.
    """

    model: type[models.Model]
    rows: type[Change]
    fields: tuple[str, ...]
    personal: tuple[str, ...]
    owner: str

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    def key(self, text: str) -> Any:
        """The key of a row. Raises ValidationError for what cannot be one."""
        fields: Any = self.rows._meta
        return fields.get_field("pgh_obj_id").to_python(text)


TRAILS: dict[str, Trail] = {}
"""By the name of the table that is audited."""

UNTOLD: dict[str, str] = {
    "jobs": "Is a record itself; whoever promised a job is named on it, and by what the job writes.",
    "security_events": "Is a trail itself, written once.",
    "error_logs": "Is a record itself.",
    "rate_limits": "Counts that mirror Redis.",
}
"""The tables without a trail, and why they need none."""


def untold(reason: str) -> Callable[[type[M]], type[M]]:
    """Keep no trail of the model, for this reason. A table that says neither this nor `audited` fails a test."""

    def note(model: type[M]) -> type[M]:
        UNTOLD[model._meta.db_table] = reason
        return model

    return note


def audited(
    *, exclude: Iterable[str] = (), personal: Iterable[str] = (), owner: str = "user"
) -> Callable[[type[M]], type[M]]:
    """Keep a trail of the model. Encrypted, computed and NOISE columns are never in it, nor is what `exclude` names.

    Of the rest, `personal` names what is taken out when the person whom the row belongs to is forgotten.
    A change of left-out columns alone leaves no row.
    """

    def keep(model: type[M]) -> type[M]:
        names = {field.name for field in model._meta.local_fields}
        unknown = {*exclude, *personal, *([owner] if personal else [])} - names
        if unknown:
            raise ValueError(f"{model.__name__} has no {', '.join(sorted(unknown))}.")
        fields = tuple(
            field.name for field in model._meta.local_fields if _is_told(field) and field.name not in exclude
        )
        _declare(model, fields)
        rows: Any = model.pgh_event_models[ChangeKind.INSERT]  # type: ignore[attr-defined]
        TRAILS[model._meta.db_table] = Trail(model, rows, fields, tuple(personal), owner)
        return model

    return keep


def _is_told(field: models.Field[Any, Any]) -> bool:
    secret = isinstance(field, EncryptedTextField | models.GeneratedField)
    return not (secret or field.primary_key or field.name in NOISE)


def _declare(model: type[models.Model], fields: tuple[str, ...]) -> None:
    table = f"{model._meta.db_table}_audit"
    key = model._meta.pk
    number = models.UUIDField() if isinstance(key, models.UUIDField) else models.BigIntegerField()
    pghistory.track(
        _Inserted(fields),
        _Updated(fields),
        _Deleted(fields),
        fields=[],
        obj_field=None,
        context_field=pghistory.ContextJSONField(),
        context_id_field=None,  # type: ignore[arg-type]  # what it takes to leave it out
        base_model=Change,
        model_name=f"{model.__name__}Audit",
        attrs={"pgh_obj_id": number, "__doc__": f"The trail of `{model._meta.db_table}`; see `operations/audit.py`."},
        meta={
            "db_table": table,
            "indexes": [
                models.Index(fields=["-pgh_created_at", "-pgh_id"], name=_short(table, "when")),
                models.Index(fields=["pgh_obj_id", "-pgh_created_at"], name=_short(table, "of")),
                *(
                    models.Index(
                        KeyTextTransform(fact, "pgh_context"),
                        models.F("pgh_created_at").desc(),
                        name=_short(table, end),
                    )
                    for fact, end in (("user", "by"), ("request", "in"))
                ),
            ],
            "constraints": [AppendOnly(name=_short(table, "kept"), hidden=True)],
        },
    )(model)


def _short(table: str, end: str) -> str:
    """A name of at most 30 characters, as Django wants for an index."""
    return f"{table[: 29 - len(end)]}_{end}"


# --- the triggers ---------------------------------------------------------------------------------------------------------
class _Tracker(pghistory.RowEvent):
    """Stands for a trigger of ours in pghistory's place. Its own copies the whole new row; see ADR 12."""

    def __init__(self, fields: tuple[str, ...]) -> None:
        self.fields = fields
        super().__init__(trigger_name=f"audit_{self.label}")

    def add_event_trigger(self, event_model: type[Change]) -> None:
        model: Any = event_model.pgh_tracked_model
        columns = {name: model._meta.get_field(name).column for name in self.fields}
        kept = Kept(event_model._meta.db_table, model._meta.pk.column, columns)
        kind, operation = cast("str", self.label), cast("pgtrigger.Operation", self.operation)
        pgtrigger.register(TrailTrigger(kind=kind, operation=operation, kept=kept))(model)


class _Inserted(_Tracker, pghistory.InsertEvent):
    pass


class _Updated(_Tracker, pghistory.UpdateEvent):
    pass


class _Deleted(_Tracker, pghistory.DeleteEvent):
    pass


@contextlib.contextmanager
def without_a_trail() -> Iterator[None]:
    """Leave no lines while it lasts: for rows made up in great numbers. Nobody else can write meanwhile.

    In a transaction only, whose failure brings the triggers back, and for the owner of the tables only.
    """
    _turn("DISABLE")
    yield
    _turn("ENABLE")


def _turn(how: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what waits for the end would stand in the way
        for trail in TRAILS.values():
            for trigger in trail.model._meta.triggers:  # type: ignore[attr-defined]  # pgtrigger's
                table = connection.ops.quote_name(trail.table)
                cursor.execute(f"ALTER TABLE {table} {how} TRIGGER {trigger.get_pgid(trail.model)}")
