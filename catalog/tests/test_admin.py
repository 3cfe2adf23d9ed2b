"""The catalogue in the admin: as many queries for a long list as for a short one, and nothing of Plex is written."""

from __future__ import annotations

import pytest
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from catalog.models import (
    CollectionMember,
    LibraryItem,
    LibrarySection,
    LibraryShare,
    MediaItem,
    StreamingProvider,
)
from catalog.tests.rows import item, stored_section, stored_title, streaming
from medianest.tests.rules import assert_flat

pytestmark = pytest.mark.django_db
PLEX = [LibraryItem, LibraryShare, CollectionMember]


def fill(count: int) -> None:
    for _number in range(count):
        films, film = stored_section(), stored_title()
        streaming(film).save()
        held = item(films, media_item=film)
        held.save()
        part = item(films, parent=held, number=1)
        part.save()
        CollectionMember.objects.create(collection=held, item=part, position=1)
        someone = User.objects.create_user(f"someone {films.section_key}")
        LibraryShare.objects.create(section=films, user=someone)


@pytest.mark.parametrize("model", [MediaItem, StreamingProvider, LibrarySection, *PLEX])
def test_lists_cost_the_same_whatever_their_length(administrators: Client, model: type[models.Model]) -> None:
    assert_flat(administrators, model, fill)


@pytest.mark.parametrize("model", PLEX)
def test_what_plex_says_is_not_written_here(administrators: Client, model: type[models.Model]) -> None:
    assert administrators.get(reverse(f"admin:catalog_{model._meta.model_name}_add")).status_code == 403


@pytest.mark.parametrize("query", ["fight", "550", "tt0137523"])
def test_titles_are_found_by_name_and_by_id(administrators: Client, query: str) -> None:
    stored_title(title="Fight Club", tmdb_id=550, imdb_id="tt0137523")
    stored_title(title="Another")
    page = administrators.get(reverse("admin:catalog_mediaitem_changelist"), {"q": query})
    assert "Fight Club" in page.text
    assert "Another" not in page.text


def test_a_broken_rule_is_told_in_the_form(administrators: Client) -> None:
    stored_title(tmdb_id=550)
    streams = {f"streaming-{name}_FORMS": "0" for name in ("TOTAL", "INITIAL")}
    typed = {"tmdb_id": "550", "media_type": "movie", "title": "Again", "seasons": '[{"number": 1}]', **streams}
    page = administrators.post(reverse("admin:catalog_mediaitem_add"), typed)
    assert page.status_code == 200
    assert "This title is in the catalogue already." in page.text
    assert "entry 1: “episodes” is missing." in page.text


def test_a_title_can_be_mended_by_hand(administrators: Client) -> None:
    film = stored_title(title="Figth Club", release_date=timezone.now().date())
    streams = {f"streaming-{name}_FORMS": "0" for name in ("TOTAL", "INITIAL")}
    typed = {"tmdb_id": str(film.tmdb_id), "media_type": "movie", "title": "Fight Club", "seasons": "[]", **streams}
    page = administrators.post(reverse("admin:catalog_mediaitem_change", args=[film.pk]), typed)
    assert page.status_code == 302
    assert MediaItem.objects.get().title == "Fight Club"


def test_whether_a_section_shows_is_decided_here(administrators: Client) -> None:
    films = stored_section()
    administrators.post(reverse("admin:catalog_librarysection_change", args=[films.pk]), {})
    films.refresh_from_db()
    assert films.is_shown is False
