"""Problems passed on to the service that has titles fetched, so that whoever works there sees them, too."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from medianest.lib.http import BadCredentials, ProviderError
from medianest.lib.locks import hold_until_commit
from operations.jobs import Retry, Wait
from requests_app import outside
from requests_app.handover import NOT_NOW, WAIT
from requests_app.models import ProblemReport, ProblemStatus
from services import connections
from services.providers.fetching import CanFetchTitles, CanHearProblems, NoSuchRequest


def pass_on(problem_id: UUID) -> None:
    """Bring the service to what is known here: the problem stands there once, open or resolved as here.

    Nothing happens without a service, or with one that does not know the title. Raises Wait while it is away, and Retry for what may pass.
    """
    service = connections.first(CanHearProblems)  # type: ignore[type-abstract]
    problem = ProblemReport.objects.select_related("media_item", "user").filter(pk=problem_id).first()
    if service is None or problem is None:
        return
    try:
        number = problem.overseerr_id or _reported(service, problem)
        if number is not None:
            service.settle_problem(number, resolved=problem.status == ProblemStatus.RESOLVED)
    except NoSuchRequest:
        return
    except NOT_NOW as away:
        raise Wait(WAIT, code="service_away", reason=away.sentence) from away
    except ProviderError as error:
        raise Retry(code="not_passed_on", reason=error.sentence, seconds=300) from error


@transaction.atomic
def _reported(service: CanHearProblems, problem: ProblemReport) -> int | None:
    """Its number there: of the same problem if that stands there, for it may be ours from before a crash."""
    if problem.status == ProblemStatus.RESOLVED:
        return None
    item = problem.media_item
    hold_until_commit(f"requests.pass_problem:{item.media_type}:{item.tmdb_id}")
    media = service.title_number(item.media_type, item.tmdb_id)
    if media is None:
        return None
    standing = service.problem_numbers(
        item.media_type, item.tmdb_id, kind=problem.kind, season=problem.season, episode=problem.episode
    )
    taken = set(ProblemReport.objects.filter(overseerr_id__in=standing).values_list("overseerr_id", flat=True))
    number = next((one for one in standing if one not in taken), None)
    if number is None:
        number = _sent(service, problem, media)
    ProblemReport.objects.filter(pk=problem.pk).update(overseerr_id=number, updated_at=timezone.now())
    return number


def _sent(service: CanHearProblems, problem: ProblemReport, media: int) -> int:
    """In the name of who reported it; in the owner's where that account may not."""
    account = service.account_for(outside.of(service, problem.user)) if isinstance(service, CanFetchTitles) else None
    try:
        return _send(service, problem, media, account)
    except BadCredentials:
        if account is None:
            raise
        return _send(service, problem, media, None)


def _send(service: CanHearProblems, problem: ProblemReport, media: int, account: int | None) -> int:
    return service.report_problem(
        media=media,
        kind=problem.kind,
        message=problem.message or str(problem.get_kind_display()),
        season=problem.season,
        episode=problem.episode,
        account=account,
    )
