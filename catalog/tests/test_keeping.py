from __future__ import annotations

import datetime as dt

import pytest

from catalog import asking, keeping
from catalog.models import MediaItem, StreamingProvider
from sandbox.tmdb import Tmdb
from services.providers.describing import Description, Listing, Offer, Season


def told(**more: object) -> Description:
    facts: dict[str, object] = {"listing": Listing("movie", 7, "Seven Lamps"), **more}
    return Description(**facts)  # type: ignore[arg-type]


def test_a_film_from_tmdb_is_kept_whole(tmdb: Tmdb) -> None:
    item = keeping.keep(asking.describe("movie", 550, language="en").answer, region="DE")

    item.refresh_from_db()
    assert (item.title, item.runtime, item.genres, item.creators) == ("Fight Club", 139, ["Drama"], ["David Fincher"])
    assert (item.imdb_id, item.release_date, item.certification) == ("tt0137523", dt.date(1999, 10, 15), "16")
    assert item.fetched_at is not None
    item.full_clean()
    assert "Disney Plus" in {one.provider for one in item.streaming.in_region("de")}


def test_a_series_keeps_its_seasons(tmdb: Tmdb) -> None:
    item = keeping.keep(asking.describe("tv", 1396, language="en").answer)
    item.refresh_from_db()
    assert [one["number"] for one in item.seasons if one["number"]] == [1, 2, 3, 4, 5]
    item.full_clean()


@pytest.mark.django_db
def test_keeping_again_changes_the_row_and_what_hangs_on_it_stays() -> None:
    first = keeping.keep(told(offers=(Offer("Gullwing", "rent", ("DE",)), Offer("Tern", "buy", ("DE",)))))
    gullwing = first.streaming.get(provider="Gullwing")
    offers = (Offer("Gullwing", "rent", ("DE", "AT")), Offer("Pier", "buy", ("GB",)))

    again = keeping.keep(told(listing=Listing("movie", 7, "Seven Lanterns"), offers=offers))

    assert again.pk == first.pk
    assert MediaItem.objects.get().title == "Seven Lanterns"
    assert set(again.streaming.values_list("provider", flat=True)) == {"Gullwing", "Pier"}
    gullwing.refresh_from_db()
    assert gullwing.regions == ["DE", "AT"]


@pytest.mark.django_db
def test_a_film_and_a_series_of_the_same_number_are_two() -> None:
    keeping.keep(told(listing=Listing("movie", 605, "Seven Lamps")))
    keeping.keep(told(listing=Listing("tv", 605, "Sabine"), seasons=(Season(1, "Season 1", 10),)))
    assert MediaItem.objects.count() == 2


@pytest.mark.django_db
def test_a_gone_title_stays_and_comes_back() -> None:
    item = keeping.keep(told())
    keeping.mark_gone("movie", 7)
    item.refresh_from_db()
    assert item.gone_at is not None
    assert keeping.keep(told()).gone_at is None


@pytest.mark.django_db
def test_unchanged_offers_are_not_written_again() -> None:
    keeping.keep(told(offers=(Offer("Gullwing", "rent", ("DE",)),)))
    before = StreamingProvider.objects.get().updated_at
    keeping.keep(told(offers=(Offer("Gullwing", "rent", ("DE",)),)))
    assert StreamingProvider.objects.get().updated_at == before


@pytest.mark.parametrize(
    ("rated", "region", "kept"),
    [
        ({"US": "R", "DE": "16"}, "DE", "16"),
        ({"US": "R", "DE": "16"}, "AT", "R"),
        ({"DE": "16", "FR": "12"}, "AT", "16"),
        ({"FR": "12"}, "AT", "12"),
        ({}, "AT", ""),
    ],
)
def test_the_age_rating_is_that_of_the_country_or_the_nearest(rated: dict[str, str], region: str, kept: str) -> None:
    assert keeping.certification(rated, region) == kept
