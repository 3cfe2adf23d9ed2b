"""A proxy on loopback behind which, over TLS, the simulated hosts answer, and nobody else."""

from __future__ import annotations

import contextlib
import logging
import socket
import socketserver
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol
from urllib.parse import urlsplit

import trustme

from sandbox.server import HOST
from sandbox.youtube.knobs import Knobs
from sandbox.youtube.messages import Asked, Reply, as_page
from sandbox.youtube.streams import Transfer

_LOG = logging.getLogger(__name__)


class Service(Protocol):
    """What the proxy asks for its answers."""

    knobs: Knobs

    def known(self, host: str) -> bool: ...

    def refused(self, host: str) -> None: ...

    def crashed(self, error: BaseException) -> None: ...

    def answer(self, asked: Asked) -> Reply: ...


def certificate() -> ssl.SSLContext:
    """TLS with a fresh certificate that nobody trusts: clients are told not to check."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("*.youtube.com", "*.googlevideo.com", "i.ytimg.com").configure_cert(context)
    context.set_alpn_protocols(["http/1.1"])
    return context


class Proxy(ThreadingHTTPServer):
    """Listens from its making until `close()`, which also ends the conversations going on."""

    request_queue_size = 128
    daemon_threads = True

    def __init__(self, service: Service, port: int, context: ssl.SSLContext) -> None:
        self.service = service
        self.context = context
        self._live: set[socket.socket] = set()
        self._closing = False
        self._changed = threading.Condition()
        super().__init__((HOST, port), _Conversation)

    def server_bind(self) -> None:
        """Without the base class's look for a name, which asks the network."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = HOST, int(self.server_address[1])

    def begin(self) -> None:
        threading.Thread(target=self.serve_forever, args=(0.05,), name="sandbox-youtube", daemon=True).start()

    def close(self) -> None:
        """Close the port, end all conversations and wait until they have ended."""
        self.shutdown()
        self.server_close()
        with self._changed:
            self._closing = True
            for connection in self._live:
                _hang_up(connection)
            self._changed.wait_for(lambda: not self._live, timeout=5)

    def entered(self, connection: socket.socket) -> None:
        with self._changed:
            self._live.add(connection)
            if self._closing:
                _hang_up(connection)

    def left(self, connection: socket.socket) -> None:
        with self._changed:
            self._live.discard(connection)
            self._changed.notify_all()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients hang up as they like; anything else is a fault of ours, and is kept for the tests."""


def _hang_up(connection: socket.socket) -> None:
    """Past TLS, whose own `shutdown` is not meant for another thread than the one that reads."""
    with contextlib.suppress(OSError):
        socket.socket.shutdown(connection, socket.SHUT_RDWR)


class _Conversation(BaseHTTPRequestHandler):
    """One connection: first to the proxy, after CONNECT to the host named there."""

    protocol_version = "HTTP/1.1"
    server_version = "ESF"
    sys_version = ""
    timeout = 120
    disable_nagle_algorithm = True
    server: Proxy
    connection: socket.socket

    def setup(self) -> None:
        super().setup()
        self._host = ""
        self.server.entered(self.connection)

    def handle(self) -> None:
        try:
            super().handle()
        except (OSError, ValueError):  # the other side hung up, perhaps in the middle of the handshake
            self.close_connection = True
        except Exception as error:  # noqa: BLE001  (reported; a thread's own end would be seen by nobody)
            _LOG.exception("The simulated YouTube failed")
            self.server.service.crashed(error)

    def finish(self) -> None:
        with contextlib.suppress(OSError):
            super().finish()
        _hang_up(self.connection)
        self.connection.close()
        self.server.left(self.connection)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: `requests` on the service is the log."""

    def do_CONNECT(self) -> None:
        host, _, port = self.path.rpartition(":")
        if self._host or port != "443" or not self.server.service.known(host.lower()):
            self._refuse(host or self.path)
            return
        self._host = host.lower()
        self.send_response_only(200, "Connection established")
        self.end_headers()
        self._go_private()

    def _go_private(self) -> None:
        plain = self.connection
        self.server.left(plain)
        private = self.server.context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
        self.server.entered(private)
        self.request = self.connection = private
        self.rfile.close()
        private.do_handshake()
        self.rfile = private.makefile("rb", -1)
        self.wfile = private.makefile("wb", -1)
        self.close_connection = False

    def _refuse(self, host: str) -> None:
        self.server.service.refused(host.lower())
        self.close_connection = True
        self._write(as_page("<!doctype html><title>502</title><p>Nobody of that name lives here.", 502))

    def do_GET(self) -> None:
        """Inside a tunnel the host is known; outside it stands in the address."""
        host, target = self._host, self.path
        if not host:
            address = urlsplit(self.path)
            host, target = (address.hostname or ""), address._replace(scheme="", netloc="").geturl()
            if not self.server.service.known(host):
                self._refuse(host or self.path)
                return
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else b""
        asked = Asked(host, self.command, target, self.headers.get("Range", ""), body)
        self._write(self.server.service.answer(asked))

    do_POST = do_HEAD = do_GET

    def _write(self, reply: Reply) -> None:
        self.send_response_only(reply.status)
        self.send_header("Date", self.date_time_string())
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(reply.length))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command == "HEAD":
            return
        if reply.stream is None:
            self.wfile.write(reply.body)
            return
        self.wfile.flush()
        transfer = Transfer(self.connection, self.server.service.knobs, reply.stream)
        if not transfer.run(reply.first, reply.last):
            self.close_connection = True
