"""Uptime Kuma: one of its status pages, and with an API key its metrics.

Its HTTP surface is internal and differs between versions: 1.x and 2.0 name one `incident`, 2.1 and newer a list of
`incidents`; an unknown page's heartbeats are 200 with nothing in it, so the page itself is asked first.
"""

from __future__ import annotations

import base64
import dataclasses
import itertools
import statistics
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from django import forms
from django.core.validators import RegexValidator
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from prometheus_client.parser import text_string_to_metric_families

from medianest.lib.http import Client, Malformed, not_the_service
from services.providers import base, registry
from services.providers.base import CanReportMonitors, Identity, Monitor, MonitorState, Notice, NotSetUp, Report

_STATES = {
    0: MonitorState.DOWN,
    1: MonitorState.UP,
    2: MonitorState.CHECKING,
    3: MonitorState.MAINTENANCE,
}
_SILENT_AFTER = 300.0  # seconds


@dataclasses.dataclass(frozen=True)
class Figures:
    """A monitor in `/metrics`: ratios by window (`1d`, `30d`, `365d`), milliseconds, days; None for what is missing."""

    name: str
    key: str
    state: MonitorState
    response_ms: int | None
    certificate_days: int | None
    uptime: dict[str, float]


class KumaSettingsForm(base.SettingsForm):
    slug = forms.CharField(
        label=gettext_lazy("Status page"),
        max_length=100,
        initial="default",
        validators=[
            RegexValidator(r"\A[A-Za-z0-9-]+\Z", gettext_lazy("Only letters, digits and “-”: the end of its address."))
        ],
        help_text=gettext_lazy("The end of the page's address: in /status/default it is “default”."),
    )


@registry.declare
class UptimeKuma(base.Provider, CanReportMonitors):
    kind = "uptime-kuma"
    label = "Uptime Kuma"
    icon = "activity"
    purpose = gettext_lazy("Watches your other machines. MediaNest looks at whether it answers.")
    when_away = gettext_lazy("Nothing in MediaNest depends on it yet. Everything works.")
    address_example = "http://192.168.1.20:3001"
    key_label = gettext_lazy("API key")
    key_help = gettext_lazy("Only needed for uptime over 30 days and for monitors on no status page.")
    needs_key = False
    SettingsForm = KumaSettingsForm

    def identify(self) -> Identity:
        with self.looking() as client:
            entry = client.get("/api/entry-page").json()
            if not isinstance(entry, dict) or "type" not in entry:
                raise not_the_service(self.label)
            version = _generation(self._page(client))
            if self.connection.key:
                version = self._metrics(client)[0] or version
        return Identity(self.label, version)

    def report(self) -> Report:
        with self.client(attempts=2) as client:
            page = self._page(client)
            beats = client.get(f"/api/status-page/heartbeat/{self._slug}").json()
        return read_report(page, beats, now=timezone.now())

    def figures(self) -> list[Figures]:
        """Every monitor that was checked since Uptime Kuma started. Needs the API key."""
        with self.client(attempts=2) as client:
            return self._metrics(client)[1]

    @property
    def _slug(self) -> str:
        return quote(str(self.connection.settings.get("slug") or "default").lower(), safe="")

    def _page(self, client: Client) -> dict[str, Any]:
        answer = client.get(f"/api/status-page/{self._slug}", accept=(404,))
        page = answer.json()
        if answer.status == 404 or not isinstance(page, dict) or "publicGroupList" not in page:
            raise NotSetUp(_("Uptime Kuma has no status page called “%(slug)s”.") % {"slug": self._slug})
        return page

    def _metrics(self, client: Client) -> tuple[str, list[Figures]]:
        signature = base64.b64encode(f":{self.connection.key}".encode()).decode()
        return read_metrics(client.get("/metrics", headers={"Authorization": f"Basic {signature}"}).text)


def _generation(page: dict[str, Any]) -> str:
    """The version as far as a status page's shape shows it."""
    if "incidents" in page:
        return "2.1+"
    config = page.get("config")
    return "2.0" if isinstance(config, dict) and "autoRefreshInterval" in config else "1"


