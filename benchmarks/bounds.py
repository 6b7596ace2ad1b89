"""How many frames a file can hold at most, told from its bytes and not by a decoder.

Uncompressed sound is checked to the last bit: what was decoded must stand in the file as it is. For the
codecs the packets are counted, wherever they lie in the file, and each is taken for as long as its format
lets one be: headers that say how long a song is have no part in it.
"""

import io
from collections.abc import Iterator
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

PACKED = 8
"""Frames that a byte of the codecs inside WAV, AIFF and W64 (ADPCM and others) can hold at most."""

OGG_PACKET = {"opus": 5760, "vorbis": 8192}
"""Longest packets: 120 ms at 48 kHz (RFC 6716, 2.1.4); the larger block of Vorbis I, 4.2.2."""

AAC_PACKET, ALAC_PACKET, MPEG_PACKET = 2048, 16384, 1152
ALAC_LEAST, AAC_LEAST = 12, 4
"""Bytes of the shortest packets, which hold silence: the heads of an element and of its channels."""

# ISO/IEC 14496-3: 1024 samples, twice that with spectral band replication; four blocks in an ADTS frame.
ADTS_BLOCKS = 4

_FLAC_SIZES = {1: 192, **{code: 576 << code - 2 for code in range(2, 6)},
               **{code: 256 << code - 8 for code in range(8, 16)}}  # fmt: skip


def invented(data: bytes, probe: dict[str, Any], decoded: NDArray[np.float32]) -> str | None:
    """What is wrong with the sound (frames, channels) that was decoded from a file; None if nothing is."""
    match probe["codec"], probe["bits"]:
        case ("pcm", 8 | 16 | 24) | ("float", 32):  # what has more bits does not survive 32-bit floats
            kind = "float" if probe["codec"] == "float" else str(probe["bits"])
            return None if _stands_in(data, decoded, kind) else "samples that are not in the file"
        case ("pcm" | "float", int(bits)):
            most = len(data) * 8 // (bits * probe["channels"])
        case _:
            most = most_frames(data, probe["container"], probe["codec"])
    return f"{len(decoded)} frames where there is room for {most}" if len(decoded) > most else None


def most_frames(data: bytes, container: str, codec: str) -> int:
    """The most frames that the packets in these bytes decode to."""
    match container, codec:
        case _, "mp3" | "mp2":
            return MPEG_PACKET * sum(1 for _ in _marks(data, 0xE0))
        case "aac", _:
            return AAC_PACKET * ADTS_BLOCKS * sum(1 for _ in _marks(data, 0xF0))
        case "flac", _:
            return sum(_flac_blocks(data))
        case "ogg" | "opus", _:
            return OGG_PACKET.get(codec, 1 << 16) * _ogg_packets(data)
        case "caf", "alac":
            return ALAC_PACKET * (len(data) // ALAC_LEAST)
        case "m4a", "alac":
            return ALAC_PACKET * (_packet_bytes(data) // ALAC_LEAST)
        case "m4a", "aac":
            return AAC_PACKET * (_packet_bytes(data) // AAC_LEAST)
    return PACKED * len(data)


def _stands_in(data: bytes, decoded: NDArray[np.float32], kind: str) -> bool:
    samples = decoded.ravel()
    if kind == "float":
        return any(samples.astype(order).tobytes() in data for order in ("<f4", ">f4"))
    bits = int(kind)
    words = np.round(samples * 2.0 ** (bits - 1)).astype(np.int32)
    return any(_bytes(words, bits, big) in data for big in (False, True))


def _bytes(words: NDArray[np.int32], bits: int, big: bool) -> bytes:
    order = ">" if big else "<"
    if bits == 8:  # AIFF counts from the middle, WAV from the bottom
        return (words if big else words + 128).astype(np.uint8).tobytes()
    if bits == 24:
        wide = words.astype(f"{order}i4").view(np.uint8).reshape(-1, 4)
        return (wide[:, 1:] if big else wide[:, :3]).tobytes()
    return words.astype(f"{order}i2").tobytes()


def _marks(data: bytes, mask: int) -> Iterator[int]:
    """Where an MPEG frame may begin: eleven or twelve bits that are set."""
    at = data.find(0xFF)
    while 0 <= at < len(data) - 1:
        if data[at + 1] & mask == mask:
            yield at
        at = data.find(0xFF, at + 1)


def _flac_blocks(data: bytes) -> Iterator[int]:
    """Lengths of the blocks whose headers have a true checksum (RFC 9639, 9.1), anywhere in the file."""
    for at in _marks(data, 0xF8):
        head = data[at : at + 16]
        if len(head) < 6 or head[1] & 0xFE != 0xF8:
            continue
        size, rate = head[2] >> 4, head[2] & 15
        number = 1 if head[4] < 0x80 else 8 - (head[4] ^ 0xFF).bit_length()
        after = 4 + number
        extra = {6: 1, 7: 2}.get(size, 0)
        end = after + extra + {12: 1, 13: 2, 14: 2}.get(rate, 0)
        if len(head) > end and _sum_8(head[:end]) == head[end]:
            yield (
                int.from_bytes(head[after : after + extra], "big") + 1 if extra else _FLAC_SIZES.get(size, 0)
            )


def _sum_8(head: bytes) -> int:
    register = 0
    for byte in head:
        register ^= byte
        for _ in range(8):
            register = (register << 1 ^ 0x07 if register & 0x80 else register << 1) & 0xFF
    return register


def _ogg_packets(data: bytes) -> int:
    """Ends of packets in the lacing of all pages (RFC 3533, 6), and one that each may leave open."""
    packets, at = 0, data.find(b"OggS")
    while at >= 0:
        table = data[at + 27 : at + 27 + data[at + 26]] if at + 26 < len(data) else b""
        packets += 1 + sum(value < 255 for value in table)
        at = data.find(b"OggS", at + 1)
    return packets


def _packet_bytes(data: bytes) -> int:
    """Bytes of sound in all packets, as a demuxer finds them: an index may point at some of them twice."""
    total = 0
    try:
        with av.open(io.BytesIO(data), "r", metadata_errors="replace") as box:
            for packet in box.demux(audio=0):
                total += packet.size
    except (av.FFmpegError, ValueError, IndexError):
        pass
    return total
