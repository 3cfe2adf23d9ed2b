"""Which titles somebody is old enough for, as administrators see it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from medianest.lib.row_policies import NOBODY, RowSecurity, own
from operations.audit import audited


@audited()
class AgeLimit(models.Model):
    """A person sees and asks for titles that are rated for at most so many years, wherever titles are shown.

    Without a row everything is open. Set by administrators; the person cannot change it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="age_limit", verbose_name=_("person")
    )
    years = models.PositiveSmallIntegerField(_("age"), help_text=_("Titles rated for older people stay hidden."))
    sees_unrated = models.BooleanField(_("titles without a rating, too"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "age_limits"
        verbose_name = _("age limit")
        verbose_name_plural = _("age limits")
        constraints = [
            models.CheckConstraint(
                condition=Q(years__lte=21),
                name="age_limits_years_range",
                violation_error_message=_("Give an age of at most 21 years."),
            ),
            RowSecurity(name="age_limits_rows", see=own(), change=NOBODY),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.years}"
