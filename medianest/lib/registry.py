"""Finds what sibling modules declare, so that a new provider or channel is one new file."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Generic, Protocol, TypeVar


class HasKind(Protocol):
    """Anything with a `kind`: a short lower-case name, unique in its package."""

    kind: str


T = TypeVar("T", bound=HasKind)


class DuplicateKind(Exception):
    """Two modules of one package claim the same kind."""


class Registry(Generic[T]):
    """The declared things of one package, by kind. Modules are imported in sorted order at the first question."""

    def __init__(self, package: str, path: list[str]) -> None:
        self._package = package
        self._path = path
        self._found: dict[str, T] | None = None
        self._declared: list[T] = []

    def declare(self, thing: T) -> T:
        """Decorator or call by which a module puts its thing in."""
        self._declared.append(thing)
        return thing

    def _load(self) -> dict[str, T]:
        if self._found is None:
            for module in sorted(pkgutil.iter_modules(self._path), key=lambda m: m.name):
                importlib.import_module(f"{self._package}.{module.name}")
            found: dict[str, T] = {}
            for thing in self._declared:
                if thing.kind in found:
                    raise DuplicateKind(f"{self._package}: the kind {thing.kind!r} is declared twice.")
                found[thing.kind] = thing
            self._found = found
        return self._found

    def all(self) -> list[T]:
        """Everything declared, sorted by kind."""
        return [thing for _, thing in sorted(self._load().items())]

    def find(self, kind: str) -> T | None:
        return self._load().get(kind)
