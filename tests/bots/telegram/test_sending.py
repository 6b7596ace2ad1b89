"""What the door sends: cards that are edited, notices that arrive once, and what the platform refuses."""

from dataclasses import replace
from pathlib import Path

import pytest
from telegram.error import NetworkError

from bots.doors import Misconfigured
from core.links import Link
from core.messages import Action, Button, Card, Media, Notice, To
from core.ports import Later, Outgoing, Reach, Refused
from core.text import Strong, Text
from tests.bots.house import picture_of
from tests.bots.telegram.house import House, door_to, open_house, shown
from tests.desk.studio import START
from tests.doubles.telegram import Person, Telegram

PRESS = Button("Press me", Action("show", "x").pack())


@pytest.fixture
async def known(telegram: Telegram, house: House, ada: Person) -> Person:
    """Somebody who has said hello."""
    await ada.starts()
    await shown(telegram, ada, "Hello Ada")
    return ada


async def linked(house: House, kind: str, name: str, data: bytes) -> Media:
    """A file that has a private link."""
    media = await house.media(kind, name, data)
    return replace(media, link=Link("order", media.sha256, 0, START))


def reach(person: Person, **more: object) -> Reach:
    told = {"door": "telegram", "address": str(person.id), "external": str(person.id), "private": True}
    return Reach(**{**told, "locale": "en", "zone": None, **more})  # type: ignore[arg-type]


def card(text: str, **more: object) -> Card:
    return Card("card", To.person("x"), Text((text,)), **more)  # type: ignore[arg-type]


def notice(text: str, **more: object) -> Notice:
    return Notice("notice", To.person("x"), Text((text,)), **more)  # type: ignore[arg-type]


async def test_nothing_in_a_text_is_markup(house: House, known: Person) -> None:
    words = notice("<b>1 & 2</b>")
    text = words.text + Strong("so < be it")
    await house.door.send_notice(Outgoing(1, reach(known), notice=Notice("n", words.to, text)))
    message = known.received[-1]
    assert message.text == "<b>1 & 2</b>so < be it"
    assert message.parts("bold") == ["so < be it"]


async def test_a_long_text_comes_in_pages_with_the_buttons_below_the_last(
    house: House, known: Person
) -> None:
    lines = "\n".join(f"{number}. " + "wörter 🎛 " * 20 for number in range(60))
    await house.door.send_notice(Outgoing(1, reach(known), notice=notice(lines, buttons=(PRESS,))))
    pages = known.received[1:]
    assert len(pages) > 2
    assert [page.buttons for page in pages] == [[]] * (len(pages) - 1) + [["Press me"]]
    assert "\n".join(page.text for page in pages).split() == lines.split()


async def test_a_card_gets_and_keeps_its_picture_and_is_one_message(house: House, known: Person) -> None:
    picture = await house.media("picture", "wave.png", picture_of(1))
    first = await house.door.send_card(Outgoing(1, reach(known), card=card("checking", progress=0.5)))
    assert known.received[-1].text.endswith("▓▓▓▓▓░░░░░ 50 %")
    second = await house.door.send_card(
        Outgoing(1, reach(known), card=card("offer", media=(picture,), buttons=(PRESS,)), message=first)
    )
    assert (known.received[-1].caption, known.received[-1].buttons) == ("offer", ["Press me"])
    third = await house.door.send_card(Outgoing(1, reach(known), card=card("paid"), message=second))
    assert (known.received[-1].caption, known.received[-1].buttons) == ("paid", [])
    assert third == second
    assert len(known.received) == 2


async def test_several_pictures_are_shown_as_one(house: House, known: Person) -> None:
    pictures = [await house.media("picture", f"{n}.png", picture_of(n)) for n in range(3)]
    await house.door.send_card(Outgoing(1, reach(known), card=card("offer", media=tuple(pictures))))
    attached = known.received[-1].attachment
    assert attached is not None
    assert attached.picture is not None
    assert (attached.picture.width, attached.picture.height) == (1280, 720)


async def test_a_card_too_long_for_a_caption_gives_its_picture_up(house: House, known: Person) -> None:
    picture = await house.media("picture", "wave.png", picture_of(1))
    first = await house.door.send_card(Outgoing(1, reach(known), card=card("offer", media=(picture,))))
    long = "many songs " * 120
    second = await house.door.send_card(
        Outgoing(1, reach(known), card=card(long, media=(picture,)), message=first)
    )
    assert second != first
    assert [message.text for message in known.received[1:]] == [long.strip()]


