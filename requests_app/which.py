"""What a list of requests is asked for: in which state, with which words in their titles, in which order."""

from __future__ import annotations

import dataclasses

from django.utils.translation import gettext_lazy as _

from requests_app.models import RequestStatus

OPEN = "open"
STATES = [("", _("all")), (OPEN, _("open")), *RequestStatus.choices]
SORTS = [("newest", _("newest first")), ("oldest", _("oldest first")), ("title", _("by title"))]
COUNTED = 1000
"""Of each state no more than these are counted: a hundred thousand take longer than the list itself."""


@dataclasses.dataclass(frozen=True)
class Which:
    """`status` may be OPEN, for all that is still worked for; empty is all."""

    status: str = ""
    text: str = ""
    sort: str = "newest"

    @property
    def is_narrowed(self) -> bool:
        return bool(self.status or self.text)
