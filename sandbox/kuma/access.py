"""The running state, and who may read the metrics."""

from __future__ import annotations

import datetime
from typing import cast

from flask import current_app, request

from sandbox.kuma.state import State

ASKED_A_MINUTE = 60


def state() -> State:
    return cast(State, current_app.extensions["kuma"])


def may_read_metrics() -> bool:
    """The key as the password of whatever user, at most 60 times a minute; more often is refused like a wrong key."""
    current = state()
    if current.open_metrics:
        return True
    with current.lock:
        minute_ago = current.now() - datetime.timedelta(minutes=1)
        current.metrics_asked = [at for at in current.metrics_asked if at > minute_ago]
        if len(current.metrics_asked) >= ASKED_A_MINUTE:
            return False
        current.metrics_asked.append(current.now())
    given = request.authorization
    return given is not None and given.type == "basic" and given.password == current.key
