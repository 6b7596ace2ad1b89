"""Songs out of a zip that a stranger made: what is in it, and one file of it at a time.

Nothing in a zip is believed. A path in it is a name to be shown and never a place to write to, what a file is
says its first bytes, and more than it said comes out of none of them. What needs memory as its maker
likes (LZMA, and all but the two ways of packing that everybody uses) is left inside.
"""

import errno
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import Any

from dsp.containers import sniffed
from dsp.errors import Refused
from dsp.report import Report

MOST_ENTRIES = 10_000
MOST_RATIO = 100
"""Bytes unpacked for each one packed, of all songs together: single stems may be silent for the most part."""
BLOCK = 1 << 20
ENCRYPTED = 0x1
UTF_8 = 0x800
PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
NESTED = (b"PK\x03\x04", b"PK\x05\x06", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"\xfd7zX", b"BZh")
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    ValueError,
    OverflowError,
    OSError,
)
LITTER = ("__MACOSX", "Thumbs.db", "desktop.ini")
"""What systems put into zips unasked; with all whose names begin with a dot."""


def contents(archive: Path, *, most_files: int, most_bytes: int) -> dict[str, Any]:
    """What a zip holds: files ([{at, name, size}]: the songs; at: for `extract`; name: with its folders,
    separated by slashes; size: bytes unpacked) and left ([{name, code}]: everything else, and why).

    Raises Refused: zip-encrypted, zip-empty, zip-too-many, zip-too-large, zip-broken.
    """
    files: list[dict[str, Any]] = []
    left: list[dict[str, str]] = []
    with _opened(archive) as box:
        entries = box.infolist()
        if len(entries) > MOST_ENTRIES:
            raise Refused("zip-too-many", {"files": len(entries), "most": most_files})
        packed = 0
        for at, entry in enumerate(entries):
            name = _name(entry)
            if name.endswith("/") or _litter(name):
                continue
            if entry.flag_bits & ENCRYPTED:
                raise Refused("zip-encrypted")
            if code := _unwanted(box, entry):
                left.append({"name": name, "code": code})
                continue
            packed += entry.compress_size
            files.append({"at": at, "name": name, "size": entry.file_size})
    if not files and any(told["code"] == "broken" for told in left):
        raise Refused("zip-broken", {"reason": "nothing in it can be unpacked"})
    if not files:
        raise Refused("zip-empty", {"files": len(left)})
    if len(files) > most_files:
        raise Refused("zip-too-many", {"files": len(files), "most": most_files})
    unpacked = sum(file["size"] for file in files)
    if unpacked > most_bytes:
        raise Refused("zip-too-large", {"megabytes": most_bytes // 10**6})
    if unpacked > MOST_RATIO * packed:
        raise Refused("zip-broken", {"reason": "it is packed as no songs can be"})
    return {"files": files, "left": left}


def extract(archive: Path, out: Path, *, at: int, most_bytes: int, report: Report) -> str:
    """Unpack one file of `contents` below `out`; its path, which has nothing of its name.

    Raises Refused: too-large, broken. Nothing is left behind then.
    """
    target = out / f"unpacked-{at}"
    with _opened(archive) as box:
        entry = box.infolist()[at]
        if entry.file_size > most_bytes:
            raise Refused("too-large", {"megabytes": most_bytes // 10**6})
        with target.open("wb") as file:
            try:
                for done, block in _blocks(box, entry):
                    file.write(block)
                    report(min(1.0, done / entry.file_size), "unpack")
            except Refused:
                target.unlink()
                raise
    return str(target)


def _opened(archive: Path) -> zipfile.ZipFile:
    with _believing_nothing("zip-broken", "its list of files makes no sense"):
        return zipfile.ZipFile(archive)


def _blocks(box: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[tuple[int, bytes]]:
    """An entry piece by piece, and how many bytes there were with each."""
    done = 0
    with _believing_nothing("broken", "it cannot be unpacked"), box.open(entry) as song:
        while block := song.read(BLOCK):
            done += len(block)
            yield done, block
        if done != entry.file_size:
            raise zipfile.BadZipFile("it ends before its end")


@contextmanager
def _believing_nothing(code: str, reason: str) -> Iterator[None]:
    """Call a zip broken over which its reader stumbles, if only by seeking to a place before its beginning
    (EINVAL); a disk that fails is another matter.
    """
    try:
        yield
    except BROKEN as error:
        if isinstance(error, OSError) and error.errno != errno.EINVAL:
            raise
        raise Refused(code, {"reason": reason}) from error


def _unwanted(box: zipfile.ZipFile, entry: zipfile.ZipInfo) -> str | None:
    """Why an entry is not taken out; None for a song."""
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "zip-link"
    if entry.compress_type not in PLAIN:
        return "zip-packing"
    try:
        with _believing_nothing("broken", ""), box.open(entry) as file:
            head = file.read(8)
            file.seek(0)
            if head.startswith(NESTED):
                return "zip-nested"
            return None if sniffed(file) else "not-audio"
    except Refused as refusal:
        return refusal.code


def _name(entry: zipfile.ZipInfo) -> str:
    """The name of an entry. Some programs write UTF-8 and do not say so."""
    name = entry.filename
    if not entry.flag_bits & UTF_8:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return name.replace("\\", "/")


def _litter(name: str) -> bool:
    path = PurePosixPath(name)
    return path.name.startswith(".") or any(part in LITTER for part in path.parts)
