"""What the data layer promises holds on the oldest PostgreSQL too: its rules, policies, trails and indexes.

`make test POSTGRES=15` runs everything there; here is what depends most on the server's version.
"""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection

from medianest.launch.postgres import MAJOR
from tools import old_postgres

ASKED_FOR = os.environ.get("TEST_POSTGRES") or MAJOR
PARTS = [
    "medianest/tests/test_old_postgres.py::test_these_tests_run_on_the_server_that_was_asked_for",
    "medianest/tests/test_row_security.py::test_every_policy_stands_in_the_database_and_binds_the_owner_too",
    "medianest/tests/test_row_security.py::test_without_a_person_there_is_no_row",
    "medianest/tests/test_row_security.py::test_nobody_finds_changes_or_removes_anothers_row",
    "medianest/tests/test_row_security.py::test_adding_a_row_for_another_is_refused",
    "medianest/tests/test_row_security.py::test_the_roles_have_no_more_than_they_need",
    "medianest/tests/test_row_parity.py",
    "medianest/tests/test_rules_have_words.py",
    "operations/tests/test_audit.py",
    "requests_app/tests/test_models.py",
    "requests_app/tests/test_indexes.py",
]


@pytest.mark.skipif("DATABASE_URL" not in os.environ.get("MEDIANEST_TEST_SERVERS", ""), reason="The server was given.")
@pytest.mark.django_db
def test_these_tests_run_on_the_server_that_was_asked_for() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        assert int(cursor.fetchone()[0]) // 10_000 == int(ASKED_FOR)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(ASKED_FOR == old_postgres.MAJOR, reason="All tests run on it already.")
@pytest.mark.skipif(
    old_postgres.find() is None, reason=f"This machine has no PostgreSQL {old_postgres.MAJOR} of its own."
)
def test_the_data_layer_holds_on_the_oldest() -> None:
    ours = ("DATABASE_URL", "REDIS_URL", "MEDIANEST_DATA")
    env = {name: value for name, value in os.environ.items() if name not in ours and not name.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "medianest.tests.servers", "-p", "no:cacheprovider", "-q", *PARTS],
        env={**env, "TEST_POSTGRES": old_postgres.MAJOR},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
        timeout=850,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert " skipped" not in done.stdout
