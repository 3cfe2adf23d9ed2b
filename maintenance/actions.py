"""What a person does about their own data: take it along, leave, stay after all."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rules import another_administrator_than
from maintenance import promises
from maintenance.models import Departure, PersonalExport
from medianest.lib.errors import Cannot
from operations import security

GRACE = dt.timedelta(days=7)
EXPORTS_A_DAY = 3


class CannotExport(Cannot):
    """There is one under way, or there were enough for today."""


@transaction.atomic
def ask_for_export(*, user: User, request: HttpRequest | None = None) -> PersonalExport:
    """Have everything about the person put into a zip. Raises CannotExport."""
    person = User.objects.select_for_update().get(pk=user.pk)  # so that two taps make one
    mine = PersonalExport.objects.of(person)
    if mine.being_made().exists():
        raise CannotExport(_("Your export is being made already."))
    if mine.filter(created_at__gt=timezone.now() - dt.timedelta(days=1)).count() >= EXPORTS_A_DAY:
        raise CannotExport(_("You had three exports within a day. Take one of those, or come back tomorrow."))
    wanted = PersonalExport.objects.create(user=person)
    promises.export(wanted)
    security.record("person.export", request=request, actor=user, about=user.username)
    return wanted


@transaction.atomic
def ask_to_leave(*, user: User, request: HttpRequest | None = None) -> Departure:
    """Have the person erased after the grace; asking again changes nothing.

    Raises CannotChangePerson for the last active administrator.
    """
    person = User.objects.select_for_update().get(pk=user.pk)
    if person.is_administrator:
        another_administrator_than(person)
    now = timezone.now()
    departure, is_new = Departure.objects.get_or_create(user=person, defaults={"asked_at": now, "due_at": now + GRACE})
    if is_new:
        promises.leaving(person_id=person.pk, due=departure.due_at)
        security.record("person.leaving", request=request, actor=user, about=user.username)
    return departure


@transaction.atomic
def stay(*, user: User, request: HttpRequest | None = None) -> bool:
    """Change one's mind. False when there was nothing to change."""
    gone, _rows = Departure.objects.filter(user=user).delete()
    if gone:
        security.record("person.stays", request=request, actor=user, about=user.username)
    return bool(gone)
