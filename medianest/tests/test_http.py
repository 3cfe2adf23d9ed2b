from __future__ import annotations

import contextlib
import gc
import gzip
import socket
import ssl
import threading
import time
import traceback
from collections.abc import Iterator

import pytest
import stamina
import trustme
from prometheus_client import REGISTRY

from medianest.lib import http, sockets
from medianest.lib.breaker import Breaker
from medianest.lib.http import BadCredentials, Client, Limits, Malformed, ProviderError, Refused, Unreachable
from medianest.lib.requests_session import limited_session
from medianest.tests.wire import Say, dripping, free_port, page, saying, server, silent

QUICK = Limits(connect=0.5, total=0.6, body=1000)
"""For what never answers in time."""
ROOMY = Limits(connect=20, total=30, body=1000)
"""For what answers, however busy the machine."""
KEY = "s3cret-of-the-nest"


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=3, cap=True):
        yield


def ask(*answers: Say, limits: Limits = ROOMY, attempts: int = 1, path: str = "/x") -> http.Answer:
    with server(*answers) as wire, Client("Plex", wire.url, limits=limits, attempts=attempts) as client:
        return client.get(path, headers={"X-Plex-Token": KEY})


def failure(*answers: Say, limits: Limits = ROOMY) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        ask(*answers, limits=limits)
    shown = "".join(traceback.format_exception(caught.value))
    assert KEY not in shown
    return caught.value


# --- answers --------------------------------------------------------------------------------------------------------------
def test_an_answer_holds_status_headers_and_body() -> None:
    answer = ask(saying(page(b'{"a": 1}', X_Kind="small")))
    assert (answer.status, answer.json(), answer.headers["x-kind"]) == (200, {"a": 1}, "small")


def test_a_status_that_was_asked_for_is_an_answer() -> None:
    with server(saying(page(b"gone", "404 Not Found"))) as wire, Client("Plex", wire.url) as client:
        assert client.get("/x", accept=(404,)).status == 404


@pytest.mark.parametrize("base", ["", "/plex"])
def test_a_path_goes_below_the_address(base: str) -> None:
    with server(saying(page())) as wire, Client("Plex", wire.url + base) as client:
        client.get("/identity", params={"q": "a b"})
        assert wire.heads[0].startswith(f"GET {base}/identity?q=a+b HTTP/1.1")


@pytest.mark.parametrize(
    ("status", "family", "words"),
    [
        ("401 Unauthorized", BadCredentials, "does not accept the key (401)"),
        ("403 Forbidden", BadCredentials, "does not accept the key (403)"),
        ("404 Not Found", Refused, "there is no Plex at this address (404)"),
        ("418 Teapot", Refused, "unexpected status 418"),
        ("429 Too Many", Refused, "asks for a pause"),
        ("500 Error", Refused, "an error of its own (500)"),
    ],
)
def test_a_refusal_says_which_kind_it_is(status: str, family: type[ProviderError], words: str) -> None:
    error = failure(saying(page(b"reason of theirs", status)))
    assert type(error) is family
    assert words in error.sentence
    assert "reason of theirs" not in error.sentence


def test_what_is_not_json_is_not_the_service() -> None:
    with pytest.raises(Malformed, match="This is a web server, but not Plex"):
        ask(saying(page(b"<html>"))).json()


# --- limits ---------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(silent, id="silent"),
        pytest.param(dripping(b"HTTP/1.1 200 OK\r\n", b"X-A: 1\r\n", 0.05), id="dripping-head"),
        pytest.param(dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n", b"x", 0.05), id="dripping-body"),
    ],
)
def test_time_is_up_in_total(answer: Say) -> None:
    started = time.monotonic()
    error = failure(answer, limits=QUICK)
    assert isinstance(error, Unreachable)
    assert "no answer within 0.6 seconds" in error.sentence
    assert time.monotonic() - started < 20


def test_all_calls_of_a_client_share_its_budget() -> None:
    slow = dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n", b"x", 0.05)
    started = time.monotonic()
    with server(slow) as wire, Client("Plex", wire.url, limits=ROOMY, budget=2) as client:
        for _turn in range(20):
            with pytest.raises(Unreachable):
                client.get("/x")
    assert time.monotonic() - started < 20


def test_a_body_is_read_up_to_the_limit() -> None:
    endless = dripping(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 500, 0.001)
    assert "larger than" in failure(endless).sentence


def test_a_compressed_body_is_not_unfolded() -> None:
    assert isinstance(failure(saying(page(gzip.compress(b"0" * 10_000), Content_Encoding="gzip"))), Malformed)


# --- what cannot be reached says why --------------------------------------------------------------------------------------
def unreachable(url: str, limits: Limits = ROOMY) -> str:
    with Client("Plex", url, limits=limits) as client, pytest.raises(Unreachable) as caught:
        client.get("/")
    return caught.value.sentence


def test_a_refused_connection() -> None:
    assert "the connection was refused" in unreachable(f"http://127.0.0.1:{free_port()}")


