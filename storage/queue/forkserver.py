"""Preloaded first into the fork server that the pool's processes come from; importing it is all it is for.

The kernel kills a child when its parent dies only if the child asked for that, and the parent of a worker is
the fork server, not the service. So the fork server must ask as well, and preloading is the only moment to
make it: the workers hold its end-of-life pipe open, which is why it does not notice by itself.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1  # prctl(2)

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def die_with_parent() -> None:
    """Have the kernel kill this process when its parent dies. Nothing happens where there is no prctl."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _prepare() -> int:
    die_with_parent()
    # One core for each worker: their number is what divides the machine. Read when the libraries are loaded.
    os.environ.update(dict.fromkeys(THREADS, "1"))
    return os.getpid()


SERVER = _prepare() if any("multiprocessing.forkserver" in word for word in sys.orig_argv) else 0
"""The process id of the fork server; every worker inherits it."""
