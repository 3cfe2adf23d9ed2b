"""What administrators do with services."""

from __future__ import annotations

from typing import Any

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from medianest.lib.errors import Cannot
from operations import security
from services import jobs, summary
from services.models import ServiceConfig
from services.providers import registry

_CHECK_EVERY_SECONDS = 10


class CannotSaveConnection(Cannot):
    """What was entered is not a connection."""


class CannotCheck(Cannot):
    """There is nothing to look at."""


def save_connection(
    *,
    service_name: str,
    url: str,
    settings: dict[str, Any],
    enabled: bool = True,
    key: str | None = None,
    by: Any,
    request: HttpRequest | None = None,
) -> ServiceConfig:
    """Store how a service is reached, and promise a look at it. `key` None keeps the stored one, "" removes it.

    Writes down who changed which fields; unchanged input writes nothing. Raises CannotSaveConnection.
    """
    with transaction.atomic():
        config = ServiceConfig.objects.select_for_update().filter(service_name=service_name).first()
        config = config or ServiceConfig(service_name=service_name)
        changed = _apply(config, {"service_url": url, "config_data": settings, "enabled": enabled}, key)
        if not config._state.adding and not changed:
            return config
        try:
            config.full_clean(exclude=["api_key"])
        except ValidationError as error:
            raise CannotSaveConnection(" ".join(error.messages)) from None
        config.updated_by = by
        config.save()
        security.record("settings.changed", request=request, actor=by, about=service_name, fields=changed)
        jobs.promise_probe(service_name)
        transaction.on_commit(summary.forget, robust=True)
    return config


def _apply(config: ServiceConfig, values: dict[str, Any], key: str | None) -> list[str]:
    """Put the values on the row; the names of those that differ. A key counts as changed whenever one is given."""
    changed = [name for name, value in values.items() if getattr(config, name) != value]
    for name in changed:
        setattr(config, name, values[name])
    if key or (key == "" and config.has_key):
        config.api_key = key
        changed.append("api_key")
    return changed


def seed_services() -> int:
    """A row for every kind of service that has none; how many were added. What is there stays as it is."""
    present = set(ServiceConfig.objects.values_list("service_name", flat=True))
    missing = [ServiceConfig(service_name=kind.kind) for kind in registry.all() if kind.kind not in present]
    return len(ServiceConfig.objects.bulk_create(missing, ignore_conflicts=True))


def check_now(*, service_name: str) -> bool:
    """Promise a look at one service; False when one was asked for a moment ago. Raises CannotCheck."""
    if not ServiceConfig.objects.usable().filter(service_name=service_name).exists():
        raise CannotCheck(_("This service is not connected."))
    if cache.add(f"services:check:{service_name}", 1, timeout=_CHECK_EVERY_SECONDS) is False:
        return False
    jobs.promise_probe(service_name)
    return True
