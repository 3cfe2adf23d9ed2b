"""Every call to the outside: limited in time and size, bound to one host, with one family of errors.

Nothing here puts a key into an address, a log line or an exception's text.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import ssl
from collections.abc import Collection, Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

import certifi
import httpcore2
import httpx2
import stamina
from django.utils.translation import gettext as _

from medianest.lib import calls
from medianest.lib.breaker import Breaker
from medianest.lib.faults import (
    BadCredentials,
    Malformed,
    Paused,
    ProviderError,
    Refused,
    Unreachable,
    is_passing,
    not_the_service,
    reason,
    refusal,
    unreachable,
)
from medianest.lib.sockets import Clock, GuardedBackend, is_forbidden

__all__ = [
    "Answer",
    "BadCredentials",
    "Client",
    "Limits",
    "Malformed",
    "ProviderError",
    "Refused",
    "Unreachable",
    "clean_address",
    "client",
    "not_the_service",
]

USER_AGENT = "MediaNest"
_HOPS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CHUNK = 65_536


# --- addresses ------------------------------------------------------------------------------------------------------------
def clean_address(text: str) -> str:
    """An address as an administrator types it, made whole: with `http://` if nothing else, without a slash at the end.

    Raises ValueError with a sentence for what cannot be a service's address.
    """
    typed = text.strip()
    if "://" not in typed:
        typed = f"http://{typed}"
    try:
        parts = urlsplit(typed)
        port = parts.port
    except ValueError:
        raise ValueError(_("This is not an address. Write it like http://192.168.1.20:32400.")) from None
    if parts.scheme not in ("http", "https"):
        raise ValueError(_("The address must start with http:// or https://."))
    if not parts.hostname or port == 0 or any(c.isspace() or not c.isprintable() for c in typed):
        raise ValueError(_("This is not an address. Write it like http://192.168.1.20:32400."))
    if parts.username is not None or parts.password is not None:
        raise ValueError(_("Leave name and password out of the address; there is a field for the key."))
    if parts.query or parts.fragment:
        raise ValueError(_("Leave everything from “?” or “#” on out of the address."))
    if _is_forbidden_number(parts.hostname):
        raise ValueError(_("MediaNest does not call this address: it is link-local or belongs to a cloud's inside."))
    return typed.rstrip("/")


def _is_forbidden_number(host: str) -> bool:
    """For addresses written in numbers; names are looked at when they are resolved."""
    try:
        return is_forbidden(host)
    except ValueError:
        return False


# --- limits and answers ---------------------------------------------------------------------------------------------------
@dataclasses.dataclass(frozen=True)
class Limits:
    """Seconds to connect, seconds for the whole exchange (all redirects included), and bytes of the body."""

    connect: float = 2.0
    total: float = 5.0
    body: int = 5_000_000


@dataclasses.dataclass(frozen=True)
class Answer:
    """What came back: status, headers (any case) and the whole body."""

    label: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", errors="replace")

    def json(self) -> Any:
        """The body as JSON. Raises Malformed, saying that this is not the service it should be."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise not_the_service(self.label) from None


# --- the client -----------------------------------------------------------------------------------------------------------
@functools.cache
def _trust() -> ssl.SSLContext:
    """The usual authorities, and those that this machine's administrator added."""
    context = ssl.create_default_context(cafile=certifi.where())
    context.load_default_certs()
    return context


def _is_worth_another_try(error: Exception) -> bool:
    """Whoever is left alone for a while stays so during the next second, too."""
    return is_passing(error) and not isinstance(error, Paused)


class _Transport(httpx2.HTTPTransport):
    def __init__(self, clock: Clock) -> None:
        self._pool = httpcore2.ConnectionPool(
            ssl_context=_trust(), max_connections=4, keepalive_expiry=15.0, network_backend=GuardedBackend(clock)
        )


