"""A line in the log says what went wrong, and nothing of what stands in a row."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from django.db import IntegrityError, connection

from medianest.lib.log import logging_config

SAID = "anna.privately"


@pytest.fixture(params=[True, False], ids=["json", "console"])
def written(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """What is written by a logger of its own with the house's formatter."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    logging_config(level="INFO", as_json=request.param)
    formatter = root.handlers[0].formatter
    root.handlers[:], root.level = handlers, level
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(formatter)
    logger = logging.getLogger("test.log")
    logger.propagate = False
    logger.addHandler(handler)
    yield out
    logger.removeHandler(handler)
    logger.propagate = True


def refuse() -> None:
    """A refusal by the database that quotes a row."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE nests (name text CONSTRAINT nests_one_per_name UNIQUE) ON COMMIT DROP")
        for _ in range(2):
            cursor.execute("INSERT INTO nests VALUES (%s)", [SAID])


@pytest.mark.django_db
def test_a_refusal_by_the_database_is_told_without_the_row(written: io.StringIO) -> None:
    try:
        refuse()
    except IntegrityError as error:
        logging.getLogger("test.log").exception("Internal Server Error: %s", "/nests")
        logging.getLogger("test.log").error("Told in passing: %s", error)
        structlog.get_logger("test.log").error("named", error=error)
    lines = written.getvalue()
    assert SAID not in lines
    assert lines.count("DETAIL: [hidden]") == 1
    assert "Internal Server Error: /nests" in lines
    assert lines.count("IntegrityError: 23505 nests nests_one_per_name") == 2
    assert lines.count("UniqueViolation: 23505 nests nests_one_per_name") == 1
    assert "test_log.py" in lines


def test_any_other_error_keeps_its_place_and_loses_its_values(written: io.StringIO) -> None:
    try:
        int(SAID)
    except ValueError as error:
        logging.getLogger("test.log").warning("odd", exc_info=error)
        structlog.get_logger("test.log").warning("odd", exc_info=True)
    lines = written.getvalue()
    assert SAID not in lines
    assert lines.count("int(SAID)") == 2
    assert lines.count("ValueError: invalid literal for int() with base 10: ") == 2


def test_a_line_without_an_error_stays_as_it_is(written: io.StringIO) -> None:
    logging.getLogger("test.log").info("The details: a@b.example")
    (line,) = written.getvalue().splitlines()
    said = json.loads(line)["event"] if line.startswith("{") else line
    assert "The details: a@b.example" in said
    assert "exception" not in line
