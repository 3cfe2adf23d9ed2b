"""The audit trail: every way to change a row leaves one line, and nobody rewrites it."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta

import pghistory
import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.models import User
from families.models import Family, FamilyInvitation
from guides.models import QuickLink
from medianest.lib import correlation
from operations import audit_context, runner, security, trail
from operations.audit import TRAILS, Change, without_a_trail
from operations.models import SecurityEvent
from operations.tests.acts import claimed, promised
from requests_app import actions
from requests_app.models import MediaRequest
from requests_app.tests.rows import stored_film
from services.models import ServiceConfig

pytestmark = pytest.mark.django_db


def told(table: str, **wanted: object) -> list[Change]:
    """The trail of a table, oldest first."""
    return list(TRAILS[table].rows._default_manager.filter(**wanted).order_by("pgh_id"))


def last(table: str) -> Change:
    return told(table)[-1]


def link(**said: object) -> QuickLink:
    return QuickLink.objects.create(**{"title": "Plex", "url": "https://plex.example", **said})


# --- one line for each change --------------------------------------------------------------------------------------------
def test_a_new_row_leaves_what_it_holds(anna: User) -> None:
    wish = stored_film(user=anna, title="Fight Club")
    (line,) = told("media_requests")
    assert (line.pgh_label, line.pgh_obj_id, line.before) == ("insert", wish.pk, None)
    assert line.after is not None
    assert (line.after["title"], line.after["user"]) == ("Fight Club", str(anna.pk))


def test_a_changed_row_leaves_what_changed_and_only_that(anna: User) -> None:
    wish = stored_film(user=anna)
    wish.note = "In German, please."
    wish.save()
    _, line = told("media_requests")
    assert (line.pgh_label, line.before, line.after) == ("update", {"note": ""}, {"note": "In German, please."})


def test_a_deleted_row_leaves_what_it_held() -> None:
    gone = link()
    key = gone.pk
    gone.delete()
    line = last("quick_links")
    assert (line.pgh_label, line.pgh_obj_id, line.after) == ("delete", key, None)
    assert line.before is not None
    assert line.before["title"] == "Plex"


def test_rows_made_and_changed_together_are_told_one_by_one() -> None:
    links = QuickLink.objects.bulk_create(QuickLink(title=f"{n}", url=f"https://{n}.example") for n in range(3))
    QuickLink.objects.update(icon="star")
    for each in links:
        each.position = 5
    QuickLink.objects.bulk_update(links, ["position"])
    QuickLink.objects.all().delete()
    lines = told("quick_links")
    assert [line.pgh_label for line in lines] == ["insert"] * 3 + ["update"] * 6 + ["delete"] * 3
    assert lines[3].after == {"icon": "star"}
    assert lines[6].after == {"position": 5}


def test_raw_sql_is_seen_too() -> None:
    stored = link()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE quick_links SET title = 'Other' WHERE id = %s", [stored.pk])
    line = last("quick_links")
    assert (line.before, line.after) == ({"title": "Plex"}, {"title": "Other"})


def test_a_row_given_another_key_is_told() -> None:
    stored = link()
    fresh = uuid.uuid4()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE quick_links SET id = %s, title = 'Other' WHERE id = %s", [fresh, stored.pk])
    line = last("quick_links")
    assert (line.pgh_obj_id, line.before, line.after) == (fresh, {"title": "Plex"}, {"title": "Other"})


def test_a_row_that_one_statement_changes_twice_is_told_twice(anna: User) -> None:
    """As foreign keys do that the database itself empties."""
    wish = stored_film(user=anna, created_by=anna)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for column in ("user_id", "created_by_id"):
            cursor.execute(f"ALTER TABLE media_requests ADD FOREIGN KEY ({column}) REFERENCES users ON DELETE SET NULL")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("DELETE FROM users WHERE id = %s", [anna.pk])
    lines = [(line.before, line.after) for line in told("media_requests", pgh_label="update", pgh_obj_id=wish.pk)]
    was = str(anna.pk)
    assert sorted(lines, key=str) == [
        ({"created_by": was}, {"created_by": None}),
        ({"user": was}, {"user": None}),
    ]


def test_many_rows_are_told_with_their_own_values() -> None:
    """A plan made for one row is kept for the many that follow."""
    link(title="0")
    QuickLink.objects.update(title="first")
    QuickLink.objects.bulk_create(QuickLink(title=f"{n}", url=f"https://{n}.example") for n in range(1, 300))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE quick_links SET title = 'x' || title, icon = title, updated_at = now()")
    lines = told("quick_links", pgh_label="update")[1:]
    assert len(lines) == 300
    for line in lines:
        assert line.before is not None
        assert line.before["icon"] == ""
        assert line.after == {"title": f"x{line.before['title']}", "icon": line.before["title"]}


def test_what_goes_with_another_row_is_told() -> None:
    family = Family.objects.create(name="Nest")
    FamilyInvitation.objects.create(
        family=family, email="x@example.org", token_hash="5e" * 32, expires_at=timezone.now() + timedelta(days=7)
    )
    family.delete()
    assert last("family_invitations").pgh_label == "delete"


def test_saving_without_a_change_leaves_nothing(anna: User) -> None:
    anna.save()
    anna.last_login = timezone.now()
    anna.save()
    anna.set_password("a new one, long enough")
    anna.save()
    assert [line.pgh_label for line in told("users", pgh_obj_id=anna.pk)] == ["insert"]


def test_a_request_put_away_shows_in_its_trail(anna: User) -> None:
    wish = stored_film(user=anna)
    actions.put_away(request=wish, by=anna)
    line = last("media_requests")
    assert line.before == {"deleted_at": None}
    assert line.after is not None
    assert line.after["deleted_at"]


def test_the_trail_outlives_what_it_tells_of_and_who_did_it(anna: User) -> None:
    key = str(anna.pk)
    with pghistory.context(user=key):
        stored_film(user=anna)
    MediaRequest.everything.all().delete()
    anna.delete()
    assert len(told("media_requests")) == 2
    assert told("media_requests")[0].pgh_context == {"user": key}


# --- what is never told ----------------------------------------------------------------------------------------------------
def test_no_secret_reaches_the_trail() -> None:
    ServiceConfig.objects.create(service_name="plex", service_url="http://plex", api_key="plex-token-secret")
    family = Family.objects.create(name="Nest")
    FamilyInvitation.objects.create(
        family=family, email="x@example.org", token_hash="5e" * 32, expires_at=timezone.now() + timedelta(days=7)
    )
    person = User.objects.create_user("ben", "a password of his own")
    stored = [person.password, "5e" * 32, "plex-token-secret"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT api_key FROM service_config WHERE service_name = 'plex'")
        stored.append(cursor.fetchone()[0])
    dump = json.dumps([[line.before, line.after] for name in TRAILS for line in told(name)])
    assert "ben" in dump
    assert not [secret for secret in stored if secret in dump]


# --- who and through what ----------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_a_job_names_itself_and_who_asked_for_it(anna: User, monkeypatch: pytest.MonkeyPatch) -> None:
    job = promised("one")
    job.created_by = anna
    job.save()
    job = claimed()

    def act(run: object, **args: object) -> None:
        link()

    monkeypatch.setattr("operations.jobs.handler_of", lambda job: act)
    runner.run_one(job)
    line = last("quick_links")
    assert line.pgh_context == {
        "job": job.kind,
        "job_id": str(job.pk),
        "request": job.correlation_id or correlation.current(),
        "user": str(anna.pk),
    }
    link(url="https://other.example")
    assert last("quick_links").pgh_context is None


def test_a_change_outside_of_a_transaction_is_named_as_well(anna: User) -> None:
    with pghistory.context(user=str(anna.pk)), transaction.atomic():
        with transaction.atomic():
            stored = link()
        QuickLink.objects.filter(pk=stored.pk).update(title="Other")
    assert [line.pgh_context for line in told("quick_links")] == [{"user": str(anna.pk)}] * 2


# --- written once -----------------------------------------------------------------------------------------------------------
KEPT = [*(f"{name}_audit" for name in TRAILS), "security_events"]


def as_role(role: str, statement: str) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {role}")
        try:
            cursor.execute(statement)
            return int(cursor.rowcount)
        finally:
            if not connection.needs_rollback and connection.connection.info.transaction_status == 2:
                cursor.execute("RESET ROLE")


@pytest.mark.parametrize("table", KEPT)
@pytest.mark.parametrize("role", ["mn_app", "mn_worker", "mn_staff"])
def test_the_running_roles_cannot_rewrite(anna: User, role: str, table: str) -> None:
    link()
    security.record("sign_in", actor=anna)
    column = "kind" if table == "security_events" else "pgh_label"
    for statement in (f"UPDATE {table} SET {column} = 'x'", f"DELETE FROM {table}"):
        assert refused(role, statement)
        assert refused(role, f"SET LOCAL medianest.rewriting = 'on'; {statement}")
    assert refused(role, f"TRUNCATE {table}")


def refused(role: str, statement: str) -> bool:
    """Whether the role is told no, or finds nothing that it could change."""
    try:
        return as_role(role, statement) <= 0
    except DatabaseError as error:
        return "permission denied" in str(error) or "written once" in str(error)


@pytest.mark.parametrize("role", ["mn_app", "mn_worker", "mn_staff"])
def test_the_running_roles_leave_a_trail(role: str) -> None:
    stored = link()
    assert as_role(role, f"UPDATE quick_links SET title = 'x' WHERE id = '{stored.pk}'") == 1
    assert last("quick_links").after == {"title": "x"}


@pytest.mark.parametrize("table", TRAILS)
@pytest.mark.parametrize("role", ["mn_app", "mn_worker", "mn_staff"])
def test_the_running_roles_cannot_make_lines_up(role: str, table: str) -> None:
    forged = "(pgh_created_at, pgh_label, pgh_obj_id) SELECT now(), 'delete', pgh_obj_id"
    with pytest.raises(DatabaseError, match=f"permission denied for table {table}_audit"):
        as_role(role, f"INSERT INTO {table}_audit {forged} FROM {table}_audit")


@pytest.mark.parametrize("role", ["mn_app", "mn_worker", "mn_staff"])
def test_no_table_of_ones_own_writes_lines_into_a_trail(role: str) -> None:
    """By a trigger on it that names the trail's function."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgfoid::regproc::text FROM pg_trigger WHERE tgrelid = 'quick_links'::regclass AND tgname ~ 'audit_insert'"
        )
        (writes,) = cursor.fetchone()
    with pytest.raises(DatabaseError, match=f"permission denied for function {writes}"):
        as_role(
            role,
            "CREATE TEMP TABLE mine (LIKE public.quick_links) ON COMMIT DROP;"
            " CREATE TRIGGER forges AFTER INSERT ON mine REFERENCING NEW TABLE AS new_rows"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {writes}()",
        )


