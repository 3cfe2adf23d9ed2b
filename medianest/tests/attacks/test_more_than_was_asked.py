"""Attack 9: fields that no form asks for."""

from __future__ import annotations

import json

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

from accounts.models import Scope, SessionToken, User
from downloads.models import YoutubeDownload
from medianest.tests.attacks.addresses import of
from medianest.tests.people import browser_of
from medianest.tests.rules import NOW
from operations.models import Job
from requests_app.models import MediaRequest
from requests_app.tests.rows import stored_film

PRIVILEGES = (
    "role",
    "status",
    "is_superuser",
    "requires_password_change",
    "deleted_at",
    "plex_id",
    "username",
    "email",
)


def more(victim: User) -> dict[str, str]:
    """What somebody adds to a form in the hope that it is stored."""
    who = dict.fromkeys(
        ("user", "user_id", "created_by", "created_by_id", "owner", "decided_by", "actor", "person_id"), str(victim.pk)
    )
    return {
        **who, "is_staff": "1", "is_superuser": "on", "is_active": "1", "role": "ADMIN", "status": "approved",
        "is_open": "0", "is_approved": "1", "approved": "true", "decided_at": NOW.isoformat(), "auto_approve": "1",
        "id": str(victim.pk), "pk": str(victim.pk), "scopes": "admin", "expires_at": "2999-01-01", "kind": "refresh",
        "visibility": "shared", "priority": "999", "quota": "999", "film_quota": "999", "deleted_at": "",
        "requires_password_change": "", "groups": "1", "user_permissions": "1", "__class__": "x", "user__role": "ADMIN",
    }  # fmt: skip


def standing(user: User) -> dict[str, object]:
    """What decides over what a person may do."""
    names = {field.attname for field in User._meta.concrete_fields} & set(PRIVILEGES)
    return dict(User.objects.filter(pk=user.pk).values(*sorted(names)).get())


def belongings(user: User) -> dict[str, int]:
    """How many rows of each table name a person."""
    found = {}
    with connection.cursor() as cursor:
        there = connection.introspection.table_names(cursor)
        for model in apps.get_models():
            columns = [f.column for f in model._meta.concrete_fields if f.related_model is User]
            if columns and model._meta.db_table in there and model is not User and "audit" not in model._meta.db_table:
                named = " OR ".join(f'"{column}" = %s' for column in columns)
                cursor.execute(f'SELECT count(*) FROM "{model._meta.db_table}" WHERE {named}', [user.pk] * len(columns))
                found[model._meta.db_table] = cursor.fetchone()[0]
    return found


def test_no_address_takes_more_than_its_form_asks_for(anna: User, ben: User) -> None:
    was, his = (standing(anna), standing(ben)), belongings(ben)
    for _one, path in of(anna):
        client = browser_of(anna)  # some of them sign out
        client.post(path, more(ben))
        client.post(path, json.dumps(more(ben)), content_type="application/json")
    assert (standing(anna), standing(ben)) == was
    assert belongings(ben) == his
    assert not MediaRequest.objects.exclude(status__in=("pending", "cancelled")).exists()
    assert not SessionToken.objects.filter(scopes__contains=["admin"]).exists()


def test_asking_for_a_film_is_asking_for_oneself_and_pending(anna: User, ben: User, annas: Client) -> None:
    film = stored_film(user=ben)
    from_page = [path for one, path in of(anna) if one.name == "requests:ask"]
    annas.post(from_page[0], {**more(ben), "note": "please", "person": ben.username})
    wish = MediaRequest.objects.exclude(pk=film.pk).get(note="please")
    assert (wish.user, wish.created_by, wish.status, wish.is_open) == (anna, anna, "pending", True)
    assert wish.decided_by is None
    assert wish.decided_at is None


def test_wishing_for_a_book_is_too(ben: User, anna: User, annas: Client) -> None:
    annas.post("/requests/wish", {**more(ben), "kind": "book", "title": "A book", "is_open": ""})
    wish = MediaRequest.objects.get(title="A book")
    assert (wish.user, wish.created_by, wish.status, wish.media_type) == (anna, anna, "pending", "book")


def test_ones_own_request_is_not_approved_by_calling_it_off(anna: User, ben: User, annas: Client) -> None:
    wish = stored_film(user=anna)
    annas.post(f"/requests/{wish.pk}/cancel", {**more(ben), "do": "approve", "seasons": "1"})
    wish.refresh_from_db()
    assert (wish.status, wish.user) == ("cancelled", anna)


def test_a_playlist_is_ones_own(anna: User, ben: User, annas: Client) -> None:
    link = "https://www.youtube.com/playlist?list=PLabcdefghijk12"
    annas.post("/downloads/new/", {**more(ben), "link": link, "plex_state": "done", "ordered_at": NOW.isoformat()})
    download = YoutubeDownload.objects.get(playlist_id="PLabcdefghijk12")
    assert (download.user, download.ordered_at, download.plex_state == "done") == (anna, None, False)
    assert Job.objects.count() == 1


def test_a_token_is_ones_own_with_the_chosen_scope(anna: User, ben: User, annas: Client) -> None:
    annas.post("/account/tokens/", {**more(ben), "name": "Mine", "scope": "read", "days": "7"})
    token = SessionToken.objects.get(name="Mine")
    assert (token.user, token.kind, token.scopes) == (anna, "access", [Scope.READ])
    assert token.expires_at.year < 2999


@pytest.mark.parametrize("form", ["leave", "change-password"])
def test_ones_own_forms_change_nobody_else(form: str, anna: User, ben: User, annas: Client) -> None:
    before = (standing(ben), ben.password, belongings(ben))
    path = {"leave": "/account/leaving/leave/", "change-password": "/account/change-password/"}[form]
    annas.post(
        path, {**more(ben), "username": "anna", "confirm": "anna", "new": "a-new-long-word", "again": "a-new-long-word"}
    )
    ben.refresh_from_db()
    assert (standing(ben), ben.password, belongings(ben)) == before