def test_an_unknown_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*args: object, **options: object) -> list[object]:
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert "nobody knows its name" in unreachable("http://plex.example")


def test_a_resolver_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()

    def late(*args: object, **options: object) -> list[object]:
        over.wait(60)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", late)
    started = time.monotonic()
    assert "no connection within 0.5 seconds" in unreachable("http://plex.example", QUICK)
    assert time.monotonic() - started < 20
    over.set()


def test_what_does_not_speak_http() -> None:
    assert "hung up" in failure(saying(b"SSH-2.0-OpenSSH_9.9\r\n")).sentence


def test_what_hangs_up() -> None:
    assert "https://" in failure(saying(b"")).sentence


def test_what_does_not_speak_tls() -> None:
    with server(saying(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as wire:
        assert "http:// instead" in unreachable(wire.url.replace("http", "https"))


def tls_of(authority: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


def test_a_certificate_of_an_unknown_authority() -> None:
    with server(saying(page()), tls=tls_of(trustme.CA(), "127.0.0.1")) as wire:
        assert "authority that this machine trusts" in unreachable(wire.url.replace("http", "https"))


def test_a_certificate_for_another_name(monkeypatch: pytest.MonkeyPatch) -> None:
    authority = trustme.CA()
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    monkeypatch.setattr(http, "_trust", lambda: trust)
    with server(saying(page()), tls=tls_of(authority, "else.example")) as wire:
        assert "for another name" in unreachable(wire.url.replace("http", "https"))
    with (
        server(saying(page()), tls=tls_of(authority, "127.0.0.1")) as wire,
        Client("Plex", wire.url.replace("http", "https"), limits=ROOMY) as client,
    ):
        assert client.get("/").status == 200


# --- redirects ------------------------------------------------------------------------------------------------------------
def test_a_redirect_on_the_same_host_is_followed() -> None:
    answer = ask(saying(page(b"", "302 Found", Location="/there")), saying(page(b"found")))
    assert answer.text == "found"


def test_a_redirect_to_another_host_is_not_followed() -> None:
    with server(saying(page())) as other:
        elsewhere = other.url.replace("127.0.0.1", "localhost")
        assert "sends visitors elsewhere" in failure(saying(page(b"", "302 Found", Location=elsewhere))).sentence
        assert other.heads == []


def test_a_redirect_to_another_port_of_the_host_is_not_followed() -> None:
    with server(saying(page())) as other:
        assert "sends visitors elsewhere" in failure(saying(page(b"", "302 Found", Location=other.url))).sentence
        assert other.heads == []


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("http://plex/a", "http://plex:80/b", True),
        ("https://Plex", "https://plex:443", True),
        ("http://plex", "https://plex", False),
        ("http://plex:1", "http://plex:2", False),
    ],
)
def test_an_origin_is_scheme_host_and_port(one: str, other: str, same: bool) -> None:
    assert (http.origin(one) == http.origin(other)) is same


@pytest.mark.parametrize(
    "location", ["", "http://[bad", "http://127.0.0.1:port/", "javascript:alert(1)", "//else.example"]
)
def test_a_redirect_to_nowhere_is_said(location: str) -> None:
    assert isinstance(failure(saying(page(b"", "302 Found", Location=location))), Malformed)


def test_redirects_in_a_circle_end() -> None:
    assert "in a circle" in failure(saying(page(b"", "302 Found", Location="/x"))).sentence


def test_what_changes_something_is_not_redirected() -> None:
    with server(saying(page(b"", "307 Again", Location="/there"))) as wire, Client("Plex", wire.url) as client:
        with pytest.raises(Malformed):
            client.send("POST", "/x", json={})
        assert len(wire.heads) == 1


# --- repeating ------------------------------------------------------------------------------------------------------------
def test_reading_is_repeated_when_it_may_help() -> None:
    answer = ask(saying(page(b"", "503 Busy")), saying(b""), saying(page(b"at last")), attempts=3)
    assert answer.text == "at last"


def test_a_wrong_key_is_not_repeated() -> None:
    with server(saying(page(b"", "401 No"))) as wire, Client("Plex", wire.url, attempts=3) as client:
        with pytest.raises(BadCredentials):
            client.get("/")
        assert len(wire.heads) == 1


def test_writing_is_never_repeated() -> None:
    with server(saying(page(b"", "503 Busy"))) as wire, Client("Plex", wire.url, attempts=3) as client:
        with pytest.raises(Refused):
            client.send("POST", "/x", json={"a": 1})
        assert len(wire.heads) == 1


# --- addresses ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "fe80::1",
        "fe80::1%eth0",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::",
        "fd00:ec2::254",
        "0.0.0.0",
        "224.0.0.1",
    ],
)
def test_link_local_and_metadata_addresses_are_forbidden(address: str) -> None:
    assert sockets.is_forbidden(address)


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "::1", "192.168.1.20", "10.0.0.1", "fd12::1", "100.64.0.7", "1.1.1.1"]
)
def test_addresses_of_a_household_are_allowed(address: str) -> None:
    assert not sockets.is_forbidden(address)


