from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from medianest.lib.registry import DuplicateKind, Registry

HEAD = "from things import registry\n"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An importable package `things` with a registry."""
    folder = tmp_path / "things"
    folder.mkdir()
    (folder / "__init__.py").write_text(
        "from medianest.lib.registry import Registry\nregistry = Registry(__name__, __path__)\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    yield folder
    for name in [name for name in sys.modules if name.partition(".")[0] == "things"]:
        del sys.modules[name]


def write(package: Path, name: str, *kinds: str) -> None:
    text = "".join(f"@registry.declare\nclass T{number}:\n    kind = {kind!r}\n" for number, kind in enumerate(kinds))
    (package / f"{name}.py").write_text(HEAD + text)


def registry() -> Registry[type]:  # type: ignore[type-var]
    from things import registry as found  # type: ignore[import-not-found]  # noqa: PLC0415  (made by the test)

    return found  # type: ignore[no-any-return]


def kinds() -> list[str]:
    return [thing.kind for thing in registry().all()]  # type: ignore[attr-defined]


def test_a_new_file_is_all_it_takes(package: Path) -> None:
    write(package, "pear", "pear")
    write(package, "apple", "apple", "quince")
    assert kinds() == ["apple", "pear", "quince"]


def test_a_file_may_declare_nothing(package: Path) -> None:
    write(package, "base")
    assert kinds() == []


def test_what_is_not_there_is_not_found(package: Path) -> None:
    write(package, "pear", "pear")
    assert registry().find("pear") is not None
    assert registry().find("plum") is None


def test_two_of_a_kind_are_refused(package: Path) -> None:
    write(package, "one", "pear")
    write(package, "two", "pear")
    with pytest.raises(DuplicateKind, match="pear"):
        kinds()
