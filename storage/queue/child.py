"""What runs inside a process of one run."""

import importlib
import os
import pickle
import signal
import socket
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from storage.queue import forkserver, jail
from storage.queue.limits import Limits

BETWEEN_NOTES = 0.1  # seconds
OUT_OF_MEMORY = 77  # exit code


def live(line: socket.socket) -> None:
    """The life of a process: enter the jail, read what to do, do it, and say what came of it.

    What it says is a pickle: whether the function returned; what it returned or raised, pickled; an error in
    words.
    """
    enter()
    ends = line.detach()
    with os.fdopen(ends, "rb", closefd=False) as asked:
        arguments = pickle.load(asked)  # noqa: S301  the service wrote it
    with os.fdopen(ends, "wb") as said:
        pickle.dump(attempt(*arguments), said)


def enter() -> None:
    """Make a fresh process fit for a run: it dies with its parent, ends when told to, and is in the jail."""
    forkserver.die_with_parent()
    if os.getppid() != forkserver.SERVER != os.getpid():
        os._exit(1)  # the parent died before we asked
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # no Python handler that native code could keep waiting
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever presses Ctrl-C means the service
    forkserver.let_go()
    jail.shut()


def attempt(
    target: str, arguments: Mapping[str, Any], notes: str | None, limits: Limits
) -> tuple[bool, bytes, str]:
    """Call `module:function`. Whether it returned; what it returned or raised, pickled; an error in words.

    With a path for `notes` the function is given `report`, which writes down there how far it is. A process
    that runs out of memory ends: what is left of it is not to be trusted.
    """
    module, _, name = target.partition(":")
    try:
        function = getattr(importlib.import_module(module), name)
        jail.limit(limits)
        given = dict(arguments) | ({"report": _reporter(Path(notes))} if notes else {})
        return True, pickle.dumps(function(**given)), ""
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except BaseException as error:
        error.add_note(traceback.format_exc())
        return False, _pickled(error), f"{type(error).__qualname__}: {error}"


def _pickled(error: BaseException) -> bytes:
    """An exception as it is; nothing if it does not survive the way, or would end who gets it."""
    try:
        return pickle.dumps(error) if isinstance(error, Exception) else b""
    except Exception:
        return b""


def _reporter(notes: Path) -> Callable[[float, str], None]:
    fresh = notes.with_suffix(".new")
    last = -BETWEEN_NOTES

    def report(share: float, stage: str) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= BETWEEN_NOTES or share >= 1:
            last = now
            with suppress(OSError):  # nobody listens any more, or the disk is full: the work goes on
                fresh.write_text(f"{share:.4f} {stage}", encoding="utf-8")
                fresh.replace(notes)  # a reader sees the old note or the new one

    return report


def ready() -> int:
    """Nothing but a process that answers; its id."""
    return os.getpid()
