"""Decisions of the staff: a reason, a minute to think again, a second person for much money."""

import pytest

from core.decisions import DecisionState
from core.jobs import JobKind
from core.ledger import GOODWILL, of_till
from core.orders import OrderState
from core.refunds import RefundTo
from core.tills import ChargeState
from storage.audit import audit
from tests.desk.studio import Studio
from tests.desk.test_first_order import previewed
from tests.desk.test_money import TAKEN, accounts, gives_credit
from tests.desk.test_people import at_the_desk

DESK = "room:desk"


@pytest.fixture
async def number(studio: Studio) -> int:
    """The number of an order for $6 that was delivered; Olga is the owner, Tom a manager."""
    await at_the_desk(studio)
    await studio.grants("manager", "tom")
    await previewed(studio)
    await studio.presses("ada", "Approve")
    await studio.delivers()
    return (await studio.project("ada")).order.number


async def states(studio: Studio) -> list[DecisionState]:
    return [decision.state for decision in (await studio.project("ada")).decisions]


async def test_nobody_is_told_before_the_minute_is_over(studio: Studio, number: int) -> None:
    before = len(studio.told("ada"))
    await studio.commands("olga", f"credit {number} 2 for the wait", place=DESK)
    card = studio.card(DESK, "decision:")
    assert "olga gives $2 credit" in card.text
    assert "for the wait" in card.text
    assert len(studio.told("ada")) == before
    await studio.passes(seconds=59)
    assert await studio.credit("ada") == 0
    await studio.passes(seconds=1)
    assert await studio.credit("ada") == 200
    assert studio.card(DESK, "decision:").text.endswith("Done.")
    assert not studio.card(DESK, "decision:").has("Undo")


async def test_what_is_undone_in_time_never_happens(studio: Studio, number: int) -> None:
    await studio.commands("olga", f"credit {number} 2 for the wait", place=DESK)
    await studio.passes(seconds=59)
    await studio.presses("tom", "Undo", place=DESK)
    await studio.passes(hours=1)
    assert await states(studio) == [DecisionState.UNDONE]
    assert await studio.credit("ada") == 0


async def test_what_was_carried_out_cannot_be_undone(studio: Studio, number: int) -> None:
    await studio.commands("olga", f"credit {number} 2 for the wait", place=DESK)
    card = studio.card(DESK, "decision:")
    await studio.passes(minutes=1)
    await studio.presses("olga", "Undo", on=card, place=DESK)
    assert "cannot be undone" in studio.last(DESK).text
    assert await studio.credit("ada") == 200


async def test_a_house_that_gives_no_time_to_undo_carries_out_at_once(studio: Studio, number: int) -> None:
    staff = studio.rules.staff.model_copy(update={"undo_seconds": 0})
    studio.goes_by(studio.rules.model_copy(update={"staff": staff}))
    await studio.commands("olga", f"credit {number} 2 for the wait", place=DESK)
    await studio.passes(seconds=0)
    assert await studio.credit("ada") == 200


async def test_of_two_who_decide_about_the_same_money_the_second_reads_who_was_faster(
    studio: Studio, number: int
) -> None:
    await studio.commands("olga", f"credit {number} 2 for the wait", place=DESK)
    await studio.commands("tom", f"refund approve {number} all of it", place=DESK)
    assert studio.last(DESK).text == "olga was faster: that is decided."
    assert len(await states(studio)) == 1


async def test_above_the_limit_who_decides_may_not_approve_it_too(studio: Studio, number: int) -> None:
    limited(studio, 100)
    await studio.commands("olga", f"refund approve {number} at fault", place=DESK)
    await studio.presses("olga", "Approve it", place=DESK)
    assert studio.last(DESK).text == "Somebody else must approve what you decided."
    await studio.passes(days=1)
    assert await states(studio) == [DecisionState.ASKED]
    await studio.presses("tom", "Approve it", place=DESK)
    await studio.passes(minutes=1)
    await studio.does(JobKind.REFUND, TAKEN)
    (back,) = (await studio.project("ada")).refunds
    assert back.approved_by != back.asked_by


async def test_a_second_person_may_refuse(studio: Studio, number: int) -> None:
    limited(studio, 100)
    await studio.commands("olga", f"refund approve {number} at fault", place=DESK)
    await studio.presses("tom", "Refuse it", place=DESK)
    await studio.passes(hours=1)
    assert await states(studio) == [DecisionState.REFUSED]
    assert (await studio.project("ada")).refunds == ()


async def test_who_refuses_their_own_decision_takes_it_back(studio: Studio, number: int) -> None:
    limited(studio, 100)
    await studio.commands("olga", f"refund approve {number} at fault", place=DESK)
    await studio.presses("olga", "Refuse it", place=DESK)
    assert await states(studio) == [DecisionState.UNDONE]


async def test_the_limit_is_for_all_that_somebody_gives_of_an_order_and_not_for_each_part(
    studio: Studio, number: int
) -> None:
    limited(studio, 300)
    await studio.commands("olga", f"credit {number} 2 sorry", place=DESK)
    await studio.passes(minutes=1)
    await studio.commands("olga", f"credit {number} 2 and sorry again", place=DESK)
    assert await states(studio) == [DecisionState.DONE, DecisionState.ASKED]


async def test_nobody_decides_about_money_of_their_own_where_another_can(studio: Studio, number: int) -> None:
    await studio.grants("manager", "ada")
    await studio.commands("ada", f"credit {number} 2 well done, me", place=DESK)
    assert studio.last(DESK).text == "It is your own: somebody else of the staff must do that."
    limited(studio, 100)
    await studio.commands("olga", f"credit {number} 2 sorry", place=DESK)
    await studio.presses("ada", "Approve it", place=DESK)
    assert await states(studio) == [DecisionState.ASKED]


