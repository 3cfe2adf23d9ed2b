"""Attacks 1 to 3: addresses that try to lead somebody away from this site."""

from __future__ import annotations

import unicodedata
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import pytest
from django.test import Client

from accounts.models import User
from medianest.tests.attacks.addresses import in_admin, of

HERE = "http://testserver/"
EVIL = (
    "//evil.example", "///evil.example", "////evil.example", "/\\evil.example", "\\\\evil.example", "\\/evil.example",
    "/\t/evil.example", "/%09/evil.example", "/%2f%2fevil.example", "/%5cevil.example", "/..//evil.example",
    "https://evil.example", "https:evil.example", "https:///evil.example", "http://testserver@evil.example/",
    "http://testserver.evil.example/", "//testserver@evil.example", "javascript:alert(1)", "data:text/html,x",
    "/account/%0aLocation:https://evil.example", "/account/\nLocation: https://evil.example", "/ok%0a", "/ok\n",
    "/account/\r\n\r\n<script>", "/account/\x00", "//evil.example\\@testserver", "\u2028//evil.example",
    "//evil.example/account/", "///evil.example/account/", "//testserver@evil.example/account/",
    "https://evil.example/account/", "/\u3002/evil.example", "//evil\u3002example", " //evil.example", "/account/../../\\evil.example",
)  # fmt: skip
"""Wishes for where to go next that are all somebody else's, or no page of ours; some with a path that we have, too."""
FORMS_LEAD_TO = {"accounts:plex-begin": "plex.tv", "accounts:reconnect": "plex.tv"}


def stays_here(answer: Any) -> bool:
    """Whether a browser that follows this answer stays on this site: it takes a backslash for a slash."""
    told = [
        answer.headers.get(name, "") for name in ("Location", "HX-Redirect", "HX-Location", "HX-Push-Url", "Refresh")
    ]
    for place in told:
        if any(unicodedata.category(c).startswith("C") for c in place):
            return False
        goal = urlsplit(urljoin(HERE, place.replace("\\", "/").replace("%5c", "/").replace("%5C", "/")))
        if goal.scheme not in ("http", "") or goal.netloc != "testserver":
            return False
    return True


def test_the_judge_knows_what_leads_away() -> None:
    for place in ("//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "/a\nb"):
        assert not stays_here(type("Answer", (), {"headers": {"Location": place}})())
    assert stays_here(type("Answer", (), {"headers": {"Location": "/account/?next=//evil.example"}})())


@pytest.mark.parametrize("who", ["stranger", "administrator"])
def test_no_address_leads_away_when_it_is_looked_at(
    who: str, administrator: User, request: pytest.FixtureRequest
) -> None:
    client: Client = request.getfixturevalue("stranger" if who == "stranger" else "administrators")
    for _one, path in of(administrator):
        for wish in ("//evil.example/account/", "/\\evil.example", "https://evil.example/"):
            query = "&".join(
                f"{name}={quote(wish)}" for name in ("next", "redirect", "url", "return", "return_to", "from")
            )
            assert stays_here(client.get(f"{path}?{query}")), path


def test_no_form_leads_away(administrator: User, administrators: Client) -> None:
    for _one, path in of(administrator):
        if path == "/account/sign-out/":
            continue
        fields = dict.fromkeys(("next", "redirect", "url", "return_to", "from", "goal"), "//evil.example")
        assert stays_here(administrators.post(path, fields)), path


def test_nothing_in_the_administration_leads_away(administrator: User, administrators: Client, bens: Client) -> None:
    for path in in_admin():
        if "/r/" in path or path == "/admin/logout/":
            continue
        for client in (administrators, bens):
            assert stays_here(client.get(path, {"next": "//evil.example", "_popup": "1"})), path


@pytest.mark.parametrize("wish", EVIL)
def test_every_page_that_asks_where_to_go_next_refuses(wish: str, annas: Client, administrators: Client) -> None:
    for client, path in (
        (annas, "/account/sign-in/"), (annas, "/account/plex/begin/"), (administrators, "/admin/login/"),
    ):  # fmt: skip
        assert stays_here(client.get(path, {"next": wish})), path
        assert stays_here(client.post(path, {"next": wish})), path
    answer = annas.post("/theme/", {"theme": "dark", "next": wish})
    assert answer.status_code == 302
    assert stays_here(answer)


@pytest.mark.parametrize("wish", EVIL)
def test_the_page_somebody_left_is_no_way_out_either(wish: str, stranger: Client) -> None:
    """The address a form or a moving part came from is only ever a wish that the sign-in page looks at anew."""
    if any(unicodedata.category(c) == "Cc" for c in wish):
        wish = quote(wish)  # no header can hold it
    wish = wish.encode("latin-1", "ignore").decode("latin-1")
    for headers in (
        {"Referer": wish},
        {"Referer": f"http://testserver{wish}"},
        {"HX-Request": "true", "HX-Current-URL": wish},
        {"HX-Request": "true", "HX-Current-URL": f"http://testserver{wish}"},
    ):
        for answer in (stranger.post("/downloads/new/", headers=headers), stranger.get("/downloads/", headers=headers)):
            assert stays_here(answer), headers


@pytest.mark.parametrize(
    "path", ["//evil.example/account", "//evil.example/..", "/\\evil.example/account", "//evil.example"]
)
def test_an_address_that_only_lacks_its_slash_is_not_completed_elsewhere(path: str, annas: Client) -> None:
    assert stays_here(annas.get(path))