class Client:
    """Speaks to one service at `url`; for one thread at a time. Use as a context manager, or `close()` it.

    Reading is tried up to `attempts` times when a failure may pass; writing never repeats. With a `breaker`
    a service that keeps failing is not called for a while, and its callers get Unreachable at once. `budget` is
    how many seconds all calls of this client may take together.
    """

    def __init__(
        self,
        label: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        limits: Limits | None = None,
        attempts: int = 1,
        budget: float | None = None,
        breaker: Breaker | None = None,
    ) -> None:
        self.label, self.url, self.attempts, self.breaker = label, url.rstrip("/"), attempts, breaker
        self.limits = limits or Limits()
        self._headers = dict(headers or {})
        self._clock = Clock(budget)
        self._http = httpx2.Client(
            transport=_Transport(self._clock),
            trust_env=False,
            follow_redirects=False,
            timeout=httpx2.Timeout(self.limits.total, connect=self.limits.connect),
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": "identity"},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def get(self, path: str, **options: Any) -> Answer:
        """`send` with GET."""
        return self.send("GET", path, **options)

    def send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        content: bytes | None = None,
        accept: Collection[int] = (),
    ) -> Answer:
        """The answer to `path` (below the service's address), if its status is 2xx or in `accept`.

        Raises Unreachable, BadCredentials, Refused or Malformed.
        """
        try:
            request = self._http.build_request(
                method,
                self.url + path,
                params=params,
                headers={**self._headers, **(headers or {})},
                json=json,
                content=content,
            )
        except (httpx2.InvalidURL, UnicodeError, ValueError):
            raise unreachable(self.label, _("its address or key holds characters that neither has.")) from None
        return self._with_attempts(request, accept)

    def _with_attempts(self, request: httpx2.Request, accept: Collection[int]) -> Answer:
        attempts = self.attempts if request.method in ("GET", "HEAD") else 1
        retries = stamina.retry_context(
            on=_is_worth_another_try,
            attempts=attempts,
            timeout=self.limits.total * attempts,
            wait_initial=0.2,
            wait_max=2.0,
            wait_jitter=0.2,
        )
        for attempt in retries:
            with attempt:
                return self._watched(request, accept)
        raise unreachable(self.label, _("no answer."))  # not reached: the last attempt raises its own error

    def _watched(self, request: httpx2.Request, accept: Collection[int]) -> Answer:
        """One try, under the breaker's eye."""
        if self.breaker is not None and not self.breaker.allows():
            calls.held_back(self.label)
            raise Paused(
                unreachable(self.label, _("it has not answered for a while. It is tried again in a moment.")).sentence
            )
        try:
            with calls.counted(self.label):
                answer = self._within_time(request)
                if not 200 <= answer.status < 300 and answer.status not in accept:
                    raise refusal(self.label, answer.status)
        except ProviderError as error:
            if self.breaker is not None:
                (self.breaker.failed if is_passing(error) else self.breaker.succeeded)()
            raise
        if self.breaker is not None:
            self.breaker.succeeded()
        return answer

    def _within_time(self, request: httpx2.Request) -> Answer:
        self._clock.start(self.limits.total)
        for _hop in range(_HOPS):
            try:
                response = self._http.send(request, stream=True)
                try:
                    body = self._body(response)
                finally:
                    response.close()
            except httpx2.RequestError as error:
                raise unreachable(
                    self.label, reason(error, connect=self.limits.connect, total=self.limits.total)
                ) from None
            if response.status_code not in _REDIRECTS:
                return Answer(self.label, response.status_code, response.headers, body)
            request = self._redirected(request, response.headers.get("Location", ""))
        raise Malformed(_("%(service)s sends visitors round in a circle.") % {"service": self.label})

    def _redirected(self, request: httpx2.Request, location: str) -> httpx2.Request:
        """The same question at the place it was sent to: same scheme, host and port only, since the key goes along."""
        headers = {name: value for name, value in request.headers.items() if name != "host"}
        if request.method == "GET" and (target := _same_origin(str(request.url), location)):
            try:
                return self._http.build_request("GET", target, headers=headers)
            except (httpx2.InvalidURL, ValueError):
                raise not_the_service(self.label) from None
        raise Malformed(
            _("What stands at %(service)s's address sends visitors elsewhere. Enter the address it leads to.")
            % {"service": self.label}
        )

    def _body(self, response: httpx2.Response) -> bytes:
        """The body as sent, up to the limit; compressed ones are refused, for they may unfold without end."""
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise not_the_service(self.label)
        body = bytearray()
        for chunk in response.iter_raw(_CHUNK):
            body += chunk
            if len(body) > self.limits.body:
                raise Malformed(
                    _("%(service)s's answer is larger than the %(size)d MB that are taken.")
                    % {"service": self.label, "size": self.limits.body // 1_000_000}
                )
        return bytes(body)


def _same_origin(url: str, location: str) -> str:
    """Where `location` leads from `url`; "" if that is nowhere, or another scheme, host or port."""
    try:
        target = urljoin(url, location)
        stays = origin(target) == origin(url)
    except ValueError:
        return ""
    return target if location and stays else ""


def origin(address: str) -> tuple[str, str, int | None]:
    """Scheme, host and port of an address. Raises ValueError for what is none."""
    parts = urlsplit(address)
    return parts.scheme, parts.hostname or "", parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def client(label: str, url: str, **options: Any) -> Client:
    """A Client; `options` are its keyword arguments."""
    return Client(label, url, **options)
