"""Titles for programs."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from catalog.models import AgeLimit, LibraryShare
from catalog.tests.rows import item, stored_section
from sandbox.tmdb import Tmdb

SEARCH, FILM, SERIES = "/api/v1/search", "/api/v1/titles/movie/550", "/api/v1/titles/tv/1396"


def get(client: Client, address: str, *, status: int = 200, **query: str) -> Any:
    answer = client.get(address, query)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_titles_are_found_with_pictures_of_our_own(annas: Client, tmdb: Tmdb) -> None:
    told = get(annas, SEARCH, q="fight club")
    found = next(one for one in told["titles"] if one["tmdb_id"] == 550)
    assert (found["media_type"], found["title"], found["year"]) == ("movie", "Fight Club", 1999)
    assert found["poster"]["src"].startswith("/pictures/tmdb/w342/")
    assert found["mark"] is None
    assert "tmdb.org/t/p" not in json.dumps(told)


def test_a_title_tells_how_it_stands(annas: Client, anna: User, tmdb: Tmdb) -> None:
    told = get(annas, FILM)
    assert (told["title"], told["runtime"], told["imdb_id"]) == ("Fight Club", 139, "tt0137523")
    assert (told["state"]["library"]["is_there"], told["state"]["request"]["can_ask"]) == (False, True)
    share = LibraryShare.objects.create(user=anna, section=stored_section())
    item(share.section, type="movie", tmdb_id=550).save()
    told = get(annas, FILM)
    assert told["state"]["library"]["is_there"]
    assert not told["state"]["request"]["can_ask"]
    assert get(annas, SEARCH, q="fight club")["titles"][0]["mark"]["text"] == "in library"


def test_whose_request_it_is_stays_out_of_it(annas: Client, bens: Client, tmdb: Tmdb) -> None:
    sent = {"media_type": "tv", "tmdb_id": 1396, "seasons": [1]}
    assert bens.post("/api/v1/requests", sent, content_type="application/json").status_code == 201
    told = get(annas, SERIES)["state"]["request"]
    assert (told["status"], told["mine"], told["can_ask"]) == ("pending", None, True)
    assert [one["number"] for one in told["seasons"] if not one["free"]] == [1]
    assert "Ben" not in json.dumps(told)
    assert get(bens, SERIES)["state"]["request"]["mine"]


def test_what_is_not_open_to_a_person_is_nowhere(annas: Client, anna: User, tmdb: Tmdb) -> None:
    get(annas, FILM)
    AgeLimit.objects.create(user=anna, years=6, sees_unrated=False)
    assert get(annas, FILM, status=403)["error"]["code"] == "forbidden"
    assert 550 not in [one["tmdb_id"] for one in get(annas, SEARCH, q="fight club")["titles"]]


def test_without_the_outside_search_says_so_and_titles_are_away(annas: Client) -> None:
    told = get(annas, SEARCH, q="fight")
    assert told["only_kept"]
    assert told["trouble"]
    assert get(annas, FILM, status=503)["error"]["code"] == "away"


@pytest.mark.parametrize(("query", "field"), [({"page": "0"}, "page"), ({"q": "x" * 500}, "q")])
def test_what_is_not_asked_well_is_told(query: dict[str, str], field: str, annas: Client) -> None:
    assert field in get(annas, SEARCH, status=422, **query)["error"]["fields"]


def test_a_title_that_is_none_is_404(annas: Client, tmdb: Tmdb) -> None:
    assert get(annas, "/api/v1/titles/movie/2000000000", status=404)["error"]["code"] == "not_found"
