"""Private by default, and pages for moderators and administrators."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.access import administrator_required, moderator_required
from accounts.models import Role, Status, User

OPEN_TO_ALL = {
    "healthz",
    "readyz",
    "theme",
    "sign-in",
    "sign-out",
    "second-step-ask",
    "forgotten",
    "reset-new",
    "reset-link",
    "confirm-address",
    "hook-overseerr",
} | {f"plex-{step}" for step in ("begin", "continue", "look", "refused", "return", "stop", "waiting")}


def every_view() -> dict[str, Callable[..., HttpResponse]]:
    """Each named view of ours, by name."""
    found: dict[str, Callable[..., HttpResponse]] = {}

    def walk(patterns: list[URLPattern | URLResolver]) -> None:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                if pattern.namespace != "admin":
                    walk(pattern.url_patterns)
            elif pattern.name:
                found[pattern.name] = pattern.callback

    walk(get_resolver().url_patterns)
    return found


def test_only_pages_meant_for_all_are_open_to_all() -> None:
    views = every_view()
    assert OPEN_TO_ALL - {"theme"} <= views.keys()
    opened = {name for name, view in views.items() if not getattr(view, "login_required", True)}
    assert opened <= OPEN_TO_ALL


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/", "/account/", "/account/change-password/", "/downloads/", "/admin/", "/admin/accounts/user/"]
)
def test_a_stranger_signs_in_first_and_comes_back(address: str, stranger: Client) -> None:
    response = stranger.get(address, follow=True)
    assert response.redirect_chain[-1][0] == f"/account/sign-in/?next={address}"
    assert response.status_code == 200


@pytest.mark.django_db
def test_what_moves_on_a_page_whose_session_ended_leads_the_page_to_sign_in(stranger: Client) -> None:
    where = "http://testserver/downloads/?page=2"
    response = stranger.get("/downloads/", HTTP_HX_REQUEST="true", HTTP_HX_CURRENT_URL=where)
    assert response.status_code == 200
    assert response.headers["HX-Redirect"] == "/account/sign-in/?next=/downloads/%3Fpage%3D2"
    elsewhere = stranger.get("/", HTTP_HX_REQUEST="true", HTTP_HX_CURRENT_URL="https://evil.example/x")
    assert elsewhere.headers["HX-Redirect"] == "/account/sign-in/?next=/x"


def test_a_suspended_person_is_out_at_once(annas: Client, anna: User) -> None:
    assert annas.get("/account/").status_code == 200
    anna.status = Status.SUSPENDED
    anna.save()
    assert annas.get("/account/").status_code == 302


def test_a_deleted_person_is_out_at_once(annas: Client, anna: User) -> None:
    anna.delete()
    assert annas.get("/account/").status_code == 302


def test_a_private_page_is_not_kept_by_the_browser(annas: Client) -> None:
    assert "no-store" in annas.get("/account/").headers["Cache-Control"]


@pytest.mark.parametrize(
    ("guard", "allowed"),
    [(moderator_required, {Role.MODERATOR, Role.ADMIN}), (administrator_required, {Role.ADMIN})],
    ids=["moderator", "administrator"],
)
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("status", [Status.ACTIVE, Status.SUSPENDED])
def test_a_guarded_page_lets_in_by_role(
    guard: Callable[..., Callable[..., HttpResponse]], allowed: set[Role], role: Role, status: Status
) -> None:
    @guard
    def page(request: HttpRequest, number: int) -> HttpResponse:
        return HttpResponse(str(number))

    request = RequestFactory().get("/x/")
    request.user = User(username="x", role=role, status=status)
    if role in allowed and status == Status.ACTIVE:
        assert page(request, number=3).content == b"3"
    else:
        with pytest.raises(PermissionDenied, match="This page is for"):
            page(request, number=3)


def test_a_guarded_page_sends_strangers_to_sign_in() -> None:
    request = RequestFactory().get("/x/?y=1")
    request.user = AnonymousUser()
    response = moderator_required(lambda request: HttpResponse())(request)
    assert response.status_code == 302


@pytest.mark.parametrize("who", ["annas", "moderators"])
def test_the_administration_is_closed_to_others_with_403(who: str, request: pytest.FixtureRequest) -> None:
    client: Client = request.getfixturevalue(who)
    for page in ("/admin/", "/admin/accounts/user/", "/admin/login/"):
        response = client.get(page, follow=True)
        assert response.status_code == 403
        assert b"Django" not in response.content


def test_the_profile_shows_what_is_known_and_only_ones_own(annas: Client, moderators: Client, anna: User) -> None:
    anna.email = "anna@nest.example"
    anna.save()
    page = annas.get("/account/").content.decode()
    assert "anna@nest.example" in page
    assert "viewer" in page
    assert "anna@nest.example" not in moderators.get("/account/").content.decode()
    assert annas.put("/account/").status_code == 405


def test_a_name_is_shown_as_text(annas: Client, anna: User) -> None:
    anna.name = "<svg onload=alert(1)>"
    anna.save()
    assert "<svg onload" not in annas.get("/account/").content.decode()


def test_a_form_sent_after_the_session_was_over_leads_back_to_its_page(stranger: Client) -> None:
    back = stranger.post("/account/change-password/", headers={"referer": "http://testserver/downloads/?page=2"})
    assert back["Location"].endswith("?next=/downloads/%3Fpage%3D2")
    for referer in ("", "https://evil.example/x", "http://[::1"):
        response = stranger.post("/", headers={"referer": referer})
        assert response["Location"].endswith("?next=/")


def test_a_current_address_that_is_none_leads_to_the_first_page(stranger: Client) -> None:
    response = stranger.get("/", HTTP_HX_REQUEST="true", HTTP_HX_CURRENT_URL="http://[::1")
    assert response["HX-Redirect"].endswith("?next=/")
