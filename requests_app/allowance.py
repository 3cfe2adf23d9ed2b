"""How much a person may ask for, how much of it is left, and what happens to a request by itself."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.rights import Right, may
from requests_app.models import ApprovalRule, Decision, MediaRequest, RequestAllowance, RequestedSeason

if TYPE_CHECKING:
    from accounts.models import User
    from catalog.models import MediaItem

DAYS = 7
DO_NOT_COUNT = ("declined", "cancelled")


@dataclasses.dataclass(frozen=True)
class Allowance:
    """What holds for one person; a quota of None is without limit."""

    film_quota: int | None
    season_quota: int | None
    days: int
    approves_films: bool
    approves_series: bool
    may_ask_4k: bool

    def quota(self, media_type: str) -> int | None:
        return self.film_quota if media_type == "movie" else self.season_quota

    def approves(self, media_type: str) -> bool:
        return self.approves_films if media_type == "movie" else self.approves_series


@dataclasses.dataclass(frozen=True)
class Left:
    """How many films, or seasons, are left of a quota; `quota` None is without limit.

    `returns` says when the next one is free while none is left; None when one is, or none ever will be.
    """

    media_type: str
    quota: int | None
    used: int
    days: int
    returns: dt.datetime | None = None

    @property
    def is_used_up(self) -> bool:
        return self.count == 0

    @property
    def count(self) -> int | None:
        return None if self.quota is None else max(self.quota - self.used, 0)

    @property
    def sentence(self) -> str:
        """“4 of 10 films left in 7 days”, and when the next is free if none is left; "" without a limit."""
        if self.quota is None:
            return ""
        words = {"left": self.count, "quota": self.quota, "days": self.days}
        if self.media_type == "movie":
            told = _("%(left)d of %(quota)d films left in %(days)d days") % words
        else:
            told = _("%(left)d of %(quota)d seasons left in %(days)d days") % words
        return f"{told}{self.when_free}"

    @property
    def when_free(self) -> str:
        """The end of a sentence; "" while one is left."""
        if self.returns is None:
            return ""
        when = date_format(timezone.localtime(self.returns), "DATETIME_FORMAT")
        return _("; the next is free on %(when)s") % {"when": when}


def of(user: User) -> Allowance:
    """The person's own allowance over their role's. Moderators' own requests need nobody else's approval."""
    rows = list(RequestAllowance.objects.for_person(user))
    own = next((row for row in rows if row.user_id), None)
    role = next((row for row in rows if not row.user_id), None)

    def said(name: str) -> int | bool | None:
        """What the nearer row says."""
        mine = getattr(own, name, None)
        return mine if mine is not None else getattr(role, name, None)

    def decided(name: str, otherwise: bool) -> bool:
        found = said(name)
        return otherwise if found is None else bool(found)

    return Allowance(
        film_quota=said("film_quota"),
        season_quota=said("season_quota"),
        days=said("days") or DAYS,
        approves_films=decided("approves_films", may(user, Right.DECIDE)),
        approves_series=decided("approves_series", may(user, Right.DECIDE)),
        may_ask_4k=decided("may_ask_4k", may(user, Right.DECIDE)),
    )


def left(user: User, media_type: str, allowance: Allowance | None = None) -> Left:
    """What is left of the quota. Counts what was asked for the person, by whomever."""
    allowed = allowance or of(user)
    quota = allowed.quota(media_type)
    if quota is None:
        return Left(media_type, None, 0, allowed.days)
    since = timezone.now() - dt.timedelta(days=allowed.days)
    asked = MediaRequest.everything.filter(user=user, created_at__gte=since, media_type=media_type)
    asked = asked.exclude(status__in=DO_NOT_COUNT)
    counted = asked if media_type == "movie" else RequestedSeason.objects.filter(request__in=asked)
    used = counted.count()
    return Left(media_type, quota, used, allowed.days, _returns(counted, used, quota, allowed.days))


def _returns(
    counted: QuerySet[MediaRequest] | QuerySet[RequestedSeason], used: int, quota: int, days: int
) -> dt.datetime | None:
    """When so many have left the counted days that one is free again; None if one is, or none ever will be."""
    if used < quota or quota == 0:
        return None
    asked_at = "created_at" if counted.model is MediaRequest else "request__created_at"
    oldest = counted.order_by(asked_at).values_list(asked_at, flat=True)[used - quota : used - quota + 1]
    return next((when + dt.timedelta(days=days) for when in oldest), None)


def too_much(remaining: Left, wanted: int) -> str:
    """Why so many more cannot be asked for; "" if they can."""
    if remaining.count is None or wanted <= remaining.count:
        return ""
    if remaining.media_type == "movie":
        told = ngettext("You can ask for %(n)d film", "You can ask for %(n)d films", remaining.quota or 0)
    else:
        told = ngettext("You can ask for %(n)d season", "You can ask for %(n)d seasons", remaining.quota or 0)
    rest = _("in %(days)d days, and %(left)d of them are left") % {"days": remaining.days, "left": remaining.count}
    sentence = f"{told % {'n': remaining.quota}} {rest}{remaining.when_free}"
    return sentence if sentence.endswith(".") else f"{sentence}."  # “p.m.” ends one already


def rule_for(item: MediaItem, seasons: int) -> ApprovalRule | None:
    """The first rule that fits a title, asked for with so many seasons."""
    return next((rule for rule in ApprovalRule.objects.filter(is_enabled=True) if _fits(rule, item, seasons)), None)


def _fits(rule: ApprovalRule, item: MediaItem, seasons: int) -> bool:
    year = item.release_date.year if item.release_date else None
    return all(
        (
            rule.media_type in ("", item.media_type),
            not rule.genre or rule.genre.casefold() in [genre.casefold() for genre in item.genres],
            not rule.certification or rule.certification.casefold() == item.certification.casefold(),
            rule.year_from is None or (year is not None and year >= rule.year_from),
            rule.year_to is None or (year is not None and year <= rule.year_to),
            rule.seasons_over is None or seasons > rule.seasons_over,
        )
    )


def is_approved_at_once(allowance: Allowance, rule: ApprovalRule | None, media_type: str) -> bool:
    if rule is not None and rule.decision != Decision.REFUSE:
        return rule.decision == Decision.APPROVE
    return allowance.approves(media_type)
