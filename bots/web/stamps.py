"""Stamps on forms: that a deed comes from a page of ours which was drawn for that very pass, not long ago.

A stamp is base64url of a nonce, the time (seconds since 1970) and an HMAC-SHA256 of both with the token of
the page. Nothing of it is kept: the nonce makes the id of the deed, so a form that is sent twice is one deed.
"""

import base64
import binascii
import hmac
import secrets
import struct
from datetime import datetime, timedelta
from hashlib import sha256

USE = "lathe page forms 1"
"""What the key is derived for (storage.secret)."""

LASTS = timedelta(hours=12)

_HEAD = struct.Struct(">16sQ")
_SIGNATURE = sha256().digest_size


class BadStamp(ValueError):
    """Not from a page of ours, not from this one, or too old."""


class Stamps:
    """Makes and reads stamps."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def make(self, token: str, now: datetime) -> str:
        """A stamp for the forms of a page: letters, digits, `-`, `_` and `=`."""
        head = _HEAD.pack(secrets.token_bytes(16), int(now.timestamp()))
        return base64.urlsafe_b64encode(head + self._signature(token, head)).decode()

    def read(self, token: str, stamp: str, now: datetime) -> str:
        """The nonce of a stamp. BadStamp."""
        try:
            signed = base64.b64decode(stamp, altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise BadStamp("a stamp is base64url") from None
        head, signature = signed[:-_SIGNATURE], signed[-_SIGNATURE:]
        if len(head) != _HEAD.size or not hmac.compare_digest(signature, self._signature(token, head)):
            raise BadStamp("not of this page")
        nonce, made = _HEAD.unpack(head)
        if not 0 <= now.timestamp() - made <= LASTS.total_seconds():
            raise BadStamp("too old")
        return bytes(nonce).hex()

    def _signature(self, token: str, head: bytes) -> bytes:
        return hmac.digest(self._key, head + token.encode(), "sha256")
