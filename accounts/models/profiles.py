"""How a person wants to be shown and spoken to."""

from __future__ import annotations

import uuid
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from medianest.lib.json_schema import SchemaJSONField
from medianest.lib.row_policies import own_rows
from operations.audit import audited

_NAMES: dict[str, Any] = {
    "type": "array",
    "maxItems": 100,
    "uniqueItems": True,
    "items": {"type": "string", "minLength": 1, "maxLength": 100},
}
PREFERENCES: dict[str, Any] = {
    "description": "what a person chose, by name; what is left out is MediaNest's choice",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "streaming_services": {**_NAMES, "description": "providers one can watch at, as the catalogue names them"},
        "muted_events": {**_NAMES, "description": "events one does not want to be told of, e.g. requests.approved"},
    },
}


class Theme(models.TextChoices):
    """The colours of the pages."""

    DARK = "dark", _("dark")
    LIGHT = "light", _("light")
    SYSTEM = "system", _("as the device")


# A page shows many people, and their profiles are nobody else's to read: what it needs of them stands on their own rows.
_COPY = """
UPDATE public.users SET shown_name = NEW.display_name, theme = NEW.theme, language = NEW.language
WHERE id = NEW.user_id
    AND (shown_name, theme, language) IS DISTINCT FROM (NEW.display_name, NEW.theme, NEW.language);
RETURN NULL;
"""


@audited(personal=["display_name"])
class Profile(models.Model):
    """What a person chose for themselves. Without a language the browser's is spoken, without a region the house's.

    Language is a tag such as `de` or `pt-br`, region a country's two capital letters.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="profile")
    display_name = models.CharField(_("shown name"), max_length=80, blank=True)
    language = models.CharField(_("language"), max_length=15, blank=True)
    region = models.CharField(_("region"), max_length=2, blank=True)
    theme = models.CharField(_("colours"), max_length=6, choices=Theme, default=Theme.DARK)
    preferences = SchemaJSONField(_("preferences"), schema=PREFERENCES, default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "profiles"
        verbose_name = _("profile")
        verbose_name_plural = _("profiles")
        indexes = [models.Index(fields=["-created_at"], name="profiles_created")]
        triggers = [
            pgtrigger.Trigger(
                name="shown_to_others",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("display_name", "theme", "language"),  # type: ignore[no-untyped-call]
                when=pgtrigger.After,
                func=_COPY,
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(theme__in=Theme.values),
                name="profiles_theme_known",
                violation_error_message=_("Choose one of the colour schemes."),
            ),
            models.CheckConstraint(
                condition=Q(language="") | Q(language__regex=r"^[a-z]{2,3}(-[a-z0-9]{2,8})?$"),
                name="profiles_language_form",
                violation_error_message=_("Write the language in small letters, such as “de” or “pt-br”."),
            ),
            models.CheckConstraint(
                condition=Q(region="") | Q(region__regex=r"^[A-Z]{2}$"),
                name="profiles_region_form",
                violation_error_message=_("Write the region as two capital letters, such as “DE”."),
            ),
            own_rows("profiles_own_rows"),
        ]

    def __str__(self) -> str:
        return self.display_name or str(self.user)
