"""Plex Media Server: who it is, where its libraries lie, and the collections MediaNest keeps there."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from medianest.lib.http import Answer, BadCredentials, Client, Malformed, Refused, not_the_service
from services.providers import base, registry
from services.providers.base import (
    CanHoldVideos,
    Guest,
    Identity,
    KnowsItsGuests,
    NotSetUp,
    Relation,
    Section,
    SectionShare,
    TooOld,
)
from services.providers.plex.identity import Purpose
from services.providers.plex.shelves import PlexShelves
from services.providers.plex.tv import PlexTv

if TYPE_CHECKING:
    from services.providers.plex.door import Door

LEAST_VERSION = (1, 20)  # scanning a single folder needs 1.20.0.3125
_PAGE = 200
_RECENT_PAGES = 3
_PUT_AT_ONCE = 100  # a longer list of ids would not fit into every proxy's longest address
_CUSTOM_ORDER = 2
_COLLECTION_TYPE = 18
_MOVIE_TYPE = 1


class PlexSettingsForm(base.SettingsForm):
    section = forms.CharField(
        label=gettext_lazy("Library for videos"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("Its name in Plex. Empty takes the one that holds the download folder."),
    )
    path_here = forms.CharField(
        label=gettext_lazy("Folder as MediaNest sees it"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("Only if Plex runs elsewhere and sees the same folder under another name."),
    )
    path_there = forms.CharField(
        label=gettext_lazy("The same folder as Plex sees it"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("For example /data/videos, or D:\\Videos."),
    )

    def clean_path_here(self) -> str:
        path: str = self.cleaned_data["path_here"]
        if path and not PurePosixPath(path).is_absolute():
            raise forms.ValidationError(gettext_lazy("Write the whole path, beginning with “/”."))
        return path.rstrip("/") or path

    def clean_path_there(self) -> str:
        path: str = self.cleaned_data["path_there"]
        if path and not (PurePosixPath(path).is_absolute() or PureWindowsPath(path).is_absolute()):
            raise forms.ValidationError(gettext_lazy("Write the whole path, beginning with “/” or a drive letter."))
        return path.rstrip("/\\") or path

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for given, missing in (("path_here", "path_there"), ("path_there", "path_here")):
            if cleaned.get(given) and missing not in self.errors and not cleaned.get(missing):
                self.add_error(missing, gettext_lazy("Fill in both folders, or neither."))
        return cleaned


@registry.declare
class Plex(PlexShelves, CanHoldVideos, KnowsItsGuests):
    kind = "plex"
    label = "Plex"
    icon = "film"
    purpose = gettext_lazy("Plays films and series, and shows downloaded videos as collections.")
    when_away = gettext_lazy("Nothing plays at the moment. Downloads go on and wait for their collection.")
    optional = False
    address_example = "http://192.168.1.20:32400"
    key_label = gettext_lazy("Plex token")
    key_help = gettext_lazy("The server owner's X-Plex-Token.")
    SettingsForm = PlexSettingsForm

    # --- who is there -----------------------------------------------------------------------------------------------------
    def identify(self) -> Identity:
        with self.looking(headers={"Accept": "application/json"}) as client:
            try:
                about = _container(client.get("/", headers=self._token()))
            except BadCredentials:
                self._check(_container(client.get("/identity")))
                self.require_key()
                raise
            self._check(about)
            self.require_key()
            self._require_owner(client)
        name = str(about.get("friendlyName") or "")
        return Identity(f"Plex “{name}”" if name else "Plex", str(about["version"]).partition("-")[0])

    def _token(self) -> dict[str, str]:
        return {"X-Plex-Token": self.connection.key} if self.connection.key else {}

    def _require_owner(self, client: Client) -> None:
        """Friends' tokens open the server, but may change nothing; what is playing is for the owner's eyes."""
        try:
            client.get("/status/sessions", headers=self._token())
        except BadCredentials:
            raise BadCredentials(_("Plex accepts this token, but it is not the server owner's.")) from None

    def _check(self, about: dict[str, Any]) -> None:
        """Raises Malformed unless this is what a Plex server says of itself, and TooOld."""
        version = about.get("version")
        if not about.get("machineIdentifier") or not isinstance(version, str):
            raise not_the_service(self.label)
        if _numbers(version) < LEAST_VERSION:
            raise TooOld(
                _("This Plex is too old: it is version %(version)s, and 1.20 is the oldest that works.")
                % {"version": version.partition("-")[0]}
            )

    # --- who may use it ---------------------------------------------------------------------------------------------------
    def server_id(self) -> str:
        with self.looking(headers={"Accept": "application/json"}) as client:
            about = _container(client.get("/identity"))
        self._check(about)
        return str(about["machineIdentifier"])[:64]

    def guests(self, server_id: str) -> tuple[Guest, ...]:
        self.require_key()
        with PlexTv(Purpose.SERVER) as tv:
            owner = tv.who(self.connection.key)
            if not tv.owns(self.connection.key, server_id):
                raise BadCredentials(_("plex.tv accepts this token, but it is not the server owner's."))
            others = tv.guests(self.connection.key, server_id)
        first = Guest(owner.id, owner.username, owner.name, owner.email, owner.image, Relation.OWNER)
        return (first, *(guest for guest in others if guest.account_id != owner.id))

    def section_shares(self, server_id: str) -> tuple[SectionShare, ...]:
        self.require_key()
        with PlexTv(Purpose.SERVER) as tv:
            return tuple(tv.section_shares(self.connection.key, server_id))

    @functools.cached_property
    def _door(self) -> Door:
        self.require_key()
        from services.providers.plex.door import Door  # noqa: PLC0415  (slow import: only whoever changes Plex needs it)

        return Door(self.label, self.connection)

    def _ask(self, path: str, params: dict[str, Any] | None = None, *, method: str = "get") -> list[Element]:
        """The elements in an answer. Raises Refused(404) for what is not there, besides the family's others."""
        return self._door.ask(path, params, method=method)

    # --- paths ------------------------------------------------------------------------------------------------------------
    def _there(self, path: Path) -> str:
        """A path of ours as Plex sees it."""
        here, there = self.connection.settings.get("path_here"), self.connection.settings.get("path_there")
        if not here or not there or not path.is_relative_to(here):
            return str(path)
        style = PureWindowsPath if PureWindowsPath(there).drive else PurePosixPath
        return str(style(there).joinpath(*path.relative_to(here).parts))

    # --- videos -----------------------------------------------------------------------------------------------------------
    def video_section(self, root: Path) -> Section:
        wanted, folder = self.connection.settings.get("section") or "", self._there(root)
        sections = [one for one in self._sections() if not wanted or one.title.casefold() == wanted.casefold()]
        if wanted and not sections:
            raise NotSetUp(
                _("Plex has no library for films or other videos that is called “%(name)s”.") % {"name": wanted}
            )
        holding = [(location, one) for one in sections for location in one.locations if _inside(folder, location)]
        if not holding:
            raise NotSetUp(
                _(
                    "No Plex library holds the download folder, which Plex should see as %(folder)s. "
                    "Add the folder to a library of the type “Other Videos”."
                )
                % {"folder": folder}
            )
        return max(holding, key=lambda found: len(found[0]))[1]

    def _sections(self) -> Iterator[Section]:
        """The libraries that can hold single videos: those for films and “Other Videos”, which Plex calls the same."""
        for element in self._ask("/library/sections"):
            if element.get("type") == "movie":
                locations = tuple(location.get("path", "") for location in element.iter("Location"))
                yield Section(element.get("key", ""), element.get("title", ""), locations)

    def scan(self, section: Section, folder: Path) -> None:
        there = self._there(folder)
        location = next((one for one in section.locations if _inside(there, one)), None)
        if location is None:
            raise NotSetUp(
                _("The Plex library “%(name)s” does not hold the folder %(folder)s.")
                % {"name": section.title, "folder": there}
            )
        if there != location and not self._knows_folder(section, there):
            there = max(self._there(folder.parent), location, key=len)
        self._ask(f"/library/sections/{section.key}/refresh", {"path": there})

    def _knows_folder(self, section: Section, there: str) -> bool:
        """Whether one of the newest items lies in the folder. A scan of a folder Plex never saw may find nothing."""
        recent = self._files(section, pages=_RECENT_PAGES)
        return any(_inside(file, there) for file, _key in recent)

    def _files(self, section: Section, pages: int | None = None) -> Iterator[tuple[str, str]]:
        """File and rating key of every item, the newest first."""
        path, start, page = f"/library/sections/{section.key}/all", 0, 0
        while pages is None or page < pages:
            asked = {
                "type": _MOVIE_TYPE,
                "sort": "addedAt:desc",
                "X-Plex-Container-Start": start,
                "X-Plex-Container-Size": _PAGE,
            }
            found = self._ask(path, asked)
            for item in found:
                for part in item.iter("Part"):
                    yield part.get("file", ""), item.get("ratingKey", "")
            start, page = start + len(found), page + 1
            if len(found) < _PAGE:
                return

    def find_files(self, section: Section, names: set[str]) -> dict[str, str]:
        missing, found = {_same(name): name for name in names}, dict[str, str]()
        for file, key in self._files(section):
            if name := missing.pop(_same(_base(file)), None):
                found[name] = key
            if not missing:
                break
        return found

    # --- collections ------------------------------------------------------------------------------------------------------
    def put_collection(self, section: Section, *, title: str, rating_keys: list[str], collection_key: str) -> str:
        if not rating_keys:
            raise ValueError("A collection cannot be empty.")
        return self._put_collection(section, title, list(dict.fromkeys(rating_keys)), collection_key)

    def _put_collection(self, section: Section, title: str, keys: list[str], collection_key: str) -> str:
        here = self._members(collection_key) if collection_key else None
        if here is None:
            collection_key, here = self._adopt_or_create(section, title, keys)
        else:
            self._rename(section, collection_key, title)
        self._add(collection_key, [key for key in keys if key not in here])
        for extra in (key for key in here if key not in keys):
            self._ask(f"/library/collections/{collection_key}/items/{extra}", method="delete")
        self._ask(f"/library/metadata/{collection_key}/prefs", {"collectionSort": _CUSTOM_ORDER}, method="put")
        self._order(collection_key, keys)
        return collection_key

    def _members(self, collection_key: str) -> list[str] | None:
        """The rating keys in a collection, in order; None when there is no such collection."""
        members: list[str] = []
        while True:
            paging = {"X-Plex-Container-Start": len(members), "X-Plex-Container-Size": _PAGE}
            try:
                page = self._ask(f"/library/collections/{collection_key}/children", paging)
            except Refused as error:
                if error.code != 404:
                    raise
                return None
            members += [item.get("ratingKey", "") for item in page]
            if len(page) < _PAGE:
                return members

    def _adopt_or_create(self, section: Section, title: str, keys: list[str]) -> tuple[str, list[str]]:
        """A collection of this title that holds nothing but ours (made before a crash), or a new one."""
        titles = self._titles(section)
        name, number = title, 1
        while name.casefold() in titles:
            found = titles[name.casefold()]
            here = self._members(found) or []
            if set(here) <= set(keys):
                return found, here
            number += 1
            name = f"{title} ({number})"
        first = keys[:_PUT_AT_ONCE]
        made = self._ask(
            "/library/collections",
            {"type": _MOVIE_TYPE, "title": name, "smart": 0, "sectionId": section.key, "uri": self._uri(first)},
            method="post",
        )
        if not made or not made[0].get("ratingKey"):
            raise Malformed(_("Plex did not say which collection it made."))
        return made[0].attrib["ratingKey"], first

    def _titles(self, section: Section) -> dict[str, str]:
        """The section's collections: title without regard to case, to rating key."""
        found: dict[str, str] = {}
        start = 0
        while True:
            paging = {"X-Plex-Container-Start": start, "X-Plex-Container-Size": _PAGE}
            page = self._ask(f"/library/sections/{section.key}/collections", paging)
            found |= {item.get("title", "").casefold(): item.get("ratingKey", "") for item in page}
            start += len(page)
            if len(page) < _PAGE:
                return found

    def _rename(self, section: Section, collection_key: str, title: str) -> None:
        """Follow a changed title, unless ours only bears a number behind it or somebody else has the title."""
        found = self._ask(f"/library/collections/{collection_key}")
        if not found or _is_called(found[0].get("title", ""), title) or title.casefold() in self._titles(section):
            return
        change = {"type": _COLLECTION_TYPE, "id": collection_key, "title.value": title, "title.locked": 1}
        self._ask(f"/library/sections/{section.key}/all", change, method="put")

    def _add(self, collection_key: str, keys: list[str]) -> None:
        for start in range(0, len(keys), _PUT_AT_ONCE):
            uri = self._uri(keys[start : start + _PUT_AT_ONCE])
            self._ask(f"/library/collections/{collection_key}/items", {"uri": uri}, method="put")

    def _order(self, collection_key: str, keys: list[str]) -> None:
        """Move what is not where it belongs; nothing is sent when all is in order."""
        current, before = [key for key in self._members(collection_key) or [] if key in keys], ""
        for place, key in enumerate(key for key in keys if key in current):
            if current[place] != key:
                after = {"after": before} if before else {}
                self._ask(f"/library/collections/{collection_key}/items/{key}/move", after, method="put")
                current.remove(key)
                current.insert(place, key)
            before = key

    def _uri(self, keys: list[str]) -> str:
        return f"server://{self._door.machine_id}/com.plexapp.plugins.library/library/metadata/{','.join(keys)}"


