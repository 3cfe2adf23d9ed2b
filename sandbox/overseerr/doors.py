"""What every address of the API accepts, by version: the part that Overseerr checks against its own description."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import Blueprint

from sandbox.overseerr.records import Permission

View = TypeVar("View", bound=Callable[..., Any])


@dataclasses.dataclass(frozen=True)
class Param:
    """A query parameter; `since` is the first version that knows it, `later` are choices added by version 2."""

    kind: str = "string"
    choices: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    required: bool = False
    since: int = 1
    reserved: bool = False  # whether reserved characters may stand in it as they are

    def allowed(self, major: int) -> tuple[str, ...]:
        return self.choices + (self.later if major >= 2 else ())


@dataclasses.dataclass(frozen=True)
class Field:
    """A field of a body. Kinds: string, number, boolean, object, numbers, strings, seasons; `choices` for strings."""

    kind: str
    required: bool = False
    nullable: bool = False
    choices: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Door:
    """One address with one method. `needs`: one of these permissions; `first` and `last`: versions that have it."""

    query: Mapping[str, Param] = dataclasses.field(default_factory=dict)
    body: Mapping[str, Field] | None = None
    body_required: bool = True
    needs: tuple[Permission, ...] = ()
    public: bool = False
    first: int = 1
    last: int = 3
    choices: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)  # of parts of the path


NUMBER = Param("number")
TAKE_SKIP = {"take": NUMBER, "skip": NUMBER}
LANGUAGE = {"language": Param()}
PAGED = {"page": NUMBER} | LANGUAGE

# Parts of an address that must be numbers; request, media and blocklist ids are declared strings.
NUMBER_PARTS = ("movieId", "tvId", "userId", "seasonId", "seasonNumber", "personId", "collectionId", "genreId")

DOORS: dict[str, Door] = {}


def door(views: Blueprint, method: str, rule: str, door: Door | None = None) -> Callable[[View], View]:
    """Serve `rule` under /api/v1 by the decorated view, behind that door."""

    def hang(view: View) -> View:
        endpoint = f"{method} {rule}"
        DOORS[f"{views.name}.{endpoint}"] = door or Door()
        views.add_url_rule(f"/api/v1{rule}", endpoint, view, methods=[method])
        return view

    return hang
