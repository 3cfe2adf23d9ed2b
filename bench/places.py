"""Databases of different sizes side by side, so that what is measured in one can be measured in all at that moment."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from medianest.launch.embedded import Postgres

OWNER, WEB, WORKER = "mn_owner", "mn_app", "mn_worker"


@dataclasses.dataclass
class Place:
    """A connection to a copy of the migrated database, as one of the database's roles."""

    postgres: Postgres
    name: str
    role: str = OWNER
    wrapper: BaseDatabaseWrapper | None = None

    def make(self) -> None:
        """Copy the migrated database. Nobody may be connected to that one meanwhile."""
        connections["default"].close()
        self.postgres.psql(f"CREATE DATABASE {self.name} TEMPLATE medianest OWNER mn_owner")

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Django's default connection is this one for the length of the block."""
        usual = connections["default"]
        if self.wrapper is None:
            self.wrapper = connections.create_connection("default")
            self.wrapper.settings_dict = {
                **usual.settings_dict,
                "NAME": self.name,
                "USER": self.role,
                "PASSWORD": self.postgres.secrets.database_password(self.role),
            }
        connections["default"] = self.wrapper
        try:
            yield
        finally:
            connections["default"] = usual

    def worked(self) -> float:
        """Seconds that the server's process behind this connection has been on the processor."""
        if self.wrapper is None or self.wrapper.connection is None:
            raise RuntimeError("Ask inside of the block, after a first query.")
        times = Path(f"/proc/{self.wrapper.connection.info.backend_pid}/schedstat").read_text(encoding="ascii")
        return int(times.split()[0]) / 1e9

    def close(self) -> None:
        if self.wrapper is not None:
            self.wrapper.close()
