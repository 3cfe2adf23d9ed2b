"""For whom a piece of work is done: the scope in which PostgreSQL's row-level security lets a person's rows through.

Every scope is a transaction, or a savepoint in one, that knows its person and its role and leaves both behind when it
ends. Outside of any scope the web finds no row of a protected table. What tables say is in `medianest.lib.row_policies`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

APP, STAFF = "mn_app", "mn_staff"
V = TypeVar("V", bound=Callable[..., Any])

# One round trip: what was, and what shall be. A null leaves the person as it is. Background work and whoever migrates
# see everything as they are, and need not become staff.
_ENTER = (
    "WITH was AS MATERIALIZED (SELECT current_setting('role') AS role,"
    " coalesce(current_setting('app.user_id', true), '') AS person)"
    " SELECT was.role, was.person, set_config('app.user_id', coalesce(%s, was.person), true),"
    " set_config('role', CASE WHEN %s = 'mn_staff' AND NOT pg_has_role(session_user, 'mn_staff', 'MEMBER')"
    " THEN was.role ELSE %s END, true) FROM was"
)


class AnotherPerson(RuntimeError):
    """A mistake in the code: inside one person's scope, another's was opened."""


# --- scopes -----------------------------------------------------------------------------------------------------------
@contextmanager
def acting_as(user: Any, *, staff: bool = False) -> Iterator[None]:
    """Do all that follows as this person: their rows, and what others show to them. One transaction.

    With `staff` every row, as moderators may: raises PermissionDenied for anybody else. Raises AnotherPerson inside
    somebody else's scope.
    """
    if staff and not user.is_moderator:
        raise PermissionDenied("Only moderators see everybody's rows.")
    with _scope(STAFF if staff else APP, str(user.pk)):
        yield


@contextmanager
def at_the_door() -> Iterator[None]:
    """Look something up before it is known who asks: a token, a linked account, an invitation's link.

    Every row is in reach, so keep the block to that one look.
    """
    with _scope(STAFF, None):
        yield


@contextmanager
def for_others() -> Iterator[None]:
    """Do what a person's doing means for others: tell a moderator, see whether somebody still waits for a video.

    Every row is in reach, so keep the block to that, and let nothing of what it finds out to the person.
    """
    with _scope(STAFF, None):
        yield


@contextmanager
def _scope(role: str, person: str | None) -> Iterator[None]:
    is_inner = connection.in_atomic_block
    with transaction.atomic():
        was_role, was_person = _enter(role, person)
        if person and was_person and was_person != person:
            raise AnotherPerson(f"This transaction acts for {was_person}, not for {person}.")
        yield
        # A setting outlives its savepoint, unless that is rolled back.
        if is_inner and not connection.needs_rollback:
            _enter(was_role, was_person)


def _enter(role: str, person: str | None) -> tuple[str, str]:
    """Set both; the role and the person (empty: nobody) from before."""
    with connection.cursor() as cursor:
        cursor.execute(_ENTER, [person, role, role])
        was_role, was_person, *_ = cursor.fetchone()
    return was_role, was_person


# --- which scope a page runs in ---------------------------------------------------------------------------------------
def staff_scope(view: V) -> V:
    """Mark a page on which moderators see everybody's rows. Other people, and moderators elsewhere, see their own."""
    view.row_scope = STAFF  # type: ignore[attr-defined]
    return view


def own_scope(view: V) -> V:
    """Mark a page that opens its scopes itself, because it waits for somebody outside: no transaction may last so long.

    Outside of `acting_as` it finds no row of a protected table.
    """
    view.row_scope = ""  # type: ignore[attr-defined]
    return view


def own_scope_for_forms(view: V) -> V:
    """Mark a page that opens its scopes itself when something is sent to it, and is like any other when looked at."""
    view.row_scope_for_forms = ""  # type: ignore[attr-defined]
    return view


def scope_of(view: Callable[..., Any], method: str | None = None) -> str:
    """The role a view's page runs in at most: APP, STAFF, or empty when it opens its scopes itself."""
    usual = getattr(view, "row_scope", APP)
    return str(getattr(view, "row_scope_for_forms", usual) if method == "POST" else usual)
