"""The way through Plex's door and back."""

from __future__ import annotations

import json
import re
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings as live
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from accounts.models import Account, User
from accounts.plex import pins, views
from accounts.tests.plex.conftest import (
    BEGIN,
    GO_ON,
    LOOK,
    REFUSED,
    RETURN,
    SIGN_IN,
    STOP,
    WAITING,
    Visitor,
    wishes,
)
from operations.models import SecurityEvent
from sandbox.plextv import PlexTv
from services.models import ServiceConfig
from services.providers.plex.identity import Purpose, client_id
from services.providers.plex.tv import PlexTv as PlexTvVisit

HERE = "http://testserver"


# --- there ------------------------------------------------------------------------------------------------------------
def test_the_form_leads_to_plex_with_an_opaque_address_of_return(visitor: Visitor) -> None:
    answer = visitor.begin()
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(f"{visitor.plextv.auth_url}#?")
    asked, pending = wishes(answer.headers["Location"]), visitor.pending
    assert asked["forwardUrl"] == f"{HERE}{RETURN}?state={pending.state}"
    assert asked["clientID"] == client_id(Purpose.SIGN_IN)
    assert asked["context[device][product]"] == "MediaNest"
    assert len(pending.state) >= 43
    assert str(pending.pin_id) not in asked["forwardUrl"]
    assert pending.code not in asked["forwardUrl"]


def test_the_address_of_return_is_the_configured_one(visitor: Visitor, settings: Settings) -> None:
    settings.PUBLIC_URL = HERE
    settings.ALLOWED_HOSTS = ["testserver", "elsewhere.lan"]
    away = visitor.client.post(BEGIN, headers={"host": "elsewhere.lan"})
    assert away.headers["Location"] == WAITING  # it would not come back to this host, so Plex is opened beside it
    page = visitor.client.get(WAITING, headers={"host": "elsewhere.lan"}).content.decode()
    assert "elsewhere.lan" not in page
    assert 'target="_blank"' in page
    assert visitor.client.post(BEGIN, headers={"host": "evil.example"}).status_code == 400


def test_plex_is_told_the_origin_it_may_send_people_back_to(visitor: Visitor) -> None:
    visitor.begin()
    kept = visitor.plextv.settings.pins.by_code(visitor.pending.code)
    assert kept is not None
    assert kept.origin == HERE


def test_beginning_needs_a_form_of_ours(connected: ServiceConfig) -> None:
    browser = Client(enforce_csrf_checks=True)
    assert browser.post(BEGIN).status_code == 403
    assert browser.get(BEGIN).status_code == 405
    browser.get(SIGN_IN)
    token = browser.cookies[live.CSRF_COOKIE_NAME].value
    assert browser.post(BEGIN, {"csrfmiddlewaretoken": token}).status_code == 302


def test_beginning_again_and_again_is_slowed_down(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "_BEGINS_FROM_ADDRESS", 2)
    assert [visitor.begin().status_code for _ in range(3)] == [302, 302, 429]
    answer = visitor.begin()
    assert int(answer.headers["Retry-After"]) > 0
    assert "Too many tries" in answer.content.decode()


# --- the browser's own PIN --------------------------------------------------------------------------------------------
def make_pin(plextv: PlexTv, address: str, origin: str = HERE) -> dict[str, object]:
    """As the sign-in page's script does it."""
    ask = urllib.request.Request(address, method="POST", headers={"Accept": "application/json", "Origin": origin})
    with urllib.request.urlopen(ask, timeout=30) as answer:
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        made: dict[str, object] = json.load(answer)
    return made


def test_the_pin_that_the_browser_made_is_taken(visitor: Visitor) -> None:
    page = visitor.client.get(SIGN_IN).content.decode()
    address = re.search(r'data-pin-address="([^"]+)"', page)
    assert address is not None
    made = make_pin(visitor.plextv, address[1].replace("&amp;", "&"))
    visitor.begin(pin_id=str(made["id"]), pin_code=str(made["code"]))
    assert (visitor.pending.pin_id, visitor.pending.code) == (made["id"], made["code"])
    visitor.approve("ben")
    assert visitor.come_back().headers["Location"] == "/"
    assert visitor.is_in


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("1", "abcdefgh"),
        ("", ""),
        ("x", "abcd"),
        ("9" * 30, "abcd"),
        ("\u0661", "abcd"),
        ("1", "../../user?x=" + "a" * 20),
    ],
)
def test_what_plex_does_not_know_as_ours_is_replaced(visitor: Visitor, number: str, code: str) -> None:
    assert visitor.begin(pin_id=number, pin_code=code).status_code == 302
    assert visitor.pending.code != code
    assert visitor.enter("ben").headers["Location"] == "/"