async def test_a_house_with_one_manager_asks_no_second(studio: Studio) -> None:
    await at_the_desk(studio)
    await previewed(studio)
    limited(studio, 100)
    number = (await studio.project("ada")).order.number
    await studio.commands("olga", f"refund approve {number} at fault", place=DESK)
    assert await states(studio) == [DecisionState.PENDING]


async def test_a_decision_whose_matter_has_moved_is_void(studio: Studio, number: int) -> None:
    await studio.commands("olga", f"credit {number} 6 sorry", place=DESK)
    await studio.commands("olga", f"dispute {number} opened", place=DESK)
    await studio.passes(minutes=1)
    assert await states(studio) == [DecisionState.VOID]
    assert "things have changed since" in studio.card(DESK, "decision:").text
    assert await studio.credit("ada") == 0


async def test_a_part_goes_back_out_of_goodwill_and_the_order_stays_paid(studio: Studio, number: int) -> None:
    await studio.commands("olga", f"refund approve {number} 2 one click", place=DESK)
    await studio.passes(minutes=1)
    await studio.does(JobKind.REFUND, TAKEN)
    project, balances = await studio.project("ada"), await accounts(studio)
    assert (balances[GOODWILL], balances[of_till("demo")]) == (-200, -400)
    assert project.order.state is OrderState.RELEASED
    assert [charge.state for charge in project.charges] == [ChargeState.PAID]


async def test_all_that_is_left_ends_the_order_and_goodwill_has_its_part_again(
    studio: Studio, number: int
) -> None:
    await studio.commands("olga", f"credit {number} 2 for the wait", place=DESK)
    await studio.passes(minutes=1)
    await studio.commands("olga", f"refund approve {number} and the rest", place=DESK)
    await studio.passes(minutes=1)
    await studio.does(JobKind.REFUND, TAKEN)
    project, balances = await studio.project("ada"), await accounts(studio)
    assert project.order.state is OrderState.CANCELLED
    assert (balances[GOODWILL], balances[of_till("demo")]) == (0, -200)
    assert await studio.credit("ada") == 200


async def test_no_more_goes_back_than_was_paid(studio: Studio, number: int) -> None:
    await studio.commands("olga", f"credit {number} 50% half", place=DESK)
    await studio.passes(minutes=1)
    await studio.commands("olga", f"credit {number} 4 more", place=DESK)
    assert studio.last(DESK).text == f"At most $3 is left of order {number}."


async def test_a_till_that_gives_back_nothing_but_all_of_a_charge_makes_the_rest_credit(
    studio: Studio, number: int
) -> None:
    studio.gives_back_whole_charges_only("demo")
    await studio.commands("olga", f"refund approve {number} 2 one click", place=DESK)
    await studio.passes(minutes=1)
    (back,) = (await studio.project("ada")).refunds
    assert back.to is RefundTo.CREDIT
    assert "whole payments only" in studio.last("ada").text
    assert await studio.credit("ada") == 200


async def test_only_who_decides_about_money_does(studio: Studio, number: int) -> None:
    await studio.grants("support", "sam")
    for line in (f"credit {number} 2 x", f"refund approve {number} x", f"dispute {number} opened"):
        await studio.commands("sam", line, place=DESK)
        assert "that is for: owner, manager" in studio.last(DESK).text
    assert await states(studio) == []


async def test_credit_and_money_of_one_order_go_back_to_where_each_came_from(studio: Studio) -> None:
    await at_the_desk(studio)
    await gives_credit(studio, "ada", 200)
    await previewed(studio)
    number = (await studio.project("ada")).order.number
    await studio.commands("olga", f"refund approve {number} 5 in part", place=DESK)
    await studio.passes(minutes=1)
    await studio.does(JobKind.REFUND, TAKEN)
    assert (await accounts(studio))[of_till("demo")] == 0  # first what outside money paid
    assert await studio.credit("ada") == 100


async def test_the_books_agree_after_parts_credits_and_disputes(studio: Studio, number: int) -> None:
    await studio.commands("olga", f"credit {number} 1 sorry", place=DESK)
    await studio.passes(minutes=1)
    await studio.commands("olga", f"refund approve {number} 2 one click", place=DESK)
    await studio.passes(minutes=1)
    await studio.does(JobKind.REFUND, TAKEN)
    assert await wrong(studio) == []
    for what in ("opened", "lost"):
        await studio.commands("olga", f"dispute {number} {what}", place=DESK)
        assert await wrong(studio) == []


async def wrong(studio: Studio) -> list[str]:
    """What does not agree in the books."""
    books = await audit(studio.store._database)
    return [finding for gone_over in books.audited for finding in gone_over.wrong]


def limited(studio: Studio, amount: int) -> None:
    """Above so many cents a second person must approve."""
    staff = studio.rules.staff.model_copy(update={"second_approver_above": amount})
    studio.goes_by(studio.rules.model_copy(update={"staff": staff}))


@pytest.mark.parametrize(
    "said", ["credit {} 2 x", "refund approve {} x", "refund refuse {} x", "quote {} 12", "waive {} x"]
)
async def test_of_a_number_that_no_order_has_that_is_said(studio: Studio, number: int, said: str) -> None:
    await studio.commands("olga", said.format(number + 7), place=DESK)
    assert studio.last(DESK).text == f"There is no order {number + 7}."
