"""What people do to get something: ask for a title or another work, join somebody who asked, leave again."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rights import Right, may
from catalog import ages
from medianest.lib.broken_rules import told_plainly
from medianest.lib.errors import Cannot
from medianest.lib.locks import hold_until_commit
from operations import limits
from operations.row_security import for_others
from requests_app import allowance, changes, standing
from requests_app.models import (
    Decision,
    EventKind,
    MediaRequest,
    RequestedSeason,
    RequestFollower,
    RequestStatus,
    RequestType,
)

if TYPE_CHECKING:
    from accounts.models import User
    from catalog.models import MediaItem
    from requests_app.standing import Standing


class CannotAsk(Cannot):
    """Something that cannot be asked for, or not by this person."""


@dataclasses.dataclass(frozen=True)
class Asked:
    """What came of asking: a new request, requests of others that are followed now, or both."""

    request: MediaRequest | None
    joined: tuple[MediaRequest, ...] = ()


@transaction.atomic
def ask(
    *,
    user: User,
    item: MediaItem,
    seasons: Collection[int] = (),
    is_4k: bool = False,
    by: User | None = None,
    note: str = "",
) -> Asked:
    """Ask for a film, or for seasons of a series, for `user`; `by` is the moderator who does it for them.

    What somebody else asked for already is followed instead. Raises CannotAsk, TooOften, and TooYoung.
    """
    asking = by or user
    if asking.pk == user.pk:
        ages.check(ages.limit_of(user), item)
    hold_until_commit(f"requests.ask:{item.media_type}:{item.tmdb_id}")
    hold_until_commit(f"requests.quota:{user.pk}")
    with for_others():
        now = standing.of(item, is_4k=is_4k)
    wanted = _wanted(item, seasons, now, user)
    others = {one.pk: one for one in _open_already(item, seasons, now) if one.user_id != user.pk}
    if not wanted and not others:
        raise CannotAsk(_why_nothing(item, now))
    joined = tuple(_join(one, user) for one in others.values())
    if not wanted:
        return Asked(None, joined)
    numbers = sorted(wanted) if item.media_type == "tv" else []
    _check(user, asking, item, numbers, is_4k=is_4k)
    limits.count(asking, limits.REQUESTS)
    request = _create(user, asking, item, numbers, is_4k=is_4k, note=note)
    return Asked(_decided_at_once(request, user, item, len(numbers)), joined)


def _wanted(item: MediaItem, seasons: Collection[int], now: Standing, user: User) -> set[int]:
    """What is neither there nor asked for: seasons, or {0} for a film. Raises CannotAsk for what does not exist."""
    if item.media_type == "movie":
        return set() if now.held or now.asked else {0}
    known = {one["number"] for one in item.seasons}
    if not seasons:
        raise CannotAsk(_("Choose at least one season."), status=422)
    if strange := set(seasons) - known:
        raise CannotAsk(_("There is no season %(number)d.") % {"number": min(strange)}, status=422)
    return set(seasons) - now.seasons_held - set(now.seasons_asked)


def _open_already(item: MediaItem, seasons: Collection[int], now: Standing) -> list[MediaRequest]:
    if item.media_type == "movie":
        return [now.asked] if now.asked else []
    return [request for number, request in now.seasons_asked.items() if number in seasons]


def _why_nothing(item: MediaItem, now: Standing) -> str:
    if item.media_type == "movie":
        if now.held:
            return _("“%(title)s” is in the library already.") % {"title": item.title}
        return _("You have asked for “%(title)s” already.") % {"title": item.title}
    return _("These seasons are in the library already, or you have asked for them.")


def _check(user: User, asking: User, item: MediaItem, seasons: list[int], *, is_4k: bool) -> None:
    """Raises CannotAsk when a right, a quota or a rule says no. Moderators may do more for others than those can."""
    allowed = allowance.of(asking)
    if is_4k and not allowed.may_ask_4k:
        raise CannotAsk(_("4K is not open to you. Ask without it, or ask an administrator."), status=403)
    rule = allowance.rule_for(item, len(seasons))
    if rule is not None and rule.decision == Decision.REFUSE and not may(asking, Right.DECIDE):
        raise CannotAsk(rule.reason, status=403)
    if asking.pk == user.pk:
        remaining = allowance.left(user, item.media_type, allowed)
        if refusal := allowance.too_much(remaining, len(seasons) or 1):
            raise CannotAsk(refusal, status=403)


def _create(user: User, asking: User, item: MediaItem, seasons: list[int], *, is_4k: bool, note: str) -> MediaRequest:
    request = MediaRequest(
        user=user,
        created_by=asking,
        media_item=item,
        title=item.title,
        media_type=item.media_type,
        tmdb_id=item.tmdb_id,
        is_4k=is_4k,
        note=note[:500],
    )
    try:
        with told_plainly():
            request.save()
            RequestedSeason.objects.bulk_create(RequestedSeason.of(request, seasons))
    except ValidationError as taken:
        raise CannotAsk(" ".join(taken.messages)) from taken
    changes.tell(request, EventKind.REQUESTED, by=asking)
    return request


def _decided_at_once(request: MediaRequest, user: User, item: MediaItem, seasons: int) -> MediaRequest:
    """The request, approved if that needs nobody."""
    rule = allowance.rule_for(item, seasons)
    asking = request.created_by or user
    if not allowance.is_approved_at_once(allowance.of(asking), rule, item.media_type):
        return request
    text = _("Approved at once by the rule “%(rule)s”.") % {"rule": rule.name} if rule else _("Approved at once.")
    with for_others():
        return changes.move(request, RequestStatus.APPROVED, by=None, text=text)


@transaction.atomic
def wish(*, user: User, kind: str, title: str, creator: str = "", note: str = "") -> Asked:
    """Wish for music or a book, which moderators get by hand. Raises CannotAsk, and TooOften."""
    if kind not in (RequestType.MUSIC, RequestType.BOOK):
        raise CannotAsk(_("Films and series are asked for on their own pages."))
    hold_until_commit(f"requests.wish:{kind}:{title.casefold()}:{creator.casefold()}")
    with for_others():
        same = MediaRequest.objects.open().filter(media_type=kind, title__iexact=title, creator__iexact=creator).first()
    if same is not None:
        if same.user_id == user.pk:
            raise CannotAsk(_("You have asked for “%(title)s” already.") % {"title": title})
        return Asked(None, (_join(same, user),))
    limits.count(user, limits.REQUESTS)
    request = MediaRequest(user=user, created_by=user, title=title, creator=creator, media_type=kind, note=note[:500])
    try:
        with told_plainly():
            request.save()
    except ValidationError as wrong:
        raise CannotAsk(" ".join(wrong.messages)) from wrong
    changes.tell(request, EventKind.REQUESTED, by=user)
    return Asked(request)


# --- following ------------------------------------------------------------------------------------------------------------
def _join(request: MediaRequest, user: User) -> MediaRequest:
    """Let the person follow; doing so twice changes nothing."""
    with for_others():
        _follower, is_new = RequestFollower.objects.get_or_create(request=request, user=user)
        if is_new:
            changes.tell(request, EventKind.JOINED, by=user)
    return request


@transaction.atomic
def leave(*, request: MediaRequest, user: User) -> None:
    """No longer follow. Doing so twice changes nothing."""
    with for_others():
        gone, _rows = RequestFollower.objects.filter(request=request, user=user).delete()
        if gone:
            changes.tell(request, EventKind.LEFT, by=user)
