"""What a failed or refused request leaves behind, and that writing it never makes things worse."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
import structlog
from django.core.exceptions import PermissionDenied
from django.db import OperationalError, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from psycopg_pool import PoolTimeout
from pytest_django.fixtures import Settings

from accounts.models import User
from medianest import urls
from medianest.lib import throttle
from medianest.tests.people import SCOPE
from operations import error_log, jobs, runner
from operations.jobs import GiveUp, Retry
from operations.models import ErrorLog, JobState
from operations.tasks import work
from operations.tests.acts import ATTEMPTS, QUEUE, claimed, promised, raising

SECRET = "hunter2-Abcdefghijklmnop1234567890"


class Broken(Exception):
    pass


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


ERRORS: dict[str, Callable[[], Exception]] = {
    "broken": lambda: Broken(f"token={SECRET} for 'Anna' at anna@nest.example"),
    "forbidden": lambda: PermissionDenied("no"),
    "full": lambda: caused(OperationalError("pool"), PoolTimeout("couldn't get a connection")),
    "away": lambda: caused(OperationalError("gone"), psycopg.OperationalError("gone")),
}


def fail(request: HttpRequest, how: str) -> HttpResponse:
    if how == "written":
        User.objects.create_user("written")
        how = "broken"
    if how == "twice":
        User.objects.create_user("twice")
        User.objects.create_user("twice")
    if how == "ok":
        return HttpResponse(str(User.objects.count()))
    if how.isdigit():
        return HttpResponse(status=int(how))
    raise ERRORS[how]()


urlpatterns = [*urls.urlpatterns, path("fail/<str:how>/", fail)]
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


def one_transaction(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: the request is a transaction, and one that fails leaves nothing."""

    def answer(request: HttpRequest) -> HttpResponse:
        with transaction.atomic():
            response = get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response

    return answer


