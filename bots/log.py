"""The log: one line an event, with the order, song and version it is about; no title, no file's name."""

import logging
import sys
import traceback
from pathlib import Path
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor

from bots.settings import Logging, SettingsError

FORBIDDEN = ("title", "artist", "name", "text", "caption")
"""What a line never shows, whoever logs it: words of artists, who may have asked for silence (B62)."""


def configure(wanted: Logging, *, file: Path | None = None) -> None:
    """Log to the file that the settings name, else to `file`, else to standard error. SettingsError."""
    target = wanted.file or file
    try:
        stream: TextIO = sys.stderr if target is None else target.open("a", encoding="utf-8", buffering=1)
    except OSError as error:
        raise SettingsError([f"LATHE_LOG: {target}: {error.strerror}"]) from None
    form = wanted.form or ("text" if target is None and stream.isatty() else "json")
    render: Processor = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=target is None and stream.isatty())
    )
    steps: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        _silence,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info if wanted.level == "debug" else _trace,
    ]
    structlog.configure(
        processors=[*steps, render],
        wrapper_class=structlog.make_filtering_bound_logger(wanted.level),
        logger_factory=structlog.PrintLoggerFactory(stream),
    )
    libraries = logging.StreamHandler(stream)
    libraries.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=steps[:-1] if wanted.level == "debug" else [*steps[:-1], _briefly],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, steps[-1], render],
        )
    )
    logging.basicConfig(handlers=[libraries], level=logging.WARNING, force=True)


def _silence(_logger: object, _method: str, event: EventDict) -> EventDict:
    return {key: value for key, value in event.items() if key not in FORBIDDEN}


def _briefly(_logger: object, _method: str, event: EventDict) -> EventDict:
    """The first line of what a library says: asyncio goes on in the words of the error."""
    event["event"] = str(event["event"]).partition("\n")[0]
    return event


def _trace(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Where an exception was raised and its type, without its message: that may hold a file's name."""
    raised = event.pop("exc_info", None)
    error = raised[1] if isinstance(raised, tuple) else sys.exception() if raised is True else raised
    if isinstance(error, BaseException):
        frames = "".join(traceback.format_tb(error.__traceback__))
        event["exception"] = f"{frames}{type(error).__qualname__}"
    return event
