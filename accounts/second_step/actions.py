"""Setting up the second step, turning it off, new spare codes; and taking it from somebody who lost it."""

from __future__ import annotations

import time

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import RecoveryCode, SecondStep, User
from accounts.second_step import codes, proving
from medianest.lib.crypto import EncryptedTextField
from medianest.lib.errors import Cannot
from operations import security


class CannotSetUp(Cannot):
    """There is nothing to set up, or it is set up already."""


@transaction.atomic
def begin(*, user: User) -> SecondStep:
    """A secret for the person's app, not in force yet; asked again, the same one. Raises CannotSetUp."""
    locked = User.objects.select_for_update().get(pk=user.pk)
    if not locked.has_usable_password():
        raise CannotSetUp(_("You sign in with Plex only. Plex can ask for a second step: turn it on there."))
    step, _is_new = SecondStep.objects.get_or_create(user=locked, defaults={"secret": codes.new_secret()})
    if step.confirmed_at:
        raise CannotSetUp(_("Your second step is set up already."))
    if not _opens(step):  # the key it was made under is lost: begin anew
        step.secret = codes.new_secret()
        step.save()
    return step


def _opens(step: SecondStep) -> bool:
    field = SecondStep._meta.get_field("secret")
    assert isinstance(field, EncryptedTextField)  # noqa: S101  (so declared)
    return field.opens(step)


@transaction.atomic
def confirm(*, user: User, typed: str, request: HttpRequest | None = None) -> list[str]:
    """Put the second step in force with a first code from the app; gives the spare codes, which are shown once.

    Raises WrongCode or CannotSetUp.
    """
    step = SecondStep.objects.select_for_update().filter(user=user, confirmed_at__isnull=True).first()
    if step is None:
        raise CannotSetUp(_("Your second step is set up already."))
    slot = codes.slot_of(step.secret, typed, now=time.time())
    if slot is None:
        raise proving.WrongCode(_("This code is not right. Is the clock of your phone right? Type the next one."))
    step.confirmed_at, step.last_slot = timezone.now(), slot
    step.save()
    security.record("second_step.on", request=request, actor=user, about=user.username)
    return _give_codes(step)


@transaction.atomic
def renew_codes(*, user: User, request: HttpRequest | None = None) -> list[str]:
    """New spare codes in place of the old; for whoever has just proved a code."""
    step = SecondStep.objects.in_force().select_for_update().get(user=user)
    security.record("second_step.new_codes", request=request, actor=user, about=user.username)
    return _give_codes(step)


def _give_codes(step: SecondStep) -> list[str]:
    step.recovery_codes.all().delete()
    given = codes.new_recovery_codes()
    RecoveryCode.objects.bulk_create(RecoveryCode(second_step=step, code_hash=codes.hash_of(code)) for code in given)
    return given


@transaction.atomic
def turn_off(*, user: User, request: HttpRequest | None = None) -> None:
    """From now on the password is enough; for whoever has just proved a code."""
    SecondStep.objects.filter(user=user).delete()
    security.record("second_step.off", request=request, actor=user, about=user.username)


@transaction.atomic
def take_away(*, by: User | None, person: User, request: HttpRequest | None = None) -> User:
    """Free somebody who lost phone and spare codes from the second step; their password alone lets them in again."""
    if SecondStep.objects.filter(user=person).delete()[0]:
        proving.forget_tries(person)
        security.record("second_step.taken_away", request=request, actor=by, about=person.username)
    return person
