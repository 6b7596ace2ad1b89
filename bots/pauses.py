"""Short pauses: a service does not look again and again at what it began with.

A full run of Python's garbage collector looks at everything that can hold something else, and nothing else
happens meanwhile: a tenth of a second with the libraries and catalogues of a house. They stay as long as the
process does.
"""

import gc


def keep_what_is_here() -> None:
    """Leave all that is there now out of later collections; for a process that has started."""
    gc.collect()
    gc.freeze()
