"""Preloaded first into the fork server that the pool's processes come from; importing it is all it is for.

The kernel kills a child when its parent dies only if the child asked for that, and the parent of a worker is
the fork server, not the service. So the fork server must ask as well, and preloading is the only moment to
make it. What the workers inherit of it is prepared here too: an environment without secrets.
"""

import ctypes
import itertools
import multiprocessing.forkserver
import multiprocessing.resource_tracker
import os
import signal
import sys
from contextlib import suppress
from importlib import import_module

_PR_SET_PDEATHSIG = 1  # prctl(2)

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")

KEPT = ("COV", "HOME", "LANG", "LC_", "LD_", "NUMBA_", "PATH", "PYTHON", "TMPDIR", "TZ", *THREADS)
"""How the names of what workers may know of the environment begin: no token, no password, no key."""


def die_with_parent() -> None:
    """Have the kernel kill this process when its parent dies. Nothing happens where there is no prctl."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def let_go() -> None:
    """Close what a worker inherits of the fork server: by writing there it could end the server or misuse it.

    Python has no public name for either: the pipe that tells the server of its client's end, and the pipe of
    the resource tracker, which deletes the files it is told to.
    """
    client = multiprocessing.forkserver._forkserver
    tracker = multiprocessing.resource_tracker._resource_tracker
    for holder, name in ((client, "_forkserver_alive_fd"), (tracker, "_fd")):
        file = getattr(holder, name, None)
        if file is not None:
            os.close(file)
            setattr(holder, name, None)


def forget_secrets() -> None:
    """Take all but KEPT out of the environment, and out of the memory that /proc/PID/environ shows."""
    strings = ctypes.POINTER(ctypes.c_void_p).in_dll(ctypes.CDLL(None), "environ")
    addresses = list(itertools.takewhile(bool, (strings[place] for place in itertools.count())))
    for name in [name for name in os.environ if not name.startswith(KEPT)]:
        del os.environ[name]
    for address in addresses:
        if address and not ctypes.string_at(address).decode(errors="replace").startswith(KEPT):
            ctypes.memset(address, 0, len(ctypes.string_at(address)))


def _prepare() -> int:
    die_with_parent()
    # One core for each worker: their number is what divides the machine. Read when the libraries are loaded.
    os.environ.update(dict.fromkeys(THREADS, "1"))
    with suppress(ImportError, RuntimeError, OSError):
        import_module("pyseccomp")  # it asks another program where libseccomp is; workers start none
    forget_secrets()
    return os.getpid()


SERVER = _prepare() if any("multiprocessing.forkserver" in word for word in sys.orig_argv) else 0
"""The process id of the fork server; every worker inherits it."""
