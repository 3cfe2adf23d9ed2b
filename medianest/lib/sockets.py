"""The network as MediaNest uses it: addresses are looked at before they are connected to, and time is up in total.

Names are resolved here and the answer that was looked at is the one connected to, so that a second DNS
answer changes nothing. Every read and write is cut to what is left of the whole request's time.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterable
from typing import Any

import httpcore2

SocketOption = httpcore2.SOCKET_OPTION
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# Link-local networks and the fixed addresses at which cloud providers hand out credentials.
_FORBIDDEN = [
    ipaddress.ip_network(network)
    for network in (
        "169.254.0.0/16",
        "fe80::/10",
        "fd00:ec2::254/128",
        "100.100.100.200/32",
        "168.63.129.16/32",
        "192.0.0.192/32",
        "0.0.0.0/8",
        "::/128",
        "224.0.0.0/4",
        "ff00::/8",
    )
]
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class NameUnknown(httpcore2.ConnectError):
    """No address belongs to this name."""


class ForbiddenAddress(httpcore2.ConnectError):
    """The address is one that no service of a household has."""


def plain(address: Address) -> Address:
    """The IPv4 address hidden in an IPv6 one (mapped, 6to4, NAT64), or the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def is_forbidden(address: str) -> bool:
    """Whether an address (text, perhaps with a zone) is link-local, a metadata service's, multicast or unspecified."""
    inner = plain(ipaddress.ip_address(address.partition("%")[0]))
    return any(inner.version == network.version and inner in network for network in _FORBIDDEN)


def resolve(host: str, port: int, seconds: float) -> list[str]:
    """The addresses of `host`, best first. Raises NameUnknown, or ConnectTimeout after `seconds`.

    The system's resolver cannot be interrupted, so it works in a thread that is left behind when it is late.
    """
    found: list[str] = []

    def ask() -> None:
        try:
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return
        found.extend(dict.fromkeys(str(answer[4][0]) for answer in answers))

    thread = threading.Thread(target=ask, name=f"resolve-{host}", daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise httpcore2.ConnectTimeout("The name was not resolved in time.")
    if not found:
        raise NameUnknown("The name is unknown.")
    return found


class Clock:
    """How much of the time for one request is left, and of the `budget` for all of them, in seconds."""

    def __init__(self, budget: float | None = None) -> None:
        self._end = time.monotonic() + budget if budget is not None else float("inf")
        self._until = self._end

    def start(self, seconds: float) -> None:
        """A request begins that may take so long."""
        self._until = min(time.monotonic() + seconds, self._end)

    def left(self, limit: float | None) -> float:
        """The smaller of `limit` and what is left, in seconds. Raises ReadTimeout when nothing is."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise httpcore2.ReadTimeout("The time for the whole request is up.")
        return min(left, limit) if limit is not None else left


class _TimedStream(httpcore2.NetworkStream):
    def __init__(self, stream: httpcore2.NetworkStream, clock: Clock) -> None:
        self._stream, self._clock = stream, clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._clock.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._clock.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        return _TimedStream(
            self._stream.start_tls(ssl_context, server_hostname, self._clock.left(timeout)), self._clock
        )

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class GuardedBackend(httpcore2.NetworkBackend):
    """Connects to where it may, within the time that `clock` gives."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._plain = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore2.NetworkStream:
        addresses = resolve(host, port, self._clock.left(timeout))
        if any(is_forbidden(address) for address in addresses):
            raise ForbiddenAddress("The address is not allowed.")
        failure: httpcore2.ConnectError | httpcore2.ConnectTimeout | None = None
        for address in addresses:
            try:
                stream = self._plain.connect_tcp(
                    address, port, self._clock.left(timeout), local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
            else:
                return _TimedStream(stream, self._clock)
        raise failure or NameUnknown("The name is unknown.")

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[SocketOption] | None = None
    ) -> httpcore2.NetworkStream:
        raise ForbiddenAddress("Services are spoken to over the network only.")
