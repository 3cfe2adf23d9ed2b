"""Which pages and links."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from accounts.rights import Right, may

if TYPE_CHECKING:
    from accounts.models import User
    from guides.models import GuidePage, QuickLink  # noqa: F401  (named in quotes below)


def _audiences(user: User) -> list[str]:
    """To which audiences a person belongs."""
    own = ["everyone"]
    if may(user, Right.READ_STAFF_GUIDES):
        own.append("moderators")
    if may(user, Right.ADMINISTER):
        own.append("administrators")
    return own


class GuidePageQuerySet(models.QuerySet["GuidePage"]):
    def visible_to(self, user: User) -> GuidePageQuerySet:
        """Published, and meant for people like this one."""
        return self.filter(is_published=True, audience__in=_audiences(user))

    def in_language(self, code: str) -> GuidePageQuerySet:
        return self.filter(language=code)

    def in_order(self) -> GuidePageQuerySet:
        return self.order_by("section", "position", "title")


class QuickLinkQuerySet(models.QuerySet["QuickLink"]):
    def visible_to(self, user: User) -> QuickLinkQuerySet:
        """Shown, and meant for people like this one."""
        return self.filter(is_shown=True, audience__in=_audiences(user))
