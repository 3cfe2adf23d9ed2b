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
_VALUES = ("service_url", "config_data", "enabled")


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
        before = {name: getattr(config, name) for name in _VALUES}
        config.service_url, config.config_data, config.enabled = url, settings, enabled
        try:
            config.full_clean(exclude=["api_key"])
        except ValidationError as error:
            raise CannotSaveConnection(" ".join(error.messages)) from None
        changed = [name for name in _VALUES if getattr(config, name) != before[name]] + _put_key(config, key)
        if not config._state.adding and not changed:
            return config
        config.updated_by = by
        config.save()
        security.record("settings.changed", request=request, actor=by, about=service_name, fields=changed)
        jobs.promise_probe(service_name)
        transaction.on_commit(summary.forget, robust=True)
    return config


def _put_key(config: ServiceConfig, key: str | None) -> list[str]:
    """Put the key on the row; the name of its column if it changed. A key that is given counts as changed."""
    if not key and (key is None or not config.has_key):
        return []
    config.api_key = key
    return ["api_key"]


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
