"""Who lives in the demo, and when it is there."""

from __future__ import annotations

import dataclasses
import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils import timezone

from accounts.models import Role, User


@dataclasses.dataclass(frozen=True)
class Household:
    """Three people of different roles. All that is told of them lies some days or hours before `now`."""

    owner: User
    moderator: User
    viewer: User
    now: dt.datetime

    def ago(self, *, days: float = 0, hours: float = 0) -> dt.datetime:
        return self.now - dt.timedelta(days=days, hours=hours)


def of_people(usernames: list[str]) -> Household | None:
    """The household of the first person of each role among these; None when a role has nobody."""
    found = {user.username: user for user in User.objects.active().filter(username__in=usernames)}
    people = [found[name] for name in usernames if name in found]
    by_role = {user.role: user for user in reversed(people)}
    if not {Role.ADMIN, Role.MODERATOR, Role.USER} <= set(by_role):
        return None
    return Household(by_role[Role.ADMIN], by_role[Role.MODERATOR], by_role[Role.USER], timezone.now())


def put(row: Model) -> bool:
    """Save a new row; False when a rule forbids it, because somebody's own row stands in its place."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return False
    return True
