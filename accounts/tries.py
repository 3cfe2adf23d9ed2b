"""How it is told that there were too many tries."""

from __future__ import annotations

from django.utils.translation import ngettext

from medianest.lib.errors import Cannot


class TooManyTries(Cannot):
    """No more tries for `retry_after` seconds."""

    def __init__(self, retry_after: int) -> None:
        minutes = -(-retry_after // 60)
        super().__init__(
            ngettext(
                "Too many tries. Wait a minute, then try again.",
                "Too many tries. Wait %(minutes)s minutes, then try again.",
                minutes,
            )
            % {"minutes": minutes}
        )
        self.retry_after = retry_after
