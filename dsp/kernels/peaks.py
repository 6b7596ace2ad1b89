"""True peak by polyphase interpolation (ITU-R BS.1770-5 Annex 2), 4 and 8 times oversampled.

The interpolators are Kaiser-windowed sincs of 32 taps a phase, twice and more what the standard asks: flat
within 0.15 dB up to 20 kHz at 44.1 kHz. Phase 0 is the sample itself.

Whole chunks are left out where they cannot matter: no interpolated value exceeds the largest sample around
it times the sum of the absolute taps, nor the largest of the samples and the middles between them by more
than three tenths, so the result is exact all the same.
"""

import numpy as np
from numpy.typing import NDArray

from dsp.kernels.compiled import compiled

TAPS = 32
BEFORE = TAPS // 2 - 1
CHUNK = 512
STRIDE = 256
"""Frames that are looked at, or left out, together."""


def interpolators(factor: int) -> NDArray[np.float32]:
    """(factor - 1, TAPS) coefficients of the phases between two samples; each sums to 1."""
    time = np.arange(TAPS)[None, :] - BEFORE - np.arange(1, factor)[:, None] / factor
    window = np.i0(5.0 * np.sqrt(np.maximum(0.0, 1.0 - (time / (TAPS / 2)) ** 2)))
    taps = np.sinc(time) * window
    return np.asarray(taps / taps.sum(axis=1, keepdims=True), np.float32)


