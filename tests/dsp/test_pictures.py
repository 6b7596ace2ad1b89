"""The cards an artist sees: the right size, true to the sound, and never a crash over a title."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from dsp.pictures import (
    album,
    before_after,
    intake,
    lettering,
    look,
    spectrum,
    version_change,
    waveform,
)
from dsp.pictures.look import AFTER, ALERT, BEFORE, GROUND, LESS, MARGIN, RIGHT, SIZE, TEXT, TITLE, Colour
from dsp.sound import Held

FIGURES = {"LUFS": "-19.2", "dBTP": "-5.8", "LRA": "6.1", "Format": "44.1 kHz · 24 bit"}
CHANGES = [("LUFS", "-19.2", "-13.9"), ("dBTP", "-5.8", "-1.0"), ("LRA", "6.1", "5.4")]
FLAT = [(20.0, -30.0), (1_000.0, -30.0), (20_000.0, -30.0)]
BRIGHT = [(20.0, -30.0), (1_000.0, -30.0), (20_000.0, -18.0)]
DULL = [(20.0, -30.0), (1_000.0, -30.0), (20_000.0, -42.0)]

RATE = 44_100

Pixels = NDArray[np.int16]
Card = Callable[..., Pixels]


def pixels(path: Path) -> Pixels:
    with Image.open(path) as picture:
        assert (picture.size, picture.mode, picture.format) == (SIZE, "RGB", "PNG")
        return np.asarray(picture, np.int16)


def of_colour(picture: Pixels, colour: Colour) -> NDArray[np.bool_]:
    """Where a picture (or a part of it) shows a colour, (rows, columns)."""
    return (np.abs(picture - np.array(colour, np.int16)) <= 6).all(axis=2)


def envelope(audio: NDArray[np.float32], columns: int) -> waveform.Envelope:
    return waveform.envelope(Held(audio, RATE), columns)


def level(height: float) -> waveform.Envelope:
    """The envelope of a song as loud everywhere."""
    return np.tile(np.array([-height, height], np.float32), (500, 1))


@pytest.fixture
def intake_card(tmp_path: Path) -> Card:
    def draw(**changed: object) -> Pixels:
        asked = {
            "envelope": level(0.6),
            "clipped_runs": [],
            "duration": 240.0,
            "figures": FIGURES,
            "caption": {"title": "Midnight Drive", "verdict": "Room to master."},
        }
        intake(tmp_path / "intake.png", **{**asked, **changed})
        return pixels(tmp_path / "intake.png")

    return draw


@pytest.fixture
def comparison_card(tmp_path: Path) -> Card:
    def draw(**changed: object) -> Pixels:
        asked = {
            "before_envelope": level(0.3),
            "after_envelope": level(0.9),
            "before_spectrum": DULL,
            "after_spectrum": BRIGHT,
            "figures": CHANGES,
            "matched_gain_db": -5.3,
            "duration": 240.0,
            "caption": {"title": "Midnight Drive"},
        }
        before_after(tmp_path / "before_after.png", **{**asked, **changed})
        return pixels(tmp_path / "before_after.png")

    return draw


@pytest.fixture
def change_card(tmp_path: Path) -> Card:
    def draw(**changed: object) -> Pixels:
        asked = {
            "before_spectrum": FLAT,
            "after_spectrum": BRIGHT,
            "changes": [("Brighter", "+2.1 dB above 4 kHz")],
            "figures": CHANGES,
            "caption": {"title": "Midnight Drive"},
        }
        version_change(tmp_path / "change.png", **{**asked, **changed})
        return pixels(tmp_path / "change.png")

    return draw


@pytest.fixture
def album_card(tmp_path: Path) -> Card:
    def draw(songs: list[tuple[str, float | None, float | None]], target: float = -14.0) -> Pixels:
        album(tmp_path / "album.png", songs=songs, target_lufs=target, caption={"title": "Winter"})
        return pixels(tmp_path / "album.png")

    return draw


# The look


def test_the_smallest_words_can_be_read_where_a_phone_shows_the_picture_328_points_wide() -> None:
    sizes = [style.size for style in vars(look).values() if isinstance(style, look.Type)]
    assert min(sizes) * 328 / SIZE[0] >= 8


# The envelope


def test_an_envelope_holds_the_extremes_of_the_mid_signal_of_each_stretch() -> None:
    left = np.array([0.5, -0.5, 0.1, 0.2, -1.0, 0.0], np.float32)
    right = np.array([0.5, -0.1, 0.1, 0.4, -1.0, 1.0], np.float32)
    found = envelope(np.stack((left, right)), 3)
    np.testing.assert_allclose(found, [[-0.3, 0.5], [0.1, 0.3], [-1.0, 0.5]], atol=1e-7)
    assert found.dtype == np.float32


def test_what_is_only_on_the_sides_does_not_show_in_the_envelope() -> None:
    side = np.random.default_rng(1).standard_normal(1000).astype(np.float32)
    assert not envelope(np.stack((side, -side)), 10).any()


@given(
    frames=st.integers(0, 400),
    columns=st.integers(1, 90),
    channels=st.integers(1, 3),
    seed=st.integers(0, 99),
)
def test_no_frame_is_lost_to_an_envelope_however_the_lengths_divide(
    frames: int, columns: int, channels: int, seed: int
) -> None:
    audio = np.random.default_rng(seed).uniform(-1, 1, (channels, frames)).astype(np.float32)
    found = envelope(audio, columns)
    assert found.shape == (columns, 2)
    if frames:
        mid = audio.mean(axis=0)
        assert found[:, 0].min() == pytest.approx(mid.min(), abs=1e-6)
        assert found[:, 1].max() == pytest.approx(mid.max(), abs=1e-6)
    else:
        assert not found.any()


def test_an_envelope_of_a_long_song_is_the_same_as_that_of_its_parts() -> None:
    """Long songs go through in blocks; their seams must not show."""
    audio = np.random.default_rng(2).uniform(-1, 1, (2, 3_000_000)).astype(np.float32)
    whole = envelope(audio, 300)
    parts = np.concatenate([envelope(part, 100) for part in np.split(audio, 3, axis=1)])
    np.testing.assert_array_equal(whole, parts)


@pytest.mark.parametrize(("frames", "columns"), [(100, 7), (100, 99), (50, 120), (3, 40), (64, 64)])
def test_where_the_blocks_of_an_envelope_end_makes_no_difference(
    frames: int, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    audio = np.random.default_rng(3).uniform(-1, 1, (2, frames)).astype(np.float32)
    in_one = envelope(audio, columns)
    for block in (1, 2, 7):
        monkeypatch.setattr(waveform, "_BLOCK_FRAMES", block)
        np.testing.assert_array_equal(envelope(audio, columns), in_one)


def test_an_envelope_without_columns_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one column"):
        envelope(np.zeros((2, 10), np.float32), 0)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0:00"),
        (0.3, "0.3 s"),
        (1, "0:01"),
        (59.96, "1:00"),
        (238, "3:58"),
        (1805, "30:05"),
        (3723, "1:02:03"),
    ],
)
def test_a_length_is_written_as_a_clock_shows_it(seconds: float, shown: str) -> None:
    assert waveform.clock(seconds) == shown


# The intake card


def test_a_clean_mix_shows_no_red(intake_card: Card) -> None:
    assert not of_colour(intake_card(), ALERT).any()


def test_clipped_places_are_red_where_they_are_in_time_and_nowhere_else(intake_card: Card) -> None:
    picture = intake_card(clipped_runs=[(60.0, 62.0), (180.0, 180.001)])
    red = of_colour(picture[150:400], ALERT)
    columns = np.flatnonzero(red.any(axis=0))
    seconds = (columns - MARGIN) / (RIGHT - MARGIN) * 240
    assert ((np.abs(seconds - 61) < 3) | (np.abs(seconds - 180) < 3)).all()
    assert (seconds < 100).any()
    assert (seconds > 150).any()


@pytest.mark.parametrize("run", [(0.0, 0.0), (120.0, 120.0), (239.9999, 240.0), (240.0, 240.0)])
def test_a_clip_shorter_than_a_pixel_is_still_seen(intake_card: Card, run: tuple[float, float]) -> None:
    assert of_colour(intake_card(clipped_runs=[run])[150:400], ALERT).any()


def test_a_louder_mix_is_drawn_taller(intake_card: Card) -> None:
    def rows(height: float) -> int:
        return int(of_colour(intake_card(envelope=level(height)), BEFORE).any(axis=1).sum())

    assert rows(0.2) * 2 < rows(0.5) < rows(1.0)


def test_silence_is_a_line_not_nothing(intake_card: Card) -> None:
    line = of_colour(intake_card(envelope=envelope(np.zeros((2, 44_100), np.float32), 1072)), BEFORE)
    assert 1 <= line.any(axis=1).sum() <= 4
    assert line.any(axis=0).sum() > 600


def test_a_confidential_song_shows_no_trace_of_a_title(intake_card: Card) -> None:
    """What it shows takes the title's place: a picture without a title is the picture of that heading."""
    without = intake_card(caption={"heading": "Your mix", "verdict": "Fine."})
    np.testing.assert_array_equal(
        without, intake_card(caption={"title": "", "heading": "Your mix", "verdict": "Fine."})
    )
    assert (
        without != intake_card(caption={"title": "Secret", "heading": "Your mix", "verdict": "Fine."})
    ).any()


