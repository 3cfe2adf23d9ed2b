"""What MediaNest comes with is put in once, renewed while nobody touched it, and left alone after that."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from catalog.models import DiscoverRow
from downloads.models import DownloadProfile
from guides import starters
from guides.models import Audience, GuidePage, GuideSection, QuickLink
from maintenance.models import SeededRow
from maintenance.seeding import seed
from medianest.tests.people import browser_of, person
from medianest.tests.rules import assert_flat, assert_refused
from services.models import ServiceConfig

pytestmark = pytest.mark.django_db


def later_version(monkeypatch: pytest.MonkeyPatch, slug: str, **said: Any) -> None:
    """A MediaNest in which this page reads otherwise."""
    pages = [dataclasses.replace(page, **said) if page.slug == slug else page for page in starters.pages()]
    monkeypatch.setattr(starters, "pages", lambda: pages)


def test_every_installation_starts_with_services_profiles_pages_and_links() -> None:
    lines = seed()
    assert [line.split(":")[0] for line in lines] == [
        "Services",
        "Download profiles",
        "Guide pages",
        "Discover rows",
        "Quick links",
    ]
    assert all(": added " in line for line in lines)
    assert {"plex", "overseerr", "uptime-kuma"} <= set(ServiceConfig.objects.values_list("service_name", flat=True))
    assert set(DownloadProfile.objects.values_list("slug", flat=True)) == {"1080p", "2160p", "720p"}
    assert {"getting-started", "requesting", "playlists", "questions", "playback-problems"} <= set(
        GuidePage.objects.values_list("slug", flat=True)
    )
    assert QuickLink.objects.get(url="/status/").audience == Audience.EVERYONE
    assert all(line.endswith(": all there.") for line in seed())


def test_every_page_it_comes_with_is_whole_and_every_heading_is_used() -> None:
    seed()
    for row in (*GuidePage.objects.all(), *QuickLink.objects.all()):
        row.full_clean()
    assert all(page.is_as_seeded and page.summary and len(page.body) > 300 for page in GuidePage.objects.all())
    assert set(GuidePage.objects.values_list("section", flat=True)) == set(GuideSection.values)


def test_a_new_person_reads_the_common_pages_only() -> None:
    seed()
    anna = person("anna")
    slugs = set(GuidePage.objects.visible_to(anna).values_list("slug", flat=True))
    assert "requesting" in slugs
    assert not {"for-moderators", "for-administrators"} & slugs
    assert not QuickLink.objects.visible_to(anna).filter(url="/setup/").exists()


def test_a_page_nobody_touched_is_renewed_by_a_later_version(monkeypatch: pytest.MonkeyPatch) -> None:
    seed()
    GuidePage.objects.filter(slug="questions").update(position=3, is_published=False)
    later_version(monkeypatch, "questions", body="New answers.\n")
    assert "Guide pages: renewed Questions and answers." in seed()
    page = GuidePage.objects.get(slug="questions", language="en")
    assert (page.body, page.position, page.is_published) == ("New answers.\n", 3, False)
    assert page.is_as_seeded
    assert "Guide pages: all there." in seed()


@pytest.mark.parametrize("field", ["title", "summary", "body"])
def test_a_page_an_administrator_changed_stays_theirs(monkeypatch: pytest.MonkeyPatch, field: str) -> None:
    seed()
    GuidePage.objects.filter(slug="questions").update(**{field: "Our own."})
    later_version(monkeypatch, "questions", **{field: "New."})
    assert "Guide pages: all there." in seed()
    page = GuidePage.objects.get(slug="questions", language="en")
    assert getattr(page, field) == "Our own."
    assert not page.is_as_seeded


def test_what_was_deleted_does_not_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    seed()
    GuidePage.objects.filter(slug="questions").delete()
    QuickLink.objects.filter(url="/status/").delete()
    DownloadProfile.objects.filter(slug="2160p").delete()
    later_version(monkeypatch, "questions", body="New answers.\n")
    assert all(line.endswith(": all there.") for line in seed())
    assert not GuidePage.objects.filter(slug="questions", language="en").exists()
    assert not QuickLink.objects.filter(url="/status/").exists()
    assert not DownloadProfile.objects.filter(slug="2160p").exists()


def test_what_was_forgotten_comes_back(administrator: User, administrators: Client) -> None:
    seed()
    QuickLink.objects.filter(url="/status/").delete()
    memory = SeededRow.objects.get(kind="guides.quicklink", key="/status/")
    administrators.post(reverse("admin:maintenance_seededrow_delete", args=[memory.pk]), {"post": "yes"})
    seed()
    assert QuickLink.objects.filter(url="/status/").exists()


def test_a_row_that_was_there_before_is_followed_only_if_it_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    seed()
    SeededRow.objects.all().delete()
    GuidePage.objects.filter(slug="requesting").update(title="Wishes")
    seed()
    later_version(monkeypatch, "questions", title="Answers")
    seed()
    assert GuidePage.objects.get(slug="questions", language="en").title == "Answers"
    later_version(monkeypatch, "requesting", title="Asking")
    seed()
    assert GuidePage.objects.get(slug="requesting", language="en").title == "Wishes"


def test_an_administrators_own_row_under_the_same_name_stands() -> None:
    DownloadProfile.objects.create(slug="ours", name="HD (720p), smaller files", max_height=700, is_default=True)
    seed()
    assert not DownloadProfile.objects.filter(slug="720p").exists()
    assert DownloadProfile.objects.get(is_default=True).slug == "ours"


def test_the_memory_keeps_its_rules() -> None:
    good = {"kind": "guides.guidepage", "key": "a/en", "digest": "ab" * 32}
    SeededRow.objects.create(**good)
    assert_refused(SeededRow(**good), "seeded_rows_unique")
    assert_refused(SeededRow(**{**good, "key": "b", "digest": "no"}), "seeded_rows_digest_shape")


def test_the_list_of_the_memory_opens_with_few_queries(settings: object) -> None:
    def fill(count: int) -> None:
        for number in range(SeededRow.objects.count(), SeededRow.objects.count() + count):
            SeededRow.objects.create(kind="guides.guidepage", key=f"{number}/en", digest="ab" * 32)

    assert_flat(browser_of(person("ada", Role.ADMIN)), SeededRow, fill)


def test_the_discover_page_comes_with_rows_and_an_administrators_arrangement_stands() -> None:
    seed()
    assert DiscoverRow.objects.filter(is_shown=True).count() > 8
    DiscoverRow.objects.filter(slug="trending").update(position=999, is_shown=False)
    DiscoverRow.objects.filter(slug="popular-films").update(title="Our films")
    DiscoverRow.objects.filter(slug="comedies").delete()
    seed()
    trending = DiscoverRow.objects.get(slug="trending")
    assert (trending.position, trending.is_shown) == (999, False)
    assert DiscoverRow.objects.get(slug="popular-films").title == "Our films"
    assert not DiscoverRow.objects.filter(slug="comedies").exists()


def test_rows_it_comes_with_are_well_formed() -> None:
    seed()
    rows = list(DiscoverRow.objects.all())
    for row in rows:
        row.full_clean()
    assert len(rows) == len({row.title for row in rows})