def test_lines_are_written_with_the_rights_of_the_tables_owner_and_a_path_of_their_own() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(DISTINCT p.oid), bool_and(prosecdef AND proconfig = %s AND proowner = relowner)"
            " FROM pg_trigger t JOIN pg_proc p ON p.oid = tgfoid JOIN pg_class c ON c.oid = tgrelid"
            " WHERE tgname ~ '^pgtrigger_audit_'",
            [["search_path=pg_catalog, public, pg_temp"]],
        )
        assert cursor.fetchone() == (3 * len(TRAILS), True)


@pytest.mark.parametrize(
    "trick",
    [
        "SET LOCAL pgtrigger.ignore = '{{{triggers}}}'",
        "CREATE TEMP TABLE quick_links_audit (LIKE public.quick_links_audit) ON COMMIT DROP",
    ],
)
def test_no_session_gets_past_it(trick: str) -> None:
    """Not by a setting, and not by a table of its own that bears the trail's name."""
    stored = link()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(tgname, ',') FROM pg_trigger WHERE tgrelid = 'quick_links'::regclass")
        (triggers,) = cursor.fetchone()
        cursor.execute("SET LOCAL ROLE mn_app")
        cursor.execute(trick.format(triggers=triggers))
        cursor.execute("UPDATE quick_links SET title = 'x' WHERE id = %s", [stored.pk])
        cursor.execute("RESET ROLE")
        cursor.execute("SELECT count(*) FROM public.quick_links_audit WHERE pgh_label = 'update'")
        assert cursor.fetchone() == (1,)


