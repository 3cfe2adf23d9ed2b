"""Makes the icon sprite from Lucide's files.

`npm pack lucide-static`, unpack it, then `python -m tools.icons path/to/package`. The names below are
the icons in use; a test holds them equal to those the templates ask for.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

IMG = Path(__file__).resolve().parent.parent / "static" / "img"
_NAMES = """
activity bookmark check chevron-left chevron-right circle-alert circle-check clock compass database download external-link film flag house inbox info
key-round list-video lock log-in log-out monitor moon play plug plus refresh-cw rocket rotate-cw search server
settings smartphone star sun trash-2 triangle-alert tv user x
"""


def symbol(name: str, source: str) -> str:
    """One `<symbol>` from the text of one of Lucide's files."""
    inner = source[source.index(">", source.index("<svg")) + 1 : source.rindex("</svg>")]
    inner = re.sub(r"\s+", " ", inner).replace("> <", "><").replace(" />", "/>").strip()
    return f'<symbol id="{name}" viewBox="0 0 24 24">{inner}</symbol>'


def sprite(icons: Path) -> str:
    """The whole sprite, from the folder that holds `<name>.svg`."""
    symbols = "\n".join(symbol(name, (icons / f"{name}.svg").read_text(encoding="utf-8")) for name in _NAMES.split())
    comment = "<!-- Lucide icons, ISC licence: see LICENSE-lucide.txt -->"
    return f'<svg xmlns="http://www.w3.org/2000/svg">{comment}\n{symbols}\n</svg>\n'


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("package", type=Path, help="the unpacked lucide-static package")
    package: Path = parser.parse_args().package
    (IMG / "icons.svg").write_text(sprite(package / "icons"), encoding="utf-8")
    (IMG / "LICENSE-lucide.txt").write_text((package / "LICENSE").read_text(encoding="utf-8"), encoding="utf-8")


if __name__ == "__main__":
    main()
