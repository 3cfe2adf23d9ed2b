"""Sessions on our own table with Redis in front."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.test import Client
from django.utils import timezone
from django_redis import get_redis_connection
from pytest_django import DjangoAssertNumQueries
from redis import Redis
from redis.exceptions import ConnectionError as RedisGone

from accounts.models import Session, User
from accounts.sessions import end_sessions
from accounts.sessions.store import ABSOLUTE_AGE, KEPT_FOR, SessionStore, hash_of, name_in_redis
from accounts.tests.sessions.acts import PAGE, is_in, key_of, later, row_of, sign_in
from medianest.lib import fleeting

committing = pytest.mark.django_db(transaction=True)  # Redis is told when a transaction is committed


@pytest.fixture
def redis_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_: object) -> Any:
        raise RedisGone

    monkeypatch.setattr(fleeting, "get_redis_connection", nobody)
    monkeypatch.setattr(fleeting, "_away_until", 0.0)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The commands sent to Redis."""
    commands: list[str] = []
    execute = Redis.execute_command

    def noting(self: Any, *args: Any, **options: Any) -> Any:
        commands.append(str(args[0]))
        return execute(self, *args, **options)

    monkeypatch.setattr(Redis, "execute_command", noting)
    return commands


def store_of(client: Client) -> SessionStore:
    return SessionStore(key_of(client))


# --- what is kept -----------------------------------------------------------------------------------------------------
@committing
def test_the_key_stands_neither_in_the_table_nor_in_redis(olive: User) -> None:
    client = sign_in(olive)
    assert is_in(client)
    key = key_of(client)
    row = Session.objects.get(user=olive)
    assert row.session_token == hash_of(key)
    names = [name.decode() for name in get_redis_connection("default").scan_iter(match="*session*")]
    assert name_in_redis(hash_of(key)) in names
    kept = str(fleeting.look_up(name_in_redis(hash_of(key))))
    assert key not in str(list(Session.objects.values())) + kept + str(names)


def test_the_row_tells_who_where_from_and_with_what(olive: User) -> None:
    row = row_of(sign_in(olive))
    assert (row.user, row.ip, "Firefox" in row.user_agent) == (olive, "127.0.0.1", True)
    assert dt.timedelta(days=29) < row.expires - timezone.now() <= dt.timedelta(days=30)


