"""People and what they may do."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person may do; each role includes the one before it."""

    USER = "USER", _("viewer")
    MODERATOR = "MODERATOR", _("moderator")
    ADMIN = "ADMIN", _("administrator")


class Status(models.TextChoices):
    """Whether a person may enter."""

    ACTIVE = "active", _("active")
    INACTIVE = "inactive", _("inactive")
    SUSPENDED = "suspended", _("suspended")
    DELETED = "deleted", _("deleted")


class UserQuerySet(models.QuerySet["User"]):
    def active(self) -> UserQuerySet:
        return self.filter(status=Status.ACTIVE)

    def administrators(self) -> UserQuerySet:
        return self.active().filter(role=Role.ADMIN)

    def known_as(self, login: str) -> UserQuerySet:
        """Those whose user name or e-mail is `login`, in whatever case."""
        return self.annotate(email_lower=Lower("email"), username_lower=Lower("username")).filter(
            Q(email_lower=login.lower()) | Q(username_lower=login.lower())
        )


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


class User(AbstractBaseUser):
    """A person. Signs in with Plex, or locally by user name or e-mail and password.

    A managed Plex (Home) user may have no e-mail; one without a Plex id is a local person.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(_("user name"), max_length=150)
    email = models.EmailField(_("e-mail"), null=True, blank=True)  # noqa: DJ001  (unique, and managed people have none)
    name = models.CharField(_("name"), max_length=150, blank=True)
    image = models.CharField(_("picture"), max_length=500, blank=True)
    plex_id = models.BigIntegerField(_("Plex id"), null=True, blank=True, unique=True)
    plex_username = models.CharField(_("Plex user name"), max_length=150, blank=True)
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.USER, db_index=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.ACTIVE)
    password = models.CharField(_("password"), max_length=128, db_column="password_hash")
    requires_password_change = models.BooleanField(_("must change the password"), default=False)
    is_bootstrap_user = models.BooleanField(_("first administrator"), default=False)
    last_login = models.DateTimeField(
        _("last sign-in"), null=True, blank=True, db_column="last_login_at", db_index=True
    )
    deleted_at = models.DateTimeField(null=True, blank=True)
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
        ]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="users_email_unique",
                violation_error_message=_("Someone else has this e-mail address."),
            ),
            models.UniqueConstraint(
                Lower("username"), name="users_username_unique", violation_error_message=_("This user name is taken.")
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="users_role_known"),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="users_status_known"),
        ]

    def __str__(self) -> str:
        return self.name or self.username

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        return self.status == Status.ACTIVE

    @property
    def is_moderator(self) -> bool:
        return self.is_active and self.role in (Role.MODERATOR, Role.ADMIN)

    @property
    def is_administrator(self) -> bool:
        return self.is_active and self.role == Role.ADMIN

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
