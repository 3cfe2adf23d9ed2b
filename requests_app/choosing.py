"""The form in which moderators choose how a film or series is fetched."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app.offering import Offers
from services.providers.fetching import FetchServer

Choice = tuple[str, str]
_AS_THERE = gettext_lazy("as set in Overseerr")
_GIB = 2**30


class ChoicesForm(forms.Form):
    """Server and profile, folder, tags. Values bear their server's number, for what is chosen has to be of one server."""

    profile = forms.ChoiceField(label=gettext_lazy("Server and profile"), required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language profile"), required=False)
    folder = forms.ChoiceField(label=gettext_lazy("Folder"), required=False)
    tags = forms.MultipleChoiceField(label=gettext_lazy("Tags"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, data: Mapping[str, Any] | None = None, *, offers: Offers, chosen: Mapping[str, Any]) -> None:
        super().__init__(data, initial=_initial(chosen), prefix="fetch")
        self.servers = offers.servers
        several = len(self.servers) > 1
        self._offer("profile", several, _profiles)
        self._offer("folder", several, _folders)
        self._offer("language", several, lambda one: [(_value(one, n), name) for n, name in one.language_profiles])
        self._offer("tags", several, lambda one: [(_value(one, n), name) for n, name in one.tags], is_optional=False)

    def _offer(
        self, name: str, several: bool, told: Callable[[FetchServer], list[Choice]], *, is_optional: bool = True
    ) -> None:
        """Fill a field; without anything to choose it goes."""
        groups = [(one.name, offered) for one in self.servers if (offered := told(one))]
        if not groups:
            del self.fields[name]
            return
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (all of them are)
        flat = [choice for _name, offered in groups for choice in offered]
        first: list[Any] = [("", _AS_THERE)] if is_optional else []
        field.choices = [*first, *(groups if several else flat)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if len({value.partition(":")[0] for value in _all(cleaned)}) > 1:
            raise forms.ValidationError(_("Choose profile, folder and tags of one and the same server."))
        return cleaned

    def chosen(self) -> dict[str, Any]:
        """As it is kept on the request; empty where all is left to the service. Only of a valid form."""
        told = self.cleaned_data
        found: dict[str, Any] = {}
        for value in _all(told)[:1]:
            found["server_id"] = int(value.partition(":")[0])
        if profile := _after(told.get("profile")):
            found["profile_id"] = int(profile)
        if language := _after(told.get("language")):
            found["language_profile_id"] = int(language)
        if folder := _after(told.get("folder")):
            found["root_folder"] = folder
        if tags := [int(_after(value)) for value in told.get("tags") or []]:
            found["tags"] = tags
        return found


def _all(told: Mapping[str, Any]) -> list[str]:
    """The values that were chosen, of all fields."""
    single = [told.get(name) or "" for name in ("profile", "language", "folder")]
    return [value for value in [*single, *(told.get("tags") or [])] if value]


def _value(server: FetchServer, what: object) -> str:
    return f"{server.server_id}:{what}"


def _after(value: str | None) -> str:
    return (value or "").partition(":")[2]


def _profiles(server: FetchServer) -> list[Choice]:
    """The server's own choice first, where there is more than one server to choose from or nothing else to tell."""
    usual = dict(server.profiles).get(server.default_profile or -1, "")
    plain = _("%(server)s: its usual profile") % {"server": server.name} + (f" ({usual})" if usual else "")
    return [(_value(server, ""), plain), *((_value(server, n), name) for n, name in server.profiles)]


def _folders(server: FetchServer) -> list[Choice]:
    return [(_value(server, one.path), _with_room(one.path, one.free_bytes)) for one in server.folders]


def _with_room(path: str, free: int | None) -> str:
    return path if free is None else _("%(path)s (%(gib)d GiB free)") % {"path": path, "gib": free // _GIB}


def _initial(chosen: Mapping[str, Any]) -> dict[str, Any]:
    """The fields' values for what was chosen before."""
    server = chosen.get("server_id")
    if server is None:
        return {}
    names: Iterable[tuple[str, str]] = (
        ("profile", "profile_id"),
        ("language", "language_profile_id"),
        ("folder", "root_folder"),
    )
    found: dict[str, Any] = {field: f"{server}:{chosen[key]}" for field, key in names if key in chosen}
    found.setdefault("profile", f"{server}:")
    return found | {"tags": [f"{server}:{tag}" for tag in chosen.get("tags", [])]}