async def test_an_edit_that_changes_nothing_is_no_error(house: House, known: Person) -> None:
    name = await house.door.send_card(Outgoing(1, reach(known), card=card("same")))
    again = await house.door.send_card(Outgoing(1, reach(known), card=card("same"), message=name))
    assert again == name
    assert known.received[-1].edits == 0


async def test_a_card_whose_message_is_gone_comes_anew(house: House, known: Person) -> None:
    name = await house.door.send_card(Outgoing(1, reach(known), card=card("here")))
    del known.chat.history[int(name)]
    again = await house.door.send_card(Outgoing(1, reach(known), card=card("here again"), message=name))
    assert again != name
    assert known.received[-1].text == "here again"


async def test_a_message_is_edited_once_in_three_seconds(
    telegram: Telegram, url: str, tmp_path: Path, ada: Person
) -> None:
    async with open_house(telegram, url, tmp_path / "house", pace=3.0) as house:
        await ada.starts()
        await shown(telegram, ada, "Hello Ada")
        name = await house.door.send_card(Outgoing(1, reach(ada), card=card("0 %")))
        await house.door.send_card(Outgoing(1, reach(ada), card=card("10 %"), message=name))
        with pytest.raises(Later) as later:
            await house.door.send_card(Outgoing(1, reach(ada), card=card("20 %"), message=name))
        assert 0 < later.value.seconds <= 3
        assert len(telegram.called("editMessageText")) == 1


async def test_a_flood_is_waited_out_by_the_one_chat(telegram: Telegram, house: House, known: Person) -> None:
    bob = telegram.person("Bob")
    await bob.starts()
    await shown(telegram, bob, "Hello Bob")
    telegram.faults.flood(40, "sendMessage", bob.id)
    with pytest.raises(Later) as later:
        await house.door.send_notice(Outgoing(1, reach(bob), notice=notice("to Bob")))
    assert later.value.seconds == 40
    await house.door.send_notice(Outgoing(2, reach(known), notice=notice("to Ada")))
    assert known.received[-1].text == "to Ada"


async def test_who_blocked_the_bot_is_refused(house: House, known: Person) -> None:
    await known.blocks()
    with pytest.raises(Refused, match="blocked"):
        await house.door.send_notice(Outgoing(1, reach(known), notice=notice("hello?")))


async def test_who_never_wrote_is_refused(telegram: Telegram, house: House) -> None:
    stranger = telegram.person("Stranger")
    with pytest.raises(Refused, match="never wrote"):
        await house.door.send_notice(Outgoing(1, reach(stranger), notice=notice("hello?")))


async def test_words_that_may_have_arrived_come_again_and_say_so(
    telegram: Telegram, house: House, known: Person
) -> None:
    to = await house.account(known)
    telegram.faults.cut("sendMessage", accepted=True)
    await house.tells(Notice("n1", to, Text(("Received $6.",))))
    await shown(telegram, known, "(again)\nReceived $6.")
    assert [message.text for message in known.received[1:]] == ["Received $6.", "(again)\nReceived $6."]


async def test_what_never_left_may_come_later_without_a_mark(house: House, known: Person) -> None:
    door = door_to("1:token", "http://127.0.0.1:9/bot", "http://127.0.0.1:9/file/bot", house.fittings)
    with pytest.raises(Later):
        await door.send_notice(Outgoing(1, reach(known), notice=notice("hello")))
    await door.close()


async def test_a_file_that_may_have_arrived_is_not_sent_again(
    telegram: Telegram, house: House, known: Person
) -> None:
    song = await linked(house, "audio", "Midnight Drive.mp3", b"ID3" + bytes(1000))
    to = await house.account(known)
    telegram.faults.cut("sendAudio", accepted=True)
    await house.tells(Notice("n1", to, Text(("Your preview.",)), (PRESS,), (song,)))
    words = await shown(telegram, known, "Your preview.")
    assert len([message for message in known.received if message.attachment]) == 1
    assert words.buttons == ["Open Midnight Drive.mp3", "Press me"]
    assert (words.button("Open Midnight Drive.mp3").url or "").startswith("https://lathe.example/f/")
    assert "may have arrived already" in words.text


