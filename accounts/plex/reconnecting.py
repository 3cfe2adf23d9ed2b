"""A new token for the server's own connection, from its owner's sign-in instead of by copying."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import jobs
from accounts.models import User
from medianest.lib.errors import Cannot
from services import connections
from services.actions import CannotSaveConnection, save_connection
from services.models import ServiceConfig
from services.providers.base import Connection, KnowsItsGuests, Provider


class CannotReconnect(Cannot):
    """The new token does not do, and the old one stays."""


def address() -> str:
    """The address of the server the token is for; "" when none is connected."""
    found = _connection()
    return found[0].service_url if found else ""


def give_token(*, token: str, by: User, request: HttpRequest | None = None) -> ServiceConfig:
    """Try the token at the server itself, as its owner's, and keep it. Raises CannotReconnect."""
    found = _connection()
    if found is None:
        raise CannotReconnect(_("Give the address of your Plex server first."))
    config, provider = found
    result = type(provider)(Connection(config.service_url, token, config.config_data, hurried=True)).test()
    if not result.ok:
        raise CannotReconnect(result.sentence)
    try:
        saved = save_connection(
            service_name=config.service_name,
            url=config.service_url,
            settings=config.config_data,
            enabled=config.enabled,
            key=token,
            by=by,
            request=request,
        )
    except CannotSaveConnection as error:
        raise CannotReconnect(error.sentence) from error
    jobs.promise_check()
    return saved


def _connection() -> tuple[ServiceConfig, Provider] | None:
    for config in ServiceConfig.objects.usable():
        provider = connections.build(config)
        if isinstance(provider, KnowsItsGuests):
            return config, provider
    return None
