"""The door between a real desk and a Discord on loopback."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from bots.catalogues import load_catalogues
from bots.discord.reading import NAME
from bots.discord.writing import nonce
from bots.doors import Misconfigured
from core.commands import COMMANDS
from core.jobs import JobKind, Queue
from core.links import Link
from core.messages import Button, Card, Kind, Notice, To
from core.ports import Outgoing, Reach, Refused
from core.text import Text
from tests.bots.discord.house import House, open_house, until_connected
from tests.doubles.discord.cdn import Upload
from tests.doubles.discord.people import Person
from tests.doubles.discord.server import Discord
from tests.doubles.discord.sight import Seen

SONG = ("Midnight Drive.wav", b"RIFF" + bytes(range(256)) * 40)
SEND = "POST /channels/{channel_id}/messages"
EDIT = "PATCH /channels/{channel_id}/messages/{message_id}"


def newest(person: Person, words: str) -> Seen:
    """The newest message of the bot's to somebody that has these words."""
    found = [message for message in person.inbox if words in message.text]
    assert found, [message.text for message in person.inbox]
    return found[-1]


async def shown(discord: Discord, person: Person, words: str) -> Seen:
    """That message, once it is there."""
    await discord.until(lambda: any(words in message.text for message in person.inbox))
    return newest(person, words)


async def offered(discord: Discord, house: House, person: Person) -> Seen:
    """The card of a song that somebody dropped and that was found good."""
    await person.dm(files=[SONG])
    await shown(discord, person, "Order 1")
    await house.offers()
    return newest(person, "Order 1")


# Orders by direct message


async def test_a_dropped_file_becomes_an_order_whose_card_is_one_message(
    discord: Discord, house: House
) -> None:
    ada = discord.person("ada")
    card = await offered(discord, house, ada)
    assert "Midnight Drive" in card.text
    assert "$6" in card.text
    assert any(label.startswith("Pay $6") for label in card.labels)
    assert [file.data[:4] for file in card.files] == [b"\x89PNG"]
    assert len(ada.inbox) == 1  # everything was said on the one card
    assert card.edits > 0


async def test_what_is_fetched_is_what_was_sent(discord: Discord, house: House) -> None:
    ada = discord.person("ada")
    await ada.dm(files=[SONG])
    await shown(discord, ada, "Order 1")
    assert await house.fetched(await house.took(JobKind.FETCH)) == SONG[1]


async def test_pressing_pay_pays_and_the_card_says_so(discord: Discord, house: House) -> None:
    ada = discord.person("ada")
    card = await offered(discord, house, ada)
    deed = await ada.press(card, next(label for label in card.labels if label.startswith("Pay")))
    await discord.until(lambda: deed.answered)
    assert deed.deferred
    await shown(discord, ada, "Payment is on its way")
    assert len(ada.inbox) == 1


async def test_a_double_tap_pays_once(discord: Discord, house: House) -> None:
    ada = discord.person("ada")
    card = await offered(discord, house, ada)
    pay = next(label for label in card.labels if label.startswith("Pay"))
    taps = [await ada.press(card, pay), await ada.press(card, pay)]
    await discord.until(lambda: all(tap.answered for tap in taps))
    await shown(discord, ada, "Payment is on its way")
    await house.took(JobKind.CHARGE)
    assert await house.store.take(Queue.IO, [NAME], "test") is None


async def test_an_event_that_comes_twice_happens_once(discord: Discord, house: House) -> None:
    ada = discord.person("ada")
    discord.gateway.twice = 2
    await ada.dm(files=[SONG])
    await shown(discord, ada, "Order 1")
    await house.settled()
    assert len(ada.inbox) == 1


async def test_an_interaction_that_comes_twice_is_answered_once(discord: Discord, house: House) -> None:
    ada = discord.person("ada")
    discord.gateway.twice = 1
    deed = await ada.command("help")
    answer = await deed.answer()
    await house.settled()
    assert answer is not None
    assert len(discord.called("POST /interactions/{interaction_id}/{interaction_token}/callback")) == 1


