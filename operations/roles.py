"""The roles that a database needs to run MediaNest: made where they are missing, and who may run with which.

The launcher makes those of its own server (`medianest/launch/roles.py`); here are the same for every other one.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from django.core.management.base import CommandError

RUNNING = ("mn_app", "mn_worker", "mn_staff")
_INHERIT_PER_GRANT = 160000
"""From PostgreSQL 16 on a membership itself says whether it is inherited; before, the member does."""

# Only what the migrating role owns: others may have tables here too.
_RIGHTS = """
GRANT USAGE ON SCHEMA public TO mn_app, mn_worker, mn_staff;
ALTER DEFAULT PRIVILEGES IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO mn_app, mn_worker, mn_staff;
ALTER DEFAULT PRIVILEGES IN SCHEMA public
  GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO mn_app, mn_worker, mn_staff;
DO $$
DECLARE found record;
BEGIN
  FOR found IN
    SELECT oid::regclass AS name, relkind FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'S')
      AND relowner = current_user::regrole
  LOOP
    IF found.relkind = 'S' THEN
      EXECUTE format('GRANT USAGE, SELECT, UPDATE ON SEQUENCE %s TO mn_app, mn_worker, mn_staff', found.name);
    ELSE
      EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO mn_app, mn_worker, mn_staff', found.name);
    END IF;
  END LOOP;
  FOR found IN
    SELECT oid::regprocedure AS name FROM pg_proc WHERE pronamespace = 'public'::regnamespace
      AND proowner = current_user::regrole AND proname IN ('trail_prune', 'trail_forget', 'security_forget')
  LOOP
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO mn_worker', found.name);
  END LOOP;
END $$;
"""


class RolesMissing(CommandError):
    """The database lacks what only its administrator may make. The text says exactly what."""


@dataclasses.dataclass(frozen=True)
class _Self:
    """Who migrates."""

    name: str
    is_superuser: bool
    sees_all: bool


def ensure(connection: Any) -> None:
    """Make what is missing, and give the roles their rights on every table, as whoever migrates.

    Raises RolesMissing when that one may not.
    """
    demand(connection)
    with connection.cursor() as cursor:
        for statement in _lacking(cursor, _who(cursor), connection.pg_version):
            cursor.execute(statement)
        cursor.execute(_RIGHTS)


def demand(connection: Any) -> None:
    """Change nothing. Raises RolesMissing when `ensure` would."""
    with connection.cursor() as cursor:
        me = _who(cursor)
        lacking = [] if me.is_superuser else _lacking(cursor, me, connection.pg_version)
    if lacking:
        raise RolesMissing(_told(lacking, str(connection.settings_dict["NAME"])))


def _who(cursor: Any) -> _Self:
    cursor.execute("SELECT rolname, rolsuper, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
    return _Self(*cursor.fetchone())


def _lacking(cursor: Any, me: _Self, version: int) -> list[str]:
    """The statements that only the database's administrator may run and that have not been run."""
    cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [list(RUNNING)])
    there = {name for (name,) in cursor.fetchall()}
    needed = [f"CREATE ROLE {name} NOLOGIN;" for name in RUNNING if name not in there]
    cursor.execute(
        "SELECT EXISTS (SELECT FROM pg_auth_members WHERE roleid = to_regrole('mn_staff')"
        " AND member = to_regrole('mn_app'))"
    )
    if not cursor.fetchone()[0]:
        # The web is staff only while it says so.
        if version >= _INHERIT_PER_GRANT:
            needed.append("GRANT mn_staff TO mn_app WITH INHERIT FALSE, SET TRUE;")
        else:
            needed += ["ALTER ROLE mn_app NOINHERIT;", "GRANT mn_staff TO mn_app;"]
    if not me.sees_all:
        needed.append(f'ALTER ROLE "{me.name}" BYPASSRLS;')
    return needed


def _told(lacking: list[str], database: str) -> str:
    lines = "\n".join(f"  {line}" for line in lacking)
    return (
        f"The database “{database}” lacks roles that only its administrator may make. Have a superuser run this once, "
        f"then start again; nothing was changed so far:\n{lines}"
    )


# --- who may run as whom ----------------------------------------------------------------------------------------------
_KNOWN = """
SELECT current_user,
  r.rolsuper,
  r.rolbypassrls,
  EXISTS (
    SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relrowsecurity
      AND pg_has_role(current_user, relowner, 'USAGE')
  ),
  coalesce(pg_has_role(current_user, to_regrole('mn_staff'), 'USAGE'), false)
    OR coalesce(pg_has_role(current_user, to_regrole('mn_worker'), 'USAGE'), false),
  coalesce(pg_has_role(current_user, to_regrole('mn_app'), %(may_become)s), false)
    AND coalesce(pg_has_role(current_user, to_regrole('mn_staff'), %(may_become)s), false),
  coalesce(pg_has_role(current_user, to_regrole('mn_worker'), 'USAGE'), false)
FROM pg_roles r WHERE r.rolname = current_user
"""
_WHAT_TO_DO = (
    "Once the tables are there (`manage.py migrate` as their owner makes the roles too), a superuser runs:\n"
    "  ALTER ROLE mn_app LOGIN PASSWORD '…';\n"
    "  ALTER ROLE mn_worker LOGIN BYPASSRLS PASSWORD '…';\n"
    "Then DATABASE_URL names mn_app for the web and mn_worker for the workers, and the owner for manage.py. `make run` "
    "takes them as DATABASE_URL, DATABASE_WORKER_URL and DATABASE_OWNER_URL. docs/own-postgresql.md tells it whole."
)


@dataclasses.dataclass(frozen=True)
class _Login:
    """The role a process has logged in with."""

    name: str
    is_superuser: bool
    passes_security: bool
    is_owner: bool
    sees_all: bool
    may_be_web: bool
    may_work: bool


def _login(connection: Any) -> _Login:
    may_become = "SET" if connection.pg_version >= _INHERIT_PER_GRANT else "MEMBER"
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, {"may_become": may_become})
        return _Login(*cursor.fetchone())


def web_refusal(connection: Any) -> str:
    """Why the web must not run with this connection, and what to do about it; empty when it may."""
    me = _login(connection)
    if me.is_superuser:
        reason = "it is a superuser"
    elif me.passes_security:
        reason = "it passes row security (BYPASSRLS)"
    elif me.is_owner:
        reason = "it owns the tables"
    elif me.sees_all:
        reason = "it has the rights of mn_staff or mn_worker all the time"
    elif not me.may_be_web:
        return f"The database role “{me.name}” cannot become mn_app and mn_staff, which the web needs. {_WHAT_TO_DO}"
    else:
        return ""
    return (
        f"The web must not use the database role “{me.name}”: {reason}, and PostgreSQL would let every page read "
        f"everybody's rows. {_WHAT_TO_DO}"
    )


def worker_refusal(connection: Any) -> str:
    """Why workers would not find their work with this connection, and what to do; empty when they would."""
    me = _login(connection)
    if me.is_superuser or me.passes_security or me.may_work:
        return ""
    return f"Workers need to see everybody's rows, and the database role “{me.name}” does not. {_WHAT_TO_DO}"
