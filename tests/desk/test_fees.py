"""Script (b) beyond the free round: what costs is told with its price and clause, and never done unpaid."""

from core.jobs import JobKind
from core.ledger import INCOME
from core.orders import OrderState
from core.quotes import QuoteState
from core.revisions import BatchState
from storage.figures import mismatched
from tests.databases import EVERY
from tests.desk.studio import Studio
from tests.desk.test_first_order import previewed
from tests.desk.test_money import accounts, gives_credit
from tests.desk.test_people import at_the_desk

pytestmark = EVERY


async def revised(studio: Studio) -> None:
    """v2 is here: it is louder, as it was asked to be."""
    await previewed(studio)
    await studio.says("ada", "1.5 dB louder")
    await studio.presses("ada", "Send 1 change - free")
    await studio.masters(lufs=-12.5)


async def test_a_change_back_and_a_new_wish_are_one_fee_with_a_reason_each(
    studio: Studio,
) -> None:
    await revised(studio)
    await studio.says("ada", "1.5 dB quieter, and a bit more air")
    card = studio.card("ada", "changes:")
    assert "Volume down 1.5 dB - a change back of what we did for you" in card.text  # A21
    assert "(A21, A22)" in card.text
    assert "Air up 0.9 dB - a new wish that was not in your round" in card.text  # A19
    assert "For this song: $10" in card.text
    assert "Nothing is charged until you accept" in card.text
    assert not card.has("Send")


async def test_more_of_what_was_done_is_free_and_goes_with_one_tap(studio: Studio) -> None:
    await revised(studio)
    await studio.says("ada", "1 dB louder")
    card = studio.card("ada", "changes:")
    assert "more of what we did for you (A13)" in card.text
    await studio.presses("ada", "Send 1 change - free", on=card)
    assert (await studio.project("ada")).order.version == 3


async def test_nothing_is_charged_or_begun_before_the_accepting_tap(studio: Studio) -> None:
    await revised(studio)
    await studio.says("ada", "less bass")
    project = await studio.project("ada")
    assert len(project.charges) == 1
    await studio.presses("ada", "Accept $10")
    project = await studio.project("ada")
    assert project.order.state is OrderState.REVIEW
    assert [quote.state for quote in project.quotes if quote.batch] == [QuoteState.ACCEPTED]
    assert project.batches[-1].state is BatchState.PRICED
    await studio.settles()
    project = await studio.project("ada")
    assert project.order.state is OrderState.WORKING
    assert project.batches[-1].state is BatchState.SEALED
    assert "Received $10 for your changes" in studio.last("ada").text


async def test_a_fee_is_earned_when_its_version_goes_out(studio: Studio) -> None:
    await revised(studio)
    await studio.says("ada", "less bass")
    await studio.presses("ada", "Accept $10")
    await studio.settles()
    assert (await accounts(studio)).get(INCOME, 0) == 0
    await studio.masters(lufs=-12.5)
    assert (await accounts(studio))[INCOME] == 1000
    assert (await studio.project("ada")).order.fees == studio.rules.money(1000)
    await studio.presses("ada", "Approve")
    assert (await accounts(studio))[INCOME] == 1600
    async with studio.store._database.reading() as connection:
        assert await mismatched(connection) == []


async def test_credit_pays_a_fee_before_anything_else(studio: Studio) -> None:
    await revised(studio)
    await gives_credit(studio, "ada", 1500)
    await studio.says("ada", "less bass")
    await studio.presses("ada", "Accept $10")
    assert (await studio.project("ada")).order.state is OrderState.WORKING
    assert await studio.credit("ada") == 500


async def test_a_fee_is_taken_once_however_often_it_is_tapped(studio: Studio) -> None:
    await revised(studio)
    await studio.says("ada", "less bass")
    card = studio.card("ada", "changes:")
    await studio.presses("ada", "Accept $10", on=card)
    await studio.presses("ada", "Accept $10", on=card)
    await studio.settles()
    assert len((await studio.project("ada")).charges) == 2
    assert (await studio.project("ada")).order.version == 3


