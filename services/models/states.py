"""How a service can be."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ServiceState(models.TextChoices):
    """The verdict on a service, as people see it."""

    ONLINE = "online", _("online")
    DEGRADED = "degraded", _("degraded")
    OFFLINE = "offline", _("offline")
    MAINTENANCE = "maintenance", _("maintenance")
    UNKNOWN = "unknown", _("unknown")


class CheckState(models.TextChoices):
    """What a single look counts as. `checking` lasts only until the verdict falls: it is overwritten then."""

    ONLINE = "online", _("online")
    DEGRADED = "degraded", _("degraded")
    OFFLINE = "offline", _("offline")
    MAINTENANCE = "maintenance", _("maintenance")
    UNKNOWN = "unknown", _("unknown")
    CHECKING = "checking", _("being looked at again")
