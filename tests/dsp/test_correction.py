"""What a mix is off by is put right, what is a song's own stays, and a wrong reference does no harm."""

import numpy as np
import pytest
from numpy.typing import NDArray

from dsp.correction import BANDS, MOST_DB, correction
from dsp.corridor import music
from dsp.profile import CENTRES, Profile
from dsp.spectrum import sixths

OCTAVES = np.log2(np.array(CENTRES) / 1000.0)
FLAT = np.zeros(BANDS)


def profile(mid: NDArray[np.float64], side: NDArray[np.float64] | None = None, lra: float = 7.0) -> Profile:
    told = (None,) * BANDS if side is None else tuple(side)
    return Profile(tuple(mid), told, lufs=-14.0, lra=lra, plr=12.0)


def record(seed: int, fine_db: float = 2.0) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mid and side of a record near the mean of all, with notes of its own that no mix fault explains."""
    notes = np.random.default_rng(seed).normal(0.0, fine_db, 2 * BANDS)
    levels = music().mean + notes - 25.0
    return levels[:BANDS], levels[BANDS:]


def rms(gains: NDArray[np.float64]) -> float:
    return float(np.sqrt(np.mean(np.square(gains - gains.mean()))))


MUD = 8.0 * np.exp(-0.5 * ((OCTAVES + 2) / 0.7) ** 2)
DULL = -1.5 * OCTAVES


@pytest.mark.parametrize("seed", range(4))
def test_a_record_is_left_alone(seed: int) -> None:
    found = correction(profile(*record(seed)))
    assert rms(found.mid) < 0.5
    assert rms(found.side) < 0.7


@pytest.mark.parametrize("fault", [MUD, -MUD, DULL, -DULL], ids=["mud", "thin", "dull", "harsh"])
def test_a_fault_is_pulled_back_but_not_all_the_way(fault: NDArray[np.float64]) -> None:
    mid, side = record(1)
    found = correction(profile(mid + fault, side + fault))
    assert np.corrcoef(found.mid, -fault)[0, 1] > 0.8
    assert 0.25 * rms(fault) < rms(found.mid) < rms(fault)
    assert np.abs(found.mid).max() < 8.0


def test_what_was_put_right_is_not_put_right_again() -> None:
    mid, side = record(2)
    once = correction(profile(mid + MUD, side + MUD))
    twice = correction(profile(mid + MUD + once.mid, side + MUD + once.side))
    assert rms(once.mid) > 1.0
    assert rms(twice.mid) < 0.25 * rms(once.mid)


def test_a_narrow_mix_becomes_wider_and_a_wide_one_narrower() -> None:
    mid, side = record(3)
    for off in (-8.0, 8.0):
        found = correction(profile(mid, side + off))
        moved = float(np.mean(found.side - found.mid))
        assert moved * off < 0
        assert 1.0 < abs(moved) < 8.0


def test_where_there_is_no_music_noise_is_not_raised() -> None:
    mid, side = record(4)
    empty = np.array(CENTRES) > 9000
    mid[empty], side[empty] = -110.0, -110.0
    found = correction(profile(mid, side))
    level = found.mid[~empty & (np.array(CENTRES) > 4000)].mean()
    assert (found.mid[empty] <= max(level, 0.0) + 1.0).all()


def test_the_same_recording_as_a_reference_is_matched_band_by_band() -> None:
    mid, side = record(5, fine_db=4.0)
    fault = DULL + MUD
    found = correction(profile(mid + fault, side + fault - 4.4), [profile(mid, side)])
    assert found.likeness == 1.0
    off = found.mid + fault
    assert off - off.mean() == pytest.approx(FLAT, abs=0.3)
    assert found.side - found.mid == pytest.approx(FLAT + 4.4, abs=0.3)


def test_another_song_as_a_reference_says_where_to_and_no_more() -> None:
    mid, side = record(6, fine_db=3.0)
    other_mid, other_side = record(7, fine_db=3.0)
    bright = 1.5 * OCTAVES
    towards = correction(profile(mid, side), [profile(other_mid + bright, other_side + bright)])
    assert towards.likeness == 0.0
    assert 0.1 < np.polyfit(OCTAVES, towards.mid, 1)[0] < 1.5
    assert np.abs(towards.mid).max() < 8.0


def test_several_references_say_more_than_one() -> None:
    mid, side = record(8)
    bright = 1.5 * OCTAVES
    references = [profile(*(part + bright for part in record(seed))) for seed in (20, 21, 22, 23)]
    one, four = (correction(profile(mid, side), references[:count]).mid for count in (1, 4))
    assert 0 < np.polyfit(OCTAVES, one, 1)[0] < np.polyfit(OCTAVES, four, 1)[0]


def test_a_reference_of_another_kind_says_less() -> None:
    mid, side = record(9)
    bright = [part + 1.5 * OCTAVES for part in record(10)]
    near, far = (correction(profile(mid, side), [profile(*bright, lra=lra)]).mid for lra in (7.0, 27.0))
    assert np.polyfit(OCTAVES, far, 1)[0] < 0.5 * np.polyfit(OCTAVES, near, 1)[0]


def test_mono_songs_and_mono_references_have_only_a_middle() -> None:
    mid, side = record(11)
    for song, reference in (
        (profile(mid + MUD), profile(mid)),
        (profile(mid + MUD), profile(mid, side)),
        (profile(mid + MUD, side + MUD), profile(mid)),
    ):
        found = correction(song, [reference])
        assert np.isfinite(found.mid).all()
        assert np.isfinite(found.side).all()
        assert rms(found.mid) > 0.5


def test_low_rates_have_fewer_bands_and_silence_none() -> None:
    mid, side = record(12)
    low = [tuple(part[:45]) + (None,) * (BANDS - 45) for part in (mid + MUD, side + MUD)]
    found = correction(Profile(*low, lufs=-14.0, lra=7.0, plr=12.0))
    assert np.isfinite(found.mid).all()
    assert rms(found.mid[:45]) > 0.5
    nothing = profile(np.full(BANDS, -120.0), np.full(BANDS, -120.0))
    assert np.abs(correction(nothing).mid).max() < 1e-9
    assert rms(correction(profile(mid, side), [nothing]).mid) < 1.0


def test_whatever_the_reference_the_same_recording_moves_no_band_beyond_the_most() -> None:
    mid, side = record(13)
    found = correction(profile(mid, side), [profile(mid + 12 * OCTAVES, side + 12 * OCTAVES)])
    assert np.ptp(found.mid) <= 2 * MOST_DB


def test_every_band_of_pink_noise_reads_alike() -> None:
    hertz = np.arange(0, 22050, 2.7)
    pink = 1.0 / np.maximum(hertz, 1.0)
    levels = [level for level in sixths(hertz, pink)[10:] if level is not None]
    assert np.ptp(levels) < 0.2
