"""The simulated Uptime Kuma, asked over HTTP as a client asks it."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families

from sandbox.kuma import Kuma, Status
from sandbox.kuma.monitors import PUSH_CODE
from sandbox.switches import Mode
from sandbox.tests.receiver import Receiver

VERSIONS = ("1.23.17", "2.0.2", "2.5.3")


@pytest.fixture
def version() -> str:
    return "2.5.3"


@pytest.fixture
def kuma(version: str) -> Iterator[Kuma]:
    server = Kuma(version=version)
    server.start()
    yield server
    server.stop()


def ask(kuma: Kuma, path: str, method: str = "GET", **more: Any) -> httpx2.Response:
    with httpx2.Client(trust_env=False, verify=False, timeout=5) as client:
        return client.request(method, kuma.url + path, **more)


def page(kuma: Kuma) -> dict[str, Any]:
    found: dict[str, Any] = ask(kuma, "/api/status-page/default").json()
    return found


def beats(kuma: Kuma, name: str, **headers: str) -> list[dict[str, Any]]:
    answer = ask(kuma, "/api/status-page/heartbeat/default", headers=headers).json()
    found: list[dict[str, Any]] = answer["heartbeatList"][str(kuma.monitors[name].monitor_id)]
    return found


def ratio(kuma: Kuma, name: str) -> float:
    answer = ask(kuma, "/api/status-page/heartbeat/default", headers={"x-apicache-bypass": "true"}).json()
    found: float = answer["uptimeList"][f"{kuma.monitors[name].monitor_id}_24"]
    return found


def metrics(kuma: Kuma, family: str) -> dict[str, dict[str, Any]]:
    """Name of a monitor to its labels, with the value under ""."""
    basic = base64.b64encode(f"whoever:{kuma.key}".encode()).decode()
    answer = ask(kuma, "/metrics", headers={"Authorization": f"Basic {basic}"})
    assert answer.status_code == 200
    return {
        sample.labels["monitor_name"]: {**sample.labels, "": sample.value}
        for one in text_string_to_metric_families(answer.text)
        for sample in one.samples
        if sample.name == family
    }


def test_it_says_what_it_is(kuma: Kuma) -> None:
    assert ask(kuma, "/api/entry-page").json() == {"type": "entryPage", "entryPage": "dashboard"}


@pytest.mark.parametrize("path", ["/", "/dashboard", "/api/v1/status", "/identity"])
def test_any_other_address_is_its_web_page_with_200(kuma: Kuma, path: str) -> None:
    answer = ask(kuma, path)
    assert (answer.status_code, answer.headers["Content-Type"].partition(";")[0]) == (200, "text/html")


def test_an_unknown_page_is_404_but_its_heartbeats_are_merely_empty(kuma: Kuma) -> None:
    answer = ask(kuma, "/api/status-page/nope")
    assert (answer.status_code, answer.json()) == (404, {"status": "fail", "msg": "Status Page Not Found"})
    answer = ask(kuma, "/api/status-page/heartbeat/nope")
    assert (answer.status_code, answer.json()) == (200, {"heartbeatList": {}, "uptimeList": {}})


@pytest.mark.parametrize(("version", "status"), [("2.5.3", 200), ("1.23.17", 404)])
def test_version_2_does_not_mind_capitals_in_the_slug(kuma: Kuma, status: int) -> None:
    assert ask(kuma, "/api/status-page/DEFAULT").status_code == status


@pytest.mark.parametrize("version", VERSIONS)
def test_the_page_lists_groups_and_hides_what_is_private(kuma: Kuma) -> None:
    groups = {group["name"]: [one["name"] for one in group["monitorList"]] for group in page(kuma)["publicGroupList"]}
    assert groups["Media"] == ["Media group", "Plex", "Overseerr"]
    assert groups["Network"][:2] == ["Router", "NAS"]
    assert not any("cellar" in name for names in groups.values() for name in names)


@pytest.mark.parametrize("version", VERSIONS)
def test_an_address_is_shown_only_where_that_is_wanted(kuma: Kuma) -> None:
    listed = {one["name"]: one for group in page(kuma)["publicGroupList"] for one in group["monitorList"]}
    assert (listed["Plex"]["sendUrl"], "url" in listed["Plex"]) == (1, True)
    assert (listed["Overseerr"]["sendUrl"], "url" in listed["Overseerr"]) == (0, False)
    assert ("certExpiryDaysRemaining" in listed["Overseerr"]) == (kuma.version != "1.23.17")
    assert (listed["Web door"]["certExpiryDaysRemaining"], listed["Web door"]["validCert"]) == (44, True)


@pytest.mark.parametrize("version", ["1.23.17", "2.0.2"])
def test_old_versions_have_one_incident_or_null(kuma: Kuma) -> None:
    assert page(kuma)["incident"] is None
    first = kuma.post_incident("Slow downloads", "The line is **full**.")
    kuma.post_incident("Second")
    found = page(kuma)
    assert "incidents" not in found
    assert found["incident"]["title"] == "Slow downloads"
    kuma.resolve_incident(first)
    assert page(kuma)["incident"]["title"] == "Second"
    assert ask(kuma, "/api/status-page/default/incident-history").headers["Content-Type"].startswith("text/html")


def test_newer_versions_have_a_list_and_a_history(kuma: Kuma) -> None:
    assert page(kuma)["incidents"] == []
    for number in range(12):
        kuma.advance(60)
        kuma.post_incident(f"Notice {number}")
    kuma.resolve_incident(1)
    found = page(kuma)
    assert "incident" not in found
    assert len(found["incidents"]) == 11
    history = ask(kuma, "/api/status-page/default/incident-history").json()
    assert (history["ok"], history["total"], history["hasMore"], len(history["incidents"])) == (True, 12, True, 10)
    assert history["incidents"][0]["title"] == "Notice 11"
    rest = ask(kuma, "/api/status-page/default/incident-history", params={"cursor": history["nextCursor"]}).json()
    assert [one["title"] for one in rest["incidents"]] == ["Notice 1", "Notice 0"]
    assert (rest["hasMore"], rest["nextCursor"]) == (False, None)
    assert ask(kuma, "/api/status-page/nope/incident-history").status_code == 404


@pytest.mark.parametrize(("version", "kept"), [("1.23.17", 50), ("2.5.3", 100)])
def test_the_last_beats_oldest_first_in_utc_without_a_zone(kuma: Kuma, kept: int) -> None:
    found = beats(kuma, "Plex")
    assert len(found) == kept
    times = [beat["time"] for beat in found]
    assert times == sorted(times)
    assert len(times[0]) == len("2026-11-20 17:44:17.662")
    assert {beat["msg"] for beat in found} == {""}
    assert all(isinstance(beat["ping"], int) for beat in found)


def test_an_outage_is_seen_at_once_although_answers_are_kept(kuma: Kuma) -> None:
    before = beats(kuma, "Plex")
    kuma.advance(30)
    kuma.set("Plex", "down")
    after = beats(kuma, "Plex")
    assert (after[-1]["status"], after[-1]["ping"]) == (0, None)
    assert after[-1]["time"] > before[-1]["time"]


def test_answers_are_kept_for_a_minute_unless_asked_around(kuma: Kuma) -> None:
    first = beats(kuma, "Plex")
    kuma.advance(59)
    kuma.set("Plex", Status.UP, ping=900)
    assert beats(kuma, "Plex") == first
    around = {"x-apicache-bypass": "true"}
    assert beats(kuma, "Plex", **around)[-1]["ping"] >= 900
    assert beats(kuma, "Plex") == first
    kuma.advance(2)
    assert beats(kuma, "Plex") != first


def test_an_unchanged_answer_is_304(kuma: Kuma) -> None:
    first = ask(kuma, "/api/status-page/heartbeat/default")
    again = ask(kuma, "/api/status-page/heartbeat/default", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    kuma.set("Plex", "down")
    changed = ask(kuma, "/api/status-page/heartbeat/default", headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200


def test_a_paused_monitor_keeps_its_last_beat_for_ever(kuma: Kuma) -> None:
    kuma.set("NAS", "down")
    kuma.pause("NAS")
    last = beats(kuma, "NAS")[-1]
    kuma.advance(3600)
    assert beats(kuma, "NAS")[-1] == last
    assert beats(kuma, "Plex")[-1]["time"] > last["time"]
    kuma.pause("NAS", False)
    assert beats(kuma, "NAS", **{"x-apicache-bypass": "true"})[-1]["time"] > last["time"]


def test_a_monitor_never_checked_has_no_beats_and_no_uptime(kuma: Kuma) -> None:
    assert beats(kuma, "Garden camera") == []
    assert ratio(kuma, "Garden camera") == 0


def test_a_group_repeats_its_members(kuma: Kuma) -> None:
    kuma.set("Overseerr", "down")
    assert beats(kuma, "Media group")[-1]["status"] == Status.DOWN
    kuma.set("Overseerr", "up")
    assert beats(kuma, "Media group")[-1]["status"] == Status.UP


@pytest.mark.parametrize(("version", "counts"), [("1.23.17", True), ("2.5.3", False)])
def test_maintenance_counts_as_up_only_in_version_1(kuma: Kuma, counts: bool) -> None:
    kuma.set("NAS", "maintenance")
    kuma.advance(25 * 3600)
    assert (ratio(kuma, "NAS") > 0.99) is counts
    assert (
        beats(kuma, "NAS", **{"x-apicache-bypass": "true"})[-1] | {"status": 3, "ping": None}
        == (beats(kuma, "NAS")[-1])
    )


def test_pending_counts_as_down(kuma: Kuma) -> None:
    before = ratio(kuma, "Plex")
    kuma.set("Plex", "pending")
    kuma.advance(3600)
    assert ratio(kuma, "Plex") < before - 0.03


def test_a_maintenance_is_told_without_its_monitors(kuma: Kuma) -> None:
    kuma.start_maintenance("Disk swap", ["NAS"], "Replacing **disk 2**")
    told = page(kuma)["maintenanceList"]
    assert [(one["title"], one["status"]) for one in told] == [("Disk swap", "under-maintenance")]
    assert "NAS" not in str(told)
    kuma.end_maintenance()
    assert page(kuma)["maintenanceList"] == []
    assert beats(kuma, "NAS")[-1]["status"] == Status.UP


@pytest.mark.parametrize("user", ["", "admin", "whoever"])
def test_metrics_open_to_the_key_under_any_name(kuma: Kuma, user: str) -> None:
    assert ask(kuma, "/metrics", auth=(user, kuma.key)).status_code == 200


@pytest.mark.parametrize("password", [None, "", "admin"])
def test_metrics_refuse_with_an_empty_answer(kuma: Kuma, password: str | None) -> None:
    answer = ask(kuma, "/metrics", auth=None if password is None else ("admin", password))
    assert (answer.status_code, answer.content) == (401, b"")


def test_metrics_asked_too_often_refuse_the_right_key_too(kuma: Kuma) -> None:
    answers = [ask(kuma, "/metrics", auth=("", kuma.key)).status_code for _ in range(61)]
    assert answers == [200] * 60 + [401]
    kuma.advance(61)
    assert ask(kuma, "/metrics", auth=("", kuma.key)).status_code == 200


def test_metrics_are_open_when_kuma_has_no_sign_in(kuma: Kuma) -> None:
    kuma.control({"open_metrics": True})
    assert ask(kuma, "/metrics").status_code == 200


@pytest.mark.parametrize("version", VERSIONS)
def test_the_labels_of_each_version(kuma: Kuma, version: str) -> None:
    plex = metrics(kuma, "monitor_status")["Plex"]
    assert list(plex)[:2] == (["monitor_name", "monitor_type"] if version[0] == "1" else ["medianest", "monitor_id"])
    assert (plex["monitor_port"], plex[""]) == ("null", Status.UP)
    assert bool(metrics(kuma, "monitor_uptime_ratio")) is (version == "2.5.3")


def test_metrics_know_private_monitors_and_no_paused_ones(kuma: Kuma) -> None:
    names = metrics(kuma, "monitor_status")
    assert 'Private "cellar", 🔒' in names
    assert "Old printer" not in names
    assert "Garden camera" not in names
    kuma.set("Plex", "down")
    assert metrics(kuma, "monitor_response_time")["Plex"][""] == -1


def test_metrics_forget_at_a_restart_until_the_next_beat(kuma: Kuma) -> None:
    kuma.restart()
    assert metrics(kuma, "monitor_status") == {}
    kuma.advance(61)
    names = metrics(kuma, "monitor_status")
    assert "Plex" in names
    assert "MediaNest scheduler" not in names


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_push_is_a_beat(kuma: Kuma, method: str) -> None:
    answer = ask(kuma, f"/api/push/{PUSH_CODE}", method, params={"status": "up", "msg": "fine", "ping": 12})
    assert (answer.status_code, answer.json()) == (200, {"ok": True})
    assert [(one.status, one.msg, one.ping, one.method) for one in kuma.pushes] == [("up", "fine", 12, method)]
    assert beats(kuma, "MediaNest scheduler")[-1] | {"status": 1, "ping": 12} == beats(kuma, "MediaNest scheduler")[-1]


def test_a_push_without_a_monitor_is_404(kuma: Kuma) -> None:
    answer = ask(kuma, "/api/push/unknown")
    assert (answer.status_code, answer.json()["ok"]) == (404, False)
    kuma.pause("MediaNest scheduler")
    assert ask(kuma, f"/api/push/{PUSH_CODE}").status_code == 404
    assert kuma.pushes == []


def test_webhooks_tell_of_an_outage_and_its_end(kuma: Kuma) -> None:
    with Receiver() as receiver:
        kuma.send_webhooks_to(receiver.url, {"X-Hook-Secret": "abc"})
        kuma.send_test()
        kuma.set("Overseerr", "pending")
        kuma.set("Router", "maintenance")
        kuma.set("NAS", "down", msg="ECONNREFUSED")
        kuma.set("NAS", "down")
        kuma.set("NAS", "up")
        assert [one.status for one in kuma.sent] == [200, 200, 200]
    headers, test = receiver.received[0]
    assert (headers["x-hook-secret"], headers["user-agent"]) == ("abc", "Uptime-Kuma/2.5.3")
    assert (test["heartbeat"], test["monitor"]) == (None, None)
    down, up = receiver.received[1][1], receiver.received[2][1]
    assert (down["heartbeat"]["status"], down["msg"]) == (0, "[NAS] [🔴 Down] ECONNREFUSED")
    assert "ping" not in down["heartbeat"]
    assert (up["heartbeat"]["status"], up["monitor"]["name"]) == (1, "NAS")
    assert up["heartbeat"]["lastDownTime"] >= down["heartbeat"]["time"]


def test_a_webhook_that_nobody_takes_is_lost(kuma: Kuma) -> None:
    kuma.send_webhooks_to("http://127.0.0.1:9/hook")
    kuma.set("NAS", "down")
    assert [one.status for one in kuma.sent] == [None]


def test_it_is_controlled_from_outside(kuma: Kuma) -> None:
    told = kuma.control({"set": {"name": "Plex", "status": "down"}, "incident": {"title": "Plex is ill"}})
    assert told["monitors"]["Plex"] == "down"
    assert page(kuma)["incidents"][0]["title"] == "Plex is ill"
    kuma.control({"pause": "NAS", "resolve": 1, "maintenance": {"title": "Disk", "names": ["Router"]}})
    assert kuma.state()["monitors"] | {"NAS": "paused", "Router": "maintenance"} == kuma.state()["monitors"]
    assert page(kuma)["incidents"] == []
    kuma.control({"resume": "NAS", "end_maintenance": True, "restart": True, "advance": 60, "caches": False})
    assert kuma.state()["monitors"]["Router"] == "up"
    for wrong in ({"nonsense": 1}, {"pause": "Nobody"}):
        with pytest.raises(KeyError):
            kuma.control(wrong)


def test_it_can_be_switched(kuma: Kuma) -> None:
    kuma.turn(Mode.ERROR)
    assert ask(kuma, "/api/entry-page").status_code == 500
    kuma.turn(Mode.UP)
    assert ask(kuma, "/api/entry-page").status_code == 200
