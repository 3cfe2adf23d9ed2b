"""Which families, memberships, invitations and recommendations."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.db.models.lookups import Exact

if TYPE_CHECKING:
    from accounts.models import User
    from families.models import (  # noqa: F401  (named in quotes below)
        Family,
        FamilyInvitation,
        FamilyMembership,
        Recommendation,
    )


class FamilyQuerySet(models.QuerySet["Family"]):
    def of(self, user: User) -> FamilyQuerySet:
        """Those this person is in."""
        return self.filter(memberships__user=user)

    def run_by(self, user: User) -> FamilyQuerySet:
        """Those in which this person may invite and remove."""
        return self.filter(memberships__user=user, memberships__role__in=["owner", "admin"])


class MembershipQuerySet(models.QuerySet["FamilyMembership"]):
    def household_of(self, user: User) -> MembershipQuerySet:
        """The memberships of everybody who shares a family with this person, their own among them."""
        return self.filter(family__memberships__user=user)

    def owners(self) -> MembershipQuerySet:
        return self.filter(role="owner")


class InvitationQuerySet(models.QuerySet["FamilyInvitation"]):
    def pending(self) -> InvitationQuerySet:
        return self.filter(status="pending")

    def usable(self, now: dt.datetime) -> InvitationQuerySet:
        """Not answered, and still valid."""
        return self.pending().filter(expires_at__gt=now)

    def lapsed(self, now: dt.datetime) -> InvitationQuerySet:
        """Not answered in time, and not yet marked so; they stand in the way of new ones."""
        return self.pending().filter(expires_at__lte=now)

    def with_token(self, token: str) -> InvitationQuerySet:
        """The invitation whose link carries this token."""
        return self.filter(token_hash=hashlib.sha256(token.encode()).hexdigest())

    def for_person(self, user: User) -> InvitationQuerySet:
        """Sent to this person, or to their e-mail in whatever case."""
        by_email = Q(Exact(Lower("email"), user.email.lower())) if user.email else Q(pk__in=[])
        return self.filter(Q(invitee=user) | by_email)


class RecommendationQuerySet(models.QuerySet["Recommendation"]):
    def waiting_for(self, user: User) -> RecommendationQuerySet:
        """What others recommend to this person and wait to hear about, newest first."""
        return self.filter(recipient=user, status="open").newest_first()

    def sent_by(self, user: User) -> RecommendationQuerySet:
        return self.filter(sender=user).newest_first()

    def visible_to(self, user: User) -> RecommendationQuerySet:
        """Those between this person and others."""
        return self.filter(Q(sender=user) | Q(recipient=user))

    def newest_first(self) -> RecommendationQuerySet:
        return self.order_by("-created_at", "-pk")
