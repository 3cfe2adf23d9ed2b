"""Whoever gets hold of a dump of the database finds no secret in it: neither people's, nor the services', nor ours."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import subprocess
import sys
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from accounts.models import User
from families.tests.test_models import invitation
from maintenance import rotation
from medianest.launch.postgres import find_install
from medianest.lib.crypto import EncryptedTextField
from notifications.models import NotificationChannel, PushSubscription
from services.models import ServiceConfig

TELLING = re.compile(r"(^|_)(token|tokens|secret|password|hash|auth|seed)$")
"""Names of columns that may hold something as good as a key."""
HARMLESS = {"download_queue.tokens": "how many downloads may start, a number"}


def secret(name: str) -> str:
    """A secret that cannot be in a dump by chance, in letters that neither SQL nor base64 would change."""
    return f"S3cret{name.replace('.', '').replace('_', '')}End"


def rows_of(model: str) -> Any:
    """The rows of one of the sign-in tables, which may not be there yet."""
    return apps.get_model("accounts", model)._default_manager


def person() -> User:
    return User.objects.get_or_create(username="anna")[0]


def channel(address: str) -> None:
    NotificationChannel.objects.create(user=person(), kind="ntfy", name="mine", address=address)


def browser(**known: str) -> None:
    endpoint = known.get("endpoint", "https://push.example/")
    facts = {"endpoint": endpoint, "auth": "x", "endpoint_hash": PushSubscription.hash_of(endpoint + str(known))}
    PushSubscription.objects.create(user=person(), p256dh="public", **{**facts, **known})


def password(text: str) -> None:
    anna = person()
    anna.set_password(text)
    anna.save()


def hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def later() -> datetime:
    return timezone.now() + timedelta(days=1)


def linked(column: str, text: str) -> None:
    facts = {"type": "oauth", "provider": "plex", "provider_account_id": column, column: text}
    rows_of("Account").create(user=person(), **facts)


def browsing(text: str) -> None:
    rows_of("Session").create(user=person(), session_token=hashed(text), expires=later())


def device(token_hash: str) -> models.Model:
    facts = {"kind": "device", "name": "phone", "token_hash": token_hash, "expires_at": later()}
    made: models.Model = rows_of("SessionToken").create(user=person(), **facts)
    return made


def refreshed(text: str) -> None:
    facts = {"family": uuid.uuid4(), "token_hash": hashed(text), "expires_at": later()}
    rows_of("RefreshToken").create(session_token=device(hashed(text + "2")), **facts)


def verified(text: str) -> None:
    facts = {"identifier": "anna@example.org", "purpose": "reset_password", "expires": later()}
    rows_of("VerificationToken").create(token=hashed(text), **facts)


def second_step(text: str) -> models.Model:
    made: models.Model = rows_of("SecondStep").get_or_create(user=person(), defaults={"secret": "another"})[0]
    made.secret = text  # type: ignore[attr-defined]
    made.save()
    return made


def spare(text: str) -> None:
    step = rows_of("SecondStep").get_or_create(user=person(), defaults={"secret": "another"})[0]
    rows_of("RecoveryCode").create(second_step=step, code_hash=hashed(text))


def plex_token(text: str) -> None:
    anna = person()
    anna.plex_token = text
    anna.save()


_FILLED: dict[str, Callable[[str], object]] = {
    "service_config.api_key": lambda text: ServiceConfig(service_name="plex", api_key=text).save(),
    "notification_channels.address": channel,
    "push_subscriptions.endpoint": lambda text: browser(endpoint=text),
    "push_subscriptions.endpoint_hash": lambda text: browser(endpoint=text),
    "push_subscriptions.auth": lambda text: browser(auth=text),
    "users.password_hash": password,
    "users.plex_token": plex_token,
    "accounts.access_token": lambda text: linked("access_token", text),
    "accounts.refresh_token": lambda text: linked("refresh_token", text),
    "accounts.id_token": lambda text: linked("id_token", text),
    "sessions.session_token": browsing,
    "session_tokens.token_hash": lambda text: device(hashed(text)),
    "refresh_tokens.token_hash": refreshed,
    "verification_tokens.token": verified,
    "second_steps.secret": second_step,
    "recovery_codes.code_hash": spare,
    "family_invitations.token_hash": lambda text: invitation(token_hash=hashed(text)).save(),
}


def own_columns() -> dict[str, models.Field[object, object]]:
    return {
        f"{model._meta.db_table}.{field.column}": field
        for config in apps.get_app_configs()
        if Path(config.path).parent == Path(settings.BASE_DIR)
        for model in config.get_models()
        for field in model._meta.local_concrete_fields
    }


FILLED = {name: fill for name, fill in _FILLED.items() if name in own_columns()}
"""How a known secret gets into each column that holds one, in whatever form."""
HASHES = [name for name, fill in FILLED.items() if name not in map(str, rotation.columns()) and "password" not in name]


def test_every_column_that_may_hold_a_secret_is_known() -> None:
    telling = {
        name
        for name, field in own_columns().items()
        if isinstance(field, EncryptedTextField) or TELLING.search(str(field.column))
    }
    assert telling - HARMLESS.keys() == FILLED.keys()


def test_every_encrypted_column_is_filled() -> None:
    assert {str(column) for column in rotation.columns()} <= FILLED.keys()


def dump() -> str:
    connection.ensure_connection()
    at = connection.connection.info
    program = find_install(Path(sys.prefix)) / "bin" / "pg_dump"
    options = {"-h": at.host, "-p": str(at.port), "-U": at.user, "-d": at.dbname}
    done = subprocess.run(
        [program, "--data-only", "--inserts", *(part for option in options.items() for part in option)],
        env={"PATH": os.environ["PATH"], "PGPASSWORD": at.password},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout


@pytest.mark.django_db(transaction=True)
def test_a_dump_tells_none_of_them() -> None:
    for name, fill in FILLED.items():
        fill(secret(name))
    stolen = dump()
    for name in FILLED:
        clear = secret(name)
        assert f"INSERT INTO public.{name.split('.', maxsplit=1)[0]} " in stolen
        for form in (clear, clear.encode().hex(), base64.b64encode(clear.encode()).decode().rstrip("=")):
            assert form not in stolen, f"{name} stands in the dump"
    assert settings.ENCRYPTION_KEYS.partition(":")[2] not in stolen
    assert settings.SECRET_KEY not in stolen


@pytest.mark.django_db
@pytest.mark.parametrize("name", HASHES)
def test_the_database_takes_a_hash_and_nothing_clear(name: str) -> None:
    FILLED[name](secret(name))
    table, column = name.split(".")
    with connection.cursor() as cursor, pytest.raises(IntegrityError), transaction.atomic():
        cursor.execute(f"UPDATE {table} SET {column} = %s", [secret(name)])


@pytest.mark.django_db(transaction=True)
def test_the_search_finds_what_stands_there() -> None:
    NotificationChannel.objects.create(user=person(), kind="ntfy", name=secret("channels.name"), address="x")
    assert secret("channels.name") in dump()
