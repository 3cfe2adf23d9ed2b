"""Making the zip with everything about a person: JSON and CSV of each part, a list of files, and what is what."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Field, ForeignKey, Model
from django.utils import timezone
from django.utils.translation import gettext as _

from medianest.lib.personal_data import Export, exports, files_of

if TYPE_CHECKING:
    from accounts.models import User

BATCH = 500  # rows read from the database at a time
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def folder() -> Path:
    """Where exports are kept; made, for us alone, if it is missing. Raises OSError."""
    place = Path(settings.DATA_DIR) / "exports"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


def parts() -> int:
    """How many parts an export has."""
    return len(exports())


def write(person: User, name: str, told: Callable[[int], None]) -> int:
    """Write the zip of `person` as `name` in the export folder and give its size in bytes.

    `told` is called with the number of parts made so far and may raise to stop. The file appears under its name only
    when it is whole. Raises OSError when it cannot be written.
    """
    place = folder() / name
    draft = place.with_suffix(".part")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            _fill(archive, person, told)
        draft.replace(place)
    finally:
        draft.unlink(missing_ok=True)
    return place.stat().st_size


def remove(name: str) -> None:
    """Delete the zip `name`; nothing happens when it is gone already. Raises OSError."""
    (folder() / Path(name).name).unlink(missing_ok=True)


def _fill(archive: zipfile.ZipFile, person: User, told: Callable[[int], None]) -> None:
    counts: dict[str, int] = {}
    for number, part in enumerate(exports(), start=1):
        counts[part.name] = _write_json(archive, part, person)
        _write_csv(archive, part, person)
        told(number)
    names = []
    for name, body in files_of(person):
        archive.writestr(name, body)
        names.append(name)
    _write_table(archive, "files.csv", ["part", "rows", "json", "csv"], _list_of_files(counts, names))
    archive.writestr("README.txt", _read_me(person))


def _list_of_files(counts: dict[str, int], names: list[str]) -> Iterator[list[Any]]:
    """The parts, then the files that are what they are."""
    for name, count in counts.items():
        yield [name, count, f"{name}.json", f"{name}.csv"]
    for name in names:
        yield [name, "", "", ""]


def _read_me(person: User) -> str:
    lines = [
        _("Everything MediaNest knows about %(person)s, as of %(when)s (UTC).")
        % {"person": person, "when": timezone.now().astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M")},
        _("Each part is there twice, as JSON and as CSV; files.csv lists the parts and how many rows each has."),
        _("Passwords, keys and tokens are not in here. Videos are not either: the download entries name their files."),
    ]
    return "\n\n".join(lines) + "\n"


def _write_json(archive: zipfile.ZipFile, part: Export, person: User) -> int:
    columns, count = part.columns(), 0
    with _text_in(archive, f"{part.name}.json") as file:
        file.write("[")
        for row in part.rows(person).iterator(chunk_size=BATCH):
            file.write(",\n" if count else "\n")
            values = {column.name: _value(row, column) for column in columns}
            json.dump(values, file, cls=DjangoJSONEncoder, ensure_ascii=False)
            count += 1
        file.write("\n]\n" if count else "]\n")
    return count


def _write_csv(archive: zipfile.ZipFile, part: Export, person: User) -> None:
    columns = part.columns()
    rows = part.rows(person).iterator(chunk_size=BATCH)
    cells = ([_cell(_value(row, column)) for column in columns] for row in rows)
    _write_table(archive, f"{part.name}.csv", [column.name for column in columns], cells)


def _write_table(archive: zipfile.ZipFile, name: str, head: list[str], rows: Iterator[list[Any]]) -> None:
    with _text_in(archive, name) as file:
        table = csv.writer(file)
        table.writerow(head)
        table.writerows(rows)


def _text_in(archive: zipfile.ZipFile, name: str) -> IO[str]:
    return io.TextIOWrapper(archive.open(name, "w", force_zip64=True), encoding="utf-8", newline="")


def _value(row: Model, column: Field[Any, Any]) -> Any:
    """A row's value; for one that points to another row that row's id and name."""
    if isinstance(column, ForeignKey):
        there = getattr(row, column.name)
        return None if there is None else {"id": there.pk, "name": str(there)}
    return getattr(row, column.attname)


def _cell(value: Any) -> str:
    """A value for a spreadsheet, which must not take it for a formula."""
    if isinstance(value, dict | list):
        text = json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
    else:
        text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) and not _is_number(text) else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
