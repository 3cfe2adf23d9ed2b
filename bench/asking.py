"""Several clients that ask for one address again and again, each over a connection of its own."""

from __future__ import annotations

import dataclasses
import socket
import statistics
import threading
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

CLIENTS = 8


@dataclasses.dataclass
class Answers:
    """Seconds that each answer took, and the length of the last one's body."""

    took: list[float] = dataclasses.field(default_factory=list)
    seconds: float = 0.0
    length: int = 0

    @property
    def per_second(self) -> float:
        return len(self.took) / self.seconds

    @property
    def middle(self) -> float:
        """Milliseconds."""
        return statistics.median(self.took) * 1000

    @property
    def p95(self) -> float:
        """Milliseconds that 95 of 100 answers did not exceed."""
        return statistics.quantiles(self.took, n=20)[18] * 1000

    def add(self, more: Answers) -> None:
        self.took += more.took
        self.seconds += more.seconds
        self.length = more.length


def ask(base: str, path: str, headers: Mapping[str, str], *, seconds: float, clients: int = CLIENTS) -> Answers:
    """Ask without a pause for so long. Raises RuntimeError for any answer but 200."""
    place = urlsplit(base)
    lines = [f"GET {path} HTTP/1.1", f"Host: {place.netloc}", *(f"{name}: {value}" for name, value in headers.items())]
    sent = ("\r\n".join(lines) + "\r\n\r\n").encode()
    found, wrong = Answers(), []
    lock, until = threading.Lock(), time.perf_counter() + seconds

    def run() -> None:
        took, length = [], 0
        try:
            with socket.create_connection((place.hostname or "", place.port or 80), timeout=30) as line:
                while (began := time.perf_counter()) < until:
                    line.sendall(sent)
                    length = _answer(line)
                    took.append(time.perf_counter() - began)
        except (OSError, RuntimeError) as error:
            wrong.append(error)
        with lock:
            found.took += took
            found.length = length

    began = time.perf_counter()
    threads = [threading.Thread(target=run) for _ in range(clients)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    if wrong:
        raise RuntimeError(f"{path}: {wrong[0]}")
    found.seconds = time.perf_counter() - began
    return found


def _answer(line: socket.socket) -> int:
    """Read one answer; the length of its body."""
    head = b""
    while b"\r\n\r\n" not in head:
        part = line.recv(65_536)
        if not part:
            raise RuntimeError("the connection was closed")
        head += part
    head, _, body = head.partition(b"\r\n\r\n")
    status, *fields = head.decode("latin-1").split("\r\n")
    if " 200 " not in f"{status} ":
        raise RuntimeError(status)
    length = next((int(one.split(":")[1]) for one in fields if one.lower().startswith("content-length:")), -1)
    if length < 0:
        raise RuntimeError("an answer without a length")
    left = length - len(body)
    while left > 0:
        left -= len(line.recv(65_536)) or left + 1
    if left < 0:
        raise RuntimeError("an answer of another length")
    return length
