"""Secrets at rest: AES-256-GCM with a key id, bound to the row it stands in.

Stored form: `<algorithm>:<key id>:<base64 of nonce + ciphertext + tag>`. The algorithm is `v1`, AES-256-GCM with a
nonce of 12 random bytes; a later one gets another word, and `manage.py rotate_keys` moves what stands under the old
one. The associated data is `<table>:<column>:<binding value>`, so a ciphertext copied to another row does not open.
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import functools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

_ALGORITHM = "v1"
_NONCE_BYTES = 12
_AS_STORED: ContextVar[bool] = ContextVar("as_stored", default=False)


class CannotDecrypt(Exception):
    """The stored secret cannot be read (unknown key, or it was moved or damaged): enter it again."""


@dataclasses.dataclass(frozen=True)
class Keyring:
    """Keys by id; the first one given encrypts, all of them decrypt."""

    keys: dict[str, bytes] = dataclasses.field(repr=False)

    @classmethod
    def parse(cls, text: str) -> Keyring:
        """From lines `id:base64 of 32 bytes`; several may share a line, with commas, as in an environment file.

        Raises ImproperlyConfigured with the line's number.
        """
        keys: dict[str, bytes] = {}
        for number, line in enumerate(text.splitlines(), start=1):
            for entry in filter(None, map(str.strip, line.split(","))):
                key_id, key = _read_key(entry)
                if not key_id.isalnum() or len(key) != 32:
                    raise ImproperlyConfigured(f"ENCRYPTION_KEYS, line {number}: write `id:` and 32 bytes in base64.")
                if key_id in keys:
                    raise ImproperlyConfigured(f"ENCRYPTION_KEYS, line {number}: the id {key_id!r} stands there twice.")
                keys[key_id] = key
        if not keys:
            raise ImproperlyConfigured("ENCRYPTION_KEYS is empty; secrets could not be stored.")
        return cls(keys)

    @property
    def active_id(self) -> str:
        return next(iter(self.keys))

    @property
    def newest_prefix(self) -> str:
        """How everything begins that is encrypted today."""
        return f"{_ALGORITHM}:{self.active_id}:"

    def encrypt(self, plain: str, *, bound_to: str) -> str:
        nonce = os.urandom(_NONCE_BYTES)
        sealed = AESGCM(self.keys[self.active_id]).encrypt(nonce, plain.encode(), bound_to.encode())
        return self.newest_prefix + base64.b64encode(nonce + sealed).decode()

    def decrypt(self, stored: str, *, bound_to: str) -> str:
        """Raises CannotDecrypt for an unknown key, another row's secret, or damage."""
        algorithm, _, rest = stored.partition(":")
        key_id, _, encoded = rest.partition(":")
        key = self.keys.get(key_id)
        if algorithm != _ALGORITHM:
            raise CannotDecrypt("Not encrypted in a way that this version knows.")
        if key is None:
            raise CannotDecrypt(f"No key with the id {key_id!r}.")
        try:
            raw = base64.b64decode(encoded, validate=True)
            return AESGCM(key).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], bound_to.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise CannotDecrypt("The stored secret does not belong here or is damaged.") from error


def _read_key(entry: str) -> tuple[str, bytes]:
    key_id, _, encoded = entry.partition(":")
    try:
        return key_id, base64.b64decode(encoded, validate=True)
    except binascii.Error:
        return key_id, b""


@functools.lru_cache(maxsize=1)
def keyring() -> Keyring:
    """The installation's keys, from the ENCRYPTION_KEYS setting."""
    return Keyring.parse(settings.ENCRYPTION_KEYS)


class Sealed(str):
    """Text as it stands in the database, not yet opened."""

    __slots__ = ()


@contextmanager
def _as_stored() -> Iterator[None]:
    """Inside, reading an encrypted attribute gives what is stored, unopened."""
    before = _AS_STORED.set(True)
    try:
        yield
    finally:
        _AS_STORED.reset(before)


