"""How this process asks its system for memory."""

import numpy as np

KEPT = 4 << 20
"""Bytes: a few times what a piece of a song takes."""


def keep_what_is_freed() -> None:
    """Have memory at hand for the next piece when one is done with.

    glibc gives what is large back to the system at once and fetches it anew, page by page: in a process that
    has just begun that is 200,000 pages for four minutes of music, half a second. What it takes for large
    grows to the largest that was ever given back (mallopt(3), M_MMAP_THRESHOLD), so that much is given back
    once, untouched. Other C libraries take no notice.
    """
    np.empty(KEPT, np.uint8)
