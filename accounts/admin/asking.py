"""A page between choosing people in the list and doing something to them that cannot be taken back."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.admin import ModelAdmin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from operations.limits import API, PLAYLISTS, REQUESTS, Limit

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

_SURE = "sure"


@dataclasses.dataclass(frozen=True)
class Question:
    """`action` is the name of the admin's action, `consequence` what cannot be taken back, `label` the button."""

    action: str
    title: _StrPromise
    consequence: _StrPromise
    label: _StrPromise


SUSPEND = Question(
    "suspend_people",
    _("Suspend these people?"),
    _("They are signed out everywhere at once, and come in no more until you let them in again. Nothing is deleted."),
    _("Suspend"),
)
END_SESSIONS = Question(
    "end_sessions",
    _("Sign these people out everywhere?"),
    _("Every browser and remembered device has to sign in again, and access tokens stop working."),
    _("Sign them out"),
)
ONE_TIME_PASSWORDS = Question(
    "issue_passwords",
    _("Give these people new passwords?"),
    _("Their present passwords stop working at once and they are signed out everywhere. The new ones are shown once."),
    _("Give new passwords"),
)
SECOND_STEP = Question(
    "take_second_step",
    _("Take the second step away from these people?"),
    _("For whoever lost phone and recovery codes. Their password alone lets them in again; they set it up anew."),
    _("Take it away"),
)
LIMITS = Question(
    "set_limits",
    _("Set limits for these people"),
    _("A limit of their own holds instead of the one for everyone, be it larger or smaller."),
    _("Set limits"),
)


def is_sure(request: HttpRequest) -> bool:
    return _SURE in request.POST


def ask(
    page: ModelAdmin[User], request: HttpRequest, people: QuerySet[User], question: Question, form: Any = None
) -> HttpResponse:
    """The page that names the people and what will happen, and sends the same choice again with its word for it."""
    context = {
        **page.admin_site.each_context(request),
        "opts": page.opts,
        "title": question.title,
        "question": question,
        "people": people,
        "form": form,
        "checkbox": ACTION_CHECKBOX_NAME,
        "sure": _SURE,
    }
    return TemplateResponse(request, "admin/accounts/user/sure.html", context)


_KEEP, _HOUSE, _OWN = "keep", "house", "own"


class LimitsForm(forms.Form):
    """For each limit: leave it, take it back to the house's, or so many."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for limit in (REQUESTS, PLAYLISTS, API):
            field = _field(limit)
            label = capfirst(str(User._meta.get_field(field).verbose_name))  # type: ignore[union-attr]
            choices = [
                (_KEEP, _("leave as it is")),
                (_HOUSE, _("as for everyone (%(times)d)") % {"times": limit.times}),
                (_OWN, _("this many:")),
            ]
            self.fields[field] = forms.ChoiceField(label=label, choices=choices, initial=_KEEP)
            self.fields[f"{field}_times"] = forms.IntegerField(
                label=_("%(limit)s, number") % {"limit": label}, min_value=1, max_value=1_000_000, required=False
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for limit in (REQUESTS, PLAYLISTS, API):
            field = _field(limit)
            if cleaned.get(field) == _OWN and not cleaned.get(f"{field}_times") and f"{field}_times" not in self.errors:
                self.add_error(f"{field}_times", ValidationError(_("Say how many."), code="missing"))
        return cleaned

    def wanted(self) -> dict[str, int | None]:
        """By field of a person, what to set; None takes it back to the house's."""
        said = self.cleaned_data
        chosen = [_field(limit) for limit in (REQUESTS, PLAYLISTS, API) if said[_field(limit)] != _KEEP]
        return {field: said[f"{field}_times"] if said[field] == _OWN else None for field in chosen}


def _field(limit: Limit) -> str:
    return f"limit_{limit.name}"
