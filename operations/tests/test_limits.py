"""How often a person may do something, also after Redis forgot it, and how often an address may knock."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.decorators import login_not_required
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from medianest import urls
from medianest.lib import throttle
from medianest.tests.people import person
from operations import limits
from operations.limits import API, PLAYLISTS, REQUESTS, Limit, TooOften
from operations.models import ErrorLog, RateLimit

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


def hand_in(request: HttpRequest) -> HttpResponse:
    limits.count(request.user, PLAYLISTS)
    return HttpResponse("taken")


@login_not_required
@limits.by_address(3, 3600)
def open_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("open")


urlpatterns = [*urls.urlpatterns, path("hand-in/", hand_in), path("open/", open_page)]
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500


def wipe_redis(user: User, limit: Limit) -> None:
    throttle.forget(f"limit:{limit.name}:{user.pk}")


def use(user: User, limit: Limit, times: int) -> None:
    for _ in range(times):
        limits.count(user, limit)


@pytest.mark.parametrize(("limit", "times", "seconds"), [(API, 100, 60), (PLAYLISTS, 5, 3600), (REQUESTS, 20, 3600)])
def test_each_person_has_a_limit_of_their_own(anna: User, limit: Limit, times: int, seconds: int) -> None:
    use(anna, limit, times)
    with pytest.raises(TooOften) as refusal:
        limits.count(anna, limit)
    assert seconds - 30 < refusal.value.retry_after <= seconds
    assert str(times) in refusal.value.sentence
    limits.count(person("ben"), limit)


def test_limits_are_settings(anna: User, settings: Settings) -> None:
    settings.LIMIT_PLAYLISTS_PER_HOUR = 1
    limits.count(anna, PLAYLISTS)
    with pytest.raises(TooOften, match=r"1 playlists an hour\. Try again in 60 minutes"):
        limits.count(anna, PLAYLISTS)


@pytest.mark.parametrize(("own", "times"), [(2, 2), (9, 9), (None, 5)])
def test_a_persons_own_limit_stands_in_for_the_houses(own: int | None, times: int, anna: User) -> None:
    anna.limit_playlists = own
    anna.save()
    for _use in range(times):
        limits.count(anna, PLAYLISTS)
    with pytest.raises(TooOften, match=f"{times} playlists an hour"):
        limits.count(anna, PLAYLISTS)


def test_each_use_stands_in_the_database_and_a_refused_one_does_not(anna: User) -> None:
    use(anna, PLAYLISTS, 5)
    with pytest.raises(TooOften):
        limits.count(anna, PLAYLISTS)
    rows = RateLimit.objects.of(anna.pk, "playlists")
    assert sum(row.request_count for row in rows) == 5
    assert len(rows) <= 2
    assert all(row.window_start.timestamp() % 60 == 0 for row in rows)


def test_a_limit_survives_a_wiped_redis(anna: User) -> None:
    use(anna, PLAYLISTS, 3)
    wipe_redis(anna, PLAYLISTS)
    use(anna, PLAYLISTS, 2)
    wipe_redis(anna, PLAYLISTS)
    for _ in range(3):
        with pytest.raises(TooOften) as refusal:
            limits.count(anna, PLAYLISTS)
    assert 3500 < refusal.value.retry_after <= 3660


def test_uses_of_before_the_window_are_forgotten_after_a_wipe(anna: User) -> None:
    use(anna, PLAYLISTS, 5)
    RateLimit.objects.update(window_start=timezone.now() - timedelta(seconds=3600 + 61))
    wipe_redis(anna, PLAYLISTS)
    use(anna, PLAYLISTS, 5)
    with pytest.raises(TooOften):
        limits.count(anna, PLAYLISTS)


def test_while_redis_is_away_the_database_is_asked_once(anna: User, settings: Settings) -> None:
    use(anna, PLAYLISTS, 3)
    away = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": away}
    throttle._local = throttle._LocalWindows()
    try:
        use(anna, PLAYLISTS, 2)
        with pytest.raises(TooOften):
            limits.count(anna, PLAYLISTS)
    finally:
        throttle._away_until = 0.0
        caches["default"].close()


def test_the_page_says_in_plain_words_when_to_come_back(annas: Client, anna: User) -> None:
    use(anna, PLAYLISTS, 5)
    response = annas.get("/hand-in/")
    text = response.content.decode()
    assert response.status_code == 429
    assert 3500 < int(response.headers["Retry-After"]) <= 3600
    assert "You can hand in 5 playlists an hour. Try again in 60 minutes." in text
    assert response.headers["X-Request-ID"] in text
    row = ErrorLog.objects.get()
    assert (row.error_code, row.status_code, row.user) == ("too_often", 429, anna)


def test_an_address_is_slowed_down(stranger: Client) -> None:
    address = f"2001:db8:{uuid.uuid4().hex[:4]}:{uuid.uuid4().hex[:4]}::1"
    answers = [stranger.get("/open/", REMOTE_ADDR=address) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 3600
    assert stranger.get("/open/", REMOTE_ADDR="192.0.2.77").status_code in (200, 429)


def test_an_address_is_slowed_down_without_redis(stranger: Client, settings: Settings) -> None:
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}
    try:
        answers = [stranger.get("/open/", REMOTE_ADDR="192.0.2.9").status_code for _ in range(5)]
    finally:
        throttle._away_until = 0.0
        caches["default"].close()
    assert answers == [200, 200, 200, 429, 429]
