"""Rules over all people, for forms that ask beforehand and actions that ask again under a lock."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from medianest.lib.errors import Cannot


class CannotChangePerson(Cannot):
    """The change would leave MediaNest without an administrator, or is not possible for this person."""


def refuse_losing_the_last_administrator(after: User) -> None:
    """Raises CannotChangePerson if, with the person as in `after`, no active administrator would be left.

    For forms, which ask before anything is locked; the actions ask again under the lock.
    """
    before = User.objects.filter(pk=after.pk).first()
    if before and before.is_administrator and not after.is_administrator:
        another_administrator_than(before)


def another_administrator_than(*people: User) -> None:
    """Raises CannotChangePerson if nobody but these is an active administrator."""
    if not User.objects.administrators().exclude(pk__in=[person.pk for person in people]).exists():
        raise CannotChangePerson(
            ngettext(
                "%(names)s is the last active administrator. Make somebody else an administrator first.",
                "%(names)s are the last active administrators. Make somebody else an administrator first.",
                len(people),
            )
            % {"names": ", ".join(map(str, people))}
        )


def taken_names(person: User) -> list[str]:
    """Which of the deleted person's fields (user name, e-mail, Plex id) lead to somebody else by now."""
    others = User.objects.exclude(pk=person.pk)
    taken = [name for name in ("username", "email") if (login := getattr(person, name)) and others.known_as(login)]
    if person.plex_id is not None and others.known_to_plex_as(person.plex_id):
        taken.append("plex_id")
    return taken


def refuse_taken_names(person: User) -> None:
    """Raises CannotChangePerson, naming what is taken, if the person cannot come back as they were."""
    if taken := taken_names(person):
        shown = ", ".join(str(User._meta.get_field(name).verbose_name) for name in taken)  # type: ignore[union-attr]
        raise CannotChangePerson(
            _("%(name)s cannot come back: somebody else has the same %(what)s by now. Change that first.")
            % {"name": person, "what": shown}
        )
