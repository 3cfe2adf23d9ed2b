"""The demo has something on every page, once, and leaves alone what people make of it."""

from __future__ import annotations

import datetime as dt
import io
import itertools
import re
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import Profile, RefreshToken, Role, Session, User
from catalog.models import MediaItem, StreamingProvider
from downloads.models import YoutubeDownload
from families.models import Family, FamilyInvitation, Recommendation
from maintenance import demo
from maintenance.household import titles
from maintenance.models import SeededRow
from medianest.tests.people import browser_of, person
from requests_app.models import MediaRequest, RequestEvent, RequestStatus
from sandbox.tmdb import paths
from sandbox.world import TITLES
from services.models import Incident, ServiceDay, ServiceHour
from watchlists.models import WatchlistEntry, WatchStatus

pytestmark = pytest.mark.django_db

OURS = ("accounts", "catalog", "downloads", "families", "requests_app", "services", "watchlists")


@pytest.fixture(autouse=True)
def _no_description(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(demo.VARIABLE, raising=False)


def seed(**options: Any) -> list[str]:
    out = io.StringIO()
    call_command("seed", demo=True, stdout=out, **options)
    return out.getvalue().splitlines()


def counts() -> dict[str, int]:
    return {
        model._meta.db_table: model._base_manager.count()
        for model in apps.get_models()
        if model._meta.app_label in OURS and not model._meta.db_table.endswith("_audit")
    }


def test_three_people_of_different_roles_enter_with_the_passwords_it_prints() -> None:
    lines = seed()
    assert dict(User.objects.values_list("username", "role")) == {
        "olive": Role.ADMIN,
        "ben": Role.MODERATOR,
        "anna": Role.USER,
    }
    said = dict(re.findall(r"Password of (\w+): (\S+)", "\n".join(lines)))
    assert all(user.check_password(said[user.username]) for user in User.objects.all())
    assert Profile.objects.values("theme", "region").distinct().count() == 3


def test_the_titles_are_there_with_their_facts_and_where_they_stream() -> None:
    seed()
    film, series = MediaItem.objects.get(tmdb_id=550), MediaItem.objects.get(tmdb_id=1396)
    assert (film.media_type, film.title, film.runtime, film.imdb_id) == ("movie", "Fight Club", 139, "tt0137523")
    assert MediaItem.objects.get(tmdb_id=278).creators == ["Frank Darabont"]
    assert [season["episodes"] for season in series.seasons] == [9, 7, 13, 13, 13, 16]
    assert series.release_date == dt.date(2008, 1, 20)
    abroad = {
        region: set(
            StreamingProvider.objects.filter(media_item=film, kind="flatrate")
            .in_region(region)
            .values_list("provider", flat=True)
        )
        for region in ("US", "DE")
    }
    assert abroad == {"US": {"Hulu"}, "DE": {"Disney Plus"}}


def test_the_titles_have_the_pictures_that_the_simulated_tmdb_draws() -> None:
    drawn = {(one.tmdb_id, one.media_type): (paths.poster(one), paths.backdrop(one)) for one in TITLES}
    for key, facts in titles.FACTS.items():
        assert (facts["poster_path"], facts["backdrop_path"]) == drawn[key]


def test_there_is_a_request_in_each_state_with_its_story() -> None:
    seed()
    assert sorted(MediaRequest.objects.values_list("status", flat=True)) == sorted(RequestStatus.values)
    for wish in MediaRequest.objects.all():
        story = list(RequestEvent.objects.filter(request=wish).order_by("created_at"))
        assert story[0].kind == "requested"
        assert story[-1].new_status == wish.status
        for before, after in itertools.pairwise(story):
            assert after.old_status == before.new_status
            assert MediaRequest(status=after.old_status).may_become(after.new_status)


def test_lists_family_recommendations_download_and_history_are_there() -> None:
    seed()
    entries = WatchlistEntry.objects
    assert set(entries.values_list("status", flat=True)) == set(WatchStatus.values)
    assert entries.filter(rating__isnull=False).exclude(notes="").exists()
    assert Family.objects.get().memberships.count() == 3
    assert FamilyInvitation.objects.pending().count() == 1
    assert Recommendation.objects.filter(status="open").count() == 1
    finished = YoutubeDownload.objects.get()
    assert (finished.status, finished.entries.count()) == ("completed", 3)
    assert Session.objects.count() == 4
    assert RefreshToken.objects.unused().count() == 1
    assert Incident.objects.get().ended_at is not None
    assert ServiceHour.objects.filter(service_name="plex").count() == 90 * 24 - 1
    day = ServiceDay.objects.filter(service_name="overseerr", offline_seconds__gt=0).get()
    assert (day.offline_seconds, day.online_seconds) == (42 * 60, 86_400 - 42 * 60)


def test_every_row_keeps_the_rules_of_forms_too() -> None:
    seed()
    looked_at = 0
    for model in apps.get_models():
        if model._meta.app_label in OURS and not model._meta.db_table.endswith("_audit"):
            for row in model._base_manager.all()[:60]:
                row.full_clean()
                looked_at += 1
    assert looked_at > 200


def test_a_second_time_adds_nothing_and_leaves_what_was_changed_and_deleted() -> None:
    seed()
    MediaRequest.objects.filter(status="pending").delete()
    WatchlistEntry.objects.filter(rating=10).update(rating=1)
    Family.objects.all().delete()
    User.objects.filter(username="anna").update(name="Anna of next door")
    before = counts()
    lines = seed()
    assert all(line.endswith(": all there.") for line in lines)
    assert counts() == before
    assert not WatchlistEntry.objects.filter(rating=10).exists()
    assert User.objects.get(username="anna").name == "Anna of next door"


def test_without_somebody_of_each_role_it_furnishes_nothing() -> None:
    seed()
    Family.objects.all().delete()
    SeededRow.objects.filter(kind="demo").delete()
    User.objects.filter(username="anna").update(role=Role.MODERATOR)
    assert not any("family" in line for line in seed())
    assert not Family.objects.exists()


def test_somebodys_own_request_for_the_same_film_stands() -> None:
    mine = MediaRequest.objects.create(user=person("carl"), title="Die Verurteilten", media_type="movie", tmdb_id=278)
    seed()
    assert list(MediaRequest.objects.for_title(278, "movie").open()) == [mine]
    assert SeededRow.objects.filter(kind="demo", key="requests").exists()


def test_it_stays_out_of_a_real_installation_unless_told_otherwise() -> None:
    ada = person("ada", Role.ADMIN)
    with pytest.raises(CommandError, match="belongs to a real installation"):
        seed()
    assert list(User.objects.all()) == [ada]
    assert not MediaItem.objects.exists()
    seed(yes=True)
    assert User.objects.count() == 4


@pytest.mark.parametrize("path", ["/", "/downloads/", "/downloads/?whose=all", "/status/", "/account/"])
def test_pages_open_for_each_of_the_people(path: str) -> None:
    seed()
    for user in User.objects.all():
        assert browser_of(user).get(path).status_code == 200
    assert Client().get(path).status_code == 302
