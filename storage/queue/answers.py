"""What a child says, read without believing it.

Unpickling runs whatever the pickle names. A child may have been taken over by a file that it decoded, so the
service takes nothing from it but data, exceptions and the envelopes of pebble.
"""

import io
import pickle
import sys
from multiprocessing.context import ForkServerContext
from typing import Any

_ENVELOPES = {
    ("pebble.common.types", "Result"),
    ("pebble.common.types", "ResultStatus"),
    ("pebble.pool.process", "Acknowledgement"),
    ("pebble.pool.process", "TaskResult"),
}


class _Careful(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        found = getattr(sys.modules.get(module), name, None)
        if (module, name) in _ENVELOPES or (isinstance(found, type) and issubclass(found, Exception)):
            return found
        raise pickle.UnpicklingError(f"{module}.{name} is neither data nor an exception")


def loads(pickled: bytes) -> Any:
    """Data and exceptions out of a pickle. TypeError when it names anything else or is none."""
    try:
        return _Careful(io.BytesIO(pickled)).load()
    except Exception as error:
        raise TypeError(f"{type(error).__name__}: {error}") from None


class CarefulContext(ForkServerContext):
    """The fork server's context, whose pipes are read with care at this end.

    pebble takes a TypeError for an answer that cannot be read, and ends the pool with what runs in it.
    """

    def Pipe(self, duplex: bool = True) -> tuple[Any, Any]:  # noqa: N802  the name multiprocessing gave it
        reader, writer = super().Pipe(duplex)
        vars(reader)["recv"] = lambda: loads(reader.recv_bytes())
        return reader, writer