async def test_only_what_is_free_can_be_kept(studio: Studio) -> None:
    await revised(studio)
    await studio.says("ada", "1 dB louder and less bass")
    await studio.presses("ada", "Only keep what is free (1)")
    card = studio.card("ada", "changes:")
    assert "Bass" not in card.text
    assert card.has("Send 1 change - free")


async def test_where_a_new_order_costs_no_more_it_is_offered_beside_the_fee(
    studio: Studio,
) -> None:
    await revised(studio)
    await studio.says("ada", "less bass")
    await studio.presses("ada", "New master of this song: $6")
    fresh = await studio.project("ada")
    assert fresh.order.state is OrderState.OFFERED
    assert studio.card("ada").has("Pay $6")
    assert fresh.songs[0].analysis is not None  # it need not be sent again


async def test_a_payment_that_fails_leaves_the_price_and_the_list_as_they_were(studio: Studio) -> None:
    await revised(studio)
    await studio.says("ada", "less bass")
    await studio.presses("ada", "Accept $10")
    await studio.settles(provider_id=None, declined="insufficient")
    assert "not enough money" in studio.last("ada").text
    await studio.presses("ada", "Accept $10", on=studio.last("ada"))
    await studio.settles()
    assert (await studio.project("ada")).order.state is OrderState.WORKING


async def test_after_the_deadline_staff_name_the_price_and_nobody_else(studio: Studio) -> None:
    await at_the_desk(studio)
    await previewed(studio)
    await studio.passes(days=5, minutes=1)  # row 3
    await studio.delivers()
    await studio.presses("ada", "Ask for changes")
    await studio.says("ada", "more bass")
    card = studio.card("ada", "changes:")
    assert "Your time for free changes is over (A15)" in card.text
    assert "For this song" not in card.text  # staff name the price
    assert not card.has("Accept")
    await studio.presses("ada", "Ask for a quote")
    assert "from $10" in studio.card("ada", "changes:").text
    desk = studio.card("room:desk", "quote:")
    assert "Floor $10" in desk.text
    await studio.presses("olga", "$15", on=desk, place="room:desk")
    await studio.passes(seconds=61)
    assert "Your changes cost $15" in studio.last("ada").text
    await studio.presses("ada", "Accept $15")
    await studio.settles()
    await studio.masters()
    project = await studio.project("ada")
    assert project.order.state is OrderState.REVIEW
    assert project.order.deadline is not None  # a paid revision opens its two days: row 20


async def test_a_price_under_the_floor_needs_a_waiver_with_a_reason(studio: Studio) -> None:
    await quoted(studio)
    await studio.commands("olga", "quote 1000 5", place="room:desk")
    assert "The floor here is $10" in studio.last("room:desk").text
    await studio.commands("olga", "waive 1000", place="room:desk")
    assert "Say /waive" in studio.last("room:desk").text
    await studio.commands("olga", "waive 1000 our mistake", place="room:desk")
    await studio.passes(seconds=61)
    assert "free of charge. our mistake" in studio.last("ada").text
    assert (await studio.project("ada")).order.state is OrderState.WORKING


async def test_a_price_that_nobody_accepts_ends_and_the_list_is_kept(studio: Studio) -> None:
    await quoted(studio)
    await studio.commands("olga", "quote 1000 12.50 more work than it looks", place="room:desk")
    await studio.passes(seconds=61)
    assert "olga from the studio: more work than it looks" in studio.last("ada").text
    offer = studio.last("ada")
    await studio.passes(days=7, minutes=1)
    assert "is no longer valid" in studio.last("ada").text
    await studio.presses("ada", "Accept $12.50", on=offer)
    project = await studio.project("ada")
    assert project.order.state is OrderState.COMPLETED
    assert project.batches[-1].state is BatchState.OPEN
    assert len(project.charges) == 1


