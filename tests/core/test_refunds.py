"""What goes back of which payment, and which songs a complaint is about."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.complaints import songs_meant
from core.decisions import second_needed
from core.messages import FileRef
from core.money import Money
from core.refunds import RefundTo, parts, share
from core.songs import Song, SongState
from core.tills import Charge, ChargeState

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
IN_HOUSE = frozenset({"credit"})


def charge(till: str, amount: int) -> Charge:
    return Charge(till, "order", "ann", till, Money(amount, "USD"), ChargeState.PAID, NOON)


CARD, CREDIT = charge("card", 10_000), charge("credit", 2_000)


def taken_apart(amount: int, to: RefundTo, *, whole_only: frozenset[str] = frozenset()) -> list[object]:
    found = parts([CREDIT, CARD], [], Money(amount, "USD"), to, in_house=IN_HOUSE, whole_only=whole_only)
    return [(part.charge.till, part.to.value, part.amount.amount) for part in found]


@pytest.mark.parametrize(
    ("amount", "to", "expected"),
    [
        (12_000, RefundTo.METHOD, [("card", "method", 10_000), ("credit", "method", 2_000)]),
        (4_000, RefundTo.METHOD, [("card", "method", 4_000)]),
        (6_000, RefundTo.CREDIT, [("credit", "credit", 2_000), ("card", "credit", 4_000)]),
    ],
)
def test_first_what_outside_money_paid_goes_back_and_credit_takes_credit_first(
    amount: int, to: RefundTo, expected: list[object]
) -> None:
    assert taken_apart(amount, to) == expected


def test_a_till_that_gives_back_no_part_gives_all_or_its_part_becomes_credit() -> None:
    stars = frozenset({"card"})
    assert taken_apart(10_000, RefundTo.METHOD, whole_only=stars) == [("card", "method", 10_000)]
    assert taken_apart(9_999, RefundTo.METHOD, whole_only=stars) == [("card", "credit", 9_999)]


@given(st.integers(1, 12_000), st.sampled_from(RefundTo))
def test_the_parts_are_the_amount_and_none_is_more_than_its_charge(amount: int, to: RefundTo) -> None:
    found = parts([CREDIT, CARD], [], Money(amount, "USD"), to, in_house=IN_HOUSE)
    assert sum(part.amount.amount for part in found) == amount
    assert all(0 < part.amount.amount <= part.charge.amount.amount for part in found)


def test_more_than_is_left_is_not_taken_apart() -> None:
    with pytest.raises(ValueError, match="less left"):
        taken_apart(12_001, RefundTo.METHOD)


def test_the_share_of_some_songs_is_rounded_up() -> None:
    assert share(Money(4_800, "USD"), 2, 10) == Money(960, "USD")
    assert share(Money(1_000, "USD"), 1, 3) == Money(334, "USD")


def song(place: int, title: str) -> Song:
    return Song(f"s{place}", "order", place, title, SongState.READY, FileRef("terminal", title, title))


SONGS = [song(1, "Intro"), song(2, "Midnight Drive"), song(3, "Rust")]


@pytest.mark.parametrize(
    ("reason", "meant"),
    [
        ("track 3 crackles", ("s3",)),
        ("Midnight Drive and #1 are dull", ("s1", "s2")),
        ("everything is distorted", ()),
        ("rusty sound at 1:02", ()),
        ("Lied 2 rauscht", ("s2",)),
        ("songs 1, Midnight Drive, Rust", ()),  # all of them is no choice
        ("songs 2 and 3 are distorted", ("s2", "s3")),
        ("tracks 1, 2 crackle", ("s1", "s2")),
        ("tracks 1, and 3", ("s1", "s3")),
        ("Lieder 2 & #3", ("s2", "s3")),
        ("songs 1 - 3 are dull", ()),
        ("tracks 2-3", ("s2", "s3")),
        ("track 3, 2:10 crackles", ("s3",)),
        ("track 3 and 2 dB too loud", ("s3",)),
        ("I sent these songs 3 days ago", ()),
    ],
)
def test_the_songs_that_a_reason_names_by_title_or_number(reason: str, meant: tuple[str, ...]) -> None:
    assert songs_meant(reason, SONGS) == meant


@pytest.mark.parametrize(
    ("amount", "managers", "needed"), [(5_001, 2, True), (5_000, 2, False), (5_001, 1, False)]
)
def test_a_second_person_is_needed_above_the_limit_where_there_is_one(
    amount: int, managers: int, needed: bool
) -> None:
    assert second_needed(Money(amount, "USD"), Money(5_000, "USD"), managers) is needed
