"""What a service writes into its log: requests without who sent them, defects without the values they met.

An address of the network says who voted when, and the text of an exception may hold a personal code.
"""

from __future__ import annotations

import copy
import logging
import traceback
from types import TracebackType
from typing import Any


class RequestFormatter(logging.Formatter):
    """`POST /votes 200`, from uvicorn's record of an access; no sender, no query."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  logging's name
        if isinstance(record.args, tuple) and len(record.args) == 5:
            _sender, method, path, _version, status = record.args
            record.message = f"{method} {str(path).partition('?')[0]} {status}"
        return super().formatMessage(record)


class DefectFormatter(logging.Formatter):
    """Where an exception was raised and of which class it is, all the way down, without any text of it."""

    def format(self, record: logging.LogRecord) -> str:
        mine = copy.copy(record)
        mine.exc_text = None  # another handler may have left its own text of the exception there
        return super().format(mine)

    def formatException(  # noqa: N802  logging's name
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        parts: list[str] = []
        error = ei[1]
        while error is not None:
            parts += [*traceback.format_tb(error.__traceback__), f"{type(error).__name__}\n"]
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "".join(parts).rstrip("\n")


_LINE = "%(asctime)s %(levelname)s %(message)s"
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "requests": {"()": RequestFormatter, "fmt": _LINE},
        "defects": {"()": DefectFormatter, "fmt": _LINE},
    },
    "handlers": {
        "requests": {"class": "logging.StreamHandler", "formatter": "requests", "stream": "ext://sys.stderr"},
        "defects": {"class": "logging.StreamHandler", "formatter": "defects", "stream": "ext://sys.stderr"},
    },
    "loggers": {
        "valik": {"handlers": ["defects"], "level": "INFO", "propagate": False},
        "uvicorn": {"handlers": ["defects"], "level": "INFO", "propagate": False},
        "uvicorn.access": {"handlers": ["requests"], "level": "INFO", "propagate": False},
    },
    "root": {"handlers": ["defects"], "level": "WARNING"},
}
