"""A song under a gain that changes: one value a block of dsp.blocks, straight from middle to middle."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dsp.blocks import block_size
from dsp.kernels.gain import apply_gain
from dsp.sound import Sound


@dataclass(frozen=True, slots=True)
class Turned:
    """What `sound` is under `gain` (linear, of each block). It is worked out anew whenever it is read."""

    sound: Sound
    gain: NDArray[np.float32]

    @property
    def rate(self) -> int:
        return self.sound.rate

    @property
    def channels(self) -> int:
        return self.sound.channels

    @property
    def frames(self) -> int:
        return self.sound.frames

    def read(self, start: int, stop: int) -> NDArray[np.float32]:
        audio = self.sound.read(start, stop)
        out = np.empty_like(audio)
        apply_gain(audio, self.gain, block_size(self.rate), start, out)
        return out