# --- the status page ------------------------------------------------------------------------------------------------------
def read_report(page: Any, beats: Any, *, now: datetime) -> Report:
    """A report from a status page and its heartbeats, as 1.23 up to 2.5 give them. Raises Malformed for anything else."""
    try:
        incidents = page["incidents"] if "incidents" in page else [page.get("incident")]
        return Report(
            title=str(page["config"]["title"]),
            monitors=tuple(_monitors(page["publicGroupList"], beats["heartbeatList"], beats["uptimeList"], now)),
            incidents=tuple(_notice(incident, "content", incident["style"]) for incident in incidents if incident),
            maintenance=tuple(_notice(one, "description", "info") for one in page["maintenanceList"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Malformed(_("Uptime Kuma gave an answer that MediaNest does not understand.")) from None


def _notice(raw: dict[str, Any], text: str, style: str) -> Notice:
    return Notice(title=str(raw["title"]), text=str(raw.get(text) or ""), style=str(style))


def _monitors(
    groups: list[dict[str, Any]], beats: dict[str, list[dict[str, Any]]], uptimes: dict[str, float], now: datetime
) -> Iterator[Monitor]:
    """In the page's order. What groups its children is left out: it would count them twice."""
    for group in groups:
        for monitor in group["monitorList"]:
            if monitor.get("type") == "group":
                continue
            key = str(monitor["id"])
            own = beats.get(key) or []
            uptime = uptimes.get(f"{key}_24")
            yield Monitor(
                key=key,
                name=str(monitor["name"]),
                group=str(group["name"]),
                state=_state(own, now),
                response_ms=round(own[-1]["ping"]) if own and own[-1].get("ping") is not None else None,
                checked_at=_moment(own[-1]["time"]) if own else None,
                uptime_24h=float(uptime) if uptime is not None and own else None,
            )


def _state(beats: list[dict[str, Any]], now: datetime) -> MonitorState:
    """The newest beat's state; a paused monitor keeps its last beat for ever, so a stale one says nothing."""
    if not beats:
        return MonitorState.UNKNOWN
    moments = [_moment(beat["time"]) for beat in beats]
    gaps = [(later - earlier).total_seconds() for earlier, later in itertools.pairwise(moments)]
    patience = max(3 * statistics.median(gaps), _SILENT_AFTER) if gaps else _SILENT_AFTER
    if (now - moments[-1]).total_seconds() > patience:
        return MonitorState.UNKNOWN
    return _STATES.get(beats[-1]["status"], MonitorState.UNKNOWN)


def _moment(text: str) -> datetime:
    """`2026-11-20 17:44:17.611`, which is UTC though it does not say so."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# --- the metrics ----------------------------------------------------------------------------------------------------------
def read_metrics(text: str) -> tuple[str, list[Figures]]:
    """The version and every monitor's figures from `/metrics`. Raises Malformed for what is no such text."""
    version, monitors = "", dict[str, dict[str, Any]]()
    try:
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                if sample.name == "app_version":
                    version = sample.labels.get("version", "")
                elif sample.name.startswith("monitor_"):
                    _note(monitors, sample.name, sample.labels, sample.value)
    except (ValueError, KeyError, IndexError):
        raise Malformed(_("Uptime Kuma gave an answer that MediaNest does not understand.")) from None
    if not version and not monitors:
        raise not_the_service("Uptime Kuma")
    return version, [_figures(key, values) for key, values in monitors.items() if "monitor_status" in values]


def _note(monitors: dict[str, dict[str, Any]], name: str, labels: dict[str, str], value: float) -> None:
    """Labels are told apart by name: 1.x has no id, and every tag is a label of its own."""
    key = labels.get("monitor_id") or labels["monitor_name"]
    values = monitors.setdefault(key, {"name": labels["monitor_name"], "uptime": {}})
    if name == "monitor_uptime_ratio":
        values["uptime"][labels["window"]] = value
    elif "window" not in labels:
        values[name] = value


def _figures(key: str, values: dict[str, Any]) -> Figures:
    response, days = values.get("monitor_response_time", -1), values.get("monitor_cert_days_remaining")
    return Figures(
        name=values["name"],
        key=key,
        state=_STATES.get(int(values["monitor_status"]), MonitorState.UNKNOWN),
        response_ms=round(response) if response >= 0 else None,
        certificate_days=int(days) if days is not None else None,
        uptime=values["uptime"],
    )