async def test_buttons_work_after_a_restart(discord: Discord, url: str, tmp_path: Path) -> None:
    ada = discord.person("ada")
    async with open_house(discord, url, tmp_path) as house:
        card = await offered(discord, house, ada)
    async with open_house(discord, url, tmp_path):
        deed = await ada.press(card, next(label for label in card.labels if label.startswith("Pay")))
        await discord.until(lambda: deed.answered)
        await shown(discord, ada, "Payment is on its way")


async def test_what_one_person_writes_in_a_row_goes_in_as_it_came(discord: Discord, house: House) -> None:
    ada = discord.person("ada")
    for number in range(30):
        await ada.dm(str(number))
    await discord.until(lambda: len(ada.inbox) == 30)
    assert [one.payload["text"] for one in house.received] == [str(number) for number in range(30)]


async def test_deeds_of_every_kind_go_in_as_they_came_however_slowly_the_first_is_written_down(
    discord: Discord, house: House
) -> None:
    ada = discord.person("ada")
    hello = await (await ada.command("start")).answer()
    assert hello is not None
    before = len(house.received)
    written = house.stalls()
    await ada.dm("first")
    deeds = [await ada.command("orders"), await ada.press(hello, "Terms")]
    await ada.dm("last")
    await discord.until(lambda: all(deed.deferred for deed in deeds))  # it is answered within its time
    assert len(house.received) == before
    written.set()
    await house.hears(before + 4)
    kinds = [one.kind for one in house.received[before:]]
    assert kinds == [Kind.MESSAGE, Kind.COMMAND, Kind.PRESS, Kind.MESSAGE]


async def test_words_of_bots_and_of_channels_are_nothing_to_the_house(discord: Discord, house: House) -> None:
    ada = discord.person("ada")
    guild = discord.guild("studio", ada)
    await ada.say(discord.channel(guild, "general"), "hello")
    await ada.dm("hello")
    await discord.until(lambda: bool(ada.inbox))
    assert len(house.received) == 1


# Cards


async def test_a_card_is_edited_in_place_and_its_picture_is_uploaded_once(
    discord: Discord, house: House
) -> None:
    ada = await known(discord, house)
    picture = await house.media("picture", "waveform.png", b"PNG 1")
    card = Card("test", await house.account(ada), Text(("Half",)), (), (picture,), 0.5)
    await house.draws(card)
    await house.draws(replace(card, text=Text(("Three quarters",)), progress=0.75))
    (message,) = [one for one in ada.inbox if "quarters" in one.text]
    assert "▓▓▓▓▓▓▓░░░ 75 %" in message.text
    assert len(discord.called(EDIT)) == 1
    assert [file.data for file in message.files] == [b"PNG 1"]
    assert not any(call.files for call in discord.called(EDIT))


async def test_a_picture_that_changed_takes_the_place_of_the_old_one(discord: Discord, house: House) -> None:
    ada = await known(discord, house)
    to = await house.account(ada)
    for number in (1, 2):
        picture = await house.media("picture", "waveform.png", b"PNG %d" % number)
        await house.draws(Card("test", to, Text(("Looked into",)), (), (picture,)))
    assert [file.data for file in newest(ada, "Looked into").files] == [b"PNG 2"]
    await house.draws(Card("test", to, Text(("Looked into",))))
    assert newest(ada, "Looked into").files == ()


async def test_after_a_restart_a_picture_that_stands_there_is_not_uploaded_again(
    discord: Discord, url: str, tmp_path: Path
) -> None:
    async with open_house(discord, url, tmp_path) as house:
        ada = await known(discord, house)
        picture = await house.media("picture", "waveform.png", b"PNG 1")
        card = Card("test", await house.account(ada), Text(("One",)), (), (picture,))
        await house.draws(card)
    async with open_house(discord, url, tmp_path) as house:
        await house.draws(replace(card, text=Text(("Two",))))
    assert [file.data for file in newest(ada, "Two").files] == [b"PNG 1"]
    assert not any(call.files for call in discord.called(EDIT))


