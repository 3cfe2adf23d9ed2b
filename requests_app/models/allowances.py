"""What people may ask for without a moderator: how much, and what is approved by itself."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from medianest.lib.row_policies import ME, NOBODY, RowSecurity, own
from operations.audit import audited
from requests_app.querysets import AllowanceQuerySet


@audited()
class RequestAllowance(models.Model):
    """How much the people of a role, or one person, may ask for. What a person's own row leaves open, the role's says.

    A quota counts films, or seasons, asked for during the last `days` days; empty is without limit. Declined and
    cancelled ones do not count.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    role = models.CharField(_("role"), max_length=10, choices=Role, blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="request_allowance",
        verbose_name=_("person"),
    )
    film_quota = models.PositiveSmallIntegerField(_("films"), null=True, blank=True)
    season_quota = models.PositiveSmallIntegerField(_("seasons"), null=True, blank=True)
    days = models.PositiveSmallIntegerField(_("in days"), null=True, blank=True, help_text=_("7 where left empty."))
    approves_films = models.BooleanField(_("films are approved at once"), null=True, blank=True)
    approves_series = models.BooleanField(_("series are approved at once"), null=True, blank=True)
    may_ask_4k = models.BooleanField(_("may ask for 4K"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = AllowanceQuerySet.as_manager()

    class Meta:
        db_table = "request_allowances"
        verbose_name = _("allowance")
        verbose_name_plural = _("allowances")
        constraints = [
            models.UniqueConstraint(
                fields=["role"],
                condition=~Q(role=""),
                name="request_allowances_one_per_role",
                violation_error_message=_("This role has an allowance already; change that one."),
            ),
            models.CheckConstraint(
                condition=Q(role="", user__isnull=False) | (~Q(role="") & Q(user__isnull=True)),
                name="request_allowances_role_or_person",
                violation_error_message=_("Choose either a role or a person."),
            ),
            models.CheckConstraint(
                condition=Q(role__in=["", *Role.values]),
                name="request_allowances_role_known",
                violation_error_message=_("Choose one of the roles."),
            ),
            models.CheckConstraint(
                condition=Q(days__isnull=True) | Q(days__range=(1, 365)),
                name="request_allowances_days_range",
                violation_error_message=_("Count over 1 to 365 days."),
            ),
            RowSecurity(
                name="request_allowances_rows",
                see=f"({ME} IS NOT NULL AND (user_id IS NULL OR {own()}))",
                change=NOBODY,
            ),
        ]

    def __str__(self) -> str:
        return str(self.user) if self.user_id else str(self.get_role_display())


class Decision(models.TextChoices):
    """What a rule says about a request that fits it."""

    APPROVE = "approve", _("approve at once")
    ASK = "ask", _("ask a moderator")
    REFUSE = "refuse", _("refuse")


@audited()
class ApprovalRule(models.Model):
    """What becomes of requests for titles of a certain kind. The first enabled rule that fits decides.

    A rule fits when everything it names does; what is left empty fits all. `certification` is compared as it stands.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=100)
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    is_enabled = models.BooleanField(_("in use"), default=True)
    media_type = models.CharField(
        _("type"), max_length=5, choices=[("movie", _("films")), ("tv", _("series"))], blank=True
    )
    genre = models.CharField(_("genre"), max_length=60, blank=True)
    certification = models.CharField(_("age rating"), max_length=20, blank=True)
    year_from = models.PositiveSmallIntegerField(_("from year"), null=True, blank=True)
    year_to = models.PositiveSmallIntegerField(_("to year"), null=True, blank=True)
    seasons_over = models.PositiveSmallIntegerField(
        _("more seasons than"), null=True, blank=True, help_text=_("Of those asked for at once.")
    )
    decision = models.CharField(_("then"), max_length=7, choices=Decision)
    reason = models.CharField(_("reason"), max_length=300, blank=True, help_text=_("What a refused person reads."))
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "approval_rules"
        ordering = ["position", "created_at"]
        verbose_name = _("approval rule")
        verbose_name_plural = _("approval rules")
        constraints = [
            models.CheckConstraint(
                condition=~Q(name=""),
                name="approval_rules_has_name",
                violation_error_message=_("Give the rule a name."),
            ),
            models.CheckConstraint(
                condition=Q(decision__in=Decision.values),
                name="approval_rules_decision_known",
                violation_error_message=_("Choose what the rule decides."),
            ),
            models.CheckConstraint(
                condition=Q(media_type__in=["", "movie", "tv"]),
                name="approval_rules_type_known",
                violation_error_message=_("Choose films, series or neither."),
            ),
            models.CheckConstraint(
                condition=~Q(decision="refuse") | ~Q(reason=""),
                name="approval_rules_refuses_with_reason",
                violation_error_message=_("Say why; the person who asked will read it."),
            ),
            models.CheckConstraint(
                condition=Q(year_from__isnull=True) | Q(year_to__isnull=True) | Q(year_from__lte=models.F("year_to")),
                name="approval_rules_years_in_order",
                violation_error_message=_("The last year lies before the first."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
