"""What the pool's tests have their children do."""

import ctypes
import os
import time
from collections.abc import Callable
from pathlib import Path

Report = Callable[[float, str], None]


class Picky(Exception):
    """An exception that cannot be made again from what it carries."""

    def __init__(self, what: str, *, why: str) -> None:
        super().__init__(what)
        self.why = why


def double(number: float) -> float:
    return number * 2


def refuse(why: str) -> None:
    raise LookupError(why, 7)


def be_picky() -> None:
    raise Picky("soup", why="cold")


def answer_what_cannot_travel() -> object:
    return lambda: None


def crash() -> None:
    ctypes.string_at(0)


def kill_itself() -> None:
    os.kill(os.getpid(), 9)


def take_memory(size: int) -> int:
    return len(bytearray(size))


def threads() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.endswith("_NUM_THREADS")}


def sign(paper: str) -> None:
    """Write this process's id down, whole or not at all."""
    fresh = Path(f"{paper}.{os.getpid()}")
    fresh.write_text(str(os.getpid()))
    fresh.replace(paper)


def wait_for(paper: str, until: str) -> str:
    """Sign, and stay until a file is there."""
    sign(paper)
    while not Path(until).exists():
        time.sleep(0.01)
    return until


def burn(paper: str) -> None:
    """Sign, and use a core for ever."""
    sign(paper)
    while True:
        pass


def toil(paper: str, report: Report) -> None:
    """Sign, and report for ever."""
    sign(paper)
    while True:
        report(0.5, "toiling")


def climb(steps: int, report: Report) -> int:
    for step in range(steps):
        report(step / steps, f"step {step}")
        time.sleep(0.15)
    report(1.0, "top")
    return steps
