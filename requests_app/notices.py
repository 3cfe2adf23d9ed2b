"""What people are told of their requests."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from notifications.events import declare

DECIDED = declare("requests.decided", _("A request of mine is approved or declined"))
AVAILABLE = declare("requests.available", _("Something I asked for can be watched"))
FAILED = declare("requests.failed", _("A request of mine did not work out"))
