"""Sites whose links are known: where the file itself is, or why nothing can be fetched there.

As of November 2026. The addresses of files are the sites' own: Dropbox's `dl=1` (its help on forcing a
download) and the address behind the download button of Google Drive.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, parse_qsl, urlencode, urlsplit

from core.songs import Trouble

PAGE = Trouble("link-page")
"""A page came where a file was expected."""

FOLDER = Trouble("link-folder")
STREAM = "link-stream"  # the code of a site that is for listening
SERVICE = "link-service"  # the code of a site where a person has to click


@dataclass(frozen=True, slots=True)
class Place:
    """Where a link leads. `address`: where its file is asked for. `trouble`: why that is no use.

    `page`: what it means if a page comes from there.
    """

    address: str
    trouble: Trouble | None = None
    page: Trouble = PAGE


def place_of(url: str) -> Place | None:
    """What is known of the site of an http(s) address; None for any other site. ValueError: it is none."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    for site, read in _READ.items():
        if _belongs(host, site):
            return read(parts)
    for code, sites in ((STREAM, _STREAMS), (SERVICE, _SERVICES)):
        for site, name in sites.items():
            if _belongs(host, site):
                return Place(url, Trouble(code, {"site": name}))
    return None


def _belongs(host: str, site: str) -> bool:
    return host == site or host.endswith(f".{site}")


def _dropbox(parts: SplitResult) -> Place:
    """Shared files are `/s/…` and `/scl/fi/…`, folders `/sh/…` and `/scl/fo/…`."""
    if re.match(r"/(s|scl/fi)/", parts.path):
        query = [(name, value) for name, value in parse_qsl(parts.query) if name not in ("dl", "raw")]
        asked = parts._replace(query=urlencode([*query, ("dl", "1")]), fragment="")
        return Place(asked.geturl(), page=Trouble("link-dropbox"))
    if re.match(r"/(sh|scl/fo)/", parts.path):
        return Place(parts.geturl(), FOLDER)
    return Place(parts.geturl(), PAGE)


def _drive(parts: SplitResult) -> Place:
    """Files are `/file/d/ID…`, `/open?id=ID` and `/uc?id=ID`; `resourcekey` opens older ones."""
    if "/folders/" in parts.path:
        return Place(parts.geturl(), FOLDER)
    query = parse_qs(parts.query)
    found = re.match(r"/file/(?:u/\d+/)?d/([\w-]+)", parts.path)
    id_ = found[1] if found else query.get("id", [""])[0]
    if not re.fullmatch(r"[\w-]+", id_):
        return Place(parts.geturl(), PAGE)
    # `confirm` answers the page that asks whether a file too large for their virus scan is wanted.
    asked = {"id": id_, "export": "download", "confirm": "t"}
    if "resourcekey" in query:
        asked["resourcekey"] = query["resourcekey"][0]
    address = f"https://drive.usercontent.google.com/download?{urlencode(asked)}"
    return Place(address, page=Trouble("link-drive"))


_READ: Mapping[str, Callable[[SplitResult], Place]] = {
    "dropbox.com": _dropbox,
    "drive.google.com": _drive,
    "drive.usercontent.google.com": _drive,
}

_STREAMS: Mapping[str, str] = {
    "soundcloud.com": "SoundCloud",
    "youtube.com": "YouTube",
    "youtu.be": "YouTube",
    "spotify.com": "Spotify",
    "music.apple.com": "Apple Music",
    "bandcamp.com": "Bandcamp",
    "deezer.com": "Deezer",
    "tidal.com": "TIDAL",
}
"""Sites for listening: they hand over no files, and their terms allow nobody to take them."""

_SERVICES: Mapping[str, str] = {
    "wetransfer.com": "WeTransfer",
    "we.tl": "WeTransfer",
    "1drv.ms": "OneDrive",
    "onedrive.live.com": "OneDrive",
    "sharepoint.com": "OneDrive",
    "icloud.com": "iCloud",
    "mega.nz": "MEGA",
    "box.com": "Box",
    "swisstransfer.com": "SwissTransfer",
    "fromsmash.com": "Smash",
}
"""Sites that show a page on which a person has to click."""