def test_words_come_from_the_caption(intake_card: Card) -> None:
    german = intake_card(caption={"title": "Nacht", "heading": "Dein Mix", "verdict": "Genug Luft."})
    english = intake_card(caption={"title": "Nacht", "verdict": "Genug Luft."})
    assert (german != english).any()


def test_a_verdict_too_long_for_one_line_takes_two_and_stays_inside_the_margins(intake_card: Card) -> None:
    picture = intake_card(caption={"verdict": "Übersteuert, am besten leiser exportieren. " * 8})
    drawn = ~of_colour(picture, GROUND)
    assert not drawn[:, : MARGIN - 4].any()
    assert not drawn[:, RIGHT + 4 :].any()
    assert not drawn[-30:].any()


def test_many_wide_figures_stay_on_the_picture(intake_card: Card) -> None:
    figures = {f"A long name {index}": f"{index}44.1 kHz, stereo" for index in range(7)}
    assert not (~of_colour(intake_card(figures=figures), GROUND))[:, RIGHT + 4 :].any()


@pytest.mark.parametrize("duration", [0.0, 0.3, 5.0, 1800.0, 14_400.0])
def test_any_length_can_be_drawn(intake_card: Card, duration: float) -> None:
    assert of_colour(intake_card(duration=duration, clipped_runs=[(0.0, duration)]), TEXT).any()


