"""Landlock (landlock(7), Linux 5.13 and later): a process gives up all files but a few, and for ever."""

import ctypes
import os
import struct
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

from storage.queue.limits import Confines

# The same numbers on every architecture, since they are younger than the common table.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION = 1  # a flag of the first
_PATH_BENEATH = 1  # a kind of rule
_NO_NEW_PRIVILEGES = 38  # prctl(2)

_WRITE_FILE, _READ_FILE, _READ_DIR, _REMOVE_FILE, _MAKE_REG, _TRUNCATE = (
    1 << bit for bit in (1, 2, 3, 5, 8, 14)
)
_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
"""How many rights over files each version knows, the lowest bits; 16 from the fifth on."""


def version() -> int:
    """The version of Landlock that this kernel speaks; 0 when it speaks none."""
    if sys.platform != "linux":
        return 0
    answer: int = ctypes.CDLL(None).syscall(_CREATE_RULESET, None, 0, _VERSION)
    return max(0, answer)


def confine(confines: Confines) -> None:
    """From now on this process and the threads it starts open nothing else but Python's own libraries.

    Nothing happens where there is no Landlock. OSError when the kernel refuses.
    """
    known = version()
    if not known:
        return
    handled = (1 << _RIGHTS.get(known, 16)) - 1
    rules = _call(_CREATE_RULESET, struct.pack("<Q", handled), 8, 0)
    try:
        folders = {path for path in confines.reads if path.is_dir()}
        _allow(rules, folders, _READ_FILE | _READ_DIR)
        _allow(rules, set(confines.reads) - folders, _READ_FILE)
        _allow(rules, libraries(), _READ_FILE | _READ_DIR)
        everything = _READ_FILE | _READ_DIR | _WRITE_FILE | _REMOVE_FILE | _MAKE_REG | _TRUNCATE
        _allow(rules, confines.writes, everything & handled)
        if ctypes.CDLL(None, use_errno=True).prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
            raise OSError(ctypes.get_errno(), "prctl")
        _call(_RESTRICT_SELF, rules, 0)
    finally:
        os.close(rules)


def libraries() -> set[Path]:
    """The folders of Python and of what is installed: some modules are only imported when they are needed."""
    places = {Path(sysconfig.get_path(kind)) for kind in ("stdlib", "platstdlib", "purelib", "platlib")}
    return {place for place in places if place.is_dir()}


def _allow(rules: int, paths: Iterable[Path], rights: int) -> None:
    for path in paths:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            _call(_ADD_RULE, rules, _PATH_BENEATH, struct.pack("<Qi", rights, place), 0)
        finally:
            os.close(place)


def _call(number: int, *arguments: bytes | int) -> int:
    answer: int = ctypes.CDLL(None, use_errno=True).syscall(number, *arguments)
    if answer < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"Landlock: {os.strerror(error)}")
    return answer
