"""Faders for stems: the role decides how loud each is, and what it was recorded at does not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from dsp.balance import MIX_LUFS, OFFSETS, faders
from dsp.loudness import measure
from tests.dsp.signals import Audio, amplitude, noise, sine, song, steps

RATE = 44100
NAMES = ("Lead Vocals", "Bass DI", "piano")


def three() -> list[Audio]:
    return [noise(6.0, RATE, -30.0, seed=seed) for seed in (1, 2, 3)]


def mixed(stems: list[Audio], gains: list[float]) -> Audio:
    turned = [stem * np.float32(amplitude(db)) for stem, db in zip(stems, gains, strict=True)]
    return np.asarray(np.sum(turned, axis=0), np.float32)


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("01 Lead Vox", "lead"),
        ("backing vocals L", "backing"),
        ("backing", "rest"),
        ("song", "rest"),
        ("Kick in", "drums"),
        ("Bassdrum", "drums"),
        ("Bass DI", "bass"),
        ("E-Gitarre 2", "guitar"),
        ("lead guitar", "lead"),
        ("Klavier", "keys"),
    ],
)
def test_a_file_name_tells_the_role(name: str, role: str) -> None:
    assert faders([noise(1.0, RATE)], RATE, [name])[0].role == role


@pytest.mark.parametrize(
    ("stem", "role"),
    [(sine(60.0, 4.0, RATE, -12.0), "bass"), (noise(4.0, RATE), "other")],
    ids=["low", "even"],
)
def test_a_stem_that_nobody_named_is_known_by_its_sound(stem: Audio, role: str) -> None:
    assert faders([stem], RATE, ["Audio 7"])[0].role == role


def test_what_only_strikes_is_drums() -> None:
    since = np.arange(4 * RATE) / RATE % 0.5
    strikes = noise(4.0, RATE) * np.exp(-60 * since).astype(np.float32)
    assert faders([strikes], RATE, ["Audio 7"])[0].role == "drums"


def test_each_role_keeps_its_distance_from_the_lead() -> None:
    lead, bass, keys = (fader.lufs + fader.gain_db for fader in faders(three(), RATE, NAMES))
    assert bass - lead == pytest.approx(OFFSETS["bass"] - OFFSETS["lead"], abs=0.01)
    assert keys - lead == pytest.approx(OFFSETS["keys"] - OFFSETS["lead"], abs=0.01)


def test_the_mix_has_room_for_a_master() -> None:
    stems = three()
    gains = [fader.gain_db for fader in faders(stems, RATE, NAMES)]
    assert measure(mixed(stems, gains), RATE).integrated == pytest.approx(MIX_LUFS, abs=0.05)


@hypothesis(max_examples=8, deadline=None)
@given(st.lists(st.floats(-12.0, 12.0), min_size=3, max_size=3))
def test_faders_that_were_pulled_apart_come_back(pulled: list[float]) -> None:
    stems = three()
    wanted = [fader.gain_db for fader in faders(stems, RATE, NAMES)]
    turned = [stem * np.float32(amplitude(db)) for stem, db in zip(stems, pulled, strict=True)]
    found = [fader.gain_db for fader in faders(turned, RATE, NAMES)]
    assert [gain + db for gain, db in zip(found, pulled, strict=True)] == pytest.approx(wanted, abs=0.02)


def test_a_guitar_that_comes_and_goes_is_louder_than_one_that_never_pauses() -> None:
    backing = song(24.0)
    bed = steps([(-20.0, 24.0)], RATE)
    solo = steps([(-32.0, 8.0), (-20.0, 8.0), (-32.0, 8.0)], RATE)

    def above(guitar: Audio) -> float:
        rest, fader = faders([backing, guitar], RATE, ["song", "guitar"])
        return (fader.lufs + fader.gain_db) - (rest.lufs + rest.gain_db)

    assert above(bed) == pytest.approx(OFFSETS["guitar"], abs=0.01)
    assert above(solo) == pytest.approx(OFFSETS["lead"], abs=0.01)


def test_rests_do_not_count() -> None:
    played = noise(6.0, RATE, -30.0)
    once = np.concatenate([played, np.zeros((2, 18 * RATE), np.float32)], axis=1)
    often = np.tile(played, 4)
    assert faders([once, often], RATE, ["lead", "voice"])[0].lufs == pytest.approx(
        measure(often, RATE).integrated, abs=0.2
    )


def test_a_silent_stem_is_left_alone() -> None:
    stems = [noise(2.0, RATE), np.zeros((2, 2 * RATE), np.float32)]
    heard, silent = faders(stems, RATE, ["lead", "keys"])
    assert silent.gain_db == 0.0
    assert heard.lufs + heard.gain_db == pytest.approx(MIX_LUFS, abs=0.05)
    assert faders(stems[1:], RATE, ["keys"])[0].gain_db == 0.0
