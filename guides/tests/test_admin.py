"""Guides in the admin: flat lists, and it is noted who wrote."""

from __future__ import annotations

import pytest
from django.db import models
from django.test import Client
from django.urls import reverse

from accounts.models import User
from guides.models import GuidePage, QuickLink
from medianest.tests.rules import assert_flat

pytestmark = pytest.mark.django_db


def fill(count: int) -> None:
    for number in range(GuidePage.objects.count(), GuidePage.objects.count() + count):
        GuidePage.objects.create(slug=f"p{number}", title=f"Page {number}", body="Text")
        QuickLink.objects.create(title=f"Link {number}", url=f"/{number}")


@pytest.mark.parametrize("model", [GuidePage, QuickLink])
def test_lists_cost_the_same_whatever_their_length(administrators: Client, model: type[models.Model]) -> None:
    assert_flat(administrators, model, fill)


def test_a_page_is_written_and_signed(administrators: Client, administrator: User) -> None:
    typed = {
        "slug": "hello",
        "language": "en",
        "section": "faq",
        "audience": "everyone",
        "title": "Hello",
        "body": "# Hello",
        "position": "1",
        "is_published": "on",
    }
    assert administrators.post(reverse("admin:guides_guidepage_add"), typed).status_code == 302
    assert GuidePage.objects.get().updated_by == administrator
    again = administrators.post(reverse("admin:guides_guidepage_add"), typed)
    assert "There is a page with this address in this language." in again.text


def test_a_link_is_written_and_signed(administrators: Client, administrator: User) -> None:
    typed = {"title": "Evil", "url": "javascript:alert(1)", "audience": "everyone", "position": "1", "is_shown": "on"}
    refused = administrators.post(reverse("admin:guides_quicklink_add"), typed)
    assert "Begin with https://" in refused.text
    administrators.post(reverse("admin:guides_quicklink_add"), {**typed, "url": "/status/"})
    assert QuickLink.objects.get().updated_by == administrator


def test_somebody_faster_is_told_not_an_error(administrators: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """The form found the rule kept; by the time of writing it no longer was."""
    fill(2)
    monkeypatch.setattr(models.UniqueConstraint, "validate", lambda *args, **kwargs: None)
    typed = {"title": "Again", "url": "/0", "audience": "everyone", "position": "1"}
    page = administrators.post(reverse("admin:guides_quicklink_add"), typed, follow=True)
    assert page.status_code == 200
    assert "There is a link to this address already." in page.text
    other = QuickLink.objects.get(url="/1")
    change = reverse("admin:guides_quicklink_change", args=[other.pk])
    page = administrators.post(change, {**typed, "title": "Same"}, follow=True)
    assert "There is a link to this address already." in page.text
    assert not QuickLink.objects.filter(title__in=["Again", "Same"]).exists()


def test_lists_that_are_edited_in_place_are_saved(administrators: Client) -> None:
    fill(1)
    shown = QuickLink.objects.get()
    typed = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-id": str(shown.pk), "form-0-position": "7"}
    administrators.post(reverse("admin:guides_quicklink_changelist"), {**typed, "_save": "Save"})
    shown.refresh_from_db()
    assert (shown.position, shown.is_shown) == (7, False)
