"""Every table is in the audit trail, or says why not."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection, models

from medianest.lib.crypto import EncryptedTextField
from operations.audit import TRAILS, UNTOLD, Change

OWN = [
    model
    for config in apps.get_app_configs()
    if not config.name.startswith(("django.", "pg"))
    for model in config.get_models(include_auto_created=True)
    if model._meta.managed and not issubclass(model, Change)
]
_SECRET = ("password", "token", "secret", "hash", "digest", "key", "code")
_HARMLESS = {
    "source_key",
    "failure_code",
    "pause_code",
    "reason_code",
    "rating_key",
    "section_key",
    "requires_password_change",
}


@pytest.mark.parametrize("model", OWN, ids=lambda model: model._meta.db_table)
def test_every_table_has_a_trail_or_says_why_not(model: type[models.Model]) -> None:
    table = model._meta.db_table
    assert (table in TRAILS) != (table in UNTOLD), f"{table}: say @audited() or @untold(reason), see CONTRIBUTING.md"
    assert UNTOLD.get(table, "because").strip()


def test_nothing_is_said_of_tables_that_are_gone() -> None:
    assert {*TRAILS, *UNTOLD} <= {model._meta.db_table for model in OWN}


@pytest.mark.parametrize("table", TRAILS)
def test_no_column_of_a_trail_is_secret(table: str) -> None:
    trail = TRAILS[table]
    kept = [trail.model._meta.get_field(name) for name in trail.fields]
    assert not [field.name for field in kept if isinstance(field, EncryptedTextField)]
    suspicious = [
        name for name in trail.fields if name not in _HARMLESS and any(word in name.split("_") for word in _SECRET)
    ]
    assert not suspicious, "a secret, or harmless and to be named so here"


@pytest.mark.django_db
@pytest.mark.parametrize("table", TRAILS)
def test_the_database_has_the_three_triggers(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgenabled = 'O' AND NOT tgisinternal",
            [table],
        )
        names = [name for (name,) in cursor.fetchall()]
    for kind in ("insert", "update", "delete"):
        assert any(name.startswith(f"pgtrigger_audit_{kind}_") for name in names)