async def test_declining_costs_nothing(studio: Studio) -> None:
    await quoted(studio)
    await studio.commands("olga", "quote 1000 20", place="room:desk")
    await studio.passes(seconds=61)
    await studio.presses("ada", "Decline")
    assert "Nothing was charged" in studio.last("ada").text
    assert studio.card("room:desk", "quote:").text.endswith("Declined.")


async def test_a_list_that_waits_can_be_changed_which_makes_its_price_void(
    studio: Studio,
) -> None:
    await quoted(studio)
    await studio.presses("ada", "Change my list")
    await studio.says("ada", "more air")
    assert "2. Air up" in studio.card("ada", "changes:").text
    await studio.commands("olga", "quote 1000 20", place="room:desk")
    assert "no price is asked for" in studio.last("room:desk").text


async def test_a_late_wish_that_is_asked_but_was_not_done_is_our_fault_and_free(studio: Studio) -> None:
    await previewed(studio)
    await studio.says("ada", "1.5 dB louder")
    await studio.presses("ada", "Send 1 change - free")
    await studio.masters(lufs=-14.0)  # the file has +0
    await studio.presses("ada", "Approve")
    await studio.delivers()
    await studio.passes(days=9)
    await studio.presses("ada", "Ask for changes")
    await studio.says("ada", "1.5 dB louder")  # row 19
    card = studio.card("ada", "changes:")
    assert "our fault" in card.text
    assert card.has("Send 1 change - free")


async def test_the_same_words_in_the_same_revision_are_never_charged_twice(studio: Studio) -> None:
    await revised(studio)
    await studio.says("ada", "less bass")
    card = studio.card("ada", "changes:")
    await studio.presses("ada", "Accept $10", on=card)
    job = await studio.takes(JobKind.CHARGE)
    await studio.says("ada", "less bass")  # while the till is asked
    await studio.ends(job, {"done": {"provider_id": "x", "declined": None}})
    project = await studio.project("ada")
    assert len([quote for quote in project.quotes if quote.batch]) == 1


async def quoted(studio: Studio) -> None:
    """A late list waits for its price."""
    await at_the_desk(studio)
    await previewed(studio)
    await studio.passes(days=6)
    await studio.delivers()
    await studio.presses("ada", "Ask for changes")
    await studio.says("ada", "more bass")
    await studio.presses("ada", "Ask for a quote")


async def test_what_is_undone_twice_in_one_list_is_undone_once(studio: Studio) -> None:
    await revised(studio)
    await studio.says("ada", "undo the volume")
    await studio.says("ada", "please put the volume back")
    card = studio.card("ada", "changes:")
    assert "1. Volume down 1.5 dB" in card.text
    assert "2." not in card.text


async def test_why_it_costs_is_told_by_the_rules_themselves(studio: Studio) -> None:
    await revised(studio)
    await studio.says("ada", "1.5 dB quieter and more air")
    await studio.presses("ada", "Why?")
    assert "A19: Each additional round costs $10 a song or more." in studio.last("ada").text
    assert "A21, A22: To change back what we did for you costs" in studio.last("ada").text


async def test_the_staff_hear_nothing_of_a_price_that_the_rules_named(studio: Studio) -> None:
    await at_the_desk(studio)
    await revised(studio)
    await studio.says("ada", "more air")
    await studio.presses("ada", "Accept $10")
    await studio.settles()
    assert not [key for to, key in studio.cards if to == "room:desk" and key.startswith("quote:")]


