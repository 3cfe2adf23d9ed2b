from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from medianest.lib.http import BadCredentials, Malformed
from sandbox.kuma import Kuma
from services.providers.base import Connection, MonitorState, Notice
from services.providers.uptime_kuma import UptimeKuma, read_metrics, read_report

HERE = Path(__file__).resolve()
RECORDED = HERE.parents[1] / "recorded"
REFERENCE = HERE.parents[3].parent / "shared" / "reference" / "uptime-kuma"
NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
with_reference = pytest.mark.skipif(not REFERENCE.is_dir(), reason="the recorded answers are not beside this checkout")


def load(folder: Path, name: str) -> Any:
    return json.loads((folder / name).read_text(encoding="utf-8"))


@pytest.fixture
def kuma() -> Iterator[Kuma]:
    server = Kuma()
    server.start()
    yield server
    server.stop()


# --- a small page of our own ----------------------------------------------------------------------------------------------
def test_a_page_is_read() -> None:
    report = read_report(load(RECORDED, "kuma_page.json"), load(RECORDED, "kuma_beats.json"), now=NOW)
    assert report.title == "The Nest"
    assert report.incidents == (Notice("Slow line", "The **provider** works on it.", "warning"),)
    assert report.maintenance == (Notice("Disk swap", "Until ten.", "info"),)
    plex = report.monitors[0]
    assert (plex.name, plex.group, plex.state, plex.response_ms, plex.uptime_24h) == (
        "Plex", "Media", MonitorState.UP, 41, 0.99,
    )  # fmt: skip
    assert plex.checked_at == datetime(2026, 11, 20, 17, 59, 0, 102000, tzinfo=UTC)


def test_groups_are_left_out_and_silence_is_not_a_state() -> None:
    report = read_report(load(RECORDED, "kuma_page.json"), load(RECORDED, "kuma_beats.json"), now=NOW)
    assert {monitor.name: monitor.state for monitor in report.monitors} == {
        "Plex": MonitorState.UP,
        "Backup": MonitorState.DOWN,
        "Paused": MonitorState.UNKNOWN,
        "New": MonitorState.UNKNOWN,
    }
    assert report.monitors[-1].uptime_24h is None  # never checked is not “always down”


@pytest.mark.parametrize(
    ("incident", "titles"),
    [({"incident": None}, []), ({"incident": {"title": "A", "content": None, "style": "info"}}, ["A"])],
)
def test_old_versions_name_one_incident_or_none(incident: dict[str, Any], titles: list[str]) -> None:
    page = load(RECORDED, "kuma_page.json")
    del page["incidents"]
    report = read_report(page | incident, load(RECORDED, "kuma_beats.json"), now=NOW)
    assert [notice.title for notice in report.incidents] == titles


@pytest.mark.parametrize("page", [{}, {"config": {}}, [], None, {"incidents": 3}])
def test_what_is_no_page_is_malformed(page: Any) -> None:
    with pytest.raises(Malformed):
        read_report(page, load(RECORDED, "kuma_beats.json"), now=NOW)


# --- metrics --------------------------------------------------------------------------------------------------------------
def test_metrics_are_read_by_label_name() -> None:
    text = (
        'app_version{version="2.5.3",major="2",minor="5",patch="3"} 1\n'
        'monitor_status{owner="ann",monitor_id="7",monitor_name="A, \\"B\\" 🐦",monitor_type="http"} 1\n'
        'monitor_response_time{owner="ann",monitor_id="7",monitor_name="A, \\"B\\" 🐦",monitor_type="http"} 12.4\n'
        'monitor_uptime_ratio{owner="ann",monitor_id="7",monitor_name="A, \\"B\\" 🐦",window="30d"} 0.995\n'
        'monitor_status{monitor_id="8",monitor_name="Down"} 0\n'
        'monitor_response_time{monitor_id="8",monitor_name="Down"} -1\n'
        "process_cpu_seconds_total 3\n"
    )
    version, figures = read_metrics(text)
    assert version == "2.5.3"
    assert [(one.key, one.name, one.state, one.response_ms, one.uptime) for one in figures] == [
        ("7", 'A, "B" 🐦', MonitorState.UP, 12, {"30d": 0.995}),
        ("8", "Down", MonitorState.DOWN, None, {}),
    ]


