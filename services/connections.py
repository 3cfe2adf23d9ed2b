"""The services as an administrator connected them, asked for by what they can do."""

from __future__ import annotations

from typing import TypeVar

import structlog

from medianest.lib.breaker import Breaker
from medianest.lib.crypto import CannotDecrypt
from services.models import ServiceConfig
from services.providers import registry
from services.providers.base import Connection, Provider

log = structlog.get_logger(__name__)
C = TypeVar("C")


def build(config: ServiceConfig, *, with_breaker: bool = True) -> Provider | None:
    """The provider for a stored connection; None for a kind this version does not know.

    A key that no longer opens counts as none: the service then says that it needs one.
    """
    provider = registry.find(config.service_name)
    if provider is None:
        return None
    try:
        key = config.api_key
    except CannotDecrypt:
        log.warning("key_unreadable", service=config.service_name)
        key = ""
    breaker = Breaker(config.service_name) if with_breaker else None
    return provider(Connection(config.service_url, key, config.config_data, breaker))


def all_enabled() -> list[Provider]:
    """Every service that is in use and has an address, sorted by kind."""
    return [provider for config in ServiceConfig.objects.usable() if (provider := build(config)) is not None]


def first(capability: type[C]) -> C | None:
    """The first service in use that has a capability (a class of `providers.base`); None when there is none."""
    return next((provider for provider in all_enabled() if isinstance(provider, capability)), None)


def get(service_name: str) -> Provider | None:
    """The service of this kind, if it is in use."""
    config = ServiceConfig.objects.usable().filter(service_name=service_name).first()
    return build(config) if config is not None else None
