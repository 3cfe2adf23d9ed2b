"""Every foreign key can be followed backwards by an index, and every primary key is as designed."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, models

SMALL = {"service_config", "service_status", "rate_limits", "download_queue"}
"""Tables of a few rows, or counted by number, whose primary keys are no UUIDs."""
STORED = [
    model
    for config in apps.get_app_configs()
    if config.path.startswith(str(settings.BASE_DIR)) and ".venv" not in config.path
    for model in config.get_models()
    if model._meta.managed
]


def _first_columns(table: str) -> set[str]:
    """The columns that lead an index over all rows of the table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]"
            " WHERE i.indrelid = %s::regclass AND i.indpred IS NULL",
            [table],
        )
        return {name for (name,) in cursor.fetchall()}


@pytest.mark.django_db
@pytest.mark.parametrize("model", STORED, ids=lambda model: model._meta.db_table)
def test_every_foreign_key_leads_an_index(model: type[models.Model]) -> None:
    keys = {field.column for field in model._meta.local_fields if isinstance(field, models.ForeignKey)}
    assert keys <= _first_columns(model._meta.db_table)


@pytest.mark.parametrize("model", STORED, ids=lambda model: model._meta.db_table)
def test_rows_are_named_by_uuids(model: type[models.Model]) -> None:
    if model._meta.db_table in SMALL:
        return
    if hasattr(model, "pgh_tracked_model"):
        assert isinstance(model._meta.pk, models.BigAutoField), "a trail is read in the order it was written in"
    else:
        assert isinstance(_real(model._meta.pk), models.UUIDField)


def _real(key: models.Field[Any, Any]) -> models.Field[Any, Any]:
    """The field itself, or what it refers to when the row is named after another row."""
    while isinstance(key, models.ForeignKey):
        key = key.target_field
    return key
