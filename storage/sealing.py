"""How a blob lies encrypted: a header, then frames of AES-256-GCM under a key of the blob's own.

A frame holds 1 MiB of plaintext, the last one the rest, and ends with its tag. Its nonce is its number: the
key seals one object and no other, so no nonce comes twice. What is authenticated beside it are the object's
name, the frame's number and whether it is the last, so that frames can be neither exchanged nor left out nor
added, and any of them can be read alone.
"""

import hashlib
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

HEADER = b"lathe audio 1\0\0\0"
"""What every object begins with; the number is that of this format."""

FRAME = 1 << 20
"""Bytes of plaintext in each frame but the last."""

TAG = 16
SEALED = FRAME + TAG
"""Bytes of each frame but the last, as it lies in the object."""


class NotAuthentic(Exception):
    """What was read is not what was sealed."""


def fresh_key() -> bytes:
    """A key for one blob."""
    return secrets.token_bytes(32)


class Sealing:
    """Seals what is given to it piece by piece, and says how much that was and what its hash is."""

    def __init__(self, key: bytes, name: str) -> None:
        """`name` is that of the object which the frames will make up."""
        self._seal = AESGCM(key)
        self._name = name.encode()
        self._held = bytearray()
        self._number = 0
        self._digest = hashlib.sha256()
        self.size = 0

    @property
    def sha256(self) -> str:
        """The hash of all that was added, in hexadecimal digits."""
        return self._digest.hexdigest()

    def add(self, piece: bytes) -> bytes:
        """Take plaintext; the frames that it completes, sealed, if any."""
        self._digest.update(piece)
        self.size += len(piece)
        self._held += piece
        sealed = b""
        while len(self._held) > FRAME:  # a frame that may be the last one is held back
            frame = bytes(memoryview(self._held)[:FRAME])
            del self._held[:FRAME]
            sealed += self._frame(frame, last=False)
        return sealed

    def end(self) -> bytes:
        """The last frame, sealed."""
        return self._frame(bytes(self._held), last=True)

    def _frame(self, plain: bytes, *, last: bool) -> bytes:
        number = self._number
        self._number += 1
        sealed = self._seal.encrypt(_nonce(number), plain, _bound(self._name, number, last=last))
        return HEADER + sealed if number == 0 else sealed


class Opening:
    """Reads the frames of one object that holds `size` bytes of plaintext."""

    def __init__(self, key: bytes, name: str, size: int) -> None:
        self._seal = AESGCM(key)
        self._name = name.encode()
        self._size = size
        self.frames = max(1, -(-size // FRAME))  # nothing at all is one frame, which is empty

    def span(self, first: int, count: int) -> tuple[int, int]:
        """From which byte to before which some frames lie in the object; the header goes with the first."""
        start = len(HEADER) + first * SEALED if first else 0
        end = min(first + count, self.frames)
        if end == self.frames:
            return start, len(HEADER) + self._size + self.frames * TAG
        return start, len(HEADER) + end * SEALED

    def open(self, sealed: bytes, first: int, count: int) -> list[bytes]:
        """The plaintext of each frame in such a span. NotAuthentic if it is not what was sealed there."""
        there = memoryview(sealed)
        if first == 0:
            if there[: len(HEADER)] != HEADER:
                raise NotAuthentic("its header is not one of ours")
            there = there[len(HEADER) :]
        plain = []
        for number in range(first, min(first + count, self.frames)):
            bound = _bound(self._name, number, last=number == self.frames - 1)
            try:
                plain.append(self._seal.decrypt(_nonce(number), there[:SEALED], bound))
            except InvalidTag:
                raise NotAuthentic(f"frame {number} of {self.frames} was cut off or changed") from None
            there = there[SEALED:]
        return plain


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


def _bound(name: bytes, number: int, *, last: bool) -> bytes:
    return b"%s|%d|%d" % (name, number, last)
