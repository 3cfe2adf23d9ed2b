"""What is done to people: creating, roles, suspending, deleting and bringing back, passwords."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterable, Mapping, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account, Role, Status, User
from accounts.models.last_administrator import LOCK
from accounts.passwords import one_time_password
from accounts.rules import CannotChangePerson, another_administrator_than, refuse_taken_names, taken_names
from accounts.second_step.actions import take_away
from accounts.sessions import end_sessions
from medianest.lib.broken_rules import told_plainly
from medianest.lib.locks import hold_until_commit
from operations import security

BOOTSTRAP_USERNAME = "admin"


@dataclasses.dataclass(frozen=True)
class Issued:
    """A person with the one-time password that was just made for them; it is kept nowhere else in the clear."""

    user: User
    password: str


# --- creating ---------------------------------------------------------------------------------------------------------
@transaction.atomic
def create_person(*, by: User | None, person: User, request: HttpRequest | None = None) -> Issued:
    """Save a new local person under a one-time password."""
    password = one_time_password()
    person.set_password(password)
    person.requires_password_change = True
    person.save(force_insert=True)
    security.record("person.created", request=request, actor=by, about=person.username, role=person.role)
    return Issued(person, password)


@transaction.atomic
def bootstrap_administrator() -> Issued | None:
    """Create the first administrator. None when an active one exists; two callers at once create one."""
    hold_until_commit(LOCK)
    if User.objects.administrators().exists():
        return None
    person = User(username=_free_username(), name=_("Administrator"), role=Role.ADMIN, is_bootstrap_user=True)
    return create_person(by=None, person=person)


@transaction.atomic
def recover_administrator(*, without_second_step: bool = False) -> Issued:
    """A new one-time password for the first administrator, who is made an active administrator again.

    For whoever has the server's shell. Creates the first administrator when there has never been one. A second step
    stays, unless it is lost, too.
    """
    hold_until_commit(LOCK)
    everyone = User.objects.order_by("created_at")
    person = everyone.filter(is_bootstrap_user=True).first() or everyone.administrators().first()
    if person is None:
        created = bootstrap_administrator()
        assert created is not None  # noqa: S101  (the lock is held and nobody is an administrator)
        return created
    for name in taken_names(person):  # somebody else has them since this one was deleted
        setattr(person, name, _free_username() if name == "username" else None)
    person.role, person.status, person.deleted_at = Role.ADMIN, Status.ACTIVE, None
    if without_second_step:
        take_away(by=None, person=person)
    return _issue(person, by=None, request=None, kind="password.recovered")


def _free_username() -> str:
    taken = set(User.objects.filter(username__istartswith=BOOTSTRAP_USERNAME).values_list("username", flat=True))
    lowered = {name.lower() for name in taken}
    candidates = [BOOTSTRAP_USERNAME, *(f"{BOOTSTRAP_USERNAME}{n}" for n in range(2, len(lowered) + 3))]
    return next(name for name in candidates if name not in lowered)


# --- roles and entry --------------------------------------------------------------------------------------------------
def set_role(*, by: User, person: User, role: Role, request: HttpRequest | None = None) -> User:
    """Give the person another role. Raises CannotChangePerson for the last active administrator."""
    return _change(by=by, pk=person.pk, request=request, role=role)


def suspend(*, by: User, person: User, request: HttpRequest | None = None) -> User:
    """Shut the person out, at once and everywhere. Raises CannotChangePerson for the last active administrator."""
    return _change(by=by, pk=person.pk, request=request, status=Status.SUSPENDED)


def activate(*, by: User, person: User, request: HttpRequest | None = None) -> User:
    """Let the person in again; they sign in anew. Raises CannotChangePerson for a deleted one whose names are taken."""
    return _change(by=by, pk=person.pk, request=request, status=Status.ACTIVE)


@transaction.atomic
def set_limits(*, by: User, person: User, limits: Mapping[str, int | None], request: HttpRequest | None = None) -> User:
    """Give the person limits of their own, by field (`limit_…`); None takes one back to the house's."""
    row = User.objects.select_for_update().get(pk=person.pk)
    for name, times in limits.items():
        setattr(row, name, times)
    save_person(row)
    security.record("person.limits_changed", request=request, actor=by, about=row.username, **limits)
    return row


@transaction.atomic
def end_all_sessions(*, by: User, person: User, request: HttpRequest | None = None) -> User:
    """Sign the person out everywhere; they may come back at once."""
    ended = end_sessions(person)
    security.record("person.sessions_ended", request=request, actor=by, about=person.username, ended=ended)
    return person


@transaction.atomic
def edit_person(*, by: User, person: User, fields: Iterable[str], request: HttpRequest | None = None) -> User:
    """Save the named fields of an edited person, with the same rules as `set_role` and `suspend`."""
    changes = {name: getattr(person, name) for name in fields}
    return _change(by=by, pk=person.pk, request=request, **changes)


