"""Ways into the tests' database with few rights, as installations have them: the tests' own role is a superuser."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def login(rights: str = "", *, member_of: str = "") -> Iterator[tuple[str, str]]:
    """A role's name and password for as long as this lasts, with `rights` as CREATE ROLE says them."""
    name, password = f"test_{secrets.token_hex(4)}", secrets.token_hex(16)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {name} LOGIN {rights} PASSWORD '{password}'")
        if member_of:
            cursor.execute(f"GRANT {member_of} TO {name}")
    try:
        yield name, password
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP OWNED BY {name}; DROP ROLE {name}")
