"""Problems: what does not play as it should, and what is said about it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import MediaItem
from medianest.lib.row_policies import RowSecurity, own, own_rows, with_parent
from operations.audit import audited
from requests_app.models.requests import MediaRequest
from requests_app.querysets import ProblemQuerySet


class ProblemKind(models.TextChoices):
    """What does not play as it should; the four that Overseerr knows too."""

    VIDEO = "video", _("picture")
    AUDIO = "audio", _("sound")
    SUBTITLES = "subtitles", _("subtitles")
    OTHER = "other", _("something else")


class ProblemStatus(models.TextChoices):
    OPEN = "open", _("open")
    RESOLVED = "resolved", _("resolved")


@audited(personal=["message"])
class ProblemReport(models.Model):
    """Someone found that a title, a season or an episode does not play well. It is open until it is resolved."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="problem_reports",
        verbose_name=_("reported by"),
        db_index=False,
    )
    media_item = models.ForeignKey(
        MediaItem, on_delete=models.PROTECT, related_name="problem_reports", verbose_name=_("title")
    )
    request = models.ForeignKey(
        MediaRequest, on_delete=models.SET_NULL, null=True, blank=True, related_name="problem_reports"
    )
    season = models.PositiveSmallIntegerField(_("season"), null=True, blank=True)
    episode = models.PositiveSmallIntegerField(_("episode"), null=True, blank=True)
    kind = models.CharField(_("what"), max_length=10, choices=ProblemKind)
    message = models.CharField(_("in words"), max_length=1000, blank=True)
    status = models.CharField(_("status"), max_length=8, choices=ProblemStatus, default=ProblemStatus.OPEN)
    resolution = models.CharField(_("answer"), max_length=1000, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True)
    overseerr_id = models.PositiveIntegerField(_("number in Overseerr"), null=True, blank=True)
    overseerr_status = models.CharField(
        _("status in Overseerr"),
        max_length=8,
        choices=ProblemStatus,
        blank=True,
        help_text=_("As it was seen there last; what differs later was changed there."),
    )
    created_at = models.DateTimeField(_("reported"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ProblemQuerySet.as_manager()

    class Meta:
        db_table = "problem_reports"
        verbose_name = _("problem")
        verbose_name_plural = _("problems")
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["user", "-created_at", "-id"], name="problems_user_created"),
            models.Index(fields=["status", "-created_at", "-id"], name="problems_status_created"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "media_item", "season", "episode", "kind"],
                condition=Q(status="open", user__isnull=False),
                nulls_distinct=False,
                name="problems_reported_once",
                violation_error_message=_("You have reported this already; add a comment there."),
            ),
            models.UniqueConstraint(
                fields=["overseerr_id"],
                condition=Q(overseerr_id__isnull=False),
                name="problems_overseerr_unique",
                violation_error_message=_("Another report belongs to this problem of Overseerr."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=ProblemKind.values),
                name="problems_kind_known",
                violation_error_message=_("Choose what does not play well."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=ProblemStatus.values),
                name="problems_status_known",
                violation_error_message=_("A problem is open or resolved."),
            ),
            models.CheckConstraint(
                condition=Q(overseerr_status__in=["", *ProblemStatus.values]),
                name="problems_overseerr_status_known",
                violation_error_message=_("A problem is open or resolved in Overseerr, or not known there."),
            ),
            models.CheckConstraint(
                condition=Q(episode__isnull=True) | Q(season__isnull=False),
                name="problems_episode_has_season",
                violation_error_message=_("Say of which season the episode is."),
            ),
            models.CheckConstraint(
                condition=Q(status="resolved", resolved_at__isnull=False)
                | (~Q(status="resolved") & Q(resolved_at__isnull=True)),
                name="problems_resolved_when",
                violation_error_message=_("A resolved problem says since when; an open one does not."),
            ),
            own_rows("problems_own_rows"),
        ]

    def __str__(self) -> str:
        return f"{self.media_item}: {self.get_kind_display()}"


@audited(personal=["message"])
class ProblemComment(models.Model):
    """What somebody added to a reported problem, here or in Overseerr, where it has a number of its own.

    `user` is nobody when somebody said it there whom nobody knows here.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    report = models.ForeignKey(ProblemReport, on_delete=models.CASCADE, related_name="comments", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    message = models.CharField(_("comment"), max_length=1000)
    overseerr_id = models.PositiveIntegerField(_("number in Overseerr"), null=True, blank=True)
    said_there = models.BooleanField(_("said in Overseerr"), default=False)
    created_at = models.DateTimeField(_("written"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "problem_comments"
        ordering = ["created_at"]
        indexes = [models.Index(fields=["report", "created_at"], name="problem_comments_thread")]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "overseerr_id"],
                condition=Q(overseerr_id__isnull=False),
                name="problem_comments_said_once",
                violation_error_message=_("This comment of Overseerr is here already."),
            ),
            models.CheckConstraint(
                condition=~Q(message=""),
                name="problem_comments_not_empty",
                violation_error_message=_("Write something."),
            ),
            RowSecurity(
                name="problem_comments_rows",
                see=with_parent("report_id", "problem_reports"),
                change=f"{own()} AND {with_parent('report_id', 'problem_reports')}",
            ),
        ]

    def __str__(self) -> str:
        return self.message[:60]
