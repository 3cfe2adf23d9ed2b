"""Attack 28: forms that another site sends in somebody's name, and links that change something."""

from __future__ import annotations

import datetime as dt

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts import tokens
from accounts.models import User
from medianest.tests.attacks import snapshot
from medianest.tests.attacks.addresses import ALL, OWNED, PAGES, Address, in_admin, of
from medianest.tests.people import browser_of
from sandbox.tmdb import Tmdb

SIGN_IN = reverse("accounts:sign-in")
OPEN_TO_FORGERY = {
    "hooks:hook-overseerr": "a program asks it, with a secret in the address and no cookie that would be misused",
}
"""Addresses that take a form without a proof, and why. (With an access token none is needed: no other site can make a
browser send one.)"""
MAY_CHANGE = {
    "api:title": ({"media_items", "collection_members"}, "what is told of a title is kept"),
    "catalog:title": ({"media_items", "collection_members"}, "what is told of a title is kept"),
    "catalog:season": ({"media_items"}, "what is told of a title is kept"),
}
"""Pages that write when they are looked at: which tables, and why."""


def proof_of(client: Client) -> str:
    """A proof that goes with this browser."""
    if settings.CSRF_COOKIE_NAME not in client.cookies:
        client.get("/downloads/new/" if "sessionid" in client.cookies else SIGN_IN)
    return client.cookies[settings.CSRF_COOKIE_NAME].value


def careful(user: User | None = None) -> Client:
    client = Client(enforce_csrf_checks=True)
    if user:
        client.force_login(user)
    return client


def forgeries(user: User, other: User) -> dict[str, tuple[Client, dict[str, str], dict[str, str]]]:
    """Browsers of `user`, each with what a forged form brings along: fields and headers."""
    before = careful()
    old = proof_of(before)
    before.post(SIGN_IN, {"csrfmiddlewaretoken": old})
    mine = careful(user)
    proof_of(mine)
    theirs = proof_of(careful(other))
    bare = careful(user)
    return {
        "none": (mine, {}, {}),
        "none at all, no cookie": (bare, {}, {}),
        "garbage": (mine, {"csrfmiddlewaretoken": "x" * 64}, {}),
        "short": (mine, {"csrfmiddlewaretoken": "x"}, {}),
        "another's": (mine, {"csrfmiddlewaretoken": theirs}, {}),
        "from before signing in": (mine, {"csrfmiddlewaretoken": old}, {}),
        "another's, by htmx": (mine, {}, {"X-CSRFToken": theirs, "HX-Request": "true"}),
        "none, by htmx": (mine, {}, {"HX-Request": "true"}),
        "made by a script": (mine, {}, {"X-Requested-With": "XMLHttpRequest", "Content-Type": "text/plain"}),
    }


