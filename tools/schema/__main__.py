"""Writes docs/schema.md; `--check` only compares."""

from __future__ import annotations

import difflib
import sys
from itertools import islice
from pathlib import Path

from django.apps import apps

from tools import scratch
from tools.schema import catalogue, markdown, meaning

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "schema.md"


def fresh() -> str:
    """The page as the migrations would have it now. Starts a database and takes some seconds."""
    with scratch.migrated():
        words = meaning.by_table()
        order = [config.label for config in apps.get_app_configs()]
        apps_told = [app for app in order if app in {word.app for word in words.values()}]
        return markdown.page(catalogue.read(), words, apps_told, catalogue.functions())


def main() -> int:
    text = fresh()
    stored = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    if "--check" not in sys.argv:
        PAGE.write_text(text, encoding="utf-8")
        return 0
    if text == stored:
        return 0
    changes = difflib.unified_diff(
        stored.splitlines(), text.splitlines(), "docs/schema.md", "the database", lineterm=""
    )
    sys.stdout.write("docs/schema.md is old; run `make schema`.\n" + "\n".join(islice(changes, 40)) + "\n")
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
