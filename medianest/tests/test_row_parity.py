"""What the ORM's filters let a person see is what PostgreSQL lets them see: over made-up households of all sorts."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Q, QuerySet

from accounts.models import User
from catalog.tests.rows import stored_title
from downloads.models import DownloadEntry, YoutubeDownload
from downloads.tests.views import making
from families.models import Family, FamilyInvitation, FamilyMembership, Recommendation
from medianest.tests.everyones_rows import _digest
from medianest.tests.rules import NOW
from operations.row_security import acting_as
from requests_app.models import MediaRequest, ProblemReport, RequestedSeason, RequestFollower
from requests_app.tests.rows import problem, stored_film, stored_series
from watchlists.models import Viewing, WatchlistEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> list[User]:
    made = [User.objects.create_user(f"person{n}", email=f"p{n}@nest.example") for n in range(6)]
    _live(made, random.Random(7))
    return made


def _live(people: list[User], dice: random.Random) -> None:
    """Families that overlap, things shown to nobody, some and all, requests that others follow."""
    titles = [stored_title() for _ in range(4)]
    for number, family in enumerate(Family.objects.create(name=f"Family {n}") for n in range(3)):
        for member in dice.sample(people, 3):
            role = "owner" if not family.memberships.exists() else dice.choice(["admin", "member"])
            FamilyMembership.objects.create(family=family, user=member, role=role)
        facts: Any = {"token_hash": _digest(), "expires_at": NOW + timedelta(days=7), "family": family}
        guest = dice.choice(people)
        FamilyInvitation.objects.create(
            **facts, **({"invitee": guest} if number else {"email": str(guest.email).upper()})
        )
    for someone in people:
        others = [other for other in people if other != someone]
        for title in dice.sample(titles, 3):
            shown = dice.choice(["private", "family", "everyone"])
            WatchlistEntry.objects.create(user=someone, media_item=title, visibility=shown)
        Viewing.objects.create(user=someone, media_item=titles[0])
        Recommendation.objects.create(sender=someone, recipient=dice.choice(others), media_item=titles[0])
        wish = stored_film(user=someone)
        stored_series([1, 2], user=someone, tmdb_id=7000 + people.index(someone))
        RequestFollower.objects.create(request=wish, user=dice.choice(others))
        problem(someone).save()
        making.ordered(someone, visibility=dice.choice(["private", "shared"]))
        making.preview(someone, visibility="shared")


CASES: dict[str, tuple[Any, Callable[[User], QuerySet[Any]]]] = {
    "requests": (MediaRequest.objects, MediaRequest.objects.visible_to),
    "seasons": (
        RequestedSeason.objects,
        lambda user: RequestedSeason.objects.filter(request__in=MediaRequest.objects.visible_to(user)),
    ),
    "followers": (
        RequestFollower.objects,
        lambda user: RequestFollower.objects.filter(request__in=MediaRequest.objects.visible_to(user)),
    ),
    "problems": (ProblemReport.objects, ProblemReport.objects.visible_to),
    "downloads": (YoutubeDownload.objects, YoutubeDownload.objects.visible_to),
    "entries": (
        DownloadEntry.objects,
        lambda user: DownloadEntry.objects.filter(download__in=YoutubeDownload.objects.visible_to(user)),
    ),
    "watchlists": (
        WatchlistEntry.objects,
        lambda user: WatchlistEntry.objects.visible_to(user, household=_household(user)),
    ),
    "viewings": (Viewing.objects, Viewing.objects.of),
    "recommendations": (Recommendation.objects, Recommendation.objects.visible_to),
    "memberships": (FamilyMembership.objects, FamilyMembership.objects.household_of),
    "invitations": (
        FamilyInvitation.objects,
        lambda user: (
            FamilyInvitation.objects.for_person(user)
            | FamilyInvitation.objects.filter(family__in=Family.objects.run_by(user))
        ),
    ),
    "families": (
        Family.objects,
        lambda user: Family.objects.filter(
            Q(pk__in=Family.objects.of(user))
            | Q(pk__in=FamilyInvitation.objects.for_person(user).usable(NOW).values("family"))
        ),
    ),
}


def _household(user: User) -> list[Any]:
    return list(FamilyMembership.objects.household_of(user).values_list("user_id", flat=True))


def _ids(rows: Iterable[Any]) -> set[Any]:
    return {row.pk for row in rows}


@pytest.mark.parametrize("name", CASES)
def test_filter_and_policy_agree(name: str, people: list[User]) -> None:
    everything, visible_to = CASES[name]
    allowed = {user.pk: _ids(visible_to(user)) for user in people}
    assert any(allowed.values())
    assert any(found < _ids(everything.all()) for found in allowed.values())
    for user in people:
        with acting_as(user):
            assert _ids(everything.all()) == allowed[user.pk]
