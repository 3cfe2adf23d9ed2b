"""The webhook of Uptime Kuma 2: heartbeat, monitor and a sentence."""

from __future__ import annotations

import datetime
from typing import Any

from sandbox.kuma.monitors import Beat, Monitor, Status

# Settings that no monitor of the sandbox changes, as a new monitor has them.
_UNCHANGED: dict[str, Any] = {
    "description": None,
    "wsIgnoreSecWebsocketAcceptHeader": False,
    "wsSubprotocol": "",
    "method": "GET",
    "location": None,
    "protocol": None,
    "maxretries": 0,
    "forceInactive": False,
    "subtype": None,
    "timeout": 48,
    "retryOnlyOnStatusCodeFailure": False,
    "resendInterval": 0,
    "keyword": None,
    "invertKeyword": False,
    "expiryNotification": False,
    "domainExpiryNotification": False,
    "ignoreTls": False,
    "upsideDown": False,
    "packetSize": 56,
    "maxredirects": 10,
    "accepted_statuscodes": ["200-299"],
    "dns_resolve_type": "A",
    "dns_resolve_server": "1.1.1.1",
    "dns_last_result": None,
    "docker_container": None,
    "docker_host": None,
    "proxyId": None,
    "notificationIDList": {"1": True},
    "mqttTopic": None,
    "mqttSuccessMessage": None,
    "mqttCheckType": "keyword",
    "databaseQuery": None,
    "authMethod": None,
    "grpcUrl": None,
    "grpcProtobuf": None,
    "grpcMethod": None,
    "grpcServiceName": None,
    "grpcEnableTls": False,
    "radiusCalledStationId": None,
    "radiusCallingStationId": None,
    "game": None,
    "gamedigGivenPortOnly": True,
    "httpBodyEncoding": "json",
    "jsonPath": None,
    "expectedValue": None,
    "system_service_name": None,
    "kafkaProducerTopic": None,
    "kafkaProducerBrokers": [],
    "kafkaProducerSsl": False,
    "kafkaProducerAllowAutoTopicCreation": False,
    "kafkaProducerMessage": None,
    "screenshot": None,
    "cacheBust": False,
    "remote_browser": None,
    "screenshot_delay": 0,
    "snmpOid": None,
    "jsonPathOperator": None,
    "snmpVersion": "2c",
    "smtpSecurity": None,
    "rabbitmqNodes": [],
    "conditions": [],
    "ntpStratumThreshold": 5,
    "ntpTimeOffsetThreshold": 1000,
    "ntpRootDispersionThreshold": 500,
    "ipFamily": None,
    "expectedTlsAlert": None,
    "ping_numeric": True,
    "ping_count": 1,
    "ping_per_request_timeout": 2,
    "saveResponse": False,
    "saveErrorResponse": True,
    "responseMaxLength": 1024,
    "includeSensitiveData": False,
}


def stamp(time: datetime.datetime) -> str:
    """UTC with milliseconds and without a zone mark, as Kuma writes times."""
    return time.strftime("%Y-%m-%d %H:%M:%S.") + f"{time.microsecond // 1000:03}"


def message(status: Status) -> str:
    return {
        Status.UP: "200 - OK",
        Status.DOWN: "Request failed with status code 503",
        Status.PENDING: "timeout of 48000ms exceeded",
        Status.MAINTENANCE: "Monitor under maintenance",
    }[status]


def test_body() -> dict[str, Any]:
    """What the test button sends: no heartbeat and no monitor."""
    return {"heartbeat": None, "monitor": None, "msg": "MediaNest webhook Testing"}


def webhook_body(monitor: Monitor, parent: Monitor | None, beat: Beat, ended: Beat | None) -> dict[str, Any]:
    """An outage, or its end when `ended` is the last beat of it."""
    heartbeat: dict[str, Any] = {
        "monitorID": monitor.monitor_id,
        "status": int(beat.status),
        "time": stamp(beat.time),
        "msg": beat.msg,
        "important": True,
        "retries": 0 if beat.status is Status.UP else 1,
        "timezone": "UTC",
        "timezoneOffset": "+00:00",
        "localDateTime": stamp(beat.time)[:19],
    }
    if beat.status is Status.UP:
        heartbeat |= {"ping": beat.ping}
    else:
        heartbeat |= {"response": "down"}
    if ended is not None:
        heartbeat |= {"lastDownTime": stamp(ended.time)}
    mark = "✅ Up" if beat.status is Status.UP else "🔴 Down"
    return {
        "heartbeat": heartbeat,
        "monitor": _described(monitor, parent),
        "msg": f"[{monitor.name}] [{mark}] {beat.msg}",
    }


def _described(monitor: Monitor, parent: Monitor | None) -> dict[str, Any]:
    path = [one.name for one in (parent, monitor) if one is not None]
    tags = [
        {
            "tag_id": tag.tag_id,
            "monitor_id": monitor.monitor_id,
            "value": tag.value,
            "name": tag.name,
            "color": tag.color,
        }
        for tag in monitor.tags
    ]
    return _UNCHANGED | {
        "id": monitor.monitor_id,
        "name": monitor.name,
        "path": path,
        "pathName": " / ".join(path),
        "parent": monitor.parent,
        "childrenIDs": [],
        "url": monitor.url,
        "hostname": monitor.hostname,
        "port": monitor.port,
        "weight": 2000,
        "active": not monitor.paused,
        "type": monitor.type,
        "interval": monitor.interval,
        "retryInterval": monitor.interval,
        "tags": tags,
        "maintenance": monitor.status is Status.MAINTENANCE,
    }
