"""The tables of errors and of counted uses: their rules, their indexes, and how the admin shows them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from medianest.tests.people import SCOPE
from medianest.tests.plans import add_people, assert_uses, indexes_on, run
from medianest.tests.rules import NOW, assert_refused, rules_of
from operations.models import ErrorLog, RateLimit

ERRORS = reverse("admin:operations_errorlog_changelist")
LIMITS = reverse("admin:operations_ratelimit_changelist")


def error(**values: Any) -> ErrorLog:
    return ErrorLog(**{"error_code": "forbidden", "status_code": 403, "correlation_id": "abc", **values})


def use(user: User, **values: Any) -> RateLimit:
    return RateLimit(**{"user": user, "endpoint": "playlists", "window_start": NOW, **values})


# --- rules ------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"error_code": ""}, "error_logs_has_code"),
        ({"status_code": 42}, "error_logs_status_known"),
        ({"status_code": 600}, "error_logs_status_known"),
        ({"occurrences": 0}, "error_logs_happened"),
        ({"last_seen_at": NOW - timedelta(days=1)}, "error_logs_seen_in_order"),
    ],
)
@pytest.mark.django_db
def test_an_error_keeps_its_rules(wrong: dict[str, Any], rule: str) -> None:
    assert_refused(error(**wrong), rule)


@pytest.mark.parametrize(
    ("wrong", "rule"), [({"endpoint": ""}, "rate_limits_has_endpoint"), ({"request_count": 0}, "rate_limits_counts")]
)
def test_a_counted_use_keeps_its_rules(anna: User, wrong: dict[str, Any], rule: str) -> None:
    assert_refused(use(anna, **wrong), rule)


def test_a_slice_is_counted_in_one_row(anna: User) -> None:
    use(anna).save()
    assert_refused(use(anna), "rate_limits_slice_once")


def test_each_rule_of_the_two_tables_is_tried_here() -> None:
    tried = {
        "error_logs_has_code",
        "error_logs_status_known",
        "error_logs_happened",
        "error_logs_seen_in_order",
        "rate_limits_has_endpoint",
        "rate_limits_counts",
        "rate_limits_slice_once",
    }
    assert {name for name in rules_of("operations") if name.startswith(("error_logs_", "rate_limits_"))} == tried


@pytest.mark.django_db
def test_one_row_counts_what_was_folded() -> None:
    named = error().pk
    error(fold=named).save()
    with pytest.raises(IntegrityError), transaction.atomic():
        error(fold=named).save()
    error().save()
    error().save()  # only a fold is named once
    assert ErrorLog.objects.count() == 3


@pytest.mark.django_db
def test_details_hold_only_what_the_schema_knows() -> None:
    with pytest.raises(ValidationError) as said:
        error(metadata={"password": "x"}).save()
    assert "metadata" in said.value.message_dict


def test_errors_outlive_the_person_and_counts_do_not(anna: User) -> None:
    error(user=anna).save()
    use(anna).save()
    User.objects.filter(pk=anna.pk).delete()
    assert ErrorLog.objects.get().user is None
    assert not RateLimit.objects.exists()


# --- indexes ----------------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_lists_and_look_ups_use_their_indexes() -> None:
    add_people()
    run(
        "INSERT INTO error_logs (id, correlation_id, user_id, error_code, error_message, stack_trace, request_path,"
        " request_method, status_code, metadata, occurrences, created_at, last_seen_at)"
        " SELECT gen_random_uuid(), 'c' || n, md5('person' || (n % 1000 + 1))::uuid, 'code' || n % 5000, '', '', '/', 'GET',"
        " 403, '{}', 1, now() - n * interval '1 minute', now() FROM generate_series(1, 100000) n"
    )
    run(
        "INSERT INTO rate_limits (user_id, endpoint, request_count, window_start)"
        " SELECT md5('person' || (n % 1000 + 1))::uuid, 'playlists', 1, now() - n * interval '1 second'"
        " FROM generate_series(1, 100000) n"
    )
    run("ANALYZE error_logs, rate_limits")
    person = User.objects.get(username="person7")
    errors = ErrorLog.objects.all()
    assert_uses(errors.filter(correlation_id="c7"), "error_logs_correlation")
    assert_uses(errors.newest_first()[:50], "error_logs_created")
    assert_uses(errors.older_than(NOW - timedelta(days=69)), "error_logs_created")
    assert_uses(errors.of_code("code7").newest_first()[:50], "error_logs_code_created")
    assert_uses(errors.filter(user=person), *indexes_on("error_logs", "user_id"))
    assert_uses(RateLimit.objects.of(person.pk, "playlists").since(NOW - timedelta(hours=1)), "rate_limits_slice_once")
    assert_uses(RateLimit.objects.older_than(NOW - timedelta(hours=27)), "rate_limits_window_start")


# --- admin ------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("address", [ERRORS, LIMITS, f"{ERRORS}?o="])
def test_only_administrators_look(
    address: str, administrators: Client, moderators: Client, annas: Client, stranger: Client
) -> None:
    assert administrators.get(address).status_code == 200
    for other in (moderators, annas):
        assert other.get(address, follow=True).status_code == 403
    assert stranger.get(address).status_code == 302


def test_errors_are_grouped_by_code(administrators: Client, anna: User, administrator: User) -> None:
    error(user=anna, occurrences=1200).save()
    error(user=anna).save()
    error(user=administrator).save()
    error(error_code="csrf").save()
    error(error_code="long.ago", created_at=NOW - timedelta(days=31)).save()
    page = administrators.get(ERRORS)
    rows = {row["error_code"]: (row["times"], row["people"]) for row in page.context["codes"]}
    assert rows == {"forbidden": (1202, 2), "csrf": (1, 0)}
    assert "1,202" in page.content.decode()
    older = administrators.get(ERRORS, {"days": "180"})
    assert "long.ago" in older.content.decode()


def test_a_code_leads_to_its_rows(administrators: Client) -> None:
    error(correlation_id="0123456789ab").save()
    error(error_code="csrf", correlation_id="ba9876543210").save()
    page = administrators.get(ERRORS, {"error_code": "csrf"}).content.decode()
    assert "csrf" in page
    assert "forbidden" not in page
    found = administrators.get(ERRORS, {"q": "0123456789ab"}).content.decode()
    assert "forbidden" in found


@pytest.mark.parametrize(("sort", "count"), [("mistakes", 1), ("refusals", 2), ("work", 3), ("x", 6)])
def test_errors_are_sorted_into_mistakes_refusals_and_work(administrators: Client, sort: str, count: int) -> None:
    for status, times in ((500, 1), (403, 2), (None, 3)):
        for _ in range(times):
            error(status_code=status).save()
    page = administrators.get(ERRORS, {"sort": sort})
    assert page.context["cl"].result_count == count


def test_the_list_of_codes_is_bounded(administrators: Client) -> None:
    ErrorLog.objects.bulk_create(error(error_code=f"code.{n}") for n in range(101))
    page = administrators.get(ERRORS)
    assert len(page.context["codes"]) == 100
    assert "these were seen last" in page.content.decode()


@pytest.mark.parametrize("address", [ERRORS, f"{ERRORS}?o=", LIMITS])
def test_a_list_asks_as_often_for_many_rows_as_for_one(
    address: str, administrators: Client, administrator: User, django_assert_max_num_queries: Any
) -> None:
    for n in range(30):
        error(user=administrator, error_code=f"code.{n % 5}").save()
        use(administrator, window_start=NOW - timedelta(minutes=n)).save()
    with django_assert_max_num_queries(8 + SCOPE):
        assert administrators.get(address).status_code == 200


def test_an_error_is_only_looked_at(administrators: Client) -> None:
    row = error(error_message="<svg onload=alert(1)>")
    row.save()
    page = administrators.get(reverse("admin:operations_errorlog_change", args=[row.pk]))
    assert page.status_code == 200
    assert "<svg onload" not in page.content.decode()
    assert administrators.post(reverse("admin:operations_errorlog_delete", args=[row.pk])).status_code == 403
    assert administrators.get(reverse("admin:operations_errorlog_add")).status_code == 403
