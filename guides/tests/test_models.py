"""Each rule of the guides' tables is broken once; what an administrator wrote is told from what came along."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import models

from accounts.models import User
from guides.models import GuidePage, QuickLink
from medianest.tests.rules import assert_refused, rules_of

pytestmark = pytest.mark.django_db


def page(**said: Any) -> GuidePage:
    return GuidePage(**{"slug": "requesting", "title": "How to request", "body": "Search, then ask.", **said})


def link(**said: Any) -> QuickLink:
    return QuickLink(**{"title": "Plex", "url": "https://app.plex.tv/", **said})


def page_twice() -> models.Model:
    page().save()
    return page()


def link_twice() -> models.Model:
    link().save()
    return link()


BROKEN: dict[str, Callable[[], models.Model]] = {
    "guide_pages_slug_unique": page_twice,
    "guide_pages_section_known": lambda: page(section="lost"),
    "guide_pages_audience_known": lambda: page(audience="lost"),
    "guide_pages_language_shape": lambda: page(language="English"),
    "quick_links_url_unique": link_twice,
    "quick_links_audience_known": lambda: link(audience="lost"),
    "quick_links_url_shape": lambda: link(url="javascript:alert(1)"),
}


def test_every_rule_is_tried() -> None:
    assert set(BROKEN) == rules_of("guides")


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_rule_is_told_and_refused(rule: str) -> None:
    assert_refused(BROKEN[rule](), rule)


@pytest.mark.parametrize("url", ["/", "/status/", "http://nas.local:32400/web", "https://example.org"])
def test_good_addresses_are_fine(url: str) -> None:
    good = link(url=url)
    good.full_clean()
    good.save()
    assert QuickLink.objects.get().url == url


@pytest.mark.parametrize("url", ["//evil.org", "/\\evil.org", "ftp://example.org", "https:///", "data:text/html,x"])
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(ValidationError, match="Begin with"):
        link(url=url).full_clean()


def test_a_page_may_stand_in_two_languages() -> None:
    page().save()
    german = page(language="de", title="Wie man wünscht")
    german.full_clean()
    german.save()
    assert set(GuidePage.objects.in_language("de")) == {german}


def test_a_changed_text_is_not_as_seeded() -> None:
    ours = page()
    ours.seeded_digest = ours.digest
    assert ours.is_as_seeded
    ours.body += " Wait."
    assert not ours.is_as_seeded
    assert not page().is_as_seeded


@pytest.mark.parametrize("model", [GuidePage, QuickLink])
def test_each_person_sees_what_is_meant_for_them(
    model: type[GuidePage] | type[QuickLink], anna: User, moderator: User, administrator: User
) -> None:
    for number, audience in enumerate(["everyone", "moderators", "administrators"]):
        row = page(slug=f"p{number}") if model is GuidePage else link(url=f"/{number}")
        row.audience = audience
        row.save()
    hidden = page(slug="draft", is_published=False) if model is GuidePage else link(url="/x", is_shown=False)
    hidden.save()
    seen = [model.objects.visible_to(user).count() for user in (anna, moderator, administrator)]
    assert seen == [1, 2, 3]


def test_pages_stand_in_order() -> None:
    for slug, section, position in (("b", "getting_started", 2), ("c", "faq", 1), ("a", "getting_started", 1)):
        page(slug=slug, section=section, position=position).save()
    assert [each.slug for each in GuidePage.objects.in_order()] == ["c", "a", "b"]
