"""How to use it: pages that the administrator writes, and links worth having at hand."""

from __future__ import annotations

import hashlib
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guides.querysets import GuidePageQuerySet, QuickLinkQuerySet
from operations.audit import audited


class GuideSection(models.TextChoices):
    """Under which heading a page stands."""

    GETTING_STARTED = "getting_started", _("Getting started")
    FAQ = "faq", _("Questions and answers")
    MORE = "more", _("More")


class Audience(models.TextChoices):
    """For whom; each includes those after it."""

    EVERYONE = "everyone", _("everyone")
    MODERATORS = "moderators", _("moderators")
    ADMINISTRATORS = "administrators", _("administrators")


@audited(exclude=["seeded_digest"])
class GuidePage(models.Model):
    """A page of help in one language, in Markdown. `slug` is the same in every language.

    `seeded_digest` tells whether the text still is the one MediaNest came with (`is_as_seeded`): only then may a
    newer MediaNest replace it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(_("address"), max_length=80, db_index=False)
    language = models.CharField(_("language"), max_length=10, default="en")
    section = models.CharField(_("heading"), max_length=15, choices=GuideSection, default=GuideSection.MORE)
    audience = models.CharField(_("for"), max_length=14, choices=Audience, default=Audience.EVERYONE)
    title = models.CharField(_("title"), max_length=150)
    summary = models.CharField(_("summary"), max_length=300, blank=True)
    body = models.TextField(_("text"), help_text=_("Markdown."))
    position = models.PositiveIntegerField(_("position"), default=100)
    is_published = models.BooleanField(_("shown"), default=True)
    seeded_digest = models.CharField(max_length=64, blank=True, editable=False)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = GuidePageQuerySet.as_manager()

    class Meta:
        db_table = "guide_pages"
        ordering = ["section", "position", "title"]
        indexes = [models.Index(fields=["language", "section", "position"], name="guide_pages_listed")]
        constraints = [
            models.UniqueConstraint(
                fields=["slug", "language"],
                name="guide_pages_slug_unique",
                violation_error_message=_("There is a page with this address in this language."),
            ),
            models.CheckConstraint(
                condition=Q(section__in=GuideSection.values),
                name="guide_pages_section_known",
                violation_error_message=_("Choose a heading."),
            ),
            models.CheckConstraint(
                condition=Q(audience__in=Audience.values),
                name="guide_pages_audience_known",
                violation_error_message=_("Choose for whom the page is."),
            ),
            models.CheckConstraint(
                condition=Q(language__regex=r"^[a-z]{2,3}(-[a-z]{2,8})?$"),
                name="guide_pages_language_shape",
                violation_error_message=_("Write the language as its code, such as en or de."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def digest(self) -> str:
        """SHA-256 of what a reader sees."""
        return hashlib.sha256("\0".join([self.title, self.summary, self.body]).encode()).hexdigest()

    @property
    def is_as_seeded(self) -> bool:
        """Whether nobody changed the text that came with MediaNest."""
        return self.seeded_digest == self.digest


@audited()
class QuickLink(models.Model):
    """A link people want at hand: a page of MediaNest (begins with a slash) or one elsewhere."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = models.CharField(_("title"), max_length=80)
    url = models.CharField(_("address"), max_length=500)
    description = models.CharField(_("description"), max_length=200, blank=True)
    icon = models.SlugField(_("icon"), max_length=40, blank=True, db_index=False)
    audience = models.CharField(_("for"), max_length=14, choices=Audience, default=Audience.EVERYONE)
    position = models.PositiveIntegerField(_("position"), default=100)
    is_shown = models.BooleanField(_("shown"), default=True)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = QuickLinkQuerySet.as_manager()

    class Meta:
        db_table = "quick_links"
        ordering = ["position", "title"]
        constraints = [
            models.UniqueConstraint(
                fields=["url"],
                name="quick_links_url_unique",
                violation_error_message=_("There is a link to this address already."),
            ),
            models.CheckConstraint(
                condition=Q(audience__in=Audience.values),
                name="quick_links_audience_known",
                violation_error_message=_("Choose for whom the link is."),
            ),
            models.CheckConstraint(
                condition=Q(url__regex=r"^(/([^/\\]|$)|https?://[^/\s])"),
                name="quick_links_url_shape",
                violation_error_message=_("Begin with https://, http:// or, for a page of MediaNest, one slash."),
            ),
        ]

    def __str__(self) -> str:
        return self.title
