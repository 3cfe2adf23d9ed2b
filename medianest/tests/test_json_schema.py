"""JSON columns say in plain words what does not fit."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from catalog.models import MediaItem
from medianest.lib.json_schema import SchemaJSONField, complaints


@pytest.mark.parametrize(
    ("schema", "value", "said"),
    [
        ({"type": "string"}, 3, "must be text."),
        ({"type": ["string", "null"]}, 3, "must be text or nothing."),
        ({"type": "object", "required": ["a", "b"]}, {"a": 1}, "“b” is missing."),
        ({"additionalProperties": False, "properties": {"a": {}}}, {"a": 1, "z": 1}, "“z” is not known here."),
        ({"enum": ["en", "de"]}, "fr", "must be one of: en, de."),
        ({"minimum": 1}, 0, "must be 1 or more."),
        ({"maximum": 9}, 10, "must be 9 or less."),
        ({"minLength": 1}, "", "must not be empty."),
        ({"minLength": 3}, "ab", "must have at least 3 characters."),
        ({"maxLength": 1}, "ab", "must have 1 character at most."),
        ({"minItems": 1}, [], "must hold 1 entry at least."),
        ({"maxItems": 2}, [1, 2, 3], "must hold 2 entries at most."),
        ({"uniqueItems": True}, [1, 1], "holds the same entry twice."),
        ({"format": "date"}, "soon", "is not a valid date."),
        ({"pattern": "^a", "description": "a word that begins with a"}, "b", "must be a word that begins with a."),
        ({"pattern": "^a"}, "b", "does not fit."),
    ],
)
def test_each_fault_has_its_sentence(schema: dict[str, Any], value: Any, said: str) -> None:
    assert complaints(value, schema) == [said]


def test_a_fault_names_its_place() -> None:
    schema = {"properties": {"rows": {"items": {"properties": {"size": {"type": "integer"}}}}}}
    assert complaints({"rows": [{"size": 1}, {"size": "big"}]}, schema) == [
        "rows, entry 2, size: must be a whole number."
    ]


def test_a_value_that_fits_has_no_complaints() -> None:
    assert complaints({"a": [1, 2]}, {"properties": {"a": {"type": "array"}}}) == []


def test_many_faults_are_told_up_to_ten() -> None:
    assert len(complaints(list("abcdefghijklmnop"), {"items": {"type": "integer"}})) == 10


def test_migrations_know_a_json_column_only() -> None:
    _name, path, _args, said = SchemaJSONField(schema={"type": "array"}, default=list).deconstruct()
    assert path == "django.db.models.JSONField"
    assert said == {"default": list}


@pytest.mark.parametrize(("schema", "fault"), [(None, "medianest.E102"), ({"type": "words"}, "medianest.E101")])
def test_a_column_without_a_good_schema_is_reported(schema: dict[str, Any] | None, fault: str) -> None:
    field = SchemaJSONField(schema=schema)
    field.set_attributes_from_name("facts")
    field.model = MediaItem
    assert fault in [found.id for found in field.check()]


@pytest.mark.django_db
def test_every_way_of_writing_is_checked() -> None:
    fine = [{"number": 1, "episodes": 7}]
    series = MediaItem.objects.create(tmdb_id=1396, media_type="tv", title="Breaking Bad", seasons=fine)
    other = MediaItem(tmdb_id=1, media_type="tv", title="Other", seasons="none")
    for write in (lambda: MediaItem.objects.update(seasons="none"), lambda: MediaItem.objects.bulk_create([other])):
        with pytest.raises(ValidationError) as refused, transaction.atomic():
            write()
        assert refused.value.message_dict == {"seasons": ["must be a list."]}
    MediaItem.objects.update(seasons=F("seasons"))
    series.refresh_from_db()
    assert series.seasons == fine
