"""Who is really asking: forwarded headers count only when a known reverse proxy sent them."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse

_FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT")


class ProxyMiddleware:
    """Puts the client's own address into REMOTE_ADDR behind a trusted proxy, and drops forged headers elsewhere.

    The address is the right-most one in X-Forwarded-For that is not itself a trusted proxy: everything
    further left was written by somebody we do not know.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        try:
            self.trusted = [ipaddress.ip_network(proxy, strict=False) for proxy in settings.TRUSTED_PROXIES]
        except ValueError as error:
            raise ImproperlyConfigured(f"TRUSTED_PROXIES: {error}.") from error

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self._is_trusted(request.META.get("REMOTE_ADDR", "")):
            request.META["REMOTE_ADDR"] = self._client(request)
        else:
            for header in _FORWARDED:
                request.META.pop(header, None)
        return self.get_response(request)

    def _is_trusted(self, address: str) -> bool:
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(parsed in network for network in self.trusted)

    def _client(self, request: HttpRequest) -> str:
        client: str = request.META["REMOTE_ADDR"]
        for hop in reversed(request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")):
            try:
                address = str(ipaddress.ip_address(hop.strip()))
            except ValueError:
                break
            client = address
            if not self._is_trusted(address):
                break
        return client
