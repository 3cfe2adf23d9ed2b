"""What people choose for themselves, as they type it."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import F, Value
from django.db.models.functions import Coalesce, Lower, NullIf
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Profile, Theme, User
from accounts.profile import choices
from medianest.lib.portrait import NotAPortrait, TooManyPixels, portrait
from notifications import events

LARGEST_PICTURE = 2_000_000
"""Bytes. Browsers with JavaScript make a larger one smaller before they send it."""
MOST_SERVICES = 100
LONGEST_SERVICE = 100


class ProfileForm(forms.Form):
    """How somebody is shown and spoken to. `theme` is what they see now."""

    display_name = forms.CharField(
        label=gettext_lazy("Shown name"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), required=False)
    region = forms.ChoiceField(label=gettext_lazy("Country"), required=False)
    theme = forms.ChoiceField(label=gettext_lazy("Colours"), choices=Theme.choices, widget=forms.RadioSelect)

    def __init__(self, data: Any = None, *, user: User, profile: Profile, theme: str) -> None:
        initial = {name: getattr(profile, name) for name in ("display_name", "language", "region")}
        super().__init__(data, initial={**initial, "theme": theme})
        self.user = user
        named = user.name or user.username
        self.fields["display_name"].widget.attrs["placeholder"] = named
        self.fields["display_name"].help_text = _("What others see you under. Left empty: %(name)s.") % {"name": named}
        spoken = get_text_list(choices.page_languages(), _("and"))
        self.fields["language"].help_text = (
            _("Titles and descriptions come in it where they exist. MediaNest itself speaks %(languages)s.")
        ) % {"languages": spoken}
        self.fields["region"].help_text = _("For age ratings, and for where a title can be streamed.")
        self._offer("language", _("As the browser asks"), choices.languages(), profile.language)
        house = _("As the house: %(country)s") % {"country": choices.region_name(settings.REGION)}
        self._offer("region", house, choices.regions(), profile.region)

    def _offer(self, name: str, nothing: str, offered: choices.Choices, kept: str) -> None:
        """What was chosen once can be kept, also when it is no longer offered."""
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (for the type)
        more = [] if not kept or kept in dict(offered) else [(kept, kept)]
        field.choices = [("", nothing), *offered, *more]

    def clean_display_name(self) -> str:
        name = " ".join(unicodedata.normalize("NFKC", self.cleaned_data["display_name"]).split())
        if any(unicodedata.category(c).startswith("C") for c in name):
            raise ValidationError(_("A name cannot hold invisible characters."), code="invisible")
        if name and _is_anothers(name, self.user):
            raise ValidationError(_("Somebody else is shown under this name. Choose another one."), code="taken")
        return name


def _is_anothers(name: str, user: User) -> bool:
    """Whether others would take the person for somebody else."""
    shown = Coalesce(NullIf(F("shown_name"), Value("")), NullIf(F("name"), Value("")), F("username"))
    others = User.objects.present().exclude(pk=user.pk)
    return others.annotate(shown_lower=Lower(shown)).filter(shown_lower=Lower(Value(name))).exists()


class PictureForm(forms.Form):
    """A picture of oneself. Once valid, `picture` is it drawn anew: small, square, and without what came along."""

    picture = forms.FileField(
        label=gettext_lazy("A picture of yourself"),
        max_length=None,
        allow_empty_file=True,
        help_text=gettext_lazy("JPEG, PNG, WebP or GIF, up to 2 MB. Its middle is shown."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif", "data-shrink": "1024"}),
        error_messages={"required": gettext_lazy("Choose a picture first.")},
    )

    def clean_picture(self) -> bytes:
        sent = self.cleaned_data["picture"]
        if sent.size > LARGEST_PICTURE:
            raise ValidationError(_("This picture is larger than 2 MB. Choose a smaller one."), code="large")
        try:
            return portrait(sent.read())
        except TooManyPixels:
            raise ValidationError(_("This picture has too many pixels. Choose a smaller one."), code="large") from None
        except NotAPortrait:
            raise ValidationError(
                _("This is no picture that can be shown. Choose a JPEG, PNG, WebP or GIF."), code="kind"
            ) from None


class TellingForm(forms.Form):
    """What somebody wants to be told of; what is not ticked is muted."""

    told = forms.MultipleChoiceField(
        label=gettext_lazy("What you are told of"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any = None, *, muted: Sequence[str]) -> None:
        self.known = events.known()
        super().__init__(data, initial={"told": [event.name for event in self.known if event.name not in muted]})
        field = self.fields["told"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (for the type)
        field.choices = [(event.name, event.label) for event in self.known]

    def muted(self) -> list[str]:
        """What was not ticked. To be asked of a valid form."""
        return [event.name for event in self.known if event.name not in self.cleaned_data["told"]]


class ServicesForm(forms.Form):
    """The streaming services somebody has: of those offered, and others by their names."""

    services = forms.MultipleChoiceField(
        label=gettext_lazy("Services"), required=False, widget=forms.CheckboxSelectMultiple
    )
    others = forms.CharField(
        label=gettext_lazy("Others"),
        required=False,
        max_length=1000,
        help_text=gettext_lazy("Their names as they are written, with commas between them."),
    )

    def __init__(self, data: Any = None, *, offered: Sequence[str], chosen: Sequence[str]) -> None:
        super().__init__(data, initial={"services": list(chosen)})
        field = self.fields["services"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (for the type)
        field.choices = [(name, name) for name in dict.fromkeys([*chosen, *offered])]

    def clean_others(self) -> list[str]:
        names = [" ".join(name.split()) for name in self.cleaned_data["others"].split(",")]
        found = [name for name in names if name]
        if any(unicodedata.category(c).startswith("C") for name in found for c in name):
            raise ValidationError(_("A name cannot hold invisible characters."), code="invisible")
        if any(len(name) > LONGEST_SERVICE for name in found):
            raise ValidationError(
                _("A service's name has at most %(n)d characters. Are commas missing?") % {"n": LONGEST_SERVICE},
                code="long",
            )
        return found

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if len(self.names()) > MOST_SERVICES:
            raise ValidationError(_("At most %(n)d services can be kept.") % {"n": MOST_SERVICES}, code="many")
        return cleaned

    def names(self) -> list[str]:
        """What was chosen and typed, each once. To be asked of a valid form."""
        return list(dict.fromkeys([*self.cleaned_data.get("services", []), *self.cleaned_data.get("others", [])]))
