"""Whether a code is right, once: counted, and never accepted again."""

from __future__ import annotations

import time

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import RecoveryCode, SecondStep, User
from accounts.second_step import codes
from accounts.tries import TooManyTries
from medianest.lib import throttle
from medianest.lib.crypto import CannotDecrypt
from medianest.lib.errors import Cannot
from operations import security
from operations.row_security import at_the_door

# An app's code is one of a million, and three are right at a time.
TRIES = ((5, 15 * 60), (20, 24 * 3600))  # so many in so many seconds
RECOVERY_TRIES = ((10, 15 * 60),)


class WrongCode(Cannot):
    """The code does not fit, fits no more, or was used before."""


def is_asked(user: User) -> bool:
    """Whether this person's password alone does not let them in."""
    with at_the_door():
        return SecondStep.objects.in_force().filter(user=user).exists()


def prove(user: User, typed: str, *, request: HttpRequest) -> None:
    """Accept a code from the app or a spare one, and use it up. Raises WrongCode or TooManyTries."""
    by_app = codes.is_code(typed)
    _count(user, "app" if by_app else "recovery", TRIES if by_app else RECOVERY_TRIES, request)
    with at_the_door():
        step = SecondStep.objects.in_force().filter(user=user).first()
        fits = step is not None and (_use_code(step, typed) if by_app else _use_spare(step, typed))
    if not fits:
        security.record("second_step.failed", request=request, actor=user, about=user.username, by_app=by_app)
        raise WrongCode(
            _("This code is not right, or was used before. Codes change every half minute: type the next one.")
            if by_app
            else _("This recovery code is not right, or was used before.")
        )
    forget_tries(user)
    if not by_app:
        security.record("second_step.recovery_used", request=request, actor=user, about=user.username)


def _use_code(step: SecondStep, typed: str) -> bool:
    try:
        slot = codes.slot_of(step.secret, typed, now=time.time())
    except CannotDecrypt:  # the key is lost: only a spare code helps, or an administrator
        return False
    return slot is not None and claim(step, slot)


def claim(step: SecondStep, slot: int) -> bool:
    """Take the slot for this use. Of two that come with the same code, one is told True."""
    newer = Q(last_slot__isnull=True) | Q(last_slot__lt=slot)
    return bool(
        SecondStep.objects.in_force().filter(newer, pk=step.pk).update(last_slot=slot, updated_at=timezone.now())
    )


def _use_spare(step: SecondStep, typed: str) -> bool:
    unused = RecoveryCode.objects.unused().filter(second_step=step, code_hash=codes.hash_of(typed))
    return bool(unused.update(used_at=timezone.now()))


def _count(user: User, kind: str, windows: tuple[tuple[int, int], ...], request: HttpRequest) -> None:
    for times, seconds in windows:
        verdict = throttle.hit(_key(user, kind, seconds), times, seconds)
        if not verdict.allowed:
            security.record("second_step.throttled", request=request, actor=user, about=user.username)
            raise TooManyTries(verdict.retry_after)


def forget_tries(user: User) -> None:
    for kind, windows in (("app", TRIES), ("recovery", RECOVERY_TRIES)):
        for _times, seconds in windows:
            throttle.forget(_key(user, kind, seconds))


def _key(user: User, kind: str, seconds: int) -> str:
    return f"second-step:{kind}:{seconds}:{user.pk}"
