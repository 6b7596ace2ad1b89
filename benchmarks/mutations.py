"""Ways to spoil a sound file: with knowledge of its structure, or blindly."""

import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from benchmarks.seeds import Seed

MOST_BYTES = 1 << 20
"""A mutant grows no further: it is the lie that is wanted, not the bulk."""


@dataclass(frozen=True, slots=True)
class Field:
    """A number in a header: where, how many bytes, and in which order."""

    at: int
    size: int
    big: bool = True


def mutated(seed: Seed, others: Sequence[Seed], random: Random) -> bytes:
    """One to four mutations of a good file, one after the other."""
    data = bytearray(seed.data)
    for _ in range(random.choice((1, 1, 1, 2, 2, 3, 4))):
        if len(data) < 16:
            break
        data = bytearray(random.choice(MUTATIONS)(data, seed.container, others, random)[:MOST_BYTES])
    if data[:4] == b"OggS" and random.random() < 0.7:
        _mend_ogg(data)
    return bytes(data)


def fields(data: bytes | bytearray, container: str) -> list[Field]:
    """The numbers, names and sizes in the headers of a file, as far as its structure can be followed."""
    return list(_FIELDS[container](data))


def _interesting(size: int, old: int, random: Random) -> int:
    top = 1 << 8 * size
    values = (
        0, 1, 2, 3, 16, 255, 1000, top - 1, top - 2, top >> 1, (top >> 1) - 1, old + 1, old - 1, old * 2,
        old // 2, old + random.randrange(-64, 65), old ^ 1 << random.randrange(8 * size),
        random.randrange(top),
    )  # fmt: skip
    return random.choice(values) % top


def _set_field(data: bytearray, container: str, others: Sequence[Seed], random: Random) -> bytearray:
    found = fields(data, container)
    if not found:
        return _flip(data, container, others, random)
    field = random.choice(found)
    order: Literal["big", "little"] = "big" if field.big else "little"
    end = field.at + field.size
    old = int.from_bytes(data[field.at : end], order)
    data[field.at : end] = _interesting(field.size, old, random).to_bytes(field.size, order)
    return data


def _flip(data: bytearray, container: str, others: Sequence[Seed], random: Random) -> bytearray:
    for _ in range(random.choice((1, 1, 2, 8, 64))):
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)
    return data


def _flip_in_front(data: bytearray, container: str, others: Sequence[Seed], random: Random) -> bytearray:
    for _ in range(random.choice((1, 2, 4))):
        data[random.randrange(min(len(data), 256))] = random.randrange(256)
    return data


def _truncate(data: bytearray, _: str, others: Sequence[Seed], random: Random) -> bytearray:
    return data[: random.randrange(1, len(data))]


def _cut_out(data: bytearray, _: str, others: Sequence[Seed], random: Random) -> bytearray:
    start, end = _span(data, random)
    return data[:start] + data[end:]


def _repeat(data: bytearray, _: str, others: Sequence[Seed], random: Random) -> bytearray:
    start, end = _span(data, random)
    return data[:end] + data[start:end] * random.choice((1, 1, 2, 16)) + data[end:]


def _swap(data: bytearray, _: str, others: Sequence[Seed], random: Random) -> bytearray:
    start, end = _span(data, random)
    middle = random.randrange(start, end)
    return data[:start] + data[middle:end] + data[start:middle] + data[end:]


def _blank(data: bytearray, _: str, others: Sequence[Seed], random: Random) -> bytearray:
    start, end = _span(data, random)
    data[start:end] = random.choice((b"\0", b"\xff", b"\x7f", b"\x80")) * (end - start)
    return data


def _junk_behind(data: bytearray, _: str, others: Sequence[Seed], random: Random) -> bytearray:
    return data + random.randbytes(random.choice((1, 7, 512, 20000)))


def _junk_inside(data: bytearray, _: str, others: Sequence[Seed], random: Random) -> bytearray:
    at = random.randrange(len(data))
    return data[:at] + random.randbytes(random.choice((1, 2, 4, 100, 5000))) + data[at:]


