"""The Prometheus page of Uptime Kuma, with the labels of each version."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sandbox.kuma.monitors import BASELINE_WINDOWS, Monitor
from sandbox.kuma.state import State

# A few of the many families that come with Node.js and are no news about any monitor.
_BESIDE = """
# HELP process_cpu_user_seconds_total Total user CPU time spent in seconds.
# TYPE process_cpu_user_seconds_total counter
process_cpu_user_seconds_total 17.52

# HELP nodejs_version_info Node.js version info.
# TYPE nodejs_version_info gauge
nodejs_version_info{version="v22.11.0",major="22",minor="11",patch="0"} 1

# HELP http_request_duration_seconds Duration of HTTP requests in seconds
# TYPE http_request_duration_seconds histogram
http_request_duration_seconds_bucket{le="0.05",method="GET",path="/metrics",status="200"} 3
http_request_duration_seconds_bucket{le="+Inf",method="GET",path="/metrics",status="200"} 3
http_request_duration_seconds_sum{method="GET",path="/metrics",status="200"} 0.013
http_request_duration_seconds_count{method="GET",path="/metrics",status="200"} 3
"""


def page(state: State) -> str:
    """What Kuma remembers since its start of monitors that are not paused."""
    known = [one for one in state.monitors.values() if one.known_since_start and one.beats and not one.paused]
    families = [
        ("monitor_cert_days_remaining", "The number of days remaining until the certificate expires", _cert_days),
        ("monitor_cert_is_valid", "Is the certificate still valid? (1 = Yes, 0= No)", _cert_valid),
    ]
    if state.numbers >= (2, 1):
        families += [
            ("monitor_uptime_ratio", "Uptime ratio of a sliding window (0.0 - 1.0)", _uptime),
            ("monitor_response_time_seconds", "Average response time of a sliding window in seconds", _seconds),
        ]
    families += [
        ("monitor_response_time", "Monitor Response Time (ms)", _response),
        ("monitor_status", "Monitor Status (1 = UP, 0= DOWN, 2= PENDING, 3= MAINTENANCE)", _status),
    ]
    lines = []
    for name, about, values in families:
        lines += [f"# HELP {name} {about}", f"# TYPE {name} gauge"]
        for monitor in known:
            lines += [f"{name}{{{_labels(state, monitor)}{more}}} {value}" for more, value in values(monitor)]
        lines.append("")
    major, minor, patch = [*state.version.split("."), "0", "0"][:3]
    lines += [
        "# HELP app_version The service version by package.json",
        "# TYPE app_version gauge",
        f'app_version{{version="{state.version}",major="{major}",minor="{minor}",patch="{patch}"}} 1',
    ]
    return "\n".join(lines) + "\n" + _BESIDE


def _labels(state: State, monitor: Monitor) -> str:
    found: dict[str, str] = {}
    if state.numbers >= (2, 0):
        found |= {re.sub(r"[^A-Za-z0-9_]", "", tag.name): tag.value for tag in monitor.tags}
        found["monitor_id"] = str(monitor.monitor_id)
    found |= {
        "monitor_name": monitor.name,
        "monitor_type": monitor.type,
        "monitor_url": monitor.url or "null",
        "monitor_hostname": monitor.hostname or "null",
        "monitor_port": str(monitor.port or "null"),
    }
    return ",".join(f'{name}="{_escaped(value)}"' for name, value in found.items())


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


def _cert_days(monitor: Monitor) -> Iterator[tuple[str, float]]:
    if monitor.cert_days is not None:
        yield "", monitor.cert_days


def _cert_valid(monitor: Monitor) -> Iterator[tuple[str, float]]:
    if monitor.cert_days is not None:
        yield "", int(monitor.cert_valid)


def _uptime(monitor: Monitor) -> Iterator[tuple[str, float]]:
    day = monitor.uptime(first_version=False)
    for window, value in zip(BASELINE_WINDOWS, (day, (day + monitor.baseline) / 2, monitor.baseline), strict=True):
        yield f',window="{window}"', value


def _seconds(monitor: Monitor) -> Iterator[tuple[str, float]]:
    pings = [beat.ping for beat in monitor.beats if beat.ping is not None]
    for window in BASELINE_WINDOWS:
        yield f',window="{window}"', sum(pings) / len(pings) / 1000 if pings else 0


def _response(monitor: Monitor) -> Iterator[tuple[str, float]]:
    ping = monitor.beats[-1].ping
    yield "", -1 if ping is None else ping


def _status(monitor: Monitor) -> Iterator[tuple[str, float]]:
    yield "", int(monitor.beats[-1].status)