async def test_a_card_whose_message_is_gone_is_sent_anew(discord: Discord, house: House) -> None:
    ada = await known(discord, house)
    card = Card("test", await house.account(ada), Text(("One",)))
    await house.draws(card)
    del ada.dm_channel.messages[newest(ada, "One").id]
    await house.draws(replace(card, text=Text(("Two",))))
    assert newest(ada, "Two").edits == 0


async def test_a_card_sent_before_a_crash_is_taken_up_again_as_it_should_be_by_now(
    discord: Discord, house: House
) -> None:
    ada = await known(discord, house)
    to = await house.account(ada)
    reach = Reach(NAME, str(ada.id), str(ada.id), private=True, locale="en", zone=None)
    first = Card("test", to, Text(("One",)), (Button("Terms", action="terms:none"),))
    name = await house.door.send_card(Outgoing(1, reach, card=first, digest="1"))
    later = replace(first, text=Text(("Two",)))
    assert await house.door.send_card(Outgoing(1, reach, card=later, digest="2")) == name
    assert [message.text for message in ada.inbox][1:] == ["Two"]
    edits = len(discord.called(EDIT))
    assert await house.door.send_card(Outgoing(1, reach, card=first, digest="1")) == name
    assert len(discord.called(EDIT)) == edits + 1


async def test_a_card_that_must_wait_comes_out_in_its_newest_state(discord: Discord, house: House) -> None:
    ada = await known(discord, house)
    card = Card("test", await house.account(ada), Text(("One",)))
    await house.draws(card)
    discord.faults.refuse(EDIT, 400, 40003)
    await house.draws(replace(card, text=Text(("Two",))))
    assert newest(ada, "One").edits == 0


async def test_more_than_discord_shows_is_cut_and_keeps_its_buttons(discord: Discord, house: House) -> None:
    ada = await known(discord, house)
    buttons = tuple(Button(f"No. {number}", action=f"show:{number}") for number in range(30))
    to = await house.account(ada)
    await house.draws(Card("test", to, Text(("word " * 2000,)), buttons, (), 0.5))
    message = newest(ada, "word")
    assert len(message.text) <= 4000
    assert "50 %" in message.text
    assert len(message.buttons) == 25


# Notices


async def test_a_notice_bears_its_id_as_its_nonce(discord: Discord, house: House) -> None:
    ada = await known(discord, house)
    await house.tells(Notice("n1", await house.account(ada), Text(("Ready.",))))
    assert newest(ada, "Ready.").nonce == nonce("n1")


async def test_a_502_after_acceptance_leaves_one_message(discord: Discord, house: House) -> None:
    ada = await known(discord, house)
    discord.faults.fail(SEND, after=True)
    await house.tells(Notice("n1", await house.account(ada), Text(("Ready.",))))
    assert [one.text for one in ada.inbox].count("Ready.") == 1
    assert discord.faults.left == 0


async def test_a_connection_cut_after_acceptance_leaves_one_message(discord: Discord, house: House) -> None:
    ada = await known(discord, house)
    discord.faults.cut(SEND, after=True)
    notice = Notice("n1", await house.account(ada), Text(("Ready.",)))
    await house.tells(notice)
    await discord.until(lambda: len(discord.called(SEND)) == 3)
    await house.settled()
    assert [one.text for one in ada.inbox].count("Ready.") == 1


async def test_who_closed_their_messages_is_refused_once(discord: Discord, house: House) -> None:
    ada = await known(discord, house)
    before = len(discord.called(SEND))
    ada.close_dms()
    await house.tells(Notice("n1", await house.account(ada), Text(("Ready.",))))
    await house.settled()
    assert len(discord.called(SEND)) == before + 1


async def test_a_limit_that_the_library_waits_for_delays_and_loses_nothing(
    discord: Discord, house: House
) -> None:
    ada = await known(discord, house)
    discord.faults.limit(SEND, times=2)
    await house.tells(Notice("n1", await house.account(ada), Text(("Ready.",))))
    assert [one.text for one in ada.inbox].count("Ready.") == 1


