"""Is what was typed well formed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from downloads import links
from downloads.models import DownloadProfile


class LinkForm(forms.Form):
    """A link to a YouTube playlist or video. `cleaned_data["link"]` is a `downloads.links.Link`."""

    link = forms.CharField(
        label=_("Link"),
        max_length=2000,
        help_text=_("A playlist, or a single video. You see what is in it before anything is downloaded."),
        error_messages={"required": _("Paste a link first.")},
        widget=forms.TextInput(
            attrs={
                "inputmode": "url",
                "autocomplete": "off",
                "autocapitalize": "off",
                "spellcheck": "false",
                "placeholder": "https://www.youtube.com/playlist?list=…",
            }
        ),
    )

    def clean_link(self) -> links.Link:
        try:
            return links.parse(self.cleaned_data["link"])
        except links.BadLink as refusal:
            raise ValidationError(refusal.reason) from refusal


class OrderForm(forms.Form):
    """How an inspected list is to be fetched. Without a choice among profiles it is empty and always valid."""

    profile = forms.ModelChoiceField(
        label=_("Picture quality"), queryset=DownloadProfile.objects.all(), empty_label=None, required=False
    )

    def __init__(self, *args: Any, profiles: list[DownloadProfile], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.has_choice = len(profiles) > 1
        self.fields["profile"].required = self.has_choice
        if self.has_choice:
            self.initial.setdefault("profile", next((p.pk for p in profiles if p.is_default), profiles[0].pk))
