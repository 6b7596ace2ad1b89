"""What scenarios find behind links: songs at a site of files, some shared by Google Drive, and some not."""

from pathlib import Path

from aiohttp import web

from tests.doubles.web import File, Web, page
from tests.scenarios import songs


def furnish(there: Web, folder: Path) -> None:
    """Put songs there: whatever has a name at files.example, and at Drive all but `private`."""
    folder.mkdir()

    def song(name: str) -> bytes:
        path = folder / name
        if not path.exists():
            songs.write(path, "2 s")
        return path.read_bytes()

    async def named(request: web.Request) -> web.StreamResponse:
        return await File(song(request.path.rpartition("/")[2])).answer(request)

    async def shared(request: web.Request) -> web.StreamResponse:
        if (id_ := request.query["id"]) == "private":
            return await page()(request)
        told = {"Content-Disposition": f'attachment; filename="{id_}.wav"'}
        return await File(song(f"{id_}.wav"), told).answer(request)

    there.sites["files.example"] = named
    there.sites["drive.usercontent.google.com"] = shared
