"""Signing in and changing the password."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User

LONGEST_PASSWORD = 500


def _password(label: Any, autocomplete: str, **options: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, max_length=LONGEST_PASSWORD, widget=widget, **options)


class SignInForm(forms.Form):
    username = forms.CharField(
        label=_("User name or e-mail"),
        max_length=254,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false", "autofocus": True}
        ),
    )
    password = _password(_("Password"), "current-password")


class ChangePasswordForm(forms.Form):
    """The current password is asked for unless it was a one-time password, which was typed just before."""

    current = _password(_("Current password"), "current-password")
    new = _password(
        _("New password"), "new-password", help_text=_("At least 10 characters. A few unrelated words do well.")
    )
    again = _password(_("New password again"), "new-password")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if user.requires_password_change:
            del self.fields["current"]
        next(iter(self.fields.values())).widget.attrs["autofocus"] = True

    @property
    def asks_for_current(self) -> bool:
        return "current" in self.fields

    def clean_current(self) -> str:
        current: str = self.cleaned_data["current"]
        if not self.user.check_password(current):
            raise ValidationError(_("This is not your current password."), code="wrong")
        return current

    def clean_new(self) -> str:
        new: str = self.cleaned_data["new"]
        validate_password(new, self.user)
        if self.user.check_password(new):
            raise ValidationError(_("This is the password you have. Choose another one."), code="same")
        return new

    def clean_again(self) -> str:
        again: str = self.cleaned_data["again"]
        if "new" in self.cleaned_data and again != self.cleaned_data["new"]:
            raise ValidationError(_("The two new passwords differ."), code="differ")
        return again
