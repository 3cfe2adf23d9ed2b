"""Overseerr, and Seerr (once Jellyseerr), which grew out of it and is told apart by its version."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from medianest.lib.http import Answer, clean_address, not_the_service
from services.providers import base, registry
from services.providers.base import Identity, TooOld
from services.providers.overseerr.describing import DescribesTitles

LEAST_OVERSEERR = (1, 33)
SAFE_SEERR = (3, 1)  # 3.1.0 closed CVE-2026-27707, -27792 and -27793
_NAMES = {1: "Overseerr", 2: "Jellyseerr", 3: "Seerr"}


class OverseerrSettingsForm(base.SettingsForm):
    public_address = forms.CharField(
        label=gettext_lazy("Address for people"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("Where people open Overseerr themselves, if they should. Links lead there."),
    )

    def clean_public_address(self) -> str:
        typed: str = self.cleaned_data["public_address"]
        try:
            return clean_address(typed) if typed else ""
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None


@registry.declare
class Overseerr(DescribesTitles):
    kind = "overseerr"
    label = "Overseerr"
    icon = "inbox"
    purpose = gettext_lazy("Has films and series fetched. MediaNest looks at whether it answers. Seerr works as well.")
    when_away = gettext_lazy("Nothing in MediaNest depends on it yet. Everything works.")
    address_example = "http://192.168.1.20:5055"
    key_label = gettext_lazy("API key")
    key_help = gettext_lazy("In Overseerr: Settings, General.")
    slow_after_ms = 2000
    SettingsForm = OverseerrSettingsForm

    def identify(self) -> Identity:
        with self.looking() as client:
            version = _version(client.get("/api/v1/status"))
            numbers = _numbers(version)
            if numbers and numbers < LEAST_OVERSEERR:
                raise TooOld(
                    _("This Overseerr is too old: it is version %(version)s, and 1.33 is the oldest that works.")
                    % {"version": version}
                )
            self.require_key()
            me = client.get("/api/v1/auth/me", headers={"X-Api-Key": self.connection.key}).json()
        if not isinstance(me, dict) or "id" not in me:
            raise not_the_service(self.label)
        name = _NAMES.get(numbers[0], "Seerr") if numbers else "Overseerr"
        return Identity(name, version, _warning(numbers))


def _version(answer: Answer) -> str:
    """What `/status` says. Raises Malformed unless it is an Overseerr's."""
    status: Any = answer.json()
    if not isinstance(status, dict) or not isinstance(status.get("version"), str) or "commitTag" not in status:
        raise not_the_service(answer.label)
    return str(status["version"])


def _numbers(version: str) -> tuple[int, int] | None:
    """Major and minor of `3.1.0`; None for a development build (`develop-4f2c…`)."""
    found = re.match(r"v?(\d+)\.(\d+)", version)
    return (int(found[1]), int(found[2])) if found else None


def _warning(numbers: tuple[int, int] | None) -> str:
    if numbers and (3, 0) <= numbers < SAFE_SEERR:
        return _("Update it: versions before 3.1.0 have known security holes.")
    return ""
