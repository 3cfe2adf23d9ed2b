from __future__ import annotations

from typing import Any

import pytest
from django.contrib.postgres.operations import AddIndexConcurrently
from django.core.management import get_commands
from django.db import migrations, models
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState
from pgtrigger.compiler import Trigger, UpsertTriggerSql
from pgtrigger.migrations import AddTrigger, RemoveTrigger

from medianest.lib.quick_migrations import quick

RULE = models.CheckConstraint(condition=models.Q(id__gt=0), name="positive")
TRIGGER = Trigger(
    name="still", sql=UpsertTriggerSql(pgid="still", table="leaf", hash="", func="", operation="DELETE", when="BEFORE")
)
ADDS = [
    migrations.AddConstraint("leaf", RULE),
    migrations.AddIndex("leaf", models.Index(fields=["tree"], name="by_tree")),
    AddIndexConcurrently("leaf", models.Index(fields=["tree"], name="by_tree")),
    AddTrigger("leaf", TRIGGER),
]


@pytest.fixture
def state() -> ProjectState:
    """A tree and its leaves, with their classes made."""
    made = ProjectState()
    made.add_model(ModelState("woods", "Tree", [("id", models.AutoField(primary_key=True))]))
    leaf = [("id", models.AutoField(primary_key=True)), ("tree", models.ForeignKey("woods.Tree", models.CASCADE))]
    made.add_model(ModelState("woods", "Leaf", leaf, options={"indexes": [], "constraints": []}))
    assert len(made.apps.get_models()) == 2
    return made


def classes(state: ProjectState) -> tuple[Any, Any]:
    return state.apps.get_model("woods", "Tree"), state.apps.get_model("woods", "Leaf")


@pytest.mark.parametrize("operation", ADDS, ids=lambda operation: type(operation).__name__)
def test_a_rule_makes_the_class_of_its_own_table_anew(operation: Operation, state: ProjectState) -> None:
    tree, leaf = classes(state)
    with quick():
        operation.state_forwards("woods", state)
    assert classes(state)[0] is tree
    assert classes(state)[1] is not leaf
    assert state.is_delayed


def test_the_new_class_knows_the_rule(state: ProjectState) -> None:
    with quick():
        ADDS[0].state_forwards("woods", state)
        assert classes(state)[1]._meta.constraints == [RULE]
        migrations.RemoveConstraint("leaf", "positive").state_forwards("woods", state)
        assert classes(state)[1]._meta.constraints == []


def test_a_trigger_goes_the_same_way(state: ProjectState) -> None:
    tree, _ = classes(state)
    with quick():
        AddTrigger("leaf", TRIGGER).state_forwards("woods", state)
        RemoveTrigger("leaf", "still").state_forwards("woods", state)
    assert state.models["woods", "leaf"].options["triggers"] == []
    assert classes(state)[0] is tree


def test_a_changed_column_reaches_every_related_table_after_a_rule(state: ProjectState) -> None:
    with quick():
        ADDS[0].state_forwards("woods", state)
        state.alter_field("woods", "tree", "id", models.UUIDField(primary_key=True), preserve_default=True)
    tree, leaf = classes(state)
    assert leaf._meta.get_field("tree").target_field is tree._meta.pk
    assert isinstance(leaf._meta.get_field("tree").target_field, models.UUIDField)


def test_a_table_whose_parent_got_a_rule_still_follows_it(state: ProjectState) -> None:
    with quick():
        migrations.AddConstraint("tree", RULE).state_forwards("woods", state)
        state.add_field("woods", "tree", "age", models.IntegerField(default=0), preserve_default=True)
        migrations.AddConstraint("tree", RULE.clone()).state_forwards("woods", state)
        state.alter_field("woods", "tree", "id", models.UUIDField(primary_key=True), preserve_default=True)
    tree, leaf = classes(state)
    assert isinstance(leaf._meta.get_field("tree").target_field, models.UUIDField)
    assert {field.name for field in tree._meta.get_fields()} == {"id", "age", "leaf"}


def test_nothing_stays_changed_afterwards(state: ProjectState) -> None:
    before = migrations.AddConstraint.state_forwards
    with pytest.raises(KeyError), quick():
        migrations.AddConstraint("stone", RULE).state_forwards("woods", state)
    assert migrations.AddConstraint.state_forwards is before
    assert "_find_reload_model" not in vars(state)


def test_migrate_is_the_quick_one() -> None:
    assert get_commands()["migrate"] == "maintenance"
