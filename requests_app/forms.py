"""What is asked for, and what is decided about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.models import MediaItem
from requests_app.models import ProblemKind, RequestType
from requests_app.which import COUNTED, SORTS, STATES, Which


class AskForm(forms.Form):
    """Asking for a title: seasons of a series, perhaps in 4K, perhaps for somebody else."""

    seasons = forms.TypedMultipleChoiceField(coerce=int, required=False)
    is_4k = forms.BooleanField(label=_("In 4K"), required=False)
    note = forms.CharField(
        label=_("A word to the moderators"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    person = forms.CharField(label=_("For"), max_length=150, required=False, help_text=_("A user name."))

    def __init__(self, *args: Any, item: MediaItem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["seasons"]
        if isinstance(field, forms.TypedMultipleChoiceField):
            field.choices = [(one["number"], one.get("name") or str(one["number"])) for one in item.seasons]


class CollectionForm(forms.Form):
    """Asking for films of a collection; each as its TMDB id."""

    films = forms.TypedMultipleChoiceField(coerce=int)

    def __init__(self, *args: Any, films: Iterable[MediaItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["films"]
        if isinstance(field, forms.TypedMultipleChoiceField):
            field.choices = [(item.tmdb_id, item.title) for item in films]


class WishForm(forms.Form):
    """Wishing for music or a book, which nobody fetches by itself."""

    kind = forms.ChoiceField(
        label=_("What"), choices=[(RequestType.MUSIC, _("music")), (RequestType.BOOK, _("a book or audiobook"))]
    )
    title = forms.CharField(label=_("Title"), max_length=300)
    creator = forms.CharField(label=_("By"), max_length=200, required=False, help_text=_("Artist or author."))
    note = forms.CharField(
        label=_("A word to the moderators"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class ListForm(forms.Form):
    """Which requests a list shows, and in which order."""

    status = forms.ChoiceField(label=_("State"), choices=STATES, required=False)
    q = forms.CharField(label=_("Title"), max_length=200, required=False)
    sort = forms.ChoiceField(label=_("Order"), choices=SORTS, required=False)

    def which(self) -> Which:
        """What is asked for; everything, the newest first, where the form is not well filled in."""
        if not self.is_valid():
            return Which()
        told = self.cleaned_data
        return Which(told["status"], told["q"].strip(), told["sort"] or "newest")

    def tell(self, counts: Mapping[str, int]) -> None:
        """Write beside each state how many there are."""
        field = self.fields["status"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(value, _counted(str(label), counts.get(value, 0))) for value, label in STATES]


def _counted(label: str, count: int) -> str:
    """“declined (17)”; “there (1000+)” where no more were counted."""
    if not count:
        return label
    return f"{label} ({count}+)" if count >= COUNTED else f"{label} ({count})"


class DeclineForm(forms.Form):
    reason = forms.CharField(
        label=_("Why"),
        max_length=500,
        help_text=_("The person who asked will read it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ProblemForm(forms.Form):
    """What does not play well, and where."""

    kind = forms.ChoiceField(label=_("What"), choices=ProblemKind.choices)
    season = forms.TypedChoiceField(label=_("Season"), coerce=int, empty_value=None, required=False)
    episode = forms.IntegerField(label=_("Episode"), min_value=1, max_value=9999, required=False)
    message = forms.CharField(
        label=_("In words"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("When it begins, on which device, in which language."),
    )

    def __init__(self, *args: Any, item: MediaItem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        season = self.fields["season"]
        if item.media_type == "movie":
            del self.fields["season"], self.fields["episode"]
        elif isinstance(season, forms.ChoiceField):
            numbers = [(one["number"], one.get("name") or str(one["number"])) for one in item.seasons]
            season.choices = [("", _("all of it")), *numbers]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("episode") and cleaned.get("season") is None:
            self.add_error("season", _("Say of which season the episode is."))
        return cleaned
