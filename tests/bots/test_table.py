"""Figures in columns."""

from bots.table import comparison, figure, shortened, table


def test_columns_are_as_wide_as_what_they_hold() -> None:
    assert table(["song", "LUFS"], [["a", "-14.0"], ["a long one", "-9.1"]]).splitlines() == [
        "song         LUFS",
        "a           -14.0",
        "a long one   -9.1",
    ]


def test_each_figure_stands_before_and_after() -> None:
    before = {"lufs": -22.54, "true_peak": None, "lra": 8.0}
    after = {"lufs": -14.0, "true_peak": -1.0, "lra": 7.26}
    assert comparison(before, after) == ["-22.5 → -14.0", "-inf → -1.0", "8.0 → 7.3"]


def test_silence_has_no_level() -> None:
    assert figure(None) == "-inf"


def test_a_long_name_leaves_room_for_the_figures() -> None:
    assert shortened("x" * 32) == "x" * 32
    assert shortened("x" * 33) == "x" * 31 + "…"
