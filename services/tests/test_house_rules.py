from __future__ import annotations

import re
from pathlib import Path

from services.providers import registry

HERE = Path(__file__).resolve().parents[1]
ROOT = HERE.parent
APPS = ["accounts", "catalog", "downloads", "families", "guides", "maintenance", "medianest", "notifications"]
APPS += ["operations", "requests_app", "services", "watchlists"]


def outside_of_providers() -> list[Path]:
    files = [file for app in APPS for file in (ROOT / app).rglob("*.py")]
    return [file for file in files if not {"tests", "migrations", "providers"} & set(file.relative_to(ROOT).parts)]


def test_nobody_asks_which_kind_of_service_it_is() -> None:
    """Outside of a provider's own file there are capabilities only."""
    names = "|".join(re.escape(kind.kind) for kind in registry.all())
    asks = re.compile(rf"""(==|!=)\s*["']({names})["']|["']({names})["']\s*(==|!=)|\bservice_name\s*(==|!=)""")
    found = {
        str(file.relative_to(ROOT)): match.group(0)
        for file in outside_of_providers()
        if (match := asks.search(file.read_text(encoding="utf-8")))
    }
    assert found == {}


def test_services_do_not_ask_for_any_kind() -> None:
    files = [file for file in outside_of_providers() if file.is_relative_to(HERE)]
    assert files
    assert [file.name for file in files if re.search(r"\bkind\s*(==|!=)", file.read_text(encoding="utf-8"))] == []


def test_no_template_asks_either() -> None:
    names = "|".join(re.escape(kind.kind) for kind in registry.all())
    asks = re.compile(rf"""(==|!=)\s*["']({names})["']""")
    found = [
        file.name for file in (ROOT / "templates").rglob("*.html") if asks.search(file.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_only_providers_speak_to_plexapi() -> None:
    users = [file.name for file in outside_of_providers() if "plexapi" in _imports(file)]
    assert users == []


def _imports(file: Path) -> str:
    lines = file.read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if re.match(r"\s*(import|from)\s", line))