async def test_a_text_too_long_for_one_message_takes_several_with_the_buttons_below(
    discord: Discord, house: House
) -> None:
    ada = await known(discord, house)
    lines = "\n".join(f"Paragraph {number} of the terms." for number in range(150))
    to = await house.account(ada)
    await house.tells(Notice("n1", to, Text((lines,)), (Button("Terms", action="terms:none"),)))
    parts = [message for message in ada.inbox if "Paragraph" in message.text]
    assert "\n".join(part.text for part in parts) == lines
    assert [part.labels for part in parts] == [(), (), ("Terms",)]
    assert len({part.nonce for part in parts}) == 3


async def test_what_a_person_wrote_is_shown_as_they_wrote_it(discord: Discord, house: House) -> None:
    ada = await known(discord, house)
    words = "@everyone *bold* <@1> https://evil.example [a](https://b.example)\n# big"
    await house.tells(Notice("n1", await house.account(ada), Text((words,))))
    (message,) = [one for one in ada.inbox if "evil" in one.text]
    assert message.pinged == ()
    assert "https://" not in message.text
    assert "\n\\# big" in message.text


async def test_files_come_as_attachments(discord: Discord, house: House) -> None:
    ada = await known(discord, house)
    files = tuple([await house.media("audio", f"song {n}.mp3", b"ID3 %d" % n) for n in range(12)])
    to = await house.account(ada)
    await house.tells(Notice("n1", to, Text(("Your files",)), (Button("Terms", action="terms:none"),), files))
    first, second = ada.inbox[-2:]
    assert first.text == "Your files"
    assert [file.data for file in (*first.files, *second.files)] == [b"ID3 %d" % n for n in range(12)]
    assert second.labels == ("Terms",)


async def test_a_file_that_discord_refuses_as_too_large_comes_as_a_private_link(
    discord: Discord, house: House
) -> None:
    ada = await known(discord, house)
    link = Link("order", "ab" * 32, 0, house.clock.now().replace(microsecond=0))
    small = await house.media("file", "song.mp3", b"ID3")
    large = replace(await house.media("file", "song.wav", bytes(11 << 20)), link=link)
    await house.tells(Notice("n1", await house.account(ada), Text(("Your files",)), (), (small, large)))
    message = newest(ada, "Your files")
    assert [file.data for file in message.files] == [b"ID3"]
    assert message.links["Open song.wav"].startswith("https://lathe.example/f/")
    # It has learned: the next one is not even tried.
    uploads = len(discord.called(SEND))
    await house.tells(Notice("n2", await house.account(ada), Text(("Again",)), (), (large,)))
    assert len(discord.called(SEND)) == uploads + 1
    assert newest(ada, "Again").links


async def test_without_a_public_address_a_file_too_large_is_said_to_be(
    discord: Discord, url: str, tmp_path: Path
) -> None:
    async with open_house(discord, url, tmp_path, public_url=None) as house:
        ada = await known(discord, house)
        link = Link("order", "ab" * 32, 0, house.clock.now().replace(microsecond=0))
        large = replace(await house.media("file", "song.wav", bytes(11 << 20)), link=link)
        await house.tells(Notice("n1", await house.account(ada), Text(("Your files",)), (), (large,)))
    message = newest(ada, "Your files")
    assert "over 10 MB, the most that this chat carries" in message.text
    assert "/human" in message.text
    assert message.links == {}


async def test_media_never_go_into_a_room(house: House) -> None:
    picture = await house.media("picture", "waveform.png", b"PNG")
    reach = Reach(NAME, "channel:1", None, private=False, locale="en", zone=None)
    with pytest.raises(ValueError, match="room"):
        await house.door.send_card(
            Outgoing(1, reach, card=Card("c", To.staff(), Text(("x",)), (), (picture,)))
        )
    with pytest.raises(ValueError, match="room"):
        await house.door.send_notice(
            Outgoing(1, reach, notice=Notice("n", To.staff(), Text(("x",)), (), (picture,)))
        )