def test_a_pin_of_another_client_is_not_taken(visitor: Visitor) -> None:
    made = make_pin(visitor.plextv, pins.pin_address(pins.Aim.RECONNECT))
    visitor.begin(pin_id=str(made["id"]), pin_code=str(made["code"]))
    assert visitor.pending.pin_id != made["id"]


def test_a_pin_that_somebody_approved_already_is_not_taken(visitor: Visitor) -> None:
    """A prepared one would sign the victim in as whoever prepared it."""
    made = make_pin(visitor.plextv, pins.pin_address())
    visitor.plextv.approve(str(made["code"]), "anna")
    visitor.begin(pin_id=str(made["id"]), pin_code=str(made["code"]))
    assert visitor.pending.pin_id != made["id"]
    visitor.come_back()
    assert not visitor.is_in


@pytest.mark.parametrize("name", ["token", "authToken", "X-Plex-Token", "plex_token", "access_token"])
def test_no_token_is_taken_from_a_browser(visitor: Visitor, name: str) -> None:
    token = visitor.plextv.issue("ben", client_id(Purpose.SIGN_IN))
    visitor.begin(**{name: token})
    visitor.client.get(RETURN, {"state": visitor.pending.state, name: token}, headers={"X-Plex-Token": token})
    visitor.client.post(GO_ON, {name: token})
    assert not visitor.is_in
    assert not User.objects.exists()


# --- back -------------------------------------------------------------------------------------------------------------
def test_an_approved_pin_signs_in_under_a_new_session_key(visitor: Visitor) -> None:
    visitor.begin(next="/account/")
    before = visitor.client.cookies[live.SESSION_COOKIE_NAME].value
    visitor.approve("ben")
    answer = visitor.come_back()
    assert answer.headers["Location"] == "/account/"
    assert visitor.client.cookies[live.SESSION_COOKIE_NAME].value != before
    thief = Client()
    thief.cookies[live.SESSION_COOKIE_NAME] = before
    assert thief.get("/account/").status_code == 302
    assert pins._KEY not in visitor.client.session


def test_no_token_reaches_the_browser_or_its_session(visitor: Visitor) -> None:
    answers = [visitor.begin()]
    visitor.approve("ben")
    pin = visitor.plextv.settings.pins.by_code(visitor.pending.code)
    assert pin is not None
    assert pin.token is not None
    answers += [
        visitor.client.get(LOOK),
        visitor.client.get(WAITING),
        visitor.come_back(),
        visitor.client.get("/account/"),
    ]
    for answer in answers:
        assert pin.token not in answer.content.decode() + str(dict(answer.headers)) + str(answer.cookies)
    assert pin.token not in str(dict(visitor.client.session))
    assert pin.token not in str(list(SecurityEvent.objects.values()))


def test_the_token_is_kept_encrypted_for_its_person_alone(visitor: Visitor) -> None:
    visitor.begin()
    visitor.approve("ben")
    pin = visitor.plextv.settings.pins.by_code(visitor.pending.code)
    visitor.come_back()
    ben = User.objects.get(plex_id=1002)
    assert pin is not None
    assert ben.plex_token == pin.token
    stored = User.objects.filter(pk=ben.pk).values_list("plex_token", flat=True).get()
    assert str(stored).startswith("v1:")
    assert pin.token not in str(stored)
    link = Account.objects.get(user=ben)
    assert (link.provider, link.provider_account_id, link.type, link.access_token) == ("plex", "1002", "oauth", "")


