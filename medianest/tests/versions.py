"""The oldest PostgreSQL that MediaNest runs on and the embedded one, each as a server of a test's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import pytest

from medianest.launch.postgres import MAJOR
from tools import old_postgres, scratch

BOTH = [old_postgres.MAJOR, MAJOR]


class Server(Protocol):
    def url(self, role: str) -> str: ...
    def psql(self, script: str, database: str = "postgres") -> str: ...


@contextmanager
def running(major: str) -> Iterator[Server]:
    """One of BOTH. Skips the test where the machine has none of the oldest."""
    if major == MAJOR:
        with scratch.server() as postgres:
            yield postgres
        return
    install = old_postgres.find()
    if install is None:
        pytest.skip(f"This machine has no PostgreSQL {major} of its own; where there is one, this is tried on it too.")
    with old_postgres.server(install) as old:
        yield old
