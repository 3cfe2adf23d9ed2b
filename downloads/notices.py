"""What people are told of their playlists."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from notifications.events import declare

COMPLETED = declare("downloads.completed", _("A playlist of mine is complete"))
STOPPED = declare("downloads.stopped", _("A playlist of mine cannot go on"))
