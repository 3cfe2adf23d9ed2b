"""Whatever rule of whatever table is broken, the person is told in a sentence that they can act on, and never by a 500."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from django.utils import timezone

from accounts.models import User
from catalog.models import MediaItem
from downloads.models import DownloadProfile, Video, YoutubeDownload
from medianest import urls
from medianest.lib.append_only import AppendOnly
from medianest.lib.broken_rules import sentence_for
from medianest.lib.json_schema import SchemaJSONField
from medianest.tests.filled import own_models
from operations.models import Job
from watchlists.models import WatchlistEntry

pytestmark = pytest.mark.django_db

GENERAL = "This does not go together"
SILENT = ("RowSecurity", "AppendOnly")
"""Rules that no form can break: they say which rows and changes there are at all, and are tried where they are made."""


def spoken() -> list[tuple[str, models.BaseConstraint]]:
    return [
        (model._meta.label, rule)
        for model in own_models()
        for rule in model._meta.constraints
        if type(rule).__name__ not in SILENT
    ]


@pytest.mark.parametrize(("model", "rule"), [pytest.param(m, r, id=f"{m}.{r.name}") for m, r in spoken()])
def test_a_declared_rule_has_its_own_sentence(model: str, rule: models.BaseConstraint) -> None:
    sentence = str(rule.get_violation_error_message())
    assert sentence != str(rule.default_violation_error_message) % {"name": rule.name}, model
    assert rule.name not in sentence
    assert sentence[:1].isupper()
    assert sentence.endswith(".")


def test_the_database_has_no_check_or_unique_rule_that_nobody_declared() -> None:
    """But for those that a column brings by itself; for them see below."""
    declared = {rule.name for _, rule in spoken()} | {i.name for m in own_models() for i in m._meta.indexes}
    by_themselves = {
        name
        for model in own_models()
        for field in model._meta.local_concrete_fields
        for name in _own_rules(model, field)
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname, conrelid::regclass::text FROM pg_constraint WHERE contype IN ('c', 'u', 'x')"
            " AND connamespace = 'public'::regnamespace AND conrelid::regclass::text = ANY(%s)"
            " AND conname <> ALL(%s)",
            [[model._meta.db_table for model in own_models()], list(declared | by_themselves)],
        )
        assert cursor.fetchall() == []


def _own_rules(model: type[models.Model], field: Any) -> set[str]:
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, model._meta.db_table)
    unique = {name for name, rule in found.items() if rule["unique"] and rule["columns"] == [field.column]}
    return {name for name in unique if field.unique} | {f"{model._meta.db_table}_{field.column}_check"}


# --- rules that a column brings by itself -----------------------------------------------------------------------------------
def profile() -> DownloadProfile:
    return DownloadProfile(name="Small", slug="small")


def download(**said: Any) -> YoutubeDownload:
    return YoutubeDownload(playlist_url="https://www.youtube.com/playlist?list=PLx", playlist_id="PLx", **said)


def job() -> Job:
    return Job(kind="tests", queue="default", idempotency_key="tests", run_after=timezone.now())


def refused(statement: str, *values: Any) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # or they would be asked at the end of the test only
        with pytest.raises(IntegrityError) as error, transaction.atomic():
            cursor.execute(statement, values)
    return sentence_for(error.value)


def test_something_taken_is_told_with_its_label() -> None:
    Video.objects.create(video_id="abcdefghijk")
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        Video.objects.create(video_id="abcdefghijk")
    assert sentence_for(error.value) == "Video with this Video id already exists."


def test_something_missing_is_told_with_its_label() -> None:
    assert refused("UPDATE users SET role = NULL WHERE id = %s", person().pk) == "Role is needed."


def test_a_number_below_zero_is_told_with_its_label() -> None:
    job().save()
    assert refused("UPDATE jobs SET failures = -1") == "Failures must be 0 or more."


def test_something_that_went_meanwhile_is_told_with_its_label() -> None:
    download().save()
    told = refused("UPDATE youtube_downloads SET profile_id = gen_random_uuid()")
    assert told == "Profile was deleted meanwhile. Look again and choose another."


def test_something_still_in_use_is_told() -> None:
    small = profile()
    small.save()
    download(profile=small).save()
    told = refused("DELETE FROM download_profiles WHERE id = %s", small.pk)
    assert told == "Other things still belong to this. Remove or move them first."


def person() -> User:
    return User.objects.get_or_create(username="anna")[0]


# --- pages ------------------------------------------------------------------------------------------------------------------
def careless(request: HttpRequest) -> HttpResponse:
    """A page that asks no rule before it writes."""
    title = MediaItem.objects.get()
    entry = WatchlistEntry.objects.create(user=person(), media_item=title, notes="written before")
    WatchlistEntry.objects.filter(pk=entry.pk).update(rating=11)
    return HttpResponse()


urlpatterns = [*urls.urlpatterns, path("careless/", careless)]
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500


@pytest.mark.urls(__name__)
def test_a_page_that_did_not_ask_tells_it_too(annas: Client) -> None:
    annas.raise_request_exception = False
    MediaItem.objects.create(tmdb_id=550, media_type="movie", title="Fight Club")
    answer = annas.post("/careless/")
    assert answer.status_code == 409
    assert "Nothing was changed" in answer.content.decode()
    assert "Rate from 1 to 10" in answer.content.decode()
    assert not WatchlistEntry.objects.exists()


# --- JSON -------------------------------------------------------------------------------------------------------------------
def json_columns() -> list[tuple[type[models.Model], Any]]:
    """Those that people, jobs or programs write; the trails' are written by triggers from columns that were checked."""
    return [
        (model, field)
        for model in own_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, models.JSONField) and not any(isinstance(r, AppendOnly) for r in model._meta.constraints)
    ]


@pytest.mark.parametrize(
    ("model", "field"), [pytest.param(m, f, id=f"{m._meta.label}.{f.name}") for m, f in json_columns()]
)
def test_a_json_column_refuses_what_its_schema_does_not_know(model: type[models.Model], field: Any) -> None:
    assert isinstance(field, SchemaJSONField)
    for wrong in ("text where there is none", 7, [{"no": "such"}], {"no" * 40: {"deep": {"er": 1}}}):
        with pytest.raises(ValidationError) as in_a_form:
            field.clean(wrong, None)
        assert all(message.endswith(".") for message in in_a_form.value.messages)
        with pytest.raises(ValidationError) as past_it:
            field.get_db_prep_save(json.loads(json.dumps(wrong)), connection)
        assert list(past_it.value.message_dict) == [field.name]
    default = field.get_default()
    assert field.get_db_prep_save(default, connection) is not None