def _without_opening(method: Callable[..., Any]) -> Callable[..., Any]:
    """A method of Model that reads every attribute only to hand it on: it must not stumble over a lost key."""

    @functools.wraps(method)
    def careful(*args: Any, **kwargs: Any) -> Any:
        with _as_stored():
            return method(*args, **kwargs)

    careful.leaves_secrets_closed = True  # type: ignore[attr-defined]
    return careful


class _Secret:
    """Opens the stored text when the attribute is read: only then is the row it is bound to known."""

    def __init__(self, field: EncryptedTextField) -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type[models.Model]) -> Any:
        if instance is None:
            return self
        if self.field.attname not in instance.__dict__:  # left out by `only()` or `defer()`
            instance.refresh_from_db(fields=[self.field.attname])
        value = instance.__dict__[self.field.attname]
        if isinstance(value, Sealed) and not _AS_STORED.get():
            return keyring().decrypt(value, bound_to=self.field.binding(instance))
        return value

    def __set__(self, instance: models.Model, value: str | None) -> None:
        instance.__dict__[self.field.attname] = value


if TYPE_CHECKING:
    _TextField = models.TextField[str, str]
else:
    _TextField = models.TextField  # may be imported before the settings, which make fields generic


class EncryptedTextField(_TextField):
    """Text that is stored encrypted. Reading raises CannotDecrypt when no key opens it.

    `bind_to` names the attribute whose value ties the secret to its row: the primary key,
    or a natural key where the primary key is not known before the first save.
    """

    def __init__(self, *args: Any, bind_to: str = "pk", **kwargs: Any) -> None:
        self.bind_to = bind_to
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        if self.bind_to != "pk":
            kwargs["bind_to"] = self.bind_to
        return name, path, args, kwargs

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.attname, _Secret(self))
        for method in ("refresh_from_db", "clean_fields", "validate_constraints"):
            if not hasattr(getattr(cls, method), "leaves_secrets_closed"):
                setattr(cls, method, _without_opening(getattr(cls, method)))

    def binding(self, instance: models.Model) -> str:
        return f"{instance._meta.db_table}:{self.column}:{getattr(instance, self.bind_to)}"

    def from_db_value(self, value: str | None, expression: object, connection: object) -> str | None:
        return Sealed(value) if value else value

    def pre_save(self, model_instance: models.Model, add: bool) -> str | None:
        value = model_instance.__dict__.get(self.attname)
        if not value or isinstance(value, Sealed):
            return value
        return Sealed(keyring().encrypt(value, bound_to=self.binding(model_instance)))

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        """Raises TypeError for text that was not encrypted on the way: an `update()` does not know the row."""
        if isinstance(value, str) and value and not isinstance(value, Sealed):
            raise TypeError(f"{self.model.__name__}.{self.name} is encrypted by save() only.")
        return super().get_db_prep_save(value, connection)

    def formfield(self, **kwargs: Any) -> None:
        """None: a form made from the model leaves the secret out. Ask for it in a field of your own that shows nothing."""

    def value_from_object(self, obj: models.Model) -> str:
        """Nothing, for the same reason as `value_to_string`."""
        return ""

    def value_to_string(self, obj: models.Model) -> str:
        """Nothing: a dump in clear text would give the secret away."""
        return ""

    def is_set(self, instance: models.Model) -> bool:
        """Whether a secret is stored, without opening it."""
        return bool(instance.__dict__.get(self.attname))

    def opens(self, instance: models.Model) -> bool:
        """Whether the stored secret can be read; True when there is none."""
        try:
            getattr(instance, self.attname)
        except CannotDecrypt:
            return False
        return True

    def key_id(self, instance: models.Model) -> str:
        """The id of the key that closed the stored secret; "" when there is none, or it is not stored yet."""
        value = instance.__dict__.get(self.attname)
        return value.split(":")[1] if isinstance(value, Sealed) and value.count(":") == 2 else ""
