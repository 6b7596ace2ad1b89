"""What a master may be asked to be."""

import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.errors import SENTENCES, Refused
from dsp.profile import CENTRES, Profile
from dsp.settings import BANDS, LIMITS, STYLES, Place, Settings

numbers = {name: st.floats(least, most) for name, (least, most) in LIMITS.items()}
tones = st.dictionaries(st.sampled_from(sorted(BANDS)), st.floats(-9, 9)).map(
    lambda tone: tuple(tone.items())
)
places = st.builds(
    Place,
    start=st.floats(0, 100),
    end=st.floats(101, 200),
    what=st.sampled_from(["volume", *BANDS]),
    gain_db=st.floats(-9, 9),
)
spectra = st.lists(st.tuples(st.floats(20, 20000), st.floats(-60, 10)), max_size=4).map(tuple)
any_settings = st.builds(
    Settings,
    style=st.sampled_from(sorted(STYLES)),
    tone_db=tones,
    places=st.lists(places, max_size=3).map(tuple),
    album_mid=spectra,
    album_side=spectra,
    **numbers,
)


@given(any_settings)
def test_settings_come_back_from_json_as_they_went(settings: Settings) -> None:
    assert Settings.from_json(json.loads(json.dumps(settings.to_json()))) == settings


@given(any_settings, any_settings)
def test_two_versions_share_a_fingerprint_only_when_they_are_the_same(one: Settings, other: Settings) -> None:
    assert (one.fingerprint("song") == other.fingerprint("song")) == (one == other)
    assert one.fingerprint("song") != one.fingerprint("another song")


def test_settings_written_before_there_were_places_and_albums_still_load() -> None:
    assert Settings.from_json({"style": "warm", "target_lufs": -12.0}) == Settings("warm", -12.0)


def test_places_come_in_the_order_of_the_song() -> None:
    late, early = Place(60.0, 70.0, "bass", 1.0), Place(10.0, 20.0, "volume", -1.0)
    assert Settings(places=(late, early)).places == (early, late)


def profile(lufs: float, sha256: str = "") -> Profile:
    levels = (-40.0,) * len(CENTRES)
    return Profile(levels, (None,) * len(CENTRES), lufs, lra=6.0, plr=11.0, sha256=sha256)


def test_references_travel_with_the_settings_and_count_in_the_fingerprint() -> None:
    settings = Settings().following([profile(-9.0, "ab"), profile(-11.0, "cd")])
    assert Settings.from_json(json.loads(json.dumps(settings.to_json()))) == settings
    other = Settings().following([profile(-9.0, "ab"), profile(-11.0, "ef")])
    assert settings.fingerprint("song") != other.fingerprint("song")


@pytest.mark.parametrize(("strength", "target"), [(0.0, -14.0), (0.5, -12.0), (1.0, -10.0), (1.5, -8.0)])
def test_loudness_follows_references_as_far_as_its_strength(strength: float, target: float) -> None:
    settings = Settings(loudness_strength=strength).following([profile(-9.0), profile(-11.0)])
    assert settings.target_lufs == pytest.approx(target)


@pytest.mark.parametrize("lufs", [-60.0, -25.0, -4.0])
def test_how_loud_is_not_learned_from_what_is_no_record(lufs: float) -> None:
    assert Settings().following([profile(lufs)]).target_lufs == -14.0
    assert Settings().following([profile(lufs)]).references == (profile(lufs),)
    assert Settings().following([profile(lufs), profile(-9.0)]).target_lufs == -9.0


def test_settings_of_the_time_before_references_still_load() -> None:
    old = {"style": "warm", "intensity": 0.5, "tone_db": {"air": 1.0}}
    assert Settings.from_json(old) == Settings(style="warm", intensity=0.5, tone_db=(("air", 1.0),))


@pytest.mark.parametrize("wrong", [{}, {"mid": [], "side": []}, {"name": "x", "loud": 1}])
def test_what_is_no_profile_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="not the profile"):
        Settings.from_json({"references": [wrong]})


def test_what_says_the_same_is_the_same() -> None:
    one = Settings(target_lufs=-14, tilt_db=-0.0, tone_db=(("mid", 0.0), ("bass", 2), ("air", 1.0)))
    other = Settings(target_lufs=-14.0, tilt_db=0.0, tone_db=(("air", 1.0), ("bass", 2.0)))
    assert one == other
    assert one.fingerprint("song") == other.fingerprint("song")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"style": "loud"}, "no style 'loud'"),
        ({"target_lufs": 0.0}, "target_lufs must lie between"),
        ({"ceiling_dbtp": 0.1}, "ceiling_dbtp must lie between"),
        ({"intensity": float("nan")}, "intensity must be a number"),
        ({"dynamics": "more"}, "dynamics must be a number"),
        ({"fade_in": True}, "fade_in must be a number"),
        ({"tone_db": {"vocals": 1.0}}, "no tone band 'vocals'"),
        ({"tone_db": {"bass": 30.0}}, "bass can be changed by 9 dB"),
        ({"tone_db": [["bass", 1.0], ["bass", 2.0]]}, "set twice"),
        ({"loudness": -14.0}, "no setting 'loudness'"),
        ({"places": [{"start": 9, "end": 4, "what": "bass", "gain_db": 1}]}, "ends after it starts"),
        ({"places": [{"start": 4, "end": 9, "what": "width", "gain_db": 1}]}, "not 'width'"),
        ({"places": [{"start": 4, "end": 9, "what": "bass", "gain_db": 12}]}, "by 9 dB, not by 12"),
        ({"places": [{"start": 4, "end": 9, "what": "bass", "gain_db": 1}] * 65}, "At most 64 places"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Settings.from_json(wrong)


def test_settings_and_refusals_load_without_the_sound_stack() -> None:
    heavy = "{'numpy', 'numba', 'av', 'soundfile'}"
    seen = f"import dsp.settings, dsp.errors, sys; print(sorted({heavy} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", seen], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_every_refusal_survives_the_way_out_of_a_process() -> None:
    import pickle

    details = {
        "seconds": 0.1,
        "least": 0.4,
        "minutes": 30.0,
        "channels": 6,
        "rate": 1,
        "reason": "it is torn",
        "plug_in": "Tube",
        "megabytes": 4000,
        "files": 70,
        "most": 64,
    }
    for code in SENTENCES:
        back = pickle.loads(pickle.dumps(Refused(code, details)))
        assert (back.code, back.details, str(back)) == (code, details, str(Refused(code, details)))
