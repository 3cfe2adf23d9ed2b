"""What Plex holds: sections, whom they are shared with, and the things in them."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.models.titles import SEARCH_LANGUAGE, MediaItem
from catalog.querysets import LibraryItemManager, LibraryItemQuerySet, LibrarySectionQuerySet
from medianest.lib.row_policies import NOBODY, RowSecurity, own
from operations.audit import audited, untold


class SectionType(models.TextChoices):
    """What a Plex section is for. "Other videos" are films to Plex."""

    MOVIE = "movie", _("films")
    SHOW = "show", _("series")
    ARTIST = "artist", _("music")
    PHOTO = "photo", _("photos")


@audited(exclude=["item_count", "scanned_at", "synced_at", "read_whole_at", "doubted_at"])
class LibrarySection(models.Model):
    """A library of the Plex server, as the worker last saw it. `people` are those it is shared with."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    server_id = models.CharField(_("server"), max_length=64, help_text=_("The machine identifier of the Plex server."))
    section_key = models.CharField(_("key"), max_length=20)
    type = models.CharField(_("type"), max_length=6, choices=SectionType)
    title = models.CharField(_("title"), max_length=200)
    agent = models.CharField(_("agent"), max_length=100, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    item_count = models.PositiveIntegerField(_("titles"), default=0)
    is_shown = models.BooleanField(_("shown on pages"), default=True)
    scanned_at = models.DateTimeField(_("scanned by Plex"), null=True, blank=True)
    synced_at = models.DateTimeField(_("read by MediaNest"), null=True, blank=True)
    read_whole_at = models.DateTimeField(_("read as a whole"), null=True, blank=True)
    doubted_at = models.DateTimeField(
        _("doubted since"),
        null=True,
        blank=True,
        help_text=_("Plex suddenly told of most of it no longer. It is asked again before that is believed."),
    )
    people = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="LibraryShare", related_name="library_sections", verbose_name=_("shared with")
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = LibrarySectionQuerySet.as_manager()

    class Meta:
        db_table = "library_sections"
        ordering = ["title"]
        constraints = [
            models.UniqueConstraint(
                fields=["server_id", "section_key"],
                name="library_sections_key_unique",
                violation_error_message=_("This section of the server is known already."),
            ),
            models.CheckConstraint(
                condition=Q(type__in=SectionType.values),
                name="library_sections_type_known",
                violation_error_message=_("Choose what the section is for."),
            ),
        ]

    def __str__(self) -> str:
        return self.title


@untold("Copied from Plex.")
class LibraryShare(models.Model):
    """The Plex server's owner shares this section with this person. Read from Plex, never decided here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    section = models.ForeignKey(LibrarySection, on_delete=models.CASCADE, related_name="shares", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="library_shares")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "library_shares"
        constraints = [
            models.UniqueConstraint(
                fields=["section", "user"],
                name="library_shares_unique",
                violation_error_message=_("This section is shared with this person already."),
            ),
            RowSecurity(name="library_shares_rows", see=own(), change=NOBODY),
        ]

    def __str__(self) -> str:
        return f"{self.section} → {self.user}"


class ItemType(models.TextChoices):
    MOVIE = "movie", _("film")
    SHOW = "show", _("series")
    SEASON = "season", _("season")
    EPISODE = "episode", _("episode")
    COLLECTION = "collection", _("collection")
    ARTIST = "artist", _("artist")
    ALBUM = "album", _("album")
    TRACK = "track", _("track")
    OTHER = "other", _("other")


@untold("Copied from Plex.")
class LibraryItem(models.Model):
    """One thing Plex holds. A season's `parent` is its series, an episode's its season; `number` counts there.

    `guids` are Plex's outside ids as given; `tmdb_id`, `imdb_id` and `tvdb_id` are taken from them. For an episode
    they are the episode's own ids, never those of its series. What a whole reading of the section no longer saw
    (`seen_at`) is removed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    section = models.ForeignKey(LibrarySection, on_delete=models.CASCADE, related_name="items", db_index=False)
    parent = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="children", db_index=False
    )
    media_item = models.ForeignKey(
        MediaItem, on_delete=models.SET_NULL, null=True, blank=True, related_name="library_items"
    )
    rating_key = models.CharField(_("rating key"), max_length=40)
    type = models.CharField(_("type"), max_length=10, choices=ItemType)
    title = models.CharField(_("title"), max_length=300)
    sort_title = models.CharField(_("sorted as"), max_length=300, blank=True)
    original_title = models.CharField(_("original title"), max_length=300, blank=True)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    number = models.PositiveIntegerField(_("number"), null=True, blank=True)
    child_count = models.PositiveIntegerField(_("parts"), default=0, help_text=_("Episodes of a season, and so on."))
    guids = ArrayField(models.CharField(max_length=200), verbose_name=_("outside ids"), default=list, blank=True)
    tmdb_id = models.PositiveIntegerField(_("TMDB id"), null=True, blank=True)
    imdb_id = models.CharField(_("IMDb id"), max_length=12, blank=True)
    tvdb_id = models.PositiveIntegerField(_("TheTVDB id"), null=True, blank=True)
    duration_ms = models.PositiveBigIntegerField(_("length"), null=True, blank=True, help_text=_("Milliseconds."))
    certification = models.CharField(_("age rating"), max_length=20, blank=True)
    minimum_age = models.PositiveSmallIntegerField(
        _("rated from"), null=True, blank=True, help_text=_("Years, as Plex tells; TMDB's rating counts before it.")
    )
    thumb = models.CharField(_("picture"), max_length=300, blank=True)
    art = models.CharField(_("backdrop"), max_length=300, blank=True)
    added_at = models.DateTimeField(_("added to Plex"), null=True, blank=True)
    seen_at = models.DateTimeField(_("seen by MediaNest"))
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    search = models.GeneratedField(
        expression=SearchVector("title", "original_title", config=SEARCH_LANGUAGE),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = LibraryItemManager.from_queryset(LibraryItemQuerySet)()

    class Meta:
        db_table = "library_items"
        ordering = ["sort_title"]
        indexes = [
            models.Index(fields=["section", "type", "sort_title", "id"], name="library_items_by_title"),
            models.Index(fields=["section", "type", "-added_at"], name="library_items_by_added"),
            models.Index(fields=["type", "-added_at"], name="library_items_added"),
            models.Index(fields=["section", "seen_at"], name="library_items_seen"),
            models.Index(fields=["parent", "number"], name="library_items_parts"),
            models.Index(fields=["tmdb_id", "type"], condition=Q(tmdb_id__isnull=False), name="library_items_tmdb"),
            models.Index(fields=["tvdb_id", "type"], condition=Q(tvdb_id__isnull=False), name="library_items_tvdb"),
            models.Index(fields=["imdb_id"], condition=~Q(imdb_id=""), name="library_items_imdb"),
            GinIndex(fields=["search"], name="library_items_search"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["section", "rating_key"],
                name="library_items_key_unique",
                violation_error_message=_("This item of the section is known already."),
            ),
            models.CheckConstraint(
                condition=Q(type__in=ItemType.values),
                name="library_items_type_known",
                violation_error_message=_("This type of item is not known."),
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
                name="library_items_not_in_itself",
                violation_error_message=_("An item is no part of itself."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.year})" if self.year else self.title


@untold("Copied from Plex.")
class CollectionMember(models.Model):
    """An item's place in a Plex collection, which is an item itself."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    collection = models.ForeignKey(LibraryItem, on_delete=models.CASCADE, related_name="members", db_index=False)
    item = models.ForeignKey(LibraryItem, on_delete=models.CASCADE, related_name="collections")
    position = models.PositiveIntegerField(_("position"))

    class Meta:
        db_table = "library_collection_members"
        ordering = ["collection", "position"]
        indexes = [models.Index(fields=["collection", "position"], name="collection_members_order")]
        constraints = [
            models.UniqueConstraint(
                fields=["collection", "item"],
                name="collection_members_unique",
                violation_error_message=_("The collection holds this item already."),
            ),
            models.CheckConstraint(
                condition=~Q(collection=F("item")),
                name="collection_members_not_itself",
                violation_error_message=_("A collection does not hold itself."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position} · {self.item}"
