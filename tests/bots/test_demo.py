"""When the demo is content with what it got."""

from collections.abc import Mapping

import pytest

from bots.demo import NoMaster, verify
from core.songs import Version, VersionState
from dsp.settings import ENGINE_VERSION, Settings

ASKED = Settings(target_lufs=-13.0, ceiling_dbtp=-1.0).to_json()


def version(reached: bool = True, lufs: float = -13.0) -> Version:
    measured = {"reached": reached, "lufs": lufs}
    return Version("v", "o", "s", 1, VersionState.SENT, ASKED, ENGINE_VERSION, measured=measured)


def test_a_file_that_is_what_was_asked_for_will_do() -> None:
    verify("song.wav", {"lufs": -13.05, "true_peak": -1.0}, version())


@pytest.mark.parametrize(
    ("measured", "why"),
    [
        ({"lufs": -12.8, "true_peak": -1.0}, "-12.80 LUFS where -13.00"),
        ({"lufs": -13.2, "true_peak": -1.0}, "-13.20 LUFS where -13.00"),
        ({"lufs": -13.0, "true_peak": -0.9}, "above the ceiling"),
        ({"lufs": None, "true_peak": None}, "silent"),
    ],
)
def test_a_file_that_is_not_what_was_asked_for_is_no_master(
    measured: Mapping[str, float | None], why: str
) -> None:
    with pytest.raises(NoMaster, match=why):
        verify("song.wav", measured, version())


def test_where_the_target_was_out_of_reach_what_was_promised_instead_must_hold() -> None:
    verify("song.wav", {"lufs": -15.0, "true_peak": -1.2}, version(reached=False, lufs=-15.0))
    with pytest.raises(NoMaster, match=r"where -15\.00"):
        verify("song.wav", {"lufs": -14.0, "true_peak": -1.2}, version(reached=False, lufs=-15.0))
