"""What an administrator looks for in the audit trail."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from operations.audit import TRAILS, ChangeKind
from operations.trail import Sought

_PICKED = forms.DateInput({"type": "date"})
_DAYS = [MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2999, 12, 31))]


class TrailForm(forms.Form):
    table = forms.ChoiceField(label=_("What"), required=False)
    object = forms.CharField(label=_("Its id"), required=False, max_length=40)
    person = forms.CharField(label=_("By"), required=False, max_length=150, help_text=_("A user name or an id."))
    kind = forms.ChoiceField(label=_("Change"), required=False, choices=[("", _("any")), *ChangeKind.choices])
    request = forms.CharField(label=_("Reference"), required=False, max_length=40)
    since = forms.DateField(label=_("From"), required=False, widget=_PICKED, validators=_DAYS)
    until = forms.DateField(label=_("To"), required=False, widget=_PICKED, validators=_DAYS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tables = sorted((str(trail.model._meta.verbose_name_plural), name) for name, trail in TRAILS.items())
        self.fields["table"].choices = [("", _("anything")), *((name, label) for label, name in tables)]  # type: ignore[attr-defined]

    def clean_person(self) -> str:
        """The id; empty for everybody."""
        said: str = self.cleaned_data["person"].strip()
        if not said:
            return ""
        try:
            return str(uuid.UUID(said))
        except ValueError:
            pass
        found = get_user_model()._default_manager.filter(username__iexact=said).values_list("pk", flat=True).first()
        if found is None:
            raise ValidationError(_("Nobody here has this user name. People who have left are found by their id."))
        return str(found)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        trail = TRAILS.get(given.get("table", ""))
        if given.get("object") and trail is None:
            self.add_error("table", _("Choose what the id is of."))
        elif trail is not None and given.get("object"):
            try:
                trail.key(given["object"])
            except ValidationError:
                self.add_error("object", _("This is no id."))
        return given

    def sought(self) -> Sought:
        """Of a valid form."""
        given = self.cleaned_data
        return Sought(
            table=given["table"],
            object_id=given["object"],
            person=given["person"],
            kind=given["kind"],
            request=given["request"].strip(),
            since=_midnight(given["since"]) if given["since"] else None,
            until=_midnight(given["until"] + timedelta(days=1)) if given["until"] else None,
        )


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
