"""A `requests` session for libraries that insist on one, sent through our own limited client.

Apart from `http.py`, because loading `requests` costs memory that most processes never need.
"""

from __future__ import annotations

import weakref
from typing import Any

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from medianest.lib.http import Client, not_the_service


class _ClientAdapter(BaseAdapter):
    """Lets `requests` send through a Client, so that plexapi keeps its limits and errors. 404 is left to plexapi."""

    def __init__(self, through: Client) -> None:
        super().__init__()
        self._client = through

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Any = None,
    ) -> requests.Response:
        base, url = self._client.url, request.url or ""
        if not url.startswith(f"{base}/"):
            raise not_the_service(self._client.label)
        content = request.body.encode() if isinstance(request.body, str) else request.body
        headers = {name: str(value) for name, value in request.headers.items() if name.lower() != "accept-encoding"}
        answer = self._client.send(
            request.method or "GET", url.removeprefix(base), headers=headers, content=content, accept=(404,)
        )
        response = requests.Response()
        response.status_code, response.url, response.request = answer.status, url, request
        response.headers = CaseInsensitiveDict(answer.headers)
        response.encoding = "utf-8"
        response._content = answer.body
        return response

    def close(self) -> None:
        self._client.close()


def limited_session(label: str, url: str, **options: Any) -> requests.Session:
    """A `requests` session for plexapi that reaches nothing but `url`; `options` are a Client's.

    It raises the ProviderError family itself; plexapi sees only 2xx and 404.
    """
    session = requests.Session()
    session.trust_env = False
    through = Client(label, url, **options)
    adapter = _ClientAdapter(through)
    weakref.finalize(session, through.close)  # plexapi never closes its session
    session.adapters.clear()
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session
