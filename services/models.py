"""The external services: how to reach them and how they are."""

from __future__ import annotations

from collections.abc import Collection

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from medianest.lib.crypto import EncryptedTextField
from services.providers import registry


def service_choices() -> list[tuple[str, str]]:
    """A callable, so that a new provider file needs no migration."""
    return [(provider.kind, str(provider.label)) for provider in registry.all()]


class ServiceConfigQuerySet(models.QuerySet["ServiceConfig"]):
    def usable(self) -> ServiceConfigQuerySet:
        """Switched on and given an address."""
        return self.filter(enabled=True).exclude(service_url="")


class ServiceConfig(models.Model):
    """How one external service is reached. One row per kind of service.

    `config_data` holds what the provider's own settings form declares; the key is encrypted and never shown again.
    """

    id = models.BigAutoField(primary_key=True)
    service_name = models.CharField(_("service"), max_length=40, unique=True, choices=service_choices)
    service_url = models.CharField(_("address"), max_length=500, blank=True)
    api_key = EncryptedTextField(_("key"), blank=True, default="", bind_to="service_name")
    enabled = models.BooleanField(_("in use"), default=True)
    config_data = models.JSONField(_("settings"), default=dict, blank=True)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True, db_index=True)

    objects = ServiceConfigQuerySet.as_manager()

    class Meta:
        db_table = "service_config"
        verbose_name = _("service")
        verbose_name_plural = _("services")
        ordering = ["service_name"]
        indexes = [models.Index(fields=["enabled"], name="service_config_enabled")]

    def __str__(self) -> str:
        provider = registry.find(self.service_name)
        return str(provider.label) if provider else self.service_name

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """Besides Django's checks, those of the kind's own settings form; an address not given yet needs none."""
        super().clean_fields(exclude)
        provider = registry.find(self.service_name)
        if provider is None or "config_data" in (exclude or ()) or not (self.service_url or self.config_data):
            return
        try:
            self.config_data = provider.clean_settings(self.config_data)
        except ValidationError as error:
            named = [f"{name}: {message}" for name, messages in error.message_dict.items() for message in messages]
            raise ValidationError({"config_data": named}) from None

    @property
    def key_id(self) -> str:
        """Which encryption key closed the stored key; "" when none is stored."""
        return _key_field().key_id(self)

    @property
    def has_key(self) -> bool:
        return _key_field().is_set(self)

    @property
    def has_readable_key(self) -> bool:
        """False when the key must be entered again: the encryption key is gone, or the row was tampered with."""
        return _key_field().opens(self)


def _key_field() -> EncryptedTextField:
    return ServiceConfig._meta.get_field("api_key")


class ServiceState(models.TextChoices):
    ONLINE = "online", _("online")
    DEGRADED = "degraded", _("degraded")
    OFFLINE = "offline", _("offline")
    MAINTENANCE = "maintenance", _("maintenance")
    UNKNOWN = "unknown", _("unknown")


class ServiceStatus(models.Model):
    """How a service was when it was last probed. Written by the scheduler's probes only; pages only read."""

    id = models.BigAutoField(primary_key=True)
    service_name = models.CharField(max_length=40, unique=True)
    status = models.CharField(max_length=12, choices=ServiceState, default=ServiceState.UNKNOWN)
    response_time_ms = models.PositiveIntegerField(null=True, blank=True)
    last_check_at = models.DateTimeField(null=True, blank=True, db_index=True)
    changed_at = models.DateTimeField(null=True, blank=True)
    uptime_percentage = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    checks_good = models.PositiveBigIntegerField(default=0)
    checks_all = models.PositiveBigIntegerField(default=0)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    slow_checks = models.PositiveIntegerField(_("slow answers in a row"), default=0)
    message = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "service_status"
        verbose_name = _("service status")
        verbose_name_plural = _("service status")
        ordering = ["service_name"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=ServiceState.values), name="service_status_known"),
            models.CheckConstraint(
                condition=Q(uptime_percentage__isnull=True) | Q(uptime_percentage__gte=0, uptime_percentage__lte=100),
                name="service_status_uptime_percent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service_name}: {self.status}"
