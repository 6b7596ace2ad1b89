"""A master that stays under full scale after the ways it is sent.

A lossy encoder throws away what cannot be heard, and what it leaves can swing higher than what it was given:
on a dense master at -8 LUFS and -1 dBTP by up to 2 dB, which a player then cuts off. A lower ceiling for the
whole song would pay for a few moments with everything. Here the master is encoded, decoded and measured block
by block, and only the blocks that came out too high are turned down, by the limiter's own smooth gain. Other
samples make another encode, so it is done again until none is too high. What a block may take never rises,
and where ROUNDS are not enough the verdict says what is left.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dsp.blocks import block_edges, block_size
from dsp.codecs import Codec, decoded
from dsp.gain import Turned
from dsp.limiter import BlockPeaks, limiting
from dsp.proof import read
from dsp.report import Report, unheard
from dsp.sound import Sound
from dsp.true_peak import decibels

WAYS: Mapping[str, Codec] = {
    "MP3 320": Codec("mp3", 320),
    "MP3 128": Codec("mp3", 128),
    "AAC 256": Codec("aac", 256),
    "AAC 128": Codec("aac", 128),
    "Opus 128": Codec("opus", 128),
    "Vorbis q5": Codec("vorbis", 160),
}
"""What shops and players send: good files, and what a phone gets on a bad line."""

SAFE_DBTP = -0.4
"""No decode is above this in the end: a tenth for another version of an encoder, and the bar is -0.3."""
AIM_DBTP = -1.0
"""Where blocks are turned down to. In the first round all that are above it, so that they stay under full
scale in other encoders too; later those above SAFE_DBTP."""
ROUNDS = 12


@dataclass(frozen=True, slots=True)
class Sent:
    """How a master came back.

    peaks: true peak (dBTP) after each way; rounds: how often it was sent; held: whether every way was
    heard with the master as it is now, and none is above SAFE_DBTP.
    """

    peaks: Mapping[str, float]
    rounds: int
    held: bool


def codec_safe(
    sound: Sound, folder: Path | None, report: Report = unheard, ways: Mapping[str, Codec] = WAYS
) -> tuple[Sound, Sent]:
    """A finished master, turned down where its encodes are too high, and how the encodes of it are.

    The master itself comes back where they are not. folder: where decodes are kept on the way, as in
    dsp.sound.Kept. A round of all ways takes about a tenth of the song's length in CPU time; a quiet song
    needs one, a dense one three to six.
    """
    blocks = block_edges(sound.frames, sound.rate).size - 1
    gain = np.ones(blocks, np.float32)
    asked = np.zeros(blocks, np.float32)  # one over the most that a block may be multiplied by
    made, peaks, waiting = sound, dict[str, float](), tuple(ways)
    for round_ in range(1, ROUNDS + 1):
        least = linear(AIM_DBTP if round_ == 1 else SAFE_DBTP)
        for done, way in enumerate(waiting):
            report((round_ - 1 + done / len(waiting)) / ROUNDS, "codecs")
            heights, peaks[way] = _heard(made, ways[way], folder, least)
            over = heights > least
            asked[over] = np.maximum(asked[over], heights[over] / (gain[over] * linear(AIM_DBTP)))
        high = tuple(way for way in waiting if peaks[way] > SAFE_DBTP)
        held = not high and len(waiting) == len(ways)
        if held or round_ == ROUNDS:
            break
        if high:
            gain = limiting(asked, 1.0, sound.rate)
            made = Turned(sound, gain)
        # Who came back too high is asked first; all must be heard again before the end.
        waiting = high or tuple(ways)
    report(1.0, "codecs")
    return made, Sent(peaks, round_, held)


def linear(decibels: float) -> np.float32:
    return np.float32(10 ** (decibels / 20))


def _heard(
    sound: Sound, codec: Codec, folder: Path | None, least: np.float32
) -> tuple[NDArray[np.float32], float]:
    """True peak (linear) of each of the song's blocks after one way, exact above `least`; and that of all
    (dBTP).
    """
    blocks = block_edges(sound.frames, sound.rate).size - 1
    heard = decoded(sound, codec, folder)
    its_blocks = block_edges(heard.frames, heard.rate).size - 1
    found = BlockPeaks(heard, np.ones(its_blocks, np.float32)).above(float(least), spare=1.0)
    # Blocks of another rate begin elsewhere: one counts with every block of the song that it touches.
    length = block_size(heard.rate) * sound.rate / heard.rate / block_size(sound.rate)
    starts = np.arange(its_blocks) * length
    heights = np.zeros(blocks, np.float32)
    for edge in (starts, np.nextafter(starts + length, 0.0)):
        np.maximum.at(heights, np.minimum(edge.astype(np.int64), blocks - 1), found)
    return heights, decibels(read(heard, found).peak)