async def test_an_unsure_notice_that_stands_there_is_not_sent_again(discord: Discord, house: House) -> None:
    ada = await known(discord, house)
    unsure = await left_unsure(house, ada, Text(("Ready.",)))
    sent = await house.door.send_notice(replace(unsure, unsure=False))
    forget_nonces(discord)
    assert await house.door.send_notice(unsure) == sent
    assert [one.text for one in ada.inbox].count("Ready.") == 1


async def test_an_unsure_notice_that_is_not_there_says_that_it_may_come_again(
    discord: Discord, house: House
) -> None:
    ada = await known(discord, house)
    await house.door.send_notice(await left_unsure(house, ada, Text(("Ready.",))))
    assert newest(ada, "Ready.").text == "(again)\nReady."


# Commands, forms, rooms


async def test_a_command_in_private_is_answered_in_place(discord: Discord, house: House) -> None:
    ada = discord.person("ada", locale="de")
    answer = await (await ada.command("start")).answer()
    assert answer is not None
    assert "Hallo Ada" in answer.text
    assert not answer.ephemeral
    assert [one.id for one in ada.inbox] == [answer.id]


async def test_a_command_in_a_room_is_answered_to_who_gave_it_only(discord: Discord, house: House) -> None:
    ada = discord.person("ada")
    room = discord.channel(discord.guild("studio", ada), "general")
    answer = await (await ada.command("orders", channel=room)).answer()
    assert answer is not None
    assert answer.ephemeral
    assert "private chat" in answer.text
    assert discord.messages(room) == []


async def test_what_a_closed_chat_refused_is_opened_from_a_room_by_its_artist_alone(
    discord: Discord, house: House
) -> None:
    ada = discord.person("ada")
    room = discord.channel(discord.guild("studio", ada), "general")
    card = await offered(discord, house, ada)
    await ada.press(card, next(label for label in card.labels if label.startswith("Pay")))
    await shown(discord, ada, "Payment is on its way")
    await house.did(await house.took(JobKind.CHARGE), provider_id="demo-1", declined=None)
    ada.close_dms()
    await house.masters()
    answer = await (await ada.command("orders", channel=room)).answer()
    assert answer is not None
    assert answer.ephemeral
    assert [url.startswith("https://lathe.example/f/") for url in answer.links.values()] == [True]
    assert discord.messages(room) == []


async def test_master_in_a_room_opens_a_form_and_the_rest_is_private(discord: Discord, house: House) -> None:
    ada = discord.person("ada")
    room = discord.channel(discord.guild("studio", ada), "general")
    deed = await ada.command("master", channel=room)
    await discord.until(lambda: deed.form is not None)
    assert deed.form is not None
    submitted = await ada.submit(deed.form, {"style": "Warm", "note": "Gently"}, files=[SONG])
    pointer = await submitted.answer()
    assert pointer is not None
    assert pointer.ephemeral
    assert "private chat" in pointer.text
    card = await shown(discord, ada, "Order 1")
    assert "Midnight Drive" in card.text
    assert discord.messages(room) == []
    assert await house.fetched(await house.took(JobKind.FETCH)) == SONG[1]


async def test_master_takes_an_attached_file(discord: Discord, house: House) -> None:
    ada = discord.person("ada")
    await ada.command("master", file=SONG)
    await shown(discord, ada, "Order 1")
    await house.offers()


async def test_a_menu_on_a_message_orders_its_song(discord: Discord, house: House) -> None:
    ada = discord.person("ada", locale="de")
    room = discord.channel(discord.guild("studio", ada), "general")
    message = await ada.say(room, "my mix", files=[SONG, ("notes.txt", b"text")])
    menu = load_catalogues().voice("de").word("Order a master")
    await (await ada.menu(menu, message)).answer()
    card = await shown(discord, ada, "Midnight Drive")
    assert "notes" not in card.text


async def test_a_form_from_a_button_starts_with_what_is_known(discord: Discord, house: House) -> None:
    ada = discord.person("ada")
    card = await offered(discord, house, ada)
    deed = await ada.press(card, "Title and artist")
    await discord.until(lambda: deed.form is not None)
    assert deed.form is not None
    assert deed.form.field("title").value == "Midnight Drive"
    submitted = await ada.submit(deed.form, {"title": "Noon Drive", "artist": "Ada"})
    await discord.until(lambda: submitted.answered)
    await shown(discord, ada, "Noon Drive")
    assert len(ada.inbox) == 1


