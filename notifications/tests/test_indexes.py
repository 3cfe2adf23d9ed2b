"""With a hundred thousand notifications, one person's go through their indexes."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from accounts.models import User
from medianest.tests.plans import add_people, assert_uses, run
from notifications.models import Notification

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_each_list_and_look_up_has_its_index() -> None:
    add_people()
    run(
        "INSERT INTO notifications (id, user_id, event, level, title, body, url, dedupe_key, read_at, created_at,"
        " updated_at) SELECT md5('told' || n)::uuid, md5('person' || 1 + n % 1000)::uuid, 'requests.available', 'info',"
        " 'There', '', '', n::text, CASE WHEN n % 17 > 0 THEN now() END, now() - n * interval '1 minute', now()"
        " FROM generate_series(1, 100000) n"
    )
    run("ANALYZE users, notifications")
    someone = User.objects.get(username="person7")
    mine = Notification.objects.of(someone)
    assert_uses(mine.newest_first()[:20], "notifications_user_created")
    assert_uses(mine.unread(), "notifications_user_read")
    assert_uses(mine.unread().newest_first()[:20], "notifications_user_read")
    assert_uses(mine.filter(dedupe_key="42"), "notifications_told_once")
    long_ago = timezone.now() - dt.timedelta(days=69)
    assert_uses(Notification.objects.filter(created_at__lt=long_ago), "notifications_created")
