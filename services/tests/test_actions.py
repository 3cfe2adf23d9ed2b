from __future__ import annotations

from typing import Any

import pytest

from accounts.models import User
from operations.models import Job, SecurityEvent
from services import actions
from services.actions import CannotCheck, CannotSaveConnection
from services.models import ServiceConfig


def save(by: User, **changes: Any) -> ServiceConfig:
    values: dict[str, Any] = {"service_name": "plex", "url": "http://plex.example:32400", "settings": {}, "key": None}
    return actions.save_connection(by=by, **(values | changes))


def changes() -> list[Any]:
    return [(event.object, event.detail["fields"]) for event in SecurityEvent.objects.order_by("created_at")]


def test_a_connection_is_stored_and_looked_at(administrator: User) -> None:
    save(administrator, key="token")
    config = ServiceConfig.objects.get()
    assert (config.service_url, config.api_key, config.enabled) == ("http://plex.example:32400", "token", True)
    assert config.updated_by == administrator
    assert Job.objects.get().idempotency_key == "services.probe:plex"


def test_who_changed_what_is_written_down_without_the_values(administrator: User) -> None:
    save(administrator, key="token")
    save(administrator, key="token-2")
    save(administrator, enabled=False, settings={"section": "Videos"})
    assert changes() == [
        ("plex", ["service_url", "config_data", "api_key"]),
        ("plex", ["api_key"]),
        ("plex", ["config_data", "enabled"]),
    ]
    assert SecurityEvent.objects.filter(kind="settings.changed", actor=administrator).count() == 3
    assert "token" not in str(list(SecurityEvent.objects.values_list("detail", flat=True)))


def test_saving_the_same_again_writes_nothing(administrator: User) -> None:
    save(administrator)
    before = ServiceConfig.objects.get().updated_at
    save(administrator)
    assert ServiceConfig.objects.get().updated_at == before
    assert len(changes()) == 1


@pytest.mark.parametrize(("key", "left"), [(None, "token"), ("", ""), ("other", "other")])
def test_a_key_is_kept_removed_or_replaced(administrator: User, key: str | None, left: str) -> None:
    save(administrator, key="token")
    save(administrator, key=key)
    assert ServiceConfig.objects.get().api_key == left


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"settings": {"section": 3, "no_such": 1}}, "no_such"),
        ({"service_name": "jellyfin"}, "jellyfin"),
        ({"service_name": "uptime-kuma", "settings": {}}, "slug"),
    ],
)
def test_what_is_no_connection_is_refused_and_named(administrator: User, wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(CannotSaveConnection, match=words):
        save(administrator, **wrong)
    assert not ServiceConfig.objects.exists()
    assert not SecurityEvent.objects.exists()


def test_seeding_adds_what_is_missing_and_changes_nothing(administrator: User) -> None:
    save(administrator, key="token")
    assert actions.seed_services() == 3
    assert actions.seed_services() == 0
    named = set(ServiceConfig.objects.values_list("service_name", flat=True))
    assert named == {"plex", "overseerr", "tmdb", "uptime-kuma"}
    assert ServiceConfig.objects.get(service_name="plex").api_key == "token"


def test_a_look_can_be_asked_for_now_and_then(administrator: User) -> None:
    save(administrator)
    Job.objects.all().delete()
    assert actions.check_now(service_name="plex")
    assert Job.objects.count() == 1
    assert not actions.check_now(service_name="plex")  # a moment ago


def test_what_is_not_connected_cannot_be_looked_at(db: None) -> None:
    with pytest.raises(CannotCheck):
        actions.check_now(service_name="plex")