async def test_files_that_cannot_be_paid_leave_the_fee_of_their_changes_where_it_is(studio: Studio) -> None:
    studio.charges("before-files")
    await gives_credit(studio, "ada", 1300)
    await studio.drops("ada", "midnight drive.wav")
    await studio.checks()
    await studio.presses("ada", "Make a preview")
    await studio.masters()
    await studio.says("ada", "1.5 dB louder")
    await studio.presses("ada", "Send 1 change - free")
    await studio.masters(lufs=-12.5)
    await studio.says("ada", "less bass")
    await studio.presses("ada", "Accept $10")  # by credit, and earned with the new version
    await studio.masters()
    await studio.presses("ada", "Pay $6")
    await studio.settles(provider_id="", declined="insufficient")
    assert (await studio.project("ada")).order.state is OrderState.REVIEW
    assert await studio.credit("ada") == 300
    assert (await accounts(studio))[INCOME] == 1000
    await studio.presses("ada", "Pay $6")
    await studio.settles()
    assert any("Received $3 for order 1000, and $3 of your credit." in text for text in studio.told("ada"))


async def test_no_new_master_is_sold_of_a_song_whose_files_are_gone(studio: Studio) -> None:
    await revised(studio)
    await studio.says("ada", "less bass")
    offered = studio.card("ada", "changes:")
    await studio.presses("ada", "Approve")
    await studio.delivers()
    await studio.passes(days=60)
    await studio.presses("ada", "New master of this song", on=offered)
    assert "Its files were kept until" in studio.last("ada").text


async def test_a_new_master_is_offered_once_however_often_it_is_tapped(studio: Studio) -> None:
    await revised(studio)
    await studio.says("ada", "less bass")
    list_ = studio.card("ada", "changes:")
    await studio.presses("ada", "New master of this song", on=list_)
    await studio.presses("ada", "New master of this song", on=list_)
    assert studio.last("ada").has("Pay $6")
    assert len({key for _, key in studio.cards if key.startswith("order:")}) == 2


async def test_what_is_wished_while_a_list_waits_for_its_price_begins_no_second_list(studio: Studio) -> None:
    await revised(studio)
    await studio.says("ada", "less bass")
    await studio.presses("ada", "Ask staff")
    assert "wait for their price" in studio.card("ada").text
    await studio.says("ada", "and wider")
    assert "Nothing was added: your list waits for its price." in studio.last("ada").text
    assert len((await studio.project("ada")).batches) == 2
    await studio.presses("ada", "Ask for changes")
    await studio.presses("ada", "Change my list", on=studio.last("ada"))
    await studio.says("ada", "and wider")
    assert studio.card("ada", "changes:").has("Accept $10")


async def test_a_price_is_good_to_its_last_moment_and_not_after(studio: Studio) -> None:
    await at_the_desk(studio)
    await revised(studio)
    await studio.says("ada", "less bass")
    await studio.presses("ada", "Ask staff")
    await studio.presses("olga", "$15", place="room:desk")
    await studio.passes(seconds=60)
    await studio.passes(days=7)
    offered = studio.card("ada", "changes:")
    assert offered.has("Accept $15")
    await studio.passes(seconds=1)
    assert not studio.card("ada", "changes:").has("Accept $15")
    await studio.presses("ada", "Accept $15", on=offered)
    assert all(quote.state is not QuoteState.ACCEPTED for quote in (await studio.project("ada")).quotes[1:])


async def test_an_old_button_never_accepts_another_price_than_it_shows(studio: Studio) -> None:
    await at_the_desk(studio)
    await revised(studio)
    await studio.says("ada", "less bass")
    for price in ("15", "25"):
        await studio.presses("ada", "Ask staff")
        await studio.commands("olga", f"quote 1000 {price}", place="room:desk")
        await studio.passes(seconds=60)
        if price == "15":
            cheaper = studio.last("ada")
            await studio.presses("ada", "Decline")
    await studio.presses("ada", "Accept $15", on=cheaper)
    assert "That has changed since" in studio.last("ada").text
    assert len((await studio.project("ada")).charges) == 1
    await studio.presses("ada", "Accept $25")
    await studio.settles()
    assert "Received $25 for your changes" in studio.last("ada").text
