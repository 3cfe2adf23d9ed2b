"""Whose rows are whose, kept by PostgreSQL itself: each table is tried in raw SQL, as the role the web has."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import ProgrammingError, connection, models, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from accounts.models import User
from medianest import open_tables
from medianest.lib.append_only import AppendOnly
from medianest.lib.row_policies import ANYBODY, NOBODY, RowSecurity
from medianest.tests.everyones_rows import MAKERS
from operations.models import SecurityEvent
from operations.row_security import AnotherPerson, acting_as, at_the_door, for_others

pytestmark = pytest.mark.django_db


def _rule(model: type[models.Model]) -> RowSecurity | None:
    return next((each for each in model._meta.constraints if isinstance(each, RowSecurity)), None)


def _is_hidden(model: type[models.Model]) -> bool:
    """Whether it is a table of the audit trail, of which the web reads nothing on people's pages."""
    return any(isinstance(each, AppendOnly) and each.hidden for each in model._meta.constraints)


RULES = {
    model._meta.db_table: rule
    for model in apps.get_models(include_auto_created=True)
    if (rule := _rule(model)) is not None
}
TABLES = sorted(RULES)
HIDDEN = sorted(model._meta.db_table for model in apps.get_models(include_auto_created=True) if _is_hidden(model))
MODELS = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
OPEN_TO_ADD = {"error_logs", "families", "security_events"}


@contextmanager
def as_role(role: str) -> Iterator[None]:
    """In raw SQL as `role`, with no person said."""
    with transaction.atomic():
        _ask("SELECT set_config('role', %s, true)", role)
        yield
        _ask("SELECT set_config('role', 'none', true)")


def _ask(sql: str, *values: Any) -> Any:
    """The first column of the answer's first row."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        row = cursor.fetchone()
    return row and row[0]


def _key(table: str) -> str:
    """The column that identifies a row."""
    return str(MODELS[table]._meta.pk.column)


def _count(table: str) -> int:
    return int(_ask(f"SELECT count(*) FROM {table}"))


def _changed(sql: str, *values: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)


def _columns(table: str) -> str:
    """Those that can be written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
            " AND NOT attisdropped AND attgenerated = ''",
            [table],
        )
        return ", ".join(name for (name,) in cursor.fetchall())


# --- every table ------------------------------------------------------------------------------------------------------
def test_whatever_names_a_person_has_a_policy_or_a_reason() -> None:
    stored = {
        model for model in apps.get_models(include_auto_created=True) if model._meta.managed and not model._meta.proxy
    }
    guarded = {model for model in stored if _rule(model) or _is_hidden(model)}
    personal = {
        model._meta.db_table
        for model in stored - guarded
        for field in model._meta.fields
        if field.related_model is User or field.related_model in guarded
    }
    assert personal | {"users"} == set(open_tables.REASONS)


def test_every_policy_stands_in_the_database_and_binds_the_owner_too() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, relforcerowsecurity, array(SELECT polname::text FROM pg_policy WHERE polrelid = c.oid)"
            " FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relrowsecurity AND relname <> ALL(%s)",
            [HIDDEN],
        )
        found = {name: (forced, set(policies)) for name, forced, policies in cursor.fetchall()}
    assert found == {table: (True, set(rule.policies())) for table, rule in RULES.items()}


def test_nothing_reads_past_the_policies() -> None:
    """A view asks its tables as its owner unless told otherwise; a materialised one does always."""
    assert (
        _ask("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm')") == 0
    )


def test_each_table_is_tried_here() -> None:
    assert sorted(MAKERS) == TABLES


@pytest.mark.parametrize("table", TABLES)
def test_without_a_person_there_is_no_row(table: str, ben: User) -> None:
    MAKERS[table](ben)
    assert _count(table) > 0
    with as_role("mn_app"):
        assert _count(table) == 0


@pytest.mark.parametrize("table", [table for table in TABLES if RULES[table].see != NOBODY])
def test_a_person_finds_their_own_row(table: str, ben: User) -> None:
    row = MAKERS[table](ben)
    with acting_as(ben):
        assert _ask(f"SELECT count(*) FROM {table} WHERE {_key(table)} = %s", row.pk) == 1


@pytest.mark.parametrize("table", TABLES)
def test_nobody_finds_changes_or_removes_anothers_row(table: str, anna: User, ben: User) -> None:
    row = MAKERS[table](ben)
    MAKERS[table](anna)
    with acting_as(anna):
        assert (_count(table) > 0) == (RULES[table].see != NOBODY)
        assert _ask(f"SELECT count(*) FROM {table} WHERE {_key(table)} = %s", row.pk) == 0
        assert _changed(f"UPDATE {table} SET {_key(table)} = {_key(table)} WHERE {_key(table)} = %s", row.pk) == 0
        assert _changed(f"DELETE FROM {table} WHERE {_key(table)} = %s", row.pk) == 0
    assert _ask(f"SELECT count(*) FROM {table} WHERE {_key(table)} = %s", row.pk) == 1


