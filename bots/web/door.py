"""The web door as jobs see it: it hands over files that came in pieces.

It is sent nothing. Who did something on a page is answered in their chat, and sees it on the page.
"""

from collections.abc import AsyncIterator

from core.messages import WEB, FileRef
from core.ports import Blobs, Refused, Uploads


class WebDoor:
    """Where the bytes of what was uploaded come from."""

    name = WEB

    def __init__(self, uploads: Uploads, blobs: Blobs) -> None:
        self._uploads = uploads
        self._blobs = blobs

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
