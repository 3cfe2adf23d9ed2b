"""What Uptime Kuma tells those with a key or a token: metrics and pushes."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from sandbox.kuma import metrics
from sandbox.kuma.access import may_read_metrics, state
from sandbox.kuma.monitors import Status
from sandbox.kuma.state import Push

views = Blueprint("private", __name__)


@views.get("/metrics")
def metrics_page() -> Response:
    if not may_read_metrics():
        return Response("", 401, {"WWW-Authenticate": "Basic"})
    current = state()
    with current.lock:
        current.catch_up()
        return Response(metrics.page(current), mimetype="text/plain")


@views.route("/api/push/<token>", methods=["GET", "POST"])
def push(token: str) -> Response:
    current = state()
    status, msg = request.args.get("status", "up"), request.args.get("msg", "OK")
    try:
        ping = float(request.args["ping"]) if request.args.get("ping") else None
    except ValueError:
        ping = None
    with current.lock:
        monitor = current.by_token(token)
        if monitor is None:
            answer = jsonify(ok=False, msg="Monitor not found or not active.")
            answer.status_code = 404
            return answer
        current.pushes.append(Push(token, status, msg, ping, request.method))
        found = Status.UP if status == "up" else Status.DOWN
        current.find(found, monitor, None if ping is None else round(ping), msg)
    return jsonify(ok=True)