@pytest.mark.parametrize("table", TABLES)
def test_adding_a_row_for_another_is_refused(table: str, anna: User, ben: User) -> None:
    if table in OPEN_TO_ADD:
        assert RULES[table].add == ANYBODY
        return
    row = MAKERS[table](ben)
    copied = _ask(f"SELECT to_jsonb(t) FROM {table} t WHERE {_key(table)} = %s", row.pk)
    columns = _columns(table)
    with acting_as(anna), pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        _changed(
            f"INSERT INTO {table} ({columns}) SELECT {columns} FROM jsonb_populate_record(null::{table}, %s)",
            copied if isinstance(copied, str) else json.dumps(copied),
        )


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("role", ["mn_staff", "mn_worker"])
def test_moderators_pages_and_background_work_find_every_row(role: str, table: str, anna: User, ben: User) -> None:
    rows = [MAKERS[table](anna), MAKERS[table](ben)]
    with as_role(role):
        assert _ask(f"SELECT count(*) FROM {table} WHERE {_key(table)} = ANY(%s)", [row.pk for row in rows]) == 2


def test_the_roles_have_no_more_than_they_need() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname, rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication, pg_has_role('mn_app', oid, 'USAGE'),"
            " has_schema_privilege(oid, 'public', 'CREATE') FROM pg_roles"
            " WHERE rolname IN ('mn_app', 'mn_staff', 'mn_worker')"
        )
        found = {name: rights for name, *rights in cursor.fetchall()}
    assert found == {
        "mn_app": [False, True, False],
        "mn_staff": [False, False, False],  # only while it says so
        "mn_worker": [False, False, False],
    }


# --- scopes -----------------------------------------------------------------------------------------------------------
def _state() -> tuple[str, str]:
    return _ask("SELECT current_user"), _ask("SELECT coalesce(current_setting('app.user_id', true), '')")


def test_a_scope_ends_as_it_began(anna: User, moderator: User) -> None:
    before = _state()
    with acting_as(moderator):
        assert _state() == ("mn_app", str(moderator.pk))
        with acting_as(moderator, staff=True):
            assert _state() == ("mn_staff", str(moderator.pk))
        with for_others():
            assert _state() == ("mn_staff", str(moderator.pk))
        assert _state() == ("mn_app", str(moderator.pk))
    with at_the_door():
        assert _state() == ("mn_staff", "")
    assert _state() == before


def test_a_scope_that_fails_ends_as_it_began(anna: User) -> None:
    before = _state()
    with acting_as(anna):
        with pytest.raises(ZeroDivisionError), for_others():
            raise ZeroDivisionError
        assert _state() == ("mn_app", str(anna.pk))
    assert _state() == before


def test_a_scope_that_broke_its_transaction_ends_as_it_began(anna: User) -> None:
    before = _state()
    with acting_as(anna):
        with pytest.raises(ProgrammingError), for_others():
            _ask("SELECT nothing")
        assert _state() == ("mn_app", str(anna.pk))
    assert _state() == before


def test_nobody_acts_for_two_at_once(anna: User, ben: User) -> None:
    with acting_as(anna), pytest.raises(AnotherPerson), acting_as(ben):
        pass


def test_a_viewer_does_not_become_staff(anna: User) -> None:
    with pytest.raises(PermissionDenied), acting_as(anna, staff=True):
        pass


def _write_and_fail(anna: User) -> None:
    with acting_as(anna):
        SecurityEvent.objects.create(actor=anna, kind="tried")
        raise LookupError


def test_a_scope_undoes_what_failed(anna: User) -> None:
    before = _state()
    with pytest.raises(LookupError):
        _write_and_fail(anna)
    assert _state() == before
    assert not SecurityEvent.objects.filter(kind="tried").exists()


# --- migrations -------------------------------------------------------------------------------------------------------
def test_every_migration_with_a_policy_comes_after_the_roles() -> None:
    """Servers of the tests have the roles already, so nothing else would tell."""
    loader = MigrationLoader(None)
    for key, migration in loader.disk_migrations.items():
        added = [getattr(step, "constraint", None) for step in migration.operations]
        added += [each for step in migration.operations for each in getattr(step, "options", {}).get("constraints", [])]
        if any(isinstance(each, RowSecurity) for each in added):
            assert ("operations", "0004_roles") in loader.graph.forwards_plan(key), key


def test_a_policy_goes_and_comes_back_with_its_migration() -> None:
    executor = MigrationExecutor(connection)
    executor.migrate([("notifications", "0001_initial")])
    secured = "SELECT relrowsecurity OR relforcerowsecurity FROM pg_class WHERE oid = 'notifications'::regclass"
    assert _ask(secured) is False
    assert _ask("SELECT count(*) FROM pg_policy WHERE polrelid = 'notifications'::regclass") == 0
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    assert _ask(secured) is True
