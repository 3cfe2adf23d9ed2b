"""Asking for a new password by mail and setting it; proving another e-mail address."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from accounts import jobs
from accounts.actions import save_person
from accounts.letters import proofs
from accounts.models import Purpose, User
from accounts.rules import CannotChangePerson
from accounts.sessions import end_sessions
from accounts.tries import TooManyTries
from medianest.lib import throttle
from medianest.lib.errors import Cannot
from operations import security
from operations.row_security import for_others

_HOUR, _DAY = 3600, 24 * 3600
ASKED_FOR_ACCOUNT = 3  # an hour; further ones are answered alike and send nothing
ASKED_FROM_ADDRESS = 20  # an hour
CONFIRMATIONS = 5  # a day


class LinkIsOver(Cannot):
    """The link was used, is too old, or never was."""

    def __init__(self) -> None:
        super().__init__(_("This link was used already or is too old. Ask for another one."))


def base_of(request: HttpRequest) -> str:
    """How links in mails begin: PUBLIC_URL; where none is set, the address under which this allowed host was asked."""
    return (settings.PUBLIC_URL or request.build_absolute_uri("/")).rstrip("/")


@transaction.atomic
def ask_for_reset(*, login: str, request: HttpRequest) -> None:
    """Promise a mail to whoever is known as `login`. The same is done, and told, when nobody is. Raises TooManyTries."""
    address = throttle.hit(f"reset:address:{request.META.get('REMOTE_ADDR', '')}", ASKED_FROM_ADDRESS, _HOUR)
    if not address.allowed:
        raise TooManyTries(address.retry_after)
    people = [str(pk) for pk in User.objects.known_as(login).active().values_list("pk", flat=True)[:2]]
    if not throttle.hit(f"reset:account:{login.lower()}", ASKED_FOR_ACCOUNT, _HOUR).allowed:
        people = []
    jobs.promise_reset(key=uuid.uuid4(), people=people, base=base_of(request))
    security.record("password.reset_asked", request=request, about=login[:100])


@transaction.atomic
def reset_password(*, link: str, fits: str, new_password: str, request: HttpRequest) -> User:
    """Set the password of whose link it is, once, and end all their sessions. Raises LinkIsOver.

    `fits` is the session hash the person had when the link was opened: a password changed meanwhile makes it worthless.
    """
    row = proofs.use_up(link, Purpose.RESET_PASSWORD)
    person = User.objects.active().select_for_update().filter(pk=row.identifier).first() if row else None
    if person is None or not constant_time_compare(person.get_session_auth_hash(), fits):
        raise LinkIsOver
    person.set_password(new_password)
    person.requires_password_change = False
    person.save(update_fields=["password", "requires_password_change", "updated_at"])
    end_sessions(person)
    security.record("password.reset", request=request, actor=person, about=person.username)
    return person


@transaction.atomic
def ask_for_address(*, user: User, address: str, request: HttpRequest) -> None:
    """Promise a mail to a new address that proves it; nothing changes before. Raises TooManyTries."""
    verdict = throttle.hit(f"address:{user.pk}", CONFIRMATIONS, _DAY)
    if not verdict.allowed:
        raise TooManyTries(verdict.retry_after)
    row = proofs.reserve(user, Purpose.VERIFY_EMAIL, identifier=address.lower())
    with for_others():
        jobs.promise_confirmation(person=user, link=row.pk, base=base_of(request))
    security.record("email.change_asked", request=request, actor=user, about=user.username)


@transaction.atomic
def confirm_address(*, text: str, request: HttpRequest) -> User:
    """Give the person the address to which the link was sent. Raises LinkIsOver, or CannotChangePerson if it is taken."""
    found = proofs.find(text, Purpose.VERIFY_EMAIL)
    row = proofs.use_up(found[1].pk, Purpose.VERIFY_EMAIL) if found else None
    if found is None or row is None:
        raise LinkIsOver
    person = User.objects.select_for_update().get(pk=found[0].pk)
    if User.objects.known_as(row.identifier).exclude(pk=person.pk).exists():
        raise CannotChangePerson(_("Somebody else has this address by now."))
    person.email = row.identifier
    save_person(person)
    security.record("email.changed", request=request, actor=person, about=person.username)
    return person