@transaction.atomic
def _change(*, by: User, pk: uuid.UUID, request: HttpRequest | None, **changes: object) -> User:
    hold_until_commit(LOCK)
    person = User.objects.select_for_update().get(pk=pk)
    before = {"role": person.role, "status": person.status}
    was_administrator = person.is_administrator
    for name, value in changes.items():
        setattr(person, name, value)
    if was_administrator and not person.is_administrator:
        another_administrator_than(person)
    if person.status != before["status"]:
        _keep_time_of_deletion(person)
    save_person(person)
    if not person.is_active:
        end_sessions(person)
    for name, kind in (("role", "person.role_changed"), ("status", "person.status_changed")):
        after = getattr(person, name)
        if after != before[name]:
            security.record(
                kind, request=request, actor=by, about=person.username, before=str(before[name]), after=str(after)
            )
    return person


def save_person(person: User) -> None:
    """Raises CannotChangePerson with the sentence of the rule that the row breaks."""
    try:
        with told_plainly():
            person.save()
    except ValidationError as broken:
        raise CannotChangePerson(f"{person}: {' '.join(broken.messages)}") from broken


# --- deleting and bringing back ---------------------------------------------------------------------------------------
@transaction.atomic
def delete_people(*, by: User, people: Sequence[User], request: HttpRequest | None = None) -> None:
    """Put all of them away or none. For 30 days they can be restored; their names are free at once.

    Raises CannotChangePerson when no active administrator would be left.
    """
    hold_until_commit(LOCK)
    rows = list(User.objects.present().select_for_update().filter(pk__in=[person.pk for person in people]))
    gone = [row for row in rows if row.is_administrator]
    if gone:
        another_administrator_than(*gone)
    for row in rows:
        row.status = Status.DELETED
        _keep_time_of_deletion(row)
        row.save()
        end_sessions(row)
        security.record("person.deleted", request=request, actor=by, about=row.username)


@transaction.atomic
def restore(*, by: User, person: User, request: HttpRequest | None = None) -> User:
    """Bring a deleted person back as an active one; with Plex they sign in anew.

    Raises CannotChangePerson when the person is not deleted, or somebody else has their names now.
    """
    row = User.objects.select_for_update().get(pk=person.pk)
    if not row.is_deleted:
        raise CannotChangePerson(_("%(name)s is not deleted.") % {"name": row})
    row.status = Status.ACTIVE
    _keep_time_of_deletion(row)
    save_person(row)
    security.record("person.restored", request=request, actor=by, about=row.username)
    return row


def _keep_time_of_deletion(person: User) -> None:
    """Make the rest of the row fit a status that has changed. Raises CannotChangePerson for names that are taken."""
    if person.status == Status.DELETED:
        person.deleted_at = timezone.now()
        person.plex_token = ""  # whoever is gone leaves no key behind; coming back they link anew
        Account.objects.of(person).delete()
    elif person.is_deleted:
        refuse_taken_names(person)
        person.deleted_at = None


# --- passwords --------------------------------------------------------------------------------------------------------
@transaction.atomic
def issue_one_time_password(*, by: User, person: User, request: HttpRequest | None = None) -> Issued:
    """A new one-time password for somebody who lost theirs; all their sessions end."""
    row = User.objects.select_for_update().get(pk=person.pk)
    return _issue(row, by=by, request=request, kind="password.issued")


def _issue(person: User, *, by: User | None, request: HttpRequest | None, kind: str) -> Issued:
    password = one_time_password()
    person.set_password(password)
    person.requires_password_change = True
    person.save()
    end_sessions(person)
    security.record(kind, request=request, actor=by, about=person.username)
    return Issued(person, password)


@transaction.atomic
def recover_person(*, login: str, without_second_step: bool = False, let_in: bool = False) -> Issued:
    """A new one-time password for somebody by user name or e-mail, from the server's shell.

    With `let_in` a suspended or inactive person is active again. Raises CannotChangePerson when nobody, or more than
    one, is known by `login`, or the person may not come in.
    """
    found = list(User.objects.known_as(login).select_for_update()[:2])
    if len(found) != 1:
        sentence = _("More than one person is known as “%(login)s”.") if found else _("Nobody is known as “%(login)s”.")
        raise CannotChangePerson(sentence % {"login": login})
    person = found[0]
    if not person.is_active and not let_in:
        raise CannotChangePerson(_("%(name)s is %(status)s.") % {"name": person, "status": person.get_status_display()})
    person.status = Status.ACTIVE
    if without_second_step:
        take_away(by=None, person=person)
    return _issue(person, by=None, request=None, kind="password.recovered")


@transaction.atomic
def change_password(*, user: User, new_password: str, request: HttpRequest | None = None) -> User:
    """Set the person's own new password. Every session, remembered device and access token ends, this one too."""
    row = User.objects.select_for_update().get(pk=user.pk)
    row.set_password(new_password)
    row.requires_password_change = False
    row.save(update_fields=["password", "requires_password_change", "updated_at"])
    end_sessions(row)
    security.record("password.changed", request=request, actor=row, about=row.username)
    return row