async def test_a_form_is_taken_after_a_restart(discord: Discord, url: str, tmp_path: Path) -> None:
    ada = discord.person("ada")
    async with open_house(discord, url, tmp_path):
        deed = await ada.command("human")
        await discord.until(lambda: deed.form is not None)
    assert deed.form is not None
    async with open_house(discord, url, tmp_path) as house:
        answer = await (await ada.submit(deed.form, {"words": "Hello?"})).answer()
        await house.settled()
        assert answer is not None
        assert house.received[-1].payload["values"] == {"words": "Hello?"}


async def test_a_staff_desk_is_a_room_and_its_buttons_answer_in_place(discord: Discord, house: House) -> None:
    ada, bea = discord.person("ada"), discord.person("bea")
    room = discord.channel(discord.guild("studio", bea), "desk")
    await house.grants("owner", bea)
    await (await bea.command("staff", choice="here", channel=room)).answer()
    await (await ada.command("human", text="Where is my song?")).answer()
    await house.settled()
    (card,) = discord.messages(room)
    assert "Where is my song?" in card.text
    deed = await bea.press(card, "Reply")
    await discord.until(lambda: deed.form is not None)
    assert deed.form is not None
    await (await bea.submit(deed.form, {"words": "On its way."})).answer()
    await shown(discord, ada, "On its way.")
    assert len(discord.messages(room)) == 1


async def test_a_file_that_replies_to_a_card_in_a_channel_comes_with_what_it_replies_to(
    discord: Discord, house: House
) -> None:
    ada, bea = discord.person("ada"), discord.person("bea")
    room = discord.channel(discord.guild("studio", bea), "desk")
    await house.grants("owner", bea)
    await (await bea.command("staff", choice="here", channel=room)).answer()
    await (await ada.command("human", text="Where is my song?")).answer()
    await house.settled()
    (card,) = discord.messages(room)
    before = len(house.received)
    await bea.say(room, "listen", [SONG])
    await bea.say(room, "what do you think?", reply_to=card)
    await bea.say(room, "here it is", [SONG], reply_to=card)
    await house.hears(before + 1)
    (heard,) = house.received[before:]
    assert (heard.kind, heard.private, heard.place) == (Kind.MESSAGE, False, f"channel:{room.id}")
    assert heard.payload == {"text": "here it is", "complete": True, "answers": f"{room.id}/{card.id}"}
    assert [file.name for file in heard.files] == ["Midnight Drive.wav"]


async def test_a_command_that_says_nothing_here_takes_its_waiting_back(
    discord: Discord, house: House
) -> None:
    ada = discord.person("ada")
    deed = await ada.command("master", file=SONG)
    await shown(discord, ada, "Order 1")
    await discord.until(lambda: deed.answered and deed.message is None)


async def test_where_the_token_is_refused_the_answer_comes_as_a_message(
    discord: Discord, house: House
) -> None:
    ada = discord.person("ada")
    discord.faults.refuse("PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original", 401, 50027)
    await ada.command("start")
    await shown(discord, ada, "Hello Ada")


async def test_a_press_is_written_down_before_it_is_answered_and_carried_out_though_that_came_too_late(
    discord: Discord, house: House
) -> None:
    ada = discord.person("ada")
    card = await offered(discord, house, ada)
    before = len(house.received)
    discord.faults.refuse("POST /interactions/{interaction_id}/{interaction_token}/callback", 404, 10062)
    await ada.press(card, next(label for label in card.labels if label.startswith("Pay")))
    await ada.dm("hello")
    await house.hears(before + 2)
    assert [one.kind for one in house.received[before:]] == [Kind.PRESS, Kind.MESSAGE]


