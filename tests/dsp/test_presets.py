"""Where a master goes, and that a master made for it is what is asked for there."""

import re
from pathlib import Path

import pytest
import soundfile

from dsp.batch import master_file
from dsp.decode import load
from dsp.formats import format_of
from dsp.loudness import measure
from dsp.presets import Preset, presets
from dsp.settings import Settings
from dsp.true_peak import true_peak
from tests.dsp.signals import song


@pytest.mark.parametrize("preset", presets().values(), ids=lambda preset: preset.key)
def test_every_preset_can_be_made_and_names_its_source(preset: Preset) -> None:
    settings = preset.applied(Settings(style="warm"))
    assert (settings.style, settings.target_lufs, settings.ceiling_dbtp, settings.codec_safe) == (
        "warm", preset.target_lufs, preset.ceiling_dbtp, preset.codec_safe)  # fmt: skip
    assert all(format_of(text) for text in preset.files)
    assert preset.files
    assert preset.source
    assert re.fullmatch(r"20\d\d-\d\d", preset.date)


def test_the_places_the_studio_promises_are_there() -> None:
    assert set(presets()) >= {
        "streaming", "spotify", "apple", "youtube", "tidal", "amazon", "deezer", "soundcloud",
        "neutral", "club", "cd", "vinyl", "r128", "a85"}  # fmt: skip


def test_a_master_for_a_cd(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "song.wav", song(8.0, 48000, level_db=-6.0).T, 48000, "PCM_24")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "song-master - 16 bit 44.1 kHz.wav").write_bytes(b"somebody's")
    cd = presets()["cd"]
    told = master_file(tmp_path / "song.wav", tmp_path / "out", cd.applied(Settings()), formats=cd.files)
    made = Path(told["files"][-1])
    assert made.name == "song-master-2 - 16 bit 44.1 kHz.wav"
    probe, heard = load(made)
    assert (probe.rate, probe.probe.bits) == (44100, 16)
    assert measure(heard, 44100).integrated == pytest.approx(told["lufs"], abs=0.05)
    assert true_peak(heard) <= cd.ceiling_dbtp + 0.01
