"""Requests: what people want to see here, who else wants it, and what became of it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.db.models import ExpressionWrapper, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import MediaItem
from medianest.lib.composite_key import FollowsParent
from medianest.lib.json_schema import SchemaJSONField
from medianest.lib.row_policies import NOBODY, RowSecurity, among, looked_up, own, own_or, with_parent
from operations.audit import audited, untold
from requests_app.querysets import KeptRequests, RequestQuerySet, SeasonQuerySet
from requests_app.schemas import HANDOVER


class RequestType(models.TextChoices):
    """What is wished for. Music and books have no TMDB id and are fulfilled by hand."""

    MOVIE = "movie", _("film")
    TV = "tv", _("series")
    MUSIC = "music", _("music")
    BOOK = "book", _("book")


class RequestStatus(models.TextChoices):
    """pending → approved → processing → partially available → available, or an end without it."""

    PENDING = "pending", _("waiting for approval")
    APPROVED = "approved", _("approved")
    PROCESSING = "processing", _("on its way")
    PARTIALLY_AVAILABLE = "partially_available", _("partly there")
    AVAILABLE = "available", _("there")
    DECLINED = "declined", _("declined")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


OPEN = ("pending", "approved", "processing", "partially_available")
"""A request in one of these is still being worked for, and nobody else needs to ask for the same."""

TRANSITIONS: dict[str, frozenset[str]] = {
    RequestStatus.PENDING: frozenset({"approved", "available", "declined", "failed", "cancelled"}),
    RequestStatus.APPROVED: frozenset(
        {"processing", "partially_available", "available", "declined", "failed", "cancelled"}
    ),
    RequestStatus.PROCESSING: frozenset({"partially_available", "available", "declined", "failed", "cancelled"}),
    RequestStatus.PARTIALLY_AVAILABLE: frozenset({"processing", "available", "failed", "cancelled"}),
    RequestStatus.AVAILABLE: frozenset(),
    RequestStatus.DECLINED: frozenset({"pending", "approved"}),
    RequestStatus.FAILED: frozenset({"pending", "approved", "available", "cancelled"}),
    RequestStatus.CANCELLED: frozenset({"pending"}),
}
"""The only changes of status there are. What vanishes from the library later is asked for in a new request."""


_FOLLOWED = among("id", "mn_followed_requests")


@audited(personal=["note"])
class MediaRequest(models.Model):
    """A person's wish for a film, for seasons of a series, for music or for a book.

    While it is open (`is_open`) nobody else can ask for the same film or season; they join as followers instead.
    `user` is whom it is for, `created_by` who handed it in. A deleted request keeps its row until it is purged, and
    stands in nobody's way: `objects` leaves those out, `everything` does not.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="media_requests",
        verbose_name=_("for"),
        db_index=False,
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    media_item = models.ForeignKey(
        MediaItem, on_delete=models.PROTECT, null=True, blank=True, related_name="requests", verbose_name=_("title")
    )
    title = models.CharField(_("title as asked for"), max_length=300)
    creator = models.CharField(_("by"), max_length=200, blank=True, help_text=_("Artist or author."))
    media_type = models.CharField(_("type"), max_length=5, choices=RequestType)
    tmdb_id = models.PositiveIntegerField(_("TMDB id"), null=True, blank=True)
    is_4k = models.BooleanField(_("in 4K"), default=False)
    status = models.CharField(_("status"), max_length=20, choices=RequestStatus, default=RequestStatus.PENDING)
    note = models.CharField(_("note"), max_length=500, blank=True)
    handover = SchemaJSONField(_("how it is fetched"), schema=HANDOVER, default=dict, blank=True)
    overseerr_id = models.PositiveIntegerField(_("number in Overseerr"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decline_reason = models.CharField(_("why declined"), max_length=500, blank=True)
    failure_reason = models.CharField(_("why it failed"), max_length=500, blank=True)
    completed_at = models.DateTimeField(_("there since"), null=True, blank=True)
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True)
    created_at = models.DateTimeField(_("asked"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)
    is_open = models.GeneratedField(
        expression=ExpressionWrapper(Q(status__in=OPEN, deleted_at__isnull=True), models.BooleanField()),
        output_field=models.BooleanField(),
        db_persist=True,
    )

    objects = KeptRequests.from_queryset(RequestQuerySet)()
    everything = RequestQuerySet.as_manager()

    class Meta:
        db_table = "media_requests"
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["user", "status"], name="requests_user_status"),
            models.Index(fields=["user", "-created_at", "-id"], name="requests_user_created"),
            models.Index(fields=["status", "-created_at", "-id"], name="requests_status_created"),
            models.Index(fields=["-created_at", "-id"], name="requests_created"),
            models.Index(fields=["tmdb_id", "media_type"], name="requests_title"),
            models.Index(Lower("title"), "id", name="requests_by_title"),
            models.Index(fields=["status"], condition=Q(deleted_at__isnull=True), name="requests_counted"),
            models.Index(fields=["-created_at"], condition=Q(is_open=True), name="requests_open"),
            models.Index(fields=["user", "-created_at", "-id"], condition=Q(is_open=True), name="requests_user_open"),
            models.Index(fields=["deleted_at"], condition=Q(deleted_at__isnull=False), name="requests_deleted"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["tmdb_id", "is_4k"],
                condition=Q(is_open=True, media_type="movie"),
                name="requests_one_open_per_film",
                violation_error_message=_("This film is asked for already; follow that request instead."),
            ),
            models.UniqueConstraint(
                Lower("title"),
                Lower("creator"),
                "media_type",
                condition=Q(is_open=True, tmdb_id__isnull=True),
                name="requests_one_open_per_work",
                violation_error_message=_("This is asked for already; follow that request instead."),
            ),
            models.UniqueConstraint(
                fields=["overseerr_id"],
                condition=Q(overseerr_id__isnull=False, deleted_at__isnull=True),
                name="requests_overseerr_unique",
                violation_error_message=_("Another request belongs to this one of Overseerr."),
            ),
            models.UniqueConstraint(
                fields=["id", "tmdb_id", "is_4k", "is_open"],
                name="requests_seasons_key",
                violation_error_message=_("This request exists already."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=RequestStatus.values),
                name="requests_status_known",
                violation_error_message=_("Choose one of the statuses."),
            ),
            models.CheckConstraint(
                condition=Q(media_type__in=RequestType.values),
                name="requests_type_known",
                violation_error_message=_("Choose a film, a series, music or a book."),
            ),
            models.CheckConstraint(
                condition=Q(media_type__in=["movie", "tv"], tmdb_id__isnull=False, tmdb_id__gt=0)
                | (~Q(media_type__in=["movie", "tv"]) & Q(tmdb_id__isnull=True)),
                name="requests_id_fits_type",
                violation_error_message=_("Films and series need their TMDB id; music and books have none."),
            ),
            models.CheckConstraint(
                condition=~Q(title=""),
                name="requests_has_title",
                violation_error_message=_("Say what is wished for."),
            ),
            models.CheckConstraint(
                condition=~Q(status="declined") | ~Q(decline_reason=""),
                name="requests_declined_with_reason",
                violation_error_message=_("Say why it is declined; the person who asked will read it."),
            ),
            models.CheckConstraint(
                condition=~Q(status="failed") | ~Q(failure_reason=""),
                name="requests_failed_with_reason",
                violation_error_message=_("Say why it failed; the person who asked will read it."),
            ),
            models.CheckConstraint(
                condition=Q(status="available", completed_at__isnull=False)
                | (~Q(status="available") & Q(completed_at__isnull=True)),
                name="requests_there_since",
                violation_error_message=_("A request that is there says since when; any other does not."),
            ),
            RowSecurity(name="requests_rows", see=own_or(_FOLLOWED), change=own()),
        ]

    def __str__(self) -> str:
        return self.title

    def may_become(self, status: str) -> bool:
        """Whether the way from here to `status` is one of TRANSITIONS."""
        return status in TRANSITIONS[self.status]


