"""The gates close: each rule of the house is broken once, and the command that guards it says so."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools import check_sizes

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
LEFT_OUT = shutil.ignore_patterns(".venv", "var", ".git", "__pycache__", ".mypy_cache", ".ruff_cache", "static", "docs")


def run(*words: str, cwd: Path, text: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(BIN / words[0]), *words[1:]], cwd=cwd, input=text, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("copy") / "house"
    shutil.copytree(ROOT, folder, ignore=LEFT_OUT)
    return folder


@pytest.mark.parametrize(
    ("path", "line", "contract"),
    [
        ("services/models.py", "import downloads.models", "Apps build on inner apps only"),
        ("downloads/models.py", "import downloads.actions", "Inside an app, each room uses inner rooms only"),
        ("medianest/lib/figures.py", "import operations.jobs", "Apps build on inner apps only"),
        ("downloads/naming.py", "import sandbox.world", "The house does not know the sandbox"),
        ("sandbox/world.py", "import downloads.links", "The sandbox does not know the house"),
        ("services/providers/base.py", "import services.models", "Providers know no tables"),
        ("medianest/launch/plan.py", "import medianest.lib.log", "The launcher runs on a bare Python"),
    ],
)
def test_an_import_against_the_layers_is_refused(copy: Path, path: str, line: str, contract: str) -> None:
    file = copy / path
    before = file.read_text() if file.exists() else None
    file.write_text(f"{before or ''}\n{line}\n")
    try:
        done = run("lint-imports", "--no-logo", "--no-cache", cwd=copy)
    finally:
        if before is None:
            file.unlink()
        else:
            file.write_text(before)
    assert done.returncode != 0
    assert f"{contract} BROKEN" in done.stdout


@pytest.mark.parametrize(
    ("name", "text", "rule"),
    [
        ("downloads/views.py", "import yt_dlp\n", "TID251"),
        ("services/views.py", "import httpx2\n", "TID251"),
        ("downloads/views.py", "def f() -> None:\n    import json\n", "PLC0415"),
        ("downloads/views.py", "try:\n    pass\nexcept Exception:\n    pass\n", "BLE001"),
        ("downloads/views.py", "import datetime\n\ndatetime.datetime.now()\n", "DTZ005"),
    ],
)
def test_a_habit_that_is_not_ours_is_refused(name: str, text: str, rule: str) -> None:
    done = run("ruff", "check", "--no-cache", "--stdin-filename", name, "-", cwd=ROOT, text=text)
    assert done.returncode != 0
    assert rule in done.stdout


def test_a_wrong_type_is_refused(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.py"
    wrong.write_text("def length(text: str) -> int:\n    return text\n")
    done = run(
        "mypy",
        "--config-file",
        str(ROOT / "pyproject.toml"),
        "--cache-dir",
        str(tmp_path / "cache"),
        str(wrong),
        cwd=ROOT,
    )
    assert done.returncode == 1
    assert "Incompatible return value type" in done.stdout


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("downloads/long.py", "x = 1\n" * 401, "split it at 400"),
        ("downloads/utils.py", "x = 1\n", "says nothing"),
        ("downloads/big.py", "def f():\n" + "    x = 1\n" * 51, "split it at 50"),
        ("downloads/tests/test_x.py", "def test_nothing():\n    x = 1\n", "asserts nothing"),
        ("templates/x.html", '<p style="color: red">', "inline style or script"),
        ("templates/x.html", "<script>alert(1)</script>", "inline style or script"),
    ],
)
def test_what_is_too_big_or_inline_is_refused(tmp_path: Path, name: str, text: str, sentence: str) -> None:
    file = tmp_path / name
    file.parent.mkdir(parents=True)
    file.write_text(text)
    assert any(sentence in breach for breach in check_sizes.breaches(file))