def test_an_envelope_with_values_that_are_no_numbers_is_drawn_without_them(intake_card: Card) -> None:
    broken = level(0.5)
    broken[10] = (np.nan, np.inf)
    assert of_colour(intake_card(envelope=broken), BEFORE).any()


# The before and after card


def test_both_waveforms_and_both_curves_are_in_one_frame(comparison_card: Card) -> None:
    picture = comparison_card()
    for part in (picture[:300], picture[340:530]):
        assert of_colour(part, BEFORE).sum() > 100
        assert of_colour(part, AFTER).sum() > 100


def test_the_matched_gain_moves_the_curve_of_the_master_onto_that_of_the_mix(comparison_card: Card) -> None:
    """A song that only got louder has the same tone: the curves lie on one another, the later one is seen."""
    louder = [(hertz, decibels + 6) for hertz, decibels in BRIGHT]
    same = {"before_spectrum": BRIGHT, "after_spectrum": louder}

    def visible_mix(gain: float) -> int:
        return int(of_colour(comparison_card(**same, matched_gain_db=gain)[350:500, :600], BEFORE).sum())

    assert visible_mix(-6.0) == 0
    assert visible_mix(0.0) > 200


def test_no_spectrum_and_no_figures_still_make_a_card(comparison_card: Card) -> None:
    silent = [(100.0, float("-inf")), (1_000.0, float("nan"))]
    nothing = np.zeros((0, 2), np.float32)
    picture = comparison_card(
        before_envelope=nothing, after_envelope=nothing, before_spectrum=[], after_spectrum=silent, figures=[]
    )
    assert of_colour(picture, TEXT).any()


def test_figures_change_the_picture(comparison_card: Card) -> None:
    assert (comparison_card() != comparison_card(figures=[("LUFS", "-19.2", "-9.0")])).any()


# The version change card


def test_more_treble_is_drawn_above_zero_and_less_below(change_card: Card) -> None:
    more, less = change_card(), change_card(after_spectrum=DULL)
    fill = tuple(int(0.6 * ground + 0.4 * colour) for ground, colour in zip(GROUND, LESS, strict=True))
    assert not of_colour(more, fill).any()
    assert of_colour(less, fill).sum() > 1000


def test_a_revision_that_changed_nothing_shows_a_flat_line(change_card: Card) -> None:
    line = of_colour(change_card(after_spectrum=FLAT)[:, : MARGIN + 580], AFTER)
    assert 1 <= line.any(axis=1).sum() <= 5


