"""How often services outside are called, how that ends and how long it takes, for whoever collects metrics."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import Counter, Histogram

from medianest.lib.faults import BadCredentials, Malformed, ProviderError, Refused, Unreachable

ANSWERED, HELD_BACK = "answered", "held_back"
_OUTCOMES: dict[type[ProviderError], str] = {
    Unreachable: "unreachable",
    BadCredentials: "bad_credentials",
    Refused: "refused",
    Malformed: "malformed",
}
_CALLS = Counter("medianest_outgoing_calls", "Calls to services outside, each try by itself.", ["service", "outcome"])
_SECONDS = Histogram(
    "medianest_outgoing_seconds",
    "How long a call to a service outside took.",
    ["service"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)


@contextmanager
def counted(service: str) -> Iterator[None]:
    """Count one try at `service` by its outcome: `answered`, or by the ProviderError that it ends with."""
    started, outcome = time.perf_counter(), "crashed"
    try:
        yield
        outcome = ANSWERED
    except ProviderError as error:
        outcome = next((name for kind, name in _OUTCOMES.items() if isinstance(error, kind)), "other")
        raise
    finally:
        _CALLS.labels(service, outcome).inc()
        _SECONDS.labels(service).observe(time.perf_counter() - started)


def held_back(service: str) -> None:
    """Count a call that the circuit breaker did not let out."""
    _CALLS.labels(service, HELD_BACK).inc()
