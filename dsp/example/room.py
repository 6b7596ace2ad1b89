"""The space around the band: a hall, an echo, and the convolution that both equaliser and hall need."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.float32]

_BLOCK = 1 << 17


def convolved(sound: Sound, response: Sound) -> Sound:
    """Each channel of `sound` through the same channel of `response`; as long as `sound` (overlap-add)."""
    frames, taps = sound.shape[1], response.shape[1]
    size = 1 << (_BLOCK + taps - 1).bit_length()
    step = size - taps + 1
    shape = np.fft.rfft(response, size)
    out = np.zeros((sound.shape[0], frames + size), np.float32)
    for first in range(0, frames, step):
        block = np.fft.rfft(sound[:, first : first + step], size)
        out[:, first : first + size] += np.fft.irfft(block * shape, size)
    return out[:, :frames]


def hall(rate: int, random: np.random.Generator) -> Sound:
    """The answer of a room of 1.5 s: noise that dies away, the treble sooner than the bass; (2, frames)."""
    time = np.arange(int(1.7 * rate)) / rate
    bright = random.standard_normal((2, len(time)))
    low = np.cumsum(bright, axis=1)
    window = max(1, rate // 2500)
    dark = (low[:, window:] - low[:, :-window]) / window**0.5
    dark = np.pad(dark, ((0, 0), (window, 0)))
    tail = 0.5 * bright * np.exp(-time / 0.11) + dark * np.exp(-time / 0.24)
    tail *= np.minimum(time / 0.012, 1)
    before = np.zeros((2, int(0.022 * rate)))
    answer = np.concatenate((before, tail), axis=1)
    answer /= np.sqrt((answer**2).sum(axis=1, keepdims=True))
    return answer.astype(np.float32)


def echo(sound: Sound, frames: int, repeats: int, loss: float) -> Sound:
    """Repeats every `frames` frames, from side to side, each `loss` times the one before."""
    out = np.zeros_like(sound)
    for repeat in range(1, repeats + 1):
        late = repeat * frames
        if late >= sound.shape[1]:
            break
        source = sound if repeat % 2 == 0 else sound[::-1]
        out[:, late:] += np.float32(loss**repeat) * source[:, :-late]
    return out
