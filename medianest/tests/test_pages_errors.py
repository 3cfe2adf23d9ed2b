from __future__ import annotations

from typing import Any

import psycopg
import pytest
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from psycopg_pool import PoolTimeout

from medianest import urls
from medianest.lib.crypto import CannotDecrypt
from medianest.lib.database_away import is_away


class Broken(Exception):
    """Its text must never be shown."""


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


def refused() -> Exception:
    return caused(OperationalError("connection refused at 10.0.0.7"), psycopg.OperationalError("refused"))


ERRORS: dict[str, Any] = {
    "broken": lambda: Broken("secret detail"),
    "bad": lambda: BadRequest("secret detail"),
    "forbidden": lambda: PermissionDenied("secret detail"),
    "away": refused,
    "full": lambda: caused(OperationalError("pool"), PoolTimeout("couldn't get a connection")),
    "lost": lambda: CannotDecrypt("secret detail"),
    "slow": lambda: caused(OperationalError("secret detail"), psycopg.errors.QueryCanceled("timeout")),
}


def fail(request: HttpRequest, how: str) -> HttpResponse:
    raise ERRORS[how]()


urlpatterns = [*urls.urlpatterns, path("fail/<str:how>/", fail)]
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500


@pytest.fixture
def asking(annas: Client) -> Client:
    annas.raise_request_exception = False
    return annas


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    ("how", "status", "headline"),
    [
        ("broken", 500, "Something broke on our side"),
        ("slow", 500, "Something broke on our side"),
        ("bad", 400, "That could not be understood"),
        ("forbidden", 403, "This is not for your account"),
        ("lost", 409, "Connect again"),
        ("away", 503, "Back in a moment"),
        ("full", 503, "Back in a moment"),
    ],
)
def test_an_error_says_what_happened_and_names_a_reference(
    asking: Client, how: str, status: int, headline: str
) -> None:
    response = asking.get(f"/fail/{how}/")
    text = response.content.decode()
    assert response.status_code == status
    assert headline in text
    assert response.headers["X-Request-ID"] in text
    assert "secret detail" not in text
    assert "10.0.0.7" not in text
    assert response.headers.get("Retry-After") == ("5" if status == 503 else None)


def test_an_unknown_address_says_so(annas: Client) -> None:
    response = annas.get("/no/such/page/")
    assert response.status_code == 404
    assert "There is nothing here" in response.content.decode()
    assert response.headers["X-Request-ID"] in response.content.decode()


@pytest.mark.urls(__name__)
def test_the_page_for_a_broken_server_asks_nothing_of_the_database(
    asking: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no(*args: object, **kwargs: object) -> None:
        raise refused()

    with monkeypatch.context() as patch:
        patch.setattr("django.db.backends.base.base.BaseDatabaseWrapper.cursor", no)
        response = asking.get("/downloads/")
    assert response.status_code == 503
    assert "everything before it is safe" in response.content.decode()


def test_error_pages_keep_the_chosen_colours(annas: Client) -> None:
    annas.cookies["theme"] = "light"
    assert 'data-theme="light"' in annas.get("/no/such/page/").content.decode()


def test_a_stale_form_reloads_the_page_that_sent_it(anna: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(anna)
    response = client.post("/theme/", {"theme": "light"}, headers={"HX-Request": "true"})
    assert response.status_code == 403
    assert response.headers["HX-Refresh"] == "true"
    assert "open for too long" in response.content.decode()


@pytest.mark.parametrize(
    ("error", "away"),
    [
        (refused(), True),
        (caused(OperationalError(), psycopg.errors.AdminShutdown()), True),
        (caused(OperationalError(), psycopg.errors.TooManyConnections()), True),
        (InterfaceError("connection already closed"), True),
        (caused(OperationalError(), psycopg.errors.QueryCanceled()), False),
        (caused(OperationalError(), psycopg.errors.DeadlockDetected()), False),
        (ValueError(), False),
        (None, False),
    ],
)
def test_away_is_told_from_wrong(error: Exception | None, away: bool) -> None:
    assert is_away(error) is away


def test_an_address_that_only_takes_a_form_says_so(annas: Client) -> None:
    response = annas.get("/theme/", headers={"accept": "text/html"})
    assert response.status_code == 405
    assert response["Allow"] == "POST"
    assert "This address is not a page" in response.content.decode()
    assert annas.get("/theme/", headers={"accept": "*/*"}).content == b""
