"""What the tables refuse, in forms and past them, and what is stored of secrets."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction

from accounts.models import Account, GuestList, PlexGuest, Profile, SharedSection, User
from accounts.models.plex import Relation
from accounts.tests.rows import device, hashed, link, recovery_code, refresh, second_step, session, token, verification
from medianest.tests.rules import NOW, assert_refused, rules_of

EARLIER = NOW - dt.timedelta(days=1)


def person(**said: Any) -> Callable[[User], models.Model]:
    return lambda anna: User(**{"username": "new", **said})


def profile(**said: Any) -> Callable[[User], models.Model]:
    return lambda anna: Profile(user=anna, **said)


def linked(**said: Any) -> Callable[[User], models.Model]:
    return lambda anna: link(anna, **said)


def in_session(**said: Any) -> Callable[[User], models.Model]:
    return lambda anna: session(anna, **said)


def with_token(**said: Any) -> Callable[[User], models.Model]:
    return lambda anna: token(anna, **said)


def with_device(**said: Any) -> Callable[[User], models.Model]:
    return lambda anna: device(anna, **said)


def sent(**said: Any) -> Callable[[User], models.Model]:
    return lambda anna: verification(**said)


def saved(row: models.Model) -> Any:
    row.save()
    return row


def twice(make: Callable[[User], models.Model], *fields: str) -> Callable[[User], models.Model]:
    """A second row that is the same as a stored one in these fields."""

    def again(anna: User) -> models.Model:
        first, second = saved(make(anna)), make(anna)
        for field in fields:
            setattr(second, field, getattr(first, field))
        return second

    return again


def chained(**said: Any) -> Callable[[User], models.Model]:
    return lambda anna: refresh(saved(device(anna)), **said)


def guest(**said: Any) -> PlexGuest:
    return PlexGuest(**{"plex_id": 77, "relation": Relation.FRIEND, **said})


def section(guest_of: PlexGuest) -> SharedSection:
    return SharedSection(guest=guest_of, key="1", title="Films")


def shared_twice(_anna: User) -> models.Model:
    known = guest()
    known.save()
    section(known).save()
    return section(known)


def spare_twice(anna: User) -> models.Model:
    step = saved(second_step(anna))
    return recovery_code(step, code_hash=saved(recovery_code(step)).code_hash)


RULES: list[tuple[str, Callable[[User], models.Model]]] = [
    ("users_one_per_username", person(username="ANNA")),
    ("users_one_per_email", person(email="Anna@Nest.example")),
    ("users_one_per_plex_id", person(plex_id=5)),
    ("users_role_known", person(role="OWNER")),
    ("users_status_known", person(status="asleep")),
    ("users_has_username", person(username="")),
    ("users_email_or_none", person(email="")),
    ("users_plex_id_positive", person(plex_id=0)),
    ("users_deleted_has_time", person(status="deleted")),
    ("users_deleted_has_time", person(deleted_at=NOW)),
    ("users_limits_positive", person(limit_api=0)),
    ("users_limits_positive", person(limit_playlists=-1)),
    ("users_limits_positive", person(limit_requests=0)),
    ("profiles_theme_known", profile(theme="pink")),
    ("profiles_language_form", profile(language="German")),
    ("profiles_language_form", profile(language="de_DE")),
    ("profiles_region_form", profile(region="de")),
    ("accounts_one_per_provider_id", twice(linked(), "provider_account_id")),
    ("accounts_type_known", linked(type="magic")),
    ("accounts_provider_known", linked(provider="example")),
    ("accounts_has_provider_id", linked(provider_account_id="")),
    ("accounts_expires_later", linked(expires_at=EARLIER)),
    ("sessions_token_unique", twice(in_session(), "session_token")),
    ("sessions_token_is_hash", in_session(session_token="the-key-itself")),
    ("sessions_expires_later", in_session(expires=EARLIER)),
    ("session_tokens_hash_unique", twice(with_token(), "token_hash")),
    ("session_tokens_is_hash", with_token(token_hash="mn_the-token-itself")),
    ("session_tokens_kind_known", with_token(kind="magic", scopes=["read"])),
    ("session_tokens_has_name", with_token(name="")),
    ("session_tokens_scopes_known", with_token(scopes=["everything"])),
    ("session_tokens_scopes_known", with_token(scopes=[])),
    ("session_tokens_scopes_known", with_device(scopes=["read"])),
    ("session_tokens_expires_later", with_token(expires_at=EARLIER)),
    ("refresh_tokens_hash_unique", twice(chained(), "token_hash")),
    ("refresh_tokens_is_hash", chained(token_hash="the-token-itself")),
    ("refresh_tokens_expires_later", chained(expires_at=EARLIER)),
    ("verification_token_unique", twice(sent(), "identifier", "token")),
    ("verification_token_is_hash", sent(token="the-token-itself")),
    ("verification_purpose_known", sent(purpose="fun")),
    ("verification_has_identifier", sent(identifier="")),
    ("verification_expires_later", sent(expires=EARLIER)),
    ("second_steps_slot_after_confirming", lambda anna: second_step(anna, confirmed_at=None, last_slot=1)),
    ("second_steps_slot_after_confirming", lambda anna: second_step(anna, last_slot=-1)),
    ("recovery_codes_unique", spare_twice),
    ("recovery_codes_is_hash", lambda anna: recovery_code(saved(second_step(anna)), code_hash="the-code")),
    ("plex_guest_list_is_one", lambda _: GuestList(pk=uuid.uuid4())),
    ("plex_guest_list_trouble_known", lambda _: GuestList(trouble="bored")),
    ("plex_guests_relation_known", lambda _: guest(relation="cousin")),
    ("plex_guests_plex_id_positive", lambda _: guest(plex_id=0)),
    ("plex_shared_sections_once", shared_twice),
]


@pytest.mark.parametrize(("rule", "make"), RULES, ids=[f"{n}-{rule}" for n, (rule, _) in enumerate(RULES)])
def test_a_broken_rule_is_a_sentence(rule: str, make: Callable[[User], models.Model], anna: User) -> None:
    User.objects.filter(pk=anna.pk).update(email="anna@nest.example", plex_id=5)
    with transaction.atomic():
        row = make(anna)
    if rule == "session_tokens_kind_known":  # the rule on scopes speaks as well
        with pytest.raises(ValidationError, match="Choose one of the kinds"):
            row.validate_constraints()
        return
    assert_refused(row, rule)


def test_every_rule_is_tried() -> None:
    elsewhere = {"users_keep_administrator"}  # test_last_administrator.py
    assert {rule for rule, _make in RULES} | elsewhere == rules_of("accounts")


@pytest.mark.parametrize(
    ("preferences", "says"),
    [
        ({"streaming_services": "Netflix"}, "streaming_services: must be a list."),
        ({"colour": "pink"}, "“colour” is not known here."),
        ({"muted_events": [""]}, "must not be empty."),
        ([], "must be named values."),
    ],
)
def test_preferences_fit_their_schema(preferences: Any, says: str, anna: User) -> None:
    with pytest.raises(ValidationError) as refused:
        Profile.objects.create(user=anna, preferences=preferences)
    assert says in str(refused.value.message_dict["preferences"])


def test_a_person_has_one_profile(anna: User) -> None:
    Profile.objects.create(user=anna, language="pt-br", region="BR", preferences={"streaming_services": ["Netflix"]})
    with pytest.raises(ValidationError, match="already exists"):
        Profile(user=anna).full_clean()


def test_plex_tokens_are_stored_so_that_only_their_own_row_opens_them(anna: User, administrator: User) -> None:
    anna.plex_token = "plex-secret"
    anna.save()
    account = saved(link(anna, access_token="access-secret", refresh_token="refresh-secret", id_token="id-secret"))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT plex_token || access_token || refresh_token || id_token FROM users, accounts WHERE users.id = %s",
            [anna.pk],
        )
        stored = cursor.fetchone()[0]
        assert "secret" not in stored
        assert stored.count("v1:k1:") == 4
        cursor.execute("UPDATE users SET plex_token = (SELECT plex_token FROM users WHERE id = %s)", [anna.pk])
    assert User.objects.get(pk=anna.pk).plex_token == "plex-secret"
    moved = User.objects.get(pk=administrator.pk)
    assert not User._meta.get_field("plex_token").opens(moved)
    kept = Account.objects.at("plex", account.provider_account_id).get()
    assert (kept.access_token, kept.refresh_token, kept.id_token) == ("access-secret", "refresh-secret", "id-secret")


def test_what_belongs_to_a_person_goes_with_them(anna: User) -> None:
    Profile.objects.create(user=anna)
    rows = [saved(link(anna)), saved(session(anna)), saved(device(anna))]
    rows.append(saved(refresh(rows[2])))
    anna.delete()
    for row in rows:
        assert not type(row).objects.exists()
    assert not Profile.objects.exists()


def test_tokens_count_while_neither_expired_nor_revoked(anna: User) -> None:
    live, expired, revoked = (
        saved(token(anna)),
        saved(token(anna, created_at=EARLIER, expires_at=NOW - dt.timedelta(1 / 24))),
        saved(token(anna, revoked_at=NOW)),
    )
    phone = saved(device(anna))
    mine = type(live).objects.of(anna)
    assert set(mine.live(NOW)) == {live, phone}
    assert set(mine.for_the_api()) == {live, expired, revoked}
    assert set(mine.devices()) == {phone}
    assert mine.revoke(NOW) == 3
    assert not mine.live(NOW).exists()
    assert hashed("x") == "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
