"""Which families, invitations and recommendations are a person's."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest
from django.utils import timezone

from accounts.models import User
from catalog.tests.rows import stored_title
from families.models import Family, FamilyInvitation, FamilyMembership, Recommendation

pytestmark = pytest.mark.django_db


def family(name: str, **people: User) -> Family:
    """A family; the people's parameter names are their roles."""
    made = Family.objects.create(name=name)
    for role, user in people.items():
        FamilyMembership.objects.create(family=made, user=user, role=role)
    return made


def invited(to: Family, **said: object) -> FamilyInvitation:
    token = str(said.pop("token", timezone.now()))
    facts = {"email": "ben@example.org", "expires_at": timezone.now() + dt.timedelta(days=7), **said}
    return FamilyInvitation.objects.create(family=to, token_hash=hashlib.sha256(token.encode()).hexdigest(), **facts)


def test_families_are_found_by_who_is_in_them(anna: User, ben: User, moderator: User) -> None:
    nest = family("Nest", owner=anna, member=ben)
    club = family("Club", owner=moderator, admin=ben)
    assert list(Family.objects.of(anna)) == [nest]
    assert set(Family.objects.of(ben)) == {nest, club}
    assert list(Family.objects.run_by(ben)) == [club]
    assert set(FamilyMembership.objects.household_of(anna).values_list("user", flat=True)) == {anna.pk, ben.pk}
    assert FamilyMembership.objects.owners().get(family=club).user == moderator


def test_invitations_end_with_time(anna: User) -> None:
    now, nest = timezone.now(), family("Nest", owner=anna)
    fresh = invited(nest)
    old = invited(
        nest, email="a@example.org", created_at=now - dt.timedelta(days=9), expires_at=now - dt.timedelta(days=2)
    )
    invited(nest, email="b@example.org", status="declined")
    assert list(FamilyInvitation.objects.usable(now)) == [fresh]
    assert list(FamilyInvitation.objects.lapsed(now)) == [old]
    assert set(FamilyInvitation.objects.pending()) == {fresh, old}


def test_an_invitation_is_found_by_its_token_only(anna: User) -> None:
    sent = invited(family("Nest", owner=anna), token="open sesame")
    assert FamilyInvitation.objects.with_token("open sesame").get() == sent
    assert not FamilyInvitation.objects.with_token(sent.token_hash).exists()


def test_an_invitation_finds_its_person_by_account_or_e_mail(anna: User, ben: User) -> None:
    ben.email = "Ben@Example.org"
    by_email = invited(family("Nest", owner=anna))
    by_account = invited(family("Club", owner=anna), email="", invitee=ben)
    assert set(FamilyInvitation.objects.for_person(ben)) == {by_email, by_account}
    assert not FamilyInvitation.objects.for_person(anna).exists()


def test_recommendations_wait_for_their_recipient(anna: User, ben: User, moderator: User) -> None:
    now = timezone.now()
    to_ben, answered, to_mona = (
        Recommendation.objects.create(
            sender=anna,
            recipient=recipient,
            media_item=stored_title(),
            status=status,
            created_at=now + dt.timedelta(minutes=minutes),
        )
        for minutes, (recipient, status) in enumerate([(ben, "open"), (ben, "accepted"), (moderator, "open")])
    )
    assert list(Recommendation.objects.waiting_for(ben)) == [to_ben]
    assert list(Recommendation.objects.sent_by(anna)) == [to_mona, answered, to_ben]
    assert set(Recommendation.objects.visible_to(ben)) == {to_ben, answered}
