"""Every component, drawn with plain and with hostile values."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template import engines
from django.utils.safestring import SafeString
from django_cotton.compiler_regex import CottonCompiler

from downloads.forms import LinkForm

EVIL = "\"><script>alert(1)</script>'&"
FOLDER = Path(settings.BASE_DIR) / "templates" / "components"

EXAMPLES: dict[str, tuple[str, list[str]]] = {
    "alert": (
        '<c-alert kind="warn" title="{{ text }}">{{ text }}</c-alert>',
        ['class="alert warn', 'role="status"', "#triangle-alert"],
    ),
    "button": ('<c-button kind="primary" data-x="{{ text }}">{{ text }}</c-button>', ["<button", "btn primary"]),
    "card": ('<c-card title="{{ text }}" more="/x">{{ text }}</c-card>', ["<h2>", 'href="/x"']),
    "dialog": (
        '<c-dialog id="d" title="{{ text }}">{{ text }}<c-slot name="actions">{{ text }}</c-slot></c-dialog>',
        ["<dialog", 'aria-labelledby="d-title"', 'class="acts"'],
    ),
    "empty": (
        '<c-empty title="{{ text }}"><p>{{ text }}</p><c-slot name="actions">go</c-slot></c-empty>',
        ['class="empty"', "#inbox", "go"],
    ),
    "face": ('<c-face :person="text" class="large" />', ['class="face large"', 'aria-hidden="true"']),
    "field": ('<c-field :field="form.link" />', ['<label for="id_link"', 'name="link"', "id_link_helptext"]),
    "form_errors": ('<c-form_errors :form="form" />', ["wrong as a whole", 'role="alert"']),
    "icon": ('<c-icon name="house" label="{{ text }}" />', ["icons.svg#house", 'role="img"']),
    "logo": ("<c-logo />", ["<svg", 'aria-hidden="true"']),
    "page_heading": (
        '<c-page_heading title="{{ text }}" lead="{{ text }}" back="/x" back_label="{{ text }}" />',
        ["<h1>", 'class="crumbs"'],
    ),
    "pagination": ('<c-pagination older="?after={{ text|urlencode }}" />', ['rel="next"', "Older"]),
    "pill": ('<c-pill kind="ok" :title="text">{{ text }}</c-pill>', ['class="pill ok']),
    "poster": ('<c-poster href="/t" :name="text" sub="{{ text }}" src="/p.jpg" />', ['href="/t"', 'alt=""']),
    "progress": ('<c-progress :value="12.34" label="{{ text }}" />', ["<progress", 'value="12.3"']),
    "row": (
        '<c-row :title="text" sub="{{ text }}" word="ok" pill="ok" live="r"><c-slot name="picture">P</c-slot></c-row>',
        ['id="r"', 'class="row"', "pill ok"],
    ),
    "theme_switch": ("<c-theme_switch />", ['name="theme"', 'value="light"', 'aria-pressed="true"']),
    "thumb": ('<c-thumb src="/x.jpg" />', ['loading="lazy"', 'alt=""']),
}


class Elements(HTMLParser):
    """What a browser would see: the elements and the names of their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.attributes: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes += [name for name, _ in attrs]


def draw(source: str, **context: Any) -> str:
    form = LinkForm({"link": EVIL})
    form.add_error(None, "wrong as a whole")
    values = {"text": "plain", "form": form, "theme": "dark", **context}
    return engines["django"].from_string(CottonCompiler().process(source)).render(values)


def test_every_component_has_an_example() -> None:
    assert set(EXAMPLES) == {path.stem for path in FOLDER.glob("*.html")}


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_it_draws_what_it_promises(name: str) -> None:
    source, expected = EXAMPLES[name]
    drawn = draw(source)
    assert isinstance(drawn, SafeString)
    for part in expected:
        assert part in drawn
    assert "<c-" not in drawn
    assert not re.search(r"\sstyle=|\son\w+=|<script|<style", drawn)


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_hostile_text_stays_text(name: str) -> None:
    found = Elements()
    found.feed(draw(EXAMPLES[name][0], text=EVIL))
    plain = Elements()
    plain.feed(draw(EXAMPLES[name][0]))
    assert found.names == plain.names
    assert found.attributes == plain.attributes


def test_a_button_with_an_address_is_a_link() -> None:
    drawn = draw('<c-button href="/x" icon="plus">Go</c-button>')
    assert '<a class="btn' in drawn
    assert "<button" not in drawn
    assert "#plus" in drawn


def test_a_field_keeps_what_was_typed_and_says_what_is_wrong() -> None:
    drawn = draw('<c-field :field="form.link" />')
    assert "&quot;&gt;&lt;script&gt;" in drawn
    assert 'class="errors"' in drawn
    assert 'aria-invalid="true"' in drawn
    described = re.search(r'aria-describedby="([^"]+)"', drawn)
    assert described
    for part in described[1].split():
        assert f'id="{part}"' in drawn


def test_progress_without_a_value_is_under_way() -> None:
    assert "value=" not in draw('<c-progress label="x" />')
    assert 'value="0.0"' in draw('<c-progress :value="0" label="x" />')


def test_one_page_needs_no_pagination() -> None:
    assert draw("<c-pagination />").strip() == ""


def test_a_component_takes_nothing_from_the_page_around_it() -> None:
    drawn = draw(
        '<c-button>Go</c-button><c-card>x</c-card><c-icon name="x" />', href="/leak", title="leak", label="leak"
    )
    assert "leak" not in drawn
