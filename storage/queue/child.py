"""What runs inside a process of the pool."""

import importlib
import os
import pickle
import resource
import signal
import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from storage.queue import forkserver

BETWEEN_NOTES = 0.1  # seconds
OUT_OF_MEMORY = 77  # exit code


def enter(memory: int) -> None:
    """Make a fresh process a worker: it dies with its parent, ends when told to, and has limited memory."""
    forkserver.die_with_parent()
    if os.getppid() != forkserver.SERVER != os.getpid():
        os._exit(1)  # the parent died before we asked
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # no Python handler that native code could keep waiting
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def attempt(target: str, arguments: Mapping[str, Any], notes: str | None) -> tuple[bool, bytes]:
    """Call `module:function`. Whether it returned, and what it returned or raised, pickled.

    With a path for `notes` the function is given `report`, which writes down there how far it is. A process
    that runs out of memory ends: what is left of it is not to be trusted.
    """
    module, _, name = target.partition(":")
    try:
        function = getattr(importlib.import_module(module), name)
        given = dict(arguments) | ({"report": _reporter(Path(notes))} if notes else {})
        return True, pickle.dumps(function(**given))
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except Exception as error:
        error.add_note(traceback.format_exc())
        return False, _portable(error)


def _portable(error: Exception) -> bytes:
    """An exception as it is, or its description if it does not survive the way."""
    try:
        pickled = pickle.dumps(error)
        pickle.loads(pickled)  # noqa: S301
    except Exception:
        return pickle.dumps(RuntimeError(f"{type(error).__qualname__}: {error}"))
    return pickled


def _reporter(notes: Path) -> Callable[[float, str], None]:
    fresh = notes.with_suffix(".new")
    last = -BETWEEN_NOTES

    def report(share: float, stage: str) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= BETWEEN_NOTES or share >= 1:
            last = now
            fresh.write_text(f"{share:.4f} {stage}", encoding="utf-8")
            fresh.replace(notes)  # a reader sees the old note or the new one

    return report


def ready() -> int:
    """Nothing but a process that answers; its id."""
    return os.getpid()
