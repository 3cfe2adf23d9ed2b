"""The rows of the discover page, as administrators arrange them."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.models.titles import MediaType
from catalog.schemas import ROW_FILTERS
from medianest.lib.json_schema import SchemaJSONField
from operations.audit import audited


class RowKind(models.TextChoices):
    """What a row shows. Those from `genres` on show what to choose from; the others show titles."""

    TRENDING = "trending", _("what many look at these days")
    POPULAR = "popular", _("the most popular")
    UPCOMING = "upcoming", _("what is to come")
    BEST = "best", _("the best rated")
    GENRE = "genre", _("one genre")
    SERVICE = "service", _("one streaming service")
    MINE = "mine", _("what streams on the person's own services")
    FILTERED = "filtered", _("what fits the filters")
    GENRES = "genres", _("genres to choose from")
    SERVICES = "services", _("streaming services to choose from")


_NEEDS = {RowKind.GENRE: "genres", RowKind.SERVICE: "services"}


@audited()
class DiscoverRow(models.Model):
    """A row of the discover page. `slug` is its name in addresses; the rows stand in the order of `position`.

    `title` is shown in the reader's language where it is one that MediaNest came with, and else as it is.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(_("address"), max_length=60, db_index=False)
    kind = models.CharField(_("shows"), max_length=8, choices=RowKind)
    media_type = models.CharField(
        _("of"), max_length=5, choices=MediaType, blank=True, help_text=_("Only what is trending mixes both.")
    )
    title = models.CharField(_("title"), max_length=80)
    filters = SchemaJSONField(
        _("filters"),
        schema=ROW_FILTERS,
        default=dict,
        blank=True,
        help_text=_("On the discover page filters can be chosen from lists and kept as a row."),
    )
    position = models.PositiveIntegerField(_("position"), default=1000)
    is_shown = models.BooleanField(_("shown"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "discover_rows"
        verbose_name = _("discover row")
        verbose_name_plural = _("discover rows")
        ordering = ["position", "title", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["slug"],
                name="discover_rows_slug_unique",
                violation_error_message=_("There is a row with this address already."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=RowKind.values),
                name="discover_rows_kind_known",
                violation_error_message=_("Choose what the row shows."),
            ),
            models.CheckConstraint(
                condition=Q(kind=RowKind.TRENDING, media_type="")
                | (~Q(kind=RowKind.TRENDING) & Q(media_type__in=MediaType.values)),
                name="discover_rows_type_fits",
                violation_error_message=_("Choose films or series; what is trending mixes both."),
            ),
            models.CheckConstraint(
                condition=~Q(title=""),
                name="discover_rows_has_title",
                violation_error_message=_("Give the row a title."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def name(self) -> str:
        """The title in the reader's language."""
        return gettext(self.title)

    def clean(self) -> None:
        """A row of one genre says which."""
        needed = _NEEDS.get(RowKind(self.kind)) if self.kind in RowKind.values else None
        filters: dict[str, Any] = self.filters if isinstance(self.filters, dict) else {}
        if needed and not filters.get(needed):
            raise ValidationError({"filters": gettext("Name at least one under “%(name)s”.") % {"name": needed}})
