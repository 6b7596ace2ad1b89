"""The log: one line an event, with the order, song and version it is about; no title, no file's name."""

import logging
import sys
import traceback
from pathlib import Path
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor

from bots.settings import Logging

FORBIDDEN = ("title", "artist", "name", "text", "caption")
"""What a line never shows, whoever logs it: words of artists, who may have asked for silence (B62)."""

bound = structlog.contextvars.bound_contextvars
"""`with bound(order=…, song=…, version=…):` puts these on each line logged inside."""


def configure(wanted: Logging, *, file: Path | None = None) -> None:
    """Log to the file that the settings name, else to `file`, else to standard error."""
    target = wanted.file or file
    stream: TextIO = sys.stderr if target is None else target.open("a", encoding="utf-8", buffering=1)
    form = wanted.form or ("text" if target is None and stream.isatty() else "json")
    render: Processor = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=target is None and stream.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            _silence,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.StackInfoRenderer(),
            _trace if wanted.level != "debug" else structlog.processors.format_exc_info,
            render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(wanted.level),
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(
        stream=stream, level=logging.WARNING, force=True, format="%(levelname)s %(name)s %(message)s"
    )


def _silence(_logger: object, _method: str, event: EventDict) -> EventDict:
    return {key: value for key, value in event.items() if key not in FORBIDDEN}


def _trace(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Where an exception was raised and its type, without its message: that may hold a file's name."""
    if event.pop("exc_info", None) and (error := sys.exception()) is not None:
        frames = "".join(traceback.format_tb(error.__traceback__))
        event["exception"] = f"{frames}{type(error).__qualname__}"
    return event
