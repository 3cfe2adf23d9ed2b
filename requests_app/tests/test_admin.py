"""Requests in the admin: flat lists, nothing written by hand, and deleted ones come back."""

from __future__ import annotations

import pytest
from django.db import models
from django.test import Client
from django.urls import reverse

from accounts.models import User
from medianest.tests.rules import assert_flat
from requests_app.models import (
    MediaRequest,
    ProblemComment,
    ProblemReport,
    RequestedSeason,
    RequestEvent,
    RequestFollower,
)
from requests_app.tests.rows import film, problem, stored, stored_film, stored_series

pytestmark = pytest.mark.django_db
ALL = [MediaRequest, RequestedSeason, RequestFollower, RequestEvent, ProblemReport, ProblemComment]
LIST = "admin:requests_app_mediarequest_changelist"


def fill(count: int) -> None:
    for number in range(User.objects.count(), User.objects.count() + count):
        someone = User.objects.create_user(f"someone{number}")
        wish = stored_series([1], tmdb_id=number, user=someone)
        RequestFollower.objects.create(request=wish, user=someone)
        RequestEvent.objects.create(request=wish, actor=someone, kind="requested")
        report = problem(someone)
        report.save()
        ProblemComment.objects.create(report=report, user=someone, message="Still there.")


def choose(browser: Client, action: str, wish: MediaRequest, **filters: str) -> str:
    url = reverse(LIST, query=filters)
    return browser.post(url, {"action": action, "_selected_action": [str(wish.pk)]}, follow=True).text


@pytest.mark.parametrize("model", ALL)
def test_lists_cost_the_same_whatever_their_length(administrators: Client, model: type[models.Model]) -> None:
    assert_flat(administrators, model, fill)


@pytest.mark.parametrize("model", ALL)
def test_nothing_is_written_by_hand(administrators: Client, model: type[models.Model]) -> None:
    assert administrators.get(reverse(f"admin:requests_app_{model._meta.model_name}_add")).status_code == 403


def test_a_request_shows_its_seasons_and_its_story(administrators: Client, anna: User) -> None:
    wish = stored_series([1, 4], user=anna)
    RequestEvent.objects.create(request=wish, actor=anna, kind="requested", text="For Sunday")
    page = administrators.get(reverse("admin:requests_app_mediarequest_change", args=[wish.pk]))
    assert "For Sunday" in page.text
    assert "Breaking Bad · 4" in page.text


def test_a_report_shows_what_was_said_about_it(administrators: Client, anna: User) -> None:
    report = problem(anna)
    report.save()
    ProblemComment.objects.create(report=report, user=anna, message="Only on the phone.")
    page = administrators.get(reverse("admin:requests_app_problemreport_change", args=[report.pk]))
    assert "Only on the phone." in page.text


def test_a_deleted_request_comes_back_with_its_story(administrators: Client, administrator: User) -> None:
    wish = stored_film(title="Fight Club")
    assert "1 request is deleted." in choose(administrators, "put_away", wish)
    assert not MediaRequest.objects.exists()
    assert "Fight Club" not in administrators.get(reverse(LIST)).text
    assert "Fight Club" in administrators.get(reverse(LIST, query={"deleted": "yes"})).text
    assert "1 request is back." in choose(administrators, "restore", wish, deleted="yes")
    assert MediaRequest.objects.get() == wish
    assert list(wish.events.values_list("kind", "actor")) == [
        ("deleted", administrator.pk),
        ("restored", administrator.pk),
    ]


def test_a_request_does_not_come_back_when_somebody_asked_meanwhile(administrators: Client) -> None:
    wish = stored_film(tmdb_id=550, title="Fight Club")
    choose(administrators, "put_away", wish)
    stored(film(tmdb_id=550))
    assert "Fight Club: This film is asked for already" in choose(administrators, "restore", wish, deleted="yes")
    assert MediaRequest.everything.deleted().get() == wish


def test_what_is_not_deleted_is_not_restored(administrators: Client) -> None:
    assert "is not deleted." in choose(administrators, "restore", stored_film())
