"""Who may enter with Plex, and in which words others are turned away."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.utils.translation import gettext_lazy as _

from accounts.plex import guests
from medianest.lib.errors import Cannot
from medianest.lib.http import BadCredentials, ProviderError
from services.providers.base import Guest, Relation
from services.providers.plex.tv import Account

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Refusal(Cannot):
    """Not today. `kind` names the page's words; `who` is how Plex calls the account, if it is known."""

    kind: ClassVar[str]
    words: ClassVar[_StrPromise]
    """For whoever is signed in already; the others get a page of their own."""
    who = ""

    def __init__(self) -> None:
        super().__init__(str(self.words))


class NotShared(Refusal):
    """The server is not shared with this account."""

    kind = "not-shared"
    words = _("The server is not shared with this Plex account. Nothing was changed.")


class InvitationPending(Refusal):
    """It is shared, and the invitation lies unanswered."""

    kind = "pending"
    words = _("The invitation of this Plex account is not accepted yet. Accept it at Plex, then try again.")


class PlexAway(Refusal):
    """Nobody can be asked who this is, or who may enter."""

    kind = "away"
    words = _("Plex does not answer. Nothing was changed; try again in a few minutes.")


class ConnectionDead(Refusal):
    """Plex no longer accepts the server's own token."""

    kind = "reconnect"
    words = _("Plex no longer accepts the token of this server: an administrator has to reconnect Plex first.")


class NotSetUp(Refusal):
    """No Plex server is connected."""

    kind = "not-set-up"
    words = _("Plex is not connected yet: an administrator has to do that first.")


class ShutOut(Refusal):
    """An administrator shut this person out."""

    kind = "shut-out"
    words = _("The account that belongs to this Plex account is closed here.")


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
