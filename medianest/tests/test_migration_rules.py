"""Every migration can be taken back, and none makes people wait for an index on a table in use."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import Migration

from medianest.lib.concurrently import AddUniqueConcurrently
from medianest.tests.filled import own_models
from tools.migration_rules import faults

INDEX = models.Index(fields=["name"], name="nests_name")
NEST = migrations.CreateModel("Nest", [("id", models.AutoField(primary_key=True)), ("name", models.TextField())])
ONCE = models.UniqueConstraint(fields=["name"], name="nests_once")
APART = ExclusionConstraint(name="nests_apart", expressions=[("name", "=")], index_type="SPGIST")
LONG = models.CheckConstraint(condition=~models.Q(name=""), name="nests_named")
PERSON: Any = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)


def migration(*operations: Any, atomic: bool = True) -> Migration:
    made = Migration("0002_more", "nests")
    vars(made).update(operations=list(operations), atomic=atomic)
    return made


def ours() -> list[tuple[str, str]]:
    own = {model._meta.app_label for model in own_models()}
    return sorted(key for key in MigrationLoader(None).disk_migrations if key[0] in own)


@pytest.mark.parametrize(("app", "name"), ours())
def test_a_migration_keeps_the_rules(app: str, name: str) -> None:
    assert faults(MigrationLoader(None).disk_migrations[app, name]) == []


@pytest.mark.parametrize(
    ("refused", "said"),
    [
        (migration(migrations.AddIndex("nest", INDEX)), "use AddIndexConcurrently"),
        (migration(migrations.RemoveIndex("nest", "nests_name")), "use RemoveIndexConcurrently"),
        (migration(migrations.AddField("nest", "owner", PERSON)), "say `db_index=False`"),
        (migration(migrations.AddField("nest", "name", models.TextField(db_index=True))), "say `db_index=False`"),
        (migration(migrations.AlterField("nest", "name", models.TextField(db_index=True))), "say `db_index=False`"),
        (migration(migrations.RunSQL("SELECT 1")), "give it a reverse"),
        (migration(migrations.RunPython(migrations.RunPython.noop)), "give it a reverse"),
        (
            migration(migrations.SeparateDatabaseAndState(database_operations=[migrations.RunSQL("SELECT 1")])),
            "give it a reverse",
        ),
        (migration(AddIndexConcurrently("nest", INDEX)), "say `atomic = False`"),
        (migration(migrations.AddConstraint("nest", ONCE)), "use AddUniqueConcurrently"),
        (migration(migrations.AddConstraint("nest", APART)), "say it of a new table"),
        (migration(migrations.AlterUniqueTogether("nest", {("name", "owner")})), "use AddUniqueConcurrently"),
        (migration(migrations.AddField("nest", "name", models.TextField(unique=True))), "use AddUniqueConcurrently"),
        (migration(migrations.AlterField("nest", "name", models.TextField(unique=True))), "use AddUniqueConcurrently"),
        (migration(AddUniqueConcurrently("nest", ONCE)), "say `atomic = False`"),
    ],
)
def test_a_careless_one_is_refused(refused: Migration, said: str) -> None:
    (fault,) = faults(refused)
    assert said in fault


@pytest.mark.parametrize(
    "good",
    [
        migration(NEST, migrations.AddIndex("nest", INDEX), migrations.AddField("nest", "owner", PERSON)),
        migration(AddIndexConcurrently("nest", INDEX), atomic=False),
        migration(RemoveIndexConcurrently("nest", "nests_name"), atomic=False),
        migration(AddUniqueConcurrently("nest", ONCE), atomic=False),
        migration(NEST, migrations.AddConstraint("nest", ONCE), migrations.AddConstraint("nest", APART)),
        migration(migrations.AddConstraint("nest", LONG)),
        migration(migrations.RunSQL("SELECT 1", migrations.RunSQL.noop)),
        migration(migrations.AddField("nest", "note", models.TextField(default=""))),
    ],
)
def test_a_careful_one_passes(good: Migration) -> None:
    assert faults(good) == []
