"""Telling a database that cannot be reached from a mistake of ours, and the page for it.

The pool being empty, the server restarting or refusing connections pass by themselves: such a request
gets 503 and `Retry-After`, and nothing of it was stored, because each request is one transaction or none.
"""

from __future__ import annotations

from django.db import InterfaceError, OperationalError

RETRY_AFTER_SECONDS = 5
# SQLSTATE classes of PostgreSQL's appendix A: 08 connection exceptions, 53 insufficient resources, 57P operator's doing.
_PASSING_STATES = ("08", "53", "57P")


def is_away(error: BaseException | None) -> bool:
    """Whether this exception says that the database is out of reach, rather than that a query was wrong or slow."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or str(state).startswith(_PASSING_STATES)
