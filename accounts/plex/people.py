"""People as Plex knows them: new ones, those who come back, and those who no longer may."""

from __future__ import annotations

import unicodedata
import uuid

import structlog
from django.db import transaction
from django.http import HttpRequest

from accounts.models import Account as Link
from accounts.models import LinkType, Role, Status, User
from accounts.models import Provider as Way
from accounts.models.last_administrator import LOCK  # as for roles: the first owner becomes one
from accounts.plex.door import ShutOut
from accounts.rules import CannotChangePerson, another_administrator_than
from accounts.sessions import end_sessions
from medianest.lib.crypto import CannotDecrypt
from medianest.lib.http import ProviderError
from medianest.lib.locks import hold_until_commit
from operations import security
from operations.row_security import at_the_door
from services.providers.base import Guest, Relation
from services.providers.plex.identity import Purpose
from services.providers.plex.tokens import Token
from services.providers.plex.tv import PlexTv

log = structlog.get_logger(__name__)

_NAMELESS = "plex"


# --- coming -----------------------------------------------------------------------------------------------------------
@transaction.atomic
def welcome(
    guest: Guest, *, token: Token | None = None, by: User | None = None, request: HttpRequest | None = None
) -> User:
    """The person this guest is, made if they were never here, with what Plex tells of them brought up to date.

    The token is kept encrypted, in place of an older one. Raises ShutOut for whom an administrator suspended or
    deleted.
    """
    hold_until_commit(LOCK)
    person = _find(guest.account_id)
    if person is None:
        person = _new(guest, by=by, request=request)
    elif person.status in (Status.SUSPENDED, Status.DELETED):
        raise ShutOut
    elif person.status == Status.INACTIVE and token is not None:
        person.status = Status.ACTIVE
        security.record("person.access_returned", request=request, about=person.username)
    take_from(person, guest, token)
    return person


def _find(plex_id: int) -> User | None:
    """The person with this account; a deleted one only if there is no other."""
    rows = list(User.objects.select_for_update().filter(plex_id=plex_id).order_by("-created_at"))
    return next((row for row in rows if row.status != Status.DELETED), rows[0] if rows else None)


def _new(guest: Guest, *, by: User | None, request: HttpRequest | None) -> User:
    """Nobody is taken over by their e-mail address alone: whoever has it here already keeps it, and the account."""
    is_first_owner = guest.relation is Relation.OWNER and not _an_owner_administers()
    person = User(
        username=free_username(guest.username or guest.name),
        name=guest.name,
        plex_id=guest.account_id,
        role=Role.ADMIN if is_first_owner else Role.USER,
    )
    person.set_unusable_password()
    person.save(force_insert=True)
    security.record(
        "person.created", request=request, actor=by or person, about=person.username, role=person.role, way="plex"
    )
    return person


def _an_owner_administers() -> bool:
    return User.objects.administrators().filter(plex_id__isnull=False).exists()


def take_from(person: User, guest: Guest, token: Token | None) -> None:
    """Save what Plex tells of the person, and the token in place of an older one. In the caller's transaction."""
    _bring_up_to_date(person, guest)
    if token is not None:
        person.plex_token = token.value
    person.save()
    _link(person, token)


def _bring_up_to_date(person: User, guest: Guest) -> None:
    person.plex_username = guest.username
    person.image = guest.image or person.image
    person.name = person.name or guest.name
    if not person.email and guest.email and not User.objects.known_as(guest.email).exclude(pk=person.pk).exists():
        person.email = guest.email


def _link(person: User, token: Token | None) -> None:
    """The token itself stands on the person's row, once."""
    values = {"user": person, "type": LinkType.OAUTH, "token_type": token.kind if token else ""}
    if token is not None:
        values["expires_at"] = token.expires_at
    with at_the_door():
        Link.objects.update_or_create(
            provider=Way.PLEX,
            provider_account_id=str(person.plex_id),
            defaults=values if token else {"user": person},
            create_defaults=values,
        )


def free_username(wanted: str) -> str:
    """`wanted` without what cannot be in a user name, with a number behind it if it leads to somebody already."""
    base = "".join(c for c in unicodedata.normalize("NFKC", wanted) if not unicodedata.category(c).startswith("C"))
    base = base.strip()[:140] or _NAMELESS
    name, number = base, 1
    while User.objects.known_as(name).exists():
        number += 1
        name = f"{base}{number}"
    return name


# --- going ------------------------------------------------------------------------------------------------------------
def lose_access(pk: uuid.UUID) -> bool:
    """Shut out somebody with whom the server is no longer shared: sessions, devices and tokens end at once.

    They may come back as soon as it is shared again. False for whoever is out already, and for the last active
    administrator, who could else not mend a mistake.
    """
    with transaction.atomic():
        hold_until_commit(LOCK)
        person = User.objects.select_for_update().filter(pk=pk, status=Status.ACTIVE).first()
        if person is None or _is_last_administrator(person):
            return False
        token = plex_token_of(person)
        person.status, person.plex_token = Status.INACTIVE, ""
        person.save()
        end_sessions(person)
        security.record("person.access_lost", about=person.username, before="active", after="inactive")
    if token:
        sign_out_at_plex(token)
    return True


def _is_last_administrator(person: User) -> bool:
    if not person.is_administrator:
        return False
    try:
        another_administrator_than(person)
    except CannotChangePerson:
        log.warning("last_administrator_not_on_the_list", person=str(person.pk))
        return True
    return False


def plex_token_of(person: User) -> str:
    """The person's Plex token; "" when there is none or no key opens it."""
    try:
        return person.plex_token
    except CannotDecrypt:
        return ""


def sign_out_at_plex(token: str) -> None:
    """End a token at plex.tv too, if that can be reached."""
    try:
        with PlexTv(Purpose.SIGN_IN) as tv:
            tv.sign_out(token)
    except ProviderError as error:
        log.warning("plex_token_not_ended", error=type(error).__name__)
