"""The table of attacks names tests that exist."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from medianest.tests import attacks

ROOT = Path(__file__).resolve().parents[3]
NAMED = [line.strip() for line in (attacks.__doc__ or "").splitlines() if line.startswith("    ")]
NUMBERS = {1, 2, 3, 4, 5, 6, 7, 9, 23, 24, 25, 26, 27, 28, 30}


@pytest.mark.parametrize("node", NAMED)
def test_each_test_it_names_exists(node: str) -> None:
    path, _, name = node.partition("::")
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    found = {one.name for one in tree.body if isinstance(one, ast.FunctionDef)}
    assert name in found or not name


def test_each_attack_has_one() -> None:
    numbers: set[int] = set()
    for line in (attacks.__doc__ or "").splitlines():
        first, _, last = line.partition(" ")[0].partition("-")
        if first.isdecimal():
            numbers |= set(range(int(first), int(last or first) + 1))
    assert numbers == NUMBERS
    assert len(NAMED) == len(set(NAMED))
