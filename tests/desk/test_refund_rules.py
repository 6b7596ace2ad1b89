"""The refund rules, R1 to R8, as the studio's page of rules has them."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from core.complaints import ComplaintState
from core.jobs import JobKind
from core.ledger import INCOME, of_credit, of_till
from core.messages import HOUSE, Incoming, Kind
from core.orders import OrderState, Project
from core.refunds import DisputeState, RefundTo
from core.snapshot import Needs
from core.tills import ChargeState
from tests.desk.studio import Studio, media
from tests.desk.test_first_order import previewed
from tests.desk.test_money import accounts, gives_credit
from tests.desk.test_people import at_the_desk
from tests.desk.test_work import measured

BACK = {"provider_id": "demo-1", "declined": None}
DESK = "room:desk"


@dataclass
class Case:
    """An automatic master for $6 that was delivered, and what happens then; the order as it ends."""

    studio: Studio
    order: str = field(default="")

    async def delivered(self) -> None:
        await at_the_desk(self.studio)
        await previewed(self.studio)
        await self.studio.presses("ada", "Approve")
        await self.studio.delivers()
        self.order = (await self.studio.project("ada")).order.id

    async def complains(self, reason: str = "distorted chorus") -> None:
        await self.studio.commands("ada", f"refund {reason}")

    async def now(self) -> Project:
        project = (await self.studio.store.load(Needs(HOUSE, order=self.order))).project
        assert project is not None
        return project

    async def runs_again(self) -> None:
        await self.studio.presses("olga", "Fix", place=DESK)
        await self.studio.presses("olga", "Warm", place=DESK)

    async def says(self, state: str) -> None:
        """The provider tells the house about its payment."""
        charge = next(one for one in (await self.now()).charges if one.till == "demo")
        told = {"state": state, "payload": self.order, "charge": charge.provider_id}
        event = f"{state}-{self.studio.clock.now()}"
        at = self.studio.clock.now()
        await self.studio.desk.handle(
            Incoming("web", event, None, "", private=True, kind=Kind.PAYMENT, at=at, payload=told)
        )
        await self.studio.relays()


@pytest.fixture
def case(studio: Studio) -> Case:
    return Case(studio)


async def a_fix_a_minute_before_the_day_is_over_ends_the_complaint(case: Case) -> None:
    await case.delivered()
    await case.complains()
    await case.runs_again()
    await case.studio.passes(hours=23, minutes=59)
    await case.studio.masters()
    await case.studio.passes(hours=12)
    project = await case.now()
    assert [one.state for one in project.complaints] == [ComplaintState.FIXED]
    assert project.refunds == ()
    assert "Fixed in time." in case.studio.card(DESK, "complaint:").text


async def a_fix_when_the_day_is_over_comes_too_late_and_stays_delivered(case: Case) -> None:
    await case.delivered()
    await case.complains()
    await case.runs_again()
    case.studio.clock.time += timedelta(hours=24)
    await case.studio.masters()  # its preview arrives at 24:00:00
    await case.studio.passes(seconds=1)
    await case.studio.does(JobKind.REFUND, BACK)
    project = await case.now()
    assert [one.state for one in project.complaints] == [ComplaintState.REFUNDED]
    assert [charge.state for charge in project.charges] == [ChargeState.REFUNDED]
    assert "You have $6 back" in case.studio.last("ada").text
    assert any("v2:" in text for text in case.studio.told("ada"))
    assert case.studio.card("ada").has("Send the files again")


async def without_a_reason_it_is_asked_once_and_the_clock_begins_with_the_answer(case: Case) -> None:
    await case.delivered()
    await case.studio.commands("ada", "refund")
    assert case.studio.last("ada").text == "What is wrong with it?"
    assert (await case.now()).complaints == ()
    await case.studio.passes(hours=3)
    await case.studio.says("ada", "distorted chorus")
    (complaint,) = (await case.now()).complaints
    assert complaint.opened == case.studio.clock.now()
    assert complaint.due == complaint.opened + timedelta(hours=24)


async def a_dispute_stops_our_own_refund_and_the_provider_decides(case: Case) -> None:
    await case.delivered()
    await case.complains()
    await case.studio.passes(hours=8)
    await case.says("disputed")
    project = await case.now()
    assert [one.state for one in project.complaints] == [ComplaintState.FROZEN]
    assert "nothing goes back from us" in case.studio.last("ada").text
    await case.studio.passes(days=3)
    assert (await case.now()).refunds == ()
    held = await accounts(case.studio)
    assert held[f"held:{project.disputes[0].id}"] == 600
    assert held[INCOME] == 0


async def for_work_by_hand_the_staff_give_a_credit_with_a_reason(case: Case) -> None:
    await by_hand(case)
    await case.studio.commands(
        "olga", f"credit {(await case.now()).order.number} 3 late by a week", place=DESK
    )
    assert await case.studio.credit("ada") == 0  # it can still be undone
    await case.studio.passes(seconds=60)
    assert await case.studio.credit("ada") == 300
    assert "You have $3 credit" in case.studio.last("ada").text
    assert "olga from the studio: late by a week" in case.studio.last("ada").text
    (given,) = (await case.now()).refunds
    assert (given.to, given.amount.amount, given.reason) == (RefundTo.CREDIT, 300, "late by a week")


async def the_law_gives_the_card_its_part_and_credit_its_part(case: Case) -> None:
    await by_hand(case, credit=200)
    number = (await case.now()).order.number
    await case.studio.commands("olga", f"refund approve {number} not happy", place=DESK)
    assert "A24" in case.studio.last(DESK).text  # work by hand is credited
    await case.studio.commands("olga", f"refund approve {number} law: withdrawal", place=DESK)
    await case.studio.passes(seconds=60)
    await case.studio.does(JobKind.REFUND, BACK)
    balances = await accounts(case.studio)
    assert balances[of_till("demo")] == 0
    assert balances[of_credit((await case.now()).order.person)] == 200
    assert {name for name, amount in balances.items() if amount} == {
        "goodwill",
        of_credit((await case.now()).order.person),
    }


async def of_an_album_the_songs_that_were_not_fixed_are_paid_back(case: Case) -> None:
    studio = case.studio
    await at_the_desk(studio)
    names = [f"{number} song {number}.wav" for number in range(1, 11)]
    await studio.drops("ada", *names)
    await studio.checks(10)
    await studio.presses("ada", "One album")
    await studio.presses("ada", "Pay $48")
    await studio.settles()
    await studio.masters(10)
    case.order = (await studio.project("ada")).order.id
    await case.complains("track 2 and track 7 are distorted")
    (complaint,) = (await case.now()).complaints
    assert len(complaint.songs) == 2
    assert "what is wrong with song 2, song 7 of order" in studio.last("ada").text
    assert "what it cost comes back by itself: $9.60" in studio.last("ada").text
    assert "You complained about song 2, song 7." in studio.card("ada").text
    await studio.passes(hours=24)
    assert "in order 1000: song 2, song 7. What that cost goes back." in studio.last("ada").text
    await studio.does(JobKind.REFUND, BACK)
    project = await case.now()
    (back,) = project.refunds
    assert (back.to, back.amount.amount) == (RefundTo.METHOD, 960)
    assert project.order.state is OrderState.REVIEW  # the other eight go on
    assert "You have $9.60 back" in studio.last("ada").text
    await studio.says("ada", "song 2: louder")
    await studio.presses("ada", "Send 1 change - free")
    await studio.masters()
    await studio.does(JobKind.ALBUM, {"picture": media("picture", "levels.png")})
    await case.complains("track 2 is distorted")  # of a new version, and paid back before
    assert "went back already" in studio.last("ada").text
    await case.complains("tracks 2 and 3 are distorted")
    assert "comes back by itself: $4.80" in studio.last("ada").text


async def three_weeks_after_the_delivery_it_is_refused_with_a_reason_and_a_person(case: Case) -> None:
    await case.delivered()
    await case.studio.passes(days=21)
    await case.complains()
    assert "Your time for changes" in case.studio.last("ada").text
    assert case.studio.last("ada").has("Talk to a human")
    assert (await case.now()).complaints == ()


RULES: Mapping[str, Callable[[Case], Awaitable[None]]] = {
    "R1": a_fix_a_minute_before_the_day_is_over_ends_the_complaint,
    "R2": a_fix_when_the_day_is_over_comes_too_late_and_stays_delivered,
    "R3": without_a_reason_it_is_asked_once_and_the_clock_begins_with_the_answer,
    "R4": a_dispute_stops_our_own_refund_and_the_provider_decides,
    "R5": for_work_by_hand_the_staff_give_a_credit_with_a_reason,
    "R6": the_law_gives_the_card_its_part_and_credit_its_part,
    "R7": of_an_album_the_songs_that_were_not_fixed_are_paid_back,
    "R8": three_weeks_after_the_delivery_it_is_refused_with_a_reason_and_a_person,
}


@pytest.mark.parametrize("rule", RULES)
async def test_the_rule_holds(case: Case, rule: str) -> None:
    await RULES[rule](case)


# What stands between the lines of the table


async def test_who_withdraws_stops_the_clock(case: Case) -> None:
    await case.delivered()
    await case.complains()
    await case.studio.presses("ada", "Withdraw")
    await case.studio.passes(hours=25)
    assert (await case.now()).refunds == ()


async def test_a_master_by_hand_comes_as_an_answer_to_the_card_of_the_complaint(case: Case) -> None:
    studio = case.studio
    await case.delivered()
    await studio.grants("engineer", "ella")
    await case.complains()
    await studio.says("ella", "", "fixed.wav", place=DESK, answers=studio.card(DESK, "complaint:"))
    await studio.does(JobKind.FETCH, {"source": "cas/x", "sha256": "aa", "size": 9})
    await studio.does(JobKind.HANDIN, measured())
    assert (await case.now()).order.state is OrderState.RELEASED
    await studio.commands("olga", "board", place=DESK)
    assert "1000: refund, ella, by " in studio.card(DESK, "board").text
    await studio.passes(hours=23)
    await studio.presses("ella", "Send to customer", place=DESK)
    await studio.passes(hours=12)
    project = await case.now()
    assert [one.state for one in project.complaints] == [ComplaintState.FIXED]
    assert (project.refunds, project.order.version, project.order.state) == ((), 2, OrderState.REVIEW)


async def test_a_request_for_a_credit_waits_on_the_board_until_it_is_decided(case: Case) -> None:
    studio = case.studio
    await by_hand(case)
    await case.complains()
    await studio.commands("olga", "board", place=DESK)
    assert "refunds 1 " in studio.card(DESK, "board").text
    assert "1000: refund, since" in studio.card(DESK, "board").text
    await studio.commands("olga", f"credit {(await case.now()).order.number} 3 late by a week", place=DESK)
    await studio.passes(seconds=60)
    await studio.commands("olga", "board", place=DESK)
    assert "refunds 0" in studio.card(DESK, "board").text


async def test_explaining_that_it_is_not_justified_never_stops_the_clock(case: Case) -> None:
    await case.delivered()
    await case.complains()
    await case.studio.presses("olga", "Not justified", place=DESK)
    await case.studio.says("olga", "the distortion is in the mix", place=DESK)
    await case.studio.passes(minutes=1)
    assert "the distortion is in the mix" in case.studio.last("ada").text
    assert case.studio.last("ada").has("Withdraw")
    await case.studio.passes(hours=24)
    assert (await case.now()).order.state is OrderState.CANCELLED


async def test_credit_does_not_stand_in_for_the_money_that_a_clock_brings(case: Case) -> None:
    await case.delivered()
    number = (await case.now()).order.number
    await case.studio.commands("olga", f"credit {number} 1 for the wait", place=DESK)
    await case.complains()
    await case.studio.passes(seconds=60)  # what was decided before the clock began
    await case.studio.commands("olga", f"credit {number} 100% sorry", place=DESK)
    assert "is on the clock, and credit does not stop it" in case.studio.last(DESK).text
    await case.studio.passes(hours=24)
    await case.studio.does(JobKind.REFUND, BACK)
    assert await case.studio.credit("ada") == 0
    assert "You have $6 back" in case.studio.last("ada").text


async def test_a_part_of_the_money_stops_no_clock_and_the_rest_comes_by_itself(case: Case) -> None:
    await case.delivered()
    await case.complains()
    number = (await case.now()).order.number
    await case.studio.commands("olga", f"refund approve {number} 1 for the wait", place=DESK)
    await case.studio.passes(seconds=60)
    await case.studio.does(JobKind.REFUND, BACK)
    assert [one.state for one in (await case.now()).complaints] == [ComplaintState.OPEN]
    await case.studio.passes(hours=24)
    await case.studio.does(JobKind.REFUND, {**BACK, "provider_id": "demo-2"})
    assert [one.state for one in (await case.now()).complaints] == [ComplaintState.REFUNDED]
    assert "You have $5 back" in case.studio.last("ada").text


async def test_a_version_is_complained_about_once(case: Case) -> None:
    await case.delivered()
    await case.complains()
    await case.studio.presses("ada", "Withdraw")
    await case.complains()
    assert "already" in case.studio.last("ada").text
    assert len((await case.now()).complaints) == 1


async def test_a_dispute_that_is_won_lets_the_clock_go_on_where_it_stood(case: Case) -> None:
    await case.delivered()
    await case.complains()
    await case.studio.passes(hours=20)
    await case.says("disputed")
    await case.studio.passes(days=3)
    await case.says("dispute-won")
    (complaint,) = (await case.now()).complaints
    assert complaint.state is ComplaintState.OPEN
    assert complaint.due == case.studio.clock.now() + timedelta(hours=4)
    assert (await accounts(case.studio))[INCOME] == 600


async def test_a_dispute_that_is_lost_takes_what_was_held(case: Case) -> None:
    await case.delivered()
    await case.says("disputed")
    await case.says("dispute-lost")
    project = await case.now()
    assert [one.state for one in project.disputes] == [DisputeState.LOST]
    assert [one.state for one in project.charges] == [ChargeState.LOST]
    balances = await accounts(case.studio)
    assert balances[of_till("demo")] == balances[INCOME] == 0


async def test_an_order_that_was_not_released_ends_with_a_lost_dispute(case: Case) -> None:
    await at_the_desk(case.studio)
    await gives_credit(case.studio, "ada", 200)
    await previewed(case.studio)
    case.order = (await case.studio.project("ada")).order.id
    await case.says("disputed")
    await case.studio.presses("ada", "Approve")
    assert "disputed" in case.studio.last("ada").text  # its files wait
    await case.studio.passes(days=9)
    assert (await case.now()).order.state is OrderState.REVIEW
    await case.says("dispute-lost")
    assert (await case.now()).order.state is OrderState.CANCELLED
    assert await case.studio.credit("ada") == 200


async def test_a_master_that_nobody_made_in_time_gives_its_money_back(case: Case) -> None:
    await at_the_desk(case.studio)
    await case.studio.drops("ada", "a.wav")
    await case.studio.checks()
    await case.studio.presses("ada", "Pay")
    await case.studio.settles()
    case.order = (await case.studio.project("ada")).order.id
    await case.studio.fails(JobKind.RENDER, "broken")
    await case.studio.passes(hours=24)
    await case.studio.does(JobKind.REFUND, BACK)
    assert (await case.now()).order.state is OrderState.CANCELLED
    assert any("could not be made within 24 hours" in text for text in case.studio.told("ada"))


async def by_hand(case: Case, credit: int = 0) -> None:
    """An order under the rules of work by hand: its refunds are credits. It was delivered."""
    rules = case.studio.rules
    line = rules.service.automatic.model_copy(update={"refund": "credit"})
    services = rules.service.model_copy(update={"automatic": line})
    case.studio.goes_by(rules.model_copy(update={"service": services}))
    if credit:
        await gives_credit(case.studio, "ada", credit)
    await case.delivered()


async def test_changes_that_the_artist_wished_are_no_fix_and_the_clock_runs_on(case: Case) -> None:
    await case.delivered()
    await case.complains()
    await case.studio.says("ada", "more bass")
    await case.studio.presses("ada", "Send 1 change - free")
    await case.studio.masters()
    (complaint,) = (await case.now()).complaints
    assert complaint.state is ComplaintState.OPEN
    await case.complains("and now it hums")  # of the new version: there is one clock at a time
    assert "the clock of that runs until" in case.studio.last("ada").text
    assert len((await case.now()).complaints) == 1
    await case.studio.passes(hours=24)
    assert (await case.now()).order.state is OrderState.CANCELLED


async def test_a_complaint_about_somebody_elses_order_is_not_taken_for_one_of_ones_own(case: Case) -> None:
    await case.delivered()
    await case.complains("4711 is distorted")
    assert "You have no order 4711." in case.studio.last("ada").text
    assert (await case.now()).complaints == ()
    await case.complains("2 clicks in the chorus")
    assert len((await case.now()).complaints) == 1


async def test_nobody_is_told_that_there_is_no_refund_while_the_clock_runs_that_brings_it(case: Case) -> None:
    await case.delivered()
    await case.complains()
    await case.studio.commands("olga", "refund refuse 1000 it is in the mix", place=DESK)
    await case.studio.passes(minutes=1)
    assert "it is in the mix" in case.studio.last("ada").text
    assert "the clock runs on" in case.studio.last("ada").text
    assert not any("gives no refund" in text for text in case.studio.told("ada"))
