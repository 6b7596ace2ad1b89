"""Strangers' files: what they hold counts, what they say does not."""

import os
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from dsp import pcm
from dsp.containers import sniff
from dsp.decode import decode, keep, load
from dsp.errors import Refused
from dsp.sound import whole
from tests.dsp.signals import Audio, noise, sine, song

RATE = 44100


@pytest.fixture(scope="module")
def tune() -> Audio:
    return song(3.0)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def written(audio: Audio, name: str = "song.wav", rate: int = RATE, **kind: str) -> Path:
        soundfile.write(tmp_path / name, audio.T, rate, **kind)
        return tmp_path / name

    return written


def encoded(audio: Audio, path: Path, codec: str, form: str, rate: int = RATE) -> Path:
    with av.open(str(path), "w", format=form) as box:
        stream = box.add_stream(codec, rate=rate)
        stream.layout = "stereo"
        wanted = stream.codec_context.format.name
        resampler = av.AudioResampler(format=wanted, layout="stereo", rate=rate)
        for start in range(0, audio.shape[1], 1024):
            piece = np.ascontiguousarray(audio[:, start : start + 1024])
            frame = av.AudioFrame.from_ndarray(piece, format="fltp", layout="stereo")
            frame.sample_rate, frame.pts = rate, start
            for changed in resampler.resample(frame):
                box.mux(stream.encode(changed))
        box.mux(stream.encode(None))
    return path


def patched(path: Path, change: Callable[[bytes], bytes]) -> Path:
    path.write_bytes(change(path.read_bytes()))
    return path


def refused(path: Path) -> str:
    with pytest.raises(Refused) as told:
        decode(path, path.with_suffix(".pcm"))
    assert not path.with_suffix(".pcm").exists()
    assert str(told.value).endswith(".")
    return told.value.code


@pytest.mark.parametrize(
    ("name", "kind", "within_db"),
    [
        ("a.wav", {"subtype": "PCM_16"}, -85),
        ("a.wav", {"subtype": "PCM_24"}, -130),
        ("a.wav", {"subtype": "FLOAT"}, -300),
        ("a.wav", {"subtype": "PCM_16", "format": "RF64"}, -85),
        ("a.w64", {"subtype": "PCM_24"}, -130),
        ("a.aiff", {"subtype": "PCM_24"}, -130),
        ("a.caf", {"subtype": "PCM_24"}, -130),
        ("a.flac", {"subtype": "PCM_24"}, -130),
    ],
)
def test_lossless_files_give_back_what_went_in(
    tune: Audio, write: Callable[..., Path], tmp_path: Path, name: str, kind: dict[str, str], within_db: float
) -> None:
    source = write(tune, name, **kind)
    decoded = decode(source, tmp_path / "out.wav")
    audio, rate = pcm.read(tmp_path / "out.wav")
    assert (rate, audio.shape) == (RATE, tune.shape)
    assert 20 * np.log10(np.abs(audio - tune).max() + 1e-20) < within_db
    assert not decoded.probe.lossy
    kept = keep(source, tmp_path)[1]
    assert np.array_equal(whole(kept), audio)


@pytest.mark.parametrize(
    ("name", "codec", "form", "rate"),
    [
        ("a.mp3", "libmp3lame", "mp3", RATE),
        ("a.m4a", "aac", "mp4", RATE),
        ("a.aac", "aac", "adts", RATE),
        ("a.opus", "libopus", "ogg", 48000),
    ],
)
def test_lossy_files_sound_like_what_went_in(
    tune: Audio, tmp_path: Path, name: str, codec: str, form: str, rate: int
) -> None:
    decoded, audio = load(encoded(tune, tmp_path / name, codec, form, rate))
    assert decoded.probe.lossy
    assert decoded.rate == rate
    assert abs(decoded.frames - tune.shape[1]) < 3000
    spectra = [np.abs(np.fft.rfft(sound[0, :131072])) for sound in (audio, tune)]
    assert np.corrcoef(*spectra)[0, 1] > 0.95


def test_alac_is_lossless(tune: Audio, tmp_path: Path) -> None:
    decoded, audio = load(encoded(tune, tmp_path / "a.m4a", "alac", "mp4"))
    assert (decoded.probe.codec, decoded.probe.lossy) == ("alac", False)
    assert np.abs(audio[:, : tune.shape[1]] - tune).max() < 2**-14


def test_memory_and_file_hold_the_same(tune: Audio, write: Callable[..., Path], tmp_path: Path) -> None:
    source = write(tune, subtype="PCM_24")
    in_file = decode(source, tmp_path / "out.wav")
    in_memory, audio = load(source)
    assert in_memory == in_file
    assert np.array_equal(audio, pcm.read(tmp_path / "out.wav")[0])


def test_the_same_file_decodes_to_the_same_bytes(
    tune: Audio, write: Callable[..., Path], tmp_path: Path
) -> None:
    source = write(tune, "a.flac")
    for name in ("one.wav", "other.wav"):
        decode(source, tmp_path / name)
    assert (tmp_path / "one.wav").read_bytes() == (tmp_path / "other.wav").read_bytes()


def test_mono_stays_mono_and_a_rate_stays_a_rate(write: Callable[..., Path]) -> None:
    decoded, audio = load(write(noise(1.0, 22050, channels=1), rate=22050))
    assert (decoded.channels, decoded.rate, audio.shape[0]) == (1, 22050, 1)


def test_floats_over_full_scale_are_kept(write: Callable[..., Path]) -> None:
    _, audio = load(write(sine(440, 1.0, RATE, 6.0), subtype="FLOAT"))
    assert audio.max() == pytest.approx(1.995, abs=0.01)


