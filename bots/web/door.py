"""The web door as the house sees it: it hands over files that came in pieces, and sends nothing.

Who did something on a page is answered in their chat, and sees it on the page.
"""

from collections.abc import AsyncIterator

from core.messages import WEB, FileRef
from core.ports import Blobs, Outgoing, Refused, Uploads


class WebDoor:
    """The door of the pages."""

    name = WEB

    def __init__(self, uploads: Uploads, blobs: Blobs) -> None:
        self._uploads = uploads
        self._blobs = blobs

    async def send_card(self, outgoing: Outgoing) -> str:
        """Refused: a page is drawn when somebody looks at it."""
        raise Refused("a page is sent nothing")

    async def send_notice(self, outgoing: Outgoing) -> str:
        """Refused, as a card."""
        raise Refused("a page is sent nothing")

    async def fetch(self, file: FileRef) -> AsyncIterator[bytes]:
        """The bytes of a file, piece after piece. Refused if they were let go, or are not all here."""
        upload = await self._uploads.find(file.ref)
        pieces = await self._uploads.pieces(file.ref)
        if upload is None or sum(piece.size for piece in pieces) != upload.size:
            raise Refused(f"the file {file.ref} is not here")
        for piece in pieces:
            try:
                async for some in self._blobs.read(piece.key):
                    yield some
            except FileNotFoundError:
                raise Refused(f"a piece of the file {file.ref} is gone") from None