async def test_a_command_is_answered_in_place_after_discord_has_heard_that_we_think(
    discord: Discord, house: House
) -> None:
    ada = discord.person("ada")
    discord.faults.slow("POST /interactions/{interaction_id}/{interaction_token}/callback", 0.5)
    answer = await (await ada.command("start")).answer()
    assert answer is not None
    assert "Hello Ada" in answer.text
    assert len([one for one in ada.inbox if "Hello Ada" in one.text]) == 1


# Files


async def test_a_file_whose_address_expired_is_found_by_its_message(discord: Discord, house: House) -> None:
    ada = discord.person("ada")
    await ada.dm(files=[SONG])
    await shown(discord, ada, "Order 1")
    discord.cdn.expire()
    assert await house.fetched(await house.took(JobKind.FETCH)) == SONG[1]


async def test_a_file_whose_message_is_gone_too_is_refused(discord: Discord, house: House) -> None:
    ada = discord.person("ada")
    message = await ada.dm(files=[SONG])
    await shown(discord, ada, "Order 1")
    await ada.delete(message)
    discord.cdn.expire()
    job = await house.took(JobKind.FETCH)
    with pytest.raises(Refused):
        await house.fetched(job)


async def test_a_file_that_breaks_off_is_not_taken_for_whole(discord: Discord, house: House) -> None:
    ada = discord.person("ada")
    await ada.dm(files=[SONG])
    await shown(discord, ada, "Order 1")
    discord.cdn.cut = 1
    job = await house.took(JobKind.FETCH)
    with pytest.raises((aiohttp.ClientError, ConnectionError)):
        await house.fetched(job)


async def test_a_file_larger_than_it_was_said_to_be_is_refused(discord: Discord, house: House) -> None:
    ada = discord.person("ada")
    await ada.dm(files=[Upload("song.wav", bytes(2000), size=1000)])
    await shown(discord, ada, "Order 1")
    job = await house.took(JobKind.FETCH)
    with pytest.raises(Refused, match="larger"):
        await house.fetched(job)


# Being away


async def test_a_message_sent_while_the_house_was_away_is_read_up_on(
    discord: Discord, url: str, tmp_path: Path
) -> None:
    ada = discord.person("ada")
    async with open_house(discord, url, tmp_path) as house:
        await offered(discord, house, ada)
    await ada.dm("first")
    await ada.dm("second")
    async with open_house(discord, url, tmp_path) as house:
        await house.hears(3)  # the song, which is known, is read again
        await house.settled()
        assert [one.payload["text"] for one in house.received][-2:] == ["first", "second"]
        assert await house.store.undone((), 10) == []
    assert len([message for message in ada.inbox if "did not understand" in message.text]) == 2


async def test_what_was_missed_comes_before_what_is_done_while_that_is_found_out(
    discord: Discord, url: str, tmp_path: Path
) -> None:
    ada = discord.person("ada")
    async with open_house(discord, url, tmp_path) as house:
        card = await offered(discord, house, ada)
    await ada.dm("missed")
    async with open_house(discord, url, tmp_path, connected=False) as house:
        found_out = house.stalls()
        await until_connected(house, discord)
        await ada.dm("now")
        deed = await ada.press(card, next(label for label in card.labels if label.startswith("Pay")))
        await discord.until(lambda: deed.deferred)
        assert house.received == []
        found_out.set()
        await house.hears(5)  # what is said meanwhile is read too, and told
        events = {one.event_id: one.payload.get("text", one.kind) for one in house.received}
        assert list(events.values()) == ["", "missed", "now", Kind.PRESS]


async def test_what_was_missed_is_read_though_discord_stumbles(
    discord: Discord, url: str, tmp_path: Path
) -> None:
    ada = discord.person("ada")
    async with open_house(discord, url, tmp_path) as house:
        await offered(discord, house, ada)
    await ada.dm("first")
    discord.faults.cut("GET /channels/{channel_id}/messages", after=False)
    async with open_house(discord, url, tmp_path):
        await shown(discord, ada, "did not understand")


