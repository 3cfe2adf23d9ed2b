"""Who is at work, and through what: handed to the database with each change, for the audit trail.

pghistory puts it in front of every statement that is no SELECT, for the length of its transaction; reading costs
nothing. Kept are `user` (an id), `request` (the correlation id) and `address`, and for a job `job` (its kind) and
`job_id`; `user` is then whoever set it in motion. Commands and regular tasks leave their name.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import pghistory
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import SimpleLazyObject

from medianest.lib import correlation
from operations.models import Job


class WhoIsThere:
    """The person of a request, looked at when something is written: they may sign in on the way.

    Asks the database for nothing: who was not asked for until then stays unknown.
    """

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def key(self) -> str | None:
        person: Any = getattr(self.request, "user", None)
        if isinstance(person, SimpleLazyObject):
            person = getattr(self.request, "_cached_user", None)
        return str(person.pk) if person is not None and person.is_authenticated else None


class ContextEncoder(DjangoJSONEncoder):
    """Named in the settings as pghistory's encoder."""

    def default(self, o: Any) -> Any:
        return o.key() if isinstance(o, WhoIsThere) else super().default(o)


class AuditMiddleware:
    """Names the person, the request and the address for all that is written while a request is answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        facts: dict[str, Any] = {"user": WhoIsThere(request), "request": correlation.current()}
        if address := request.META.get("REMOTE_ADDR"):
            facts["address"] = address
        with pghistory.context(**facts):
            return self.get_response(request)


def of_command(name: str) -> contextlib.AbstractContextManager[Any]:
    """Name a management command for all that it writes. Not for migrations: it bears no bare % in their SQL."""
    context: contextlib.AbstractContextManager[Any] = pghistory.context(command=name)
    return context


def of_task(name: str) -> contextlib.AbstractContextManager[Any]:
    """Name a regular task for all that it writes itself."""
    context: contextlib.AbstractContextManager[Any] = pghistory.context(task=name)
    return context


def of_job(job: Job) -> contextlib.AbstractContextManager[Any]:
    """Name a job for all that is written while it is done."""
    facts: dict[str, Any] = {"job": job.kind, "job_id": str(job.pk), "request": correlation.current()}
    if job.created_by_id:
        facts["user"] = str(job.created_by_id)
    context: contextlib.AbstractContextManager[Any] = pghistory.context(**facts)
    return context