@committing
def test_a_look_costs_one_round_trip_and_no_query(
    olive: User, asked: list[str], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = sign_in(olive)
    assert is_in(client)
    asked.clear()
    with django_assert_num_queries(0):
        assert store_of(client)["_auth_user_id"] == str(olive.pk)
    assert asked == ["GET"]


@committing
@pytest.mark.usefixtures("redis_away")
def test_without_redis_everything_works(olive: User) -> None:
    client = sign_in(olive)
    assert is_in(client)
    end_sessions(olive)
    assert not is_in(client)


@committing
def test_an_end_counts_at_once_although_redis_knew_the_session(olive: User) -> None:
    client = sign_in(olive)
    assert is_in(client)
    end_sessions(olive)
    assert not store_of(client).load()
    assert not is_in(client)


@committing
def test_what_was_read_before_the_end_is_not_put_back(olive: User) -> None:
    client = sign_in(olive)
    name = name_in_redis(hash_of(key_of(client)))
    stale = str(fleeting.look_up(name))
    end_sessions(olive)
    fleeting.keep(name, stale, KEPT_FOR, if_new=True)
    fleeting.keep(name, stale, KEPT_FOR)
    assert fleeting.look_up(name) == fleeting.DROPPED
    assert not is_in(client)


@committing
def test_an_end_that_redis_did_not_hear_of_counts_within_a_minute(olive: User) -> None:
    client = sign_in(olive)
    left = get_redis_connection("default").pttl(name_in_redis(hash_of(key_of(client))))
    assert 0 < left <= KEPT_FOR * 1000 <= 60_000


@committing
@pytest.mark.parametrize("planted", ["", "garbage", "another's"])
def test_what_somebody_wrote_into_redis_is_not_believed(planted: str, olive: User, anna: User) -> None:
    client, other = sign_in(olive), Client()
    other.force_login(anna)
    if planted == "another's":
        planted = str(fleeting.look_up(name_in_redis(hash_of(key_of(other)))))
    get_redis_connection("default").set(name_in_redis(hash_of(key_of(client))), planted, ex=60)
    assert store_of(client)["_auth_user_id"] == str(olive.pk)


def test_signed_text_of_another_session_opens_nothing(olive: User, anna: User) -> None:
    client, other = sign_in(olive), Client()
    other.force_login(anna)
    Session.objects.filter(pk=row_of(client).pk).update(data="x" + row_of(other).data)
    fleeting.forget(name_in_redis(hash_of(key_of(client))))
    assert not is_in(client)


# --- keys -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("key", ["x" * 32, "x", "../../etc", "%00", "x" * 3000, "ключ-которого-нет"])
def test_a_key_that_is_nobodys_is_not_adopted(key: str, olive: User) -> None:
    store = SessionStore(key)
    store["planted"] = 1
    store.save()
    assert store.session_key != key
    assert not Session.objects.filter(session_token=hash_of(key)).exists()


def test_signing_in_changes_the_key(olive: User) -> None:
    planted = SessionStore()
    planted["begun"] = "by another"
    planted.save()
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = str(planted.session_key)
    client.post("/account/sign-in/", {"username": "olive", "password": "lamp-over-the-nest"})
    assert is_in(client)
    assert key_of(client) != planted.session_key
    assert not SessionStore(planted.session_key).load()


def test_a_session_kept_from_before_signing_out_opens_nothing(olive: User) -> None:
    client, thief = sign_in(olive), Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = key_of(client)
    assert is_in(thief)
    client.post("/account/sign-out/")
    assert not is_in(thief)


def test_a_stolen_cookie_is_worthless_after_a_change_of_password(olive: User) -> None:
    client, thief = sign_in(olive), Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = key_of(client)
    new = {"current": "lamp-over-the-nest", "new": "owl-under-the-bridge", "again": "owl-under-the-bridge"}
    assert client.post("/account/change-password/", new).status_code == 302
    assert is_in(client)
    assert not is_in(thief)
    assert Session.objects.filter(user=olive).count() == 1


# --- how long ---------------------------------------------------------------------------------------------------------
def test_a_session_ends_after_thirty_days_of_rest(olive: User) -> None:
    rested, used = sign_in(olive), sign_in(olive)
    with later(days=29):
        assert is_in(used)
    with later(days=31):
        assert is_in(used)
        assert not is_in(rested)


def test_a_session_ends_after_sixty_days_although_it_is_used(olive: User) -> None:
    client = sign_in(olive)
    row = row_of(client)
    for day in (20, 40, 59):
        with later(days=day):
            assert is_in(client), day
            assert int(client.cookies[settings.SESSION_COOKIE_NAME]["max-age"]) <= (60 - day) * 86400
    with later(days=60, minutes=1):
        assert not is_in(client)
    row.refresh_from_db()
    assert row.expires <= row.created_at + ABSOLUTE_AGE


def test_the_last_use_is_written_every_five_minutes(
    olive: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = sign_in(olive)
    begun = row_of(client).last_used_at
    with later(minutes=4):
        assert is_in(client)
        assert row_of(client).last_used_at == begun
    with later(minutes=6):
        assert is_in(client)
        used = row_of(client).last_used_at
        assert used > begun
        assert client.get(PAGE).cookies.get(settings.SESSION_COOKIE_NAME) is None
        assert row_of(client).last_used_at == used


# --- two requests at once ---------------------------------------------------------------------------------------------
@committing
def test_a_mere_use_leaves_what_another_request_wrote(olive: User) -> None:
    client = sign_in(olive)
    with later(minutes=10):
        slow = store_of(client)
        assert slow.get("note") is None
        quick = store_of(client)
        quick["note"] = "kept"
        quick.save()
        slow.save()
        assert slow.modified
        assert store_of(client)["note"] == "kept"


def test_a_session_that_was_ended_meanwhile_does_not_come_back(olive: User) -> None:
    client = sign_in(olive)
    under_way, touching = store_of(client), store_of(client)
    under_way["note"] = 1
    assert touching["_auth_user_id"]
    end_sessions(olive)
    with pytest.raises(UpdateError):
        under_way.save()
    touching.save()
    assert not Session.objects.filter(user=olive).exists()
