from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from catalog.models import MediaItem
from catalog.tests.rows import item as library_item
from catalog.tests.rows import stored_section, stored_title
from medianest.tests.people import browser_of
from requests_app.models import ProblemReport
from sandbox.tmdb import Tmdb


@pytest.fixture
def film(db: None) -> MediaItem:
    return stored_title(title="The Lantern Keeper")


@pytest.fixture
def series(db: None) -> MediaItem:
    return stored_title(title="Tidewater", media_type="tv", seasons=[{"number": 1, "episodes": 10, "name": "Season 1"}])


def post(client: Client, address: str, **data: Any) -> str:
    answer = client.post(address, data, follow=True)
    assert answer.status_code == 200
    return str(answer.content.decode())


def new(item: MediaItem) -> str:
    return f"/requests/problems/new/{item.media_type}/{item.tmdb_id}"


def reported(client: Client, item: MediaItem, **said: Any) -> ProblemReport:
    post(client, new(item), **{"kind": "audio", "message": "No sound", **said})
    return ProblemReport.objects.latest("created_at")


def test_a_problem_is_reported_answered_and_resolved(annas: Client, moderators: Client, film: MediaItem) -> None:
    problem = reported(annas, film)
    address = f"/requests/problems/{problem.pk}"
    assert "No sound" in moderators.get("/requests/problems/").content.decode()

    post(moderators, f"{address}/comment", message="On which device?")
    assert "On which device?" in annas.get(address).content.decode()
    post(annas, f"{address}/comment", message="On the TV")
    page = post(moderators, f"{address}/resolve", message="A new file is there.")
    assert "A new file is there." in page
    assert "resolved already" in post(moderators, f"{address}/resolve")
    assert film.title not in annas.get("/requests/problems/").content.decode()
    assert film.title in annas.get("/requests/problems/?which=all").content.decode()
    assert "open" in post(annas, f"{address}/reopen")
    assert "open already" in post(annas, f"{address}/reopen")


def test_an_episode_belongs_to_a_season(annas: Client, series: MediaItem) -> None:
    assert "Say of which season" in post(annas, new(series), kind="video", episode="3")
    problem = reported(annas, series, season="1", episode="3")
    assert (problem.season, problem.episode) == (1, 3)
    assert "Select a valid choice" in post(annas, new(series), kind="video", season="9")


def test_the_same_is_reported_once(annas: Client, film: MediaItem) -> None:
    reported(annas, film)
    assert "reported this already" in post(annas, new(film), kind="audio")
    assert ProblemReport.objects.count() == 1


def test_nothing_empty_and_nothing_unknown(annas: Client, film: MediaItem) -> None:
    assert "Select a valid choice" in post(annas, new(film), kind="smell")
    problem = reported(annas, film)
    assert "Write something" in post(annas, f"/requests/problems/{problem.pk}/comment", message="  ")
    assert annas.post(f"/requests/problems/{problem.pk}/explode").status_code == 404


def test_others_see_nothing_of_it(annas: Client, ben: User, client: Client, film: MediaItem) -> None:
    problem = reported(annas, film)
    bens = browser_of(ben)
    assert bens.get(f"/requests/problems/{problem.pk}").status_code == 404
    assert bens.post(f"/requests/problems/{problem.pk}/comment", {"message": "x"}).status_code == 404
    assert film.title not in bens.get("/requests/problems/").content.decode()
    for address in ("/requests/problems/", f"/requests/problems/{problem.pk}", new(film)):
        assert client.get(address).status_code == 302


def test_what_is_written_is_shown_as_text(annas: Client, film: MediaItem) -> None:
    problem = reported(annas, film, message="<script>x</script>")
    assert "<script>x" not in annas.get(f"/requests/problems/{problem.pk}").content.decode()


def test_only_what_is_there_can_be_reported_from_its_page(annas: Client, tmdb: Tmdb) -> None:
    assert "problems/new" not in annas.get("/title/movie/550").content.decode()
    library_item(stored_section(), type="movie", tmdb_id=550).save()
    assert "problems/new/movie/550" in annas.get("/title/movie/550").content.decode()
