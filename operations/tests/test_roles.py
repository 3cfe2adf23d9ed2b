"""A server that has never heard of our roles has them after the migrations, with the rights they need and no more."""

from __future__ import annotations

import psycopg
import pytest

from medianest.tests.migrating import run
from medianest.tests.versions import BOTH, running
from operations.audit import TRAILS

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

WITHOUT_ROLES = """
DROP OWNED BY mn_app, mn_worker, mn_staff;
DROP ROLE mn_app, mn_worker, mn_staff;
"""
CALLS = ("trail_prune", "trail_forget", "security_forget")


@pytest.mark.parametrize("major", BOTH)
def test_roles_that_the_migrations_make_have_their_rights_on_the_trail(major: str) -> None:
    with running(major) as postgres:
        for database in ("template1", "medianest"):
            postgres.psql("DROP OWNED BY mn_app, mn_worker, mn_staff;", database)
        postgres.psql(WITHOUT_ROLES)
        assert postgres.psql("SELECT rolname FROM pg_roles WHERE rolname LIKE 'mn\\_%'").split() == ["mn_owner"]
        url = postgres.url("postgres")
        run(url, "head")
        with psycopg.connect(url) as connection:
            may_call = connection.execute(
                "SELECT rolname, proname FROM pg_roles, pg_proc WHERE rolname = ANY(%s) AND proname = ANY(%s)"
                " AND has_function_privilege(pg_roles.oid, pg_proc.oid, 'EXECUTE') ORDER BY 1, 2",
                [["mn_app", "mn_staff", "mn_worker"], list(CALLS)],
            ).fetchall()
            may_add = connection.execute(
                "SELECT rolname, count(*) FROM pg_roles, pg_class WHERE rolname = ANY(%s) AND relname = ANY(%s)"
                " AND has_table_privilege(pg_roles.oid, pg_class.oid, 'INSERT')"
                " GROUP BY 1 ORDER BY 1",
                [["mn_app", "mn_staff", "mn_worker"], [f"{table}_audit" for table in TRAILS]],
            ).fetchall()
            becomes = connection.execute(
                "SELECT pg_has_role('mn_app', 'mn_staff', 'USAGE'), pg_has_role('mn_app', 'mn_staff', 'MEMBER')"
            ).fetchall()
            connection.execute("SET ROLE mn_staff")
            connection.execute(
                "INSERT INTO quick_links (id, title, url, description, icon, audience, position, is_shown, created_at,"
                " updated_at) VALUES (gen_random_uuid(), 'x', 'https://x', '', '', 'everyone', 1, true, now(), now())"
            )
            told = connection.execute("SELECT pgh_label FROM quick_links_audit").fetchall()
    assert may_call == [("mn_worker", name) for name in sorted(CALLS)]
    assert may_add == [], "only the triggers write lines"
    assert becomes == [(False, True)], "the web is staff only while it says so"
    assert told == [("insert",)]
