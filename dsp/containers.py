"""Which container a file is in, told from its first bytes and never from its name."""

import stat
from pathlib import Path
from typing import IO

HEAD = 4096
MOST_TAGS = 8
"""ID3 tags in front of the sound; some programs put theirs before one that is there already."""

W64 = bytes.fromhex("726966662e91cf11a5d628db04c10000")  # "riff" as a GUID

# ISO/IEC 11172-3, 2.4.2.3: bit rates in kbit/s of layer II and III, MPEG-1 and MPEG-2, and sample rates of
# MPEG-1.
RATES_1 = {2: (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
           3: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)}  # fmt: skip
RATES_2 = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
SAMPLE_RATES = (44100, 48000, 32000)


def sniff(path: Path) -> str | None:
    """wav, w64, aiff, caf, flac, ogg, opus, mp3, aac or m4a; None when the file is none of these.

    RF64 and BW64 are wav; MP4 of any brand is m4a. Raises OSError when the file cannot be read.
    """
    mode = path.stat().st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        return None  # opening a pipe would wait for whoever writes into it
    with path.open("rb") as file:
        return sniffed(file)


def sniffed(file: IO[bytes]) -> str | None:
    """`sniff` of a file that is open and can be sought."""
    head = file.read(HEAD)
    if head[:4] in (b"RIFF", b"RF64", b"BW64") and head[8:12] == b"WAVE":
        return "wav"
    if head[:16] == W64:
        return "w64"
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return "aiff"
    if head[:4] == b"caff":
        return "caf"
    if head[4:8] == b"ftyp":
        return "m4a"
    if head[:4] == b"fLaC":
        return "flac"
    if head[:4] == b"OggS":
        return "opus" if b"OpusHead" in head[:128] else "ogg"
    start = 0
    for _ in range(MOST_TAGS):
        if head[:3] != b"ID3" or len(head) < 10:
            break
        # ID3v2.4, 3.1: the size is four bytes of seven bits, without the ten of the header.
        size = sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))
        start += 10 + size
        file.seek(start)
        head = file.read(HEAD)
    if start and head[:4] == b"fLaC":
        return "flac"
    return _mpeg(head.lstrip(b"\0"))


def _mpeg(head: bytes) -> str | None:
    """mp3 or aac when two frames follow each other where the first one says, or one frame fills the file."""
    for step, name in ((_mp3_frame, "mp3"), (_adts_frame, "aac")):
        size = step(head)
        if size and (size >= len(head) or step(head[size:])):
            return name
    return None


def _mp3_frame(head: bytes) -> int:
    """Length in bytes of the MPEG audio frame (layer II or III) that begins here, 0 if none does."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return 0
    version, layer = (head[1] >> 3) & 3, 4 - ((head[1] >> 1) & 3)
    bit_rate, sample_rate, padding = head[2] >> 4, (head[2] >> 2) & 3, (head[2] >> 1) & 1
    if version == 1 or layer not in (2, 3) or bit_rate in (0, 15) or sample_rate == 3:
        return 0
    first = version == 3
    kilobits = (RATES_1[layer] if first else RATES_2)[bit_rate - 1]
    rate = SAMPLE_RATES[sample_rate] // {3: 1, 2: 2, 0: 4}[version]
    samples = 1152 if first or layer == 2 else 576
    return samples // 8 * kilobits * 1000 // rate + padding


def _adts_frame(head: bytes) -> int:
    """Length in bytes of the ADTS frame (ISO/IEC 13818-7, 6.2) that begins here, 0 if none does."""
    if len(head) < 7 or head[0] != 0xFF or head[1] & 0xF6 != 0xF0 or (head[2] >> 2) & 15 > 12:
        return 0
    return (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