@pytest.mark.parametrize(
    "setting", ["ALTER TABLE quick_links DISABLE TRIGGER USER", "SET session_replication_role = replica"]
)
@pytest.mark.parametrize("role", ["mn_app", "mn_worker", "mn_staff"])
def test_the_running_roles_cannot_turn_it_off(role: str, setting: str) -> None:
    with pytest.raises(DatabaseError, match=r"must be owner|permission denied"):
        as_role(role, setting)


def test_rows_made_up_in_great_numbers_leave_none_and_the_next_one_does() -> None:
    with without_a_trail():
        link()
    assert told("quick_links") == []
    link(url="https://other.example")
    assert len(told("quick_links")) == 1


def test_only_staff_and_workers_read_it() -> None:
    link()
    assert as_role("mn_staff", "SELECT 1 FROM quick_links_audit") == 1
    assert as_role("mn_worker", "SELECT 1 FROM quick_links_audit") == 1
    assert as_role("mn_app", "SELECT 1 FROM quick_links_audit") == 0


def test_not_even_the_owner_rewrites_it_by_mistake(anna: User) -> None:
    link()
    security.record("sign_in", actor=anna)
    for rows in (TRAILS["quick_links"].rows.objects.all(), SecurityEvent.objects.all()):
        name = rows.model._meta.pk.name
        for rewrite in (rows.delete, lambda rows=rows, name=name: rows.update(**{name: rows[0].pk})):
            with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
                rewrite()
    assert SecurityEvent.objects.count() == 1


