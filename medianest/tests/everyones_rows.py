"""A row of each table under row security, made for a person: private, and complete. Keyed by the table's name.

Whoever adds such a table adds a maker; `test_row_security.py` tries all of them.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from django.db.models import Model
from django.utils import timezone

from accounts.models import Profile, User
from accounts.tests import rows as sign_ins
from catalog.models import AgeLimit, LibraryShare
from catalog.tests.rows import stored_section, stored_title
from downloads.models import DownloadEntry, YoutubeDownload
from downloads.tests.views import making
from families.models import Family, FamilyInvitation, FamilyMembership, Recommendation
from maintenance.models import Departure, PersonalExport
from medianest.tests.rules import NOW
from notifications.models import Notification, NotificationChannel, PushSubscription
from operations.models import ErrorLog, RateLimit, SecurityEvent
from requests_app.models import (
    MediaRequest,
    ProblemComment,
    ProblemReport,
    RequestAllowance,
    RequestedSeason,
    RequestEvent,
    RequestFollower,
)
from requests_app.tests.rows import problem, stored_film, stored_series
from watchlists.models import Viewing, ViewingCompanion, WatchlistEntry

_number = itertools.count(1)


def _digest() -> str:
    return hashlib.sha256(f"row {next(_number)}".encode()).hexdigest()


R = TypeVar("R", bound=Model)


def _saved(row: R) -> R:
    row.save()
    return row


def _other() -> User:
    return User.objects.create_user(f"other{next(_number)}")


def _download(user: User) -> YoutubeDownload:
    return making.preview(user)


def _entry(user: User) -> DownloadEntry:
    return _download(user).entries.get(position=1)


def _season(user: User) -> RequestedSeason:
    return RequestedSeason.objects.get(request=stored_series([1], user=user, tmdb_id=9000 + next(_number)))


def _problem(user: User) -> ProblemReport:
    return _saved(problem(user))


def _membership(user: User) -> FamilyMembership:
    return FamilyMembership.objects.create(user=user, family=Family.objects.create(name="Nest"), role="owner")


def _invitation(user: User) -> FamilyInvitation:
    week = NOW + timedelta(days=7)
    return FamilyInvitation.objects.create(
        family=_membership(user).family, invitee=_other(), token_hash=_digest(), expires_at=week
    )


def _viewing(user: User) -> Viewing:
    return Viewing.objects.create(user=user, media_item=stored_title())


def _wish(user: User) -> MediaRequest:
    return stored_film(user=user)


MAKERS: dict[str, Callable[[User], Model]] = {
    "accounts": lambda user: _saved(sign_ins.link(user)),
    "profiles": lambda user: Profile.objects.create(user=user),
    "refresh_tokens": lambda user: _saved(sign_ins.refresh(_saved(sign_ins.token(user)))),
    "recovery_codes": lambda user: _saved(sign_ins.recovery_code(_saved(sign_ins.second_step(user)))),
    "second_steps": lambda user: _saved(sign_ins.second_step(user)),
    "session_tokens": lambda user: _saved(sign_ins.token(user)),
    "sessions": lambda user: _saved(sign_ins.session(user)),
    "verification_tokens": lambda user: _saved(sign_ins.verification()),
    "departures": lambda user: Departure.objects.create(user=user, due_at=timezone.now() + timedelta(days=7)),
    "download_entries": _entry,
    "error_logs": lambda user: ErrorLog.objects.create(user=user, error_code="forbidden"),
    "families": lambda user: _membership(user).family,
    "family_invitations": _invitation,
    "family_memberships": _membership,
    "library_shares": lambda user: LibraryShare.objects.create(user=user, section=stored_section()),
    "media_requests": _wish,
    "notification_channels": lambda user: NotificationChannel.objects.create(user=user, kind="ntfy", name="Phone"),
    "notifications": lambda user: Notification.objects.create(user=user, event="requests.available", title="There"),
    "personal_exports": lambda user: PersonalExport.objects.create(user=user),
    "problem_comments": lambda user: ProblemComment.objects.create(report=_problem(user), user=user, message="Still."),
    "problem_reports": _problem,
    "push_subscriptions": lambda user: PushSubscription.objects.create(
        user=user, endpoint="https://push.example.org/1", endpoint_hash=_digest(), p256dh="key", auth="secret"
    ),
    "rate_limits": lambda user: RateLimit.objects.create(user=user, endpoint="playlists", window_start=NOW),
    "recommendations": lambda user: Recommendation.objects.create(
        sender=user, recipient=_other(), media_item=stored_title()
    ),
    "request_events": lambda user: RequestEvent.objects.create(request=_wish(user), actor=user, kind="requested"),
    "age_limits": lambda user: AgeLimit.objects.create(user=user, years=12),
    "request_allowances": lambda user: RequestAllowance.objects.create(user=user, film_quota=10),
    "request_followers": lambda user: RequestFollower.objects.create(request=_wish(_other()), user=user),
    "requested_seasons": _season,
    "security_events": lambda user: SecurityEvent.objects.create(actor=user, kind="sign-in"),
    "viewing_companions": lambda user: ViewingCompanion.objects.create(viewing=_viewing(user), user=_other()),
    "viewings": _viewing,
    "watchlist_entries": lambda user: WatchlistEntry.objects.create(user=user, media_item=stored_title()),
    "youtube_downloads": _download,
}
