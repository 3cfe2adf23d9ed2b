"""Problems with what is there: reported by whoever watches, talked about, resolved by moderators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from medianest.lib.broken_rules import told_plainly
from medianest.lib.errors import Cannot
from requests_app import promises
from requests_app.models import MediaRequest, ProblemComment, ProblemKind, ProblemReport, ProblemStatus

if TYPE_CHECKING:
    from accounts.models import User
    from catalog.models import MediaItem

LONGEST = 1000


class CannotReport(Cannot):
    """A problem that cannot be reported so, or was already."""


@transaction.atomic
def report(
    *,
    user: User,
    item: MediaItem,
    kind: str,
    message: str = "",
    season: int | None = None,
    episode: int | None = None,
) -> ProblemReport:
    """Say that a title, a season or an episode does not play well. Raises CannotReport."""
    if kind not in ProblemKind.values:
        raise CannotReport(_("Choose what does not play well."))
    if item.media_type == "movie" and (season is not None or episode is not None):
        raise CannotReport(_("A film has no seasons."))
    if season is not None and season not in {one["number"] for one in item.seasons}:
        raise CannotReport(_("There is no season %(number)d.") % {"number": season})
    made = ProblemReport(
        user=user,
        media_item=item,
        request=MediaRequest.objects.of(user).for_title(item.tmdb_id, item.media_type).newest_first().first(),
        kind=kind,
        message=message.strip()[:LONGEST],
        season=season,
        episode=episode,
    )
    try:
        with told_plainly():
            made.save()
    except ValidationError as wrong:
        raise CannotReport(" ".join(wrong.messages)) from wrong
    promises.pass_problem(made.pk)
    return made


@transaction.atomic
def comment(*, problem: ProblemReport, user: User, message: str) -> ProblemComment:
    """Add to what is said about a problem. Raises CannotReport when nothing is said."""
    said = message.strip()[:LONGEST]
    if not said:
        raise CannotReport(_("Write something."))
    made = ProblemComment.objects.create(report=problem, user=user, message=said)
    promises.pass_problem(problem.pk)
    return made


@transaction.atomic
def resolve(*, problem: ProblemReport, by: User, answer: str = "") -> None:
    """Say that it plays well again. Raises CannotReport when somebody said so before."""
    done = ProblemReport.objects.filter(pk=problem.pk).open()
    said = {"resolution": answer.strip()[:LONGEST], "resolved_by": by, "resolved_at": timezone.now()}
    if not done.update(status=ProblemStatus.RESOLVED, updated_at=timezone.now(), **said):
        raise CannotReport(_("This is resolved already."))
    promises.pass_problem(problem.pk)


@transaction.atomic
def reopen(*, problem: ProblemReport) -> None:
    """Say that it is still so. Raises CannotReport when it is open, or was reported anew meanwhile."""
    resolved = ProblemReport.objects.filter(pk=problem.pk, status=ProblemStatus.RESOLVED)
    try:
        with told_plainly():
            back = resolved.update(
                status=ProblemStatus.OPEN, resolved_at=None, resolved_by=None, updated_at=timezone.now()
            )
    except ValidationError as taken:
        raise CannotReport(" ".join(taken.messages)) from taken
    if not back:
        raise CannotReport(_("This is open already."))
    promises.pass_problem(problem.pk)