KINDS = (
    "none", "none at all, no cookie", "garbage", "short", "another's", "from before signing in", "another's, by htmx",
    "none, by htmx", "made by a script",
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_forged_form_is_refused_everywhere(kind: str, anna: User, administrator: User) -> None:
    paths = [path for one, path in of(administrator) if one.name not in OPEN_TO_FORGERY]
    admin = in_admin() if kind in ("none", "another's") else []
    client, fields, headers = forgeries(administrator, anna)[kind]
    before = snapshot.taken()
    for path in paths + admin:
        answer = client.post(path, fields, headers=headers)
        assert answer.status_code == 403, path
        assert ('"forgery"' if path.startswith("/api/") else "Page too old") in answer.text, path
        if "HX-Request" in headers and not path.startswith("/api/"):
            assert answer.headers["HX-Refresh"] == "true"
    assert snapshot.changed(before) == set()
    assert len(paths) == len(PAGES) - len(OPEN_TO_FORGERY)


def test_no_view_is_taken_out_of_the_check() -> None:
    exempt = {one.name for one in ALL if getattr(one.view, "csrf_exempt", False)}
    assert exempt == set(OPEN_TO_FORGERY)


def test_the_right_proof_is_taken_from_a_field_and_from_htmx(anna: User) -> None:
    client = careful(anna)
    proof = proof_of(client)
    assert client.post(reverse("theme"), {"theme": "dark", "csrfmiddlewaretoken": proof}).status_code == 302
    assert client.post(reverse("theme"), {"theme": "dark"}, headers={"X-CSRFToken": proof}).status_code == 302


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_other_methods_need_a_proof_too(method: str, anna: User, administrator: User) -> None:
    client = forgeries(administrator, anna)["another's"][0]
    for one, path in of(administrator):
        if one.name not in OPEN_TO_FORGERY:
            assert client.generic(method, path).status_code == 403, path


def test_a_page_of_another_origin_is_refused_whatever_it_knows(anna: User) -> None:
    client = careful(anna)
    fields = {"theme": "dark", "csrfmiddlewaretoken": proof_of(client)}
    assert client.post(reverse("theme"), fields, headers={"Origin": "https://evil.example"}).status_code == 403
    assert client.post(reverse("theme"), fields, headers={"Origin": "null"}).status_code == 403


def test_a_made_up_access_token_opens_no_way_past_the_check(anna: User) -> None:
    client = careful(anna)
    pages = of(anna)
    before = snapshot.taken()
    for one, path in pages:
        answer = client.post(path, headers={"Authorization": "Bearer mn_made-up"})
        if getattr(one.view, "login_required", True):
            assert answer.status_code in (401, 403), path
    assert snapshot.changed(before) == set()


@pytest.mark.parametrize("kind", ["made up", "good"])
def test_a_token_beside_a_session_opens_no_way_past_the_check_of_pages(kind: str, anna: User, ben: User) -> None:
    """Pages that are open to all know the session whatever the header says: a form there needs its proof."""
    mine = tokens.make(user=ben, name="Script", scopes=["write"], lasts=dt.timedelta(days=1)).text
    headers = {"Authorization": f"Bearer {mine if kind == 'good' else 'mn_made-up'}"}
    client, pages = careful(anna), of(anna)
    before = snapshot.taken()
    for one, path in pages:
        if not getattr(one.view, "login_required", True) and one.name not in OPEN_TO_FORGERY:
            assert client.post(path, headers=headers).status_code == 403, path
    assert snapshot.changed(before) <= {"session_tokens"}, "when a token was last used is noted"
    assert client.get("/account/").status_code == 200, "still signed in"


def test_a_made_up_token_beside_a_session_does_nothing_by_the_api(anna: User) -> None:
    client = careful(anna)
    for scheme in ("Bearer mn_made-up", "bearer mn_", "Bearer other", "Basic mn_x"):
        answer = client.post("/api/v1/me/", headers={"Authorization": scheme})
        assert answer.json()["error"]["code"] in ("bad_token", "forgery"), scheme


# --- links ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("address", PAGES, ids=lambda one: one.name)
def test_looking_changes_nothing(address: Address, administrator: User, tmdb: Tmdb) -> None:
    path = (
        address.filled(OWNED[address.name](administrator)) if address.name in OWNED else _path(address, administrator)
    )
    client = browser_of(administrator)
    may, reason = MAY_CHANGE.get(address.name, (set(), "a reason"))
    before = snapshot.taken()
    answers = [
        client.get(path),
        client.head(path),
        client.get(path, headers={"HX-Request": "true"}),
        client.get(path, {"_method": "DELETE", "do": "approve", "confirm": "1", "theme": "dark"}),
        client.get(path, headers={"X-HTTP-Method-Override": "POST"}),
        client.options(path),
    ]
    assert {answer.status_code for answer in answers} <= {200, 204, 301, 302, 403, 404, 405, 503}
    assert snapshot.changed(before) <= may
    assert reason
    assert client.get("/account/").status_code == 200, "still signed in"


def _path(address: Address, user: User) -> str:
    return next(path for one, path in of(user) if one.name == address.name)


def test_looking_around_in_the_administration_changes_nothing(administrator: User) -> None:
    paths = [path for path in in_admin() if "/r/" not in path and path != "/admin/logout/"]
    client = browser_of(administrator)
    before = snapshot.taken()
    opened = [client.get(path).status_code for path in paths]
    assert set(opened) <= {200, 302, 403, 404, 405}, [p for p, s in zip(paths, opened, strict=True) if s >= 500]
    assert opened.count(200) > 100
    assert snapshot.changed(before) == set()
