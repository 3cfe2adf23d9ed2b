"""What a browser calls itself, in words a person knows it by."""

from __future__ import annotations

from django.utils.translation import gettext as _

# The first that occurs: browsers name their ancestors, too. Those of televisions and programs come first.
_BROWSERS = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
    ("curl", "curl"),
    ("python", "Python"),
]
_SYSTEMS = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "Chromebook"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
]
_HANDHELD = ("iPhone", "iPad", "Android")


def name_of(user_agent: str) -> str:
    """Such as “Firefox on Android”; never longer than 60 characters."""
    browser, system = _first(_BROWSERS, user_agent), _first(_SYSTEMS, user_agent)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Unknown device")


def is_handheld(user_agent: str) -> bool:
    """Whether it is a phone or a tablet."""
    return _first(_SYSTEMS, user_agent) in _HANDHELD


def _first(known: list[tuple[str, str]], user_agent: str) -> str:
    return next((name for needle, name in known if needle in user_agent), "")
