"""Gain curves: one value a block of frames, computed by compressor and limiter, applied once to the audio."""

import numpy as np
from numpy.typing import NDArray

from dsp.kernels.compiled import compiled

LANES = 16
"""Frames of a block at the common rates, and a part of one at the higher ones."""


@compiled("void(float32[::1], float64, float64, float64, float64, float64, float64, float64, float32[::1])")
def compressor_gain(
    energy: NDArray[np.float32],
    threshold: float,
    slope: float,
    knee: float,
    window: float,
    attack: float,
    release: float,
    most: float,
    gain: NDArray[np.float32],
) -> None:
    """Feed-forward compression of block energies (mean squares) with a soft knee, smoothed in the log domain.

    threshold and most (the deepest reduction) in log2 of energy, knee likewise, as full width; slope is
    1 - 1/ratio; window, attack and release are the shares of the way gone in one block by the level and by
    the reduction. gain: linear amplitude, at most 1.
    """
    level = 0.0
    reduction = 0.0
    for b in range(energy.size):
        level += (energy[b] - level) * window
        over = np.log2(level + 1e-20) - threshold
        if over <= -knee / 2:
            wanted = 0.0
        elif over < knee / 2:
            wanted = slope * (over + knee / 2) ** 2 / (2 * knee)
        else:
            wanted = slope * over
        wanted = min(wanted, most)
        reduction += (wanted - reduction) * (attack if wanted > reduction else release)
        gain[b] = np.exp2(-0.5 * reduction)


@compiled("void(float32[::1], int64, int64, float32[::1])")
def held_least(wanted: NDArray[np.float32], before: int, after: int, held: NDArray[np.float32]) -> None:
    """held[b] = least of wanted[b - before] .. wanted[b + after], over what exists. Monotone queue: two
    steps a block.
    """
    size = wanted.size
    queue = np.empty(before + after + 2, np.int64)
    capacity = queue.size
    head = 0
    count = 0
    for b in range(size + after):
        if b < size:
            while count > 0 and wanted[queue[(head + count - 1) % capacity]] >= wanted[b]:
                count -= 1
            queue[(head + count) % capacity] = b
            count += 1
        at = b - after
        if at >= 0:
            while queue[head] < at - before:
                head = (head + 1) % capacity
                count -= 1
            held[at] = wanted[queue[head]]


@compiled("void(float32[::1], float64, float64, float64)")
def released(gain: NDArray[np.float32], fast: float, slow: float, build: float) -> None:
    """Let a held gain come back in two times, in place: quickly after a lone peak, slowly where peaks
    follow each other.

    fast and slow: share of the way back in one block; build: share of the way in one block by which the slow
    reduction grows into the held one. The gain is never above the held one.
    """
    quick = 0.0
    steady = 0.0
    for b in range(gain.size):
        wanted = 1.0 - gain[b]
        quick = wanted if wanted > quick else quick + (wanted - quick) * fast
        steady += (wanted - steady) * (build if wanted > steady else slow)
        gain[b] = 1.0 - max(quick, steady)


@compiled("void(float32[::1], int64, float32[::1])")
def averaged(gain: NDArray[np.float32], width: int, mean: NDArray[np.float32]) -> None:
    """mean[b] = mean of gain[b - width//2 : b - width//2 + width]; the ends are carried on."""
    size = gain.size
    total = 0.0
    lead = width // 2
    for b in range(-lead, width - lead):
        total += gain[min(max(b, 0), size - 1)]
    for b in range(size):
        mean[b] = total / width
        total += gain[min(b - lead + width, size - 1)] - gain[max(b - lead, 0)]


@compiled("void(float32[:, ::1], float32[::1], int64, int64, float32[:, ::1])")
def apply_gain(
    audio: NDArray[np.float32], gain: NDArray[np.float32], block: int, first: int, out: NDArray[np.float32]
) -> None:
    """out = audio times the gain curve, straight from the middle of each block to the middle of the next.

    gain: of all blocks of the song; block: frames of a block, even; first: the frame of the song that audio
    begins with; out may be the audio itself.
    """
    frames = audio.shape[1]
    last = gain.size - 1
    half = block // 2
    step = np.float32(1.0 / block)
    before = (first - half) // block
    for channel in range(audio.shape[0]):
        source, target = audio[channel], out[channel]
        for b in range(before, (first + frames - half) // block + 1):
            here, there = gain[min(max(b, 0), last)], gain[min(max(b + 1, 0), last)]
            slope = (there - here) * step
            start = b * block + half - first
            base = here + slope * np.float32(0.5)
            if start >= 0 and start + block <= frames and block % LANES == 0:
                # A loop of known length becomes a few instructions.
                for lane in range(0, block, LANES):
                    at = start + lane
                    for i in range(LANES):
                        target[at + i] = source[at + i] * (base + slope * np.float32(lane + i))
            else:
                for i in range(max(start, 0), min(start + block, frames)):
                    target[i] = source[i] * (base + slope * np.float32(i - start))


@compiled("void(float32[::1], float32[::1], int64, int64, float64, float64[::1])")
def hop_energy(
    energy: NDArray[np.float32],
    gain: NDArray[np.float32],
    block: int,
    frames: int,
    hop: float,
    hops: NDArray[np.float64],
) -> None:
    """hops[h] = energy of frames h*hop to (h+1)*hop under a gain per block, spread evenly within a block.

    energy: of each block of frames, the last of which may be shorter; hop: frames, at least one block.
    """
    hops[:] = 0.0
    h = 0
    for b in range(energy.size):
        start, end = b * block, min((b + 1) * block, frames)
        while start >= (h + 1) * hop:
            h += 1
        if h >= hops.size:
            break
        here = np.float64(energy[b]) * gain[b] * gain[b]
        over = max(0.0, (end - (h + 1) * hop) / (end - start))
        hops[h] += here * (1.0 - over)
        if over > 0 and h + 1 < hops.size:
            hops[h + 1] += here * over


@compiled("void(float32[::1], float32[::1], int64, float32, float32[::1])")
def bounded(
    peaks: NDArray[np.float32],
    gain: NDArray[np.float32],
    reach: int,
    most: np.float32,
    bounds: NDArray[np.float32],
) -> None:
    """bounds[b] = peaks[b] under the highest gain of b - reach .. b + reach, and what those gains differ by
    times `most` times the highest peak there.
    """
    size = peaks.size
    for b in range(size):
        high, low, peak = gain[b], gain[b], peaks[b]
        for other in range(max(b - reach, 0), min(b + reach + 1, size)):
            high = max(high, gain[other])
            low = min(low, gain[other])
            peak = max(peak, peaks[other])
        bounds[b] = high * peaks[b] + most * (high - low) * peak
