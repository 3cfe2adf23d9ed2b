"""With which database roles MediaNest runs, and on a server that knows none of its roles."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper

from medianest.launch.postgres import Postgres
from medianest.tests.line import Line
from medianest.tests.logins import login
from operations import roles

RUNS = [sys.executable, "-c", "import medianest.wsgi, time; print('serves', flush=True); time.sleep(120)"]
WORKS = [sys.executable, "-m", "medianest.workers", "default:1"]


def web(name: str, password: str) -> str:
    return ask(roles.web_refusal, name, password)


def worker(name: str, password: str) -> str:
    return ask(roles.worker_refusal, name, password)


def ask(refusal: Any, name: str, password: str) -> str:
    other = DatabaseWrapper({**connection.settings_dict, "USER": name, "PASSWORD": password})
    try:
        return str(refusal(other))
    finally:
        other.close()


def address(name: str, password: str) -> str:
    facts = connection.settings_dict
    host = facts["OPTIONS"].get("host") or facts["HOST"]
    return f"postgres://{name}:{password}@/{facts['NAME']}?host={host}"


def begun(command: list[str], url: str, **more: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command,
        env={**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "medianest.tests.plain_settings"},
        cwd=settings.BASE_DIR,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        **more,
    )


def said_at_the_end(command: list[str], url: str) -> tuple[int, str]:
    """What a process says that ends by itself, and its exit code."""
    process = begun(command, url)
    try:
        said, _ = process.communicate(timeout=100)
    finally:
        process.kill()
    return process.returncode, said


# --- who may be the web, and who may work -----------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("rights", "member_of", "reason"),
    [
        ("SUPERUSER", "", "is a superuser"),
        ("BYPASSRLS", "mn_app", "passes row security"),
        ("", "mn_app, mn_staff", "has the rights of mn_staff or mn_worker all the time"),
        ("", "mn_worker", "has the rights of mn_staff or mn_worker all the time"),
        ("", "postgres", "owns the tables"),
        ("", "", "cannot become mn_app and mn_staff"),
    ],
)
def test_the_web_refuses_a_role_that_undoes_the_policies(rights: str, member_of: str, reason: str) -> None:
    with login(rights, member_of=member_of) as (name, password):
        refusal = web(name, password)
    assert reason in refusal
    assert name in refusal
    assert "ALTER ROLE mn_app LOGIN" in refusal, "nobody is told what to do"


@pytest.mark.django_db(transaction=True)
def test_the_web_takes_a_role_that_is_mn_app() -> None:
    with login(member_of="mn_app") as (name, password):
        assert web(name, password) == ""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("rights", "member_of"), [("SUPERUSER", ""), ("BYPASSRLS", ""), ("", "mn_worker")])
def test_workers_take_a_role_that_sees_everybodys_rows(rights: str, member_of: str) -> None:
    with login(rights, member_of=member_of) as (name, password):
        assert worker(name, password) == ""


@pytest.mark.django_db(transaction=True)
def test_workers_refuse_the_webs_role() -> None:
    with login(member_of="mn_app") as (name, password):
        assert f"“{name}” does not" in worker(name, password)


# --- the processes ----------------------------------------------------------------------------------------------------
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_web_process_ends_with_the_reason() -> None:
    code, said = said_at_the_end(RUNS, address(connection.settings_dict["USER"], connection.settings_dict["PASSWORD"]))
    assert code == 1
    assert "ImproperlyConfigured: The web must not use the database role" in said
    assert "serves" not in said


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_workers_end_with_the_reason_before_they_fork() -> None:
    with login(member_of="mn_app") as (name, password):
        code, said = said_at_the_end(WORKS, address(name, password))
    assert code == 1
    assert f"Workers need to see everybody's rows, and the database role “{name}” does not." in said


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_web_that_began_without_its_database_ends_when_that_is_back() -> None:
    facts = connection.settings_dict
    line = Line(f"{facts['OPTIONS'].get('host') or facts['HOST']}/.s.PGSQL.{facts['PORT'] or 5432}")
    line.cut()
    process = begun(RUNS, f"postgres://{facts['USER']}:{facts['PASSWORD']}@127.0.0.1:{line.port}/{facts['NAME']}")
    try:
        assert process.stdout is not None
        assert any("serves" in word for word in process.stdout), "it did not begin without its database"
        line.mend()
        said, _ = process.communicate(timeout=100)
    finally:
        process.kill()
        line.cut()
    assert process.returncode == 1
    assert "unsafe_database_role" in said


# --- a server of somebody else's --------------------------------------------------------------------------------------
class Foreign(Postgres):
    """A server on which nothing of ours was made."""

    def finish(self) -> None:
        """Roles and the database are what the tests are about."""


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Foreign]:
    folder = tmp_path_factory.mktemp("foreign")
    for place in (folder, folder.parent, folder.parent.parent):
        place.chmod(0o711)  # started by root, PostgreSQL runs as another account and must get in
    server = Foreign(folder / "pg", settings={"fsync": "off", "full_page_writes": "off"})
    server.start()
    yield server
    server.stop()


def migrated(server: Foreign, owner: str) -> subprocess.CompletedProcess[str]:
    url = server.url("postgres").replace("/medianest?", "/house?")
    if owner != "postgres":
        url = re.sub(r"//postgres:[^@]*@", f"//{owner}:secret@", url)
    return subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        env={**os.environ, "DATABASE_URL": url},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def told(said: str) -> str:
    """The SQL that a refusal asks a superuser to run."""
    return "\n".join(re.findall(r"^\s+((?:CREATE|GRANT|ALTER) .*;)$", said, re.MULTILINE))


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_an_owner_who_may_make_no_roles_is_told_what_a_superuser_has_to_run(foreign: Foreign) -> None:
    foreign.psql("CREATE ROLE keeper LOGIN PASSWORD 'secret'; CREATE DATABASE house OWNER keeper;")
    refused = migrated(foreign, "keeper")
    assert refused.returncode == 1
    assert "lacks roles that only its administrator may make" in refused.stderr
    assert "Traceback" not in refused.stderr
    wanted = told(refused.stderr)
    assert wanted.count("CREATE ROLE") == 3
    assert 'ALTER ROLE "keeper" BYPASSRLS;' in wanted
    assert foreign.psql("SELECT rolname FROM pg_roles WHERE rolname LIKE 'mn_%'") == ""
    assert foreign.psql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", "house") == ""

    foreign.psql(wanted)
    assert migrated(foreign, "keeper").stderr == ""
    forced = foreign.psql("SELECT count(*) FROM pg_class WHERE relforcerowsecurity", "house")
    assert int(forced) > 10
    rights = (
        "has_table_privilege('mn_app', 'media_requests', 'INSERT'), has_schema_privilege('mn_app', 'public', 'CREATE')"
    )
    assert foreign.psql(f"SELECT {rights}", "house").strip() == "t|f"


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_superuser_who_migrates_makes_the_roles(foreign: Foreign) -> None:
    foreign.psql("DROP DATABASE IF EXISTS house WITH (FORCE);")
    foreign.psql("DROP ROLE IF EXISTS mn_app, mn_staff, mn_worker;")
    foreign.psql("CREATE DATABASE house;")
    assert migrated(foreign, "postgres").stderr == ""
    made = foreign.psql("SELECT rolname, rolcanlogin, rolsuper FROM pg_roles WHERE rolname LIKE 'mn_%' ORDER BY 1")
    assert made.split() == ["mn_app|f|f", "mn_staff|f|f", "mn_worker|f|f"]
    inherits = "pg_has_role('mn_app', 'mn_staff', 'USAGE'), pg_has_role('mn_app', 'mn_staff', 'SET')"
    assert foreign.psql(f"SELECT {inherits}", "house").strip() == "f|t"