def _container(answer: Answer) -> dict[str, Any]:
    """An answer's MediaContainer; an empty one if it is anything else. Raises Malformed for what is not JSON."""
    found = answer.json()
    container = found.get("MediaContainer") if isinstance(found, dict) else None
    return container if isinstance(container, dict) else {}


def _numbers(version: str) -> tuple[int, ...]:
    """`1.43.2.10687-563d026ea` as (1, 43); (0,) for what is no version."""
    parts = version.split(".")[:2]
    return tuple(int(part) for part in parts) if all(part.isdigit() for part in parts) else (0,)


def _is_called(name: str, title: str) -> bool:
    """Whether a collection bears the title, or the title with our number behind it."""
    return re.fullmatch(rf"{re.escape(title)}( \(\d+\))?", name, re.IGNORECASE) is not None


def _plain(path: str) -> str:
    """A path in one spelling: composed characters, slashes, nothing at the end; Windows folds case."""
    composed = unicodedata.normalize("NFC", path)
    if PureWindowsPath(composed).drive:
        return composed.replace("\\", "/").rstrip("/").casefold()
    return composed.rstrip("/")


def _inside(path: str, folder: str) -> bool:
    """Whether a path is the folder or below it, as the media server writes paths."""
    return bool(folder) and (_plain(path) + "/").startswith(_plain(folder) + "/")


def _base(file: str) -> str:
    return PureWindowsPath(file).name if PureWindowsPath(file).drive else PurePosixPath(file).name


def _same(name: str) -> str:
    return unicodedata.normalize("NFC", name)
