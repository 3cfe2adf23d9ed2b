"""Collecting the files that pages load, only when they changed."""

from __future__ import annotations

import hashlib
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

_STAMP = ".collected"


def collect_if_changed() -> bool:
    """Bring STATIC_ROOT up to date; False when it was."""
    root = Path(settings.STATIC_ROOT)
    stamp, wanted = root / _STAMP, fingerprint()
    if stamp.exists() and stamp.read_text(encoding="ascii") == wanted:
        return False
    root.mkdir(parents=True, exist_ok=True)
    # Cleared first: by itself it keeps a copy that is younger than its source, which another version's source may be.
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(wanted, encoding="ascii")
    return True


def fingerprint() -> str:
    """A hash over every source file's name, size and time, and over what turns them into the collected ones."""
    digest = hashlib.sha256(f"{django.__version__} {settings.STORAGES['staticfiles']}".encode())
    lines = []
    for finder in get_finders():
        for name, storage in finder.list([]):
            stat = Path(storage.path(name)).stat()
            lines.append(f"{name} {stat.st_size} {stat.st_mtime_ns}")
    digest.update("\n".join(sorted(lines)).encode())
    return digest.hexdigest()
