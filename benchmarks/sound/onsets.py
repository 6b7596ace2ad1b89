"""How much of its hits a song loses: crest at the strongest onsets, before and after.

The crest is the peak within 30 ms of an onset against the RMS of 250 ms from it on, so a turn of the level
changes nothing. Onsets are those of the song as it came.
"""

import numpy as np
from numpy.typing import NDArray

from benchmarks.sound import engine, meters
from benchmarks.sound.rows import Bar, Row
from benchmarks.sound.run import LOUD, Run

Audio = NDArray[np.float32]
COUNT = 300
HOP_SECONDS = 0.005
APART_SECONDS = 0.1
PEAK_SECONDS = 0.030
RMS_SECONDS = 0.250


def onsets(audio: Audio, rate: int, count: int = COUNT) -> NDArray[np.int64]:
    """Frames of the strongest onsets, in order of time: where the level rises most within 20 ms."""
    hop = round(HOP_SECONDS * rate)
    blocks = audio.shape[1] // hop
    power = np.square(audio[:, : blocks * hop], dtype=np.float64).reshape(audio.shape[0], blocks, hop)
    level = np.sqrt(np.convolve(power.mean(axis=(0, 2)), np.ones(4) / 4, "full")[3:])
    rise = level[4:] - level[:-4]
    apart = round(APART_SECONDS / HOP_SECONDS)
    chosen: list[int] = []
    free = np.ones(rise.size, bool)
    for at in np.argsort(-rise, kind="stable"):
        if len(chosen) == count or rise[at] <= 0:
            break
        if free[at]:
            chosen.append(int(at))
            free[max(0, at - apart) : at + apart + 1] = False
    return np.sort((np.array(chosen, np.int64) + 4) * hop)


def crests(audio: Audio, rate: int, at: NDArray[np.int64]) -> NDArray[np.float64]:
    """Crest (dB) at each onset."""
    short, long = round(PEAK_SECONDS * rate), round(RMS_SECONDS * rate)
    values = []
    for start in at:
        around = audio[:, start : start + long].astype(np.float64)
        top = float(np.abs(around[:, :short]).max())
        values.append(10 * np.log10((top**2 + 1e-20) / (np.square(around).mean() + 1e-20)))
    return np.array(values)


def crest_loss(before: Audio, after: Audio, rate: int) -> tuple[float, float]:
    """Median and 90th percentile of what the onsets lose, dB."""
    at = onsets(before, rate)
    at = at[at + round(RMS_SECONDS * rate) <= before.shape[1]]
    lost = crests(before, rate, at) - crests(after, rate, at)
    return float(np.median(lost)), float(np.percentile(lost, 90))


def rows(run: Run) -> list[Row]:
    """What the dense piece loses at -9 LUFS, and what others take from it."""
    before, rate = run.dense.audio, run.dense.rate
    made = run.loud
    loss = {name: crest_loss(before, piece.audio, rate) for name, piece in made.items()}
    own = made[engine.NAME]
    error = abs(meters.integrated(own.audio, rate) - LOUD)
    peers = "; ".join(
        f"{name} {median:.2f}, {tenth:.2f}, at {meters.integrated(made[name].audio, rate):.1f} LUFS"
        f" and {meters.soxr_peak(made[name].audio, rate):+.1f} dBTP"
        for name, (median, tenth) in loss.items()
        if name != engine.NAME
    )
    median, tenth = loss[engine.NAME]
    peak = meters.soxr_peak(own.audio, rate)
    remark = f"90 % under {tenth:.2f} dB; LUFS off by {error:.2f}, {peak:+.2f} dBTP; {run.dense.name}"
    return [
        Row("crest lost at onsets, dense, -9 LUFS, median", median, Bar(0.8, 0.4, unit=" dB"), remark, peers)
    ]
