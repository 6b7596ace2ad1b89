"""The board: counts and deadlines of what waits for the staff, and the way to each card."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.agreements import Agreement, AgreementState, Deed, Step
from core.changes import Changes, Move
from core.complaints import Complaint, ComplaintState
from core.decisions import Decision, DecisionKind, DecisionState
from core.messages import HOUSE, Card, Incoming, Kind, To
from core.quotes import Quote, QuoteKind, QuoteState
from core.text import Text
from storage.board import ASIDE, COMPLAINTS, COUNTS, DEALS, DECISIONS, DISPUTES, JOBS, QUOTES, REFUNDS, TALKS
from tests.databases import EVERY
from tests.desk.studio import START, Studio
from tests.desk.test_figures import planned, with_many_that_are_over
from tests.desk.test_first_order import previewed
from tests.desk.test_work import DESK, card, order, taken, waiting

pytestmark = EVERY

EMPTY = "quotes 0 · refunds 0 · jobs 0 · tickets 0 · decisions 0"


async def put(studio: Studio, name: str, changes: Changes) -> None:
    event = Incoming(HOUSE, name, None, "", True, Kind.TICK, studio.clock.now())
    await studio.store.commit(event, changes)


def board(studio: Studio) -> str:
    return studio.card(DESK, "board").text


async def test_an_empty_board_says_so_in_one_line(studio: Studio) -> None:
    await studio.grants("viewer", "vera")
    await studio.commands("vera", "board")
    assert studio.last("vera").text == EMPTY
    assert studio.last("vera").buttons == ()


async def test_the_board_is_for_the_staff(studio: Studio) -> None:
    await studio.commands("ada", "board")
    assert studio.last("ada").text == "That is for the staff."


async def test_what_waits_is_counted_and_listed_by_what_is_due_first(studio: Studio) -> None:
    await waiting(studio)
    await studio.presses("ada", "Talk to a human")
    await studio.says("ada", "when is it done?")
    now, id_ = studio.clock.now(), (await order(studio)).id
    money = studio.rules.money
    await put(
        studio,
        "rows",
        Changes(
            quotes=(
                Move(None, Quote("q1", id_, QuoteKind.REVISION, QuoteState.ASKED, money(1000), (), now)),
            ),
            complaints=(
                Move(
                    None,
                    Complaint("c1", id_, ComplaintState.OPEN, 1, "hum", now, now + timedelta(hours=17.5)),
                ),
            ),
            decisions=(
                Move(
                    None,
                    Decision(
                        "d1", id_, DecisionKind.CREDIT, DecisionState.ASKED, "p", "mia", "late", now, None
                    ),
                ),
            ),
        ),
    )
    await studio.commands("olga", "board", place=DESK)
    assert board(studio).split("\n") == [
        "quotes 1 (12 h) · refunds 1 (17 h) · jobs 1 · tickets 1 · decisions 1",
        "1000: quote, by Mon 2 Mar 22:00 (in 12 hours)",
        "1000: refund, by Tue 3 Mar 03:30 (in 18 hours)",
        "1000: job, not taken yet, by Thu 5 Mar 10:00 (in 3 days)",
        "1000: decision, mia, since Mon 2 Mar 10:00 (now)",
        "1000: ticket, since Mon 2 Mar 10:00 (now)",
    ]


async def test_the_card_of_the_board_is_drawn_anew_in_its_place(studio: Studio) -> None:
    await taken(studio)
    await studio.commands("olga", "board", place=DESK)
    assert "1000: job, ella, by Thu 5 Mar" in board(studio)
    await studio.passes(hours=80)
    await studio.commands("olga", "board", place=DESK)
    assert "jobs 1 (1 late)" in board(studio)
    assert "1000: job, ella, LATE: Thu 5 Mar 10:00" in board(studio)
    assert len([key for (to, key) in studio.cards if to == DESK and key == "board"]) == 1


async def test_a_button_of_the_board_shows_its_card_again_with_its_buttons(studio: Studio) -> None:
    await waiting(studio)
    await studio.commands("ella", "board")
    await studio.presses("ella", "1000: job")
    assert studio.last("ella").text == card(studio).text
    await studio.presses("ella", "Take it")
    assert "ella has it" in card(studio).text


async def test_what_is_done_meanwhile_is_not_shown_again(studio: Studio) -> None:
    await waiting(studio)
    await studio.commands("ella", "board")
    shown = studio.last("ella")
    id_ = (await order(studio)).id
    await put(studio, "over", Changes(cards=(Card(f"work:{id_}", To.staff(), Text(("over",)), done=True),)))
    await studio.presses("ella", "1000: job", on=shown)
    assert studio.last("ella").text == "Nobody waits for that any more."


@pytest.mark.parametrize("role", ["viewer", "support"])
async def test_the_board_opens_to_each_only_what_their_role_may_see(studio: Studio, role: str) -> None:
    await waiting(studio)
    await studio.grants(role, "vera")
    await studio.commands("vera", "board")
    await studio.presses("vera", "1000: job")
    assert f"You are {role} here" in studio.last("vera").text


async def test_a_price_for_many_songs_is_due_as_it_was_promised(studio: Studio) -> None:
    await studio.grants("owner", "olga")
    agreement = Agreement("a1", 17, "ada", AgreementState.ASKED, 40, "automatic", START)
    asked = Step(Deed.ASKED, START, "ada", "ada", staff=False)
    await put(studio, "deal", Changes(agreements=(Move(None, replace(agreement, steps=(asked,))),)))
    await studio.commands("olga", "board")
    assert studio.last("olga").text.split("\n")[1] == "A-17: price, by Mon 2 Mar 22:00 (in 12 hours)"
    assert studio.last("olga").text.split("\n")[0].endswith(" · prices 1 (12 h)")


async def test_the_board_says_how_satisfied_people_are(studio: Studio) -> None:  # B18
    await studio.grants("owner", "olga")
    await previewed(studio)
    await studio.presses("ada", "Approve")
    await studio.delivers()
    await studio.presses("ada", "4")
    await studio.commands("olga", "board")
    assert studio.last("olga").text == EMPTY + " · rated 4.0 of 5 (1)"


async def test_the_board_names_no_title(studio: Studio) -> None:
    await taken(studio)
    await studio.commands("olga", "board", place=DESK)
    assert "midnight" not in board(studio)


async def test_an_order_that_the_engine_works_on_is_no_job_for_a_person(studio: Studio) -> None:
    await studio.grants("owner", "olga")
    await studio.drops("ada", '"service":"engineer".wav')
    await studio.checks()
    await studio.presses("ada", "Pay")
    await studio.settles()
    await studio.commands("olga", "board")
    assert studio.last("olga").text == EMPTY
    assert studio.clock.now() == START


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (QUOTES, "quotes_asked"),
        (COMPLAINTS, "complaints_open"),
        (DECISIONS, "decisions_asked"),
        (REFUNDS, "refunds_failed"),
        (DISPUTES, "disputes_open"),
        (JOBS, "orders_alive"),
        (ASIDE, "orders_alive"),
        (TALKS, "threads_by_state"),
        (DEALS, "agreements_asked"),
        *[(query, "") for query in COUNTS.values()],
    ],
)
async def test_what_waits_is_found_by_an_index_among_any_number_of_orders(
    studio: Studio, url: str, database_kind: str, query: str, index: str
) -> None:
    await previewed(studio)
    await studio.presses("ada", "Approve")
    await studio.delivers()
    await studio.passes(days=6)
    with_many_that_are_over(url, database_kind)
    plan = planned(url, database_kind, query)
    scans = [
        step
        for step in plan
        if "Seq Scan on orders" in step or ("SCAN orders" in step and "INDEX" not in step)
    ]
    assert not scans
    if database_kind == "sqlite":
        assert [step for step in plan if index in step]
        assert [step for step in plan if "SCAN" in step and "INDEX" not in step] == []
