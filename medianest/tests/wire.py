"""A server that says exactly the bytes it is given, for what no well-behaved server would do."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator

Say = Callable[[socket.socket, threading.Event], None]


def page(body: bytes = b"ok", status: str = "200 OK", **headers: str) -> bytes:
    """A whole HTTP answer. Underscores in header names stand for hyphens."""
    head = {"Content-Length": str(len(body)), "Connection": "close", **headers}
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in head.items())
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + body


def saying(answer: bytes) -> Say:
    def say(peer: socket.socket, over: threading.Event) -> None:
        peer.sendall(answer)

    return say


def dripping(start: bytes, drop: bytes, every: float) -> Say:
    """Says `start`, then `drop` again and again until the other side hangs up or the test is over."""

    def say(peer: socket.socket, over: threading.Event) -> None:
        peer.sendall(start)
        while not over.wait(every):
            peer.sendall(drop)

    return say


def silent(peer: socket.socket, over: threading.Event) -> None:
    over.wait()


class Wire:
    """Where it listens, and what it was asked so far (the heads of the requests)."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.heads: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextlib.contextmanager
def server(*answers: Say, tls: ssl.SSLContext | None = None) -> Iterator[Wire]:
    """Listens on loopback; each connection gets the next answer, the last one for ever."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)
        wire = Wire(listener.getsockname()[1])
        thread = threading.Thread(target=_serve, args=(listener, answers, wire, over, tls))
        thread.start()
        try:
            yield wire
        finally:
            over.set()
            thread.join()


def _serve(
    listener: socket.socket, answers: tuple[Say, ...], wire: Wire, over: threading.Event, tls: ssl.SSLContext | None
) -> None:
    talks: list[threading.Thread] = []
    while not over.is_set():
        try:
            peer, _address = listener.accept()
        except TimeoutError:
            continue
        say = answers[min(len(talks), len(answers) - 1)]
        talks.append(threading.Thread(target=_talk, args=(peer, say, wire, over, tls)))
        talks[-1].start()
    for talk in talks:
        talk.join()


def _talk(peer: socket.socket, say: Say, wire: Wire, over: threading.Event, tls: ssl.SSLContext | None) -> None:
    peer.settimeout(60)
    try:
        stream = tls.wrap_socket(peer, server_side=True) if tls else peer
    except OSError:
        peer.close()
        return
    with stream, contextlib.suppress(OSError):
        wire.heads.append(stream.recv(65536).decode("latin-1"))
        say(stream, over)
        with contextlib.suppress(OSError):
            stream.shutdown(socket.SHUT_WR)


def knocks(listener: socket.socket) -> int:
    """How many have connected to `listener` since it was last asked; nobody is answered."""
    listener.setblocking(False)
    came = 0
    with contextlib.suppress(BlockingIOError):
        while True:
            listener.accept()[0].close()
            came += 1
    return came


def free_port() -> int:
    """A port on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
