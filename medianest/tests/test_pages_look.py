"""What holds for every page: nothing inline, small, readable colours, only icons that are used."""

from __future__ import annotations

import math
import re
import zlib
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse

from accounts.models import User
from downloads.tests.views import making
from services import internals
from services.providers import registry

BASE = Path(settings.BASE_DIR)
CSS = BASE / "static" / "css"
INLINE = re.compile(r"\sstyle=|<style|\son[a-z]+=|javascript:|<script(?![^>]*\ssrc=)", re.IGNORECASE)
ELSEWHERE = re.compile(r"""(?:src|href|action|content)=["'](?:https?:)?//(?!testserver)""", re.IGNORECASE)


@pytest.fixture
def pages(administrators: Client, administrator: User) -> list[str]:
    """The text of every page there is to an administrator."""
    lists = [
        making.download(administrator),
        making.preview(administrator, "queued", "unavailable"),
        making.ordered(administrator, "in_collection", "downloading", "failed"),
        making.ordered(administrator, "downloaded", status="completed", plex_state="waiting", plex_note="Away."),
        making.download(administrator, status="failed", failure_reason="Private."),
    ]
    addresses = [reverse("downloads:detail", args=[made.pk]) for made in lists]
    addresses += [reverse(f"downloads:{name}", args=[lists[2].pk]) for name in ("progress", "cancel", "discard")]
    addresses += ["/", "/downloads/", "/downloads/?whose=all", "/downloads/new/", "/nothing/here/"]
    return [administrators.get(address).content.decode() for address in addresses]


def test_no_page_has_inline_styles_or_scripts(pages: list[str]) -> None:
    for text in pages:
        found = INLINE.search(text)
        assert found is None, text[max(0, found.start() - 60) : found.end() + 60]


def test_no_page_names_another_host(pages: list[str]) -> None:
    for text in pages:
        found = ELSEWHERE.search(text)
        assert found is None, text[max(0, found.start() - 60) : found.end() + 60]


def test_pages_are_small(pages: list[str]) -> None:
    assert max(len(text.encode()) for text in pages) < 60 * 1024


def test_every_button_and_form_is_whole(pages: list[str]) -> None:
    for text in pages:
        assert all("type=" in button for button in re.findall(r"<button[^>]*>", text))
        posts = re.findall(r'<form[^>]*method="post"[^>]*>.*?</form>', text, re.DOTALL)
        assert all("csrfmiddlewaretoken" in form for form in posts)
        assert all("action=" in form or "formaction" not in form for form in posts)


def test_ids_are_not_repeated(pages: list[str]) -> None:
    for text in pages:
        ids = re.findall(r'\sid="([^"]+)"', text)
        assert len(ids) == len(set(ids)), sorted(name for name in ids if ids.count(name) > 1)


def test_the_first_view_is_light(administrators: Client) -> None:
    """HTML, styles, scripts and icons as they cross the wire: text files compressed, as whitenoise sends them."""
    text = administrators.get("/").content.decode()
    names = set(re.findall(r'(?:href|src)="/static/([^"#]+\.(?:css|js|svg))', text))
    total = len(text.encode())
    for name in names:
        path = finders.find(name)
        assert path is not None, name
        total += len(zlib.compress(Path(path).read_bytes(), 9))
    assert any("htmx" in name for name in names)
    assert total < 100 * 1024


def test_htmx_evaluates_nothing(administrators: Client) -> None:
    text = administrators.get("/").content.decode()
    for rule in ('"allowEval":false', '"allowScriptTags":false', '"selfRequestsOnly":true'):
        assert rule in text
    assert '"includeIndicatorStyles":false' in text


def test_the_policy_allows_nothing_inline(administrators: Client) -> None:
    policy = administrators.get("/").headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "script-src 'self'" in policy


# --- icons ------------------------------------------------------------------------------------------------------------
def used_icons() -> set[str]:
    """Icon names that templates and services ask for."""
    asked: set[str] = set()
    for path in (BASE / "templates").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        asked |= set(re.findall(r'<c-icon[^>]*\sname="([\w-]+)"', text))
        asked |= set(re.findall(r'\sicon="([\w-]+)"', text))
    asked |= {kind.icon for kind in registry.all()} | {one.icon for one in internals.ALL}
    return asked


def test_the_sprite_holds_the_icons_that_are_asked_for_and_no_more() -> None:
    held = set(re.findall(r'<symbol id="([\w-]+)"', (BASE / "static/img/icons.svg").read_text(encoding="utf-8")))
    assert used_icons() == held
    assert "ISC License" in (BASE / "static/img/LICENSE-lucide.txt").read_text(encoding="utf-8")


# --- colours ----------------------------------------------------------------------------------------------------------
Colour = tuple[float, float, float]
TOKEN = re.compile(r"--([\w-]+): light-dark\(oklch\(([^)]+)\), oklch\(([^)]+)\)\)")


def linear(lightness: float, chroma: float, hue: float) -> Colour:
    """OKLCH to linear sRGB (Ottosson's matrices), clipped to what a screen shows."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short
    return (min(1.0, max(0.0, red)), min(1.0, max(0.0, green)), min(1.0, max(0.0, blue)))


def tokens(scheme: str) -> dict[str, Colour]:
    found = TOKEN.findall((CSS / "tokens.css").read_text(encoding="utf-8"))
    return {
        name: linear(*(float(part) for part in (light if scheme == "light" else dark).split()))
        for name, light, dark in found
    }


def contrast(one: Colour, other: Colour) -> float:
    """WCAG 2's contrast ratio."""
    lights = sorted(0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2] for c in (one, other))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def tinted(colour: Colour, share: float, ground: Colour) -> Colour:
    """A colour laid thinly over another, as a pill's ground is (mixed by its sRGB values)."""

    def gamma(value: float) -> float:
        return 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055

    def ungamma(value: float) -> float:
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue = (ungamma(gamma(c) * share + gamma(g) * (1 - share)) for c, g in zip(colour, ground, strict=True))
    return (red, green, blue)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read(scheme: str) -> None:
    colours = tokens(scheme)
    for ground in ("bg", "surface", "surface-2"):
        for text in ("text", "text-2", "accent", "ok", "warn", "bad", "info"):
            assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    assert contrast(colours["on-accent"], colours["accent"]) >= 4.5
    assert contrast(colours["on-accent"], colours["accent-strong"]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pills_can_be_read(scheme: str) -> None:
    colours = tokens(scheme)
    for ground in ("bg", "surface"):
        for text in ("text-2", "accent", "ok", "warn", "bad", "info"):
            shown = tinted(colours[text], 0.14, colours[ground])
            assert contrast(colours[text], shown) >= 4.5, (text, ground)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_edges_of_fields_can_be_seen(scheme: str) -> None:
    colours = tokens(scheme)
    for ground in ("bg", "surface"):
        assert contrast(colours["line-strong"], colours[ground]) >= 3


def test_stylesheets_stay_small_and_layered() -> None:
    for path in CSS.rglob("*.css"):
        text = path.read_text(encoding="utf-8")
        assert text.count("\n") <= 400, path
        assert "@layer" in text or path.name == "admin.css", path
        assert "@import" not in text
        assert "url(" not in text
