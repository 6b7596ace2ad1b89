"""Meters that are not the engine's: what it says of its masters is read again by others."""

import math
import shutil
import subprocess
from dataclasses import dataclass

import numpy as np
import soxr
from numpy.typing import NDArray

from benchmarks.sound import engine

Audio = NDArray[np.float32]
OVERSAMPLING = 16
PIECE_SECONDS = 20.0
OVERLAP_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Peaks:
    """True peaks of one piece by three meters, dBTP; ffmpeg None where it is not installed."""

    own: float
    soxr: float
    ffmpeg: float | None

    @property
    def told(self) -> str:
        ffmpeg = "" if self.ffmpeg is None else f", ffmpeg {self.ffmpeg:.2f}"
        return f"own {self.own:.2f}, soxr {self.soxr:.2f}{ffmpeg}"

    @property
    def highest(self) -> float:
        return max(self.own, self.soxr, -math.inf if self.ffmpeg is None else self.ffmpeg)


def integrated(audio: Audio, rate: int) -> float:
    """Integrated loudness (BS.1770-5) computed otherwise than the engine does it, LUFS.

    The weighting is multiplied into one spectrum of all of it, so there is no filter that could be wrong in
    the same way.
    """
    frames = audio.shape[1]
    size = _smooth(frames + rate)
    calibrated = np.array([997.0])
    level = np.abs(_k_response(calibrated, 48_000)) / np.abs(_k_response(calibrated, rate))
    response = level * _k_response(np.fft.rfftfreq(size, 1 / rate), rate)
    hop = rate / 10
    edges = np.round(np.arange(int(frames / hop) + 1) * hop).astype(np.int64)
    power = np.zeros(edges.size - 1)
    for channel in audio:
        weighted = np.fft.irfft(np.fft.rfft(channel.astype(np.float64), size) * response, size)[:frames]
        total = np.concatenate(([0.0], np.cumsum(np.square(weighted))))
        power += np.diff(total[edges])
    blocks = np.convolve(power, np.ones(4), "valid") / (4 * hop)
    with np.errstate(divide="ignore"):
        level = -0.691 + 10 * np.log10(blocks)
        audible = blocks[level > -70]
        if not audible.size:
            return -math.inf
        gate = -0.691 + 10 * np.log10(audible.mean()) - 10
    return float(-0.691 + 10 * np.log10(blocks[(level > -70) & (level > gate)].mean()))


def peaks(audio: Audio, rate: int) -> Peaks:
    """The true peak by the engine's own meter, soxr sixteen times oversampled, and ffmpeg's ebur128."""
    heard = ffmpeg(audio, rate)
    return Peaks(engine.peak(audio), soxr_peak(audio, rate), heard[1] if heard else None)


def soxr_peak(audio: Audio, rate: int) -> float:
    """Sixteen times oversampled by soxr's very high quality, dBTP.

    Its filter begins to fall at nine tenths of the band, as those of converters do: a peak made of what lies
    beyond comes out higher or lower.
    """
    highest = 0.0
    lap, step = round(OVERLAP_SECONDS * rate), round(PIECE_SECONDS * rate)
    for channel in audio:
        padded = np.pad(channel, 2 * lap)
        for start in range(0, channel.size + 2 * lap, step):
            piece = padded[start : start + step + 2 * lap]
            # The rates are told as the ratio they are: 192 kHz times 16 is beyond what soxr is meant for.
            fine = soxr.resample(piece, 1.0, float(OVERSAMPLING), quality="VHQ")
            # Where a piece is cut off it swings over: the laps are there for that.
            inner = fine[lap * OVERSAMPLING : fine.size - lap * OVERSAMPLING]
            highest = max(highest, float(np.abs(inner).max(initial=0.0)))
    return 20 * math.log10(highest) if highest > 0 else -math.inf


def ffmpeg(audio: Audio, rate: int) -> tuple[float, float] | None:
    """Integrated loudness (LUFS) and true peak (dBTP) by ffmpeg's ebur128; None where it is not installed.

    The peak has three digits behind the point as a magnitude, so it is within 0.005 dB near full scale.
    """
    program = shutil.which("ffmpeg")
    if program is None:
        return None
    channels = audio.shape[0]
    # A filter's figures come with whole tenths of a second: half a second of silence brings the last of them.
    raw = np.pad(audio, ((0, 0), (0, rate // 2))).T.astype("<f4").tobytes()
    asked = "ebur128=peak=true:metadata=1,ametadata=print:file=-"
    said = subprocess.run(
        [
            program,
            "-v",
            "error",
            "-f",
            "f32le",
            "-ar",
            str(rate),
            "-ac",
            str(channels),
            "-i",
            "pipe:0",
            "-af",
            asked,
            "-f",
            "null",
            "-",
        ],
        input=raw,
        capture_output=True,
        check=True,
    ).stdout.decode()
    last = dict(line.split("=", 1) for line in said.splitlines() if line.startswith("lavfi.r128."))
    top = max(float(last[f"lavfi.r128.true_peaks_ch{n}"]) for n in range(channels))
    return float(last["lavfi.r128.I"]), 20 * math.log10(top) if top > 0 else -math.inf


def _k_response(hertz: NDArray[np.floating], rate: int) -> NDArray[np.complex128]:
    """Shelf and high-pass of Annex 1 as analogue filters, their frequencies warped as by the bilinear
    transform, each about its own corner.
    """
    turn = np.tan(np.pi * np.minimum(hertz, 0.49999 * rate) / rate)
    s = 1j * turn / math.tan(math.pi * 1681.974450955533 / rate)
    high, q = 10 ** (3.999843853973347 / 20), 0.7071752369554196
    shelf = (high * s * s + high**0.4996667741545416 / q * s + 1) / (s * s + s / q + 1)
    s = 1j * turn / math.tan(math.pi * 38.13547087602444 / rate)
    q = 0.5003270373238773
    # The standard's high-pass is 1 -2 1 above: it is not brought to 0 dB at the top.
    k = math.tan(math.pi * 38.13547087602444 / rate)
    return np.asarray(shelf * (1 + k / q + k * k) * s * s / (s * s + s / q + 1))


def _smooth(least: int) -> int:
    """The smallest even number from `least` on with no prime factor above 5: an FFT of it is quick."""
    best = 1 << (least - 1).bit_length()
    for fives in range(9):
        for threes in range(9):
            odd = 5**fives * 3**threes
            best = min(best, odd << max(1, (-(-least // odd) - 1).bit_length()))
    return best