def test_the_name_of_a_file_says_nothing(tune: Audio, write: Callable[..., Path], tmp_path: Path) -> None:
    source = write(tune, "a.flac")
    source.rename(tmp_path / "a.txt")
    assert load(tmp_path / "a.txt")[0].probe.container == "flac"


def test_a_text_called_song_wav_is_not_audio(tmp_path: Path) -> None:
    for text in (b"dear studio, " * 400, "dear studio, ".encode("utf-16") * 400, b"", b"RIFF"):
        (tmp_path / "song.wav").write_bytes(text)
        assert sniff(tmp_path / "song.wav") is None
        assert refused(tmp_path / "song.wav") == "not-audio"


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "song.wav")
    assert refused(tmp_path / "song.wav") == "not-audio"


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF, 0xF0000000])
def test_a_file_that_lies_about_its_length_is_measured_by_what_it_holds(
    tune: Audio, write: Callable[..., Path], size: int
) -> None:
    path = patched(write(tune, subtype="PCM_16"), lambda b: b[:40] + size.to_bytes(4, "little") + b[44:])
    if size == 0:
        assert refused(path) == "too-short"
    else:
        assert load(path)[0].frames == tune.shape[1]


def test_a_wav_that_was_cut_off_holds_less_than_it_promised(tune: Audio, write: Callable[..., Path]) -> None:
    decoded, audio = load(patched(write(tune, subtype="PCM_16"), lambda b: b[: 44 + 4 * RATE]))
    assert audio.shape[1] == RATE
    assert decoded.probe.promised == pytest.approx(3.0)


def test_an_mp3_that_was_cut_off_holds_less_than_it_promised(tune: Audio, tmp_path: Path) -> None:
    path = encoded(tune, tmp_path / "a.mp3", "libmp3lame", "mp3")
    assert load(path)[0].probe.promised == pytest.approx(3.0, abs=0.1)
    decoded, _ = load(patched(path, lambda b: b[: len(b) // 2]))
    assert decoded.probe.promised == pytest.approx(3.0, abs=0.1)
    assert decoded.duration == pytest.approx(1.5, abs=0.2)


def test_a_flac_that_breaks_off_is_refused_and_says_where(tune: Audio, write: Callable[..., Path]) -> None:
    path = patched(write(tune, "a.flac"), lambda b: b[: len(b) // 2])
    assert refused(path) == "broken"
    with pytest.raises(Refused, match=r"breaks off after \d"):
        load(path)


def test_a_flac_that_promises_days_is_not_believed(tune: Audio, write: Callable[..., Path]) -> None:
    def endless(b: bytes) -> bytes:
        return b[:21] + bytes([b[21] | 0x0F]) + b"\xff" * 4 + b[26:]

    assert refused(patched(write(tune, "a.flac"), endless)) == "broken"


@pytest.mark.parametrize(
    "head", [b"fLaC", b"OggS", b"\0\0\0\x20ftypM4A ", b"RIFF\xff\xff\0\0WAVEfmt ", b"FORM\0\0\0\0AIFF"]
)
def test_a_head_without_a_body_is_damage(tmp_path: Path, head: bytes) -> None:
    path = tmp_path / "song"
    path.write_bytes(head + np.random.default_rng(5).bytes(20000))
    assert refused(path) in ("broken", "not-audio", "too-short")


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e30, -9.0])
def test_samples_that_are_no_sound_are_refused(tune: Audio, write: Callable[..., Path], value: float) -> None:
    bad = tune.copy()
    bad[1, RATE] = value
    assert refused(write(bad, subtype="FLOAT")) == "broken"


@pytest.mark.parametrize(
    ("channels", "rate", "code"), [(6, RATE, "channels"), (2, 4000, "rate"), (2, 384000, "rate")]
)
def test_what_the_studio_does_not_do(write: Callable[..., Path], channels: int, rate: int, code: str) -> None:
    assert refused(write(noise(0.5, rate, channels=channels), rate=rate)) == code


@pytest.mark.parametrize("rate", [8000, 192000])
def test_the_ends_of_what_it_does(write: Callable[..., Path], rate: int) -> None:
    assert load(write(noise(0.5, rate), rate=rate))[0].rate == rate


def test_a_song_has_a_least_and_a_longest_length(write: Callable[..., Path]) -> None:
    assert refused(write(noise(0.2, RATE))) == "too-short"
    with pytest.raises(Refused, match=r"longer than 0\.05 minutes"):
        load(write(noise(3.5, RATE)), max_minutes=0.05)


def test_a_copy_protected_file_is_called_that(tune: Audio, tmp_path: Path) -> None:
    path = encoded(tune, tmp_path / "a.m4a", "aac", "mp4")
    assert refused(patched(path, lambda b: b.replace(b"mp4a", b"drms"))) == "drm"


def test_progress_rises_to_the_end(write: Callable[..., Path], tmp_path: Path) -> None:
    told: list[float] = []
    decode(write(noise(10.0, RATE)), tmp_path / "o.wav", report=lambda share, stage: told.append(share))
    assert told == sorted(told)
    assert 5 < len(told) <= 100
    assert told[-1] > 0.9


def test_a_song_at_a_high_rate_is_taken_as_long_as_memory_holds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dsp.decode.MOST_FRAMES", 96000)
    soundfile.write(tmp_path / "a.wav", np.full((96001, 2), 0.1, np.float32), 96000)
    with pytest.raises(Refused) as refused:
        load(tmp_path / "a.wav", max_minutes=30)
    assert refused.value.code == "too-long"
    soundfile.write(tmp_path / "b.wav", np.full((96000, 2), 0.1, np.float32), 96000)
    assert load(tmp_path / "b.wav", max_minutes=30)[0].frames == 96000
