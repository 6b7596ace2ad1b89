"""Until when changes are free, and what the clock does then (A11-A14, C2, C3)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.bought import Bought, frozen
from core.orders import OPEN, Order, OrderState
from core.rules import HouseRules, Windows
from core.services import AUTOMATIC
from core.windows import deadline, files_due_at, is_open, kept_until, order_due_at, reminder_at, takes_wishes
from tests.core.samples import START, a_project, an_order

RULES = HouseRules()
BOUGHT = frozen(RULES, AUTOMATIC)
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


def march(day: int, hour: int = 10, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


# (row, when the newest version was sent if it is not the first, free until, when something is asked, in time)
ROWS = [
    (1, None, march(7), march(3, 9), True),
    (2, None, march(7), march(7), True),
    (3, None, march(7), march(7, 10, 1), False),
    (4, None, march(7), march(12, 8), False),
    (5, None, march(7), march(3, 9, 20), True),
    (6, None, march(7), march(3, 12), True),
    (7, march(4), march(7), march(5, 9), True),
    (11, march(4), march(7), march(6, 20), True),
    (12, march(7, 8), march(9, 8), march(9, 7, 59), True),
    (13, march(7, 8), march(9, 8), march(9, 8, 1), False),
    (14, march(7, 8), march(9, 8), march(20, 8), False),
    (19, march(4), march(7), march(15, 9), False),
    (20, march(20), march(22), march(21), True),
    (21, march(20), march(22), march(23), False),
    (22, march(6), march(8), march(7, 9), True),
    (24, None, march(7), march(6), True),
]


@pytest.mark.parametrize(
    ("row", "again", "free_until", "asked", "in_time"), ROWS, ids=[f"row {row[0]}" for row in ROWS]
)
def test_the_rows_of_the_rule_book(
    row: int, again: datetime | None, free_until: datetime, asked: datetime, in_time: bool
) -> None:
    end = deadline(START, again, BOUGHT)
    assert end == free_until, f"row {row}"
    assert (
        is_open(an_order(OrderState.REVIEW, first_sent=START, last_sent=again, deadline=end), asked)
        is in_time
    )


def test_before_anything_was_sent_no_window_runs() -> None:
    assert not is_open(an_order(OrderState.WORKING), START)


@given(st.timedeltas(timedelta(0), timedelta(days=400)))
def test_a_redelivery_never_shortens_what_was_promised(later: timedelta) -> None:
    again = START + later
    end = deadline(START, again, BOUGHT)
    assert end >= START + 5 * DAY  # A11
    assert end >= again + 2 * DAY  # A13
    assert end in (START + 5 * DAY, again + 2 * DAY)


promises = st.builds(
    lambda first, again: replace(BOUGHT, first_days=first, again_days=again),
    st.integers(1, 30),
    st.integers(1, 30),
)
waits = st.timedeltas(timedelta(0), timedelta(days=60))


@given(waits, promises)
def test_an_early_revision_never_takes_days_away(later: timedelta, bought: Bought) -> None:
    assert deadline(START, START + later, bought) >= deadline(START, None, bought)  # row 11, C2


@given(st.lists(waits, min_size=1, max_size=6), promises)
def test_no_redelivery_ends_the_window_sooner_than_the_one_before(
    gaps: list[timedelta], bought: Bought
) -> None:
    ends, sent = [deadline(START, None, bought)], START
    for gap in gaps:
        sent += gap
        ends.append(deadline(START, sent, bought))
        assert ends[-1] >= sent + timedelta(days=bought.again_days)
    assert ends == sorted(ends)


@given(waits, promises)
def test_however_late_we_deliver_it_the_revision_has_its_days(slow: timedelta, bought: Bought) -> None:
    sent = deadline(START, None, bought) + slow
    assert deadline(START, sent, bought) == sent + timedelta(days=bought.again_days)  # rows 12 and 20


@given(waits, st.none() | waits, promises)
def test_a_preview_that_was_heard_later_moves_the_whole_window(
    later: timedelta, again: timedelta | None, bought: Bought
) -> None:
    first, sent = START + later, None if again is None else START + again
    moved = None if sent is None else sent + later
    assert deadline(first, moved, bought) == deadline(START, sent, bought) + later  # C3


@given(waits, promises)
def test_the_window_is_open_at_its_end_and_not_a_moment_after(again: timedelta, bought: Bought) -> None:
    end = deadline(START, START + again, bought)
    order = an_order(OrderState.REVIEW, deadline=end)
    assert is_open(order, end)  # row 2
    assert not is_open(order, end + timedelta(microseconds=1))


def test_the_house_sets_its_own_days() -> None:
    rules = RULES.model_copy(update={"windows": Windows(first_days=10, again_days=3)})
    bought = frozen(rules, AUTOMATIC)
    assert deadline(START, None, bought) == START + 10 * DAY
    assert deadline(START, START + 9 * DAY, bought) == START + 12 * DAY


def test_the_reminder_is_due_once_and_a_day_before() -> None:
    order = an_order(OrderState.REVIEW, deadline=march(7))
    assert reminder_at(order, RULES) == march(6)
    assert reminder_at(replace(order, reminded=True), RULES) is None
    assert reminder_at(an_order(OrderState.WORKING), RULES) is None


def test_files_are_kept_for_four_weeks_after_completion() -> None:
    assert kept_until(march(7), BOUGHT) == march(7) + 28 * DAY  # A16


# What the clock has to do next


def test_a_drop_is_whole_after_two_quiet_seconds() -> None:
    assert order_due_at(an_order(OrderState.DRAFT), RULES) == START + timedelta(seconds=2)


@pytest.mark.parametrize("order", [an_order(OrderState.OFFERED), an_order(OrderState.DRAFT, settled=True)])
def test_what_nobody_pays_ends_seven_days_after_the_last_file(order: Order) -> None:
    assert order_due_at(order, RULES) == START + 7 * DAY


def test_in_review_the_reminder_comes_first_and_then_the_end() -> None:
    order = an_order(OrderState.REVIEW, deadline=march(7))
    assert order_due_at(order, RULES) == march(6)
    ends = order_due_at(replace(order, reminded=True), RULES)
    assert ends is not None
    assert ends > march(7)  # the last moment itself still counts (row 2)
    assert ends - march(7) < timedelta(seconds=1)


def test_an_approved_order_is_not_reminded_and_completes_at_the_end_of_its_window() -> None:
    due = order_due_at(an_order(OrderState.RELEASED, deadline=march(7)), RULES)  # C7
    assert due is not None
    assert not is_open(an_order(OrderState.RELEASED, deadline=march(7)), due)


def test_a_preview_that_did_not_arrive_starts_no_clock() -> None:
    assert order_due_at(an_order(OrderState.REVIEW), RULES) is None  # C3


@pytest.mark.parametrize(
    "state",
    [OrderState.PAYING, OrderState.WORKING, OrderState.ASIDE, OrderState.COMPLETED, OrderState.CANCELLED],
)
def test_nothing_ends_by_itself_while_the_house_is_at_work_or_done(state: OrderState) -> None:
    assert order_due_at(an_order(state, deadline=march(7)), RULES) is None


def test_an_open_order_that_waits_for_its_artist_always_has_an_end() -> None:
    waiting = OPEN - {OrderState.PAYING, OrderState.WORKING, OrderState.ASIDE}
    assert all(order_due_at(an_order(state, deadline=march(7)), RULES) is not None for state in waiting)


@pytest.mark.parametrize(
    ("state", "takes"),
    [(OrderState.COMPLETED, False), (OrderState.REVIEW, True), (OrderState.RELEASED, True)],
)
def test_a_late_revision_gives_its_days_though_its_files_were_promised_no_longer(
    state: OrderState, takes: bool
) -> None:
    kept = START + timedelta(days=33)
    order = an_order(state, first_sent=START, deadline=START + timedelta(days=40), kept_until=kept)
    assert takes_wishes(a_project(order=order), kept + timedelta(days=5)) is takes


def test_files_go_on_the_day_that_was_named_though_their_money_went_back_before() -> None:
    kept = START + timedelta(days=33)
    refunded = an_order(OrderState.CANCELLED, released_version=1, kept_until=kept)
    assert kept in files_due_at(a_project(order=refunded), HouseRules())
    assert files_due_at(a_project(order=an_order(OrderState.CANCELLED)), HouseRules()) == ()
