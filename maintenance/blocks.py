"""Framed text for the terminal: what a person must not overlook, in aligned columns."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence


def width(text: str) -> int:
    """How many terminal cells the text fills."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """The rows as lines whose cells stand under each other."""
    if not rows:
        return []
    widths = [max(width(row[i]) for row in rows if i < len(row)) for i in range(max(map(len, rows)))]
    lines = ["  ".join(cell + " " * (widths[i] - width(cell)) for i, cell in enumerate(row)) for row in rows]
    return [line.rstrip() for line in lines]


def framed(title: str, lines: Sequence[str]) -> str:
    """The lines in a frame under a title."""
    inner = max([width(title) + 2, *(width(line) for line in lines)]) + 2
    top = f"┌─ {title} " + "─" * (inner - width(title) - 3) + "┐"
    body = [f"│ {line}{' ' * (inner - 1 - width(line))}│" for line in lines]
    return "\n".join([top, *body, "└" + "─" * inner + "┘"])
