"""Promised work, what happened for security's sake, what went wrong, and how often things were done."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from medianest.lib.append_only import AppendOnly
from medianest.lib.json_schema import SchemaJSONField
from medianest.lib.row_policies import ANYBODY, NOBODY, RowSecurity, own, own_rows
from operations.querysets import ErrorLogQuerySet, RateLimitQuerySet

NAMED_VALUES: dict[str, Any] = {
    "type": "object",
    "propertyNames": {"maxLength": 60, "description": "a name of 60 characters at most"},
    "maxProperties": 50,
    "additionalProperties": {
        "type": ["string", "number", "boolean", "null", "array"],
        "maxLength": 2000,
        "maxItems": 10_000,
        "items": {"type": ["string", "number", "boolean", "null"], "maxLength": 500},
    },
}
"""Facts by name, as a kind of job or event has them: a text, a number, yes or no, or a list of those."""


class JobState(models.TextChoices):
    """queued → running → done, failed or cancelled; a job that waits or is tried again goes back to queued."""

    QUEUED = "queued", _("queued")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


LIVE_STATES = (JobState.QUEUED, JobState.RUNNING)


class JobQuerySet(models.QuerySet["Job"]):
    def live(self) -> JobQuerySet:
        return self.filter(state__in=LIVE_STATES)


class Job(models.Model):
    """A promise that something will be done, kept in the database; Redis only wakes the workers.

    `idempotency_key` names the promise: promising it again while it is live changes nothing,
    promising it after it ended makes the same row live again.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=60)
    queue = models.CharField(max_length=20)
    args = SchemaJSONField(schema=NAMED_VALUES, default=dict, blank=True)
    idempotency_key = models.CharField(max_length=200, unique=True)
    state = models.CharField(max_length=10, choices=JobState, default=JobState.QUEUED)
    attempt = models.PositiveIntegerField(
        default=0, help_text=_("Counts claims; also fences off a worker that lost its lease.")
    )
    failures = models.PositiveIntegerField(default=0)
    max_attempts = models.PositiveIntegerField(default=5)
    run_after = models.DateTimeField()
    owner = models.CharField(max_length=120, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    progress = SchemaJSONField(schema=NAMED_VALUES, default=dict, blank=True)
    cancel_requested_at = models.DateTimeField(null=True, blank=True)
    error_code = models.CharField(max_length=60, blank=True)
    error_text = models.TextField(blank=True)
    correlation_id = models.CharField(max_length=40, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        db_table = "jobs"
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["state", "run_after"], name="jobs_state_run_after"),
            models.Index(fields=["lease_until"], condition=Q(state="running"), name="jobs_running_lease"),
            models.Index(fields=["-created_at"], name="jobs_created"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=JobState.values),
                name="jobs_state_known",
                violation_error_message=_("Choose one of the states a job can be in."),
            ),
            models.CheckConstraint(
                condition=~Q(state="running") | Q(lease_until__isnull=False),
                name="jobs_running_has_lease",
                violation_error_message=_("A running job says until when its worker holds it."),
            ),
            models.CheckConstraint(
                condition=~(Q(kind="") | Q(queue="") | Q(idempotency_key="")),
                name="jobs_named",
                violation_error_message=_("Work has a kind, a queue and a key."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.state})"


