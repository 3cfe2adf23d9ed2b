"""The simulated Uptime Kuma's answers against ones recorded from real installations."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families

from sandbox.kuma import Kuma
from sandbox.tests.receiver import Receiver

RECORDINGS = Path(__file__).resolve().parents[2].parent / "shared" / "reference" / "uptime-kuma"

pytestmark = pytest.mark.skipif(
    not RECORDINGS.exists(),
    reason="the folder shared/reference/uptime-kuma with recorded answers is not beside the checkout",
)

Shape = dict[str, set[str]]

# Recorded were a page without valid certificates and one without a tag that has no value.
ALSO = {"/publicGroupList/[]/monitorList/[]/certExpiryDaysRemaining": {"number"}}
# In version 1 no monitor of the recording had a tag or an address to show.
UNRECORDED_V1 = ("/publicGroupList/[]/monitorList/[]/tags/[]", "/publicGroupList/[]/monitorList/[]/url")


def shape(value: object, at: str = "", found: Shape | None = None) -> Shape:
    """Every place in a JSON value with the types seen there; numbers as keys and places in lists are alike."""
    found = {} if found is None else found
    kinds = {dict: "object", list: "list", str: "string", bool: "boolean", int: "number", float: "number"}
    found.setdefault(at, set()).add("null" if value is None else kinds[type(value)])
    if isinstance(value, dict):
        for key, inner in value.items():
            name = "<id>" if key.isdigit() else "<id>_24" if key.endswith("_24") else key
            shape(inner, f"{at}/{name}", found)
    elif isinstance(value, list):
        for inner in value:
            shape(inner, f"{at}/[]", found)
    return found


def recorded(*names: str) -> Shape:
    found: Shape = {}
    for name in names:
        shape(json.loads((RECORDINGS / name).read_text(encoding="utf-8")), found=found)
    return found


def lies(simulated: Shape, real: Shape) -> list[str]:
    """Places that one has and the other has not, and types never seen."""
    missing = [f"missing {at}" for at in real.keys() - simulated.keys()]
    invented = [f"invented {at}" for at in simulated.keys() - real.keys()]
    wrong = [
        f"{at} is {kinds}, was {real[at]}"
        for at, kinds in simulated.items()
        if at in real and not kinds <= real[at] | ALSO.get(at, set())
    ]
    return sorted(missing + invented + wrong)


def started(version: str) -> Iterator[Kuma]:
    server = Kuma(version=version)
    server.start()
    server.post_incident("Slow downloads", "The line is full.")
    if version[0] == "2":
        server.post_incident("Second notice", "Two at once.", "info")
        server.start_maintenance("Disk swap", ["NAS"], "Replacing disk 2")
    server.set("Overseerr", "down")
    yield server
    server.stop()


@pytest.fixture
def kuma() -> Iterator[Kuma]:
    yield from started("2.5.3")


@pytest.fixture
def old_kuma() -> Iterator[Kuma]:
    yield from started("1.23.17")


def ask(kuma: Kuma, path: str, status: int = 200) -> Any:
    answer = httpx2.get(kuma.url + path, trust_env=False, verify=False, timeout=5)
    assert answer.status_code == status
    return answer.json()


@pytest.mark.parametrize(
    ("path", "status", "names"),
    [
        ("/api/entry-page", 200, ["api_entry-page.json"]),
        ("/api/status-page/default", 200, ["api_status-page_default.json", "api_status-page_media.json"]),
        ("/api/status-page/nope", 404, ["api_status-page_nope.json"]),
        (
            "/api/status-page/heartbeat/default",
            200,
            ["api_status-page_heartbeat_default.json", "api_status-page_heartbeat_default_during_outage.json"],
        ),
        ("/api/status-page/heartbeat/nope", 200, ["api_status-page_heartbeat_nope.json"]),
        ("/api/status-page/default/incident-history", 200, ["api_status-page_default_incident-history.json"]),
        ("/api/status-page/default/manifest.json", 200, ["api_status-page_default_manifest.json.json"]),
    ],
)
def test_version_2_answers_as_recorded(kuma: Kuma, path: str, status: int, names: list[str]) -> None:
    assert lies(shape(ask(kuma, path, status)), recorded(*names)) == []


def test_the_refusals_are_the_recorded_ones_word_for_word(kuma: Kuma) -> None:
    for path, status, name in (
        ("/api/status-page/nope", 404, "api_status-page_nope.json"),
        ("/api/status-page/heartbeat/nope", 200, "api_status-page_heartbeat_nope.json"),
    ):
        assert ask(kuma, path, status) == json.loads((RECORDINGS / name).read_text(encoding="utf-8"))


def test_version_1_answers_as_recorded(old_kuma: Kuma) -> None:
    page = shape(ask(old_kuma, "/api/status-page/default"))
    page = {at: kinds for at, kinds in page.items() if not at.startswith(UNRECORDED_V1)}
    assert lies(page, recorded("v1_api_status-page_default.json")) == []
    beats = shape(ask(old_kuma, "/api/status-page/heartbeat/default"))
    assert lies(beats, recorded("v1_api_status-page_heartbeat_default.json")) == []


def labels(text: str) -> dict[str, set[tuple[str, ...]]]:
    """Families about monitors and the version, with the label names of their samples, tags left out."""
    return {
        family.name: {
            tuple(name for name in sample.labels if name != "medianest" or family.name == "monitor_status")
            for sample in family.samples
        }
        for family in text_string_to_metric_families(text)
        if family.name.startswith(("monitor_", "app_version"))
    }


def test_metrics_have_the_recorded_families_and_labels(kuma: Kuma, old_kuma: Kuma) -> None:
    for server, name in ((kuma, "metrics.txt"), (old_kuma, "v1_metrics.txt")):
        answer = httpx2.get(f"{server.url}/metrics", auth=("", server.key), trust_env=False, verify=False)
        assert labels(answer.text) == labels((RECORDINGS / name).read_text(encoding="utf-8"))


def test_webhooks_have_the_recorded_shape(kuma: Kuma) -> None:
    with Receiver() as receiver:
        kuma.send_webhooks_to(receiver.url, {"X-Hook-Secret": "abc"})
        kuma.send_test()
        kuma.set("Plex", "down")
        kuma.set("Plex", "up")
        assert [one.status for one in kuma.sent if one.body["monitor"] is None] == [200]
    by_title = [body for _, body in receiver.received if body["monitor"] is None or body["monitor"]["name"] == "Plex"]
    for body, number in zip(by_title, (1, 2, 3), strict=True):
        real = json.loads((RECORDINGS / f"webhook_{number}.json").read_text(encoding="utf-8"))["body"]
        assert lies(shape(body), shape(real)) == []


def test_the_check_would_notice_a_lie() -> None:
    real = shape({"a": 1, "b": [{"c": None}]})
    assert lies(shape({"a": "1", "b": [{}], "d": 1}), real) == [
        "/a is {'string'}, was {'number'}",
        "invented /d",
        "missing /b/[]/c",
    ]
