"""A Plex account as a second way in for somebody who has a password here, and its end."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import jobs
from accounts.models import Account, Provider, User
from accounts.models.last_administrator import LOCK
from accounts.plex import door, entry, people
from medianest.lib.errors import Cannot
from medianest.lib.locks import hold_until_commit
from operations import security
from operations.row_security import acting_as
from services.providers.base import Guest
from services.providers.plex.tokens import Token


class CannotLink(Cannot):
    """This Plex account cannot become this person's, or cannot stop being it."""


def link(*, user: User, token: Token, request: HttpRequest | None = None) -> User:
    """Let whoever approved the PIN in as this person from now on. Name, role and password stay as they are.

    Not to be called in a transaction: plex.tv is asked. Raises CannotLink, entry.UsedUp or a door.Refusal; the token is
    ended then, unless plex.tv was away and the PIN may do in a moment.
    """
    try:
        account = entry.who_approved(token)
        guest = entry.told_by(door.judge(account), account)
        return _link(user, guest, token, request)
    except Cannot as refusal:
        if not isinstance(refusal, door.PlexAway):
            people.sign_out_at_plex(token.value)
        raise


@transaction.atomic
def _link(user: User, guest: Guest, token: Token, request: HttpRequest | None) -> User:
    hold_until_commit(LOCK)  # as for those who come with Plex: an account there is one person's
    person = User.objects.select_for_update().get(pk=user.pk)
    if person.plex_id not in (None, guest.account_id):
        raise CannotLink(_("Another Plex account is linked with this one. Unlink that first."))
    other = User.objects.known_to_plex_as(guest.account_id).exclude(pk=person.pk).first()
    if other is not None:
        raise CannotLink(
            _(
                "This Plex account has an account of its own here: %(name)s. Once an administrator has deleted that one, "
                "you can link it."
            )
            % {"name": other.username}
        )
    person.plex_id = guest.account_id
    people.take_from(person, guest, token)
    security.record("plex.linked", request=request, actor=person, about=person.username)
    jobs.promise_check()  # brings the sections that are shared with them
    return person


@transaction.atomic
def unlink(*, user: User, request: HttpRequest | None = None) -> None:
    """From now on the password alone lets the person in. Raises CannotLink for whoever has none, or nothing linked."""
    hold_until_commit(LOCK)
    person = User.objects.select_for_update().get(pk=user.pk)
    if person.plex_id is None:
        raise CannotLink(_("No Plex account is linked."))
    if not person.has_usable_password():
        raise CannotLink(_("You have no password here: without Plex you could not come in any more."))
    token = people.plex_token_of(person)
    person.plex_id, person.plex_username, person.plex_token, person.image = None, "", "", ""
    person.save()
    with acting_as(person):
        Account.objects.of(person).filter(provider=Provider.PLEX).delete()
    security.record("plex.unlinked", request=request, actor=person, about=person.username)
    if token:
        transaction.on_commit(lambda: people.sign_out_at_plex(token), robust=True)
