"""Signing in, changing the password, and a person as an administrator edits them."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.rules import CannotChangePerson, refuse_losing_the_last_administrator

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
    remember = forms.BooleanField(label=_("Remember this device for 90 days"), required=False)

    def refuse(self, sentence: str) -> None:
        """Say it beside the password, and put the cursor there: the name typed before stays."""
        self.add_error("password", sentence)
        self.fields["username"].widget.attrs.pop("autofocus", None)
        self.fields["password"].widget.attrs["autofocus"] = True


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


class PersonForm(forms.ModelForm[User]):
    """A person as an administrator sees them."""

    def clean_username(self) -> str:
        username = unicodedata.normalize("NFKC", self.cleaned_data["username"]).strip()
        if any(unicodedata.category(c).startswith("C") for c in username):
            raise ValidationError(_("A user name cannot hold invisible characters."), code="invisible")
        self._nobody_elses(username, _("This user name is taken, or is somebody's e-mail address."))
        return username

    def clean_email(self) -> str | None:
        email: str | None = self.cleaned_data["email"]
        if email:
            self._nobody_elses(email, _("Somebody else has this e-mail address, or it as a user name."))
        return email

    def _nobody_elses(self, login: str, sentence: Any) -> None:
        """People sign in by either, so nobody's user name may be another's e-mail address."""
        if User.objects.known_as(login).exclude(pk=self.instance.pk).exists():
            raise ValidationError(sentence, code="taken")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        changed = [name for name in ("role", "status") if name in self.changed_data]
        if changed and not self.instance._state.adding:
            after = User(pk=self.instance.pk, role=cleaned.get("role", ""), status=cleaned.get("status", ""))
            try:
                refuse_losing_the_last_administrator(after)
            except CannotChangePerson as refusal:
                self.add_error(changed[0], refusal.sentence)
        return cleaned
