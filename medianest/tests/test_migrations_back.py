"""Apps can be taken out of a database that holds data, and put back: migrations go to zero and to head again."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from accounts.models import User
from catalog.tests.rows import item, stored_section, stored_title, streaming
from families.models import Family, FamilyMembership, Recommendation
from guides.models import GuidePage
from maintenance.models import BackupRun
from medianest.tests.rules import NOW
from notifications.models import Notification
from requests_app.models import RequestEvent
from requests_app.tests.rows import problem, stored_series
from watchlists.models import Viewing, WatchlistEntry

pytestmark = pytest.mark.django_db


def fill() -> None:
    """A row or more for each app, tied to each other."""
    anna, ben = (User.objects.create_user(name) for name in ("anna", "ben"))
    film = stored_title()
    streaming(film).save()
    item(stored_section(), media_item=film).save()
    wish = stored_series([1, 2], user=anna, media_item=film)
    RequestEvent.objects.create(request=wish, actor=anna, kind="requested")
    problem(anna, request=wish).save()
    WatchlistEntry.objects.create(user=anna, media_item=film)
    Viewing.objects.create(user=anna, media_item=film)
    FamilyMembership.objects.create(family=Family.objects.create(name="Nest"), user=anna)
    Recommendation.objects.create(sender=anna, recipient=ben, media_item=film)
    Notification.objects.create(user=anna, event="requests.available", title="There")
    GuidePage.objects.create(slug="hello", title="Hello", body="Hello")
    BackupRun.objects.create(started_at=NOW)


def tables() -> set[str]:
    return set(connection.introspection.table_names())


def migrate(*goals: tuple[str, str | None]) -> None:
    MigrationExecutor(connection).migrate(list(goals))


@pytest.mark.parametrize(
    "app", ["catalog", "requests_app", "watchlists", "families", "notifications", "guides", "maintenance"]
)
def test_an_app_goes_to_zero_and_comes_back(app: str) -> None:
    fill()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # so that nothing waits for the end of the test's transaction
    before = tables()
    own = {model._meta.db_table for model in apps.get_app_config(app).get_models()}
    assert own <= before
    migrate((app, None))
    assert not own & tables()
    migrate(*MigrationExecutor(connection).loader.graph.leaf_nodes())
    assert tables() == before
    assert User.objects.count() == 2
