"""Families in the admin: flat lists, broken rules told in the form, nothing private shown."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from catalog.tests.rows import stored_title
from families.models import Family, FamilyInvitation, FamilyMembership, Recommendation
from medianest.tests.rules import assert_flat

pytestmark = pytest.mark.django_db


def fill(count: int) -> None:
    for number in range(User.objects.count(), User.objects.count() + count):
        someone, other = (User.objects.create_user(f"{name}{number}") for name in ("someone", "other"))
        nest = Family.objects.create(name=f"Nest {number}")
        FamilyMembership.objects.create(family=nest, user=someone, role="owner")
        FamilyInvitation.objects.create(
            family=nest,
            invitee=other,
            invited_by=someone,
            token_hash=hashlib.sha256(str(number).encode()).hexdigest(),
            expires_at=timezone.now() + dt.timedelta(days=1),
        )
        Recommendation.objects.create(sender=someone, recipient=other, media_item=stored_title(), message="hush, hush")


@pytest.mark.parametrize("model", [Family, FamilyMembership, FamilyInvitation, Recommendation])
def test_lists_cost_the_same_whatever_their_length(administrators: Client, model: type[models.Model]) -> None:
    assert_flat(administrators, model, fill)


def test_messages_and_tokens_are_not_shown(administrators: Client) -> None:
    fill(1)
    for row, secret in (
        (Recommendation.objects.get(), "hush"),
        (FamilyInvitation.objects.get(), FamilyInvitation.objects.get().token_hash),
    ):
        page = administrators.get(reverse(f"admin:families_{row._meta.model_name}_change", args=[row.pk]))
        assert page.status_code == 200
        assert secret not in page.text


def test_a_second_owner_is_refused_in_the_form(administrators: Client, anna: User) -> None:
    fill(1)
    typed = {"family": str(Family.objects.get().pk), "user": str(anna.pk), "role": "owner"}
    page = administrators.post(reverse("admin:families_familymembership_add"), typed)
    assert page.status_code == 200
    assert "The family has an owner; hand it over first." in page.text


def test_a_family_is_found_by_its_people_once(administrators: Client, anna: User, ben: User) -> None:
    nest = Family.objects.create(name="Nest")
    for user in (anna, ben):
        FamilyMembership.objects.create(family=nest, user=user)
    page = administrators.get(reverse("admin:families_family_changelist"), {"q": "n"})
    assert page.text.count("action-select") <= 2
    assert ">2<" in page.text
