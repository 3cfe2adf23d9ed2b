"""A database with data in it goes from nothing to the newest schema and back, and from every recorded schema, on the
oldest PostgreSQL that MediaNest runs on and on the embedded one."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db.migrations.loader import MigrationLoader

from medianest.launch import roles
from medianest.tests.filled import PLEX_TOKEN, own_models
from medianest.tests.migrating import run
from medianest.tests.versions import BOTH, Server, running

RECORDED = sorted((Path(__file__).parent / "schemas").glob("*.sql"))
KEEPS_ITSELF = {"table django_migrations", "table django_migrations_id_seq"}
ORPHANS = ("function pgtrigger_", "function _pgtrigger_", "function _pgh_attach_context", "function refuse_rewriting")
"""Triggers are taken away and their functions left, by django-pgtrigger and by the trails, which share one; nothing calls
them then, and going forward makes them anew."""
GONE = {"django_session"}
"""Sessions live in a table of our own now. Django's is taken away for good: everybody signs in once more, and an earlier
version's `migrate` makes it again."""
_number = itertools.count(1)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1000)]


@pytest.fixture(scope="module", params=BOTH)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with running(request.param) as server:
        yield server


@pytest.fixture(scope="module")
def there_and_back(server: Server) -> list[Any]:
    """From nothing to the newest schema, a row put into every table, and back to nothing: shape, rows, what is left."""
    return run(make(server), "head", "shape", "fill", "rows", "zero", "left")


def make(server: Server, script: str = "") -> str:
    """An empty database with our roles in which the superuser has run `script`; its owner's address."""
    name = f"scratch_{next(_number)}"
    server.psql(f"CREATE DATABASE {name} OWNER mn_owner;")
    server.psql(script, name)
    return server.url("mn_owner").replace("/medianest?", f"/{name}?")


def own(rows: dict[str, int]) -> dict[str, int]:
    """Rows of tables that Django itself does not write to while it migrates."""
    return {
        table: count
        for table, count in rows.items()
        if table not in {"django_migrations", "django_content_type", "auth_permission"} | GONE
    }


def test_a_house_that_was_lived_in_goes_to_nothing(there_and_back: list[Any]) -> None:
    _, rows, left = there_and_back
    empty = {model._meta.db_table for model in own_models() if not rows.get(model._meta.db_table)}
    assert not empty, f"give these tables a row in medianest/tests/filled.py: {sorted(empty)}"
    assert {name for name in left if not name.startswith(ORPHANS)} == KEEPS_ITSELF


@pytest.mark.parametrize("recorded", RECORDED, ids=lambda path: path.stem)
def test_a_recorded_house_comes_to_today_and_goes_back(
    server: Server, there_and_back: list[Any], recorded: Path
) -> None:
    url = make(server, recorded.read_text(encoding="utf-8"))
    back = "to:" + ",".join(f"{app}.{name}" for app, name in goals(recorded))
    told = run(url, "rows", "shape", "head", "rows", "shape", "secret", back, "rows", "shape", "secret")
    rows, shape, rows_today, shape_today, secret, rows_back, shape_back, secret_back = told
    assert own(rows).items() <= own(rows_today).items(), "a row was lost on the way"
    assert secret == secret_back == PLEX_TOKEN
    assert own(rows_back) == own(rows)
    assert meaning(shape_back) == meaning(shape)
    assert meaning(shape_today) == meaning(there_and_back[0])


def goals(recorded: Path) -> list[tuple[str, str]]:
    """The newest migration of each app that a recorded database has run; `zero` for apps that came later."""
    text = recorded.read_text(encoding="utf-8")
    applied = text.partition("INSERT INTO public.django_migrations VALUES")[2].partition(";\n")[0]
    loader = MigrationLoader(None)
    newest: dict[str, str] = {}
    for app, name in sorted(loader.disk_migrations):
        if f"'{app}', '{name}'" in applied:
            newest[app] = name
    return [(app, newest.get(app, "zero")) for app in sorted(loader.migrated_apps)]


def meaning(shape: Any) -> Any:
    """`shape` without what tells nothing.

    A later column stands last, a restored rule is written with other casts, and the name of a rule that came with its
    column differs from that of one that came later.
    """
    if isinstance(shape, str):
        return re.sub(r"::[a-z ]+(\(\d+\))?(\[\])?|[()]|_key$|_[0-9a-f]{8}_uniq$", "", shape)
    if isinstance(shape, dict):
        return {name: meaning(part) for name, part in shape.items() if name not in GONE}
    if isinstance(shape, list):
        return sorted(map(meaning, shape), key=str)
    return shape


def test_the_landed_schema_is_recorded() -> None:
    assert [path.stem for path in RECORDED] == ["0.1-b7ce85b"]


def test_both_servers_are_those_that_are_promised(server: Server) -> None:
    assert int(server.psql("SHOW server_version_num")) // 10000 in (15, 18)
    assert set(server.psql("SELECT rolname FROM pg_roles").split()) >= set(roles.LOGIN)