@pytest.mark.parametrize("text", ["<html>", "", "some 1\n", "monitor_status{monitor_id= 1", 'monitor_status{a="b"} 1'])
def test_what_is_no_metrics_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        read_metrics(text)


# --- against recordings ---------------------------------------------------------------------------------------------------
@with_reference
@pytest.mark.parametrize(
    ("page", "beats", "monitors", "incidents"),
    [
        ("api_status-page_default.json", "api_status-page_heartbeat_default.json", 10, 2),
        ("api_status-page_default.json", "api_status-page_heartbeat_default_during_outage.json", 10, 2),
        ("api_status-page_media.json", "api_status-page_heartbeat_media.json", None, None),
        ("v1_api_status-page_default.json", "v1_api_status-page_heartbeat_default.json", 3, 1),
    ],
)
def test_recorded_pages_are_read(page: str, beats: str, monitors: int | None, incidents: int | None) -> None:
    report = read_report(load(REFERENCE, page), load(REFERENCE, beats), now=NOW)
    assert monitors in (None, len(report.monitors))
    assert incidents in (None, len(report.incidents))
    assert report.monitors
    assert all(monitor.name for monitor in report.monitors)


@with_reference
def test_a_recorded_paused_monitor_is_not_called_down() -> None:
    beats = load(REFERENCE, "api_status-page_heartbeat_default.json")
    newest = max(datetime.fromisoformat(own[-1]["time"]) for own in beats["heartbeatList"].values() if own)
    now = newest.replace(tzinfo=UTC) + timedelta(seconds=10)
    report = read_report(load(REFERENCE, "api_status-page_default.json"), beats, now=now)
    states = {monitor.name: monitor.state for monitor in report.monitors}
    assert states["Paused"] is MonitorState.UNKNOWN
    assert states["Plex"] is MonitorState.UP
    assert states["Maintained"] is MonitorState.MAINTENANCE


@with_reference
@pytest.mark.parametrize(
    ("name", "version"),
    [("metrics.txt", "2.5.3"), ("metrics_after_restart_with_tag_labels.txt", "2.5.3"), ("v1_metrics.txt", "1.23.17")],
)
def test_recorded_metrics_are_read(name: str, version: str) -> None:
    found, figures = read_metrics((REFERENCE / name).read_text(encoding="utf-8"))
    assert found == version
    assert figures
    assert len({one.key for one in figures}) == len(figures)
    assert all(0 <= ratio <= 1 for one in figures for ratio in one.uptime.values())


# --- over the wire --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("version", ["1.23.17", "2.0.2", "2.5.3"])
def test_every_generation_is_understood(version: str) -> None:
    server = Kuma(version=version)
    server.start()
    try:
        provider = UptimeKuma(Connection(server.url, "", {"slug": server.slug}))
        assert provider.test().ok
        assert {monitor.name for monitor in provider.report().monitors} >= {"Plex"}
        keyed = UptimeKuma(Connection(server.url, server.key, {"slug": server.slug}))
        assert keyed.test().version == version
        assert keyed.figures()
    finally:
        server.stop()


def test_an_unknown_page_is_noticed(kuma: Kuma) -> None:
    result = UptimeKuma(Connection(kuma.url, "", {"slug": "nope"})).test()
    assert result.sentence == "Uptime Kuma has no status page called “nope”."


def test_an_unknown_page_is_no_empty_report(kuma: Kuma) -> None:
    with pytest.raises(Exception, match="no status page"):
        UptimeKuma(Connection(kuma.url, "", {"slug": "nope"})).report()


def test_a_wrong_key_is_noticed_with_the_metrics(kuma: Kuma) -> None:
    with pytest.raises(BadCredentials):
        UptimeKuma(Connection(kuma.url, "uk1_wrong", {"slug": kuma.slug})).figures()
