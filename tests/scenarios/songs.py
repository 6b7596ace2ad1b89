"""The files of scenarios: all made here, and the same each time."""

from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile
from zlib import crc32

import numpy as np
import soundfile
from numpy.typing import NDArray

from dsp.decode import LEAST_SECONDS
from tests.dsp.signals import song

RATE = 44100
SECONDS = 2.0


def write(path: Path, what: str) -> None:
    """Write the file that a scenario describes: `3 s`, `clipped`, `loud`, `mono`, `silent`, `short`, `text`,
    `zip` (of two songs and a text).

    Files of different names sound different. ValueError if it is none of these.
    """
    if what == "text":
        path.write_bytes(b"%PDF-1.4\nThese are the notes of a song, and no song.\n" * 20)
        return
    if what == "zip":
        with TemporaryDirectory() as folder, ZipFile(path, "w") as box:
            for name, inside in (("Kick.wav", "2 s"), ("Voice.wav", "2 s"), ("Notes.pdf", "text")):
                write(Path(folder, name), inside)
                box.write(Path(folder, name), f"Stems/{name}")
        return
    sound, subtype = _sound(what, seed=crc32(path.stem.encode()) % 1000), "PCM_24"
    if path.suffix == ".mp3":
        subtype = "MPEG_LAYER_III"
    soundfile.write(path, sound.T, RATE, subtype=subtype)


def _sound(what: str, seed: int) -> NDArray[np.float32]:
    match what.split():
        case []:
            return song(SECONDS, RATE, seed=seed)
        case [seconds, "s"]:
            return song(float(seconds), RATE, seed=seed)
        case ["clipped"]:
            return np.clip(song(SECONDS, RATE, seed=seed, level_db=6.0), -1, 1)
        case ["loud"]:
            return np.asarray(0.95 * np.tanh(12 * song(SECONDS, RATE, seed=seed, level_db=0.0)), np.float32)
        case ["mono"]:
            return song(SECONDS, RATE, channels=1, seed=seed)
        case ["silent"]:
            return np.zeros((2, int(SECONDS * RATE)), np.float32)
        case ["short"]:
            return song(LEAST_SECONDS / 2, RATE, seed=seed)
    raise ValueError(f"no file is {what!r}")
