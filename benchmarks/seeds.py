"""Small sound files of every container that is taken, made here and now: what the fuzz run mutates."""

import io
from collections.abc import Iterator
from dataclasses import dataclass

import av
import numpy as np
import soundfile
from numpy.typing import NDArray

RATE = 22050
SECONDS = 0.7

Audio = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Seed:
    """A good file. container: as dsp.containers.sniff calls it; kind: what is in it."""

    container: str
    kind: str
    data: bytes


def seeds() -> tuple[Seed, ...]:
    """One good file for each kind of sound in each container."""
    return tuple(Seed(container, kind, data) for container, kind, data in _files())


def _files() -> Iterator[tuple[str, str, bytes]]:
    tune = _tune(RATE)
    for kind in ("PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW", "IMA_ADPCM", "MS_ADPCM"):
        yield "wav", kind, _by_soundfile(tune, "WAV", kind)
    yield "wav", "extensible", _by_soundfile(tune, "WAVEX", "PCM_24")
    yield "wav", "RF64", _by_soundfile(tune, "RF64", "PCM_16")
    yield "wav", "mono", _by_soundfile(tune[:, :1], "WAV", "PCM_16")
    yield "wav", "MPEG_LAYER_III", _by_av(_tune(44100), 44100, "libmp3lame", "wav")
    for kind in ("PCM_16", "FLOAT"):
        yield "w64", kind, _by_soundfile(tune, "W64", kind)
    for kind in ("PCM_S8", "PCM_16", "PCM_24", "FLOAT", "IMA_ADPCM"):
        sound = tune[:, :1] if kind == "IMA_ADPCM" else tune
        yield "aiff", kind, _by_soundfile(sound, "AIFF", kind)
    for kind in ("PCM_16", "PCM_24", "FLOAT", "ALAC_16", "ALAC_24"):
        yield "caf", kind, _by_soundfile(tune, "CAF", kind)
    for kind in ("PCM_16", "PCM_24"):
        yield "flac", kind, _by_soundfile(tune, "FLAC", kind)
    yield "ogg", "Vorbis", _by_soundfile(tune, "OGG", "VORBIS")
    yield "opus", "Opus", _by_av(_tune(48000), 48000, "libopus", "ogg")
    yield "mp3", "constant rate", _by_av(_tune(44100), 44100, "libmp3lame", "mp3", {"b": "64k"})
    yield "mp3", "variable rate", _by_av(_tune(44100), 44100, "libmp3lame", "mp3", {"q": "6"})
    yield "mp3", "no tags", _by_soundfile(_tune(44100), "MP3", "MPEG_LAYER_III", 44100)
    yield "mp3", "layer II", _by_av(_tune(44100), 44100, "mp2", "mp2")
    yield "aac", "ADTS", _by_av(_tune(44100), 44100, "aac", "adts")
    yield "m4a", "AAC", _by_av(_tune(44100), 44100, "aac", "mp4")
    yield "m4a", "ALAC", _by_av(_tune(44100), 44100, "alac", "mp4")
    yield (
        "m4a",
        "fragments",
        _by_av(_tune(44100), 44100, "aac", "mp4", {}, {"movflags": "frag_keyframe+empty_moov"}),
    )


def _tune(rate: int) -> Audio:
    """(frames, 2): three falling notes and a little noise, the same every time."""
    time = np.arange(int(SECONDS * rate)) / rate
    random = np.random.default_rng(3)
    note = np.sin(
        2 * np.pi * np.cumsum(np.repeat([440.0, 330.0, 220.0], len(time) // 3 + 1)[: len(time)]) / rate
    )
    sides = [0.4 * note + 0.02 * random.standard_normal(len(time)) for _ in range(2)]
    return np.stack(sides, axis=1).astype(np.float32)


def _by_soundfile(audio: Audio, form: str, kind: str, rate: int = RATE) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, audio, rate, format=form, subtype=kind)
    return file.getvalue()


def _by_av(
    audio: Audio,
    rate: int,
    codec: str,
    form: str,
    coding: dict[str, str] | None = None,
    boxing: dict[str, str] | None = None,
) -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format=form, options=boxing or {}) as box:
        box.metadata.update({"title": "a title", "artist": "somebody"})
        stream = box.add_stream(codec, rate=rate, options=coding or {})
        assert isinstance(stream, av.AudioStream)
        stream.layout = "stereo"
        assert stream.codec_context.format is not None
        change = av.AudioResampler(
            format=stream.codec_context.format.name,
            layout="stereo",
            rate=rate,
            frame_size=stream.codec_context.frame_size or 1152,
        )
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(audio.T), format="fltp", layout="stereo")
        frame.sample_rate = rate
        for piece in (*change.resample(frame), *change.resample(None)):
            box.mux(stream.encode(piece))
        box.mux(stream.encode(None))
    return file.getvalue()
