"""The audit trail in the admin: what is shown, to whom, and how much it asks the database."""

from __future__ import annotations

import pghistory
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from guides.models import QuickLink
from medianest.tests.people import SCOPE
from operations import security, trail
from operations.audit import TRAILS
from requests_app.models import MediaRequest
from requests_app.tests.rows import stored_film

pytestmark = pytest.mark.django_db
CHANGES = "/admin/operations/trailentry/"


def links(count: int, begin: int = 0) -> list[QuickLink]:
    return QuickLink.objects.bulk_create(
        QuickLink(title=f"Link {n}", url=f"https://{n}.example") for n in range(begin, begin + count)
    )


def seen(client: Client, **sought: str) -> str:
    page = client.get(CHANGES, sought)
    assert page.status_code == 200
    return page.content.decode()


def test_only_administrators_look(administrators: Client, moderators: Client, annas: Client, stranger: Client) -> None:
    assert administrators.get(CHANGES).status_code == 200
    for other in (moderators, annas):
        assert other.get(CHANGES, follow=True).status_code == 403
    assert stranger.get(CHANGES).status_code == 302


def test_a_change_shows_who_made_it_in_which_request_and_what_it_was_before(
    administrators: Client, administrator: User
) -> None:
    (link,) = links(1)
    address = reverse("admin:guides_quicklink_change", args=[link.pk])
    sent = {"title": "Renamed", "url": link.url, "audience": link.audience, "position": 7, "is_shown": "on"}
    answer = administrators.post(address, sent, REMOTE_ADDR="192.0.2.7")
    assert answer.status_code == 302, answer.content
    line = TRAILS["quick_links"].rows._default_manager.order_by("-pgh_id")[0]
    reference = answer.headers["X-Request-ID"]
    assert line.pgh_context == {"user": str(administrator.pk), "request": reference, "address": "192.0.2.7"}
    page = seen(administrators, request=reference)
    for told in ("Link 0", "Renamed", administrator.username, "192.0.2.7", reference):
        assert told in page


def test_the_history_of_a_row_is_its_trail(administrators: Client) -> None:
    first, second = links(2)
    QuickLink.objects.filter(pk=first.pk).update(title="Renamed")
    answer = administrators.get(reverse("admin:guides_quicklink_history", args=[first.pk]), follow=True)
    assert answer.redirect_chain
    page = answer.content.decode()
    assert "Renamed" in page
    assert str(second.pk) not in page


def test_each_tracked_table_in_the_admin_leads_to_its_trail(administrators: Client) -> None:
    from django.contrib import admin  # noqa: PLC0415  (its site is made with the settings)

    for name, kept in TRAILS.items():
        if not admin.site.is_registered(kept.model):
            continue
        meta = kept.model._meta
        address = reverse(f"admin:{meta.app_label}_{meta.model_name}_history", args=["1"])
        assert f"table={name}" in administrators.get(address).headers["Location"]


def test_the_search_narrows(administrators: Client, anna: User) -> None:
    links(1)
    with pghistory.context(user=str(anna.pk), request="by-anna"):
        stored_film(user=anna, title="Fight Club")
    assert "Fight Club" in seen(administrators, person="anna")
    assert "Link 0" not in seen(administrators, person="anna")
    assert "Fight Club" not in seen(administrators, table="quick_links")
    assert "Link 0" not in seen(administrators, request="by-anna")
    assert "Link 0" not in seen(administrators, kind="delete")
    assert "Link 0" in seen(administrators, since=timezone.localdate().isoformat())
    assert "Link 0" not in seen(administrators, until="2020-01-01")


@pytest.mark.parametrize(
    "nonsense",
    [
        {"table": "users; drop"},
        {"object": "1"},
        {"table": "users", "object": "\x00"},
        {"person": "nobody"},
        {"behind": "x~y~z"},
        {"behind": f"2026-01-01T00:00:00+00:00~users~{2**70}"},
        {"since": "yesterday"},
        {"until": "9999-12-31"},
    ],
)
def test_nonsense_is_answered_calmly(administrators: Client, nonsense: dict[str, str]) -> None:
    assert administrators.get(CHANGES, nonsense).status_code in {200, 400}


def test_pages_follow_one_another_without_a_gap(administrators: Client) -> None:
    links(trail.PAGE + 5)
    rows: list[str] = []
    behind, pages = None, 0
    while pages < 4:
        entries, behind = trail.page(trail.Sought(table="quick_links"), behind=behind)
        rows += [entry.id for entry in entries]
        pages += 1
        if behind is None:
            break
        assert trail.Place.parse(str(behind)) == behind
    assert pages == 2
    assert len(rows) == len(set(rows)) == trail.PAGE + 5
    assert "Older" in seen(administrators)


@pytest.mark.parametrize("rows", [1, trail.PAGE])
def test_it_asks_the_database_as_often_for_many_rows_as_for_one(
    administrators: Client, anna: User, rows: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(rows):
        with pghistory.context(user=str(anna.pk)):
            stored_film(user=anna, title=f"Film {n}")
    administrators.get(CHANGES)
    with django_assert_max_num_queries(4 + SCOPE):
        administrators.get(CHANGES)
    assert MediaRequest.objects.count() == rows


def test_security_events_lead_to_the_changes_beside_them(administrators: Client, anna: User) -> None:
    security.record("sign_in", actor=anna)
    page = administrators.get(reverse("admin:operations_securityevent_changelist")).content.decode()
    assert f"{CHANGES}?request=" in page