class SeasonStatus(models.TextChoices):
    """How far one season of a request is."""

    WANTED = "wanted", _("wanted")
    PROCESSING = "processing", _("on its way")
    PARTIALLY_AVAILABLE = "partially_available", _("partly there")
    AVAILABLE = "available", _("there")
    FAILED = "failed", _("failed")


SEASON_TRANSITIONS: dict[str, frozenset[str]] = {
    SeasonStatus.WANTED: frozenset({"processing", "partially_available", "available", "failed"}),
    SeasonStatus.PROCESSING: frozenset({"partially_available", "available", "failed"}),
    SeasonStatus.PARTIALLY_AVAILABLE: frozenset({"processing", "available", "failed"}),
    SeasonStatus.AVAILABLE: frozenset(),
    SeasonStatus.FAILED: frozenset({"wanted", "available"}),
}
SEASON_OPEN = ("wanted", "processing", "partially_available")


@audited(exclude=["request_is_open"])
class RequestedSeason(models.Model):
    """One season of a requested series; season 0 holds the specials.

    `tmdb_id`, `is_4k` and `request_is_open` repeat the request's values, so that "asked for once" can be a rule of
    this table. PostgreSQL keeps them the same: when a request ends, its seasons are free for others at that moment.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(MediaRequest, on_delete=models.CASCADE, related_name="seasons", db_index=False)
    tmdb_id = models.PositiveIntegerField(editable=False)
    is_4k = models.BooleanField(default=False, editable=False)
    request_is_open = models.BooleanField(default=True, editable=False)
    season_number = models.PositiveSmallIntegerField(_("season"))
    status = models.CharField(_("status"), max_length=20, choices=SeasonStatus, default=SeasonStatus.WANTED)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = SeasonQuerySet.as_manager()

    class Meta:
        db_table = "requested_seasons"
        ordering = ["request", "season_number"]
        indexes = [
            models.Index(fields=["tmdb_id", "season_number"], name="requested_seasons_title"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "season_number"],
                name="requested_seasons_unique",
                violation_error_message=_("The request names this season already."),
            ),
            models.UniqueConstraint(
                fields=["tmdb_id", "is_4k", "season_number"],
                condition=Q(request_is_open=True, status__in=SEASON_OPEN),
                name="requested_seasons_one_open",
                violation_error_message=_("This season is asked for already; follow that request instead."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=SeasonStatus.values),
                name="requested_seasons_status_known",
                violation_error_message=_("Choose one of the statuses."),
            ),
            FollowsParent(
                name="requested_seasons_follow",
                parent="requests_app.MediaRequest",
                fields={"request": "id", "tmdb_id": "tmdb_id", "is_4k": "is_4k", "request_is_open": "is_open"},
                violation_error_message=_("A season belongs to a request for the same series."),
            ),
            RowSecurity(
                name="requested_seasons_rows",
                see=looked_up("request_id", "media_requests"),
                change=with_parent("request_id", "media_requests", own()),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request} · {self.season_number}"

    @classmethod
    def of(cls, request: MediaRequest, numbers: Iterable[int]) -> list[RequestedSeason]:
        """Unsaved seasons of a stored request, with what they repeat of it."""
        assert request.tmdb_id is not None  # noqa: S101  (a series has one: the database sees to it)
        request.refresh_from_db(fields=["is_open"])
        repeated = {"tmdb_id": request.tmdb_id, "is_4k": request.is_4k, "request_is_open": request.is_open}
        return [cls(request=request, season_number=number, **repeated) for number in numbers]


@audited()
class RequestFollower(models.Model):
    """Someone who wants the same and hears of it when it is there."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(MediaRequest, on_delete=models.CASCADE, related_name="followers", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="followed_requests")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "request_followers"
        constraints = [
            models.UniqueConstraint(
                fields=["request", "user"],
                name="request_followers_unique",
                violation_error_message=_("This request is followed already."),
            ),
            RowSecurity(
                name="request_followers_rows", see=own_or(with_parent("request_id", "media_requests")), change=own()
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.request}"


class EventKind(models.TextChoices):
    REQUESTED = "requested", _("asked for")
    JOINED = "joined", _("joined")
    LEFT = "left", _("left")
    EDITED = "edited", _("edited")
    STATUS = "status", _("changed its status")
    HANDED_OVER = "handed_over", _("handed over")
    NOTED = "noted", _("noted")
    DELETED = "deleted", _("deleted")
    RESTORED = "restored", _("restored")


@untold("Is a trail itself, written once; the request beside it is audited.")
class RequestEvent(models.Model):
    """A step in a request's story: what happened, when, and by whom (nobody: MediaNest itself). Never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(MediaRequest, on_delete=models.CASCADE, related_name="events", db_index=False)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(_("what"), max_length=12, choices=EventKind)
    old_status = models.CharField(_("from"), max_length=20, choices=RequestStatus, blank=True)
    new_status = models.CharField(_("to"), max_length=20, choices=RequestStatus, blank=True)
    text = models.CharField(_("in words"), max_length=500, blank=True)
    correlation_id = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(_("when"), default=timezone.now, editable=False)

    class Meta:
        db_table = "request_events"
        ordering = ["created_at"]
        indexes = [models.Index(fields=["request", "created_at"], name="request_events_story")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=EventKind.values),
                name="request_events_kind_known",
                violation_error_message=_("Choose what happened."),
            ),
            models.CheckConstraint(
                condition=Q(old_status__in=["", *RequestStatus.values], new_status__in=["", *RequestStatus.values]),
                name="request_events_status_known",
                violation_error_message=_("Choose one of the statuses."),
            ),
            models.CheckConstraint(
                condition=~Q(kind="status") | ~Q(new_status=""),
                name="request_events_change_names_status",
                violation_error_message=_("A change of status says to which."),
            ),
            RowSecurity(
                name="request_events_rows",
                see=with_parent("request_id", "media_requests"),
                add=f"{own('actor_id')} AND {with_parent('request_id', 'media_requests')}",
                change=NOBODY,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.get_new_status_display()}".strip()