def _splice(data: bytearray, _: str, others: Sequence[Seed], random: Random) -> bytearray:
    """The front of one file, and the back of another."""
    other = random.choice(others).data
    return data[: random.randrange(1, len(data))] + other[random.randrange(len(other)) :]


def _two_in_one(data: bytearray, _: str, others: Sequence[Seed], random: Random) -> bytearray:
    other = random.choice(others).data
    at = random.choice((len(data), random.randrange(len(data))))
    return data[:at] + other + data[at:]


def _tag_in_front(data: bytearray, _: str, others: Sequence[Seed], random: Random) -> bytearray:
    """An ID3 tag that says how long it is, and may lie; a frame in it that says so too."""
    size = random.choice((0, 20, 2000, 70000))
    told = random.choice((size, size, 0, size * 2, (1 << 28) - 1))
    seven = bytes(told >> shift & 0x7F for shift in (21, 14, 7, 0))
    name = random.choice((b"APIC", b"TIT2", b"GEOB", b"CHAP", b"CTOC", b"PRIV", b"\0\0\0\0"))
    frame = name + struct.pack(">IH", random.choice((size, 0, 0xFFFFFFFF)), random.randrange(1 << 16))
    body = (frame + random.randbytes(size))[:size]
    return (
        bytearray(
            b"ID3" + bytes((random.choice((2, 3, 4)), 0, random.choice((0, 0x40, 0x80)))) + seven + body
        )
        + data
    )


def _chunk_inside(data: bytearray, container: str, others: Sequence[Seed], random: Random) -> bytearray:
    """A chunk or box that nobody asked for, or thousands of them, of a size that may be a lie."""
    name = random.choice(
        (b"LIST", b"junk", b"fmt ", b"data", b"fact", b"moov", b"trak", b"udta", b"COMM", b"SSND")
    )
    size = random.choice((0, 4, 7, 1000))
    told = random.choice((size, size, 0xFFFFFFFF, 0x7FFFFFFF, 0))
    order = "<I" if container == "wav" else ">I"
    head = struct.pack(order, told) + name if container == "m4a" else name + struct.pack(order, told)
    at = random.choice((12, 36, 8, random.randrange(len(data))))
    return data[:at] + (head + bytes(size)) * random.choice((1, 1, 3, 2000)) + data[at:]


def _span(data: bytearray, random: Random) -> tuple[int, int]:
    start = random.randrange(len(data))
    return start, min(len(data), start + random.choice((1, 2, 4, 16, 300, 4000)))


Mutation = Callable[[bytearray, str, Sequence[Seed], Random], bytearray]

MUTATIONS: tuple[Mutation, ...] = (
    _set_field, _set_field, _set_field, _set_field, _set_field, _set_field, _flip, _flip_in_front, _truncate,
    _cut_out, _repeat, _swap, _blank, _junk_behind, _junk_inside, _splice, _two_in_one, _tag_in_front,
    _chunk_inside,
)  # fmt: skip


def _iff(data: bytes | bytearray, *, big: bool, at: int = 12, wide: bool = False) -> Iterator[Field]:
    """Names, sizes and the first numbers of chunks: RIFF, AIFF, CAF (`wide` sizes), W64."""
    width = 8 if wide else 4
    if at == 12:
        yield from (Field(0, 4), Field(4, 4, big), Field(8, 4))
    while at + 4 + width <= len(data):
        size = int.from_bytes(data[at + 4 : at + 4 + width], "big" if big else "little")
        yield Field(at, 4)
        yield Field(at + 4, width, big)
        inside = at + 4 + width
        for number in range(inside, min(inside + min(size, 48), len(data) - 4), 2):
            yield Field(number, 2, big)
            yield Field(number, 4, big)
        at = inside + size + (0 if wide else size % 2)


def _w64(data: bytes | bytearray) -> Iterator[Field]:
    at = 40
    yield Field(16, 8, big=False)
    while at + 24 <= len(data):
        size = max(24, int.from_bytes(data[at + 16 : at + 24], "little"))
        yield Field(at, 4)
        yield Field(at + 16, 8, big=False)
        for number in range(at + 24, min(at + min(size, 48), len(data) - 4), 2):
            yield Field(number, 2, big=False)
            yield Field(number, 4, big=False)
        at += size + -size % 8


