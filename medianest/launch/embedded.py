"""The two embedded servers, for whoever needs them alone (tests, benchmarks): `Postgres(folder)` and `Redis(folder)`."""

from medianest.launch.postgres import Postgres
from medianest.launch.redis import Redis

__all__ = ["Postgres", "Redis"]
