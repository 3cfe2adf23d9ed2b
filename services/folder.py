"""The folder for finished videos, as the set-up page looks at it."""

from __future__ import annotations

import dataclasses
import os
import shutil
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from medianest.lib.http import ProviderError
from services.models import ServiceConfig
from services.providers import registry
from services.providers.base import CanHoldVideos, Connection

GIGABYTE = 1_000_000_000


@dataclasses.dataclass(frozen=True)
class Folder:
    """What can be said without asking anybody: `problem` is empty when videos can be stored."""

    path: str
    problem: str
    free_gb: float | None


@dataclasses.dataclass(frozen=True)
class Found:
    """Whether a media server sees the folder, in a sentence."""

    ok: bool
    sentence: str


def look() -> Folder:
    """Whether the folder is there, can be written to, and how much room is left. Makes it when only it is missing."""
    root = Path(settings.DOWNLOAD_ROOT)
    try:
        root.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(root).free
    except OSError as error:
        return Folder(str(root), _("It cannot be used: %(reason)s.") % {"reason": error.strerror}, None)
    return Folder(str(root), _problem(root, free), free / GIGABYTE)


def _problem(root: Path, free: int) -> str:
    if not os.access(root, os.W_OK | os.X_OK):
        return _("MediaNest may not write into it. Change its owner, or DOWNLOAD_ROOT.")
    if free < settings.DOWNLOAD_MIN_FREE_MB * 1_000_000:
        return _("Too little room is left on its disk; downloads wait until there is more.")
    return ""


def ask() -> Found:
    """Ask the media server whether a library of its holds the folder. Waits no longer than a person would."""
    for config in ServiceConfig.objects.usable():
        provider = registry.find(config.service_name)
        if provider is None or not issubclass(provider, CanHoldVideos):
            continue
        key = config.api_key if config.has_readable_key else ""
        server = provider(Connection(config.service_url, key, config.config_data, hurried=True))
        try:
            section = server.video_section(Path(settings.DOWNLOAD_ROOT))
        except ProviderError as error:
            return Found(False, error.sentence)
        return Found(
            True,
            _("%(service)s sees it: the library “%(name)s” holds it.")
            % {"service": provider.label, "name": section.title},
        )
    return Found(False, _("No media server is connected yet."))
