"""Taking what is secret or personal out of texts that are written down: messages, stacks, paths.

Whatever looks like a key, an address of a person or a value somebody typed is replaced. It errs on the side
of hiding: a message that lost a word still leads to its line of code.
"""

from __future__ import annotations

import re
import traceback
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
from django.db import Error as DatabaseError

HIDDEN = "[hidden]"
_TELLTALE = (
    r"token|secret|passw(?:or)?d|passphrase|api[-_ ]?key|authorization|cookie|session(?:id)?|signature|credential"
)
# Every repetition is bounded: a long text made for it must not keep a rule busy.
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\bDETAIL:.*", re.DOTALL), f"DETAIL: {HIDDEN}"),  # PostgreSQL's, with the values of a row
    (re.compile(r"(\w{1,20}://)[^/\s@\"']{1,200}@"), rf"\1{HIDDEN}@"),
    (re.compile(r"(\w{1,20}://[^\s?\"'<>]{0,300})\?[^\s\"'<>]*"), rf"\1?{HIDDEN}"),
    (re.compile(r"\bv\d{1,3}:[\w.-]{1,40}:[\w+/=-]{16,}"), HIDDEN),  # as medianest/lib/crypto.py stores them
    (re.compile(r"\b(bearer|basic)\s{1,5}[^\s\"',;]+", re.IGNORECASE), rf"\1 {HIDDEN}"),
    (
        re.compile(
            rf"((?:{_TELLTALE})[\w-]{{0,40}}[\"']?\s{{0,5}}[=:]\s{{0,5}})"
            r"(\"[^\"]{0,500}\"|'[^']{0,500}'|[^\s,;&)]+)",
            re.IGNORECASE,
        ),
        rf"\1{HIDDEN}",
    ),
    (re.compile(r"[^\s@<>\"'(),;:=/]{1,64}@[^\s@<>\"'(),;:=/.]{1,63}(?:\.[^\s@<>\"'(),;:=/.]{1,63}){1,9}"), "[e-mail]"),
)
_LONG_WORD = re.compile(r"[A-Za-z0-9_+=-]{20,}")
_SNAKE_CASE = re.compile(r"_*[a-z0-9]{1,15}(?:_+[a-z0-9]{1,15})+_*")
_CAMEL_CASE = re.compile(r"_?(?:[A-Z][a-z]{2,}|[A-Z]{2,5})+")
_QUOTED = re.compile(r"\"[^\"]*\"|(?<!\w)'[^']*'(?!\w)")
_NAMES_THINGS = (AttributeError, TypeError, NameError, ImportError)  # what they quote are names of ours
_IDENTIFIER = re.compile(r"[A-Za-z_][\w.]*")
_MOST_READ = 4_000  # characters of one text: some rules take long over very long ones
_MOST_CAUSES = 4
_MOST_FRAMES = 30
_ROOT = str(Path(__file__).resolve().parent.parent.parent) + "/"


def text(words: str) -> str:
    """The first 4,000 characters of `words` without keys, tokens, addresses' queries and e-mail addresses."""
    words = words[:_MOST_READ]
    for pattern, instead in _RULES:
        words = pattern.sub(instead, words)
    return _LONG_WORD.sub(lambda found: HIDDEN if _looks_random(found.group()) else found.group(), words)


def _looks_random(word: str) -> bool:
    if _is_uuid(word) or _SNAKE_CASE.fullmatch(word) or _CAMEL_CASE.fullmatch(word):
        return False
    has_digit = any(c.isdigit() for c in word)
    is_mixed = any(c.isupper() for c in word) and any(c.islower() for c in word)
    return has_digit or is_mixed


def _is_uuid(word: str) -> bool:
    try:
        uuid.UUID(word)
    except ValueError:
        return False
    return len(word) == 36  # with its dashes: a bare row of hex digits may be a key


def path(address: str) -> str:
    """An address's path without the parts that are keys. Its query must not be given at all."""
    return "/".join(text(part) for part in address[:_MOST_READ].replace("\x00", "").split("/"))


def message(error: BaseException) -> str:
    """What an exception says, in one line, without values. Of the database's only the kind and what it is about."""
    if isinstance(error, DatabaseError):
        return _of_database(error.__cause__)
    if isinstance(error, psycopg.Error):
        return _of_database(error)
    said = _QUOTED.sub(lambda found: _unquoted(error, found.group()), str(error)[:_MOST_READ].replace("\x00", ""))
    return text(" ".join(said.split()))


def _unquoted(error: BaseException, quoted: str) -> str:
    names = isinstance(error, _NAMES_THINGS) and _IDENTIFIER.fullmatch(quoted[1:-1])
    return quoted if names else "…"


def _of_database(cause: BaseException | None) -> str:
    """PostgreSQL's own words hold rows' values; its code and the names of table and rule do not."""
    state = getattr(cause, "sqlstate", None) or type(cause).__name__
    diagnosis = getattr(cause, "diag", None)
    about = [getattr(diagnosis, f"{what}_name", None) for what in ("table", "column", "constraint")]
    return " ".join([str(state), *(name for name in about if name)])


def stack(error: BaseException, *, most: int) -> str:
    """Where it happened, the cause first, without any value; the last `most` characters."""
    parts = [_one(each) for each in reversed(list(_chain(error)))]
    return "\n\n".join(parts)[-most:]


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    for _ in range(_MOST_CAUSES):
        if seen is None:
            return
        yield seen
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)


def _one(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)[-_MOST_FRAMES:]
    lines = [f"{_short(f.filename)}:{f.lineno} in {f.name}\n    {text(f.line or '')}" for f in frames]
    return "\n".join([*lines, f"{type(error).__name__}: {message(error)}".rstrip(": ")])


def place(error: BaseException) -> str:
    """The innermost line of our own code, as `downloads/views.py:17 order`; empty when none took part."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if f.filename.startswith(_ROOT) and "site-packages" not in f.filename]
    return f"{_short(own[-1].filename)}:{own[-1].lineno} {own[-1].name}" if own else ""


def _short(filename: str) -> str:
    return filename.rpartition("site-packages/")[2].removeprefix(_ROOT)
