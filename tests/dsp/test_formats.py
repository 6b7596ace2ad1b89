"""The files people take home."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from dsp import pcm, wav
from dsp.decode import load
from dsp.dither import Dither, shaped
from dsp.formats import Bits, Format, converted, encode_mp3, write
from dsp.loudness import measure
from dsp.sound import Held, whole
from dsp.tags import tag
from dsp.true_peak import true_peak
from tests.dsp.signals import noise, residue_db, rms_db, sine, song

RATE = 44100


def resampled(audio: NDArray[np.float32], rate: int, wanted: int, ceiling_dbtp: float) -> NDArray[np.float32]:
    return whole(converted(Held(audio, rate), wanted, ceiling_dbtp, None))


def saved(audio: NDArray[np.float32], rate: int, path: Path, bits: Bits, seed: str = "") -> None:
    write(Held(audio, rate), path, Format("wav", bits), seed=seed)


@pytest.mark.parametrize(("bits", "subtype"), [(16, "PCM_16"), (24, "PCM_24"), (32, "FLOAT")])
@pytest.mark.parametrize("channels", [1, 2])
def test_others_read_what_was_written(tmp_path: Path, bits: int, subtype: str, channels: int) -> None:
    music = noise(44101 / RATE, RATE, channels=channels)
    saved(music, RATE, tmp_path / "a.wav", bits, "seed")  # type: ignore[arg-type]
    assert (tmp_path / "a.wav").stat().st_size % 2 == 0
    read, rate = soundfile.read(tmp_path / "a.wav", dtype="float32", always_2d=True)
    assert (rate, read.shape) == (RATE, music.T.shape)
    assert soundfile.info(tmp_path / "a.wav").subtype == subtype
    assert np.abs(read.T - music).max() <= {16: 2.0**-14, 24: 2.0**-24, 32: 0.0}[bits]


@pytest.mark.parametrize("bits", [24, 32])
def test_the_house_reads_its_own_files_back_exactly(tmp_path: Path, bits: int) -> None:
    music = np.round(noise(1.0001, RATE) * 2**23) / np.float32(2**23)
    saved(music.astype(np.float32), RATE, tmp_path / "a.wav", bits)  # type: ignore[arg-type]
    tag(tmp_path / "a.wav", title="A title")
    read, rate = pcm.read(tmp_path / "a.wav")
    assert rate == RATE
    assert np.array_equal(read, music)


def test_the_house_reads_no_one_elses_files(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", noise(0.1, RATE).T, RATE)
    (tmp_path / "b.wav").write_bytes(b"RIFF")
    saved(noise(0.1, RATE), RATE, tmp_path / "c.wav", 16)
    for name in ("a.wav", "b.wav", "c.wav"):
        with pytest.raises(ValueError, match=name):
            pcm.read(tmp_path / name)


def test_full_scale_is_held_and_never_wraps(tmp_path: Path) -> None:
    for bits in (16, 24):
        saved(sine(100, 0.5, RATE, 6.0), RATE, tmp_path / "a.wav", bits)  # type: ignore[arg-type]
        read, _ = soundfile.read(tmp_path / "a.wav")
        assert np.abs(np.diff(read[:, 0])).max() < 0.1


def test_beyond_4_gib_a_wav_becomes_rf64(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The same code with the border drawn where a test can reach it.
    monkeypatch.setattr(wav, "LARGEST_RIFF", 100_000)
    music = noise(1.0, RATE)
    saved(music, RATE, tmp_path / "a.wav", 32)
    monkeypatch.undo()
    assert soundfile.info(tmp_path / "a.wav").format == "RF64"
    assert np.array_equal(soundfile.read(tmp_path / "a.wav", dtype="float32")[0].T, music)
    assert np.array_equal(pcm.read(tmp_path / "a.wav")[0], music)
    tag(tmp_path / "a.wav", title="left as it is")
    assert np.array_equal(pcm.read(tmp_path / "a.wav")[0], music)


def test_the_same_samples_are_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.wav", "b.wav"):
        saved(noise(0.5, RATE), RATE, tmp_path / name, 16, "one version")
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()
    saved(noise(0.5, RATE), RATE, tmp_path / "c.wav", 16, "another version")
    assert (tmp_path / "a.wav").read_bytes() != (tmp_path / "c.wav").read_bytes()


def test_dither_is_triangular_quiet_and_apart_in_both_channels() -> None:
    tone = sine(1000, 4.0, 48000, -90.0)
    words = Dither("seed", 2).words(tone).T / np.float32(32768)
    error = (words - tone).astype(np.float64)
    assert rms_db(error) == pytest.approx(-96.33, abs=0.1)
    assert abs(np.corrcoef(error)[0, 1]) < 0.02
    assert np.abs(error).max() <= 1.5 / 32768
    # A tone of one LSB would come out as a row of harmonics without dither: none stands out of the noise.
    power = np.abs(np.fft.rfft(words[0].astype(np.float64) * np.hanning(words.shape[1]))) ** 2
    for harmonic in range(2, 10):
        at = harmonic * 4000
        around = np.median(power[at - 500 : at + 500])
        assert power[at - 2 : at + 3].max() < 40 * around


@pytest.mark.parametrize("rate", [44100, 48000])
def test_shaped_noise_is_ten_decibels_harder_to_hear_and_no_distortion(rate: int) -> None:
    tone = sine(1000, 8.0, rate, -90.0)
    plain, out = (
        np.asarray(Dither("seed", 2, filter_).words(tone).T / 32768.0, np.float32)
        for filter_ in (None, shaped(rate))
    )
    assert audible_db(out - tone, rate) < audible_db(plain - tone, rate) - 10
    assert rms_db(out - tone) < -88
    assert abs(float(np.corrcoef(out - tone).min())) < 0.02
    lines = 2 * np.abs(np.fft.rfft(out[0])) / out.shape[1]
    assert all(20 * np.log10(lines[n * 8000]) < -130 for n in range(2, 10))


def test_shaped_noise_stays_where_it_is_when_the_music_is_held_at_full_scale() -> None:
    shaping = shaped(RATE)
    loud = sine(100, 2.0, RATE, 6.0)
    words = Dither("seed", 2, shaping).words(np.concatenate([loud, np.zeros_like(loud)], axis=1))
    assert np.abs(words[-RATE:]).max() < 40


def audible_db(error: NDArray[np.float32], rate: int) -> float:
    """Level of an error as heard over the threshold in quiet (Terhardt 1979)."""
    power = (np.abs(np.fft.rfft(error)) ** 2).mean(axis=0)
    kilohertz = np.maximum(np.fft.rfftfreq(error.shape[1], 1 / rate), 20) / 1000
    dip = 6.5 * np.exp(-0.6 * (kilohertz - 3.3) ** 2)
    quiet = 3.64 * kilohertz**-0.8 - dip + 1e-3 * kilohertz**4
    return float(10 * np.log10((power * 10 ** (-quiet / 10)).sum()))


@pytest.mark.parametrize("shaping", [None, shaped(RATE)], ids=["plain", "shaped"])
def test_dither_goes_on_from_block_to_block(shaping: NDArray[np.float64] | None) -> None:
    music = noise(0.5, RATE)
    whole = Dither("seed", 2, shaping).words(music)
    parts = Dither("seed", 2, shaping)
    cut = np.concatenate([parts.words(music[:, :7000]), parts.words(music[:, 7000:])])
    assert np.array_equal(whole, cut)


@pytest.mark.parametrize(("rate", "hertz"), [(96000, 30000.0), (48000, 23000.0), (192000, 60000.0)])
def test_what_cannot_be_heard_does_not_fold_back(rate: int, hertz: float) -> None:
    assert rms_db(resampled(sine(hertz, 1.0, rate, -6.0), rate, RATE, 0.0)[:, 2000:-2000]) < -130


@pytest.mark.parametrize("rate", [96000, 48000, 22050])
def test_what_can_be_heard_stays_clean(rate: int) -> None:
    tone = resampled(sine(997, 2.0, rate, -6.0), rate, RATE, 0.0)
    assert abs(tone.shape[1] - 2 * RATE) <= 1
    assert residue_db(tone[:, RATE // 2 :], (997,), RATE) < -120


@pytest.mark.parametrize("rate", [48000, 96000])
def test_another_rate_keeps_the_ceiling_and_the_loudness(rate: int) -> None:
    tune = song(6.0, rate, level_db=-5.0)
    for start in range(rate, tune.shape[1], 3 * rate):
        tune[:, start : start + rate // 8000] = 0.8  # a flat top, which rings at the lower rate
    free = resampled(tune, rate, RATE, 20.0)
    ceiling = true_peak(free) - 0.5
    held = resampled(tune, rate, RATE, ceiling)
    assert true_peak(held) <= ceiling
    assert measure(held, RATE).integrated == pytest.approx(measure(free, RATE).integrated, abs=0.1)


def test_another_rate_keeps_the_ceiling() -> None:
    hot = np.clip(song(3.0, 96000, level_db=6.0), -0.89, 0.89)
    ceiling = -1.0
    assert true_peak(resampled(hot, 96000, RATE, 20.0)) > ceiling
    assert true_peak(resampled(hot, 96000, RATE, ceiling)) <= ceiling


@pytest.mark.parametrize("channels", [1, 2])
def test_an_mp3_is_as_long_as_the_song_and_sounds_like_it(tmp_path: Path, channels: int) -> None:
    music = song(5.0, channels=channels)
    encode_mp3(Held(music, RATE), tmp_path / "a.mp3")
    decoded, read = load(tmp_path / "a.mp3")
    assert (decoded.probe.codec, decoded.frames, decoded.channels) == ("mp3", music.shape[1], channels)
    assert rms_db(read - music) - rms_db(music) < -22
    assert (tmp_path / "a.mp3").stat().st_size == pytest.approx(5.0 * 320_000 / 8, rel=0.05)


@pytest.mark.parametrize("kbps", [128, 160, 192, 224, 256, 320])
def test_an_mp3_is_as_loud_as_what_was_encoded(tmp_path: Path, kbps: int) -> None:
    tone = sine(997, 3.0, RATE, -20.0)
    write(Held(tone, RATE), tmp_path / "a.mp3", Format("mp3", kbps=kbps))
    _, read = load(tmp_path / "a.mp3")
    assert rms_db(read[:, RATE:-RATE]) == pytest.approx(rms_db(tone[:, RATE:-RATE]), abs=0.02)


def test_tags_are_read_by_others(tmp_path: Path) -> None:
    import av

    saved(noise(0.5, RATE), RATE, tmp_path / "a.wav", 24)
    encode_mp3(Held(noise(0.5, RATE), RATE), tmp_path / "a.mp3")
    for name in ("a.wav", "a.mp3"):
        tag(tmp_path / name, title="Straße", artist="Мир", album="夜", track=3, isrc="DEA123456789")
        with av.open(str(tmp_path / name)) as box:
            assert {key: box.metadata.get(key) for key in ("title", "artist", "album", "track")} == {
                "title": "Straße", "artist": "Мир", "album": "夜", "track": "3"}  # fmt: skip


def test_a_song_without_a_name_gets_no_tags(tmp_path: Path) -> None:
    saved(noise(0.5, RATE), RATE, tmp_path / "a.wav", 24)
    before = (tmp_path / "a.wav").read_bytes()
    tag(tmp_path / "a.wav", title=None, artist="", track=None)
    assert (tmp_path / "a.wav").read_bytes() == before
