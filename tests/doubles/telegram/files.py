"""Files at the server: kept by id, fetched by a link that expires."""

import hashlib
import mimetypes
from io import BytesIO
from itertools import count
from pathlib import Path
from urllib.parse import unquote, urlparse

from PIL import Image, UnidentifiedImageError

from tests.doubles.telegram import limits
from tests.doubles.telegram.calls import ATTACHED, Media, Upload
from tests.doubles.telegram.refusals import bad
from tests.doubles.telegram.state import Json, Picture, StoredFile

_AS_CLIENTS_SAY = {".wav": "audio/x-wav", ".flac": "audio/flac", ".mp3": "audio/mpeg", ".m4a": "audio/mp4"}


class Files:
    """`folder` is where a local server puts what is fetched; without one it is the cloud's, with its caps."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._kept: dict[str, StoredFile] = {}
        self._links: dict[str, StoredFile] = {}
        self._numbers = count(1)

    @property
    def most_up(self) -> int:
        """The most bytes of an upload."""
        return limits.LOCAL_UPLOAD if self.folder else limits.CLOUD_UPLOAD

    def keep(self, name: str, data: bytes, media_type: str | None = None) -> StoredFile:
        """Keep bytes under a new id."""
        kind = _AS_CLIENTS_SAY.get(Path(name).suffix.lower()) or mimetypes.guess_type(name)[0]
        unique = hashlib.sha256(data).hexdigest()[:16]
        identity = f"BQACAgQAAxkBAA{next(self._numbers):06}{unique}"
        file = StoredFile(identity, unique, name, media_type or kind or "application/octet-stream", data)
        self._kept[identity] = file
        return file

    def sent(self, media: Media) -> StoredFile:
        """What a bot sends: an upload, a file of the server's, or in local mode one of its own by path."""
        if isinstance(media, Upload):
            return self.keep(media.name, media.data)
        if media.startswith("file://") and self.folder is not None:
            path = Path(unquote(urlparse(media).path))
            if not path.is_file():
                raise bad("invalid file HTTP URL specified: file not found")
            return self.keep(path.name, path.read_bytes())
        if media.startswith(("http://", "https://", "file://", ATTACHED)):
            raise bad("wrong file identifier/HTTP URL specified")
        return self.found(media)

    def picture(self, media: Media) -> Picture:
        """A picture of any size."""
        file = self.sent(media)
        try:
            with Image.open(BytesIO(file.data)) as image:
                return Picture(file, *image.size)
        except UnidentifiedImageError:
            raise bad("IMAGE_PROCESS_FAILED") from None

    def thumbnail(self, media: Media | None) -> Picture | None:
        """The thumbnail, or None if it is not one: JPEG, less than 200 kB, at most 320 pixels a side."""
        if not isinstance(media, Upload) or len(media.data) >= limits.THUMBNAIL:
            return None
        if not media.data.startswith(b"\xff\xd8\xff"):
            return None
        picture = self.picture(media)
        return picture if max(picture.width, picture.height) <= limits.THUMBNAIL_SIDE else None

    def found(self, identity: str) -> StoredFile:
        """The file with this id; Refusal if there is none."""
        if identity not in self._kept:
            raise bad("wrong file_id or the file is temporarily unavailable")
        return self._kept[identity]

    def fetchable(self, identity: str) -> Json:
        """The answer to getFile, with a new link, or in local mode with a path."""
        file = self.found(identity)
        if self.folder is None and file.size > limits.CLOUD_DOWNLOAD:
            raise bad("file is too big")
        path = f"documents/file_{next(self._numbers)}{Path(file.name).suffix}"
        if self.folder is None:
            self._links[path] = file
            return {**file.json(), "file_path": path}
        local = self.folder / path
        local.parent.mkdir(parents=True, exist_ok=True)
        local.write_bytes(file.data)
        return {**file.json(), "file_path": str(local)}

    def linked(self, path: str) -> StoredFile | None:
        """What a link leads to, if it has not expired."""
        return self._links.get(path)

    def expire_links(self) -> None:
        """Let every link so far lead nowhere; a new getFile gives a new one."""
        self._links.clear()
