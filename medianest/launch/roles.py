"""The database's roles and what each may do, as SQL for psql. Safe to run again at any time."""

from __future__ import annotations

from collections.abc import Mapping

LOGIN = {
    "mn_owner": "LOGIN BYPASSRLS",  # owns and migrates; must see all rows, or a data migration would change none
    "mn_app": "LOGIN NOBYPASSRLS",  # the web
    "mn_worker": "LOGIN BYPASSRLS",  # background work: rows only, no tables
}


def script(passwords: Mapping[str, str], database: str = "medianest") -> str:
    """SQL that makes roles, database and rights. `passwords` maps each role of LOGIN to letters and digits."""
    return "\n".join(
        [
            # Passwords must not reach the server's log, whatever it is set to record.
            "SET log_statement = 'none'; SET log_min_duration_statement = -1; SET log_min_error_statement = 'panic';",
            "SET client_min_messages = 'warning';",
            *(_role(name, f"{rights} PASSWORD '{passwords[name]}'") for name, rights in LOGIN.items()),
            _role("mn_staff", "NOLOGIN NOBYPASSRLS"),
            "GRANT mn_staff TO mn_app WITH INHERIT FALSE, SET TRUE;",
            _unless_there(
                f"CREATE DATABASE {database} OWNER mn_owner TEMPLATE template0", "pg_database", "datname", database
            ),
            f"REVOKE ALL ON DATABASE {database} FROM PUBLIC;",
            f"GRANT CONNECT ON DATABASE {database} TO mn_app, mn_worker;",
            # The template too, so that databases made for tests have the same rights.
            *(f"\\connect {name}\n{_rights()}" for name in (database, "template1")),
            "",
        ]
    )


def _unless_there(statement: str, table: str, column: str, name: str) -> str:
    """`statement`, run by psql only when `table` has no row named `name` (all four are words of this file)."""
    return f"SELECT '{statement}' WHERE NOT EXISTS (SELECT FROM {table} WHERE {column} = '{name}') \\gexec"  # noqa: S608


def _role(name: str, rights: str) -> str:
    rights = f"NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION {rights}"
    return f"{_unless_there(f'CREATE ROLE {name}', 'pg_roles', 'rolname', name)}\nALTER ROLE {name} {rights};"


def _rights() -> str:
    given = "ALTER DEFAULT PRIVILEGES FOR ROLE mn_owner, postgres IN SCHEMA public GRANT"
    return (
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC;\n"
        f"{given} SELECT, INSERT, UPDATE, DELETE ON TABLES TO mn_app, mn_worker, mn_staff;\n"
        f"{given} USAGE, SELECT, UPDATE ON SEQUENCES TO mn_app, mn_worker, mn_staff;"
    )
