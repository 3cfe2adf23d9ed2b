"""Overseerr, and Seerr (once Jellyseerr), which grew out of it and is told apart by its version."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from medianest.lib.http import clean_address, not_the_service
from services.providers import base, registry
from services.providers.base import Identity, TooOld
from services.providers.overseerr.describing import DescribesTitles
from services.providers.overseerr.generation import numbers, version_in
from services.providers.overseerr.problems import HearsProblems

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

    ask_as = forms.ChoiceField(
        label=gettext_lazy("Requests are made as"),
        choices=[
            ("person", gettext_lazy("the person's own account there, where they have one")),
            ("account", gettext_lazy("always the account below")),
        ],
        required=False,
        help_text=gettext_lazy("An account's own quota and rights in Overseerr apply to what is asked in its name."),
    )
    account = forms.IntegerField(
        label=gettext_lazy("Number of the account for everybody else"),
        min_value=1,
        max_value=2_000_000_000,
        required=False,
        help_text=gettext_lazy("As in the address of the account's page in Overseerr. Empty means its owner."),
    )

    def clean_ask_as(self) -> str:
        return self.cleaned_data["ask_as"] or "person"

    def clean_public_address(self) -> str:
        typed: str = self.cleaned_data["public_address"]
        try:
            return clean_address(typed) if typed else ""
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None


@registry.declare
class Overseerr(DescribesTitles, HearsProblems):
    kind = "overseerr"
    label = "Overseerr"
    icon = "inbox"
    purpose = gettext_lazy("Has films and series fetched that were approved. Seerr works as well.")
    when_away = gettext_lazy("Requests can be made and approved; they are handed over when it is back.")
    address_example = "http://192.168.1.20:5055"
    key_label = gettext_lazy("API key")
    key_help = gettext_lazy("In Overseerr: Settings, General.")
    slow_after_ms = 2000
    hint_help = gettext_lazy(
        "In Overseerr: Settings, Notifications, Webhook. Enter this as its address, leave its text as it is, and choose"
        " all events about requests. Without it MediaNest looks every two minutes."
    )
    SettingsForm = OverseerrSettingsForm

    def identify(self) -> Identity:
        with self.looking() as client:
            version = version_in(client.get("/api/v1/status"))
            known = numbers(version)
            if known and known < LEAST_OVERSEERR:
                raise TooOld(
                    _("This Overseerr is too old: it is version %(version)s, and 1.33 is the oldest that works.")
                    % {"version": version}
                )
            self.require_key()
            me = client.get("/api/v1/auth/me", headers={"X-Api-Key": self.connection.key}).json()
        if not isinstance(me, dict) or "id" not in me:
            raise not_the_service(self.label)
        name = _NAMES.get(known[0], "Seerr") if known else "Overseerr"
        return Identity(name, version, _warning(known))


def _warning(known: tuple[int, int] | None) -> str:
    if known and (3, 0) <= known < SAFE_SEERR:
        return _("Update it: versions before 3.1.0 have known security holes.")
    return ""
