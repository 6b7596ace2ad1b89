"""A gentle bus compressor: it leans on what stands out of the song's own loudness, by 4 dB at most."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dsp.blocks import block_edges, block_size, share_gone
from dsp.kernels.gain import compressor_gain
from dsp.loudness import OFFSET, grid_edges, of_energy
from dsp.profile import Profile
from dsp.settings import Settings

KNEE_DB = 6.0
MOST_DB = 4.0
ALIKE_LU, MUCH_LU = 0.5, 4.0
"""Loudness ranges no further apart are the same; by so much more, the compressor does all it can."""
WINDOW_SECONDS = 0.010
LOG2_DB = 10 * math.log10(2)
"""dB of energy in one step of log2."""


def compression(
    energy: NDArray[np.float32], lufs: float, frames: int, rate: int, settings: Settings
) -> NDArray[np.float32] | None:
    """Gain of each block (linear, at most 1), None when this style and these settings compress nothing.

    energy: K-weighted sum of squares of each block (dsp.blocks) of a song of so many frames, both channels
    together: bass alone does not make the song duck; lufs: integrated loudness of the same signal.
    """
    style = settings.character
    ratio = 1 + (style.ratio - 1) * settings.strength("dynamics") * (1 - settings.dynamics)
    if settings.references:
        ratio = 1 + (ratio - 1) * _wider(energy, block_edges(frames, rate), rate, settings.references)
    if ratio <= 1 or not math.isfinite(lufs):
        return None
    threshold = lufs - OFFSET + style.threshold_lu + 2.0 * settings.dynamics
    block = block_size(rate)
    power = energy / np.float32(block)
    power[-1] *= block / (frames - block * (energy.size - 1))
    gain = np.empty_like(power)
    compressor_gain(
        power,
        threshold / LOG2_DB,
        1 - 1 / ratio,
        KNEE_DB / LOG2_DB,
        share_gone(WINDOW_SECONDS, rate),
        share_gone(style.attack_ms / 1000, rate),
        share_gone(style.release_ms / 1000, rate),
        MOST_DB / LOG2_DB,
        gain,
    )
    return gain


def _wider(
    energy: NDArray[np.float32], edges: NDArray[np.int64], rate: int, references: Sequence[Profile]
) -> float:
    """0 where the loudness range of a song is not wider than that of its references, 1 where it is much."""
    grid = grid_edges(int(edges[-1]), rate)
    total = np.interp(grid, edges, np.concatenate(([0.0], np.cumsum(energy, dtype=np.float64))))
    wanted = sum(reference.lra for reference in references) / len(references)
    return min(max((of_energy(total, grid).range - wanted - ALIKE_LU) / MUCH_LU, 0.0), 1.0)
