"""Problems passed on to the service that has titles fetched, and what is said and done about them there heard here.

Each problem stands there once, and each comment on both sides once: what was sent before a crash is known again by its
words. Nobody's name or address is sent along; what others say there comes without theirs.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

import structlog
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from medianest.lib.broken_rules import told_plainly
from medianest.lib.http import BadCredentials, ProviderError
from medianest.lib.locks import hold_until_commit
from operations.jobs import Retry, Wait
from operations.models import Job
from requests_app import adopting, outside, promises
from requests_app.handover import NOT_NOW, WAIT
from requests_app.models import ProblemComment, ProblemReport, ProblemStatus
from services import connections
from services.providers.fetching import CanFetchTitles, CanHearProblems, NoSuchRequest, Problem, Remark

if TYPE_CHECKING:
    from accounts.models import User
    from operations.lease import Run

log = structlog.get_logger(__name__)
T = TypeVar("T")

LONGEST = 1000
AT_ONCE = 30  # problems that are looked at in one run
_LAST = "requests.problems.last"


def _hears() -> CanHearProblems | None:
    return connections.first(CanHearProblems)  # type: ignore[type-abstract]


def _hold(problem: ProblemReport) -> ProblemReport:
    """Nobody else passes on or hears of the same title until commit; the problem as it is then."""
    hold_until_commit(f"requests.pass_problem:{problem.media_item.media_type}:{problem.media_item.tmdb_id}")
    return ProblemReport.objects.select_related("media_item", "user").get(pk=problem.pk)


# --- to the service ---------------------------------------------------------------------------------------------------------
def pass_on(problem_id: UUID) -> None:
    """Bring the service to what is known here: the problem with all that is said about it, open or resolved as here.

    Nothing happens without a service, or with one that does not know the title. Raises Wait while it is away, and Retry for what may pass.
    """
    service = _hears()
    problem = ProblemReport.objects.select_related("media_item", "user").filter(pk=problem_id).first()
    if service is None or problem is None:
        return
    try:
        number = problem.overseerr_id or _reported(service, problem)
        if number is not None:
            _bring(service, problem, number)
    except NoSuchRequest:
        return
    except NOT_NOW as away:
        raise Wait(WAIT, code="service_away", reason=away.sentence) from away
    except ProviderError as error:
        raise Retry(code="not_passed_on", reason=error.sentence, seconds=300) from error


@transaction.atomic
def _reported(service: CanHearProblems, problem: ProblemReport) -> int | None:
    """Its number there: of the same problem if that stands there, for it may be ours from before a crash."""
    problem = _hold(problem)
    if problem.overseerr_id is not None or problem.status == ProblemStatus.RESOLVED:
        return problem.overseerr_id
    item = problem.media_item
    media = service.title_number(item.media_type, item.tmdb_id)
    if media is None:
        return None
    standing = service.problem_numbers(
        item.media_type, item.tmdb_id, kind=problem.kind, season=problem.season, episode=problem.episode
    )
    taken = set(ProblemReport.objects.filter(overseerr_id__in=standing).values_list("overseerr_id", flat=True))
    number = next((one for one in standing if one not in taken), None)
    if number is None:
        number = _as(service, problem.user, partial(_send, service, problem, media))
    seen = {"overseerr_id": number, "overseerr_status": ProblemStatus.OPEN, "updated_at": timezone.now()}
    ProblemReport.objects.filter(pk=problem.pk).update(**seen)
    return number


def _send(service: CanHearProblems, problem: ProblemReport, media: int, *, account: int | None) -> int:
    return service.report_problem(
        media=media,
        kind=problem.kind,
        message=_report_of(problem),
        season=problem.season,
        episode=problem.episode,
        account=account,
    )


def _report_of(problem: ProblemReport) -> str:
    return problem.message or str(problem.get_kind_display())


def _as(service: CanHearProblems, user: User | None, call: Callable[..., T]) -> T:
    """Call with the `account` of somebody; with the owner's (None) where theirs may not."""
    account = service.account_for(outside.of(service, user)) if isinstance(service, CanFetchTitles) else None
    try:
        return call(account=account)
    except BadCredentials:
        if account is None:
            raise
        return call(account=None)


