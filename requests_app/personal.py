"""What requests keep about a person.

A request stays when its person leaves, as part of the library's history, without name and without their own words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from medianest.lib.personal_data import at_parting, export, not_exported
from requests_app.models import (
    MediaRequest,
    ProblemComment,
    ProblemReport,
    RequestAllowance,
    RequestedSeason,
    RequestEvent,
    RequestFollower,
    RequestStatus,
)

if TYPE_CHECKING:
    from accounts.models import User

export(MediaRequest, "requests", "user", "created_by")
not_exported(MediaRequest, "decided_by", because="Somebody else's request; the decision is among the request events.")
export(RequestedSeason, "requested-seasons", "request__user")
export(RequestFollower, "followed-requests", "user")
export(RequestAllowance, "request-allowance", "user")
export(RequestEvent, "request-events", "request__user", "actor")
export(ProblemReport, "problem-reports", "user")
not_exported(ProblemReport, "resolved_by", because="Somebody else's report; one's answers are among the comments.")
export(ProblemComment, "problem-comments", "user", "report__user")


@at_parting
def pass_requests_on(person: User) -> None:
    """Give open requests to the first who follows them, and end those not decided yet that nobody else waits for.

    What the person wrote to their requests is emptied.
    """
    for request in MediaRequest.objects.filter(user=person).open():
        heir = request.followers.order_by("created_at").first()
        if heir is not None:
            MediaRequest.objects.filter(pk=request.pk).update(user=heir.user)
            heir.delete()
    MediaRequest.objects.filter(user=person, status=RequestStatus.PENDING).update(status=RequestStatus.CANCELLED)
    MediaRequest.everything.filter(Q(user=person) | Q(created_by=person)).exclude(note="").update(note="")
    RequestEvent.objects.filter(actor=person).exclude(text="").update(text="")
