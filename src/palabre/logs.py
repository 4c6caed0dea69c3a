"""Structured logs: one JSON object a line on stderr, with ids and counts, never content or secrets.

A secret is blotted out by its VALUE wherever it stands, so that a URL or an exception cannot carry it along.
"""

from __future__ import annotations

import contextlib
import logging
import sys
from collections.abc import Iterable, MutableMapping
from threading import Lock
from typing import Any

import structlog

BLOT = "[secret]"
SECRET_CHARS_MIN = 6  # shorter values would blot out half of the log
VALUE_CHARS_MAX = 300
CONTENT = {"text", "title", "html", "body", "content", "raw", "password", "token", "authorization", "cookie"}

_secrets: set[str] = set()
_lock = Lock()


def keep_secret(values: Iterable[str]) -> None:
    """These values will never be written to a log of this process."""
    with _lock:
        _secrets.update(value for value in values if len(value) >= SECRET_CHARS_MIN)


def blotted(value: Any) -> Any:
    """A value without secrets, shortened; what is neither text, number nor container becomes its type's name."""
    if isinstance(value, str):
        for secret in _secrets:
            value = value.replace(secret, BLOT)
        return value[:VALUE_CHARS_MAX]
    if isinstance(value, dict):
        return {blotted(str(name)): hidden(str(name), one) for name, one in value.items()}
    if isinstance(value, list | tuple | set):
        return [blotted(one) for one in value]
    return value if value is None or isinstance(value, bool | int | float) else type(value).__name__


def hidden(name: str, value: Any) -> Any:
    """Content is not logged, whoever tries: its length is."""
    if name.casefold() in CONTENT:
        return f"[{len(value)}]" if isinstance(value, str | bytes) else "[…]"
    return blotted(value)


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The structlog processor that does it."""
    return {name: hidden(name, value) for name, value in event.items()}


class Redaction(logging.Filter):
    """The same for lines of libraries: the message is blotted, the traceback is left out."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = blotted(record.getMessage()), None
        if record.exc_info:
            record.msg = f"{record.msg} ({getattr(record.exc_info[0], '__name__', '')})"
            record.exc_info = record.exc_text = None
        return True


class Lines:
    """Writes lines to what is the standard error now; a log that cannot be written stops nothing."""

    def msg(self, message: str) -> None:
        with _lock, contextlib.suppress(OSError, ValueError):
            sys.stderr.write(message + "\n")
            sys.stderr.flush()

    log = debug = info = warn = warning = err = error = exception = critical = fatal = failure = msg


class Handler(logging.Handler):
    """The same for libraries."""

    def emit(self, record: logging.LogRecord) -> None:
        Lines().msg(self.format(record))


def configure(level: str = "INFO") -> None:
    """Sets up the logs of this process, ours and those of libraries."""
    threshold = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            redact,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=lambda *_args: Lines(),
    )
    handler = Handler()
    handler.addFilter(Redaction())
    logging.basicConfig(
        level=threshold,
        handlers=[handler],
        format='{"logger":"%(name)s","level":"%(levelname)s","event":%(message)r}',
        force=True,
    )


def logger(name: str) -> Any:
    """A logger of ours: ``logger("collect").info("run", source=3, stored=12)``."""
    if not structlog.is_configured():
        configure("WARNING")
    return structlog.get_logger(area=name)
