"""Tickets: an artist sees who answers, the staff see who has it and how long it waits (A26, B17)."""

from datetime import timedelta

from core.messages import HOUSE
from core.snapshot import Needs
from core.threads import Thread
from tests.desk.studio import Studio
from tests.desk.test_first_order import previewed

DESK = "room:desk"


async def at_the_desk(studio: Studio) -> None:
    """An owner, somebody of the support, and an engineer."""
    await studio.grants("owner", "olga")
    await studio.grants("support", "sam")
    await studio.grants("engineer", "emil")
    await studio.commands("olga", "staff here", place=DESK)


async def asks(studio: Studio, words: str = "is it done?") -> None:
    await studio.commands("ada", f"human {words}")


async def tickets(studio: Studio) -> tuple[Thread, ...]:
    """All that wait, oldest first."""
    waiting = (await studio.store.load(Needs(HOUSE, waiting=True))).waiting
    return tuple(thread for thread, _ in waiting)


def ticket(studio: Studio) -> str:
    return studio.card(DESK, "thread:").text


async def replies(studio: Studio, who: str, words: str) -> None:
    await studio.presses(who, "Reply", place=DESK)
    await studio.says(who, words, place=DESK)


async def test_a_ticket_has_a_number_that_both_sides_see(studio: Studio) -> None:
    await at_the_desk(studio)
    await asks(studio)
    assert "(Ticket 1)" in studio.last("ada").text
    assert "Ticket 1. Waits since" in ticket(studio)
    await studio.commands("ben", "human hello")
    assert "(Ticket 2)" in studio.last("ben").text


async def test_whoever_takes_it_is_named_to_the_artist_and_on_the_card(studio: Studio) -> None:
    await at_the_desk(studio)
    await asks(studio)
    await studio.presses("sam", "I take it", place=DESK)
    assert studio.last("ada").text == "sam from the studio has ticket 1 and will answer you here."
    assert "sam has it." in ticket(studio)
    assert not studio.card(DESK, "thread:").has("I take it")
    await asks(studio, "hello?")
    assert studio.last("ada").text == "I have passed it on to sam (ticket 1)."


async def test_who_is_second_reads_who_was_faster_and_may_take_it_over(studio: Studio) -> None:
    await at_the_desk(studio)
    await asks(studio)
    taking = studio.card(DESK, "thread:").button("I take it").action or ""
    await studio.presses("sam", "I take it", place=DESK)
    await studio.presses_raw("olga", taking, place=DESK)
    assert studio.last(DESK).text == "sam was faster and has it."
    await studio.presses("olga", "I take it over", place=DESK)
    assert "olga has it." in ticket(studio)


async def test_the_time_to_the_first_answer_stays_on_the_card(studio: Studio) -> None:
    await at_the_desk(studio)
    await asks(studio)
    await studio.passes(minutes=12)
    await replies(studio, "sam", "soon")
    assert "sam has it. First answer after 12 minutes." in ticket(studio)
    await asks(studio, "and now?")
    await studio.passes(minutes=30)
    await replies(studio, "sam", "now")
    assert "First answer after 12 minutes." in ticket(studio)


async def test_what_is_handed_over_may_be_answered_by_that_role_and_only_then(studio: Studio) -> None:
    await at_the_desk(studio)
    await asks(studio, "why is the bass so thin?")
    await studio.presses("emil", "Reply", place=DESK)
    assert studio.last(DESK).text == "You are engineer here; that is for: owner, manager, support."
    await studio.presses("sam", "Hand over", place=DESK)
    await studio.says("sam", "engineer", place=DESK)
    await studio.says("sam", "he hears it better", place=DESK)
    assert "Handed over: engineer." in ticket(studio)
    assert "sam (among us): he hears it better" in ticket(studio)
    await replies(studio, "emil", "it is a high-pass")
    assert studio.last("ada").text == "emil from the studio: it is a high-pass"
    assert not [told for told in studio.told("ada") if "he hears it better" in told]


async def test_words_within_two_weeks_open_a_closed_ticket_again(studio: Studio) -> None:
    await at_the_desk(studio)
    await asks(studio)
    await studio.presses("sam", "Close", place=DESK)
    await studio.passes(days=14, seconds=-1)
    await asks(studio, "one more thing")
    assert "(Ticket 1)" in studio.last("ada").text
    (again,) = await tickets(studio)
    assert (again.number, again.closed_by, len(again.entries)) == (1, None, 2)
    assert again.since == studio.clock.now()


async def test_after_two_weeks_words_are_a_ticket_of_their_own(studio: Studio) -> None:
    await at_the_desk(studio)
    await asks(studio)
    await studio.presses("sam", "Close", place=DESK)
    await studio.passes(days=14)
    await asks(studio, "something else")
    assert "(Ticket 2)" in studio.last("ada").text


async def test_two_orders_are_two_tickets(studio: Studio) -> None:
    await at_the_desk(studio)
    for words in ("the first", "the second"):
        await previewed(studio)
        await studio.presses("ada", "Talk to a human", on=studio.card("ada"))
        await studio.says("ada", words)
    first, second = await tickets(studio)
    assert (first.entries[0].text, second.entries[0].text) == ("the first", "the second")
    assert first.order != second.order
    assert (first.number, second.number) == (1, 2)


async def test_a_ticket_waits_since_the_words_that_wait(studio: Studio) -> None:
    await at_the_desk(studio)
    await asks(studio)
    begun = studio.clock.now()
    await studio.passes(hours=1)
    await asks(studio, "still there?")
    (waiting,) = await tickets(studio)
    assert waiting.since == begun
    await replies(studio, "sam", "yes")
    await studio.passes(hours=1)
    await asks(studio, "good")
    (waiting,) = await tickets(studio)
    assert waiting.since == begun + timedelta(hours=2)