# --- letting go ----------------------------------------------------------------------------------------------------------------
def test_what_is_old_is_pruned_and_nothing_else(anna: User) -> None:
    link()
    security.record("sign_in", actor=anna)
    before = trail.prune(timezone.now() - timedelta(days=1))
    assert before == 0
    assert trail.prune(timezone.now() + timedelta(seconds=1)) >= 3
    assert not told("quick_links")
    assert not SecurityEvent.objects.exists()


def test_a_forgotten_person_leaves_no_data_of_their_own(anna: User, administrator: User) -> None:
    with pghistory.context(user=str(anna.pk), address="192.0.2.7"):
        wish = stored_film(user=anna, note="for my birthday")
    other = stored_film(user=administrator, note="stays")
    security.record("sign_in", actor=anna, about="anna")
    trail.forget(anna.pk)
    kept = json.dumps([[line.before, line.after, line.pgh_context] for name in TRAILS for line in told(name)])
    assert "192.0.2.7" not in kept
    assert "birthday" not in kept
    assert "Anna" not in kept
    assert "stays" in kept
    assert "Ada" in kept
    assert [line.pgh_obj_id for line in told("media_requests")] == [wish.pk, other.pk]
    assert SecurityEvent.objects.get().object == ""


@pytest.mark.parametrize("role", ["mn_app", "mn_staff"])
def test_the_web_cannot_let_go(role: str) -> None:
    for call in (
        "trail_prune('quick_links_audit', 'pgh_created_at', now(), 10)",
        "trail_forget('quick_links_audit', gen_random_uuid(), 'user', '{}')",
        "security_forget(gen_random_uuid())",
    ):
        with pytest.raises(DatabaseError, match="permission denied"):
            as_role(role, f"SELECT {call}")


def test_workers_let_go_of_trails_and_of_nothing_else(anna: User) -> None:
    assert as_role("mn_worker", "SELECT trail_prune('users_audit', 'pgh_created_at', now() + '1 s', 10)") == 1
    assert not told("users")
    with pytest.raises(DatabaseError, match="is no trail"):
        as_role("mn_worker", "SELECT trail_prune('users', 'created_at', now(), 10)")
    assert User.objects.filter(pk=anna.pk).exists()


def test_the_context_asks_the_database_for_nothing() -> None:
    class Request:
        user = None

    assert json.dumps({"user": audit_context.WhoIsThere(Request())}, cls=audit_context.ContextEncoder) == (  # type: ignore[arg-type]
        '{"user": null}'
    )
