"""From wishes to settings: each is a delta on the version it is about, within what the engine takes."""

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.asks import BANDS, DEFAULT_AMOUNT, SECONDS, STEPS, applied
from core.revisions import AIMS, BY_PEOPLE, Item, What
from dsp.settings import BANDS as TONE_BANDS
from dsp.settings import LIMITS, STYLES, TONE_LIMIT_DB, Place, Settings


def changed(before: Settings, after: Settings) -> set[str]:
    return {
        field.name for field in fields(Settings) if getattr(before, field.name) != getattr(after, field.name)
    }


def test_everything_that_can_be_asked_for_has_an_amount_when_none_is_said() -> None:
    assert set(DEFAULT_AMOUNT) == set(What) - AIMS - BY_PEOPLE
    assert all(amount > 0 for amount in DEFAULT_AMOUNT.values())


def test_the_bands_that_can_be_asked_for_are_those_the_engine_knows() -> None:
    assert {band.value for band in BANDS} == set(TONE_BANDS)
    assert not BANDS & SECONDS
    assert not BANDS & STEPS


@pytest.mark.parametrize("what", sorted(BANDS))
def test_a_band_is_moved_by_its_amount_and_no_other_is(what: What) -> None:
    after = applied(Settings(), [Item(what, -1, 1.5)])
    assert after.tone_db == ((what.value, -1.5),)
    assert changed(Settings(), after) == {"tone_db"}


@pytest.mark.parametrize(
    ("what", "field", "least"),
    [
        (What.TILT, "tilt_db", 1.5),
        (What.WIDTH, "width_db", 1.5),
        (What.DYNAMICS, "dynamics", 0.3),
        (What.LIMITING, "limiting", 0.3),
        (What.FADE_IN, "fade_in", 3.0),
        (What.FADE_OUT, "fade_out", 5.0),
        (What.TRIM_START, "trim_start", 1.0),
        (What.TRIM_END, "trim_end", 1.0),
        (What.GAP, "gap", 1.0),
    ],
)
def test_a_wish_moves_its_own_setting_by_its_amount(what: What, field: str, least: float) -> None:
    after = applied(Settings(), [Item(what, 1, DEFAULT_AMOUNT[what])])
    assert changed(Settings(), after) == {field}
    assert getattr(after, field) == least


def test_louder_lets_the_limiter_give_way_or_nothing_would_happen() -> None:
    after = applied(Settings(), [Item(What.VOLUME, 1, 1.5)])
    assert after.target_lufs == -12.5
    assert after.limiting == 0.25


def test_softer_leaves_the_limiter_alone() -> None:
    after = applied(Settings(), [Item(What.VOLUME, -1, 1.5)])
    assert after.target_lufs == -15.5
    assert changed(Settings(), after) == {"target_lufs"}


def test_a_wish_is_a_change_of_the_version_it_is_about() -> None:
    before = Settings(style="warm", tone_db=(("bass", 2.0), ("air", -1.0)))
    after = applied(before, [Item(What.BASS, 1, 1.5)])
    assert dict(after.tone_db) == {"bass": 3.5, "air": -1.0}
    assert after.style == "warm"


def test_a_change_and_the_change_back_are_no_change() -> None:
    there_and_back = [
        Item(What.BASS, 1, 1.5),
        Item(What.TILT, -1, 2.0),
        Item(What.TILT, 1, 2.0),
        Item(What.BASS, -1, 1.5),
    ]
    assert applied(Settings(), there_and_back) == Settings()


def test_no_wishes_are_no_change() -> None:
    assert applied(Settings(style="open"), []) == Settings(style="open")


def test_a_place_changes_there_alone_and_counts_from_the_song_as_it_came() -> None:
    before = Settings(trim_start=2.0)
    after = applied(before, [Item(What.TRIM_START, 1, 1.0), Item(What.BASS, -1, 1.5, place=(60.0, 62.0))])
    assert after.places == (Place(62.0, 64.0, "bass", -1.5),)
    assert changed(before, after) == {"trim_start", "places"}


def test_the_same_place_again_goes_further_and_back_is_no_change() -> None:
    once = applied(Settings(), [Item(What.VOLUME, 1, 1.5, place=(60.0, 62.0))])
    twice = applied(once, [Item(What.VOLUME, 1, 1.0, place=(60.0, 62.0))])
    assert [place.gain_db for place in twice.places] == [2.5]
    assert applied(once, [Item(What.VOLUME, -1, 1.5, place=(60.0, 62.0))]) == Settings()


def test_louder_at_one_place_leaves_the_limiter_alone() -> None:
    after = applied(Settings(), [Item(What.VOLUME, 1, 3.0, place=(10.0, 20.0))])
    assert changed(Settings(), after) == {"places"}


def test_what_is_more_than_the_engine_takes_stops_at_its_limit() -> None:
    loud = [Item(What.VOLUME, 1, 6.0)] * 3
    assert applied(Settings(), loud).target_lufs == LIMITS["target_lufs"][1]
    assert dict(applied(Settings(), [Item(What.AIR, -1, 6.0)] * 3).tone_db) == {"air": -TONE_LIMIT_DB}
    assert applied(Settings(), [Item(What.FADE_OUT, -1, 5.0)]).fade_out == 0.0


_ITEMS = st.builds(
    Item,
    what=st.sampled_from(sorted(DEFAULT_AMOUNT)),
    direction=st.sampled_from((-1, 1)),
    amount=st.floats(0.01, 30.0, allow_nan=False),
)


@given(st.sampled_from(sorted(STYLES)), st.lists(_ITEMS, max_size=20))
def test_whatever_is_asked_for_the_engine_can_make(style: str, items: list[Item]) -> None:
    after = applied(Settings(style=style), items)  # Settings refuses what makes no sense
    assert Settings.from_json(after.to_json()) == after
