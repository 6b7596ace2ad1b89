"""A studio's own plug-ins in a style. There is no VST3 here: its loader is tested by what it refuses, and the
chain by pedalboard's own processors, which run as a VST3 does.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pedalboard
import pytest

from dsp import chain
from dsp.analysis import analyse
from dsp.errors import Refused
from dsp.loudness import measure
from dsp.master import Mastered, master
from dsp.settings import Parameter, PlugIn, Settings, Style
from dsp.sound import pieces
from dsp.true_peak import true_peak
from tests.dsp.signals import Audio, noise, rms_db, song

RATE = 44100
LUFS = -18.0
"""As loud as a song goes into a chain: what is so loud already is not turned up or down."""

LATE = PlugIn("BrickwallLimiter", parameters=(("ceiling_db", -12.0), ("lookahead_ms", 50.0)))
PRESSED = PlugIn("Compressor", parameters=(("ratio", 4.0), ("threshold_db", -24.0)))


def heard(audio: Audio, *plug_ins: PlugIn, rate: int = RATE, lufs: float = LUFS, piece: int = 0) -> Audio:
    """A song through a chain in the pieces of the engine, or in pieces of so many frames."""
    frames = audio.shape[1]
    cuts = [(at, at + piece) for at in range(0, frames, piece)] if piece else pieces(frames)
    parts = (audio[:, start:stop] for start, stop in cuts)
    style = Style("own", chain=plug_ins)
    return np.concatenate(list(chain.through(style, parts, audio.shape[0], rate, lufs)), axis=1)


def alone(audio: Audio, plug_in: PlugIn, rate: int = RATE) -> Audio:
    """What pedalboard makes of the whole song at once."""
    processor = getattr(pedalboard, plug_in.name)(**dict(plug_in.parameters))
    return np.asarray(processor(audio, rate), np.float32)


def mastered(audio: Audio, style: Style, **asked: float) -> Mastered:
    settings = Settings(style=style.key, own_style=style, **asked)  # type: ignore[arg-type]
    return master(audio, RATE, analyse(audio, RATE), settings)


def refusal(plug_in: PlugIn) -> str:
    with pytest.raises(Refused) as refused:
        heard(noise(1.0, RATE), plug_in)
    return str(refused.value)


@pytest.mark.parametrize("name", sorted(chain.processors()))
def test_every_processor_does_in_a_chain_what_it_does_to_the_whole_song(name: str) -> None:
    audio = song(5.0)
    assert np.array_equal(heard(audio, PlugIn(name)), alone(audio, PlugIn(name)))


@pytest.mark.parametrize("piece", [1, 999, 8192, 50000])
def test_how_a_song_is_cut_into_pieces_does_not_matter(piece: int) -> None:
    audio = song(0.3 if piece == 1 else 5.0)
    whole = heard(audio, PRESSED, LATE)
    assert np.array_equal(heard(audio, PRESSED, LATE, piece=piece), whole)


def test_what_a_plug_in_is_late_by_is_made_up_for() -> None:
    audio = song(5.0, level_db=-30.0)  # nothing to limit: what comes out is what went in
    assert heard(audio, LATE).shape == audio.shape
    assert rms_db(heard(audio, LATE) - audio) < -140
    assert rms_db(heard(audio, LATE, LATE, LATE) - audio) < -140


@pytest.mark.parametrize("seconds", [0.01, 0.4, 2.3])
def test_a_song_of_any_length_comes_out_as_long_as_it_went_in(seconds: float) -> None:
    audio = noise(seconds, RATE)
    assert heard(audio, LATE, PRESSED, LATE).shape == audio.shape


@pytest.mark.parametrize(("rate", "channels"), [(96000, 2), (44100, 1), (8000, 1), (192000, 2)])
def test_any_rate_and_mono_go_through(rate: int, channels: int) -> None:
    audio = song(3.0, rate, channels)
    assert np.array_equal(heard(audio, PRESSED, rate=rate), alone(audio, PRESSED, rate))


def test_a_mono_song_stays_mono_through_a_plug_in_that_tells_its_channels_apart() -> None:
    audio = song(3.0, channels=1)
    wide = PlugIn("Reverb", parameters=(("width", 1.0),))
    both = alone(np.repeat(audio, 2, axis=0), wide)
    assert not np.array_equal(both[0], both[1])
    assert np.array_equal(heard(audio, wide), both.mean(axis=0, keepdims=True))


def test_the_order_of_a_chain_is_the_order_of_the_style() -> None:
    audio = song(5.0)
    louder = PlugIn("Gain", parameters=(("gain_db", 12.0),))
    one, other = heard(audio, louder, PRESSED), heard(audio, PRESSED, louder)
    assert np.array_equal(one, alone(alone(audio, louder), PRESSED))
    assert rms_db(one - other) > -40


def test_a_threshold_means_the_same_for_a_loud_song_and_a_soft_one() -> None:
    audio = song(5.0)
    softer = np.asarray(audio * 0.1, np.float32)
    one = heard(audio, PRESSED, lufs=-10.0)
    other = heard(softer, PRESSED, lufs=-30.0)
    assert rms_db(other * 10 - one) < -110
    assert rms_db(one - audio) > -60  # it did something


def test_a_style_with_a_chain_sounds_like_its_chain_and_keeps_its_promises() -> None:
    audio = song(20.0)
    audio -= audio.mean(axis=1, keepdims=True)  # which a master takes out
    bare = Style("bare", correction=0.0, ratio=1.0)
    low = PlugIn("LowpassFilter", parameters=(("cutoff_frequency_hz", 500.0),))
    made = mastered(audio, replace(bare, key="dark", chain=(low,)), target_lufs=-20.0, tone_strength=0.0)
    wanted = alone(audio, low)
    wanted *= np.sqrt(np.mean(made.audio**2) / np.mean(wanted**2))
    assert rms_db(made.audio - wanted) < rms_db(wanted) - 100
    assert made.measured.lufs == pytest.approx(-20.0, abs=0.02)


def test_loudness_and_ceiling_hold_whatever_the_chain_does() -> None:
    dirt = PlugIn("Distortion", parameters=(("drive_db", 20.0),))
    made = mastered(song(20.0), Style("dirty", chain=(dirt, LATE)), target_lufs=-12.0, ceiling_dbtp=-2.0)
    assert made.reached
    assert measure(made.audio, RATE).integrated == pytest.approx(-12.0, abs=0.02)
    assert true_peak(made.audio, 8) <= -2.0


def test_a_style_without_a_chain_is_mastered_as_it_was() -> None:
    audio = song(10.0)
    named = mastered(audio, Style("balanced"))
    assert np.array_equal(named.audio, master(audio, RATE, analyse(audio, RATE), Settings()).audio)


@pytest.mark.parametrize(
    ("name", "parameters", "said"),
    [
        ("Compressor", {"treshold_db": -18.0}, "has no 'treshold_db'; it has attack_ms, ratio, release_ms"),
        ("Compressor", {"ratio": 0.5}, "does not take 0.5 for 'ratio': Compressor ratio must be a value"),
        ("Compressor", {"ratio": "two"}, "does not take 'two' for 'ratio'."),
        ("Maximiser", {}, "is not one of pedalboard's for a chain: Bitcrush, "),
        ("PitchShift", {}, "is not one of pedalboard's for a chain"),
        ("Pedalboard", {}, "is not one of pedalboard's for a chain"),
        ("is_effect", {}, "is not one of pedalboard's for a chain"),
    ],
)
def test_what_cannot_stand_in_a_chain_is_refused_in_a_sentence(
    name: str, parameters: dict[str, Parameter], said: str
) -> None:
    told = refusal(PlugIn(name, parameters=tuple(parameters.items())))
    assert told.startswith(f"The plug-in {name} {said}")
    assert told.endswith(".")


def test_a_vst3_that_is_not_there_or_is_none_is_refused_in_a_sentence(tmp_path: Path) -> None:
    gone, torn = tmp_path / "Gone.vst3", tmp_path / "Torn.vst3"
    torn.write_bytes(b"no plug-in")
    assert refusal(PlugIn("", str(gone))) == f"The plug-in Gone is not there: {gone}."
    assert refusal(PlugIn("Tube", str(torn))).startswith("The plug-in Tube cannot be loaded: Unable to scan")


def test_a_plug_in_that_returns_no_sound_is_refused() -> None:
    endless = PlugIn("Gain", parameters=(("gain_db", 1e6),))
    assert refusal(endless) == "The plug-in Gain returned no sound."


def test_all_faults_of_a_chain_are_found_with_their_places() -> None:
    wrong = PlugIn("Gain", parameters=(("gain", 3.0),))
    found = chain.faults([PRESSED, wrong, LATE, PlugIn("Gane")])
    assert [(index, parameter) for index, parameter, _ in found] == [(1, "gain"), (3, "")]
    assert chain.faults([PRESSED, LATE]) == []


def test_a_fingerprint_knows_the_parameters_and_the_files_of_a_chain(tmp_path: Path) -> None:
    bundle = tmp_path / "Tube.vst3" / "Contents" / "x86_64-linux"
    bundle.mkdir(parents=True)
    (bundle / "Tube.so").write_bytes(b"one")
    tube = PlugIn("", str(tmp_path / "Tube.vst3"), (("drive", 0.3),))

    def print_of(plug_in: PlugIn) -> str:
        own = Style("velvet", chain=(plug_in,))
        return chain.as_found(Settings(style="velvet", own_style=own)).fingerprint("song")

    first = print_of(tube)
    assert print_of(tube) == first
    assert print_of(replace(tube, parameters=(("drive", 0.4),))) != first
    (bundle / "Tube.so").write_bytes(b"two")
    assert print_of(tube) != first


def test_settings_carry_a_style_of_the_house_to_other_machines() -> None:
    own = Style("velvet", contour_db=((60.0, 1.0), (900.0, 0.0)), chain=(PRESSED, LATE), chain_lufs=-20.0)
    settings = Settings(style="velvet", own_style=own)
    assert Settings.from_json(settings.to_json()) == settings
    assert settings.character == own
    with pytest.raises(ValueError, match="no style 'velvet'"):
        Settings(style="velvet")
    with pytest.raises(ValueError, match="'warm' is not 'velvet'"):
        Settings(style="warm", own_style=own)