@pytest.fixture(autouse=True)
def _own_flood(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test counts for itself: Redis outlives a test."""
    mark, name = uuid.uuid4().hex, throttle._name
    monkeypatch.setattr(throttle, "_name", lambda key: name(mark + key))


@pytest.fixture
def asking(annas: Client) -> Client:
    annas.raise_request_exception = False
    return annas


@pytest.fixture
def lines() -> Iterator[list[Any]]:
    with structlog.testing.capture_logs([structlog.contextvars.merge_contextvars]) as found:
        yield found


def only() -> ErrorLog:
    return ErrorLog.objects.get()


# --- requests ---------------------------------------------------------------------------------------------------------------
def test_a_mistake_is_written_down_under_the_reference_on_the_page(
    asking: Client, anna: User, lines: list[Any]
) -> None:
    response = asking.get("/fail/broken/?token=" + SECRET)
    row = only()
    assert row.correlation_id == response.headers["X-Request-ID"]
    assert row.correlation_id in response.content.decode()
    assert row.correlation_id in {line.get("correlation_id") for line in lines if line["event"] == "written_down"}
    assert (row.error_code, row.status_code, row.user) == ("error.Broken", 500, anna)
    assert (row.request_method, row.request_path) == ("GET", "/fail/broken/")
    assert "operations/tests/test_error_log.py" in row.metadata["place"]
    assert "raise ERRORS[how]()" in row.stack_trace
    everything = f"{row.error_message} {row.stack_trace} {row.metadata}"
    for secret in (SECRET, "Anna", "anna@nest.example"):
        assert secret not in everything


@pytest.mark.parametrize(("how", "status", "code"), [("forbidden", 403, "forbidden"), ("429", 429, "too_often")])
def test_a_refusal_is_written_down_without_a_stack(asking: Client, how: str, status: int, code: str) -> None:
    response = asking.get(f"/fail/{how}/")
    row = only()
    assert response.status_code == status
    assert (row.error_code, row.status_code, row.stack_trace) == (code, status, "")
    assert row.correlation_id == response.headers["X-Request-ID"]


def test_a_forged_form_is_written_down_as_such(anna: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(anna)
    assert browser.post("/theme/", {"theme": "light"}).status_code == 403
    assert only().error_code == "forbidden.csrf"
    assert "CSRF" in only().metadata["reason"]


def test_an_address_under_a_wrong_name_is_written_down(stranger: Client) -> None:
    assert stranger.get("/", headers={"host": "evil.example"}).status_code == 400
    row = only()
    assert (row.error_code, row.user) == ("bad_request.DisallowedHost", None)


@pytest.mark.parametrize("address", ["/no/such/page/", "/fail/404/", "/fail/405/", "/fail/ok/", "/healthz"])
def test_what_is_no_error_leaves_nothing(asking: Client, address: str) -> None:
    asking.get(address)
    assert not ErrorLog.objects.exists()


def test_a_health_check_that_says_no_is_no_error(stranger: Client, settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert stranger.get("/readyz").status_code == 503
    assert not ErrorLog.objects.exists()


@pytest.mark.parametrize(("how", "code"), [("written", "error.Broken"), ("twice", "error.IntegrityError")])
@pytest.mark.django_db(transaction=True)
def test_an_error_outlives_the_transaction_of_its_request(
    asking: Client, settings: Settings, how: str, code: str
) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.one_transaction"]
    asking.handler.load_middleware()
    assert asking.get(f"/fail/{how}/").status_code == 500
    assert not User.objects.filter(username=how).exists()
    assert only().error_code == code


@pytest.mark.django_db(transaction=True)
def test_a_broken_rule_of_the_database_is_told_without_the_rows_values(asking: Client) -> None:
    asking.get("/fail/twice/")
    row = only()
    assert row.error_code == "error.IntegrityError"
    assert row.error_message.startswith("23505 users")
    assert "twice" not in row.error_message


# --- never worse ------------------------------------------------------------------------------------------------------------
def test_what_cannot_be_written_costs_only_a_line_in_the_log(
    asking: Client, monkeypatch: pytest.MonkeyPatch, lines: list[Any]
) -> None:
    def bug(*args: object, **kwargs: object) -> None:
        raise ValueError("a mistake in writing about mistakes")

    monkeypatch.setattr(error_log, "record", bug)
    assert asking.get("/fail/forbidden/").status_code == 403
    assert "error_log_crashed" in {line["event"] for line in lines}


@pytest.mark.parametrize(("how", "code"), [("full", "database.no_connection_free"), ("away", "database.away")])
def test_an_error_while_the_database_is_away_is_written_when_it_is_back(asking: Client, how: str, code: str) -> None:
    response = asking.get(f"/fail/{how}/")
    assert response.status_code == 503
    assert not ErrorLog.objects.exists()
    asking.get("/fail/ok/")
    assert not ErrorLog.objects.exists()  # it was away just now
    error_log._retry_at = 0.0
    asking.get("/fail/ok/")
    assert (only().error_code, only().correlation_id) == (code, response.headers["X-Request-ID"])


def test_what_waited_outlives_its_person(asking: Client, anna: User, stranger: Client) -> None:
    asking.get("/fail/away/")
    assert error_log._waiting[0].user_id == anna.pk
    anna.delete()
    error_log._retry_at = 0.0
    User.objects.count()
    error_log.write_waiting()
    assert only().user is None


def test_only_the_latest_wait_for_the_database(asking: Client) -> None:
    for n in range(error_log._MOST_WAITING + 5):
        error_log.record(ErrorLog(error_code=f"code.{n}", status_code=500), is_database_away=True)
    assert len(error_log._waiting) == error_log._MOST_WAITING


def test_while_the_database_is_away_nobody_waits_for_it_to_write(monkeypatch: pytest.MonkeyPatch) -> None:
    error_log.record(ErrorLog(error_code="one", status_code=500), is_database_away=True)
    monkeypatch.setattr(error_log, "_write", None)
    error_log.record(ErrorLog(error_code="two", status_code=403))
    assert [row.error_code for row in error_log._waiting] == ["one", "two"]


# --- floods -----------------------------------------------------------------------------------------------------------------
def test_a_flood_from_one_address_ends_in_one_row_that_counts(asking: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(error_log, "FOLD_EVERY", 0.001)
    for _ in range(error_log.OWN_ROWS + 20):
        asking.get("/fail/forbidden/")
    assert ErrorLog.objects.filter(fold=None).count() == error_log.OWN_ROWS
    folded = ErrorLog.objects.exclude(fold=None)
    assert folded.count() <= 2  # two when the hour turned meanwhile
    assert sum(row.occurrences for row in folded) == 20


def test_a_flood_writes_seldom(asking: Client, django_assert_max_num_queries: Any) -> None:
    for _ in range(error_log.OWN_ROWS + 2):
        asking.get("/fail/forbidden/")
    with django_assert_max_num_queries((1 + SCOPE) * 20):  # session and person; nothing about the error
        for _ in range(20):
            asking.get("/fail/forbidden/")
    assert sum(error_log._folded.values()) >= 20


def test_all_addresses_together_have_a_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(error_log, "MOST_ROWS", 30)
    for n in range(50):
        row = ErrorLog(error_code="forbidden", status_code=403, metadata={"address": f"192.0.2.{n}"})
        error_log.record(row)
    assert ErrorLog.objects.filter(fold=None).count() == 30
    assert ErrorLog.objects.count() <= 32
    error_log.record(ErrorLog(error_code="error.X", status_code=500))
    assert ErrorLog.objects.filter(error_code="error.X").exists()  # refusals do not crowd out mistakes


def test_one_persons_many_ipv6_addresses_count_as_one() -> None:
    assert error_log.network_of("2001:db8::1") == error_log.network_of("2001:db8::ffff")
    assert error_log.network_of("2001:db8::1") != error_log.network_of("2001:db8:0:1::1")
    assert error_log.network_of("192.0.2.1") != error_log.network_of("192.0.2.2")
    assert error_log.network_of("") == ""


# --- background work ----------------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_a_job_that_crashes_leaves_its_stack_each_time(anna: User) -> None:
    job = promised("one", raising(Broken(f"password={SECRET}")))
    type(job).objects.filter(pk=job.pk).update(correlation_id="0123456789ab", created_by=anna)
    runner.run_one(claimed())
    row = only()
    assert (row.error_code, row.status_code, row.user) == ("job.Broken", None, anna)
    assert row.correlation_id == "0123456789ab"
    assert row.metadata["job"] == str(job.pk)
    assert "raise error" in row.stack_trace
    assert SECRET not in row.stack_trace + row.error_message


@pytest.mark.django_db(transaction=True)
def test_a_job_that_is_given_up_leaves_its_reason_once() -> None:
    promised("one", raising(GiveUp(code="private", reason="The video is private.")))
    runner.run_one(claimed())
    assert (only().error_code, only().error_message) == ("job.private", "The video is private.")


@pytest.mark.django_db(transaction=True)
def test_a_job_that_will_be_tried_again_leaves_nothing_yet() -> None:
    job = promised("one", raising(Retry(code="net", reason="The line broke.", seconds=0)))
    for _ in range(ATTEMPTS - 1):
        runner.run_one(claimed())
    assert not ErrorLog.objects.exists()
    runner.run_one(claimed())
    assert type(job).objects.get(pk=job.pk).state == JobState.FAILED
    assert only().error_code == "job.net"


@pytest.mark.django_db(transaction=True)
def test_a_worker_writes_what_waited_while_the_database_was_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: object, **kwargs: object) -> bool:
        raise OperationalError("the database is away")

    promised("one")
    with monkeypatch.context() as patch:
        patch.setattr(jobs, "end", away)
        runner.run_one(claimed())
    assert [row.error_code for row in error_log._waiting] == ["job.OperationalError"]
    error_log._retry_at = 0.0
    promised("two")
    runner.work(QUEUE)
    assert only().error_code == "job.OperationalError"


@pytest.mark.django_db(transaction=True)
def test_a_task_that_crashes_outside_of_any_job_is_written_down(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(queue: str) -> None:
        raise Broken("no job was claimed yet")

    monkeypatch.setattr(runner, "work", crash)
    work.apply(args=("default",))
    row = only()
    assert (row.error_code, row.metadata["kind"]) == ("task.Broken", "operations.work")


def test_inside_a_lost_transaction_nothing_is_tried() -> None:
    with transaction.atomic():
        transaction.set_rollback(True)
        assert not error_log._write(ErrorLog(error_code="x"))
        transaction.set_rollback(False)
