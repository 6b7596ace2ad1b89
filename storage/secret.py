"""The secret key of a house: it wraps the key of each blob, so that a database alone opens no audio."""

import base64
import binascii
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

BYTES = 32
_NONCE = 12


class BadSecret(ValueError):
    """A text that is no secret key; `str()` says what one is, and repeats nothing of it."""


class WrongSecret(Exception):
    """Another secret key is in use here, or none is found; `str()` says so and what to do."""


class SecretKey:
    """32 random bytes. It shows itself to nobody but `text`, which is to be kept."""

    __slots__ = ("_raw", "_wrapping")

    def __init__(self, raw: bytes) -> None:
        if len(raw) != BYTES:
            raise BadSecret(f"a secret key is {BYTES} bytes in base64")
        self._raw = raw
        self._wrapping = AESGCM(self.derived("lathe blob keys 1"))

    @classmethod
    def fresh(cls) -> "SecretKey":
        return cls(secrets.token_bytes(BYTES))

    @classmethod
    def of(cls, text: str) -> "SecretKey":
        """The secret key that `text` wrote. BadSecret."""
        try:
            raw = base64.b64decode(text.strip(), validate=True)
        except (binascii.Error, ValueError):
            raise BadSecret(f"a secret key is {BYTES} bytes in base64") from None
        return cls(raw)

    def derived(self, use: str) -> bytes:
        """Another use of the secret, another key (32 bytes): what one is good for, no other one is."""
        return HKDF(SHA256(), BYTES, salt=None, info=use.encode()).derive(self._raw)

    def text(self) -> str:
        return base64.b64encode(self._raw).decode()

    def wrap(self, key: bytes, about: str) -> str:
        """A key made unreadable, as text. It can be had again with the same `about` only."""
        nonce = secrets.token_bytes(_NONCE)
        return base64.b64encode(nonce + self._wrapping.encrypt(nonce, key, about.encode())).decode()

    def unwrap(self, wrapped: str, about: str) -> bytes:
        """The key that was wrapped. WrongSecret if not by this secret, or about something else."""
        sealed = base64.b64decode(wrapped)
        try:
            return self._wrapping.decrypt(sealed[:_NONCE], sealed[_NONCE:], about.encode())
        except InvalidTag:
            raise WrongSecret("the secret key is not the one that this was wrapped with") from None

    def __repr__(self) -> str:
        return "SecretKey(…)"
