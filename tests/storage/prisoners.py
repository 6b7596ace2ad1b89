"""What the tests of the jail have a child try: each answers what came of it."""

import errno
import os
import pickle
import resource
import signal
import socket
import subprocess
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import av
import numpy as np
import soundfile
import soxr
from pedalboard.io import AudioFile

from dsp.kernels.gain import apply_gain


def attempted(deed: str) -> str:
    """Do one forbidden thing; the name of the error, or "done"."""
    try:
        _DEEDS[deed]()
    except OSError as error:
        return errno.errorcode[error.errno or 0]
    return "done"


def _signal_the_parent() -> None:
    os.kill(os.getppid(), 0)


_DEEDS = {
    "open a socket": socket.socket,
    "open a socket of this machine": lambda: socket.socket(socket.AF_UNIX),
    "start a program": lambda: os.execv("/bin/true", ["true"]),
    "start a program beside itself": lambda: subprocess.run(["/bin/true"], check=True),
    "fork": lambda: os.fork() or os._exit(0),
    "signal its parent": _signal_the_parent,
    "signal everybody": lambda: os.kill(-1, 0),
}


def die_by_itself() -> None:
    signal.raise_signal(signal.SIGABRT)


def environment() -> tuple[dict[str, str], bytes]:
    """What Python and what the kernel say of the environment."""
    return dict(os.environ), Path("/proc/self/environ").read_bytes()


def open_files() -> list[str]:
    """What each open file of this process leads to."""
    return [str(file.readlink()) for file in Path("/proc/self/fd").iterdir() if file.is_symlink()]


def core_size() -> tuple[int, int]:
    return resource.getrlimit(resource.RLIMIT_CORE)


def niceness() -> int:
    return os.nice(0)


def speak() -> None:
    """Write to whoever reads what this process prints."""
    os.write(1, b"from the child\n")
    os.write(2, b"from the child\n")


def write(path: str, size: int) -> int:
    with Path(path).open("wb", buffering=0) as file:
        written = 0
        while written < size:
            written += file.write(bytes(min(1 << 20, size - written)))
    return written


def read(path: str) -> bytes:
    return Path(path).read_bytes()


def listed(path: str) -> list[str]:
    return sorted(place.name for place in Path(path).iterdir())


def open_many(path: str, number: int) -> int:
    with ExitStack() as stack:
        return len([stack.enter_context(Path(path).open("rb")) for _ in range(number)])


def make_sound(folder: str) -> dict[str, float]:
    """Use every library of sound, and threads."""
    found: dict[str, float] = {}
    rng = np.random.default_rng(1)
    audio = (0.1 * rng.standard_normal((2, 44100))).astype(np.float32)
    path = Path(folder) / "noise"
    soundfile.write(f"{path}.flac", audio.T, 44100)
    found["soundfile"] = len(soundfile.read(f"{path}.flac")[0])
    out = np.empty_like(audio)
    apply_gain(audio, np.full(442, 0.5, np.float32), 100, 0, out)
    found["numba"] = float(np.abs(out).max() / np.abs(audio).max())
    found["soxr"] = len(soxr.resample(audio[0], 44100, 22050, quality="VHQ"))
    with AudioFile(f"{path}.mp3", "w", samplerate=44100, num_channels=2, quality=128) as file:
        file.write(audio)
    with av.open(f"{path}.mp3") as box:
        found["av"] = sum(frame.samples for frame in box.decode(audio=0))
    thread = threading.Thread(target=lambda: found.__setitem__("thread", 1.0))
    thread.start()
    thread.join()
    return found


class Order:
    """Pickled, it names a function to be called by whoever reads it."""

    def __init__(self, *command: Any) -> None:
        self.command = command

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return os.system, (f"touch {self.command[0]}",)


def answer_with_an_order(path: str) -> Order:
    return Order(path)


def raise_an_order(path: str) -> None:
    raise LookupError(Order(path))


def say_an_order_to_the_service(path: str) -> None:
    """What a child that was taken over could do: answer before it is asked to, and what it likes."""
    for file in range(3, 64):
        try:
            if "socket" in str(Path(f"/proc/self/fd/{file}").readlink()):
                os.write(file, pickle.dumps(Order(path)))
        except OSError:
            continue