async def test_what_was_written_down_and_not_decided_is_decided_once_by_the_next_house(
    discord: Discord, url: str, tmp_path: Path
) -> None:
    ada = discord.person("ada")
    async with open_house(discord, url, tmp_path, decides=False) as house:
        await ada.dm(files=[SONG])
        await house.wrote_down(1)
    async with open_house(discord, url, tmp_path) as house:
        await shown(discord, ada, "Order 1")
        await house.offers()
        await house.settled()
    assert len(ada.inbox) == 1


async def test_a_session_that_cannot_be_taken_up_again_loses_nothing(discord: Discord, house: House) -> None:
    ada = discord.person("ada")
    await offered(discord, house, ada)
    discord.gateway.drop()
    discord.gateway.forget()
    await ada.dm("while nobody listened")
    await discord.until(lambda: discord.gateway.identified == 2, 20)
    await shown(discord, ada, "did not understand")


async def test_a_first_connection_that_fails_is_tried_again(
    discord: Discord, url: str, tmp_path: Path
) -> None:
    discord.gateway.down = True
    ada = discord.person("ada")
    async with open_house(discord, url, tmp_path, connected=False) as house:
        await discord.until(lambda: discord.gateway.refused_connections >= 2, 30)
        with pytest.raises(ConnectionError):
            await house.door.check()
        discord.gateway.down = False
        await until_connected(house, discord)
        await ada.dm("hello")
        await shown(discord, ada, "I am the order desk")


async def test_a_token_that_is_not_taken_is_said_in_one_sentence(
    discord: Discord, url: str, tmp_path: Path
) -> None:
    with pytest.raises(Misconfigured, match="LATHE_DISCORD_TOKEN"):
        async with open_house(discord, url, tmp_path, token="another", connected=False) as house:
            await house.opened


async def test_a_hushed_door_takes_nothing_in_and_still_sends(discord: Discord, house: House) -> None:
    ada = await known(discord, house)
    before = len(house.received)
    house.door.hush()
    await ada.dm("hello?")
    await house.tells(Notice("n1", await house.account(ada), Text(("Good night.",))))
    await shown(discord, ada, "Good night.")
    assert len(house.received) == before


async def test_commands_are_registered_for_every_place_and_install_in_both_languages(
    discord: Discord, house: House
) -> None:
    assert discord.gateway.compressions == ["zstd-stream"]
    (call,) = discord.called("PUT /applications/{application_id}/commands")
    said = {one["name"]: one for one in call.body}
    assert {command.name for command in COMMANDS} <= set(said)
    for one in said.values():
        assert one["contexts"] == [0, 1, 2]
        assert one["integration_types"] == [0, 1]
    german = load_catalogues().voice("de")
    assert said["orders"]["description_localizations"] == {"de": german.word("List my orders")}
    assert said["Order a master"]["name_localizations"] == {"de": german.word("Order a master")}
    assert said["staff"]["default_member_permissions"] is not None


async def test_commands_that_discord_did_not_take_at_once_are_registered_later(
    discord: Discord, url: str, tmp_path: Path
) -> None:
    place = "PUT /applications/{application_id}/commands"
    discord.faults.refuse(place, 403, 50001)
    ada = discord.person("ada")
    async with open_house(discord, url, tmp_path):
        await discord.until(lambda: len(discord.called(place)) == 2)
        assert await (await ada.command("help")).answer() is not None


async def known(discord: Discord, house: House) -> Person:
    """Somebody who has written once."""
    ada = discord.person("ada")
    await ada.dm("hello")
    await shown(discord, ada, "I am the order desk")
    return ada


async def left_unsure(house: House, person: Person, text: Text) -> Outgoing:
    """A notice of ten minutes ago that may or may not have been sent."""
    wanted = house.clock.now() - timedelta(minutes=10)
    notice = Notice("n1", await house.account(person), text, wanted=wanted)
    reach = Reach(NAME, str(person.id), str(person.id), private=True, locale="en", zone=None)
    return Outgoing(1, reach, notice=notice, unsure=True)


def forget_nonces(discord: Discord) -> None:
    """Time passes at Discord: no nonce is known any more."""
    later = discord.world.clock() + timedelta(minutes=5)
    discord.world.clock = lambda: later
