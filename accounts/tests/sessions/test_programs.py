"""What all calls of programs have in common: a limit for each person, and refusals in one shape."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, JsonResponse
from django.test import Client
from django.urls import path
from django.views.decorators.http import require_POST, require_safe
from pytest_django.fixtures import Settings

from accounts import actions
from accounts.access import moderator_required
from accounts.bearer import takes_tokens
from accounts.models import Scope, User
from accounts.tests.sessions.acts import later
from accounts.tests.sessions.test_tokens import ask, made
from medianest import urls
from medianest.lib import throttle
from medianest.lib.errors import Cannot
from medianest.lib.programs import body
from operations.models import ErrorLog, RateLimit
from operations.row_security import own_scope

ME = "/api/v1/me/"
pytestmark = pytest.mark.urls(__name__)


class CannotJump(Cannot):
    """A refusal of some app's."""


@takes_tokens
@require_safe
def fails(request: HttpRequest, how: str) -> JsonResponse:
    errors: dict[str, Exception] = {
        "cannot": CannotJump("It is too high."),
        "closed": CannotJump("Not for you.", status=403),
        "gone": Http404("nothing of this is told"),
        "denied": PermissionDenied("This is for moderators."),
        "broken": RuntimeError("a secret"),
    }
    raise errors[how]


@takes_tokens
@own_scope
@require_POST
def echo(request: HttpRequest) -> JsonResponse:
    return JsonResponse(body(request))


@takes_tokens
@moderator_required
def rule(request: HttpRequest) -> JsonResponse:
    return JsonResponse({})


urlpatterns = [
    path("api/try/echo", echo),
    path("api/try/rule", rule),
    path("api/try/<slug:how>", fails),
    *urls.urlpatterns,
]
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500


# --- the limit --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("address", [ME, "/api/try/rule"])
def test_calls_are_counted_for_each_person_by_session_and_token_alike(
    address: str, moderator: User, anna: User, settings: Settings
) -> None:
    settings.LIMIT_API_PER_MINUTE = 2
    text = made(moderator, Scope.ADMIN)
    browser = Client()
    browser.force_login(moderator)
    statuses = [browser.get(address).status_code, ask(text, address).status_code]
    assert statuses == [200] * 2
    for refused in (browser.get(address), ask(text, address)):
        assert (refused.status_code, refused.json()["error"]["code"]) == (429, "too_often")
        assert 0 < int(refused.headers["Retry-After"]) <= 60
        assert "2 calls a minute" in refused.json()["error"]["message"]
    assert sum(row.request_count for row in RateLimit.objects.filter(user=moderator, endpoint="api")) == 2
    assert ask(made(anna)).status_code == 200, "another person has a limit of their own"


def test_a_view_that_opens_its_scopes_itself_is_counted_too(annas: Client, settings: Settings) -> None:
    settings.LIMIT_API_PER_MINUTE = 2
    told = [annas.post("/api/try/echo", {}, content_type="application/json").status_code for _ in range(3)]
    assert told == [200, 200, 429]


def test_strangers_and_bad_tokens_are_counted_for_nobody(anna: User) -> None:
    Client().get(ME)
    ask("mn_wrong")
    ask(made(anna), "/api/try/rule")
    assert not RateLimit.objects.exists()


# --- refusals ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("how", "status", "code", "says"),
    [
        ("cannot", 409, "conflict", "It is too high."),
        ("closed", 403, "forbidden", "Not for you."),
        ("gone", 404, "not_found", "nothing here"),
        ("denied", 403, "forbidden", "This is for moderators."),
    ],
)
def test_each_refusal_has_the_one_shape(how: str, status: int, code: str, says: str, annas: Client) -> None:
    answer = annas.get(f"/api/try/{how}")
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (status, code)
    assert says in error["message"]
    assert error["reference"] == answer.headers["X-Request-ID"]


def test_what_breaks_says_so_and_no_more(anna: User) -> None:
    browser = Client(raise_request_exception=False)
    browser.force_login(anna)
    answer = browser.get("/api/try/broken")
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "broken")
    assert "secret" not in answer.text
    assert ErrorLog.objects.filter(correlation_id=answer.json()["error"]["reference"]).exists()


def test_an_address_that_is_none_and_a_method_that_is_not_taken_are_told_in_json(annas: Client) -> None:
    nowhere = annas.get("/api/v1/nothing")
    assert (nowhere.status_code, nowhere.json()["error"]["code"]) == (404, "not_found")
    wrong = annas.get("/api/try/echo", headers={"accept": "text/html"})
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (405, "method_not_allowed")
    assert wrong.headers["Allow"] == "POST"


@pytest.mark.parametrize(
    ("sent", "kind", "status"),
    [
        ("{", "application/json", 400),
        ("[1]", "application/json", 400),
        ("[" * 30_000, "application/json", 400),
        ("a=b", "text/plain", 415),
        ("a=b", "application/x-www-form-urlencoded", 200),
        ('{"a": "' + "x" * 70_000 + '"}', "application/json", 413),
        ('{"a": 1}', "application/json", 200),
    ],
)
def test_a_body_is_a_json_object_of_some_size(sent: str, kind: str, status: int, annas: Client) -> None:
    assert annas.post("/api/try/echo", sent, content_type=kind).status_code == status


def test_programs_are_led_to_no_page(anna: User, moderator: User, administrator: User) -> None:
    def told(user: User, address: str, **days: Any) -> tuple[int, str]:
        browser = Client()
        browser.force_login(user)
        with later(**days):
            answer = browser.get(address)
        return answer.status_code, answer.json()["error"]["code"]

    assert told(moderator, "/api/try/rule", hours=1) == (403, "confirm")
    assert told(anna, "/api/try/rule") == (403, "forbidden")
    actions.issue_one_time_password(by=administrator, person=anna)
    anna.refresh_from_db()
    assert told(anna, ME) == (403, "change_password")


@pytest.mark.parametrize("how", ["cannot", "gone", "denied"])
def test_what_is_refused_counts_too(how: str, annas: Client) -> None:
    annas.get(f"/api/try/{how}")
    assert RateLimit.objects.get().request_count == 1


@pytest.mark.parametrize(("address", "status"), [(ME, 405), ("/api/try/echo", 200)])
def test_a_wiped_redis_forgives_nothing(
    address: str, status: int, annas: Client, anna: User, settings: Settings
) -> None:
    settings.LIMIT_API_PER_MINUTE = 1
    assert annas.post(address).status_code == status
    throttle.forget(f"limit:api:{anna.pk}")
    assert annas.post(address).status_code == 429
