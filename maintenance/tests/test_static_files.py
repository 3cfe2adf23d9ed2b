"""Static files are collected when they changed, and only then."""

from __future__ import annotations

from pathlib import Path

from pytest_django.fixtures import Settings

from maintenance.static_files import collect_if_changed


def test_files_are_collected_once(settings: Settings) -> None:
    assert collect_if_changed()
    assert (Path(settings.STATIC_ROOT) / "a.css").exists()
    assert not collect_if_changed()


def test_a_changed_a_new_and_a_removed_file_are_noticed(settings: Settings) -> None:
    source, root = Path(settings.STATICFILES_DIRS[0]), Path(settings.STATIC_ROOT)
    collect_if_changed()
    (source / "a.css").write_text("a { color: blue }", encoding="utf-8")
    assert collect_if_changed()
    assert "blue" in (root / "a.css").read_text(encoding="utf-8")
    (source / "b.css").write_text("b {}", encoding="utf-8")
    assert collect_if_changed()
    (source / "b.css").unlink()
    assert collect_if_changed()
    assert not collect_if_changed()


def test_another_way_of_storing_collects_anew(settings: Settings) -> None:
    collect_if_changed()
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
    }
    assert collect_if_changed()
    assert (Path(settings.STATIC_ROOT) / "staticfiles.json").exists()
