"""Who may use a page. Being signed in is the rule everywhere; these ask for more."""

from __future__ import annotations

import functools

from django.utils.translation import gettext as _

from accounts.rights import Right, may
from operations.staff_pages import P, View, only


def moderator_required(view: View[P]) -> View[P]:
    """Only moderators and administrators; other people see the 403 page."""
    sees_everybodys = functools.partial(may, right=Right.SEE_EVERYBODYS)
    return only(view, may=sees_everybodys, sentence=lambda: _("This page is for moderators."))


def administrator_required(view: View[P]) -> View[P]:
    """Only administrators; other people see the 403 page."""
    administers = functools.partial(may, right=Right.ADMINISTER)
    return only(view, may=administers, sentence=lambda: _("This page is for administrators."))
