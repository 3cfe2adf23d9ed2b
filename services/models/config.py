"""The external services: how to reach them and how they are."""

from __future__ import annotations

from collections.abc import Collection

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from medianest.lib.crypto import EncryptedTextField
from medianest.lib.json_schema import SchemaJSONField
from operations.audit import audited
from services.providers import registry


def service_choices() -> list[tuple[str, str]]:
    """A callable, so that a new provider file needs no migration."""
    return [(provider.kind, str(provider.label)) for provider in registry.all()]


SETTINGS = {
    "type": "object",
    "additionalProperties": {
        "type": ["string", "number", "boolean", "array", "null"],
        "maxLength": 2000,
        "maxItems": 500,
        "items": {"type": ["string", "number", "boolean"], "maxLength": 500},
    },
    "maxProperties": 50,
}
"""A provider's own settings, flat; which ones there are, its settings form says."""


class ServiceConfigQuerySet(models.QuerySet["ServiceConfig"]):
    def usable(self) -> ServiceConfigQuerySet:
        """Switched on and given an address."""
        return self.filter(enabled=True).exclude(service_url="")


@audited()
class ServiceConfig(models.Model):
    """How one external service is reached. One row per kind of service.

    `config_data` holds what the provider's own settings form declares; the key is encrypted and never shown again.
    """

    id = models.BigAutoField(primary_key=True)
    service_name = models.CharField(_("service"), max_length=40, unique=True, choices=service_choices)
    service_url = models.CharField(_("address"), max_length=500, blank=True)
    api_key = EncryptedTextField(_("key"), blank=True, default="", bind_to="service_name")
    enabled = models.BooleanField(_("in use"), default=True)
    config_data = SchemaJSONField(_("settings"), schema=SETTINGS, default=dict, blank=True)
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
        constraints = [
            # The shape only: which kinds there are is the providers' own, and a new one needs no migration.
            models.CheckConstraint(
                condition=models.Q(service_name__regex=r"^[a-z0-9][a-z0-9-]*$"),
                name="service_config_named",
                violation_error_message=_("A service's name has small letters, digits and hyphens."),
            ),
        ]

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
