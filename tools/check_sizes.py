"""The size gates and house rules that no linter knows. Run by `make lint`; prints each breach, exits 1 if any."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILE_LINES = {".py": 400, ".html": 130, ".css": 400, ".js": 400}
TEST_FACTOR = 2
FUNCTION_LINES = 50
VIEW_LINES = 40
BANNED_NAMES = {"utils.py", "helpers.py", "services.py", "util.py"}
INLINE = re.compile(
    r"<style|<script(?![^>]*\bsrc=)|\sstyle=|\son(?:click|load|change|submit|error|input)=", re.IGNORECASE
)
KIND_SWITCH = re.compile(r"\b(?:provider|service|connection|config)\.kind\s*[!=]=|\bservice_name\s*[!=]=\s*[\"']")
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX)\b")


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / name for name in listed.stdout.splitlines()]


def is_test(path: Path) -> bool:
    return "tests" in path.parts or path.name.startswith("test_")


def breaches(path: Path) -> Iterator[str]:
    """Sentences about what is wrong with one file."""
    text = path.read_text(encoding="utf-8")
    limit = FILE_LINES[path.suffix] * (TEST_FACTOR if is_test(path) else 1)
    lines = text.count("\n")
    if lines > limit:
        yield f"{lines} lines; split it at {limit}"
    if path.name in BANNED_NAMES:
        yield "this name says nothing; name the module for what it holds"
    if UNFINISHED.search(text) and path != Path(__file__):
        yield "holds an unfinished mark"
    if path.suffix == ".html":
        yield from (f"inline style or script: {found.group(0).strip()!r}" for found in INLINE.finditer(text))
    if path.suffix == ".py":
        yield from python_breaches(path, text)


def python_breaches(path: Path, text: str) -> Iterator[str]:
    apart = is_test(path) or {"sandbox", "providers", "tools"} & set(path.parts)
    if not apart and (found := KIND_SWITCH.search(text)):
        yield f"asks which kind it is ({found.group(0)!r}); ask for a capability"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from function_breaches(path, node)


def function_breaches(path: Path, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    length = (node.end_lineno or node.lineno) - node.lineno + 1
    limit = VIEW_LINES if path.name == "views.py" else FUNCTION_LINES
    if length > limit:
        yield f"{node.name} is {length} lines; split it at {limit}"
    if is_test(path) and node.name.startswith("test_") and not asserts(node):
        yield f"{node.name} asserts nothing"


def asserts(node: ast.AST) -> bool:
    """Whether a test can fail: an assert, pytest.raises, an expect(…) of the browser, or a query count."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Assert):
            return True
        if isinstance(inner, ast.Call):
            called = inner.func.attr if isinstance(inner.func, ast.Attribute) else getattr(inner.func, "id", "")
            if called in {"raises", "expect", "warns"} or called.startswith(("assert_", "assert", "django_assert")):
                return True
    return False


def main() -> int:
    bad = 0
    for path in tracked():
        if path.suffix not in FILE_LINES or {"migrations", "vendor"} & set(path.parts) or not path.exists():
            continue
        for breach in breaches(path):
            bad += 1
            sys.stdout.write(f"{path.relative_to(ROOT)}: {breach}\n")
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main())
