"""A song under a gain: one for all of it, or one a block of dsp.blocks, straight from middle to middle."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dsp.blocks import block_size
from dsp.kernels.gain import apply_gain
from dsp.sound import Changed


@dataclass(frozen=True)
class Turned(Changed):
    """What `sound` is under `gain` (linear, of each block). It is worked out anew whenever it is read."""

    gain: NDArray[np.float32]

    def read(self, start: int, stop: int) -> NDArray[np.float32]:
        audio = self.sound.read(start, stop)
        out = np.empty_like(audio)
        apply_gain(audio, self.gain, block_size(self.rate), start, out)
        return out


@dataclass(frozen=True)
class Scaled(Changed):
    """What `sound` is under one gain (linear)."""

    gain: float

    def read(self, start: int, stop: int) -> NDArray[np.float32]:
        return self.sound.read(start, stop) * np.float32(self.gain)
