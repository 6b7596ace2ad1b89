"""Private links as addresses: a link is packed, and signed with a key that the secret of the house yields.

`PUBLIC/f/TOKEN`, where TOKEN is base64url of: a format number, flags, epoch, until (seconds since 1970), the
SHA-256 of the file, the order's id, and an HMAC-SHA256 of all that. It names no person and no title.
"""

import base64
import binascii
import hmac
import struct
from datetime import UTC, datetime
from hashlib import sha256

from core.links import Link

USE = "lathe private links 1"
"""What the key is derived for (storage.secret)."""

_FORMAT = 1
_TOGETHER = 1  # a flag
_HEAD = struct.Struct(">BBIQ32s")
_SIGNATURE = sha256().digest_size
_LONGEST = 300  # characters: a button of a chat platform takes an address of 512


class NotALink(ValueError):
    """A token that this house has not signed."""


class Links:
    """Signs and reads links. `public_url` is how the web door is reached from outside, None if it is not."""

    def __init__(self, key: bytes, public_url: str | None) -> None:
        self._key = key
        self._public = public_url.rstrip("/") if public_url else None

    def url(self, link: Link) -> str | None:
        """Where a browser opens it; None without a public address."""
        return f"{self._public}/f/{self.token(link)}" if self._public else None

    def token(self, link: Link) -> str:
        """The link, signed: letters, digits, `-` and `_`."""
        flags = _TOGETHER if link.together else 0
        until = int(link.until.timestamp())
        head = _HEAD.pack(_FORMAT, flags, link.epoch, until, bytes.fromhex(link.sha256))
        packed = head + link.order.encode()
        return base64.urlsafe_b64encode(packed + self._signature(packed)).decode().rstrip("=")

    def read(self, token: str) -> Link:
        """The link that was signed as this very token. NotALink."""
        try:
            signed = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise NotALink("a token is base64url") from None
        packed, signature = signed[:-_SIGNATURE], signed[-_SIGNATURE:]
        if len(token) > _LONGEST or not hmac.compare_digest(signature, self._signature(packed)):
            raise NotALink("not signed by this house")
        format_, flags, epoch, until, digest = _HEAD.unpack_from(packed)
        link = Link(
            packed[_HEAD.size :].decode(),
            digest.hex(),
            epoch,
            datetime.fromtimestamp(until, UTC),
            bool(flags & _TOGETHER),
        )
        if format_ != _FORMAT or self.token(link) != token:  # one spelling each: base64 has bits to spare
            raise NotALink("spelt in another way than it was signed")
        return link

    def _signature(self, packed: bytes) -> bytes:
        return hmac.digest(self._key, packed, "sha256")
