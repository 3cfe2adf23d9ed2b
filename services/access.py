"""Who may connect services."""

from __future__ import annotations

from django.utils.translation import gettext as _

from operations.staff_pages import P, View, only


def administrator_required(view: View[P]) -> View[P]:
    """Only administrators; other people see the 403 page. Being signed in is the rule everywhere."""
    return only(
        view,
        may=lambda user: bool(getattr(user, "is_administrator", False)),
        sentence=lambda: _("Connecting services is for administrators."),
    )
