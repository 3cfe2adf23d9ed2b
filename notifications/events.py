"""What people can be told of. Each app declares its own in its `notices.py`, read at start-up."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING

from notifications.shapes import EVENT_SHAPE

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclasses.dataclass(frozen=True)
class Event:
    """Something that happens; `name` is app.event, `label` says it as a sentence's beginning that a person can tick."""

    name: str
    label: _StrPromise | str


_EVENTS: dict[str, Event] = {}


def declare(name: str, label: _StrPromise | str) -> Event:
    """Add an event. Raises ValueError for a name of another shape, or one that is taken."""
    if not re.fullmatch(EVENT_SHAPE, name) or name in _EVENTS:
        raise ValueError(name)
    _EVENTS[name] = Event(name, label)
    return _EVENTS[name]


def known() -> list[Event]:
    """All declared events, by name."""
    return sorted(_EVENTS.values(), key=lambda event: event.name)
