"""What there is to choose from: languages, countries, and the streaming services that an outer app knows of."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django_countries import countries

Choices = list[tuple[str, str]]
Asker = Callable[[str], Sequence[str]]

_ONE_OF_A_FAMILY = frozenset({"pt-br", "zh-hans", "zh-hant"})
"""Of languages with a country or script behind them, those that are written differently enough to choose between."""


def languages() -> Choices:
    """Languages by tag, each under its English name and its own, in the order of the names."""
    offered = {code for code, about in LANG_INFO.items() if "name" in about and "-" not in code}
    offered |= _ONE_OF_A_FAMILY | {code for code, _name in settings.LANGUAGES}
    return sorted(((code, _language(code)) for code in offered), key=lambda choice: choice[1])


def _language(code: str) -> str:
    """`German (Deutsch)` for "de"; the tag itself for a language nobody has heard of."""
    about = LANG_INFO.get(code, {"name": code, "name_local": code})
    name, own = _(about["name"]), capfirst(about["name_local"])
    return name if name == own else f"{name} ({own})"


def regions() -> Choices:
    """Countries by their two letters (ISO 3166-1), in the order of their names."""
    return [(code, str(name)) for code, name in countries]


def region_name(code: str) -> str:
    """A country's name; its letters for one that is not in the list."""
    return str(countries.name(code) or code)


def page_languages() -> list[str]:
    """The names of the languages that MediaNest itself speaks."""
    return [_(str(name)) for _code, name in settings.LANGUAGES]


# --- streaming services -----------------------------------------------------------------------------------------------
_askers: list[Asker] = []


def streaming_services_from(asker: Asker) -> Asker:
    """Declare who knows the streaming services of a country: called with its two letters, gives names, best known first.

    May ask somebody outside, so it is never called while a transaction is open. Nobody to ask: no names.
    """
    _askers.append(asker)
    return asker


def streaming_services(region: str) -> list[str]:
    """The names of a country's streaming services, best known first; empty while nobody can be asked."""
    return list(dict.fromkeys(name for asker in _askers for name in asker(region)))
