"""Who PostgreSQL runs as: it refuses root, so root lends it another account and places that account can reach."""

from __future__ import annotations

import os
import pwd
import shutil
from pathlib import Path

from medianest.launch.folder import DataFolder
from medianest.launch.problems import Problem, from_os_error
from medianest.launch.process import Account, call

CANDIDATES = ("medianest", "postgres", "nobody")
LIBRARY = Path("/var/lib/medianest")
PLAIN = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C"}


def for_database(data: Path) -> Account | None:
    """The account for the database in `data`: None (ourselves) for ordinary users.

    An existing database keeps the account that owns it. Raises Problem when it cannot be run as anybody.
    """
    owner = data.stat().st_uid if (data / "PG_VERSION").exists() else None
    if os.geteuid() != 0:
        if owner not in (None, os.geteuid()):
            raise Problem(
                f"The database in {data} belongs to {_name(owner)}. Start MediaNest as the user who started it before, "
                f"or give the folder to yourself: sudo chown -R $USER {data}"
            )
        return None
    if owner:
        known = next((p for p in pwd.getpwall() if p.pw_uid == owner), None)
        return Account(known.pw_name if known else str(owner), owner, known.pw_gid if known else owner)
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise Problem(
        "PostgreSQL refuses to run as root, and there is no other account to lend it. "
        "Make one (useradd --system medianest), or start MediaNest as an ordinary user."
    )


def _name(uid: int | None) -> str:
    try:
        return pwd.getpwuid(uid or 0).pw_name
    except KeyError:
        return f"user {uid}"


def can_enter(account: Account | None, folder: Path) -> bool:
    """Whether `account` gets as far as `folder` through all the folders above it."""
    if account is None:
        return True
    return call(["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)], account, cwd=Path("/"), env=PLAIN)[0] == 0


def database_home(folder: DataFolder, account: Account | None) -> Path:
    """Where the database's own folder lies.

    That is `pg` below the data folder; only when root started us and the lent account cannot get there (a clone in
    /root, say), `pg` is a link to a folder below /var/lib/medianest. Raises Problem when that cannot be made.
    """
    if folder.pg.is_symlink() or can_enter(account, folder.root):
        return folder.pg.resolve()
    home = _library(folder) / "pg"
    try:
        folder.pg.symlink_to(home)
    except FileExistsError as error:
        raise Problem(
            f"PostgreSQL cannot run as root, and the user {account.name if account else '?'} cannot reach {folder.pg}. "
            f"Move that folder to {home} and leave a link in its place."
        ) from error
    return home


def _library(folder: DataFolder) -> Path:
    """This installation's folder below /var/lib/medianest, open for passing through."""
    place = LIBRARY / folder.identity
    try:
        for step in (LIBRARY, place):
            step.mkdir(exist_ok=True, parents=True)
            step.chmod(0o755)
    except OSError as error:
        raise from_os_error(error, place) from error
    return place


def reachable_programs(folder: DataFolder, install: Path, account: Account | None) -> Path:
    """`install` (the folder that holds `bin`), or a copy of it that `account` can reach and run."""
    if account is None or call([str(install / "bin" / "postgres"), "-V"], account, cwd=Path("/"), env=PLAIN)[0] == 0:
        return install
    package = install.parent
    libraries = package.with_name(package.name + ".libs")
    target = _library(folder) / "programs"
    copy = target / package.name / install.name
    stamp = f"{install} {(install / 'bin' / 'postgres').stat().st_mtime_ns}\n"
    if (target / "from").exists() and (target / "from").read_text(encoding="utf-8") == stamp:
        return copy
    shutil.rmtree(target, ignore_errors=True)
    try:
        shutil.copytree(install, copy, symlinks=True)
        if libraries.is_dir():
            shutil.copytree(libraries, target / libraries.name, symlinks=True)
        for entry in (target, *target.rglob("*")):
            if not entry.is_symlink():
                entry.chmod(0o755 if entry.is_dir() or entry.stat().st_mode & 0o100 else 0o644)
        (target / "from").write_text(stamp, encoding="utf-8")
    except OSError as error:
        raise from_os_error(error, target) from error
    return copy
