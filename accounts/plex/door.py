"""Who may enter with Plex, and in which words others are turned away."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext as _

from accounts.plex import guests
from medianest.lib.errors import Cannot
from medianest.lib.http import BadCredentials, ProviderError
from services.providers.base import Guest, Relation
from services.providers.plex.tv import Account


class Refusal(Cannot):
    """Not today. `kind` names the page's words; `who` is how Plex calls the account, if it is known."""

    kind: ClassVar[str]
    who = ""

    def __init__(self, sentence: str = "") -> None:
        super().__init__(sentence or _("You cannot sign in with Plex at the moment."))


class NotShared(Refusal):
    """The server is not shared with this account."""

    kind = "not-shared"


class InvitationPending(Refusal):
    """It is shared, and the invitation lies unanswered."""

    kind = "pending"


class PlexAway(Refusal):
    """Nobody can be asked who this is, or who may enter."""

    kind = "away"


class ConnectionDead(Refusal):
    """Plex no longer accepts the server's own token."""

    kind = "reconnect"


class NotSetUp(Refusal):
    """No Plex server is connected."""

    kind = "not-set-up"


class ShutOut(Refusal):
    """An administrator shut this person out."""

    kind = "shut-out"


def judge(account: Account) -> Guest:
    """The account as the owner's list has it. Raises a Refusal.

    While the list cannot be read, whoever stood on it lately may enter all the same.
    """
    try:
        reading = guests.read()
    except guests.NotConnected:
        raise NotSetUp from None
    except BadCredentials:
        return _known(account, ConnectionDead())
    except ProviderError:
        return _known(account, PlexAway())
    guests.keep(reading)
    guest = reading.find(account.id)
    if guest is None:
        raise NotShared
    if guest.is_pending:
        raise InvitationPending
    return guest


def _known(account: Account, otherwise: Refusal) -> Guest:
    if not guests.was_a_guest(account.id):
        raise otherwise
    return Guest(account.id, account.username, account.name, account.email, account.image, Relation.FRIEND)