def test_a_pin_not_approved_yet_waits(visitor: Visitor) -> None:
    visitor.begin()
    assert visitor.come_back().headers["Location"] == WAITING
    page = visitor.client.get(WAITING).content.decode()
    assert "Plex has not confirmed it yet" in page
    assert "I have signed in, continue" in page
    visitor.approve("ben")
    assert visitor.client.post(GO_ON).headers["Location"] == "/"
    assert visitor.is_in


def test_the_waiting_page_is_told_when_to_go_on(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pins, "_ASK_EVERY_SECONDS", 0)
    visitor.begin()
    assert visitor.client.get(LOOK).json() == {"go_on": False}
    visitor.approve("ben")
    assert visitor.client.get(LOOK).json() == {"go_on": True}
    assert not visitor.is_in  # looking changes nothing


def test_an_expired_pin_says_so_and_a_new_one_works(visitor: Visitor) -> None:
    visitor.begin()
    visitor.plextv.expire_pins()
    answer = visitor.client.post(GO_ON, follow=True)
    assert "This sign-in has run out" in answer.content.decode()
    assert visitor.enter("ben").headers["Location"] == "/"


def test_our_own_clock_ends_a_pin_too(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor.begin()
    visitor.approve("ben")
    ends = visitor.pending.ends
    monkeypatch.setattr("time.time", lambda: ends + 1)
    assert "has run out" in visitor.client.get(WAITING).content.decode()
    visitor.come_back()
    assert not visitor.is_in


def test_giving_up_forgets_the_pin(visitor: Visitor) -> None:
    visitor.begin()
    visitor.approve("ben")
    state = visitor.pending.state
    assert visitor.client.post(STOP).headers["Location"] == SIGN_IN
    assert visitor.come_back(state).status_code == 403
    assert not visitor.is_in


# --- attacks ----------------------------------------------------------------------------------------------------------
def test_a_pin_of_another_browser_opens_nothing(visitor: Visitor) -> None:
    """The link of an attacker, who approved his own PIN, would sign his victim in as him."""
    attacker, victim = visitor, Visitor(visitor.plextv)
    attacker.begin()
    attacker.approve("anna")
    state = attacker.pending.state
    answer = victim.come_back(state)
    assert answer.status_code == 403
    assert "not begun here" in answer.content.decode()
    victim.begin()
    assert victim.come_back(state).status_code == 403
    assert not victim.is_in


@pytest.mark.parametrize("state", ["", "x", "\x00", "\ud800", "é" * 50, "' OR 1=1 --", "<svg onload=x>"])
def test_a_wrong_state_opens_nothing(visitor: Visitor, state: str) -> None:
    visitor.begin()
    visitor.approve("ben")
    address = RETURN + "?state=" + "".join(f"%{byte:02x}" for byte in state.encode("utf-8", "surrogatepass"))
    answer = visitor.client.get(address)
    assert answer.status_code in (400, 403)
    assert "<svg onload" not in answer.content.decode()
    assert not visitor.is_in


def test_a_replayed_return_signs_nobody_in(visitor: Visitor) -> None:
    visitor.begin()
    visitor.approve("ben")
    state = visitor.pending.state
    visitor.come_back(state)
    assert visitor.come_back(state).headers["Location"] == "/"  # the back button: in already
    visitor.client.post("/account/sign-out/")
    assert visitor.come_back(state).status_code == 403
    assert not visitor.is_in
    assert Visitor(visitor.plextv).come_back(state).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_twenty_returns_at_once_sign_in_once(visitor: Visitor) -> None:
    visitor.begin()
    visitor.approve("ben")
    state, key = visitor.pending.state, visitor.client.cookies[live.SESSION_COOKIE_NAME].value

    def one(_number: int) -> bool:
        from django.db import connection  # noqa: PLC0415  (each thread has its own)

        client = Client()
        client.cookies[live.SESSION_COOKIE_NAME] = key
        try:
            client.get(RETURN, {"state": state})
            return "_auth_user_id" in client.session
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        entered = list(pool.map(one, range(20)))
    assert entered.count(True) == 1
    assert SecurityEvent.objects.filter(kind="sign_in").count() == 1
    assert User.objects.count() == 1


def test_a_thousand_looks_reach_plex_only_now_and_then(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor.begin()
    monkeypatch.setattr(pins, "_LOOKS", 20)
    asked: list[int] = []

    def look_at(_visit: object, number: int, _code: str) -> tuple[None, None]:
        asked.append(number)
        return None, None

    monkeypatch.setattr(PlexTvVisit, "look_at", look_at)
    answers = [visitor.client.get(LOOK).json()["go_on"] for _ in range(40)]
    assert len(asked) == 1
    assert answers[:20] == [False] * 20
    assert "too often" in visitor.client.post(GO_ON, follow=True).content.decode()


HOSTILE = [
    "//evil.example",
    "//evil.example/account/",
    "/\\evil.example",
    "/account/\r\nX: y",
    "https://evil.example/",
    "javascript:alert(1)",
    RETURN,
]


@pytest.mark.parametrize("goal", HOSTILE)
def test_next_leads_nowhere_else(visitor: Visitor, goal: str) -> None:
    assert visitor.enter("ben", next=goal).headers["Location"] == "/"


def test_extra_fields_change_nothing(visitor: Visitor) -> None:
    visitor.enter("ben", role="ADMIN", is_staff="1", plex_id="1001", user_id="1", status="deleted")
    ben = User.objects.get()
    assert (ben.role, ben.status, ben.plex_id) == ("USER", "active", 1002)


@pytest.mark.parametrize("path", [BEGIN, GO_ON, STOP])
def test_nothing_begins_or_goes_on_by_a_link(visitor: Visitor, path: str) -> None:
    assert visitor.client.get(path).status_code == 405


def test_a_session_made_before_signing_in_is_worth_nothing_afterwards(visitor: Visitor) -> None:
    planted = Client()
    planted.get(SIGN_IN)
    planted.post(BEGIN)
    key = planted.cookies[live.SESSION_COOKIE_NAME].value
    visitor.client.cookies[live.SESSION_COOKIE_NAME] = key
    visitor.begin()
    visitor.approve("ben")
    visitor.come_back()
    assert visitor.is_in
    planted.cookies[live.SESSION_COOKIE_NAME] = key
    assert planted.get("/account/").status_code == 302


# --- the page itself --------------------------------------------------------------------------------------------------
def test_the_sign_in_page_is_light(visitor: Visitor, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    visitor.begin()
    with django_assert_max_num_queries(3):
        answer = visitor.client.get(SIGN_IN)
    assert answer.status_code == 200
    assert len(answer.content) < 25 * 1024
    assert "You began to sign in with Plex." in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]


def directives(answer: object) -> dict[str, list[str]]:
    policy = answer.headers["Content-Security-Policy"]  # type: ignore[attr-defined]
    return {part.split()[0]: part.split()[1:] for part in policy.split(";") if part.strip()}


def test_the_sign_in_page_alone_may_speak_with_plex(visitor: Visitor, annas: Client) -> None:
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(visitor.plextv.url))
    page = directives(visitor.client.get(SIGN_IN))
    assert page["connect-src"] == ["'self'", origin]
    assert page["form-action"] == ["'self'", origin]
    visitor.begin()
    for answer in (visitor.client.get(WAITING), annas.get("/"), annas.get("/account/"), visitor.client.get(REFUSED)):
        assert origin not in answer.headers["Content-Security-Policy"]


def test_without_plex_the_page_asks_for_a_password_alone(stranger: Client) -> None:
    page = stranger.get(SIGN_IN).content.decode()
    assert "Sign in with Plex" not in page
    assert 'name="password"' in page


def test_whoever_is_in_is_led_on(visitor: Visitor) -> None:
    visitor.enter("ben")
    assert visitor.begin(next="/account/").headers["Location"] == "/account/"
    assert visitor.client.get(WAITING).headers["Location"] == "/"
    assert visitor.client.get(REFUSED).headers["Location"] == "/"


def test_the_address_at_plex_holds_its_wishes_in_the_fragment(visitor: Visitor) -> None:
    parts = urlsplit(visitor.begin().headers["Location"])
    assert parts.query == ""
    assert set(parse_qs(parts.fragment.lstrip("?"))) == {"clientID", "code", "forwardUrl", "context[device][product]"}
