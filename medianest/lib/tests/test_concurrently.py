"""A unique rule comes to a table in use and goes again, whatever an earlier try left behind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, connection, models
from django.db.migrations.state import ModelState, ProjectState
from django.db.models.functions import Lower

from medianest.lib.concurrently import AddUniqueConcurrently

pytestmark = pytest.mark.django_db(transaction=True)

RULES = [
    models.UniqueConstraint(fields=["tree", "name"], name="nests_once"),
    models.UniqueConstraint(fields=["name"], name="nests_once", deferrable=models.Deferrable.IMMEDIATE),
    models.UniqueConstraint(fields=["name"], name="nests_once", condition=models.Q(tree=1)),
    models.UniqueConstraint(Lower("name"), name="nests_once"),
]


@pytest.fixture
def before() -> Iterator[ProjectState]:
    """A table in use."""
    state = ProjectState()
    columns: list[tuple[str, models.Field[Any, Any]]] = [
        ("id", models.AutoField(primary_key=True)),
        ("tree", models.IntegerField()),
        ("name", models.TextField()),
    ]
    state.add_model(ModelState("woods", "Nest", columns, options={"db_table": "nests", "constraints": []}))
    with connection.schema_editor() as editor:
        editor.create_model(state.apps.get_model("woods", "Nest"))
    yield state
    ask("DROP TABLE nests")


def ask(sql: str) -> list[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []


def put(name: str) -> None:
    ask(f"INSERT INTO nests (tree, name) VALUES (1, '{name}')")


def apply(rule: models.UniqueConstraint, before: ProjectState, *, back: bool = False) -> None:
    step, after = AddUniqueConcurrently("nest", rule), before.clone()
    step.state_forwards("woods", after)
    with connection.schema_editor(atomic=False) as editor:
        if back:
            step.database_backwards("woods", editor, after, before)
        else:
            step.database_forwards("woods", editor, before, after)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule.deconstruct()[2].get("fields", "lower")))
def test_a_rule_is_what_django_would_have_made_and_can_be_taken_back(
    rule: models.UniqueConstraint, before: ProjectState
) -> None:
    apply(rule, before)
    made = shape()
    put("wren")
    with pytest.raises(IntegrityError):
        put("wren")
    apply(rule, before, back=True)
    assert shape() == []
    with connection.schema_editor() as editor:
        editor.add_constraint(before.apps.get_model("woods", "Nest"), rule)
    assert made == shape()


def shape() -> list[tuple[str, ...]]:
    return ask(
        "SELECT pg_get_indexdef(indexrelid), indisvalid::text, coalesce(pg_get_constraintdef(c.oid), '') FROM pg_index"
        " LEFT JOIN pg_constraint c ON c.conindid = indexrelid WHERE indrelid = 'nests'::regclass AND NOT indisprimary"
    )


@pytest.mark.parametrize("rule", RULES[:1] + RULES[2:], ids=["plain", "conditional", "expression"])
def test_what_a_try_that_failed_left_behind_is_cleared(rule: models.UniqueConstraint, before: ProjectState) -> None:
    put("wren")
    put("wren")
    with pytest.raises(IntegrityError):
        apply(rule, before)
    assert [valid for _index, valid, _rule in shape()] == ["false"]
    ask("DELETE FROM nests WHERE id = 1")
    apply(rule, before)
    assert [valid for _index, valid, _rule in shape()] == ["true"]
