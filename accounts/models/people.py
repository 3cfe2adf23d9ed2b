"""People and what they may do."""

from __future__ import annotations

import hashlib
import re
import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models.last_administrator import KeepsAnAdministrator
from accounts.querysets import UserQuerySet
from accounts.rights import Right, Role, may
from medianest.lib.crypto import EncryptedTextField
from operations.audit import audited

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class Status(models.TextChoices):
    """Whether a person may enter. A deleted one can be brought back for 30 days and is purged then."""

    ACTIVE = "active", _("active")
    INACTIVE = "inactive", _("inactive")
    SUSPENDED = "suspended", _("suspended")
    DELETED = "deleted", _("deleted")


class _UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        """A new person; without a password only Plex can sign them in."""
        user: User = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(username, password, role=Role.ADMIN, **fields)


UserManager = _UserManager.from_queryset(UserQuerySet)


@audited(
    exclude=["password", "last_login", "theme", "language"],
    personal=["username", "email", "name", "shown_name", "image", "plex_id", "plex_username"],
    owner="id",
)
class User(AbstractBaseUser):
    """A person. Signs in with Plex, or locally by user name or e-mail and password.

    A managed Plex (Home) user may have no e-mail; one without a Plex id is a local person. Deleted people keep
    their row for a while so that they can be brought back; their user name, e-mail and Plex id are free again.
    `limit_…` stands in for the house's limit of that name (`operations/limits.py`); null: the house's holds.

    `shown_name`, `theme` and `language` are the profile's, written here by its trigger: every page needs them, and of
    everybody it shows. `image` is the picture at Plex; `picture` is the mark of one's own, which stands before it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(_("user name"), max_length=150)
    email = models.EmailField(_("e-mail"), null=True, blank=True)  # noqa: DJ001  (unique, and managed people have none)
    name = models.CharField(_("name"), max_length=150, blank=True)
    shown_name = models.CharField(_("shown name"), max_length=80, blank=True, default="", db_default="", editable=False)
    theme = models.CharField(_("colours"), max_length=6, blank=True, default="", db_default="", editable=False)
    language = models.CharField(_("language"), max_length=15, blank=True, default="", db_default="", editable=False)
    image = models.CharField(_("picture"), max_length=500, blank=True)
    picture = models.CharField(_("own picture"), max_length=32, blank=True, default="", db_default="", editable=False)
    plex_id = models.BigIntegerField(_("Plex id"), null=True, blank=True)
    plex_username = models.CharField(_("Plex user name"), max_length=150, blank=True)
    plex_token = EncryptedTextField(_("Plex token"), blank=True, default="", db_default="", editable=False)
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.USER, db_index=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.ACTIVE)
    password = models.CharField(_("password"), max_length=128, db_column="password_hash")
    requires_password_change = models.BooleanField(_("must change the password"), default=False)
    is_bootstrap_user = models.BooleanField(_("first administrator"), default=False)
    last_login = models.DateTimeField(
        _("last sign-in"), null=True, blank=True, db_column="last_login_at", db_index=True
    )
    limit_api = models.IntegerField(_("calls of the API a minute"), null=True, blank=True)
    limit_playlists = models.IntegerField(_("playlists an hour"), null=True, blank=True)
    limit_requests = models.IntegerField(_("requests an hour"), null=True, blank=True)
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        db_table = "users"
        verbose_name = _("person")
        verbose_name_plural = _("people")
        indexes = [
            models.Index(fields=["status", "created_at"], name="users_status_created"),
            models.Index(fields=["role"], condition=Q(status="active"), name="users_active_role"),
            models.Index(fields=["username"], name="users_by_name"),
            models.Index(fields=["deleted_at"], condition=Q(deleted_at__isnull=False), name="users_deleted"),
        ]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=Q(deleted_at__isnull=True),
                name="users_one_per_email",
                violation_error_message=_("Someone else has this e-mail address."),
            ),
            models.UniqueConstraint(
                Lower("username"),
                condition=Q(deleted_at__isnull=True),
                name="users_one_per_username",
                violation_error_message=_("This user name is taken."),
            ),
            models.UniqueConstraint(
                fields=["plex_id"],
                condition=Q(deleted_at__isnull=True),
                name="users_one_per_plex_id",
                violation_error_message=_("Someone else signs in with this Plex account."),
            ),
            models.CheckConstraint(
                condition=Q(role__in=Role.values),
                name="users_role_known",
                violation_error_message=_("Choose one of the roles."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=Status.values),
                name="users_status_known",
                violation_error_message=_("Choose one of the states."),
            ),
            models.CheckConstraint(
                condition=~Q(username=""),
                name="users_has_username",
                violation_error_message=_("Give the person a user name."),
            ),
            models.CheckConstraint(
                condition=Q(email__isnull=True) | ~Q(email=""),
                name="users_email_or_none",
                violation_error_message=_("Give an e-mail address or none at all."),
            ),
            models.CheckConstraint(
                condition=Q(plex_id__isnull=True) | Q(plex_id__gt=0),
                name="users_plex_id_positive",
                violation_error_message=_("A Plex id is a number above zero."),
            ),
            models.CheckConstraint(
                condition=(
                    Q(status=Status.DELETED, deleted_at__isnull=False)
                    | (~Q(status=Status.DELETED) & Q(deleted_at__isnull=True))
                ),
                name="users_deleted_has_time",
                violation_error_message=_("A deleted person has a time of deletion, and nobody else has."),
            ),
            models.CheckConstraint(
                condition=(
                    (Q(limit_api__isnull=True) | Q(limit_api__gte=1))
                    & (Q(limit_playlists__isnull=True) | Q(limit_playlists__gte=1))
                    & (Q(limit_requests__isnull=True) | Q(limit_requests__gte=1))
                ),
                name="users_limits_positive",
                violation_error_message=_("A limit of one's own is at least 1; leave it empty for the house's."),
            ),
            KeepsAnAdministrator(
                name="users_keep_administrator",
                violation_error_message=_(
                    "This is the last active administrator. Make somebody else an administrator first."
                ),
            ),
        ]

    def __str__(self) -> str:
        """The name that others see. Of one that is an e-mail address, as with many at Plex, only what is before the @."""
        name = self.shown_name or self.name or self.username
        return name.partition("@")[0] if _ADDRESS.fullmatch(name) else name

    @property
    def picture_url(self) -> str:
        """Where the person's picture is shown from, whichever it is; "" without one. Another picture, another address."""
        if not (self.picture or self.image):
            return ""
        mark = self.picture or hashlib.blake2b(self.image.encode(), digest_size=8).hexdigest()
        return reverse("person-picture", args=[self.pk, mark])

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        return self.status == Status.ACTIVE

    @property
    def is_deleted(self) -> bool:
        return self.deleted_at is not None

    @property
    def is_moderator(self) -> bool:
        return may(self, Right.SEE_EVERYBODYS)

    @property
    def is_administrator(self) -> bool:
        return may(self, Right.ADMINISTER)

    # What the Django admin asks. It is all or nothing: the admin is for administrators.
    @property
    def is_staff(self) -> bool:
        return self.is_administrator

    @property
    def is_superuser(self) -> bool:
        return self.is_administrator

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.is_administrator

    def has_perms(self, perm_list: list[str], obj: object = None) -> bool:
        return self.is_administrator

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_administrator
