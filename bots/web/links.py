"""Private links as addresses: a link is packed, and signed with a key that the secret of the house yields.

`PUBLIC/f/TOKEN` opens a file: TOKEN is base64url of a format number, flags, epoch, until (seconds since
1970), the SHA-256 of the file, the order's id, and an HMAC-SHA256 of all that. `PUBLIC/o/TOKEN` is the page
of an order: a format number, as what its reader comes, epoch, until, the order's id, a `|`, the account, and
the HMAC. No token names anybody as others know them, nor a title.
"""

import base64
import binascii
import hmac
import struct
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import urlsplit

from core.links import Link, Pass, Standing
from core.people import Role

USE = "lathe private links 1"
"""What the key is derived for (storage.secret)."""

_FILE, _PAGE = 1, 2  # formats
_TOGETHER = 1  # a flag
_HEAD = struct.Struct(">BBIQ32s")
_PASS = struct.Struct(">BBIQ")
_COMES_AS = (
    (Standing.ARTIST, Role.SUPPORT),
    (Standing.STAFF, Role.SUPPORT),
    (Standing.STAFF, Role.ENGINEER),
    (Standing.STAFF, Role.MANAGER),
    (Standing.STAFF, Role.OWNER),
    (Standing.MEMBER, Role.SUPPORT),
)
"""By their places, which stay as they are."""
_SIGNATURE = sha256().digest_size
_LONGEST = 300  # characters: a button of a chat platform takes an address of 512


class NotALink(ValueError):
    """A token that this house has not signed."""


class Links:
    """Signs and reads links. `public_url` is how the web door is reached from outside, None if it is not."""

    def __init__(self, key: bytes, public_url: str | None) -> None:
        self._key = key
        self._public = public_url.rstrip("/") if public_url else None

    @property
    def origin(self) -> str | None:
        """Scheme, host and port of the public address, as a browser names them; None without one."""
        if self._public is None:
            return None
        parts = urlsplit(self._public.lower())
        return f"{parts.scheme}://{parts.netloc}"

    def url(self, link: Link | Pass) -> str | None:
        """Where a browser opens it; None without a public address."""
        if self._public is None:
            return None
        if isinstance(link, Pass):
            return f"{self._public}/o/{self.pass_token(link)}"
        return f"{self._public}/f/{self.token(link)}"

    def token(self, link: Link) -> str:
        """The link to a file, signed: letters, digits, `-` and `_`."""
        flags = _TOGETHER if link.together else 0
        until = int(link.until.timestamp())
        head = _HEAD.pack(_FILE, flags, link.epoch, until, bytes.fromhex(link.sha256))
        return self._signed(head + link.order.encode())

    def pass_token(self, page: Pass) -> str:
        """The pass to a page, signed: letters, digits, `-` and `_`. ValueError for a role that has none."""
        comes_as = _COMES_AS.index((page.standing, page.role))
        head = _PASS.pack(_PAGE, comes_as, page.epoch, int(page.until.timestamp()))
        return self._signed(head + f"{page.order}|{page.person}".encode())

    def read(self, token: str) -> Link:
        """The link that was signed as this very token. NotALink."""
        packed = self._read(token, _FILE)
        _, flags, epoch, until, digest = _HEAD.unpack_from(packed)
        return Link(
            packed[_HEAD.size :].decode(),
            digest.hex(),
            epoch,
            datetime.fromtimestamp(until, UTC),
            bool(flags & _TOGETHER),
        )

    def read_pass(self, token: str) -> Pass:
        """The pass that was signed as this very token. NotALink."""
        packed = self._read(token, _PAGE)
        _, comes_as, epoch, until = _PASS.unpack_from(packed)
        order, _, person = packed[_PASS.size :].decode().partition("|")
        standing, role = _COMES_AS[comes_as]
        return Pass(order, person, standing, epoch, datetime.fromtimestamp(until, UTC), role)

    def _signed(self, packed: bytes) -> str:
        return base64.urlsafe_b64encode(packed + self._signature(packed)).decode().rstrip("=")

    def _read(self, token: str, wanted: int) -> bytes:
        try:
            signed = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise NotALink("a token is base64url") from None
        packed, signature = signed[:-_SIGNATURE], signed[-_SIGNATURE:]
        if len(token) > _LONGEST or not hmac.compare_digest(signature, self._signature(packed)):
            raise NotALink("not signed by this house")
        if packed[0] != wanted or self._signed(packed) != token:
            # Of another kind, or spelt in another way than it was signed: base64 has bits to spare.
            raise NotALink("not the one that was signed")
        return packed

    def _signature(self, packed: bytes) -> bytes:
        return hmac.digest(self._key, packed, "sha256")
