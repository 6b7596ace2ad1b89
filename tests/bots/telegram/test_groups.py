"""Groups and topics: pointers for everybody, staff desks for the staff, and groups that change their id."""

from pathlib import Path

from bots.telegram.reading import NAME
from core.messages import Card, Kind, Notice, To
from core.text import Text
from tests.bots.telegram.house import House, open_house, shown
from tests.doubles.telegram import Group, Message, Person, Telegram

SONG = b"RIFF" + bytes(1000)


async def answered(telegram: Telegram, group: Group, words: str) -> Message:
    """What the bot says in a group, once it has."""
    found = await telegram.until(
        lambda: next((one for one in reversed(group.received) if words in one.text), None)
    )
    assert found is not None
    return found


async def test_a_command_in_a_group_gets_one_line_and_the_way_to_the_private_chat(
    telegram: Telegram, house: House, ada: Person
) -> None:
    group = telegram.group("Band")
    asked = await ada.says(f"/orders@{telegram.username}", group)
    pointer = await answered(telegram, group, "Write to me in a private chat")
    assert "\n" not in pointer.text
    assert pointer.answers is asked
    await ada.opens(pointer.button(f"@{telegram.username}").url or "")
    await shown(telegram, ada, "Hello Ada")


async def test_a_song_that_is_dropped_in_a_group_is_not_taken(
    telegram: Telegram, house: House, ada: Person
) -> None:
    group = telegram.group("Band", rules=True)
    await ada.sends("document", "Midnight Drive.wav", SONG, chat=group)
    await ada.says("what a day", group)
    await telegram.settled()
    assert house.received == []


async def test_a_song_in_a_group_is_ordered_by_answering_it_with_the_command(
    telegram: Telegram, house: House, ada: Person
) -> None:
    group = telegram.group("Band")
    await ada.starts()
    await shown(telegram, ada, "Hello Ada")
    song = await ada.sends("document", "Midnight Drive.wav", SONG, chat=group)
    await ada.says(f"/master@{telegram.username}", group, answers=song)
    pointer = await answered(telegram, group, "Everything else is in our private chat")
    assert "Midnight" not in pointer.text
    await shown(telegram, ada, "Midnight Drive")


async def test_what_is_said_to_another_bot_is_not_heard(
    telegram: Telegram, house: House, ada: Person
) -> None:
    group = telegram.group("Band", rules=True)
    await ada.says("/orders@another_bot", group)
    await ada.says("/ban somebody", group)
    await telegram.settled()
    assert house.received == []


async def test_a_topic_is_a_staff_desk_of_its_own(telegram: Telegram, house: House, ada: Person) -> None:
    crew = telegram.group("Crew", forum=True, rules=True)
    desk = await crew.topic("Orders", by=ada)
    await house.grants("owner", ada)
    await ada.says("/staff here", crew, desk)
    await answered(telegram, crew, "is now a staff desk")
    await house.draws(Card("staff", To.staff(), Text(("Something for the staff @ada",))))
    card = await answered(telegram, crew, "Something for the staff")
    assert card.thread == desk.id
    assert "@ada" not in card.text  # nobody is called by what somebody wrote


async def test_a_desk_whose_topic_is_deleted_holds_up_nothing(
    telegram: Telegram, house: House, ada: Person
) -> None:
    crew = telegram.group("Crew", forum=True, rules=True)
    desk = await crew.topic("Orders", by=ada)
    await house.grants("owner", ada)
    await ada.says("/staff here", crew, desk)
    await answered(telegram, crew, "is now a staff desk")
    await crew.loses_topic(desk)
    await house.draws(Card("staff", To.staff(), Text(("Something",))))
    assert await house.store.outgoing([NAME], 10) == []


async def test_a_group_that_becomes_a_supergroup_is_followed(
    telegram: Telegram, house: House, ada: Person
) -> None:
    crew = telegram.group("Crew")
    old = crew.id
    await house.grants("owner", ada)
    await ada.says(f"/staff@{telegram.username} here", crew)
    await answered(telegram, crew, "is now a staff desk")
    await crew.upgrades(by=ada)
    await telegram.settled()
    moves = {one.event_id for one in house.received if one.kind is Kind.MOVED}
    assert moves == {f"moved:{old}:{crew.id}"}  # told on both sides, and one event
    await house.draws(Card("staff", To.staff(), Text(("For the desk",))))
    await answered(telegram, crew, "For the desk")


async def test_a_message_finds_its_group_though_only_the_refusal_tells_where_it_is(
    telegram: Telegram, url: str, tmp_path: Path, ada: Person
) -> None:
    crew = telegram.group("Crew")
    old = crew.id
    async with open_house(telegram, url, tmp_path / "house") as house:
        house.door.hush()
        await crew.upgrades(by=ada)
        await house.tells(Notice("n", To.room(NAME, str(old)), Text(("Here?",))))
        await answered(telegram, crew, "Here?")
        assert [one.payload for one in house.received] == [{"from": str(old), "to": str(crew.id)}]


async def test_blocked_and_back(telegram: Telegram, house: House, ada: Person) -> None:
    await ada.starts()
    await shown(telegram, ada, "Hello Ada")
    await ada.blocks()
    await telegram.settled()
    await ada.unblocks()
    await telegram.settled()
    assert [one.payload for one in house.received if one.kind is Kind.REMOVED] == [
        {"reachable": False},
        {"reachable": True},
    ]
    await ada.says("/terms")
    await shown(telegram, ada, "Terms of Lathe")


async def test_menus_differ_between_chats_and_languages(
    telegram: Telegram, house: House, ada: Person
) -> None:
    group = telegram.group("Band")
    eva = telegram.person("Eva", language="de")
    group.owned_by(eva)
    await telegram.until(lambda: len(telegram.called("setMyCommands")) == 6 and eva.commands(group))
    assert ada.commands()["terms"] == "Read the terms"
    assert eva.commands()["terms"] != "Read the terms"
    assert "staff" not in ada.commands()
    assert "staff" not in ada.commands(group)
    assert "staff" in eva.commands(group)
    assert "terms" not in ada.commands(group)


async def test_what_is_said_to_us_in_a_group_is_answered_there(
    telegram: Telegram, house: House, ada: Person
) -> None:
    group = telegram.group("Band")
    asked = await ada.says(f"@{telegram.username} can you master this?", group)
    pointer = await answered(telegram, group, "Write to me in a private chat")
    assert pointer.answers is asked
