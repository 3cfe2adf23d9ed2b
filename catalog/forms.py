"""What somebody wants to discover."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog import asking, ratings
from catalog.taste import Taste
from medianest.lib.http import ProviderError
from services.providers.describing import MOVIE, TV, Wanted

_SORTS = {
    "popularity": _("most popular"),
    "score": _("best rated"),
    "newest": _("newest first"),
    "oldest": _("oldest first"),
    "title": _("by name"),
}
_SCORES = [("", _("any"))] + [(str(score), f"{score}+") for score in (5, 6, 7, 8)]
_LENGTHS = {"": _("any"), "-90": _("up to 90 min"), "90-120": _("90 to 120 min"), "120-": _("over 2 hours")}
_CERTIFICATIONS = {
    "US": {MOVIE: ("G", "PG", "PG-13", "R", "NC-17"), TV: ("TV-Y", "TV-G", "TV-PG", "TV-14", "TV-MA")},
    "GB": {MOVIE: ("U", "PG", "12A", "15", "18"), TV: ("U", "PG", "12", "15", "18")},
    "DE": {MOVIE: ("0", "6", "12", "16", "18"), TV: ("0", "6", "12", "16", "18")},
}
_AGES = ("6", "12", "16", "18")
_AGE = "age:"  # before a plain age, where it is not known how a country rates
_FIRST_FILM = 1880


class DiscoverForm(forms.Form):
    """Filters over films or series. Genres and services are those the source names for the person's country."""

    type = forms.ChoiceField(
        label=_("What"), choices=[(MOVIE, _("films")), (TV, _("series"))], initial=MOVIE, required=False
    )
    genre = forms.ChoiceField(label=_("Genre"), required=False)
    service = forms.ChoiceField(label=_("Streams on"), required=False)
    year_from = forms.IntegerField(label=_("From year"), required=False, min_value=_FIRST_FILM)
    year_to = forms.IntegerField(label=_("To year"), required=False, min_value=_FIRST_FILM)
    score = forms.ChoiceField(label=_("Score"), choices=_SCORES, required=False)
    length = forms.ChoiceField(label=_("Length"), choices=list(_LENGTHS.items()), required=False)
    certification = forms.ChoiceField(label=_("Age rating up to"), required=False)
    sort = forms.ChoiceField(label=_("Order"), choices=list(_SORTS.items()), required=False)

    def __init__(self, *args: Any, taste: Taste, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.taste = taste
        self.media_type = TV if self.data.get("type") == TV else MOVIE
        self._choices("genre", self._named("genre"))
        self._choices("service", self._named("service"))
        rated = _CERTIFICATIONS.get(taste.region, {}).get(self.media_type, ())
        self._choices("certification", [(one, one) for one in rated] or [(f"{_AGE}{age}", age) for age in _AGES])
        for name in ("year_from", "year_to"):
            self.fields[name].widget.attrs |= {"placeholder": "1990" if name == "year_from" else timezone.now().year}

    def _choices(self, name: str, found: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("any")), *found]

    def _named(self, what: str) -> list[tuple[str, str]]:
        """Genres or services to choose from; none while nobody can tell."""
        try:
            if what == "genre":
                told = asking.genres(self.media_type, language=self.taste.language)
            else:
                told = asking.streaming_services(self.media_type, region=self.taste.region)
        except ProviderError:
            return []
        return [(str(one.key), one.name) for one in told.answer[:60]]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("year_from"), cleaned.get("year_to")
        if first and last and first > last:
            self.add_error("year_to", _("This year lies before the first one."))
        return cleaned

    @property
    def is_asked(self) -> bool:
        """Whether anything was chosen at all."""
        return any(self.data.get(name) for name in self.fields)

    @property
    def age(self) -> int | None:
        """For which age everything is to be; None for any. To be asked of a valid form."""
        return ratings.age_of(self.cleaned_data["certification"])

    def filters(self) -> dict[str, Any]:
        """What was chosen, as a row of the discover page keeps it: numbers instead of one country's words."""
        wanted = self.wanted()
        found = {
            "genres": list(wanted.genres),
            "services": list(wanted.services),
            "year_from": wanted.year_from,
            "year_to": wanted.year_to,
            "score_from": wanted.score_from,
            "runtime_from": wanted.runtime_from,
            "runtime_to": wanted.runtime_to,
            "age": self.age,
            "sort": wanted.sort,
        }
        return {name: value for name, value in found.items() if value not in (None, [])}

    def wanted(self) -> Wanted:
        """What was chosen. To be asked of a valid form."""
        chosen = self.cleaned_data
        shortest, _dash, longest = chosen["length"].partition("-")
        return Wanted(
            media_type=chosen["type"] or MOVIE,
            genres=(int(chosen["genre"]),) if chosen["genre"] else (),
            services=(int(chosen["service"]),) if chosen["service"] else (),
            year_from=chosen["year_from"],
            year_to=chosen["year_to"],
            score_from=float(chosen["score"]) if chosen["score"] else None,
            runtime_from=int(shortest) if shortest else None,
            runtime_to=int(longest) if longest else None,
            certification="" if chosen["certification"].startswith(_AGE) else chosen["certification"],
            region=self.taste.region,
            sort=chosen["sort"] or "popularity",
        )
