"""Lengths of time as people read them."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

UNKNOWN = "\N{EN DASH}"


def clock(seconds: int | None) -> str:
    """A video's length as on its player, `4:07` or `1:02:33`; a dash when it is not known."""
    if seconds is None:
        return UNKNOWN
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def length(seconds: int) -> str:
    """A long time in words, to the minute: `12 min`, `2 h 04 min`; a dash for none."""
    if not seconds:
        return UNKNOWN
    hours, minutes = divmod(max(1, round(seconds / 60)), 60)
    if not hours:
        return _("%(minutes)d min") % {"minutes": minutes}
    return _("%(hours)d h %(minutes)02d min") % {"hours": hours, "minutes": minutes}


def left(seconds: int) -> str:
    """How long something will still take, no finer than it can be known: `a few seconds left`, `9 minutes left`."""
    if seconds < 20:
        return _("a few seconds left")
    minutes = max(1, round(seconds / 60))
    if minutes < 90:
        return ngettext("%(n)d minute left", "%(n)d minutes left", minutes) % {"n": minutes}
    hours = round(minutes / 60)
    return ngettext("%(n)d hour left", "%(n)d hours left", hours) % {"n": hours}
