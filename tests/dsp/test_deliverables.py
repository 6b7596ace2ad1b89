"""From one master to the files that go home."""

import struct
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import soundfile
from mutagen.mp4 import MP4

from dsp.broadcast import Figures, extension
from dsp.codecs import decoded
from dsp.decode import load
from dsp.deliverables import Delivered, Unfaithful, deliver, reading_of, verified
from dsp.formats import Format, format_of, under, write
from dsp.loudness import measure
from dsp.sound import Held, whole
from dsp.true_peak import true_peak
from tests.dsp.signals import rms_db, song

TAGS: dict[str, Any] = {"title": "Nacht", "artist": "Мир", "album": "夜", "track": 3, "isrc": "DEA123456789"}
FORMATS = ["wav 16 44100 shaped", "wav 24", "wav 32", "flac 16", "flac 24", "aiff 24",
           "mp3 320", "aac 256", "opus 160"]  # fmt: skip


def silent(share: float, stage: str) -> None:
    assert 0.0 <= share <= 1.0


def made(
    master: Held, formats: list[str], folder: Path, ceiling: float = -1.0, **tags: Any
) -> list[Delivered]:
    wanted = [format_of(text) for text in formats]
    return deliver(
        master, wanted, folder, "song", ceiling_dbtp=ceiling, tags=tags, seed="seed", report=silent
    )


@pytest.mark.parametrize(("rate", "channels"), [(48000, 2), (96000, 2), (44100, 1)])
def test_every_format_from_one_master(tmp_path: Path, rate: int, channels: int) -> None:
    master = Held(song(3.0, rate, level_db=-6.0, channels=channels), rate)
    for file, text in zip(made(master, FORMATS, tmp_path, **TAGS), FORMATS, strict=True):
        probe, heard = load(file.path)
        wanted = file.format.rate_of(rate)
        assert (probe.rate, probe.channels) == (wanted, channels), text
        assert 0 <= probe.frames - round(3.0 * wanted) < (2048 if file.format.lossy else 2), text
        assert probe.probe.lossy == file.format.lossy
        assert abs(rms_db(heard) - rms_db(master.audio)) < 0.3, text
        assert file.true_peak == pytest.approx(true_peak(heard), abs=0.02)
        assert file.true_peak <= (0.0 if file.format.lossy else -0.99)
        with av.open(str(file.path)) as box:
            told = {key.lower(): text for key, text in box.metadata.items()}
            told |= {key.lower(): text for key, text in box.streams.audio[0].metadata.items()}
        assert {key: told.get(key) for key in ("title", "artist", "album")} == {
            "title": "Nacht", "artist": "Мир", "album": "夜"}, text  # fmt: skip


def test_without_loss_a_file_is_the_master_bit_for_bit(tmp_path: Path) -> None:
    words = np.round(song(2.0, level_db=-6.0) * 2**23) / np.float32(2**23)
    for file in made(
        Held(words.astype(np.float32), 44100), ["wav 24", "wav 32", "flac 24", "aiff 24"], tmp_path
    ):
        assert np.array_equal(load(file.path)[1], words), file.path.name


def test_the_loudness_stands_in_the_files(tmp_path: Path) -> None:
    master = Held(song(4.0, 48000, level_db=-6.0), 48000)
    wav, flac, m4a, opus = made(master, ["wav 24", "flac 24", "aac 256", "opus 160"], tmp_path, **TAGS)
    lufs = measure(master.audio, 48000).integrated
    data = wav.path.read_bytes()
    chunk = data[data.index(b"bext") + 8 :]
    version, told, _, peak = struct.unpack_from("<H64xhhh", chunk, 346)
    assert (version, told / 100, peak / 100) == (
        2, pytest.approx(lufs, abs=0.006), pytest.approx(true_peak(master.audio), abs=0.02))  # fmt: skip
    with av.open(str(flac.path)) as box:
        assert float(box.metadata["REPLAYGAIN_TRACK_GAIN"].split()[0]) == pytest.approx(-18 - lufs, abs=0.006)
    with av.open(str(opus.path)) as box:
        gain = int(box.streams.audio[0].metadata["R128_TRACK_GAIN"])
    assert gain / 256 == pytest.approx(-23 - lufs, abs=0.005)
    atoms: Any = MP4(m4a.path)  # type: ignore[no-untyped-call]
    assert bytes(atoms["----:com.apple.iTunes:ISRC"][0]) == b"DEA123456789"


def test_a_chunk_of_figures_has_the_size_of_the_standard() -> None:
    chunk = extension(Figures(-14.0, 5.0, -1.0, -8.5, -float("inf")), "Straße " * 100, "x" * 40)
    assert struct.unpack_from("<4sI", chunk) == (b"bext", 602)
    assert struct.unpack_from("<5h", chunk, 8 + 412) == (-1400, 500, -100, -850, 0x7FFF)


def test_a_lossy_file_that_would_be_cut_off_is_made_again(tmp_path: Path) -> None:
    cut = np.clip(song(6.0, level_db=6.0), -1.26, 1.26)
    hot = Held(under(cut, 44100, -0.1), 44100)
    low = format_of("aac 128")
    assert true_peak(whole(decoded(hot, low.codec, None))) > 0.0, "nothing to make safe"
    (file,) = made(hot, ["aac 128"], tmp_path, ceiling=-0.1)
    assert file.turned_down
    assert true_peak(load(file.path)[1]) <= 0.0


def test_a_file_that_is_not_what_was_written_is_found_out(tmp_path: Path) -> None:
    master = Held(song(2.0, level_db=-6.0), 44100)
    peak = reading_of(master).peak
    path, wav = tmp_path / "a.wav", Format("wav", 24)
    write(master, path, wav)
    assert verified(path, wav, master, peak) == pytest.approx(peak, rel=1e-5)
    for rate, frames, subtype in (
        (48000, 88200, "PCM_24"),
        (44100, 88000, "PCM_24"),
        (44100, 88200, "PCM_16"),
    ):
        soundfile.write(path, master.audio[:, :frames].T, rate, subtype)
        with pytest.raises(Unfaithful):
            verified(path, wav, master, peak)
    soundfile.write(path, master.audio.T * 1.1, 44100, "PCM_24")
    with pytest.raises(Unfaithful):
        verified(path, wav, master, peak)


@pytest.mark.parametrize("text", ["", "wav", "wav 20", "flac 32", "ogg 5", "wav 24 loud", "mp3"])
def test_a_format_that_does_not_exist_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="no"):
        format_of(text)
