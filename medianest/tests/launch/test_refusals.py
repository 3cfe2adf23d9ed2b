"""Whatever stands in the way of a start is said in one sentence that tells what to do."""

from __future__ import annotations

import ast
import contextlib
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from medianest.launch import preflight, problems, venv
from medianest.launch.__main__ import refusal
from medianest.launch.folder import DataFolder
from medianest.launch.problems import Problem
from medianest.tests.launch.standin import HERE, Home


def _old_pythons() -> list[str]:
    """Pythons below 3.11 that run here: on the PATH, or kept by pyenv."""
    kept = (Path.home() / ".pyenv" / "versions").glob("*/bin/python[23].*[0-9]")
    named = [shutil.which(f"python{version}") for version in ("2.7", "3.6", "3.8", "3.9", "3.10")]
    test = "import sys; sys.exit(sys.version_info >= (3, 11))"
    candidates = sorted({path for path in (*map(str, kept), *named) if path})
    return [
        path
        for path in candidates
        if not subprocess.run([path, "-c", test], capture_output=True, check=False).returncode
    ]


OLD_PYTHONS = _old_pythons()


@pytest.mark.parametrize("version", [(2, 7), (3, 6), (3, 10)])
def test_an_old_python_is_told_which_one_is_needed(version: tuple[int, int]) -> None:
    number = ".".join(map(str, version))
    assert refusal(version) == (
        f"MediaNest needs Python 3.11 or newer; this is {number}. "
        "Install it or run: make run PYTHON=/path/to/python3.11"
    )
    assert refusal((3, 11)) == refusal((3, 14)) == ""


def test_what_an_old_python_reads_is_written_for_it() -> None:
    for name in ("medianest/__init__.py", "medianest/launch/__init__.py", "medianest/launch/__main__.py"):
        tree = ast.parse((HERE / name).read_text(encoding="utf-8"), feature_version=(3, 5))
        assert isinstance(tree, ast.Module)


@pytest.mark.skipif(not OLD_PYTHONS, reason="no Python older than 3.11 is installed here")
@pytest.mark.parametrize("python", OLD_PYTHONS)
def test_an_old_python_really_says_so(python: str) -> None:
    done = subprocess.run(
        [python, "-B", "-m", "medianest.launch", "run"], cwd=HERE, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("MediaNest needs Python 3.11 or newer; this is ")
    assert "Traceback" not in done.stderr


def test_a_python_without_venv_is_told_what_to_install() -> None:
    with pytest.raises(Problem, match="apt install python3-venv"):
        preflight.require_venv_module(lambda name: None if name == "ensurepip" else name)
    preflight.require_venv_module()


def test_a_taken_port_is_named_with_a_way_out(home: Home) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", home.port))
        taken.listen()
        said = home.refused()
    assert f"Port {home.port} is taken" in said
    assert f"PORT={home.port + 1}" in said


def test_a_port_taken_on_one_address_is_noticed_when_all_are_wanted(home: Home) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", home.port))
        taken.listen()
        assert f"Port {home.port} is taken" in home.refused(HOST="0.0.0.0")


@pytest.mark.parametrize("text", ["0", "65536", "abc", "80a", "-1", "\uff18\uff10"])
def test_a_port_that_is_none_is_refused(home: Home, text: str) -> None:
    assert f"PORT is {text!r}" in home.refused(PORT=text)


def test_a_host_that_is_not_ours_is_refused(home: Home) -> None:
    assert "HOST is '192.0.2.7', which is not an address of this machine" in home.refused(HOST="192.0.2.7")
    assert "HOST is 'no such name'" in home.refused(HOST="no such name")


def test_a_file_in_place_of_the_data_folder_is_refused(home: Home) -> None:
    home.data.write_text("a file")
    assert "is a file, not a folder" in home.refused()


def test_a_data_folder_below_a_file_is_refused(home: Home) -> None:
    home.data.write_text("a file")
    assert "lies below a file" in home.refused(MEDIANEST_DATA=str(home.data / "deeper"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_of_somebody_else_is_refused(home: Home) -> None:
    home.data.mkdir(mode=0o500)
    assert "may not be written by this user" in home.refused()


@contextlib.contextmanager
def _mounted(folder: Path, options: str) -> Iterator[None]:
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("this system does not let us mount a small file system")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def test_a_read_only_file_system_is_named(home: Home) -> None:
    with _mounted(home.data, "ro,size=900m"):
        assert "lies on a read-only file system" in home.refused()


def test_too_small_a_disk_is_named(home: Home) -> None:
    with _mounted(home.data, "size=20m,mode=0755"):
        assert "MB are free on the disk of" in home.refused()


def test_a_full_disk_met_later_is_called_by_its_name() -> None:
    full = problems.from_os_error(OSError(28, "No space left on device", "/data/x"))
    assert str(full).startswith("The disk is full (/data/x). Free some space")


def test_another_major_of_postgresql_is_explained_and_left_alone(home: Home) -> None:
    (home.data / "pg").mkdir(parents=True)
    (home.data / "pg" / "PG_VERSION").write_text("16\n")
    said = home.refused()
    assert "was made by PostgreSQL 16; this MediaNest runs PostgreSQL 18" in said
    assert "docs/upgrade-postgresql.md" in said
    assert [p.name for p in (home.data / "pg").iterdir()] == ["PG_VERSION"]


def test_a_folder_with_other_things_is_not_made_a_database(home: Home) -> None:
    (home.data / "pg").mkdir(parents=True)
    (home.data / "pg" / "holiday.jpg").write_text("x")
    assert "is not empty and holds no PostgreSQL database" in home.refused()


def test_a_database_without_its_secrets_is_left_alone(home: Home) -> None:
    with home.running():
        pass
    (home.data / "secrets").rename(home.data / "elsewhere")
    assert "Bring it back from a backup" in home.refused()
    (home.data / "secrets" / "encryption_keys").write_bytes((home.data / "elsewhere" / "encryption_keys").read_bytes())
    assert "Bring that folder back from a backup" in home.refused()


def test_two_cannot_share_a_data_folder(home: Home) -> None:
    with home.running() as run:
        said = home.refused(PORT="1024")
        assert f"already runs with the data folder {home.data} (process {run.child.pid})" in said


def test_requirements_that_cannot_be_installed_are_shown_with_pips_words(home: Home) -> None:
    (home.project / "requirements.txt").write_text("--no-index\nno-such-package-anywhere==1.0\n")
    said = home.refused()
    assert said.startswith("The requirements could not be installed.")
    assert "no-such-package-anywhere" in said


def test_requirements_already_met_cost_nothing(home: Home) -> None:
    before = (home.venv / venv.STAMP).stat().st_mtime_ns
    venv.ensure(home.venv, [home.project / "requirements.txt"], sys.stdout)
    assert (home.venv / venv.STAMP).stat().st_mtime_ns == before


def test_a_folder_somebody_else_made_for_our_sockets_is_refused(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(place))
    folder = DataFolder(place / ("long" * 30))
    target = folder.sockets()
    target.mkdir(mode=0o777)
    target.chmod(0o777)
    with pytest.raises(Problem, match="is not ours"):
        folder.make_sockets(target)
