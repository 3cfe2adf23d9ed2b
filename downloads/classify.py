"""What went wrong at YouTube, told by its words: a code, a sentence for people, and what is to be done.

The texts are those that yt-dlp reports; the first rule that matches decides.
"""

from __future__ import annotations

import dataclasses
import enum
import errno
import re
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _


class Disposition(enum.StrEnum):
    PERMANENT = "permanent"  # never by itself: the entry is left out
    RETRY = "retry"  # again after a while
    PAUSE_QUEUE = "pause_queue"  # all fetching waits
    DISK_FULL = "disk_full"  # all fetching waits for room
    LATER = "later"  # it does not exist yet


@dataclasses.dataclass(frozen=True)
class Failure:
    """`sentence` is fit to show. `seconds`: how long until it may work, where that was told."""

    code: str
    sentence: str
    disposition: Disposition
    seconds: int | None = None


@dataclasses.dataclass(frozen=True)
class Trouble:
    """A failure as it arrived: its text, and of the error behind it the HTTP status, errno and nature."""

    text: str
    http_status: int | None = None
    errno: int | None = None
    is_geo: bool = False
    is_transport: bool = False
    is_processing: bool = False


@dataclasses.dataclass(frozen=True)
class Rule:
    code: str
    disposition: Disposition
    sentence: Any
    matches: Callable[[Trouble], bool]


def _says(pattern: str) -> Callable[[Trouble], bool]:
    found = re.compile(pattern, re.IGNORECASE)
    return lambda trouble: bool(found.search(trouble.text))


def _answers(*statuses: int) -> Callable[[Trouble], bool]:
    return lambda trouble: trouble.http_status in statuses


_RATE = re.compile(r"try again later|rate[- ]limit|HTTP Error 429|too many requests", re.IGNORECASE)
_GEO = re.compile(r"in your country|geo[- ]?restrict|from your location", re.IGNORECASE)
_BROKEN = re.compile(
    r"timed? ?out|bytes read|more expected|content too short|connection|HTTP Error 5\d\d|unable to download"
    r"|failed to resolve|temporary failure|empty file|remote end|incompleteread",
    re.IGNORECASE,
)
_UNREACHABLE = _("YouTube could not be reached, or the connection broke off.")

P, R, Q, L = Disposition.PERMANENT, Disposition.RETRY, Disposition.PAUSE_QUEUE, Disposition.LATER

RULES = (
    Rule(
        "disk_full",
        Disposition.DISK_FULL,
        _("There is no room left in the download folder."),
        lambda trouble: trouble.errno in (errno.ENOSPC, errno.EDQUOT),
    ),
    Rule(
        "folder_closed",
        R,
        _("MediaNest may not write into the download folder. The administrator can put that right."),
        lambda trouble: trouble.errno in (errno.EACCES, errno.EPERM, errno.EROFS),
    ),
    Rule("bot_check", Q, _("YouTube asks whether MediaNest is a robot, so all downloads pause."), _says("not a bot")),
    Rule(
        "rate_limited",
        Q,
        _("YouTube says that too much was asked at once, so all downloads pause."),
        lambda trouble: trouble.http_status == 429 or bool(_RATE.search(trouble.text)),
    ),
    Rule("captcha", Q, _("YouTube shows a puzzle for people, so all downloads pause."), _says("captcha")),
    Rule(
        "members",
        P,
        _("Only paying members of the channel may see it."),
        _says("members[- ]only|join this channel|available to this channel's members"),
    ),
    Rule("list_private", P, _("The list is private."), _says("this playlist is private|playlist type is unviewable")),
    Rule("private", P, _("Its owner has made it private."), _says("private video|video is private")),
    Rule(
        "age",
        P,
        _("YouTube shows it only to people whose age it knows."),
        _says("confirm your age|age[- ]restricted|inappropriate for some users"),
    ),
    Rule(
        "region",
        P,
        _("YouTube does not show it in this country."),
        lambda trouble: trouble.is_geo or bool(_GEO.search(trouble.text)),
    ),
    Rule(
        "upcoming",
        L,
        _("It has not been shown yet."),
        _says(r"premieres? in|will begin|has not started|stream is offline|scheduled"),
    ),
    Rule("no_format", P, _("YouTube offers it in no form that can be stored."), _says("requested format is not|no video formats found|DRM")),
    Rule("unreachable", R, _UNREACHABLE, lambda trouble: (trouble.http_status or 0) >= 500),
    Rule("list_gone", P, _("There is no such list, or it is private."), _says("playlist does not exist")),
    Rule(
        "gone",
        P,
        _("It is no longer on YouTube."),
        _says("removed|terminated|unavailable|isn.t available|not available|no longer available|does not exist"),
    ),
    Rule(
        "processing",
        R,
        _("Putting picture and sound together failed."),
        lambda trouble: trouble.is_processing,
    ),
    Rule("forbidden", R, _("YouTube refused to send the video."), _answers(401, 403)),
    Rule("not_found", P, _("It is no longer on YouTube."), _answers(404, 410)),
    Rule(
        "unreachable",
        R,
        _UNREACHABLE,
        lambda trouble: trouble.is_transport or bool(_BROKEN.search(trouble.text)),
    ),
)  # fmt: skip
UNKNOWN = "unknown"
_STRANGE = _("YouTube answered in a way MediaNest does not understand. A newer version may help.")
_IN = re.compile(r"\bin (\d+|a|an|a few) (minute|hour|day|week|month|year|moment)", re.IGNORECASE)
_UNITS = {"moment": 60, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800, "month": 2_592_000, "year": 31_536_000}  # fmt: skip

LEFT_OUT = frozenset(rule.code for rule in RULES if rule.disposition in (P, L)) | {"live", "too_long", "hidden"}
"""Codes that mean YouTube does not give it; with any other an entry has failed."""

MAY_CHANGE = frozenset({"upcoming", "live", "members", "region"})
"""Those of them for which another try may end differently."""


def classify(trouble: Trouble) -> Failure:
    """What `trouble` means; something unheard of is tried again."""
    for rule in RULES:
        if rule.matches(trouble):
            seconds = _told_seconds(trouble.text) if rule.disposition is L else None
            return Failure(rule.code, str(rule.sentence), rule.disposition, seconds)
    return Failure(UNKNOWN, str(_STRANGE), R)


def sentence(code: str) -> str:
    """The sentence of a rule known only by its code."""
    return next((str(rule.sentence) for rule in RULES if rule.code == code), str(_STRANGE))


def _told_seconds(text: str) -> int | None:
    """Seconds named by "in 3 hours" and the like."""
    found = _IN.search(text)
    if not found:
        return None
    count = int(found[1]) if found[1].isdigit() else 1
    return count * _UNITS[found[2].lower()]
