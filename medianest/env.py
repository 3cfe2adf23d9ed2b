"""Strict readers of the environment: an unknown boolean is an error, secrets may come from files.

Every setting is declared once in `SETTINGS`; the README's table is generated from it.
"""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured


@dataclasses.dataclass(frozen=True)
class Variable:
    """One environment variable: its name, what it does, its default as text, and whether NAME_FILE is read too."""

    name: str
    meaning: str
    default: str = ""
    secret: bool = False


SETTINGS: dict[str, Variable] = {}
_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}


def declare(name: str, meaning: str, default: str = "", *, secret: bool = False) -> Variable:
    variable = Variable(name, meaning, default, secret)
    SETTINGS[name] = variable
    return variable


def text(name: str, meaning: str, default: str = "", *, secret: bool = False) -> str:
    """The variable's text; for secrets `NAME_FILE` names a file that holds it.

    Raises ImproperlyConfigured when both are set or the file cannot be read.
    """
    declare(name, meaning, default, secret=secret)
    path = os.environ.get(f"{name}_FILE", "") if secret else ""
    if path:
        if os.environ.get(name):
            raise ImproperlyConfigured(f"Set {name} or {name}_FILE, not both.")
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE: {path} cannot be read ({error.strerror}).") from error
    return os.environ.get(name, "") or default


def flag(name: str, meaning: str, default: bool = False) -> bool:
    """A boolean: 1/0, true/false, yes/no, on/off; anything else is an error."""
    value = text(name, meaning, "1" if default else "0").lower()
    if value in _TRUE:
        return True
    if value in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}; write 1 or 0.")


def number(name: str, meaning: str, default: int, *, least: int = 0) -> int:
    """A whole number of at least `least`."""
    value = text(name, meaning, str(default))
    try:
        parsed = int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} is {value!r}; write a whole number.") from None
    if parsed < least:
        raise ImproperlyConfigured(f"{name} is {parsed}; the least is {least}.")
    return parsed


def words(name: str, meaning: str, default: str = "") -> list[str]:
    """A list written with commas."""
    return [word.strip() for word in text(name, meaning, default).split(",") if word.strip()]


def database(name: str, url: str) -> dict[str, object]:
    """Django's DATABASES entry for a postgres:// URL; `?host=` names a socket folder.

    Raises ImproperlyConfigured for any other database: row-level security and the job queue need PostgreSQL.
    """
    if not url.startswith(("postgres://", "postgresql://")):
        raise ImproperlyConfigured(
            f"{name} must be a postgres:// address; MediaNest keeps its data in PostgreSQL only."
        )
    parsed: dict[str, object] = dict(environ.Env.db_url_config(url))
    parsed["ENGINE"] = "django.db.backends.postgresql"
    return parsed


def mail(name: str, url: str) -> dict[str, object]:
    """Django's settings for a mail server's smtp://, smtp+tls:// or smtps:// address; what stands for none when empty.

    Raises ImproperlyConfigured for anything else.
    """
    if not url:
        return {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    if not url.startswith(("smtp://", "smtp+tls://", "smtps://", "smtp+ssl://")):
        raise ImproperlyConfigured(f"{name} must be an smtp://, smtp+tls:// or smtps:// address.")
    return dict(environ.Env.email_url_config(url))


def celery_broker(url: str) -> str:
    """Kombu's spelling of a Redis address: a unix socket is `redis+socket://`."""
    if not url.startswith("unix://"):
        return url
    parts = urlsplit(url)
    secret = f":{parts.password}@" if parts.password else ""
    number = parse_qs(parts.query).get("db", ["0"])[0]
    return f"redis+socket://{secret}{parts.path}?virtual_host={number}"
