"""Forms of the page about leaving."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class LeaveForm(forms.Form):
    """One's own user name, typed: nobody leaves by a slip of the finger."""

    username = forms.CharField(
        label=_("Your user name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )

    def __init__(self, data: object = None, *, user: User) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # a QueryDict or None
        self._user = user

    def clean_username(self) -> str:
        typed = str(self.cleaned_data["username"]).strip()
        if typed.lower() != self._user.username.lower():
            raise forms.ValidationError(_("This is not your user name; it stands on your profile."))
        return typed
