"""How the tests speak to the simulated Overseerr."""

from __future__ import annotations

from typing import Any

import httpx2

from sandbox.overseerr import Overseerr


def call(server: Overseerr, method: str, path: str, body: object = None, by: str = "", **more: Any) -> httpx2.Response:
    """Ask with the key, as the person named `by` if there is one."""
    headers = {"X-Api-Key": server.api_key} | more.pop("headers", {})
    if by:
        headers["X-Api-User"] = str(server.user(by).user_id)
    with httpx2.Client(trust_env=False, verify=False, timeout=more.pop("timeout", 10)) as client:
        return client.request(method, f"{server.url}/api/v1{path}", headers=headers, json=body, **more)


def get(server: Overseerr, path: str, by: str = "") -> Any:
    answer = call(server, "GET", path, by=by)
    assert answer.status_code == 200, answer.text
    return answer.json()


def wish(server: Overseerr, by: str = "ben", **body: Any) -> httpx2.Response:
    """Ask for The Shawshank Redemption in ordinary quality, unless told otherwise."""
    return call(server, "POST", "/request", {"mediaType": "movie", "mediaId": 278, "is4k": False} | body, by=by)


def wished(server: Overseerr, by: str = "ben", **body: Any) -> dict[str, Any]:
    answer = wish(server, by, **body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def refusal(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["message"]
