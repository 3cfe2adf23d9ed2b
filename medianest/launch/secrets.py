"""The installation's secrets: made once, written whole or not at all, readable by their owner only."""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

DATABASE_ROLES = ("postgres", "mn_owner", "mn_app", "mn_worker")


def write(path: Path, text: str) -> None:
    """Puts `text` into `path` (mode 0600) so that a crash leaves either the old file or the new one."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


@dataclass(frozen=True)
class Secrets:
    """The files in `folder` (which exists, mode 0700)."""

    folder: Path

    def path(self, name: str) -> Path:
        return self.folder / name

    def once(self, name: str, make: Callable[[], str]) -> str:
        """The secret `name`; `make` is asked for it when there is none yet."""
        path = self.path(name)
        if not path.exists():
            write(path, make() + "\n")
        elif path.stat().st_mode & 0o077:
            path.chmod(0o600)
        return path.read_text(encoding="utf-8").strip()

    def django_secret_key(self) -> Path:
        self.once("django_secret_key", lambda: secrets.token_urlsafe(60))
        return self.path("django_secret_key")

    def encryption_keys(self) -> Path:
        self.once("encryption_keys", lambda: "k1:" + base64.b64encode(secrets.token_bytes(32)).decode())
        return self.path("encryption_keys")

    def database_password(self, role: str) -> str:
        return self.once(f"pg_{role}", lambda: secrets.token_hex(24))

    def database_passwords_missing(self) -> bool:
        """Whether a password that an existing database depends on is gone."""
        return not all(self.path(f"pg_{role}").exists() for role in DATABASE_ROLES)

    def redis_password(self) -> str:
        return self.once("redis", lambda: secrets.token_hex(24))

    def keep(self, name: str, text: str) -> Path:
        """The file `name` with `text` in it, written only when it says something else; for addresses that hold secrets."""
        path = self.path(name)
        if not path.exists() or path.read_text(encoding="utf-8") != text + "\n":
            write(path, text + "\n")
        return path
