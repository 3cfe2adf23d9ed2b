"""Structured logging: one line an event, with the correlation id of the request or job.

No line tells what somebody typed or what stands in a row: errors are written down as `scrub.py` tells them.
"""

from __future__ import annotations

import logging.config
import sys

import structlog

from medianest.lib import scrub

_CHATTY = ("django.server", "celery", "kombu", "httpx2", "httpcore2")
_MOST_OF_A_STACK = 20_000  # characters


def logging_config(*, level: str, as_json: bool) -> None:
    """Set up structlog and the standard library's loggers alike. `level` is a logging level's name."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    console = structlog.dev.ConsoleRenderer(colors=False)
    renderer: structlog.typing.Processor = structlog.processors.JSONRenderer() if as_json else console
    final = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, without_values, renderer]
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "structured": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "processors": final,
                    "foreign_pre_chain": shared,
                }
            },
            "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "structured"}},
            "root": {"handlers": ["console"], "level": level},
            "loggers": {**{name: {"level": "WARNING"} for name in _CHATTY}, "django.request": {"level": "ERROR"}},
        }
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def without_values(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Errors without the values they quote, whether a line ends in their stack or names them.

    A traceback as Python prints it holds PostgreSQL's own words, and with them rows' values.
    """
    for name, said in event.items():
        if name != "exc_info" and isinstance(said, BaseException):
            event[name] = f"{type(said).__name__}: {scrub.message(said)}"
        elif isinstance(said, str) and "DETAIL:" in said:
            event[name] = scrub.text(said)
    error = _error(event.pop("exc_info", None))
    if error is not None:
        event["exception"] = scrub.stack(error, most=_MOST_OF_A_STACK)
    return event


def _error(told: object) -> BaseException | None:
    """The error that a line was logged with, in any of the ways in which it can be named."""
    if isinstance(told, BaseException):
        return told
    if isinstance(told, tuple):
        return told[1] if isinstance(told[1], BaseException) else None
    return sys.exc_info()[1] if told else None
