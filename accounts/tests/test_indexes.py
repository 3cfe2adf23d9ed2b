"""With a hundred thousand people, each list and look-up goes through its index."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Account, RefreshToken, Session, SessionToken, User, VerificationToken
from accounts.tests.rows import hashed
from medianest.tests.plans import assert_uses, run

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def crowd() -> User:
    """A hundred thousand people, one in twenty not active, with sessions and tokens; one of them."""
    run(
        "INSERT INTO users (id, username, email, name, image, plex_id, plex_username, role, status, password_hash,"
        " requires_password_change, is_bootstrap_user, last_login_at, deleted_at, created_at, updated_at)"
        " SELECT md5('person' || n)::uuid, 'Person' || n, 'Person' || n || '@nest.example', '', '', n, '',"
        " CASE WHEN n % 10000 = 0 THEN 'ADMIN' WHEN n % 1000 = 0 THEN 'MODERATOR' ELSE 'USER' END,"
        " CASE WHEN n % 500 = 1 THEN 'deleted' WHEN n % 20 = 3 THEN 'suspended' ELSE 'active' END, '', false, false,"
        " now() - n * interval '1 minute', CASE WHEN n % 500 = 1 THEN now() - n * interval '1 minute' END,"
        " now() - n * interval '1 minute', now() FROM generate_series(1, 100000) n"
    )
    run(
        "INSERT INTO accounts (id, user_id, type, provider, provider_account_id, access_token, refresh_token, id_token,"
        " token_type, scope, session_state, created_at, updated_at) SELECT md5('account' || n)::uuid,"
        " md5('person' || n)::uuid, 'oauth', 'plex', n, '', '', '', '', '', '', now() - n * interval '1 minute', now()"
        " FROM generate_series(1, 50000) n"
    )
    run(
        "INSERT INTO sessions (id, session_token, user_id, data, expires, user_agent, last_used_at, created_at,"
        " updated_at) SELECT md5('session' || n)::uuid, encode(sha256(('session' || n)::bytea), 'hex'),"
        " md5('person' || 1 + n % 50000)::uuid, '', now() + (n - 2000) * interval '1 minute', '',"
        " now() - n * interval '1 minute', now() - n * interval '1 hour' - interval '2 days', now()"
        " FROM generate_series(1, 100000) n"
    )
    run(
        "INSERT INTO session_tokens (id, user_id, kind, name, token_hash, hint, scopes, expires_at, created_at,"
        " updated_at) SELECT md5('token' || n)::uuid, md5('person' || 1 + n % 50000)::uuid, 'device', 'Phone',"
        " encode(sha256(('token' || n)::bytea), 'hex'), '', '{}', now() + (n - 2000) * interval '1 minute',"
        " now() - n * interval '1 hour' - interval '2 days', now() FROM generate_series(1, 100000) n"
    )
    run(
        "INSERT INTO refresh_tokens (id, session_token_id, token_hash, family, expires_at, created_at, updated_at)"
        " SELECT md5('refresh' || n)::uuid, md5('token' || n)::uuid, encode(sha256(('refresh' || n)::bytea), 'hex'),"
        " md5('family' || n)::uuid, now() + (n - 2000) * interval '1 minute',"
        " now() - n * interval '1 hour' - interval '2 days', now()"
        " FROM generate_series(1, 100000) n"
    )
    run(
        "INSERT INTO verification_tokens (id, identifier, token, purpose, expires, created_at)"
        " SELECT md5('sent' || n)::uuid, 'person' || n || '@nest.example', encode(sha256(('sent' || n)::bytea), 'hex'),"
        " 'verify_email', now() + (n - 2000) * interval '1 minute', now() - n * interval '1 hour' - interval '2 days'"
        " FROM generate_series(1, 50000) n"
    )
    run("ANALYZE users, accounts, sessions, session_tokens, refresh_tokens, verification_tokens")
    return User.objects.get(username="Person7")


def test_people_have_theirs(crowd: User) -> None:
    now = timezone.now()
    assert_uses(User.objects.known_as("pERSON77"), "users_one_per_username")
    assert_uses(User.objects.known_as("person77@NEST.example"), "users_one_per_email")
    assert User.objects.known_as("person77@NEST.example").get().username == "Person77"
    assert_uses(User.objects.known_to_plex_as(77), "users_one_per_plex_id")
    assert_uses(User.objects.administrators(), "users_active_role")
    assert_uses(User.objects.active().filter(role="MODERATOR"), "users_active_role")
    assert_uses(User.objects.filter(role="MODERATOR"), *_role_indexes())
    assert_uses(User.objects.filter(status="suspended").order_by("-created_at")[:50], "users_status_created")
    assert_uses(User.objects.active().order_by("-created_at")[:50], "users_status_created")
    assert_uses(User.objects.present().order_by("username", "-pk")[:50], "users_by_name")
    assert_uses(User.objects.filter(last_login__gt=now - dt.timedelta(hours=1)), *_last_login_indexes())
    assert_uses(User.objects.due_for_purging(now).order_by("deleted_at")[:200], "users_deleted")
    assert_uses(User.objects.deleted().order_by("username", "-pk")[:50], "users_deleted")


def test_sign_ins_and_sessions_have_theirs(crowd: User) -> None:
    now = timezone.now()
    assert_uses(Account.objects.at("plex", "77"), "accounts_one_per_provider_id")
    assert_uses(Account.objects.of(crowd), *_indexes_over(Account, "user_id"))
    assert_uses(Account.objects.order_by("-created_at", "-pk")[:50], "accounts_created")
    assert_uses(Session.objects.filter(session_token=hashed("session7")), "sessions_token_unique")
    assert_uses(Session.objects.of(crowd).live(now).last_used_first(), "sessions_user_used")
    assert_uses(Session.objects.last_used_first()[:50], "sessions_used")
    assert_uses(Session.objects.expired(now), "sessions_expires")


def test_tokens_have_theirs(crowd: User) -> None:
    now = timezone.now()
    assert_uses(SessionToken.objects.filter(token_hash=hashed("token7")), "session_tokens_hash_unique")
    assert_uses(SessionToken.objects.of(crowd).live(now), "session_tokens_user_expires")
    assert_uses(SessionToken.objects.over(now), "session_tokens_expires")
    assert_uses(SessionToken.objects.order_by("-created_at", "-pk")[:50], "session_tokens_created")
    assert_uses(RefreshToken.objects.filter(token_hash=hashed("refresh7")), "refresh_tokens_hash_unique")
    assert_uses(RefreshToken.objects.of_family(uuid.UUID(int=7)), *_indexes_over(RefreshToken, "family"))
    assert_uses(RefreshToken.objects.of_tokens([uuid.UUID(int=7)]), *_indexes_over(RefreshToken, "session_token_id"))
    assert_uses(RefreshToken.objects.filter(expires_at__lt=now), "refresh_tokens_expires")
    assert_uses(RefreshToken.objects.order_by("-created_at", "-pk")[:50], "refresh_tokens_created")
    sent = VerificationToken.objects
    assert_uses(sent.for_("person7@nest.example", "verify_email"), "verification_token_unique")
    assert_uses(sent.filter(identifier="x", token=hashed("sent7")), "verification_token_unique")
    assert_uses(sent.expired(now), "verification_expires")
    assert_uses(sent.order_by("-created_at", "-pk")[:50], "verification_created")


def _indexes_over(model: type[Account | RefreshToken | User], column: str) -> list[str]:
    """The names Django gave to the indexes of a single column."""
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, model._meta.db_table)
    return [name for name, about in found.items() if about["index"] and about["columns"] == [column]]


def _role_indexes() -> list[str]:
    return [*_indexes_over(User, "role"), "users_active_role"]


def _last_login_indexes() -> list[str]:
    return _indexes_over(User, "last_login_at")
