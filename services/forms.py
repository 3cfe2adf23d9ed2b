"""The form for one service's connection: address, key and the settings its provider declares.

Used by the admin and by the set-up page. It never shows a stored key; an empty field keeps it.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from medianest.lib.http import clean_address, origin
from services.models import ServiceConfig
from services.providers import registry
from services.providers.base import Connection, Provider

_SETTING = "setting"
_WIDE = {"autocomplete": "off", "class": "vTextField"}  # the class is the admin's own


class _ShownField(forms.Field):
    """Shows one of the provider's fields; the provider's own form is what checks it."""

    def clean(self, value: Any) -> Any:
        return value


class ConnectionForm(forms.ModelForm[ServiceConfig]):
    """Made for a provider by `form_for`. `settings` is valid after cleaning; nothing is saved from here."""

    provider: type[Provider]

    key = forms.CharField(
        label=gettext_lazy("Key"),
        max_length=500,
        required=False,
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password", "class": "vTextField"}),
        validators=[RegexValidator(r"\A[\x21-\x7e]+\Z", gettext_lazy("A key has no spaces and no special letters."))],
    )
    remove_key = forms.BooleanField(label=gettext_lazy("Remove the stored key"), required=False)

    class Meta:
        model = ServiceConfig
        fields = ["service_url", "enabled"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.settings: dict[str, Any] = {}
        self._describe_address()
        self._describe_key()
        for name in self.provider.SettingsForm.base_fields:
            self.fields[f"{_SETTING}-{name}"].widget.attrs.update(_WIDE)
            stored = self.instance.config_data
            if isinstance(stored, dict) and name in stored:
                self.initial[f"{_SETTING}-{name}"] = stored[name]

    def _describe_address(self) -> None:
        address = self.fields["service_url"]
        address.label = gettext_lazy("Address")
        address.help_text = _("For example %(address)s") % {"address": self.provider.address_example}
        address.widget.attrs |= {"inputmode": "url", "spellcheck": "false", "autocapitalize": "off", **_WIDE}

    def _describe_key(self) -> None:
        key = self.fields["key"]
        key.label = str(self.provider.key_label)
        told = str(self.provider.key_help)
        if not self.instance.has_key:
            del self.fields["remove_key"]
        elif self.instance.has_readable_key:
            stored = _("A key is stored (with encryption key “%(id)s”). Leave this empty to keep it.")
            told = f"{stored % {'id': self.instance.key_id}} {told}"
        else:
            told = f"{_('The stored key can no longer be read: enter the key again.')} {told}"
        key.help_text = told.strip()

    def clean_service_url(self) -> str:
        typed: str = self.cleaned_data["service_url"]
        try:
            return clean_address(typed) if typed.strip() else ""
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self._takes_key_elsewhere(cleaned):
            self.add_error("key", _("The address changed, so enter the key again."))
        checked = self.provider.SettingsForm(data=self.data, prefix=self.add_prefix(_SETTING))
        if checked.is_valid():
            self.settings = checked.cleaned_data
        elif cleaned.get("service_url"):
            for name, messages in checked.errors.items():
                self.add_error(None if name == "__all__" else f"{_SETTING}-{name}", list(messages))
        return cleaned

    def _takes_key_elsewhere(self, cleaned: dict[str, Any]) -> bool:
        """Whether the stored key would go to another scheme, host or port than the one it was entered for."""
        address = cleaned.get("service_url")
        if not address or not self.instance.has_key or cleaned.get("remove_key") or "key" in self.errors:
            return False
        return not cleaned.get("key") and origin(address) != origin(self.instance.service_url)

    def ask_for_all(self) -> None:
        """Take nothing less than a connection: with an address, and a key where one is needed and none can be read."""
        self.fields["service_url"].required = True
        self.fields["key"].required = self.provider.needs_key and not (
            self.instance.has_key and self.instance.has_readable_key
        )

    @property
    def key_to_save(self) -> str | None:
        """As `actions.save_connection` wants it: None keeps the stored key, "" removes it."""
        if self.cleaned_data.get("key"):
            return str(self.cleaned_data["key"])
        return "" if self.cleaned_data.get("remove_key") else None

    def typed_provider(self) -> Provider:
        """The service as typed, with the stored key where none was; for trying it without saving."""
        key = self.key_to_save
        if key is None:
            key = self.instance.api_key if self.instance.has_readable_key else ""
        return self.provider(Connection(self.cleaned_data["service_url"], key, self.settings))

    def values(self) -> dict[str, Any]:
        """Arguments for `actions.save_connection`."""
        return {
            "service_name": self.instance.service_name,
            "url": self.cleaned_data["service_url"],
            "settings": self.settings,
            "key": self.key_to_save,
        }


def form_for(provider: type[Provider]) -> type[ConnectionForm]:
    """The form class for a kind of service: the common fields and those of its settings."""
    shown = {}
    for name, field in provider.SettingsForm.base_fields.items():
        shown[f"{_SETTING}-{name}"] = _ShownField(
            label=field.label,
            help_text=field.help_text,
            required=field.required,
            initial=field.initial,
            widget=field.widget,
        )
    return type("ConnectionForm", (ConnectionForm,), {**shown, "provider": provider})


def settings_names(provider: type[Provider]) -> list[str]:
    """The names that the settings' fields have in the form."""
    return [f"{_SETTING}-{name}" for name in provider.SettingsForm.base_fields]


def provider_of(config: ServiceConfig) -> type[Provider] | None:
    """What kind of service a row is for; None for one this version does not know."""
    return registry.find(config.service_name)