@transaction.atomic
def _bring(service: CanHearProblems, problem: ProblemReport, number: int) -> None:
    """Send the comments that are not there yet, then let it be open or resolved as here."""
    problem = _hold(problem)
    heard = service.look_at_problem(number)
    _know_again(problem, heard)
    for one in _unsent(problem):
        heard = _as(service, one.user, partial(service.comment_problem, number, one.message))
        _know_again(problem, heard)
    if problem.resolution and problem.resolution not in {one.message for one in heard.remarks}:
        _as(service, problem.resolved_by, partial(service.comment_problem, number, problem.resolution))
    is_open = problem.status == ProblemStatus.OPEN
    if heard.is_open != is_open:
        service.settle_problem(number, resolved=not is_open)
    ProblemReport.objects.filter(pk=problem.pk).update(overseerr_status=problem.status, updated_at=timezone.now())


def _unsent(problem: ProblemReport) -> list[ProblemComment]:
    waiting = problem.comments.filter(said_there=False, overseerr_id__isnull=True).select_related("user")
    return list(waiting.order_by("created_at"))


def _know_again(problem: ProblemReport, heard: Problem) -> list[Remark]:
    """Give our comments the numbers that they have there; what is new to us is left over.

    The report itself and the answer with which it was resolved are no comments here.
    """
    known = set(problem.comments.exclude(overseerr_id=None).values_list("overseerr_id", flat=True))
    waiting, left = _unsent(problem), []
    for remark in heard.remarks[0 if _report_of(problem) != _first(heard) else 1 :]:
        mine = next((one for one in waiting if one.message == remark.message), None)
        if remark.number in known or not remark.message or remark.message == problem.resolution:
            continue
        if mine is None:
            left.append(remark)
            continue
        waiting.remove(mine)
        ProblemComment.objects.filter(pk=mine.pk).update(overseerr_id=remark.number, updated_at=timezone.now())
    return left


def _first(heard: Problem) -> str:
    return heard.remarks[0].message if heard.remarks else ""


# --- from the service -------------------------------------------------------------------------------------------------------
def hear(run: Run) -> None:
    """Learn what is said and done there about problems that were passed on. What cannot be learned now is learned later."""
    service = _hears()
    if service is None:
        return
    for problem in _turn():
        run.breathe()
        try:
            heard = service.look_at_problem(problem.overseerr_id or 0)
            by = _people(service, heard)
        except NoSuchRequest:
            continue
        except ProviderError as away:
            log.info("problems_not_told", reason=type(away).__name__)
            return
        finally:
            cache.set(_LAST, problem.overseerr_id, timeout=86_400)
        _take(problem, heard, by)


def _turn() -> list[ProblemReport]:
    """Some of them, going on where the last run ended: all that are open, and those resolved lately."""
    last = cache.get(_LAST) or 0
    found = ProblemReport.objects.followed_there().select_related("media_item").order_by("overseerr_id")
    later = list(found.filter(overseerr_id__gt=last)[:AT_ONCE])
    return later + list(found.filter(overseerr_id__lte=last)[: AT_ONCE - len(later)])


def _people(service: CanHearProblems, heard: Problem) -> dict[int, UUID]:
    accounts = {one.account for one in heard.remarks if one.account} | (
        {heard.changed_by} if heard.changed_by else set()
    )
    return adopting.people(outside.known(service), accounts) if isinstance(service, CanFetchTitles) else {}


@transaction.atomic
def _take(problem: ProblemReport, heard: Problem, by: dict[int, UUID]) -> None:
    problem = _hold(problem)
    new = _know_again(problem, heard)
    ProblemComment.objects.bulk_create(
        [
            ProblemComment(
                report=problem,
                user_id=by.get(one.account or 0),
                message=one.message[:LONGEST],
                overseerr_id=one.number,
                said_there=True,
                created_at=one.said_at or timezone.now(),
            )
            for one in new
        ]
    )
    there = ProblemStatus.OPEN if heard.is_open else ProblemStatus.RESOLVED
    if (
        there == problem.overseerr_status
        or Job.objects.live().filter(idempotency_key=promises.problem_key(problem.pk)).exists()
    ):
        return  # nothing was done there, or what was done here is about to be told
    was_seen = bool(problem.overseerr_status)
    ProblemReport.objects.filter(pk=problem.pk).update(overseerr_status=there)
    if was_seen and there != problem.status:
        _settle(problem, there, by.get(heard.changed_by or 0))


def _settle(problem: ProblemReport, there: ProblemStatus, by: UUID | None) -> None:
    """Resolve or reopen it as it was there; it stays resolved where the same was reported anew meanwhile."""
    done = there == ProblemStatus.RESOLVED
    fields = {"resolved_at": timezone.now() if done else None, "resolved_by": by if done else None}
    try:
        with told_plainly():
            ProblemReport.objects.filter(pk=problem.pk).update(status=there, updated_at=timezone.now(), **fields)
    except ValidationError:
        log.info("not_reopened", problem=str(problem.pk))
