"""What is asked of the service and what it answers."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sandbox.youtube.streams import Stream


@dataclasses.dataclass(frozen=True)
class Asked:
    """One request; `target` is the path with its query."""

    host: str
    method: str
    target: str
    range: str = ""
    body: bytes = b""

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return {key: values[0] for key, values in parse_qs(urlsplit(self.target).query).items()}

    def json(self) -> dict[str, Any]:
        """The body as an object; empty if it is none."""
        try:
            sent = json.loads(self.body or b"{}")
        except ValueError:
            return {}
        return sent if isinstance(sent, dict) else {}


@dataclasses.dataclass(frozen=True)
class Reply:
    """One answer: `body`, or the bytes `first` to `last` of a stream."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json; charset=utf-8"
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    stream: Stream | None = None
    first: int = 0
    last: int = -1

    @property
    def length(self) -> int:
        return len(self.body) if self.stream is None else self.last - self.first + 1


def as_json(what: Any, status: int = 200) -> Reply:
    return Reply(status, json.dumps(what).encode())


def as_page(text: str, status: int = 200) -> Reply:
    return Reply(status, text.encode(), "text/html; charset=utf-8")


def problem(status: int, message: str) -> Reply:
    """An error in the form of Google's APIs."""
    return as_json({"error": {"code": status, "message": message, "status": "FAILED"}}, status)


def nothing_here(status: int = 404) -> Reply:
    return as_page(f"<!doctype html><title>{status}</title><p>That is an error.", status)