@pytest.mark.parametrize("typed", ["169.254.169.254", "2852039166", "0xa9fea9fe", "[::ffff:169.254.169.254]"])
def test_a_forbidden_address_is_not_connected_to_however_it_is_written(typed: str) -> None:
    assert "does not call its address" in unreachable(f"http://{typed}/latest/meta-data")


def test_a_name_that_leads_to_a_forbidden_address_is_not_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [(0, 0, 0, "", ("127.0.0.1", 80)), (0, 0, 0, "", ("169.254.169.254", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: answers)
    assert "does not call its address" in unreachable("http://rebound.example")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("192.168.1.20:32400", "http://192.168.1.20:32400"),
        (" https://plex.example/ ", "https://plex.example"),
        ("https://home.example/plex/", "https://home.example/plex"),
        ("http://[fd12::1]:32400", "http://[fd12::1]:32400"),
    ],
)
def test_a_typed_address_is_made_whole(typed: str, meant: str) -> None:
    assert http.clean_address(typed) == meant


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("ftp://plex.example", "http:// or https://"),
        ("file:///etc/passwd", "http:// or https://"),
        ("http://", "not an address"),
        ("http://plex:port", "not an address"),
        ("http://plex:99999", "not an address"),
        ("http://ple x", "not an address"),
        ("http://olive:pw@plex", "name and password"),
        ("http://plex/?X-Plex-Token=1", "Leave everything"),
        ("http://169.254.169.254", "does not call"),
    ],
)
def test_a_wrong_address_is_told_apart(typed: str, words: str) -> None:
    with pytest.raises(ValueError, match=words.replace("?", r"\?")):
        http.clean_address(typed)


def test_a_key_that_no_header_can_hold_is_said() -> None:
    keyed = Client("Plex", "http://127.0.0.1:1", headers={"X-Key": "schlüssel ☂"})
    with keyed, pytest.raises(Unreachable, match="characters that neither has"):
        keyed.get("/")


def test_the_environment_is_not_asked_for_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    assert ask(saying(page())).status == 200


# --- for plexapi ----------------------------------------------------------------------------------------------------------
def test_a_session_keeps_the_limits_and_errors() -> None:
    answers = (saying(page(b"<ok/>")), saying(page(b"", "404 No")), saying(page(b"", "401 No")))
    with server(*answers) as wire, limited_session("Plex", wire.url, limits=ROOMY) as session:
        assert session.get(f"{wire.url}/library").text == "<ok/>"
        assert session.get(f"{wire.url}/library").status_code == 404
        with pytest.raises(BadCredentials):
            session.get(f"{wire.url}/library", timeout=30)
    with (
        server(silent) as wire,
        limited_session("Plex", wire.url, limits=QUICK) as session,
        pytest.raises(Unreachable),
    ):
        session.get(f"{wire.url}/library", timeout=30)


def test_a_session_reaches_nothing_but_its_address() -> None:
    with server(saying(page())) as mine, server(saying(page())) as other:
        with limited_session("Plex", mine.url, limits=ROOMY) as session:
            with pytest.raises(Malformed):
                session.get(f"{other.url}/library", headers={"X-Plex-Token": KEY})
            with pytest.raises(ValueError, match="No connection adapters"):
                session.get("file:///etc/passwd")
        assert other.heads == []


def test_a_session_that_nobody_holds_closes_its_connections() -> None:
    session = limited_session("Plex", "http://127.0.0.1:1")
    through = session.get_adapter("http://127.0.0.1:1")._client  # type: ignore[attr-defined]
    del session
    gc.collect()
    assert through._http.is_closed


# --- counting -------------------------------------------------------------------------------------------------------------
def calls(outcome: str) -> float:
    return REGISTRY.get_sample_value("medianest_outgoing_calls_total", {"service": "Plex", "outcome": outcome}) or 0


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (saying(page()), "answered"),
        (saying(page(b"", "401 Unauthorized")), "bad_credentials"),
        (saying(page(b"", "500 Oops")), "refused"),
        (saying(page(b"x" * 2000)), "malformed"),
        (silent, "unreachable"),
    ],
)
def test_each_try_is_counted_by_how_it_ended(answer: Say, outcome: str) -> None:
    before = calls(outcome), REGISTRY.get_sample_value("medianest_outgoing_seconds_count", {"service": "Plex"}) or 0
    with contextlib.suppress(ProviderError):
        ask(answer, limits=QUICK if answer is silent else ROOMY)
    assert calls(outcome) == before[0] + 1
    assert REGISTRY.get_sample_value("medianest_outgoing_seconds_count", {"service": "Plex"}) == before[1] + 1


def test_a_call_that_is_held_back_is_counted_as_such() -> None:
    breaker = Breaker("counted-here", threshold=1)
    breaker.failed()
    before = calls("held_back")
    with Client("Plex", "http://127.0.0.1:9", breaker=breaker) as client, pytest.raises(Unreachable):
        client.get("/x")
    breaker.succeeded()
    assert calls("held_back") == before + 1
