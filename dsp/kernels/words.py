"""Samples to words: interleaved 24-bit and dithered 16-bit integers, interleaved floats and back."""

import numpy as np
from numpy.typing import NDArray

from dsp.kernels.compiled import compiled

MASK = np.uint64(0xFFFFFFFF)


@compiled("void(float32[:, ::1], uint8[::1])")
def words_24(audio: NDArray[np.float32], words: NDArray[np.uint8]) -> None:
    """Interleave as little-endian 24-bit words, rounded to the nearest, held at full scale."""
    channels, frames = audio.shape
    for i in range(frames):
        for channel in range(channels):
            scaled = np.rint(audio[channel, i] * np.float32(8388608.0))
            value = np.int32(min(max(scaled, np.float32(-8388608.0)), np.float32(8388607.0)))
            at = 3 * (i * channels + channel)
            words[at] = value & 0xFF
            words[at + 1] = (value >> 8) & 0xFF
            words[at + 2] = (value >> 16) & 0xFF


@compiled("void(float32[:, ::1], uint64[::1], float64[::1], float64[:, ::1], int16[:, ::1])")
def words_16(
    audio: NDArray[np.float32],
    state: NDArray[np.uint64],
    shaping: NDArray[np.float64],
    errors: NDArray[np.float64],
    words: NDArray[np.int16],
) -> None:
    """Interleave as 16-bit words (frames, channels) with TPDF dither of two LSB, one generator a channel.

    state: one xorshift64* state a channel, not zero; shaping: what is taken off a sample for each of the last
    errors, newest first, or nothing; errors (channels, taps): those, in LSB. State and errors are advanced,
    for the next block to go on where this one ended.
    """
    channels, frames = audio.shape
    taps = shaping.size
    for channel in range(channels):
        seed = state[channel]
        past = errors[channel]
        for i in range(frames):
            seed ^= seed >> np.uint64(12)
            seed ^= seed << np.uint64(25)
            seed ^= seed >> np.uint64(27)
            drawn = seed * np.uint64(2685821657736338717)
            high = np.float64(drawn >> np.uint64(32))
            low = np.float64(drawn & MASK)
            dither = (high - low) * 2.3283064365386963e-10
            wanted = np.float64(audio[channel, i]) * 32768.0
            for k in range(taps):
                wanted -= shaping[k] * past[k]
            scaled = np.floor(wanted + dither + 0.5)
            for k in range(taps - 1, 0, -1):
                past[k] = past[k - 1]
            if taps > 0:
                # Before it is held at full scale: that error would come back amplified.
                past[0] = scaled - wanted
            words[i, channel] = np.int16(min(max(scaled, -32768.0), 32767.0))
        state[channel] = seed


@compiled("void(float32[:, ::1], float32[:, ::1])")
def planar(interleaved: NDArray[np.float32], audio: NDArray[np.float32]) -> None:
    """(frames, channels) to (channels, frames)."""
    frames, channels = interleaved.shape
    if channels == 2:
        left, right = audio[0], audio[1]
        for i in range(frames):
            left[i] = interleaved[i, 0]
            right[i] = interleaved[i, 1]
    else:
        for channel in range(channels):
            for i in range(frames):
                audio[channel, i] = interleaved[i, channel]


@compiled("void(uint8[::1], float32[:, ::1])")
def floats_24(words: NDArray[np.uint8], audio: NDArray[np.float32]) -> None:
    """Interleaved little-endian 24-bit words to (channels, frames)."""
    channels, frames = audio.shape
    for i in range(frames):
        for channel in range(channels):
            at = 3 * (i * channels + channel)
            value = (
                np.int32(words[at]) | (np.int32(words[at + 1]) << 8) | (np.int32(words[at + 2]) << 16)
            ) << 8
            audio[channel, i] = np.float32(np.int32(value) >> 8) * np.float32(1.0 / 8388608.0)
