from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from catalog.tests.outside import _tmdb_server, tmdb  # noqa: F401  (fixtures)
from medianest.tests.people import (  # noqa: F401  (fixtures)
    _files_as_they_are,
    administrator,
    administrators,
    anna,
    annas,
    ben,
    bens,
    moderator,
    moderators,
    stranger,
)
from requests_app.tests.fetched import alone, newest  # noqa: F401  (fixtures)


@pytest.fixture(autouse=True)
def _files_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """A browser reads a file to its end, which closes it."""
    asked = Client.request

    def request(self: Client, **said: Any) -> Any:
        answer: Any = asked(self, **said)
        if answer.streaming:
            answer.content_read = b"".join(answer.streaming_content)
        return answer

    monkeypatch.setattr(Client, "request", request)
