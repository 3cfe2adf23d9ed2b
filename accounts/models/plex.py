"""Whom the Plex server's owner lets in, as plex.tv last told."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from operations.audit import untold

_A_COPY = "A copy of what Plex says, read again every twenty minutes."

THE_LIST = uuid.UUID("6d65646e-6573-7400-8000-000000000001")


class Trouble(models.TextChoices):
    """Why the list could not be read last time."""

    NONE = "", _("none")
    AWAY = "away", _("plex.tv or the server did not answer")
    RECONNECT = "reconnect", _("the server's own token is dead or not the owner's")


class Relation(models.TextChoices):
    OWNER = "owner", _("owner")
    FRIEND = "friend", _("friend")
    HOME = "home", _("of the household")


@untold(_A_COPY)
class GuestList(models.Model):
    """The list as a whole; there is one. `listed_at` is when it was last read, `trouble` how the latest try went.

    `server_id` is what the server at `address` calls itself. `shrunk_at` is set while a list waits for a second look
    because it suddenly lacks most of the people known here.
    """

    id = models.UUIDField(primary_key=True, default=THE_LIST, editable=False)
    server_id = models.CharField(max_length=64, blank=True)
    address = models.CharField(max_length=500, blank=True)
    listed_at = models.DateTimeField(null=True, blank=True)
    tried_at = models.DateTimeField(default=timezone.now)
    trouble = models.CharField(max_length=10, choices=Trouble, blank=True, default=Trouble.NONE)
    shrunk_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "plex_guest_list"
        verbose_name = _("list of Plex guests")
        verbose_name_plural = _("list of Plex guests")
        constraints = [
            models.CheckConstraint(
                condition=Q(id=THE_LIST),
                name="plex_guest_list_is_one",
                violation_error_message=_("There is one list only."),
            ),
            models.CheckConstraint(
                condition=Q(trouble__in=Trouble.values),
                name="plex_guest_list_trouble_known",
                violation_error_message=_("Choose one of the troubles."),
            ),
        ]

    def __str__(self) -> str:
        return str(_("list of Plex guests"))


@untold(_A_COPY)
class PlexGuest(models.Model):
    """Somebody with whom the server is shared, whether they have ever been here or not. Goes when the share does.

    Holds no more than is needed to know them at the door and to choose them for an import; no e-mail address.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plex_id = models.BigIntegerField(_("Plex id"), unique=True)
    username = models.CharField(_("Plex user name"), max_length=150, blank=True)
    name = models.CharField(_("name"), max_length=150, blank=True)
    relation = models.CharField(_("relation"), max_length=6, choices=Relation)
    is_pending = models.BooleanField(_("invitation not accepted yet"), default=False)
    created_at = models.DateTimeField(_("first seen"), default=timezone.now, editable=False)

    class Meta:
        db_table = "plex_guests"
        verbose_name = _("Plex guest")
        verbose_name_plural = _("Plex guests")
        ordering = ["name", "plex_id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(relation__in=Relation.values),
                name="plex_guests_relation_known",
                violation_error_message=_("Choose one of the relations."),
            ),
            models.CheckConstraint(
                condition=Q(plex_id__gt=0),
                name="plex_guests_plex_id_positive",
                violation_error_message=_("A Plex id is a number above zero."),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.username or str(self.plex_id)


@untold(_A_COPY)
class SharedSection(models.Model):
    """A library of the server that is open to a guest; `key` is Plex's number of it. The owner has all, without rows."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    guest = models.ForeignKey(PlexGuest, on_delete=models.CASCADE, related_name="sections", db_index=False)
    key = models.CharField(_("number in Plex"), max_length=20)
    title = models.CharField(_("library"), max_length=200)
    type = models.CharField(_("type"), max_length=20, blank=True)

    class Meta:
        db_table = "plex_shared_sections"
        verbose_name = _("shared library")
        verbose_name_plural = _("shared libraries")
        ordering = ["title", "key"]
        constraints = [
            models.UniqueConstraint(
                fields=["guest", "key"],
                name="plex_shared_sections_once",
                violation_error_message=_("This library is shared with this guest already."),
            ),
        ]

    def __str__(self) -> str:
        return self.title