def _flac(data: bytes | bytearray) -> Iterator[Field]:
    at, last = 4, False
    while not last and at + 4 <= len(data):
        last = bool(data[at] & 0x80)
        size = int.from_bytes(data[at + 1 : at + 4], "big")
        yield Field(at, 1)
        yield Field(at + 1, 3)
        for number in range(at + 4, min(at + 4 + min(size, 40), len(data) - 4)):
            yield Field(number, 1)
            yield Field(number, 4)
        at += 4 + size
    yield from _after(data, b"\xff\xf8", range(2, 8))


def _ogg(data: bytes | bytearray) -> Iterator[Field]:
    for at in _found(data, b"OggS"):
        yield from (
            Field(at + 4, 1),
            Field(at + 5, 1),
            Field(at + 6, 8, big=False),
            Field(at + 14, 4, big=False),
            Field(at + 18, 4, big=False),
            Field(at + 26, 1),
        )
        for number in range(27, min(27 + 60, len(data) - at - 4)):
            yield Field(at + number, 1)


def _mpeg(data: bytes | bytearray) -> Iterator[Field]:
    if data[:3] == b"ID3":
        yield from (Field(at, 1) for at in range(3, 30))
        yield Field(6, 4)
    for name in (b"Xing", b"Info", b"LAME"):
        for at in _found(data, name):
            yield from (Field(at + number, 4) for number in range(0, 28, 4))
    yield from _after(data, b"\xff\xfb", range(1, 8))
    yield from _after(data, b"\xff\xf1", range(1, 8))


def _mp4(data: bytes | bytearray, start: int = 0, end: int | None = None) -> Iterator[Field]:
    at, end = start, len(data) if end is None else end
    while at + 8 <= end:
        size, name = int.from_bytes(data[at : at + 4], "big"), bytes(data[at + 4 : at + 8])
        yield Field(at, 4)
        yield Field(at + 4, 4)
        stop = min(at + max(size, 8), end)
        if name in (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"moof", b"traf", b"udta", b"dinf", b"edts"):
            yield from _mp4(data, at + 8, stop)
        elif name not in (b"mdat", b"free"):
            for number in range(at + 8, min(stop, at + 200) - 4, 2):
                yield Field(number, 4)
                yield Field(number, 1)
        at = stop


def _after(data: bytes | bytearray, mark: bytes, offsets: range) -> Iterator[Field]:
    for at in _found(data, mark):
        yield from (Field(at + offset, 1) for offset in offsets if at + offset < len(data))


def _found(data: bytes | bytearray, mark: bytes) -> Iterator[int]:
    at = data.find(mark)
    while 0 <= at < len(data) - 32:
        yield at
        at = data.find(mark, at + 1)


_FIELDS: dict[str, Callable[[bytes | bytearray], Iterator[Field]]] = {
    "wav": lambda data: _iff(data, big=False),
    "aiff": lambda data: _iff(data, big=True),
    "caf": lambda data: _iff(data, big=True, at=8, wide=True),
    "w64": _w64,
    "flac": _flac,
    "ogg": _ogg,
    "opus": _ogg,
    "mp3": _mpeg,
    "aac": _mpeg,
    "m4a": _mp4,
}


def _mend_ogg(data: bytearray) -> None:
    """Make the checksums of pages true again, so that a lie gets past them (RFC 3533, 6)."""
    for at in list(_found(data, b"OggS")):
        table = data[at + 27 : at + 27 + data[at + 26]]
        page = data[at : at + 27 + len(table) + sum(table)]
        page[22:26] = bytes(4)
        data[at + 22 : at + 26] = _ogg_sum(page).to_bytes(4, "little")


def _ogg_sum(page: bytearray) -> int:
    register = 0
    for byte in page:
        register = (register << 8 & 0xFFFFFFFF) ^ _OGG_TABLE[register >> 24 ^ byte]
    return register


def _ogg_entry(index: int) -> int:
    register = index << 24
    for _ in range(8):
        register = (register << 1 ^ 0x04C11DB7 if register >> 31 else register << 1) & 0xFFFFFFFF
    return register


_OGG_TABLE = tuple(map(_ogg_entry, range(256)))
