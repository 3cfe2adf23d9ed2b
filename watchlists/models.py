"""What people watch: their lists, and each time they watched something."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import MediaItem
from medianest.lib.row_policies import RowSecurity, among, own, own_or, own_rows, with_parent
from operations.audit import audited
from watchlists.querysets import ViewingQuerySet, WatchlistQuerySet


class WatchStatus(models.TextChoices):
    NOT_WATCHED = "not_watched", _("to watch")
    WATCHING = "watching", _("watching")
    COMPLETED = "completed", _("watched")


TRANSITIONS: dict[str, frozenset[str]] = {
    WatchStatus.NOT_WATCHED: frozenset({"watching", "completed"}),
    WatchStatus.WATCHING: frozenset({"not_watched", "completed"}),
    WatchStatus.COMPLETED: frozenset({"not_watched", "watching"}),
}
"""Every way is open: people put titles back, and watch them again."""


class Visibility(models.TextChoices):
    """Who sees that a title is on somebody's list, and its rating. Notes are for their writer alone."""

    PRIVATE = "private", _("only me")
    FAMILY = "family", _("my families")
    EVERYONE = "everyone", _("everyone here")


_SHOWN = own_or(f"visibility = 'everyone' OR (visibility = 'family' AND {among('user_id', 'mn_household')})")


@audited(exclude=["notes"])
class WatchlistEntry(models.Model):
    """A title on a person's list, with how far they are, what they think of it, and notes that nobody else reads."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="watchlist", db_index=False
    )
    media_item = models.ForeignKey(
        MediaItem,
        on_delete=models.PROTECT,
        related_name="watchlist_entries",
        verbose_name=_("title"),
        db_index=False,
    )
    status = models.CharField(_("status"), max_length=11, choices=WatchStatus, default=WatchStatus.NOT_WATCHED)
    rating = models.PositiveSmallIntegerField(_("rating"), null=True, blank=True, help_text=_("1 to 10."))
    notes = models.TextField(_("notes"), blank=True, max_length=5000)
    started_at = models.DateTimeField(_("began"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    visibility = models.CharField(_("seen by"), max_length=8, choices=Visibility, default=Visibility.PRIVATE)
    created_at = models.DateTimeField(_("added"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = WatchlistQuerySet.as_manager()

    class Meta:
        db_table = "watchlist_entries"
        verbose_name = _("watchlist entry")
        verbose_name_plural = _("watchlist entries")
        ordering = ["-updated_at"]
        indexes = [
            models.Index(fields=["user", "status", "-updated_at", "-id"], name="watchlist_user_status"),
            models.Index(fields=["user", "-updated_at", "-id"], name="watchlist_user_updated"),
            models.Index(fields=["user", "-created_at", "-id"], name="watchlist_user_created"),
            models.Index(fields=["media_item", "visibility"], name="watchlist_title"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "media_item"],
                name="watchlist_once",
                violation_error_message=_("This title is on the list already."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=WatchStatus.values),
                name="watchlist_status_known",
                violation_error_message=_("Choose to watch, watching or watched."),
            ),
            models.CheckConstraint(
                condition=Q(rating__isnull=True) | Q(rating__gte=1, rating__lte=10),
                name="watchlist_rating_range",
                violation_error_message=_("Rate from 1 to 10, or not at all."),
            ),
            models.CheckConstraint(
                condition=Q(started_at__isnull=True)
                | Q(finished_at__isnull=True)
                | Q(finished_at__gte=F("started_at")),
                name="watchlist_end_after_start",
                violation_error_message=_("The end lies before the beginning; correct one of the dates."),
            ),
            models.CheckConstraint(
                condition=Q(visibility__in=Visibility.values),
                name="watchlist_visibility_known",
                violation_error_message=_("Choose who may see this."),
            ),
            RowSecurity(name="watchlist_rows", see=_SHOWN, change=own()),
        ]

    def __str__(self) -> str:
        return str(self.media_item)

    def may_become(self, status: str) -> bool:
        """Whether the way from here to `status` is one of TRANSITIONS."""
        return status in TRANSITIONS[self.status]


class ViewingSource(models.TextChoices):
    """How MediaNest knows that something was watched."""

    MANUAL = "manual", _("said so")
    PLEX = "plex", _("played on Plex")
    IMPORTED = "import", _("imported")


@audited()
class Viewing(models.Model):
    """Someone watched a film, or an episode of a series, once. Watching it again is another row.

    Each person has rows of their own; `together_with` names who else was there. `source_key` is what the source
    calls this viewing, so that hearing of it twice makes one row.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="viewings", db_index=False
    )
    media_item = models.ForeignKey(
        MediaItem, on_delete=models.PROTECT, related_name="viewings", verbose_name=_("title")
    )
    season = models.PositiveSmallIntegerField(_("season"), null=True, blank=True)
    episode = models.PositiveSmallIntegerField(_("episode"), null=True, blank=True)
    watched_at = models.DateTimeField(_("watched"), default=timezone.now)
    source = models.CharField(_("known from"), max_length=6, choices=ViewingSource, default=ViewingSource.MANUAL)
    source_key = models.CharField(_("number there"), max_length=100, blank=True)
    together_with = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        through="ViewingCompanion",
        related_name="joint_viewings",
        blank=True,
        verbose_name=_("together with"),
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ViewingQuerySet.as_manager()

    class Meta:
        db_table = "viewings"
        ordering = ["-watched_at"]
        indexes = [
            models.Index(fields=["user", "-watched_at", "-id"], name="viewings_user_watched"),
            models.Index(fields=["user", "media_item", "season", "episode"], name="viewings_user_progress"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "source", "source_key"],
                condition=~Q(source_key=""),
                name="viewings_source_unique",
                violation_error_message=_("This viewing is written down already."),
            ),
            models.CheckConstraint(
                condition=Q(source__in=ViewingSource.values),
                name="viewings_source_known",
                violation_error_message=_("Choose how it is known."),
            ),
            models.CheckConstraint(
                condition=Q(season__isnull=True, episode__isnull=True) | Q(season__isnull=False, episode__isnull=False),
                name="viewings_episode_and_season",
                violation_error_message=_("Name season and episode both, or for a film neither."),
            ),
            own_rows("viewings_own_rows"),
        ]

    def __str__(self) -> str:
        if self.season is None:
            return str(self.media_item)
        return f"{self.media_item} {self.season}×{self.episode}"  # noqa: RUF001  (the sign people use)


@audited()
class ViewingCompanion(models.Model):
    """Someone who watched along."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    viewing = models.ForeignKey(Viewing, on_delete=models.CASCADE, related_name="companions", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        db_table = "viewing_companions"
        constraints = [
            models.UniqueConstraint(
                fields=["viewing", "user"],
                name="viewing_companions_unique",
                violation_error_message=_("This person is named already."),
            ),
            RowSecurity(
                name="viewing_companions_rows",
                see=f"{own()} OR {with_parent('viewing_id', 'viewings')}",
                change=with_parent("viewing_id", "viewings"),
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)