def test_a_list_of_changes_longer_than_the_picture_says_how_many_are_left(change_card: Card) -> None:
    many = [
        (f"Wish {index} in rather many words, so that it takes two lines", "+1.0 dB") for index in range(12)
    ]
    picture = change_card(changes=many, figures=[])
    assert (picture != change_card(changes=[*many, ("One more", "+2.0 dB")], figures=[])).any()
    assert not (~of_colour(picture, GROUND))[-30:].any()


# The album card


@pytest.mark.parametrize("count", [0, 1, 2, 10, 11, 50, 120])
def test_an_album_of_any_size_fits_between_its_margins(album_card: Card, count: int) -> None:
    drawn = ~of_colour(album_card([(f"Song {index}", -20.0, -14.0) for index in range(count)]), GROUND)
    assert not drawn[:, : MARGIN - 6].any()
    assert not drawn[:, RIGHT + 6 :].any()
    assert drawn.any()


@pytest.mark.parametrize("count", [4, 20])
def test_each_song_has_a_bar_and_a_louder_one_a_longer_bar(album_card: Card, count: int) -> None:
    def ink(after: float) -> int:
        songs = [("Quietest", None, -20.0), *[("Loudest", None, -12.0)] * (count - 2), ("Last", None, after)]
        return int(of_colour(album_card(songs)[130:520], AFTER).sum())

    assert ink(-15.0) < ink(-14.0)


@pytest.mark.parametrize("count", [3, 30])
def test_songs_not_yet_mastered_are_drawn_as_they_came(album_card: Card, count: int) -> None:
    picture = album_card([("Song", -18.0, None)] * count)
    assert of_colour(picture, BEFORE).any()
    assert not of_colour(picture, AFTER).any()


@pytest.mark.parametrize("count", [3, 30])
def test_silent_and_unmeasured_songs_have_no_bar(album_card: Card, count: int) -> None:
    nothing = [("Silence", float("-inf"), None), ("Unknown", None, None), ("No number", float("nan"), None)]
    assert not of_colour(album_card(nothing * (count // 3))[130:520], BEFORE).any()


# The curve of a spectrum


def test_a_spectrum_is_read_on_octaves_in_any_order_of_its_pairs() -> None:
    read = spectrum.curve([(20_000.0, -60.0), (20.0, 0.0)], 300)
    assert read[150] == pytest.approx(-30, abs=0.3)
    assert (np.diff(read) <= 1e-4).all()


# Words


def test_a_title_too_wide_is_cut_with_an_ellipsis() -> None:
    shown = lettering.fitted("Never Ending Title " * 30, TITLE, 500)
    assert shown.startswith("Never Ending")
    assert shown.endswith("…")
    assert lettering.width(shown, TITLE) <= 500


@pytest.mark.parametrize("title", ["Über den Dächern", "Жёлтая Луна", "Ελληνικά", "Ðiêu Ðứng", "Żółć"])
def test_european_titles_are_shown_whole(title: str) -> None:
    assert lettering.fitted(title, TITLE, 1000) == title


def test_a_title_in_separate_accents_reads_like_one_in_whole_letters() -> None:
    assert lettering.legible("U\N{COMBINING DIAERESIS}ber", TITLE) == "Über"


def test_letters_without_a_glyph_become_one_ellipsis_and_signs_without_one_vanish(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As on a machine without any font of its own."""
    monkeypatch.setattr(lettering, "_elsewhere", lambda size: ())
    assert lettering.legible("夜のドライブ Drive \N{FIRE}", TITLE) == "… Drive"
    assert lettering.legible("夜のドライブ", TITLE) == ""


def test_a_title_cannot_turn_the_writing_round_or_break_the_line() -> None:
    assert lettering.plain("a\N{RIGHT-TO-LEFT OVERRIDE}b\nc\x00") == "ab c"


def test_a_minus_in_front_of_a_figure_is_a_minus() -> None:
    assert lettering.plain("-19.2") == "\N{MINUS SIGN}19.2"
    assert lettering.plain("lo-fi") == "lo-fi"


def test_wrapped_words_fill_their_lines_and_lose_nothing_that_fits() -> None:
    lines = lettering.wrapped("one two three four five six seven", TITLE, 360, 4)
    assert " ".join(lines) == "one two three four five six seven"
    assert all(lettering.width(line, TITLE) <= 360 for line in lines)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(title=st.text(max_size=60))
def test_no_title_however_strange_stops_a_picture(intake_card: Card, title: str) -> None:
    assert intake_card(caption={"title": title}).any()
