"""Ordering by Telegram: a real desk behind the door, a Bot API on loopback before it."""

from core.jobs import JobKind
from core.messages import Kind
from core.orders import OrderState
from tests.bots.telegram.house import House, shown
from tests.doubles.telegram import Message, Person, Piece, Telegram

SONG = b"RIFF" + bytes(range(256)) * 40


async def offered(telegram: Telegram, house: House, person: Person) -> Message:
    """The card of a song that somebody sent and that was found good."""
    await person.sends("document", "Midnight Drive.wav", SONG)
    await shown(telegram, person, "Midnight Drive")
    await house.offers()
    return await shown(telegram, person, "$6")


async def reviewed(telegram: Telegram, house: House, person: Person) -> Message:
    """The words of the first preview."""
    card = await offered(telegram, house, person)
    await person.press(card, next(label for label in card.buttons if label.startswith("Pay")))
    await telegram.settled()
    await house.did(await house.took(JobKind.CHARGE), provider_id="demo-1", declined=None)
    await house.masters()
    return await shown(telegram, person, "Changes are free")


async def test_a_file_becomes_an_order_on_one_card(telegram: Telegram, house: House, ada: Person) -> None:
    card = await offered(telegram, house, ada)
    assert len(ada.received) == 1
    assert card.edits
    assert card.attachment is not None
    assert card.attachment.kind == "photo"
    assert [label for label in card.buttons if label.startswith("Pay $6")]


async def test_the_bytes_that_are_fetched_are_those_that_were_sent(
    telegram: Telegram, house: House, ada: Person
) -> None:
    for kind in ("document", "audio", "voice"):
        await ada.sends(kind, "song.ogg", SONG + kind.encode())
        await telegram.settled()
        assert await house.fetched(await house.took(JobKind.FETCH)) == SONG + kind.encode()


async def test_a_song_goes_from_drop_to_files(telegram: Telegram, house: House, ada: Person) -> None:
    words = await reviewed(telegram, house, ada)
    audio = [one.attachment for one in ada.received if one.attachment and one.attachment.kind == "audio"]
    assert [one.title for one in audio] == [
        "Midnight Drive: original and master in turns, equally loud",
        "Midnight Drive: the whole master",
    ]
    assert all(one.performer for one in audio)
    assert all(one.thumbnail and max(one.thumbnail.width, one.thumbnail.height) == 320 for one in audio)
    assert words.attachment is not None
    assert words.attachment.kind == "photo"
    await ada.press(words, "Approve - get files")
    await telegram.settled()
    wav = await house.media("file", "Midnight Drive.wav", SONG)
    names = ("kind", "blob", "name", "media_type", "size", "sha256")
    await house.did(await house.took(JobKind.DELIVER), files=[{name: getattr(wav, name) for name in names}])
    delivery = await shown(telegram, ada, "Here are the files")
    sent = next(one for one in ada.received if one.attachment and one.attachment.kind == "document")
    assert sent.attachment is not None
    assert (sent.attachment.name, sent.attachment.data) == ("Midnight Drive.wav", SONG)
    assert delivery.id > sent.id


async def test_an_album_settles_into_one_order(telegram: Telegram, house: House, ada: Person) -> None:
    await ada.album([Piece("document", f"{number} Song.wav", SONG + bytes([number])) for number in (1, 2, 3)])
    await telegram.settled()
    await house.settled()
    await house.passes(3)
    await house.offers(songs=3)
    project = await house.project(ada)
    assert [song.title for song in project.songs] == ["Song", "Song", "Song"] or len(project.songs) == 3
    assert project.order.state is OrderState.OFFERED
    assert len(ada.received) == 1


async def test_a_double_tap_pays_once(telegram: Telegram, house: House, ada: Person) -> None:
    card = await offered(telegram, house, ada)
    seen = card.seen()
    pay = next(label for label in card.buttons if label.startswith("Pay"))
    presses = [await ada.press(seen, pay), await ada.press(seen, pay)]
    await telegram.until(lambda: all(press.popup is not None for press in presses))
    await house.settled()
    assert len((await house.project(ada)).charges) == 1


async def test_an_update_that_comes_twice_happens_once(telegram: Telegram, house: House, ada: Person) -> None:
    telegram.faults.twice()
    await ada.sends("document", "Midnight Drive.wav", SONG)
    await telegram.settled()
    await house.settled()
    assert len((await house.project(ada)).songs) == 1
    assert len(ada.received) == 1


async def test_updates_out_of_order_are_all_heard(telegram: Telegram, house: House, ada: Person) -> None:
    telegram.faults.swap()
    await ada.says("first")
    await ada.says("second")
    await telegram.until(lambda: len([one for one in house.received if one.kind is Kind.MESSAGE]) == 2)


async def test_a_form_is_asked_step_by_step(telegram: Telegram, house: House, ada: Person) -> None:
    card = await offered(telegram, house, ada)
    await ada.press(card, "Title and artist")
    await shown(telegram, ada, "Title of the song")
    await ada.says("Night Ride")
    await shown(telegram, ada, "Artist")
    await ada.says("Ada & the <Keys>")
    await shown(telegram, ada, "Night Ride")
    await house.settled()
    order = await house.project(ada)
    assert (order.ready[0].title, order.order.artist) == ("Night Ride", "Ada & the <Keys>")


async def test_the_person_hears_their_own_language(telegram: Telegram, house: House) -> None:
    eva = telegram.person("Eva", language="de")
    await eva.starts()
    assert (await shown(telegram, eva, "Hallo Eva")).buttons[-1] == "Mit einem Menschen sprechen"


async def test_terms_and_pay_support_are_commands(telegram: Telegram, house: House, ada: Person) -> None:
    await ada.says("/terms")
    await shown(telegram, ada, "Terms of Lathe")
    await ada.says("/paysupport")
    await shown(telegram, ada, "A question about a payment")
    assert {"terms", "paysupport", "master"} <= set(ada.commands())


async def test_a_song_sent_with_the_command_has_its_words_as_the_note(
    telegram: Telegram, house: House, ada: Person
) -> None:
    await ada.sends("document", "Midnight Drive.wav", SONG, caption="/master please keep it warm")
    await telegram.settled()
    await house.settled()
    project = await house.project(ada)
    assert (len(project.songs), project.order.note) == (1, "please keep it warm")
