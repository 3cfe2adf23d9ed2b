"""Writes the README's table of settings from what `medianest/settings.py` declares; `--check` only compares."""

from __future__ import annotations

import os
import sys
from pathlib import Path

README = Path(__file__).resolve().parent.parent / "README.md"
BEGIN, END = "<!-- settings: begin -->", "<!-- settings: end -->"
_STAND_INS = {
    "DJANGO_SECRET_KEY": "x" * 50,
    "ENCRYPTION_KEYS": "",
    "DATABASE_URL": "postgres://u:p@/db",
    "REDIS_URL": "redis://localhost",
    "MEDIANEST_DATA": "var",
}


def table() -> str:
    """The Markdown table, one row a variable, in the order of declaration."""
    for name in list(os.environ):
        if name.startswith(("MEDIANEST_", "PLEX_", "TMDB_", "YTDLP_", "DOWNLOAD_")) or name.endswith(
            ("_URL", "_URL_FILE")
        ):
            del os.environ[name]
    os.environ.update(_STAND_INS)
    from medianest import env, settings  # noqa: PLC0415  (reads the environment that was set just above)

    rows = ["| variable | what it does | default |", "|---|---|---|"]
    for variable in env.SETTINGS.values():
        name = f"`{variable.name}`" + (" or `…_FILE`" if variable.secret else "")
        default = variable.default.replace(str(settings.BASE_DIR) + "/", "").replace(str(settings.DATA_DIR), "var")
        rows.append(f"| {name} | {variable.meaning} | {f'`{default}`' if default else ''} |")
    return "\n".join(rows)


def main() -> int:
    text = README.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    fresh = f"{before}{BEGIN}\n{table()}\n{END}{after}"
    if "--check" in sys.argv:
        if fresh != text:
            sys.stdout.write("README.md: the table of settings is old; run `make fix`.\n")
            return 1
        return 0
    README.write_text(fresh, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
