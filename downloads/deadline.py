"""Doing for a limited time what cannot be broken off, such as waiting for a server that sends a byte now and then."""

from __future__ import annotations

import contextvars
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import Any, TypeVar

Result = TypeVar("Result")
Check = Callable[[], None]
NAP = 0.25  # seconds between two breaths


class Late(Exception):
    """The time is up, or nobody waits for the result any more."""


def within(seconds: float, work: Callable[[Check], Result], *, breathe: Check) -> Result:
    """The result of `work(check)`, done in a thread of its own. Raises what `work` and `breathe` raise, and Late.

    Afterwards `check` raises Late, so that work which was given up ends at its next step. Until then its thread stays:
    it may use neither the database nor anything else that others wait for.
    """
    result: Future[Result] = Future()
    is_over = threading.Event()

    def check() -> None:
        if is_over.is_set():
            raise Late

    def run() -> None:
        try:
            result.set_result(work(check))
        except BaseException as error:  # noqa: BLE001  (raised again where the result is waited for)
            result.set_exception(error)

    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(run,), name="within", daemon=True).start()
    ends = time.monotonic() + seconds
    try:
        while not wait([result], timeout=max(0.0, min(NAP, ends - time.monotonic()))).done:
            if time.monotonic() >= ends:
                raise Late
            breathe()
        return result.result()
    finally:
        is_over.set()


def preceded(call: Callable[..., Result], check: Check) -> Callable[..., Result]:
    """`call`, but `check` is called each time before it."""

    def checked(*args: Any, **named: Any) -> Result:
        check()
        return call(*args, **named)

    return checked
