"""Attachments and their links, which are signed and die."""

import asyncio
import hashlib
import hmac
import mimetypes
import re
import secrets
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from tests.doubles.discord.state import Attachment, World


@dataclass(frozen=True)
class Upload:
    """A file on its way in. Discord will say of it what `size` and `media_type` say, even if it is untrue."""

    name: str
    data: bytes | Path
    size: int | None = None
    media_type: str | None = None
    seconds: float | None = None  # makes it a voice message

    @property
    def length(self) -> int:
        """Its true size, bytes."""
        return self.data.stat().st_size if isinstance(self.data, Path) else len(self.data)


def cleaned(name: str) -> str:
    """The name Discord gives an uploaded file: plain letters, digits, dots, hyphens and underscores."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    kept = re.sub(r"[^A-Za-z0-9._-]", "", re.sub(r"\s+", "_", plain))
    return f"unknown{kept}" if not kept or kept.startswith(".") else kept


class Cdn:
    """Keeps the bytes, signs links and serves them.

    A link says when it dies (`ex`) and when it was signed (`is`), and proves both (`hm`), in hexadecimal.
    """

    def __init__(self, world: World, base: str) -> None:
        self._world = world
        self._base = base
        self._secret = secrets.token_bytes(16)
        self.cut = 0  # so many of the next downloads break off in the middle

    def expire(self) -> None:
        """Every link given so far is dead; messages fetched from now on carry fresh ones."""
        self._secret = secrets.token_bytes(16)

    def keep(self, upload: Upload, channel_id: int, *, ephemeral: bool = False) -> Attachment:
        """File an upload."""
        guessed = mimetypes.guess_type(upload.name)[0] or "application/octet-stream"
        attachment = Attachment(
            id=self._world.ids.next(),
            channel_id=channel_id,
            name=cleaned(upload.name),
            title=upload.name,
            data=upload.data,
            size=upload.length if upload.size is None else upload.size,
            content_type=upload.media_type or guessed,
            ephemeral=ephemeral,
            seconds=upload.seconds,
        )
        self._world.attachments[attachment.id] = attachment
        return attachment

    def url(self, attachment_id: int) -> str:
        """A link to it that is good from now on for as long as `Limits.links` says."""
        file = self._world.attachments[attachment_id]
        room = "ephemeral-attachments" if file.ephemeral else "attachments"
        path = f"{room}/{file.channel_id}/{file.id}/{file.name}"
        now = self._world.clock()
        dies = now + self._world.limits.links
        terms = f"ex={int(dies.timestamp()):x}&is={int(now.timestamp()):x}"
        return f"{self._base}/{path}?{terms}&hm={self._proof(file.id, terms)}&"

    def _proof(self, attachment_id: int, terms: str) -> str:
        return hmac.new(self._secret, f"{attachment_id} {terms}".encode(), hashlib.sha256).hexdigest()

    async def download(self, request: web.Request) -> web.StreamResponse:
        """Serve a link: 404 for one that is forged, dead or of nothing. Answers ranges."""
        terms = f"ex={request.query.get('ex', '')}&is={request.query.get('is', '')}"
        file = self._world.attachments.get(int(request.match_info["attachment"]))
        if (
            file is None
            or request.query.get("hm") != self._proof(file.id, terms)
            or self._world.clock().timestamp() > int(request.query["ex"], 16)
        ):
            return web.Response(status=404, text="This content is no longer available.")
        if self.cut:
            self.cut -= 1
            return await self._half(request, file)
        headers = {"Content-Type": file.content_type, "Accept-Ranges": "bytes"}
        if isinstance(file.data, Path):
            return web.FileResponse(file.data, headers=headers)
        wanted = request.http_range
        if wanted.start is None:
            return web.Response(body=file.data, headers=headers)
        start, stop, _ = wanted.indices(len(file.data))
        if start >= len(file.data):
            return web.Response(status=416, headers={"Content-Range": f"bytes */{len(file.data)}"})
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{len(file.data)}"
        return web.Response(status=206, body=file.data[start:stop], headers=headers)

    @staticmethod
    async def _half(request: web.Request, file: Attachment) -> web.StreamResponse:
        data = await asyncio.to_thread(file.data.read_bytes) if isinstance(file.data, Path) else file.data
        response = web.StreamResponse(headers={"Content-Length": str(len(data))})
        await response.prepare(request)
        await response.write(data[: len(data) // 2])
        if request.transport is not None:
            request.transport.close()
        return response
