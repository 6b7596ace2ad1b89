"""Standard output that may lose its reader."""

import os
import signal
from typing import Protocol, TextIO


class Writes(Protocol):
    """What a screen prints to."""

    def write(self, text: str, /) -> int: ...

    def flush(self) -> None: ...

    def isatty(self) -> bool: ...


class Output:
    """A stream. When nobody reads it any more, the process is told to stop, as by SIGTERM.

    What would be said from then on would be said to nobody.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str, /) -> int:
        try:
            return self._stream.write(text)
        except BrokenPipeError:
            return self._unread(text)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except BrokenPipeError:
            self._unread("")

    def isatty(self) -> bool:
        return self._stream.isatty()

    def _unread(self, text: str) -> int:
        # The interpreter flushes the stream once more at its end, which must not fail again.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._stream.fileno())
        os.close(nowhere)
        signal.raise_signal(signal.SIGTERM)
        return len(text)
