"""Who may do what, decided here and nowhere else. docs/people.md shows the same table; a test compares the two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Iterator


class Role(models.TextChoices):
    """What a person may do; each role includes the one before it."""

    USER = "USER", _("viewer")
    MODERATOR = "MODERATOR", _("moderator")
    ADMIN = "ADMIN", _("administrator")


class Right(models.TextChoices):
    BROWSE = "browse", _("search titles, and look through the parts of the library that are shared with them")
    REQUEST = "request", _("request films and series, follow requests, report problems")
    HAND_IN = "hand_in", _("hand in YouTube playlists, and change or stop their own")
    KEEP_LISTS = "keep_lists", _("keep watchlists, join and found families, recommend titles")
    SEE_STATUS = "see_status", _("see whether the services work")
    MANAGE_SELF = (
        "manage_self",
        _("change their own password, e-mail address and second step, and take their data along"),
    )
    SEE_EVERYBODYS = "see_everybodys", _("see everybody's requests, playlists and reported problems")
    DECIDE = "decide", _("approve and decline requests and playlists, and change or stop anybody's")
    READ_STAFF_GUIDES = "read_staff_guides", _("read the guides for moderators")
    SEE_WHOLE_LIBRARY = "see_whole_library", _("look through the whole library")
    MANAGE_PEOPLE = "manage_people", _("add, suspend and delete people, change roles and limits, end sessions")
    CONNECT_SERVICES = "connect_services", _("connect services, and see why one does not answer")
    ADMINISTER = "administer", _("open the administration, with its errors, security events and changes")
    IMPERSONATE = "impersonate", _("act as somebody else")


_FROM: dict[Right, Role | None] = {
    Right.BROWSE: Role.USER,
    Right.REQUEST: Role.USER,
    Right.HAND_IN: Role.USER,
    Right.KEEP_LISTS: Role.USER,
    Right.SEE_STATUS: Role.USER,
    Right.MANAGE_SELF: Role.USER,
    Right.SEE_EVERYBODYS: Role.MODERATOR,
    Right.DECIDE: Role.MODERATOR,
    Right.READ_STAFF_GUIDES: Role.MODERATOR,
    Right.SEE_WHOLE_LIBRARY: Role.ADMIN,
    Right.MANAGE_PEOPLE: Role.ADMIN,
    Right.CONNECT_SERVICES: Role.ADMIN,
    Right.ADMINISTER: Role.ADMIN,
    Right.IMPERSONATE: None,
}
"""The least role that has the right; none at all for what nobody may."""

_HELD: dict[str, frozenset[Right]] = {
    role.value: frozenset(
        right for right, least in _FROM.items() if least is not None and list(Role).index(least) <= rank
    )
    for rank, role in enumerate(Role)
}


def may(user: object, right: Right) -> bool:
    """Whether the person may: by their role, and only while they are active. Nobody signed in may nothing."""
    return bool(getattr(user, "is_active", False)) and right in _HELD.get(getattr(user, "role", ""), frozenset())


def roles_with(right: Right) -> list[Role]:
    return [role for role in Role if right in _HELD[role.value]]


def table() -> Iterator[tuple[str, list[bool]]]:
    """Each right in words, and whether each role has it, in the order of the roles."""
    for right in Right:
        yield str(right.label), [right in _HELD[role.value] for role in Role]
