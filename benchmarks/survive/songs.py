"""Short songs of our own making, each with a content of its own."""

from pathlib import Path
from random import Random

import soundfile

from dsp.example import example_song

RATE = 44_100
SECONDS = 24
SHORTEST, LONGEST = 2.0, 4.0  # seconds


class Songs:
    """Cuts from one example song, each from another place and at another level."""

    def __init__(self, folder: Path, random: Random) -> None:
        folder.mkdir()
        self._folder = folder
        self._random = random
        self._whole = example_song(SECONDS, RATE, seed=random.randrange(1 << 32)).T

    def write(self, title: str) -> Path:
        """A new file of 2 to 4 s, 24 bit, whose name is the title of its song."""
        frames = round(self._random.uniform(SHORTEST, LONGEST) * RATE)
        start = self._random.randrange(len(self._whole) - frames)
        level = self._random.uniform(0.5, 1.0)
        path = self._folder / f"{title}.wav"
        soundfile.write(path, level * self._whole[start : start + frames], RATE, subtype="PCM_24")
        return path