def folded(factor: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The phases up to the middle, split into the halves that meet sums and differences of mirrored samples.

    Phase p and phase factor - p are each other reversed: one is E + O, the other E - O, where E weighs the
    sums and O the differences. The larger magnitude of both is |E| + |O|, at half the work.
    """
    phases = interpolators(factor)[: factor // 2]
    mirrored = phases[:, ::-1]
    half = slice(0, TAPS // 2)
    return (phases + mirrored)[:, half] / np.float32(2), (phases - mirrored)[:, half] / np.float32(2)


EVEN_4, ODD_4 = folded(4)
EVEN_8, ODD_8 = folded(8)
REACH_4 = np.float32(np.abs(interpolators(4)).sum(axis=1).max())
REACH_8 = np.float32(np.abs(interpolators(8)).sum(axis=1).max())
BETWEEN_8 = np.float32(1.305)
"""No value between a sample and a middle exceeds this times the largest sample or middle up to NEAR frames
away: each of the six phases is a sum of them, with weights of which the magnitudes add to 1.3025 at most."""
NEAR = 24


@compiled("void(float32[::1], float32[::1])")
def interpolated_4(padded: NDArray[np.float32], peaks: NDArray[np.float32]) -> None:
    """peaks[i] = highest magnitude from sample i up to, not including, sample i + 1.

    padded: peaks.size + TAPS - 1 samples, of which the first stands BEFORE samples early.
    """
    for i in range(peaks.size):
        even = odd = middle = np.float32(0)
        for k in range(TAPS // 2):
            total = padded[i + k] + padded[i + TAPS - 1 - k]
            apart = padded[i + k] - padded[i + TAPS - 1 - k]
            even += EVEN_4[0, k] * total
            odd += ODD_4[0, k] * apart
            middle += EVEN_4[1, k] * total
        peaks[i] = max(abs(padded[i + BEFORE]), abs(even) + abs(odd), abs(middle))


@compiled("void(float32[::1], float32[::1])")
def halfway(padded: NDArray[np.float32], peaks: NDArray[np.float32]) -> None:
    """As interpolated_4, with one point between two samples."""
    for i in range(peaks.size):
        middle = np.float32(0)
        for k in range(TAPS // 2):
            middle += EVEN_8[3, k] * (padded[i + k] + padded[i + TAPS - 1 - k])
        peaks[i] = max(abs(padded[i + BEFORE]), abs(middle))


@compiled("void(float32[::1], float32[::1])")
def refined_8(padded: NDArray[np.float32], peaks: NDArray[np.float32]) -> None:
    """Raise what `halfway` found by the six points that it left out."""
    # One loop a pair of phases: of loops this short the compiler unrolls the taps and vectorises over the
    # samples.
    for i in range(peaks.size):
        even = odd = np.float32(0)
        for k in range(TAPS // 2):
            even += EVEN_8[0, k] * (padded[i + k] + padded[i + TAPS - 1 - k])
            odd += ODD_8[0, k] * (padded[i + k] - padded[i + TAPS - 1 - k])
        peaks[i] = max(peaks[i], abs(even) + abs(odd))
    for i in range(peaks.size):
        even = odd = np.float32(0)
        for k in range(TAPS // 2):
            even += EVEN_8[1, k] * (padded[i + k] + padded[i + TAPS - 1 - k])
            odd += ODD_8[1, k] * (padded[i + k] - padded[i + TAPS - 1 - k])
        peaks[i] = max(peaks[i], abs(even) + abs(odd))
    for i in range(peaks.size):
        even = odd = np.float32(0)
        for k in range(TAPS // 2):
            even += EVEN_8[2, k] * (padded[i + k] + padded[i + TAPS - 1 - k])
            odd += ODD_8[2, k] * (padded[i + k] - padded[i + TAPS - 1 - k])
        peaks[i] = max(peaks[i], abs(even) + abs(odd))


@compiled("void(float32[::1], float32[::1])")
def interpolated_8(padded: NDArray[np.float32], peaks: NDArray[np.float32]) -> None:
    """As interpolated_4, with seven points between two samples."""
    halfway(padded, peaks)
    refined_8(padded, peaks)


@compiled("float32(float32[::1], float32[::1], float32[::1], float32)")
def looked_at(
    wide: NDArray[np.float32], near: NDArray[np.float32], peaks: NDArray[np.float32], least: np.float32
) -> np.float32:
    """Interpolate 8 times where anything may exceed `least`: then -1 is returned, else a bound that is not
    above `least`, and peaks say nothing.

    wide: as padded of interpolated_4, with NEAR samples more at either end; near: room for as many more
    peaks.
    """
    halfway(wide, near)
    largest = np.float32(0)
    for i in range(near.size):
        largest = max(largest, near[i])
    if largest * BETWEEN_8 <= least:
        return largest * BETWEEN_8
    peaks[:] = near[NEAR : NEAR + peaks.size]
    refined_8(wide[NEAR : NEAR + peaks.size + TAPS - 1], peaks)
    return np.float32(-1)


@compiled("float32(float32[::1], int64, float32[::1])")
def take(channel: NDArray[np.float32], start: int, padded: NDArray[np.float32]) -> np.float32:
    """Copy the chunk at `start` with what lies around it (zeros outside the song); return its largest."""
    first = start - BEFORE
    if first >= 0 and first + padded.size <= channel.size:
        padded[:] = channel[first : first + padded.size]
    else:
        for i in range(padded.size):
            inside = 0 <= first + i < channel.size
            padded[i] = channel[first + i] if inside else np.float32(0)
    largest = np.float32(0)
    for i in range(padded.size):
        largest = max(largest, abs(padded[i]))
    return largest


@compiled("float32(float32[::1], int64, float32)")
def highest(channel: NDArray[np.float32], factor: int, known: np.float32) -> np.float32:
    """The highest true peak of one channel (linear), or `known` if nothing exceeds it. factor: 4 or 8."""
    padded = np.empty(CHUNK + TAPS - 1, np.float32)
    peaks = np.empty(CHUNK, np.float32)
    reach = REACH_4 if factor == 4 else REACH_8
    best = known
    # One sample early: before the first sample the interpolated curve may be above it already.
    for start in range(-BEFORE, channel.size + BEFORE, CHUNK):
        if take(channel, start, padded) * reach <= best:
            continue
        if factor == 4:
            interpolated_4(padded, peaks)
        else:
            interpolated_8(padded, peaks)
        for i in range(CHUNK):
            best = max(best, peaks[i])
    return best


@compiled("void(float32[::1], int64, int64, float32, float32[::1])")
def envelope(
    padded: NDArray[np.float32], first: int, block: int, floor: np.float32, peaks: NDArray[np.float32]
) -> None:
    """Raise peaks[b] to the 8 times oversampled peak around frames b*block to (b+1)*block.

    padded: samples of one channel, of which the first stands NEAR + BEFORE samples before frame `first` and
    the last NEAR + TAPS - BEFORE - 1 after the last frame that is looked at. What lies before the first
    block counts with it, and after the last with that. Exact above `floor`; where nothing can exceed `floor`
    a bound not above it stands instead.
    """
    found = np.empty(STRIDE, np.float32)
    near = np.empty(STRIDE + 2 * NEAR, np.float32)
    last = peaks.size - 1
    frames = padded.size - TAPS + 1 - 2 * NEAR
    for start in range(0, frames, STRIDE):
        size = min(STRIDE, frames - start)
        wide = padded[start : start + size + 2 * NEAR + TAPS - 1]
        bound = looked_at(wide, near[: size + 2 * NEAR], found[:size], floor)
        at = first + start
        if bound >= 0:
            for b in range(max(at, 0) // block, min((at + size - 1) // block, last) + 1):
                peaks[b] = max(peaks[b], bound)
            continue
        i = 0
        while i < size:
            b = min(max(at + i, 0) // block, last)
            end = size if b == last else min(size, (b + 1) * block - at)
            highest = peaks[b]
            for j in range(i, end):
                highest = max(highest, found[j])
            peaks[b] = highest
            i = end


@compiled("float32(float32[::1], int64, int64, float32[::1], float32)")
def highest_under(
    padded: NDArray[np.float32], first: int, block: int, bounds: NDArray[np.float32], known: np.float32
) -> np.float32:
    """The highest true peak of a piece of one channel (linear), or `known` if nothing exceeds it.

    padded, first: as for `envelope`; bounds[b]: what the curve around block b cannot exceed. Only where a
    bound exceeds what is known already is the curve looked at.
    """
    found = np.empty(STRIDE, np.float32)
    last = bounds.size - 1
    frames = padded.size - TAPS + 1 - 2 * NEAR
    best = known
    for start in range(0, frames, STRIDE):
        size = min(STRIDE, frames - start)
        at = first + start
        bound = np.float32(0)
        for b in range(min(max(at, 0) // block, last), min((max(at, 0) + size - 1) // block, last) + 1):
            bound = max(bound, bounds[b])
        if bound <= best:
            continue
        interpolated_8(padded[start + NEAR : start + NEAR + size + TAPS - 1], found[:size])
        for i in range(size):
            best = max(best, found[i])
    return best
