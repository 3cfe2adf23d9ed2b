"""What Uptime Kuma tells everybody: the status page and its heartbeats."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox.kuma.access import state
from sandbox.kuma.monitors import Monitor
from sandbox.kuma.payload import stamp
from sandbox.kuma.state import Incident, State

views = Blueprint("pages", __name__)

PAGE_CACHE, BEAT_CACHE = 300, 60  # seconds
HISTORY_PAGE = 10


@views.get("/api/entry-page")
def entry_page() -> Response:
    return jsonify(type="entryPage", entryPage="dashboard")


def known(slug: str) -> bool:
    """Version 2 does not mind capital letters."""
    current = state()
    return (slug.lower() if current.numbers >= (2, 0) else slug) == current.slug


def _missing() -> Response:
    answer = jsonify(status="fail", msg="Status Page Not Found")
    answer.status_code = 404
    return answer


def _cached(seconds: int, make: Callable[[], dict[str, Any]]) -> Response:
    """The answer as it was up to `seconds` ago, with an ETag; a status change or the bypass header renews it."""
    current = state()
    with current.lock:
        old = current.cache.get(request.path)
        bypass = request.headers.get("x-apicache-bypass") == "true" or not current.caches
        if old is None or bypass or old[0] <= current.now():
            current.catch_up()
            old = (current.now() + datetime.timedelta(seconds=seconds), make())
            if not bypass:
                current.cache[request.path] = old
    answer = jsonify(old[1])
    answer.add_etag(weak=True)
    return answer.make_conditional(request)  # type: ignore[return-value]


@views.get("/api/status-page/<slug>")
def status_page(slug: str) -> Response:
    return _cached(PAGE_CACHE, _page) if known(slug) else _missing()


def _page() -> dict[str, Any]:
    current = state()
    body: dict[str, Any] = {"config": _config(current)}
    shown = [one for one in current.incidents if one.active and one.pin]
    if current.numbers >= (2, 1):
        body["incidents"] = [_incident(one) for one in shown]
    else:
        body["incident"] = _old_incident(current, shown[0]) if shown else None
    groups = dict.fromkeys(one.group for one in current.monitors.values() if one.group)
    body["publicGroupList"] = [
        {
            "id": number,
            "name": group,
            "weight": number,
            "monitorList": [_listed(current, one) for one in current.monitors.values() if one.group == group],
        }
        for number, group in enumerate(groups, start=1)
    ]
    body["maintenanceList"] = [
        _maintenance(one.maintenance_id, one.title, one.description) for one in current.maintenances
    ]
    return body


def _config(current: State) -> dict[str, Any]:
    config: dict[str, Any] = {
        "slug": current.slug,
        "title": "Services at home",
        "description": "Everything that hums in the cellar",
        "icon": "/icon.svg",
        "theme": "auto",
        "published": True,
        "showTags": True,
        "customCSS": None,
        "footerText": "",
        "showPoweredBy": True,
        "showCertificateExpiry": True,
    }
    if current.numbers < (2, 0):
        return config | {"description": None, "footerText": None, "googleAnalyticsId": None}
    config |= {
        "autoRefreshInterval": 60,
        "analyticsId": None,
        "analyticsScriptUrl": None,
        "analyticsType": None,
        "showOnlyLastHeartbeat": False,
    }
    return config | ({"rssTitle": None} if current.numbers >= (2, 1) else {})


def _listed(current: State, monitor: Monitor) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": monitor.monitor_id,
        "name": monitor.name,
        "sendUrl": int(monitor.send_url),
        "type": monitor.type,
        "tags": [
            {
                "id": tag.tag_id,
                "monitor_id": monitor.monitor_id,
                "tag_id": tag.tag_id,
                "value": tag.value,
                "name": tag.name,
                "color": tag.color,
            }
            for tag in monitor.tags
        ],
    }
    if monitor.send_url:
        found["url"] = monitor.url
    if current.numbers >= (2, 0) or monitor.cert_days is not None:
        found["certExpiryDaysRemaining"] = "" if monitor.cert_days is None else monitor.cert_days
        found["validCert"] = monitor.cert_valid
    return found


def _incident(one: Incident) -> dict[str, Any]:
    return {
        "id": one.incident_id,
        "style": one.style,
        "title": one.title,
        "content": one.content,
        "pin": one.pin,
        "active": one.active,
        "createdDate": stamp(one.created)[:19],
        "lastUpdatedDate": None,
        "status_page_id": 1,
    }


def _old_incident(current: State, one: Incident) -> dict[str, Any]:
    """Before version 2.1 there is at most one; before 2.0 `pin` is a number."""
    found = _incident(one)
    del found["active"], found["status_page_id"]
    return found if current.numbers >= (2, 0) else found | {"pin": int(one.pin)}


def _maintenance(number: int, title: str, description: str) -> dict[str, Any]:
    midnight = {"hours": 0, "minutes": 0}
    return {
        "id": number,
        "title": title,
        "description": description,
        "strategy": "manual",
        "intervalDay": 1,
        "active": True,
        "dateRange": [None],
        "timeRange": [midnight, midnight],
        "weekdays": [],
        "daysOfMonth": [],
        "timeslotList": [],
        "cron": "",
        "duration": None,
        "durationMinutes": 0,
        "timezone": "UTC",
        "timezoneOption": "UTC",
        "timezoneOffset": "+00:00",
        "status": "under-maintenance",
    }


@views.get("/api/status-page/heartbeat/<slug>")
def heartbeats(slug: str) -> Response:
    """An unknown page has no heartbeats, and that is no error."""
    if not known(slug):
        return jsonify(heartbeatList={}, uptimeList={})
    return _cached(BEAT_CACHE, _beats)


def _beats() -> dict[str, Any]:
    current = state()
    first = current.numbers < (2, 0)
    listed = [one for one in current.monitors.values() if one.group]
    return {
        "heartbeatList": {
            str(one.monitor_id): [
                {"status": int(beat.status), "time": stamp(beat.time), "msg": "", "ping": beat.ping}
                for beat in one.beats[-50 if first else -100 :]
            ]
            for one in listed
        },
        "uptimeList": {f"{one.monitor_id}_24": one.uptime(first) for one in listed},
    }


@views.get("/api/status-page/<slug>/incident-history")
def incident_history(slug: str) -> Response:
    current = state()
    if current.numbers < (2, 1):
        return dashboard()
    if not known(slug):
        return _missing()
    newest = sorted(current.incidents, key=lambda one: one.created, reverse=True)
    cursor = request.args.get("cursor", "")
    rest = [one for one in newest if not cursor or stamp(one.created) < cursor]
    shown, more = rest[:HISTORY_PAGE], len(rest) > HISTORY_PAGE
    return jsonify(
        ok=True,
        incidents=[_incident(one) for one in shown],
        total=len(newest),
        nextCursor=stamp(shown[-1].created) if more else None,
        hasMore=more,
    )


@views.get("/api/status-page/<slug>/manifest.json")
def manifest(slug: str) -> Response:
    if not known(slug):
        return _missing()
    icons = [{"src": "/icon.svg", "sizes": "128x128", "type": "image/png"}]
    return jsonify(name="Services at home", start_url=f"/status/{slug}", display="standalone", icons=icons)


@views.get("/", defaults={"path": ""})
@views.get("/<path:path>")
def dashboard(path: str = "") -> Response:
    """Whatever else is asked for gets the web application's page, and 200."""
    return Response(
        "<!doctype html><html lang=en><title>Uptime Kuma</title><div id=app></div></html>", mimetype="text/html"
    )
