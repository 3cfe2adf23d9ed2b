"""Films and series as TMDB describes them, and where they stream."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.lookups import Regex
from django.utils.translation import gettext_lazy as _

from catalog.querysets import MediaItemManager, MediaItemQuerySet, StreamingQuerySet
from catalog.schemas import SEASONS
from medianest.lib.json_schema import SchemaJSONField
from operations.audit import untold

SEARCH_LANGUAGE = "simple"
"""Full-text search neither stems nor drops words: titles come in every language."""


class MediaType(models.TextChoices):
    """TMDB counts films and series apart: the same id means another title in each."""

    MOVIE = "movie", _("film")
    TV = "tv", _("series")


@untold("Facts fetched from elsewhere.")
class MediaItem(models.Model):
    """A film or series, as TMDB last described it (`fetched_at`). What people wrote about it hangs on this row.

    A title that TMDB dropped stays, marked with `gone_at`. Pictures are TMDB's paths, not addresses.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tmdb_id = models.PositiveIntegerField(_("TMDB id"))
    media_type = models.CharField(_("type"), max_length=5, choices=MediaType)
    imdb_id = models.CharField(_("IMDb id"), max_length=12, blank=True)
    tvdb_id = models.PositiveIntegerField(_("TheTVDB id"), null=True, blank=True)
    title = models.CharField(_("title"), max_length=300)
    original_title = models.CharField(_("original title"), max_length=300, blank=True)
    overview = models.TextField(_("overview"), blank=True)
    release_date = models.DateField(_("first shown"), null=True, blank=True)
    runtime = models.PositiveIntegerField(_("length"), null=True, blank=True, help_text=_("Minutes."))
    genres = ArrayField(models.CharField(max_length=60), verbose_name=_("genres"), default=list, blank=True)
    creators = ArrayField(
        models.CharField(max_length=150),
        verbose_name=_("creators"),
        default=list,
        blank=True,
        help_text=_("Directors of a film, creators of a series."),
    )
    poster_path = models.CharField(_("poster"), max_length=200, blank=True)
    backdrop_path = models.CharField(_("backdrop"), max_length=200, blank=True)
    certification = models.CharField(_("age rating"), max_length=20, blank=True)
    minimum_age = models.PositiveSmallIntegerField(
        _("rated from"), null=True, blank=True, help_text=_("Years; empty while nobody has rated it.")
    )
    seasons = SchemaJSONField(_("seasons"), schema=SEASONS, default=list, blank=True)
    vote_average = models.DecimalField(_("TMDB score"), max_digits=5, decimal_places=3, null=True, blank=True)
    fetched_at = models.DateTimeField(_("described"), null=True, blank=True)
    gone_at = models.DateTimeField(_("dropped by TMDB"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    search = models.GeneratedField(
        expression=SearchVector("title", "original_title", config=SEARCH_LANGUAGE, weight="A")
        + SearchVector("overview", config=SEARCH_LANGUAGE, weight="C"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = MediaItemManager.from_queryset(MediaItemQuerySet)()

    class Meta:
        db_table = "media_items"
        verbose_name = _("title")
        verbose_name_plural = _("titles")
        ordering = ["title"]
        indexes = [
            models.Index(fields=["title"], name="media_items_title"),
            models.Index(fields=["imdb_id"], condition=~Q(imdb_id=""), name="media_items_imdb"),
            models.Index(fields=["tvdb_id", "media_type"], condition=Q(tvdb_id__isnull=False), name="media_items_tvdb"),
            models.Index(F("fetched_at").asc(nulls_first=True), name="media_items_fetched"),
            GinIndex(fields=["search"], name="media_items_search"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["tmdb_id", "media_type"],
                name="media_items_tmdb_unique",
                violation_error_message=_("This title is in the catalogue already."),
            ),
            models.CheckConstraint(
                condition=Q(media_type__in=MediaType.values),
                name="media_items_type_known",
                violation_error_message=_("Choose whether it is a film or a series."),
            ),
            models.CheckConstraint(
                condition=Q(tmdb_id__gt=0),
                name="media_items_tmdb_positive",
                violation_error_message=_("A TMDB id is a number from 1 on."),
            ),
            models.CheckConstraint(
                condition=Q(imdb_id="") | Q(imdb_id__regex=r"^tt[0-9]{5,10}$"),
                name="media_items_imdb_shape",
                violation_error_message=_("An IMDb id looks like tt0137523."),
            ),
            models.CheckConstraint(
                condition=~Q(title=""),
                name="media_items_has_title",
                violation_error_message=_("Give the title."),
            ),
            models.CheckConstraint(
                condition=Q(vote_average__isnull=True) | Q(vote_average__gte=0, vote_average__lte=10),
                name="media_items_score_range",
                violation_error_message=_("A score lies between 0 and 10."),
            ),
            models.CheckConstraint(
                condition=(Q(poster_path="") | Q(poster_path__startswith="/"))
                & (Q(backdrop_path="") | Q(backdrop_path__startswith="/")),
                name="media_items_picture_paths",
                violation_error_message=_("Pictures are kept as TMDB's path, which begins with a slash."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.release_date.year})" if self.release_date else self.title


class StreamingKind(models.TextChoices):
    """What it costs to see a title there."""

    FLATRATE = "flatrate", _("with a subscription")
    FREE = "free", _("free")
    ADS = "ads", _("free with adverts")
    RENT = "rent", _("to rent")
    BUY = "buy", _("to buy")


@untold("Facts fetched from elsewhere.")
class StreamingProvider(models.Model):
    """Where a title can be streamed, and in which countries. JustWatch's facts through TMDB: name both where shown."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    media_item = models.ForeignKey(MediaItem, on_delete=models.CASCADE, related_name="streaming", db_index=False)
    provider = models.CharField(_("provider"), max_length=100)
    regions = ArrayField(
        models.CharField(max_length=2), verbose_name=_("countries"), help_text=_("Two letters each, such as DE.")
    )
    url = models.URLField(_("address"), max_length=500, blank=True)
    logo_path = models.CharField(_("logo"), max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=8, choices=StreamingKind)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = StreamingQuerySet.as_manager()

    class Meta:
        db_table = "streaming_providers"
        ordering = ["provider"]
        indexes = [GinIndex(fields=["regions"], name="streaming_regions")]
        constraints = [
            models.UniqueConstraint(
                fields=["media_item", "provider", "kind"],
                name="streaming_provider_unique",
                violation_error_message=_("This provider is listed for the title already; add the country there."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=StreamingKind.values),
                name="streaming_kind_known",
                violation_error_message=_("Choose what it costs there."),
            ),
            models.CheckConstraint(
                condition=Regex(
                    Func(F("regions"), Value(","), function="array_to_string", output_field=models.TextField()),
                    r"^[A-Z]{2}(,[A-Z]{2})*$",
                ),
                name="streaming_regions_shape",
                violation_error_message=_("Name at least one country, each as two capital letters, such as DE."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} ({self.get_kind_display()})"
