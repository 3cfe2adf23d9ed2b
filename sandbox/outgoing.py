"""Webhooks that simulated services send: one POST each, in order, never repeated."""

from __future__ import annotations

import dataclasses
import json
import queue
import threading
import urllib.request
from typing import Any
from urllib.error import HTTPError, URLError

TIMEOUT = 10.0  # the real services set none; without one a test would keep its threads


@dataclasses.dataclass(frozen=True)
class Sent:
    """A webhook as it left; `status` is what the receiver answered, None when nobody did."""

    body: dict[str, Any]
    status: int | None


class Outgoing:
    """Posts JSON to `url` with `headers` on a thread of its own; without `url` nothing is sent."""

    def __init__(self, user_agent: str) -> None:
        self.url = ""
        self.headers: dict[str, str] = {}
        self.sent: list[Sent] = []
        self._user_agent = user_agent
        self._waiting: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def send(self, body: dict[str, Any]) -> None:
        """Send later, after those before it. What cannot be delivered is lost."""
        if not self.url:
            return
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="sandbox-webhooks", daemon=True)
                self._thread.start()
        self._waiting.put(body)

    def settle(self) -> None:
        """Wait until all that was to be sent has been tried."""
        self._waiting.join()

    def stop(self) -> None:
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            self._waiting.put(None)
            thread.join(TIMEOUT)

    def _work(self) -> None:
        while (body := self._waiting.get()) is not None:
            self.sent.append(Sent(body, self._post(body)))
            self._waiting.task_done()
        self._waiting.task_done()

    def _post(self, body: dict[str, Any]) -> int | None:
        headers = {"Content-Type": "application/json", "User-Agent": self._user_agent} | self.headers
        try:
            ask = urllib.request.Request(self.url, json.dumps(body).encode(), headers)  # noqa: S310  (set by the test)
            with self._opener.open(ask, timeout=TIMEOUT) as answer:
                status: int = answer.status
                return status
        except HTTPError as error:
            with error:
                return error.code
        except (URLError, OSError, ValueError):
            return None
