"""What the demo's people watch and think of it, their family, and what they recommend to each other."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from families.models import (
    Family,
    FamilyInvitation,
    FamilyMembership,
    FamilyRole,
    Recommendation,
    RecommendationStatus,
)
from maintenance.household.people import Household, put
from maintenance.household.titles import BREAKING_BAD, FIGHT_CLUB, SHAWSHANK, title
from watchlists.models import Viewing, ViewingCompanion, Visibility, WatchlistEntry, WatchStatus


def make_watchlists(household: Household) -> str:
    owner, moderator, viewer, ago = household.owner, household.moderator, household.viewer, household.ago
    done, now_watching, later = WatchStatus.COMPLETED, WatchStatus.WATCHING, WatchStatus.NOT_WATCHED
    family, everyone, private = Visibility.FAMILY, Visibility.EVERYONE, Visibility.PRIVATE
    rows = (
        (viewer, FIGHT_CLUB, done, 9, "Watch the background in the first half hour again.", family, 21, 20.9),
        (viewer, BREAKING_BAD, now_watching, 8, "Season 2, after the one with the turtle.", family, 12, None),
        (viewer, SHAWSHANK, later, None, "For a long winter evening.", private, None, None),
        (moderator, SHAWSHANK, done, 10, "", everyone, 40, 39.9),
        (moderator, BREAKING_BAD, done, 9, "The last season twice.", family, 200, 120),
        (moderator, FIGHT_CLUB, later, None, "", family, None, None),
        (owner, BREAKING_BAD, now_watching, 7, "With the moderator, Sundays.", family, 30, None),
        (owner, SHAWSHANK, done, 9, "", everyone, 300, 299.9),
    )
    for user, key, status, rating, notes, visibility, began, ended in rows:
        put(
            WatchlistEntry(
                user=user,
                media_item=title(key),
                status=status,
                rating=rating,
                notes=notes,
                visibility=visibility,
                started_at=ago(days=began) if began is not None else None,
                finished_at=ago(days=ended) if ended is not None else None,
                created_at=ago(days=(began or 3) + 2),
            )
        )
    _watched(household)
    return f"{len(rows)} entries with ratings and notes"


def _watched(household: Household) -> None:
    """The film of one evening together, and the first episodes of the series."""
    evening = Viewing.objects.create(
        user=household.viewer, media_item=title(FIGHT_CLUB), watched_at=household.ago(days=20.9)
    )
    ViewingCompanion.objects.create(viewing=evening, user=household.moderator)
    series = title(BREAKING_BAD)
    Viewing.objects.bulk_create(
        Viewing(user=household.viewer, media_item=series, season=1, episode=n, watched_at=household.ago(days=12 - n))
        for n in range(1, 8)
    )


def make_family(household: Household) -> str:
    family = Family.objects.create(name="The Nest", description="Everyone who fights over the remote control.")
    roles = (FamilyRole.OWNER, FamilyRole.ADMIN, FamilyRole.MEMBER)
    for user, role in zip((household.owner, household.moderator, household.viewer), roles, strict=True):
        FamilyMembership.objects.create(family=family, user=user, role=role)
    FamilyInvitation.objects.create(
        family=family,
        email="pia@nest.example",
        message="Join us: Sunday is film night.",
        token_hash=_hash_of_a_token_nobody_knows(),
        invited_by=household.owner,
        expires_at=household.now + timedelta(days=14),
    )
    return f"{family.name} with three members and an invitation that waits"


def _hash_of_a_token_nobody_knows() -> str:
    return hashlib.sha256(secrets.token_bytes(32)).hexdigest()


def make_recommendations(household: Household) -> str:
    viewer, moderator, owner = household.viewer, household.moderator, household.owner
    put(
        Recommendation(
            sender=moderator,
            recipient=viewer,
            media_item=title(SHAWSHANK),
            message="You said you like long films. This one is long enough.",
            created_at=household.ago(hours=30),
        )
    )
    put(
        Recommendation(
            sender=viewer,
            recipient=owner,
            media_item=title(FIGHT_CLUB),
            message="Do not read about it first.",
            status=RecommendationStatus.ACCEPTED,
            answer="On the list for Friday.",
            seen_at=household.ago(days=19),
            answered_at=household.ago(days=18),
            created_at=household.ago(days=20),
        )
    )
    return "one that waits for an answer and one that has it"
