"""Migrations in a third of the time: a rule that comes to a table changes that table alone.

Before each operation Django makes the classes of the tables as they are then. For an index, a constraint or a trigger
it makes those of all related tables anew too, though only the table's own list of rules differs; with hundreds of rules
on tables that all refer to people, that was nine tenths of the time of a first start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db.migrations.operations.models import IndexOperation
from django.db.migrations.state import ProjectState

Forwards = Callable[[Any, str, ProjectState], None]


@contextmanager
def quick() -> Iterator[None]:
    """While this lasts, operations on rules make one class anew each. What changes columns does as Django does."""
    was: dict[type[Any], Forwards] = {kind: vars(kind)["state_forwards"] for kind in _kinds(IndexOperation)}
    for kind, forwards in was.items():
        kind.state_forwards = _alone(forwards)
    try:
        yield
    finally:
        for kind, forwards in was.items():
            kind.state_forwards = forwards


def _kinds(parent: type[Any]) -> Iterator[type[Any]]:
    """The operations on rules (django-pgtrigger's among them) that say themselves what they change."""
    for kind in parent.__subclasses__():
        if "state_forwards" in vars(kind):
            yield kind
        yield from _kinds(kind)


def _alone(forwards: Forwards) -> Forwards:
    def state_forwards(operation: Any, app_label: str, state: ProjectState) -> None:
        # Django asks this private method which classes to make. Were it renamed, only the speed would be lost.
        vars(state)["_find_reload_model"] = lambda app_label, model_name, delay=False: {(app_label, model_name.lower())}
        state.is_delayed = True  # data migrations then make all classes anew, as after every change Django puts off
        try:
            forwards(operation, app_label, state)
        finally:
            del vars(state)["_find_reload_model"]

    return state_forwards
