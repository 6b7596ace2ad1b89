"""What the staff do, see and try is written down with its order and its reason, and can be read (A07)."""

import asyncio

from core.audit import Came, Entry
from core.messages import HOUSE
from core.snapshot import Needs
from tests.desk.studio import Studio
from tests.desk.test_first_order import previewed
from tests.desk.test_tickets import DESK, asks, at_the_desk, replies


async def trail(studio: Studio) -> list[Entry]:
    """Newest first."""
    return list((await studio.store.load(Needs(HOUSE, audit=50))).audited)


async def test_a_role_that_the_house_gives_is_written_down_as_its_deed(studio: Studio) -> None:
    await studio.grants("owner", "olga")
    (entry,) = await trail(studio)
    assert (entry.by, entry.what, entry.details) == (HOUSE, "/grant", "owner terminal:olga")


async def test_an_answer_is_written_down_with_its_words_and_its_order(studio: Studio) -> None:
    await at_the_desk(studio)
    await previewed(studio)
    await studio.presses("ada", "Talk to a human")
    await studio.says("ada", "is it done?")
    await replies(studio, "sam", "tomorrow")
    entry = (await trail(studio))[0]
    assert (entry.name, entry.role, entry.what, entry.details) == ("sam", "support", "reply", "tomorrow")
    assert (entry.number, entry.came) == (1000, Came.DONE)


async def test_what_artists_do_is_not_in_it(studio: Studio) -> None:
    await at_the_desk(studio)
    before = len(await trail(studio))
    await previewed(studio)
    await asks(studio)
    assert len(await trail(studio)) == before


async def test_who_was_second_changed_nothing(studio: Studio) -> None:
    await at_the_desk(studio)
    await asks(studio)
    closing = studio.card(DESK, "thread:").button("Close").action or ""
    await studio.presses("sam", "Close", place=DESK)
    await studio.presses_raw("olga", closing, place=DESK)
    assert [(entry.name, entry.came) for entry in (await trail(studio))[:2]] == [
        ("olga", Came.NOTHING),
        ("sam", Came.DONE),
    ]


async def test_titles_of_confidential_orders_never_come_into_it(studio: Studio) -> None:
    await at_the_desk(studio)
    await studio.drops("ada", "secret album.wav")
    await studio.checks()
    await studio.commands("ada", "confidential on")
    await studio.presses("ada", "Talk to a human")
    await studio.says("ada", "hello")
    await replies(studio, "sam", "Secret Album is nice; secretly")
    assert (await trail(studio))[0].details == "… is nice; secretly"


async def test_the_owner_reads_it_newest_first_and_that_is_written_down_too(studio: Studio) -> None:
    await at_the_desk(studio)
    await studio.commands("sam", "grant owner terminal:sam", place=DESK)
    await studio.commands("olga", "audit 2")
    tried, sat = studio.last("olga").text.splitlines()
    assert tried.endswith(" · sam (support): /grant · owner terminal:sam · refused")
    assert sat.endswith(" · olga (owner): /staff · here")
    assert (await trail(studio))[0].what == "/audit"


async def test_it_can_be_read_order_by_order(studio: Studio) -> None:
    await at_the_desk(studio)
    await previewed(studio)
    await studio.presses("ada", "Talk to a human")
    await studio.says("ada", "hello?")
    await replies(studio, "sam", "hello!")
    await studio.commands("olga", "audit 1000")
    (line,) = studio.last("olga").text.splitlines()
    assert line.endswith(" · sam (support): Reply · order 1000 · hello!")
    await studio.commands("olga", "audit 4711")
    assert studio.last("olga").text == "There is no order 4711."
    await studio.commands("olga", "audit everything")
    assert studio.last("olga").text == "Say /audit, or /audit ORDER, and how many entries."


async def test_asked_for_in_a_room_it_comes_in_private(studio: Studio) -> None:
    await at_the_desk(studio)
    await studio.commands("olga", "audit", place=DESK)
    assert "in private" in studio.last(DESK).text
    assert "the command line: /grant" in studio.last("olga").text


async def test_a_role_is_taken_away_again(studio: Studio) -> None:
    await at_the_desk(studio)
    await studio.commands("olga", "grant none terminal:sam", place=DESK)
    assert studio.last(DESK).text == "terminal:sam has no role any more."
    await asks(studio)
    await studio.presses("sam", "Close", place=DESK)
    assert studio.last(DESK).text == "That is for the staff."


async def test_the_last_owner_stays_whoever_tries(studio: Studio) -> None:
    await at_the_desk(studio)
    for role in ("none", "manager"):
        await studio.commands("olga", f"grant {role} terminal:olga", place=DESK)
        assert studio.last(DESK).text == "terminal:olga is the only owner: make somebody else owner first."
        await studio.grants(role, "olga")
    await studio.commands("olga", "grant owner terminal:sam", place=DESK)
    await studio.commands("olga", "grant none terminal:olga", place=DESK)
    assert studio.last(DESK).text == "terminal:olga has no role any more."


async def test_who_has_what_is_listed_by_rank(studio: Studio) -> None:
    await at_the_desk(studio)
    await studio.commands("olga", "grant")
    assert studio.last("olga").text.splitlines()[:3] == [
        "owner: olga (terminal:olga)",
        "engineer: emil (terminal:emil)",
        "support: sam (terminal:sam)",
    ]


async def test_two_owners_who_take_each_others_role_at_once_leave_one(studio: Studio) -> None:
    await at_the_desk(studio)
    await studio.grants("owner", "otto")
    await asyncio.gather(
        studio.commands("olga", "grant none terminal:otto"),
        studio.commands("otto", "grant none terminal:olga"),
    )
    staff = (await studio.store.load(Needs(HOUSE, staff=True))).staff
    assert len([member for member in staff if member.person.role == "owner"]) == 1


async def test_two_owners_who_leave_at_once_leave_one(studio: Studio) -> None:
    await at_the_desk(studio)
    await studio.grants("owner", "otto")
    await asyncio.gather(
        studio.commands("olga", "grant none terminal:olga"),
        studio.commands("otto", "grant none terminal:otto"),
    )
    staff = (await studio.store.load(Needs(HOUSE, staff=True))).staff
    assert len([member for member in staff if member.person.role == "owner"]) == 1
