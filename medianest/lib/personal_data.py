"""What the house keeps about a person: what they get when they ask for it, and what becomes of it when they leave.

Every app declares its part in its own `personal.py`, read at start-up. Each column that names a person is either
part of the export or left out of it for a written reason; a test walks the models and fails for one that is neither.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, TypeVar

from django.contrib.auth import get_user_model
from django.db.models import Field, ForeignKey, Model, Q, QuerySet

from medianest.lib.crypto import EncryptedTextField

if TYPE_CHECKING:
    from accounts.models import User

T = TypeVar("T", bound=Callable[["User"], None])
F = TypeVar("F", bound=Callable[["User"], Iterable[tuple[str, bytes]]])


@dataclasses.dataclass(frozen=True)
class Export:
    """One model's part of a person's export.

    `name` is the file's, without ending. `mine` are lookups from the model to the person; a row belongs to the person
    when one of them leads there, or to what they have as `known_by`. `leave_out` gives columns that are not told, each
    with its reason.
    """

    model: type[Model]
    name: str
    mine: tuple[str, ...]
    leave_out: Mapping[str, str] = dataclasses.field(default_factory=dict)
    known_by: str = "pk"

    def rows(self, person: User) -> QuerySet[Model]:
        """The person's rows, deleted ones among them, in the order of their keys."""
        mine = Q()
        for lookup in self.mine:
            mine |= Q(**{lookup: getattr(person, self.known_by)})
        named = [field.name for field in self.columns() if isinstance(field, ForeignKey)]
        return self.model._base_manager.filter(mine).select_related(*named).distinct().order_by("pk")

    def columns(self) -> list[Field[object, object]]:
        """What is told of a row: every column but secrets and those left out."""
        return [
            field
            for field in self.model._meta.concrete_fields
            if field.name not in self.leave_out and not isinstance(field, EncryptedTextField)
        ]


_KNOWN_BY = frozenset({"email", "identifier", "plex_id", "plex_username", "username"})

_EXPORTS: list[Export] = []
_LEFT_OUT: dict[tuple[type[Model], str], str] = {}
_FILES: list[Callable[[User], Iterable[tuple[str, bytes]]]] = []
_PARTINGS: list[Callable[[User], None]] = []


def export(
    model: type[Model], name: str, *mine: str, leave_out: Mapping[str, str] | None = None, known_by: str = "pk"
) -> None:
    """Declare that the rows of `model` that lead to a person by one of `mine` are theirs to take along.

    `known_by` is the attribute of the person that these lookups end in.
    """
    _EXPORTS.append(Export(model, name, mine, leave_out or {}, known_by))


def not_exported(model: type[Model], *columns: str, because: str) -> None:
    """Declare that `columns` of `model` name a person whose data the row is not, and why."""
    for column in columns:
        _LEFT_OUT[model, column] = because


def export_files(maker: F) -> F:
    """Declare files of a person that are theirs to take along, each as its name in the zip and its content."""
    _FILES.append(maker)
    return maker


def files_of(person: User) -> Iterator[tuple[str, bytes]]:
    """Every file that is the person's to take along, by name."""
    for maker in _FILES:
        yield from maker(person)


def at_parting(step: T) -> T:
    """Declare what has to be done for a person before their row goes: handing over, ending, forgetting.

    Called with the person inside the erasing transaction, in the order of the apps; what the database does by itself
    (rows that go along, names that are emptied) needs no step.
    """
    _PARTINGS.append(step)
    return step


def exports() -> list[Export]:
    """All declared parts, by file name."""
    return sorted(_EXPORTS, key=lambda part: part.name)


def erase(person: User) -> None:
    """Take a person out of the database: every app's parting step, then the row. To be called in a transaction."""
    for step in _PARTINGS:
        step(person)
    person.delete()


def undeclared(models: Iterable[type[Model]]) -> list[str]:
    """What names a person and is neither exported nor left out with a reason.

    As `app.Model.column` a column that points to a person; also, in a model that declares nothing, one that points to a
    row of somebody's, or bears a name that people are known by.
    """
    told = {(part.model, lookup.split("__")[0]) for part in _EXPORTS for lookup in part.mine}
    declared = told | _LEFT_OUT.keys()
    with_people = {model for model, _column in declared}
    return [
        f"{model._meta.label}.{field.name}"
        for model in models
        for field in model._meta.concrete_fields
        if (model, field.name) not in declared
        and (
            field.related_model is get_user_model()
            or (model not in with_people and (field.related_model in with_people or field.name in _KNOWN_BY))
        )
    ]
