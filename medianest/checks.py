"""System checks: what would go wrong later, said at the start in a sentence."""

from __future__ import annotations

import os
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError
from redis import Redis
from redis.exceptions import RedisError

from maintenance import rotation
from medianest.lib.crypto import Keyring, keyring

try:
    import imageio_ffmpeg
except ImportError:  # containers bring an ffmpeg of their own
    imageio_ffmpeg = None

SHORTEST_KEY = 50
FEWEST_CHARACTERS = 5


def encryption_keys_parse(**_: Any) -> list[CheckMessage]:
    try:
        Keyring.parse(settings.ENCRYPTION_KEYS)
    except ImproperlyConfigured as error:
        hint = "One line for each key: `id:` and the output of `openssl rand -base64 32`."
        return [Error(str(error), hint=hint, id="medianest.E001")]
    return []


def secret_key_is_strong(**_: Any) -> list[CheckMessage]:
    key = settings.SECRET_KEY
    if len(key) >= SHORTEST_KEY and len(set(key)) >= FEWEST_CHARACTERS:
        return []
    return [
        Error(
            f"DJANGO_SECRET_KEY is too weak: at least {SHORTEST_KEY} random characters are needed.",
            hint="Whoever guesses it can sign in as anybody. `openssl rand -base64 48` makes a good one.",
            id="medianest.E002",
        )
    ]


def download_root_is_writable(**_: Any) -> list[CheckMessage]:
    root: Path = settings.DOWNLOAD_ROOT
    nearest = next(folder for folder in (root, *root.parents) if folder.exists())
    if nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK):
        return []
    return [
        Warning(
            f"Videos cannot be stored: {nearest} is not a folder that MediaNest may write to.",
            hint="Change DOWNLOAD_ROOT or the folder's owner; until then every download fails.",
            id="medianest.W001",
        )
    ]


def ffmpeg_is_there(**_: Any) -> list[CheckMessage]:
    wanted = settings.FFMPEG or "ffmpeg"
    if shutil.which(wanted) or (not settings.FFMPEG and _has_packaged_ffmpeg()):
        return []
    return [
        Warning(
            f"The program {wanted!r} was not found: pictures and sound cannot be put together.",
            hint="Install ffmpeg, or name it in FFMPEG.",
            id="medianest.W002",
        )
    ]


def _has_packaged_ffmpeg() -> bool:
    if imageio_ffmpeg is None:
        return False
    try:
        return bool(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError:
        return False


def redis_keeps_queues(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Asked only where the database is asked too, as by `prepare`: it needs a server."""
    try:
        with Redis.from_url(settings.BROKER_URL, socket_connect_timeout=1, socket_timeout=2) as redis:
            policy = str(redis.config_get("maxmemory-policy").get("maxmemory-policy", ""))
    except (RedisError, OSError):
        return []  # away, or one that hides its settings: /readyz says the first, nobody can say the second
    if not policy.startswith("allkeys-"):
        return []
    return [
        Warning(
            f"The Redis of the queues throws queues away when it is full ({policy}).",
            hint="Set its maxmemory-policy to noeviction, or to volatile-lru where it also is the cache.",
            id="medianest.W003",
        )
    ]


def stored_secrets_have_their_keys(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Asked only where the database is asked too. A key that is lost is told by name, before anybody stumbles over it."""
    if not databases:
        return []
    try:
        counts = [rotation.census(column) for column in rotation.columns()]
    except DatabaseError:
        return []  # away, or not migrated yet: both are said elsewhere
    lost = sum(counts, Counter[str]()) - Counter(dict.fromkeys(keyring().keys, sys.maxsize))
    return [
        Warning(
            f"{number} stored secrets were encrypted with the key {key_id!r}, which ENCRYPTION_KEYS does not hold.",
            hint="Bring the key back from a backup, or enter those secrets again: pages and the administration say where.",
            id="medianest.W010",
        )
        for key_id, number in sorted(lost.items())
    ]


CHECKS: tuple[Callable[..., list[CheckMessage]], ...] = (
    encryption_keys_parse,
    secret_key_is_strong,
    download_root_is_writable,
    ffmpeg_is_there,
)
DATABASE_CHECKS: tuple[Callable[..., list[CheckMessage]], ...] = (redis_keeps_queues, stored_secrets_have_their_keys)
