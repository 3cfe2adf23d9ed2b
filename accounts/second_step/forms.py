"""Codes as people type them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User

_AS_TYPED = {"autocapitalize": "none", "autocorrect": "off", "spellcheck": "false"}


def _code(label: Any, **attrs: Any) -> forms.CharField:
    attrs = {**_AS_TYPED, "autocomplete": "one-time-code", "inputmode": "numeric", "class": "code-box", **attrs}
    return forms.CharField(label=label, max_length=20, widget=forms.TextInput(attrs=attrs))


class CodeForm(forms.Form):
    """A code from the app."""

    code = _code(_("Code from your app"), autofocus=True)


class RecoveryForm(forms.Form):
    """A spare code, typed in whatever case, with or without its dashes."""

    code = forms.CharField(
        label=_("Recovery code"),
        max_length=60,
        widget=forms.TextInput(attrs={**_AS_TYPED, "autocomplete": "off"}),
        help_text=_("One of the ten you kept. Each works once."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "spare_%s", **kwargs})  # it stands on one page with the other


class ProofForm(forms.Form):
    """Either of them, for whoever is signed in."""

    code = forms.CharField(
        label=_("Code from your app, or a recovery code"),
        max_length=60,
        widget=forms.TextInput(attrs={**_AS_TYPED, "autocomplete": "one-time-code", "autofocus": True}),
    )


class SetUpForm(forms.Form):
    """A first code, and the password: whoever found a browser open must not lock its owner out."""

    code = _code(_("Code that the app shows"))
    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not self.user.check_password(password):
            raise ValidationError(_("This is not your password."), code="wrong")
        return password