async def test_the_words_come_also_when_the_last_of_several_pictures_may_have_arrived(
    telegram: Telegram, house: House, known: Person
) -> None:
    first, last = [await linked(house, "picture", f"{n}.png", picture_of(n)) for n in range(2)]
    song = await linked(house, "audio", "Song.mp3", b"ID3")
    preview = Outgoing(
        1, reach(known), notice=notice("Your preview.", media=(first, song, last), buttons=(PRESS,))
    )
    for lost in ("sendAudio", "sendPhoto"):  # the first picture has arrived when the last one is sent
        telegram.faults.cut(lost)
        with pytest.raises(NetworkError):
            await house.door.send_notice(preview)
    await house.door.send_notice(preview)
    words = known.received[-1]
    assert "Your preview." in words.text
    assert words.buttons == ["Open Song.mp3", "Open 1.png", "Press me"]


async def test_a_notice_goes_on_where_it_was_held_back(
    telegram: Telegram, house: House, known: Person
) -> None:
    songs = [await linked(house, "audio", f"{n}.mp3", b"ID3" + bytes([n])) for n in range(3)]
    to = await house.account(known)
    telegram.faults.flood(1, "sendMessage")
    await house.tells(Notice("n1", to, Text(("Your preview.",)), (), tuple(songs)))
    words = await shown(telegram, known, "Your preview.")
    assert [message.attachment is not None for message in known.received[1:]] == [True] * 3 + [False]
    assert words.text == "Your preview."


async def test_after_a_crash_in_the_middle_no_file_is_sent_again(house: House, known: Person) -> None:
    song = await linked(house, "audio", "Song.mp3", b"ID3")
    unsure = Outgoing(1, reach(known), notice=notice("Your preview.", media=(song,)), unsure=True)
    await house.door.send_notice(unsure)
    words = known.received[-1]
    assert words.text.startswith("(again)\nYour preview.")
    assert words.buttons == ["Open Song.mp3"]
    assert all(message.attachment is None for message in known.received)


async def test_what_is_too_large_for_the_chat_is_opened_by_its_link(
    telegram: Telegram, house: House, known: Person
) -> None:
    large = await linked(house, "file", "Song.wav", bytes(50 * 2**20 + 1))
    small = await linked(house, "file", "Song.mp3", b"ID3")
    await house.door.send_notice(Outgoing(1, reach(known), notice=notice("Files:", media=(large, small))))
    assert known.received[-1].buttons == ["Open Song.wav"]
    assert len(telegram.called("sendDocument")) == 1


async def test_without_a_public_address_the_limit_is_said(
    telegram: Telegram, url: str, tmp_path: Path, ada: Person
) -> None:
    async with open_house(telegram, url, tmp_path / "house", public_url=None) as house:
        await ada.starts()
        await shown(telegram, ada, "Hello Ada")
        large = await linked(house, "file", "Song.wav", bytes(50 * 2**20 + 1))
        await house.door.send_notice(Outgoing(1, reach(ada), notice=notice("Files:", media=(large,))))
        assert ada.received[-1].text == "Files:\nSong.wav is over 50 MB, the most that this chat carries."


async def test_what_was_uploaded_once_is_not_uploaded_again(
    telegram: Telegram, house: House, known: Person
) -> None:
    song = await linked(house, "audio", "Song.mp3", b"ID3")
    for number in (1, 2):
        again = Notice(f"n{number}", To.person("x"), Text(("Here.",)), media=(song,))
        await house.door.send_notice(Outgoing(number, reach(known), notice=again))
    assert [bool(call.uploads) for call in telegram.called("sendAudio")] == [True, False]
    sent = [message.attachment.data for message in known.received if message.attachment]
    assert sent == [b"ID3", b"ID3"]


async def test_no_audio_goes_to_a_group(house: House, known: Person) -> None:
    song = await linked(house, "audio", "Song.mp3", b"ID3")
    with pytest.raises(ValueError, match="group"):
        await house.door.send_notice(
            Outgoing(1, reach(known, address="-100", private=False), notice=notice("Here.", media=(song,)))
        )


async def test_a_token_that_is_not_taken_is_one_sentence(telegram: Telegram, house: House) -> None:
    door = door_to("2:another", telegram.base_url, telegram.file_url, house.fittings)
    with pytest.raises(Misconfigured, match=r"^Telegram does not take LATHE_TELEGRAM_TOKEN; .*\.$"):
        await door.run(house)
    await door.close()
