"""Sign-ins, sessions and tokens in the admin: flat lists, nothing by hand, and no secret."""

from __future__ import annotations

import pytest
from django.db import models
from django.test import Client
from django.urls import reverse

from accounts.models import Account, Profile, RefreshToken, Session, SessionToken, User, VerificationToken
from accounts.tests.rows import device, link, refresh, session, token, verification
from medianest.tests.rules import assert_flat

pytestmark = pytest.mark.django_db
LOOKED_AT = [Account, Session, SessionToken, RefreshToken, VerificationToken]


def fill(count: int) -> None:
    for number in range(User.objects.count(), User.objects.count() + count):
        someone = User.objects.create_user(f"someone{number}")
        phone = device(someone)
        rows = [Profile(user=someone), link(someone), session(someone), phone, refresh(phone), token(someone)]
        for row in [*rows, verification()]:
            row.save()


@pytest.mark.parametrize("model", [Profile, User, *LOOKED_AT])
def test_lists_cost_the_same_whatever_their_length(administrators: Client, model: type[models.Model]) -> None:
    assert_flat(administrators, model, fill)


@pytest.mark.parametrize("model", LOOKED_AT)
def test_nothing_is_written_by_hand(administrators: Client, model: type[models.Model]) -> None:
    assert administrators.get(reverse(f"admin:accounts_{model._meta.model_name}_add")).status_code == 403


def test_no_secret_and_no_hash_is_shown(administrators: Client, anna: User) -> None:
    anna.plex_token = "secret-plex"
    anna.save()
    account = link(anna, access_token="secret-access")
    phone = device(anna)
    rows = [account, session(anna), phone, refresh(phone), verification()]
    for row in rows:
        row.save()
    stored = str([list(type(row)._default_manager.values()) for row in rows] + list(User._default_manager.values()))
    for row in [anna, *rows]:
        name = f"admin:accounts_{row._meta.model_name}"
        text = administrators.get(reverse(f"{name}_changelist")).text
        text += administrators.get(reverse(f"{name}_change", args=[row.pk])).text
        assert "secret" not in text
        assert "v1:k1" not in text
        for field in ("token_hash", "session_token", "token", "data"):
            value = getattr(row, field, None)
            if isinstance(value, str) and value:
                assert value in stored
                assert value not in text
    assert "access token" in administrators.get(reverse("admin:accounts_account_changelist")).text
    assert "stored" in administrators.get(reverse("admin:accounts_user_change", args=[anna.pk])).text


def test_a_profile_with_a_fault_says_so_beside_its_field(administrators: Client, anna: User) -> None:
    fields = {"user": str(anna.pk), "display_name": "", "language": "", "region": "", "theme": "dark"}
    add = reverse("admin:accounts_profile_add")
    page = administrators.post(add, {**fields, "preferences": '{"colour": "pink"}'})
    assert "“colour” is not known here." in page.text
    page = administrators.post(add, {**fields, "preferences": "{}", "language": "German"})
    assert "Write the language in small letters" in page.text
    assert administrators.post(add, {**fields, "preferences": "{}"}).status_code == 302
    assert administrators.post(add, {**fields, "preferences": "{}"}).status_code == 200
    assert Profile.objects.get().user == anna
