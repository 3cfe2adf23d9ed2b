from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from services import connections
from services.models import ServiceConfig
from services.providers.base import CanHoldVideos, CanReportMonitors
from services.providers.describing import CanDescribeTitles
from services.providers.plex import Plex
from services.providers.tmdb import Tmdb


def connect(name: str, url: str = "http://192.168.1.20", **more: object) -> ServiceConfig:
    return ServiceConfig.objects.create(service_name=name, service_url=url, **more)


def test_nothing_is_connected_at_first(db: None) -> None:
    ServiceConfig.objects.create(service_name="plex")
    assert connections.first(CanHoldVideos) is None  # type: ignore[type-abstract]
    assert connections.get("plex") is None
    assert connections.all_enabled() == []


def test_a_service_is_found_by_what_it_can_do(db: None) -> None:
    connect("plex", api_key="token", config_data={"section": "Videos"})
    connect("uptime-kuma")
    found = connections.first(CanHoldVideos)  # type: ignore[type-abstract]
    assert isinstance(found, Plex)
    assert (found.connection.key, found.connection.settings) == ("token", {"section": "Videos"})
    assert found.connection.breaker is not None
    reporter = connections.first(CanReportMonitors)  # type: ignore[type-abstract]
    assert reporter is not None
    assert [provider.kind for provider in connections.all_enabled()] == ["plex", "uptime-kuma"]


@pytest.mark.parametrize("change", [{"enabled": False}, {"url": ""}])
def test_what_is_switched_off_or_has_no_address_is_not_found(db: None, change: dict[str, object]) -> None:
    connect("plex", **change)  # type: ignore[arg-type]
    assert connections.first(CanHoldVideos) is None  # type: ignore[type-abstract]


def test_a_kind_that_this_version_does_not_know_is_passed_over(db: None) -> None:
    connect("jellyfin")
    assert connections.all_enabled() == []
    assert connections.get("jellyfin") is None


def test_a_key_that_does_not_open_counts_as_none(db: None) -> None:
    config = connect("plex", api_key="token")
    ServiceConfig.objects.filter(pk=config.pk).update(service_name="overseerr")
    found = connections.get("overseerr")
    assert found is not None
    assert found.connection.key == ""


def test_finding_one_takes_one_query(db: None, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    connect("plex", api_key="token")
    with django_assert_num_queries(1):
        connections.first(CanHoldVideos)  # type: ignore[type-abstract]


def test_a_service_that_settings_connect_is_used_until_one_is_connected_by_hand(db: None, settings: Settings) -> None:
    settings.TMDB_URL, settings.TMDB_TOKEN = "http://127.0.0.1:9", "from-the-environment"
    row = ServiceConfig.objects.create(service_name="tmdb")
    (preset,) = connections.able(CanDescribeTitles)  # type: ignore[type-abstract]
    assert isinstance(preset, Tmdb)
    assert preset.connection.key == "from-the-environment"
    assert preset.connection.breaker is not None

    row.service_url, row.api_key = "http://127.0.0.1:10", "entered"
    row.save()
    (entered,) = connections.able(CanDescribeTitles)  # type: ignore[type-abstract]
    assert isinstance(entered, Tmdb)
    assert entered.connection.key == "entered"

    ServiceConfig.objects.update(enabled=False)
    assert connections.able(CanDescribeTitles) == []  # type: ignore[type-abstract]
