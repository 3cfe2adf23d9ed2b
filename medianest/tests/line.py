"""A way to the database that tests can cut and mend."""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading


class Line:
    """A TCP line to the database that can be cut and mended."""

    def __init__(self, far: str) -> None:
        self._far = far
        self._held: list[socket.socket] = []
        self._door: socket.socket | None = None
        self.port = 0
        self.mend()

    def mend(self) -> None:
        self._door = socket.create_server(("127.0.0.1", self.port))
        self.port = self._door.getsockname()[1]
        threading.Thread(target=self._let_in, args=[self._door], daemon=True).start()

    def cut(self) -> None:
        """Refuse whoever comes, and hang up on those who are there."""
        if self._door is not None:
            with contextlib.suppress(OSError):
                self._door.shutdown(socket.SHUT_RDWR)
            self._door.close()
        for held in self._held:
            with contextlib.suppress(OSError):
                held.shutdown(socket.SHUT_RDWR)
        self._held.clear()

    def _let_in(self, door: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = door.accept()
                far = socket.socket(socket.AF_UNIX)
                far.connect(self._far)
                self._held += [near, far]
                threading.Thread(target=self._carry, args=[near, far], daemon=True).start()

    @staticmethod
    def _carry(near: socket.socket, far: socket.socket) -> None:
        other = {near: far, far: near}
        with near, far, selectors.DefaultSelector() as ready, contextlib.suppress(OSError):
            for end in other:
                ready.register(end, selectors.EVENT_READ)
            while True:
                for key, _ in ready.select():
                    speaker = key.fileobj
                    assert isinstance(speaker, socket.socket)
                    said = speaker.recv(65536)
                    if not said:
                        return
                    other[speaker].sendall(said)
