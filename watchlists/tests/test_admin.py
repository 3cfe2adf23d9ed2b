"""Watchlists in the admin: flat lists, and nothing private in them."""

from __future__ import annotations

import pytest
from django.db import models
from django.test import Client
from django.urls import reverse

from accounts.models import User
from catalog.tests.rows import stored_title
from medianest.tests.rules import assert_flat
from watchlists.models import Viewing, ViewingCompanion, WatchlistEntry

pytestmark = pytest.mark.django_db


def fill(count: int) -> None:
    for number in range(User.objects.count(), User.objects.count() + count):
        someone, film = User.objects.create_user(f"someone{number}"), stored_title()
        WatchlistEntry.objects.create(user=someone, media_item=film)
        Viewing.objects.create(user=someone, media_item=film)


@pytest.mark.parametrize("model", [WatchlistEntry, Viewing])
def test_lists_cost_the_same_whatever_their_length(administrators: Client, model: type[models.Model]) -> None:
    assert_flat(administrators, model, fill)


def test_notes_are_private_to_administrators_too(administrators: Client, anna: User) -> None:
    entry = WatchlistEntry.objects.create(user=anna, media_item=stored_title(), notes="cried all along")
    page = administrators.get(reverse("admin:watchlists_watchlistentry_change", args=[entry.pk]))
    assert page.status_code == 200
    assert "cried" not in page.text


def test_a_viewing_shows_who_watched_along(administrators: Client, anna: User, ben: User) -> None:
    seen = Viewing.objects.create(user=anna, media_item=stored_title())
    ViewingCompanion.objects.create(viewing=seen, user=ben)
    page = administrators.get(reverse("admin:watchlists_viewing_change", args=[seen.pk]))
    assert "Ben" in page.text
    assert list(seen.together_with.all()) == [ben]
