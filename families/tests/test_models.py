"""Each rule of the families' tables is broken once."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from accounts.models import User
from catalog.models import MediaItem
from catalog.tests.rows import stored_title
from families.models import (
    INVITATION_TRANSITIONS,
    RECOMMENDATION_TRANSITIONS,
    Family,
    FamilyInvitation,
    FamilyMembership,
    InvitationStatus,
    Recommendation,
    RecommendationStatus,
)
from medianest.tests.rules import assert_refused, rules_of

pytestmark = pytest.mark.django_db
_number = itertools.count(1)


def person(name: str = "someone") -> User:
    return User.objects.get_or_create(username=name)[0]


def family() -> Family:
    return Family.objects.get_or_create(name="The Nest")[0]


def membership(name: str = "someone", **said: Any) -> FamilyMembership:
    return FamilyMembership(user=person(name), family=family(), **said)


def invitation(**said: Any) -> FamilyInvitation:
    token = hashlib.sha256(f"token {next(_number)}".encode()).hexdigest()
    facts = {"email": "uncle@example.org", "token_hash": token, "expires_at": timezone.now() + dt.timedelta(days=7)}
    return FamilyInvitation(**{"family": said.pop("family", None) or family(), **facts, **said})


def recommendation(film: MediaItem | None = None, **said: Any) -> Recommendation:
    facts = {"sender": person("anna"), "recipient": person("ben"), "media_item": film or stored_title()}
    return Recommendation(**{**facts, **said})


def saved(row: models.Model) -> None:
    row.save()


def joined_twice() -> models.Model:
    saved(membership())
    return membership()


def two_owners() -> models.Model:
    saved(membership("one", role="owner"))
    return membership("another", role="owner")


def invited_twice() -> models.Model:
    saved(invitation(email="Uncle@Example.org"))
    return invitation(email="uncle@example.org")


def person_invited_twice() -> models.Model:
    saved(invitation(email="", invitee=person()))
    return invitation(email="", invitee=person())


def recommended_twice() -> models.Model:
    film = stored_title()
    saved(recommendation(film))
    return recommendation(film)


BROKEN: dict[str, Callable[[], models.Model]] = {
    "families_has_name": lambda: Family(name=""),
    "memberships_unique": joined_twice,
    "memberships_one_owner": two_owners,
    "memberships_role_known": lambda: membership(role="king"),
    "invitations_one_per_email": invited_twice,
    "invitations_one_per_person": person_invited_twice,
    "invitations_name_someone": lambda: invitation(email=""),
    "invitations_role_known": lambda: invitation(role="owner"),
    "invitations_status_known": lambda: invitation(status="lost"),
    "invitations_end_after_start": lambda: invitation(expires_at=timezone.now() - dt.timedelta(days=1)),
    "invitations_token_is_hashed": lambda: invitation(token_hash="open sesame"),
    "recommendations_once_while_open": recommended_twice,
    "recommendations_to_another": lambda: recommendation(recipient=person("anna")),
    "recommendations_status_known": lambda: recommendation(status="lost"),
}


def test_every_rule_is_tried() -> None:
    assert set(BROKEN) == rules_of("families")


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_rule_is_told_and_refused(rule: str) -> None:
    assert_refused(BROKEN[rule](), rule)


def test_a_token_is_given_out_once() -> None:
    first = invitation()
    first.save()
    second = invitation(email="aunt@example.org", token_hash=first.token_hash)
    with pytest.raises(ValidationError, match="given out before"):
        second.validate_unique()
    with pytest.raises(IntegrityError, match="token_hash"), transaction.atomic():
        second.save()


@pytest.mark.parametrize("status", sorted(set(InvitationStatus.values) - {"pending"}))
def test_an_answered_invitation_lets_another_be_sent(status: str) -> None:
    invitation(status=status).save()
    again = invitation()
    again.full_clean(exclude=["token_hash"])
    again.save()
    assert FamilyInvitation.objects.pending().get() == again


def test_another_family_may_invite_the_same_e_mail() -> None:
    invitation().save()
    other = invitation(family=Family.objects.create(name="Friends"))
    other.full_clean()
    other.save()
    assert FamilyInvitation.objects.pending().count() == 2


@pytest.mark.parametrize("status", sorted(set(RecommendationStatus.values) - {"open"}))
def test_an_answered_recommendation_may_be_made_again(status: str) -> None:
    film = stored_title()
    recommendation(film, status=status).save()
    recommendation(film).save()
    assert Recommendation.objects.count() == 2


def test_a_recommendation_outlives_its_sender_not_its_recipient() -> None:
    recommendation().save()
    person("anna").delete()
    assert Recommendation.objects.get().sender is None
    person("ben").delete()
    assert not Recommendation.objects.exists()


def test_each_status_has_its_ways() -> None:
    for ways, statuses in (
        (INVITATION_TRANSITIONS, InvitationStatus.values),
        (RECOMMENDATION_TRANSITIONS, RecommendationStatus.values),
    ):
        assert set(ways) == set(statuses)
        assert frozenset().union(*ways.values()) <= set(statuses)
    assert invitation().may_become("accepted")
    assert not invitation(status="expired").may_become("accepted")
    assert recommendation(status="declined").may_become("accepted")
    assert not recommendation(status="withdrawn").may_become("accepted")
