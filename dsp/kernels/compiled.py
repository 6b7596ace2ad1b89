"""How a kernel is compiled: ahead of time for one signature, kept on disk, free of the interpreter lock."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Kernel = TypeVar("Kernel", bound=Callable[..., Any])


def compiled(signature: str) -> Callable[[Kernel], Kernel]:
    """Decorator: compile for `signature` (numba's notation) on import, or load what was."""
    return cast(
        Callable[[Kernel], Kernel],
        numba.njit(signature, cache=True, nogil=True, fastmath=True, error_model="numpy"),
    )
