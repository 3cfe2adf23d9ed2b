from __future__ import annotations

import base64
import io
from collections.abc import Iterator

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django.fixtures import Settings

from accounts.models import User
from maintenance import rotation
from medianest.lib import crypto
from medianest.lib.crypto import Sealed
from notifications.models import NotificationChannel
from services.models import ServiceConfig

pytestmark = pytest.mark.django_db

OLD, NEW = (f"{name}:{base64.b64encode(name[:1].encode() * 32).decode()}" for name in ("old", "new"))
PREFIX = "v1:new:"


def use(settings: Settings, *keys: str) -> None:
    settings.ENCRYPTION_KEYS = "\n".join(keys)
    crypto.keyring.cache_clear()


@pytest.fixture(autouse=True)
def _rows(settings: Settings) -> Iterator[None]:
    """Seven secrets in two tables, closed with the old key; the new one stands first now."""
    use(settings, OLD)
    anna = User.objects.create_user("anna")
    NotificationChannel.objects.bulk_create(
        NotificationChannel(user=anna, kind="ntfy", name=f"c{n}", address=f"https://ntfy.example/{n}") for n in range(5)
    )
    NotificationChannel.objects.create(user=anna, kind="ntfy", name="empty")
    ServiceConfig.objects.create(service_name="plex", api_key="plex-token")
    ServiceConfig.objects.create(service_name="overseerr", api_key="overseerr-key")
    use(settings, NEW, OLD)
    yield
    crypto.keyring.cache_clear()


def run(**options: object) -> str:
    said = io.StringIO()
    call_command("rotate_keys", stdout=said, stderr=said, **options)
    return said.getvalue()


def stored(table: str = "notification_channels", column: str = "address") -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} WHERE {column} <> '' ORDER BY id")
        return [text for (text,) in cursor.fetchall()]


def test_every_secret_moves_to_the_first_key(settings: Settings) -> None:
    said = run()
    assert "service_config.api_key: 2 re-encrypted; now 2 by key “new”." in said
    assert "notification_channels.address: 5 re-encrypted; now 5 by key “new”." in said
    assert "may be removed from ENCRYPTION_KEYS: old." in said
    use(settings, NEW)
    assert ServiceConfig.objects.get(service_name="plex").api_key == "plex-token"
    addresses = {channel.address for channel in NotificationChannel.objects.exclude(name="empty")}
    assert addresses == {f"https://ntfy.example/{n}" for n in range(5)}


def test_a_second_run_finds_nothing_to_do() -> None:
    run()
    before = stored()
    assert "notification_channels.address: 0 re-encrypted" in run()
    assert stored() == before


def test_a_dry_run_changes_nothing_and_says_what_it_would_do() -> None:
    before = stored()
    said = run(dry_run=True)
    assert "notification_channels.address: 5 to re-encrypt; now 5 by key “old”." in said
    assert "may be removed" not in said
    assert stored() == before


def test_a_run_that_was_stopped_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    move = rotation._move
    moved: list[int] = []

    def stop_at_the_fourth(*args: object, **kwargs: object) -> None:
        if len(moved) == 3:
            raise KeyboardInterrupt
        move(*args, **kwargs)  # type: ignore[arg-type]
        moved.append(1)

    monkeypatch.setattr(rotation, "_move", stop_at_the_fourth)
    with pytest.raises(CommandError, match="Stopped") as stopped:
        run(batch=2)
    assert stopped.value.returncode == 130
    done = [text for text in (*stored(), *stored("service_config", "api_key")) if text.startswith(PREFIX)]
    assert len(done) == 2  # the batch under way was given up as a whole
    monkeypatch.undo()
    run(batch=2)
    assert all(text.startswith(PREFIX) for text in (*stored(), *stored("service_config", "api_key")))


def test_a_change_made_meanwhile_is_never_overwritten() -> None:
    column = next(c for c in rotation.columns() if str(c) == "service_config.api_key")
    row = column.rows().get(service_name="plex")
    mine = ServiceConfig.objects.get(service_name="plex")
    mine.api_key = "typed meanwhile"
    mine.save()
    result = rotation.Result(column)
    rotation._move(column, row, result, dry_run=False)
    assert (result.moved, result.changed_meanwhile) == (0, 1)
    assert ServiceConfig.objects.get(service_name="plex").api_key == "typed meanwhile"


def test_what_cannot_be_read_is_told_and_left_alone_and_the_rest_is_done() -> None:
    foreign = "v1:gone:" + base64.b64encode(b"x" * 40).decode()
    ServiceConfig.objects.filter(service_name="plex").update(api_key=Sealed(foreign))
    said = io.StringIO()
    with pytest.raises(CommandError, match="1 secrets cannot be read") as refused:
        call_command("rotate_keys", stdout=said, stderr=said)
    assert refused.value.returncode == 1
    plex = ServiceConfig.objects.get(service_name="plex")
    assert f"service_config.api_key, row {plex.pk}: No key with the id 'gone'." in said.getvalue()
    assert "now 1 by key “gone”, 1 by key “new”." in said.getvalue()
    assert foreign in stored("service_config", "api_key")
    assert all(text.startswith(PREFIX) for text in stored())


def test_text_that_was_never_encrypted_is_told_and_not_shown() -> None:
    ServiceConfig.objects.filter(service_name="plex").update(api_key=Sealed("in-the-clear"))
    said = io.StringIO()
    with pytest.raises(CommandError):
        call_command("rotate_keys", stdout=said, stderr=said)
    assert "1 by no key" in said.getvalue()
    assert "in-the-clear" not in said.getvalue()


def test_a_key_that_still_closes_something_is_not_given_free(settings: Settings) -> None:
    use(settings, NEW)  # the old key is gone: its secrets cannot be moved
    with pytest.raises(CommandError, match="7 secrets"):
        run()
    use(settings, NEW, OLD, OLD.replace("old", "spare"))
    assert rotation.unneeded_keys([rotation.census(column) for column in rotation.columns()]) == ["spare"]


def test_a_role_that_does_not_see_every_row_is_refused() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE mn_app")
        with pytest.raises(CommandError, match=r"Row-level security hides rows of [a-z_]+"):
            run()


def test_every_encrypted_column_is_found_by_itself() -> None:
    found = {str(column) for column in rotation.columns()}
    assert found >= {
        "service_config.api_key",
        "notification_channels.address",
        "push_subscriptions.endpoint",
        "push_subscriptions.auth",
    }
