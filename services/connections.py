"""The services as an administrator connected them, asked for by what they can do."""

from __future__ import annotations

import dataclasses
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
    """Every service that is in use and has an address, sorted by kind; those that settings preset come last."""
    configs = list(ServiceConfig.objects.order_by("service_name"))
    usable = (config for config in configs if config.enabled and config.service_url)
    connected = [provider for config in usable if (provider := build(config)) is not None]
    return connected + _preset(without={config.service_name for config in configs if config.service_url})


def _preset(without: set[str]) -> list[Provider]:
    """Services that settings alone connect, as long as nobody has entered an address for them."""
    return [
        kind(dataclasses.replace(preset, breaker=Breaker(kind.kind)))
        for kind in registry.all()
        if kind.kind not in without and (preset := kind.preset()) is not None
    ]


def able(capability: type[C]) -> list[C]:
    """The services in use that have a capability (a class of `providers`)."""
    return [provider for provider in all_enabled() if isinstance(provider, capability)]


def first(capability: type[C]) -> C | None:
    """The first service in use that has a capability; None when there is none."""
    return next(iter(able(capability)), None)


def get(service_name: str) -> Provider | None:
    """The service of this kind, if it is in use."""
    config = ServiceConfig.objects.usable().filter(service_name=service_name).first()
    return build(config) if config is not None else None
