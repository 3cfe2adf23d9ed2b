"""Access tokens: made, shown once, used by programs, ended."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import Client
from django.urls import path

from accounts import actions, tokens
from accounts.access import moderator_required
from accounts.bearer import takes_tokens
from accounts.models import Role, Scope, SessionToken, User
from accounts.tests.sessions.acts import PAGE, later, sign_in
from medianest.urls import urlpatterns as usual

ME = "/api/v1/me/"
MONTH = dt.timedelta(days=30)


@takes_tokens
def note(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"by": request.user.get_username(), "method": request.method})


@takes_tokens
@moderator_required
def rule(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"ruled": True})


@moderator_required
def staff_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("for the staff")


urlpatterns = [
    path("try/note/", note),
    path("try/rule/", rule),
    path("try/staff/", takes_tokens(staff_page)),
    *usual,
]
here = pytest.mark.urls(__name__)


def made(user: User, *scopes: Scope) -> str:
    return tokens.make(user=user, name="Script", scopes=scopes or (Scope.READ,), lasts=MONTH).text


def ask(text: str, address: str = ME, method: str = "get", client: Client | None = None, **more: Any) -> Any:
    browser = client or Client(enforce_csrf_checks=True)
    return getattr(browser, method)(address, headers={"authorization": f"Bearer {text}"}, **more)


# --- using ------------------------------------------------------------------------------------------------------------
def test_a_token_opens_the_api_as_its_person(anna: User) -> None:
    answer = ask(made(anna))
    assert answer.status_code == 200
    assert answer.json() == {
        "id": str(anna.pk), "username": "anna", "name": "Anna", "role": "USER", "scopes": ["read"]
    }  # fmt: skip
    assert "sessionid" not in answer.cookies
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_browsers_session_opens_it_too(annas: Client) -> None:
    assert annas.get(ME).json()["username"] == "anna"


@pytest.mark.django_db
def test_a_stranger_is_told_so_in_json() -> None:
    answer = Client().get(ME)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "sign_in")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("end", ["revoked", "expired", "suspended", "password", "one-time password", "made up", "hash"])
def test_a_token_is_worthless_once(end: str, anna: User, administrator: User) -> None:
    text = made(anna)
    row = SessionToken.objects.get()
    if end == "revoked":
        assert tokens.end(user=anna, token_id=row.pk)
    elif end == "suspended":
        actions.suspend(by=administrator, person=anna)
    elif end == "password":
        actions.change_password(user=anna, new_password="owl-under-the-bridge")
    elif end == "one-time password":
        actions.issue_one_time_password(by=administrator, person=anna)
    elif end == "made up":
        text = text[:-1] + ("a" if text[-1] != "a" else "b")
    elif end == "hash":
        text = tokens.PREFIX + row.token_hash
    with later(days=31 if end == "expired" else 0):
        answer = ask(text)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "bad_token")


def test_a_bad_token_beside_a_good_session_counts_as_no_one(annas: Client) -> None:
    assert ask("mn_wrong", client=annas).status_code == 401


def test_a_token_does_not_open_pages_for_browsers(anna: User) -> None:
    for address in (PAGE, "/account/tokens/", "/downloads/"):
        answer = ask(made(anna, Scope.WRITE), address)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "not_for_tokens"), address
    assert ask("mn_wrong", "/healthz").status_code == 200


def test_a_token_in_the_address_opens_nothing(anna: User) -> None:
    text = made(anna)
    for name in ("token", "access_token", "authorization"):
        assert Client().get(ME, {name: text}).status_code == 401


@here
def test_reading_and_writing_need_their_scopes(anna: User) -> None:
    read, write = made(anna), made(anna, Scope.WRITE)
    assert ask(read, "/try/note/").status_code == 200
    assert ask(write, "/try/note/").status_code == 200
    for method in ("post", "put", "patch", "delete"):
        refused = ask(read, "/try/note/", method)
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "missing_scope"), method
        assert ask(write, "/try/note/", method).json() == {"by": "anna", "method": method.upper()}


@here
def test_a_session_still_needs_the_proof_against_forgery(anna: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(anna)
    assert browser.post("/try/note/").status_code == 403
    assert browser.post("/try/note/", headers={"authorization": "Bearer other"}).status_code == 403
    assert browser.post("/try/note/", headers={"authorization": "Basic mn_x"}).status_code == 403


@here
@pytest.mark.parametrize("address", ["/try/rule/", "/try/staff/"])
def test_a_moderators_token_rules_only_with_the_scope_for_it(address: str, moderator: User) -> None:
    assert ask(made(moderator, Scope.WRITE), address).status_code == 403
    assert ask(made(moderator, Scope.ADMIN), address).status_code == 200


@here
def test_whoever_is_no_moderator_any_more_rules_no_more(moderator: User, administrator: User) -> None:
    text = made(moderator, Scope.ADMIN)
    actions.set_role(by=administrator, person=moderator, role=Role.USER)
    assert ask(text, "/try/rule/").status_code == 403


def test_the_last_use_is_noted_every_five_minutes(anna: User) -> None:
    text = made(anna)
    ask(text)
    first = SessionToken.objects.get().last_used_at
    ask(text)
    assert SessionToken.objects.get().last_used_at == first
    with later(minutes=6):
        ask(text)
    used = SessionToken.objects.get().last_used_at
    assert first is not None
    assert used is not None
    assert used > first


# --- making and ending ------------------------------------------------------------------------------------------------
def test_a_token_is_shown_once_and_kept_as_a_hash(olive: User) -> None:
    client = sign_in(olive)
    page = client.post("/account/tokens/", {"name": "Backup <b>", "scope": "write", "days": "30"}).text
    text = re.search(r'value="(mn_[\w-]+)"', page).group(1)  # type: ignore[union-attr]
    assert ask(text).json()["scopes"] == ["write"]
    shown_later = client.get("/account/tokens/").text
    assert text not in shown_later
    assert "Backup &lt;b&gt;" in shown_later
    row = SessionToken.objects.values().get()
    assert text not in str(row)
    assert row["hint"] == text[:8]


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"name": "x" * 81}, {"days": "3650"}, {"days": "-1"}, {"scope": "root"}, {"scope": "admin"}]
)
def test_what_a_token_cannot_be_is_refused(wrong: dict[str, str], annas: Client) -> None:
    answer = annas.post("/account/tokens/", {"name": "x", "scope": "read", "days": "7", **wrong})
    assert answer.status_code == 200
    assert not SessionToken.objects.exists()


def test_a_viewer_cannot_make_a_staff_token_by_any_way(anna: User) -> None:
    with pytest.raises(tokens.CannotMakeToken, match="Only moderators"):
        made(anna, Scope.ADMIN)


def test_there_is_a_limit_to_tokens(olive: User) -> None:
    for _ in range(tokens.AT_MOST):
        made(olive)
    with pytest.raises(tokens.CannotMakeToken, match="You have 20 tokens"):
        made(olive)
    answer = sign_in(olive).post("/account/tokens/", {"name": "x", "scope": "read", "days": "7"})
    assert "Revoke one that you do not need" in answer.text


def test_one_revokes_ones_own_and_nobody_elses(olive: User, annas: Client) -> None:
    text = made(olive)
    row = SessionToken.objects.get()
    address = f"/account/tokens/{row.pk}/end/"
    assert annas.get(address).status_code == 404
    annas.post(address)
    assert ask(text).status_code == 200
    owner = sign_in(olive)
    assert "Script" in owner.get(address).text
    assert owner.post(address, follow=True).status_code == 200
    assert ask(text).status_code == 401
