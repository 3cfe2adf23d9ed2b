"""Several people, or workers, at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection


def at_once(*calls: Callable[[], Any], refusal: type[Exception] | tuple[type[Exception], ...] = ()) -> list[Any]:
    """What the calls give, each made in a thread of its own with a connection of its own, as near together as can be.

    A `refusal` that one raises is given in place of its result; anything else is raised here after all have ended.
    """
    gate = threading.Barrier(len(calls))

    def made(call: Callable[[], Any]) -> Any:
        gate.wait()
        try:
            return call()
        except refusal as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as threads:
        promised = [threads.submit(made, call) for call in calls]
    return [each.result() for each in promised]