class SecurityEvent(models.Model):
    """Something an administrator may want to look up later: a sign-in, a refusal, a changed setting. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        help_text=_("Kept when the person is gone: then it names nobody."),
    )
    kind = models.CharField(max_length=60)
    object = models.CharField(max_length=200, blank=True)
    detail = SchemaJSONField(schema=NAMED_VALUES, default=dict, blank=True)
    address = models.GenericIPAddressField(null=True, blank=True)
    correlation_id = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "security_events"
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["-created_at"], name="security_created"),
            models.Index(fields=["kind", "-created_at"], name="security_kind_created"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind=""),
                name="security_events_has_kind",
                violation_error_message=_("An event needs to say what happened."),
            ),
            AppendOnly(name="security_events_kept"),
            # Also written before it is known who knocks; read back by the one it is about.
            RowSecurity(name="security_rows", see=own("actor_id"), add=ANYBODY, change=NOBODY),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object}".strip()


ERROR_METADATA: dict[str, Any] = {
    "description": "where it went wrong, by name; never what somebody typed",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "route": {"type": "string", "maxLength": 200},
        "exception": {"type": "string", "maxLength": 200},
        "place": {"type": "string", "maxLength": 200},
        "address": {"type": "string", "maxLength": 45},
        "htmx": {"type": "boolean"},
        "reason": {"type": "string", "maxLength": 200},
        "job": {"type": "string", "maxLength": 40},
        "kind": {"type": "string", "maxLength": 60},
        "attempt": {"type": "integer", "minimum": 0},
    },
}


class ErrorLog(models.Model):
    """A mistake of ours, or a request or job that was refused or failed; found by the reference a person was shown.

    `status_code` is empty for background work. Nothing here is secret: paths come without their query, messages and
    stacks without values. When one address is refused again and again, one row counts the rest in `occurrences`:
    it bears the `fold` that names them, and the reference of the first.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    correlation_id = models.CharField(_("reference"), max_length=40, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    error_code = models.CharField(_("code"), max_length=80)
    error_message = models.CharField(_("message"), max_length=500, blank=True)
    stack_trace = models.CharField(_("stack"), max_length=12_000, blank=True)
    request_path = models.CharField(_("path"), max_length=300, blank=True)
    request_method = models.CharField(_("method"), max_length=10, blank=True)
    status_code = models.PositiveSmallIntegerField(_("status"), null=True, blank=True)
    metadata = SchemaJSONField(_("details"), schema=ERROR_METADATA, default=dict, blank=True)
    occurrences = models.PositiveIntegerField(_("times"), default=1)
    fold = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    created_at = models.DateTimeField(_("first seen"), default=timezone.now, editable=False)
    last_seen_at = models.DateTimeField(_("last seen"), default=timezone.now, editable=False)

    objects = ErrorLogQuerySet.as_manager()

    class Meta:
        db_table = "error_logs"
        ordering = ["-created_at"]
        verbose_name = _("error")
        verbose_name_plural = _("errors")
        indexes = [
            models.Index(fields=["correlation_id"], name="error_logs_correlation"),
            models.Index(fields=["-created_at"], name="error_logs_created"),
            models.Index(fields=["error_code", "-created_at"], name="error_logs_code_created"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(error_code=""),
                name="error_logs_has_code",
                violation_error_message=_("An error needs a code."),
            ),
            models.CheckConstraint(
                condition=Q(status_code__isnull=True) | Q(status_code__range=(100, 599)),
                name="error_logs_status_known",
                violation_error_message=_("A status is a number from 100 to 599."),
            ),
            models.CheckConstraint(
                condition=Q(occurrences__gte=1),
                name="error_logs_happened",
                violation_error_message=_("What is written down happened at least once."),
            ),
            models.CheckConstraint(
                condition=Q(last_seen_at__gte=F("created_at")),
                name="error_logs_seen_in_order",
                violation_error_message=_("It cannot be seen last before it was seen first."),
            ),
            # Written for whoever met it, also when nobody is known.
            RowSecurity(name="error_logs_rows", see=own(), add=ANYBODY, change=NOBODY),
        ]

    def __str__(self) -> str:
        return f"{self.error_code} {self.correlation_id}".strip()


class RateLimit(models.Model):
    """How often a person did something in one slice of a limit's window; kept so that a wiped Redis knows it again.

    `window_start` is when the slice began. How long slices are, and how many count, says `operations/limits.py`.
    """

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    endpoint = models.CharField(_("what"), max_length=60)
    request_count = models.PositiveIntegerField(_("times"), default=1)
    window_start = models.DateTimeField(_("from"))

    objects = RateLimitQuerySet.as_manager()

    class Meta:
        db_table = "rate_limits"
        ordering = ["-window_start"]
        verbose_name = _("counted use")
        verbose_name_plural = _("counted uses")
        indexes = [models.Index(fields=["window_start"], name="rate_limits_window_start")]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "endpoint", "window_start"],
                name="rate_limits_slice_once",
                violation_error_message=_("This slice of time is counted already."),
            ),
            models.CheckConstraint(
                condition=~Q(endpoint=""),
                name="rate_limits_has_endpoint",
                violation_error_message=_("A count needs to say of what."),
            ),
            models.CheckConstraint(
                condition=Q(request_count__gte=1),
                name="rate_limits_counts",
                violation_error_message=_("A count starts at one."),
            ),
            own_rows("rate_limits_own_rows"),
        ]

    def __str__(self) -> str:
        return f"{self.endpoint}: {self.request_count}"


class TrailEntry(models.Model):
    """One change as the audit trail tells it, from whichever table it came; read by `trail.py`, stored nowhere."""

    id = models.TextField(primary_key=True)
    source = models.CharField(_("what"), max_length=60)
    number = models.BigIntegerField()
    at = models.DateTimeField(_("when"))
    kind = models.CharField(_("change"), max_length=6)
    object_id = models.CharField(max_length=40)
    context = models.JSONField(null=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        managed = False
        verbose_name = _("change")
        verbose_name_plural = _("changes")

    def __str__(self) -> str:
        return f"{self.kind} {self.source}"
