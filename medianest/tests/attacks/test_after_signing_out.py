"""Attack 30: what a browser, or a cache before it, still holds when somebody has signed out."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse

from accounts.models import User
from medianest.tests.attacks.addresses import in_admin, of
from medianest.tests.attacks.test_other_peoples_ids import OPEN
from medianest.tests.people import browser_of
from sandbox.tmdb import Tmdb

KEPT = {
    "downloads:thumbnail": "pictures stay in the browser they were shown in, and show nothing of whose they are",
    "person-picture": "everybody in the house sees them",
    "catalog:library-picture": "as thumbnails",
    "catalog:tmdb-picture": "pictures of titles are everybody's",
}


def directives(answer: object) -> set[str]:
    said = getattr(answer, "headers").get("Cache-Control", "")  # noqa: B009  (any kind of answer)
    return {one.strip().partition("=")[0] for one in said.split(",")}


def test_pages_made_for_somebody_are_kept_nowhere(administrator: User, tmdb: Tmdb) -> None:
    seen = set()
    for one, path in of(administrator):
        client = browser_of(administrator)  # some of them sign out
        for answer in (client.get(path), client.get(path, headers={"HX-Request": "true"}), client.post(path)):
            if one.name in KEPT and answer.status_code == 200:
                assert {"private"} <= directives(answer), path
            elif one.name not in OPEN:
                assert "no-store" in directives(answer), (path, answer.status_code)
            seen.add(answer.status_code)
    assert {200, 302, 405} <= seen


def test_nothing_of_the_administration_is_kept(administrator: User, administrators: Client) -> None:
    for path in in_admin():
        if path not in ("/admin/logout/", "/admin/jsi18n/"):
            answer = administrators.get(path)
            assert "no-store" in directives(answer), (path, answer.status_code)


def test_no_shared_cache_may_keep_what_differs_by_cookie(anna: User) -> None:
    """Pages open to all look different for those who are in, and in other colours."""
    for one, path in of(anna):
        if one.name in OPEN and one.name not in ("healthz", "readyz"):
            for client in (Client(), browser_of(anna)):
                answer = client.get(path)
                varies = "cookie" in answer.headers.get("Vary", "").lower()
                assert varies or {"no-store", "private"} & directives(answer) or answer.status_code == 405, path


@pytest.mark.parametrize("by", ["its button", "another device"])
def test_going_back_after_signing_out_shows_the_door(by: str, anna: User, annas: Client) -> None:
    """A browser keeps no page (above), so that going back asks again; with the cookies of before it gets none."""
    paths = [path for one, path in of(anna) if one.name not in OPEN]
    kept = Client()
    kept.cookies.load({name: morsel.value for name, morsel in annas.cookies.items()})
    assert kept.get("/account/").status_code == 200
    if by == "its button":
        annas.post(reverse("accounts:sign-out"))
    else:
        browser_of(anna).post(reverse("accounts:end-other-devices"))
    for path in paths:
        for client in (kept, annas):
            answer = client.get(path)
            assert answer.status_code in (302, 401), path
            assert "Anna" not in answer.text
            assert getattr(answer, "wsgi_request").user == AnonymousUser()  # noqa: B009  (the test client's)
