"""The Bot API on loopback behaves as the platform does, as python-telegram-bot sees it."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from PIL import Image
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChatAdministrators,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaAudio,
    InputMediaDocument,
    LabeledPrice,
    ReplyParameters,
    Update,
)
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.ext import AIORateLimiter, ExtBot

from tests.doubles import botapi_judge
from tests.doubles.telegram import TOKEN, Message, Person, Piece, Telegram, Times, running

pytestmark = pytest.mark.filterwarnings("ignore:.*retry_after:telegram.warnings.PTBDeprecationWarning")

MP3 = b"ID3" + bytes(2_000)
WAV = b"RIFF" + bytes(40_000)

specified = pytest.mark.skipif(
    not botapi_judge.SPECIFICATION.is_file(),
    reason=f"the specification of the Bot API is not at {botapi_judge.SPECIFICATION}",
)


@pytest.fixture
async def telegram() -> AsyncIterator[Telegram]:
    async with running() as telegram:
        yield telegram


@pytest.fixture
async def hasty() -> AsyncIterator[Telegram]:
    """One where every answer to a press or a payment comes too late."""
    async with running(Times(callback=0, checkout=0)) as telegram:
        yield telegram


@pytest.fixture
async def bot(telegram: Telegram) -> AsyncIterator[Bot]:
    async with a_bot(telegram) as bot:
        yield bot


@pytest.fixture
async def ada(telegram: Telegram) -> Person:
    """Somebody who has begun to talk with the bot, and whose first words it has read."""
    ada = telegram.person("Ada", language="de")
    await ada.starts()
    telegram.world.updates.forget()
    return ada


def a_bot(telegram: Telegram, *, local: bool = False) -> Bot:
    return Bot(telegram.token, telegram.base_url, telegram.file_url, local_mode=local)


async def heard(bot: Bot, seconds: int = 0) -> list[Update]:
    """All that is pending, confirmed."""
    updates: list[Update] = []
    while batch := await bot.get_updates(
        updates[-1].update_id + 1 if updates else None, timeout=0 if updates else seconds
    ):
        updates += batch
    return updates


async def one(bot: Bot) -> Update:
    (update,) = await heard(bot)
    return update


def words(updates: list[Update]) -> list[str | None]:
    messages = [update.effective_message for update in updates]
    return [message.text if message else None for message in messages]


def keyboard(*buttons: InlineKeyboardButton) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[button] for button in buttons])


def pay(data: str = "pay:1") -> InlineKeyboardMarkup:
    return keyboard(InlineKeyboardButton("Pay", callback_data=data))


# What people do, by polling


async def test_a_command_through_a_deep_link_in_the_persons_language(telegram: Telegram, bot: Bot) -> None:
    ada = telegram.person("Ada", language="de", username="ada")
    await ada.opens(f"https://t.me/{telegram.username}?start=link-42")
    update = await one(bot)
    assert update.message is not None
    assert update.message.text == "/start link-42"
    assert [entity.type for entity in update.message.entities] == ["bot_command"]
    assert update.message.from_user is not None
    assert (update.message.from_user.language_code, update.message.chat_id) == ("de", ada.id)


async def test_what_is_not_confirmed_is_told_again_and_what_is_confirmed_is_not(
    bot: Bot, ada: Person
) -> None:
    await ada.says("one")
    await ada.says("two")
    first = await bot.get_updates()
    assert await bot.get_updates() == first
    assert words(list(await bot.get_updates(first[0].update_id + 1))) == ["two"]
    assert await bot.get_updates(first[1].update_id + 1) == ()


async def test_a_long_poll_ends_as_soon_as_something_happens(
    telegram: Telegram, bot: Bot, ada: Person
) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=50))
    await telegram.until(lambda: telegram.polled)
    await ada.says("now")
    assert words(list(await poll)) == ["now"]


async def test_the_second_of_two_pollers_ends_the_first(telegram: Telegram, bot: Bot, ada: Person) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=50))
    await telegram.until(lambda: telegram.polled)
    async with a_bot(telegram) as other:
        second = asyncio.create_task(other.get_updates(timeout=50))
        with pytest.raises(Conflict, match=r"(?i)terminated by other getupdates"):
            await first
        await ada.says("hello")
        assert words(list(await second)) == ["hello"]


async def test_an_audio_a_document_and_a_voice_say_what_they_are(bot: Bot, ada: Person) -> None:
    await ada.sends("audio", "Song.mp3", MP3, duration=61, title="Song", performer="Ada")
    await ada.sends("document", "Song.wav", WAV, caption="louder, please")
    await ada.sends("voice", "voice.ogg", b"OggS")
    audio, document, voice = [update.message for update in await heard(bot)]
    assert audio
    assert audio.audio
    assert (audio.audio.title, audio.audio.file_size) == ("Song", len(MP3))
    assert document
    assert document.document
    assert (document.document.file_name, document.caption) == ("Song.wav", "louder, please")
    assert document.document.mime_type == "audio/x-wav"
    assert voice
    assert voice.voice
    assert voice.voice.file_size == 4


async def test_an_album_is_one_update_for_each_file_and_a_late_one_may_join(bot: Bot, ada: Person) -> None:
    sent = await ada.album([Piece("document", f"{number}.wav", WAV) for number in range(3)])
    await ada.sends("document", "late.wav", WAV, album=sent[0].album)
    messages = [update.message for update in await heard(bot)]
    assert sent[0].album
    assert {message.media_group_id for message in messages if message} == {sent[0].album}
    assert [message.document.file_name for message in messages if message and message.document] == [
        "0.wav",
        "1.wav",
        "2.wav",
        "late.wav",
    ]


async def test_a_message_that_is_changed_comes_as_edited(bot: Bot, ada: Person) -> None:
    message = await ada.says("lauder")
    await ada.edits(message, "louder")
    _, edited = await heard(bot)
    assert edited.edited_message
    assert (edited.edited_message.text, edited.edited_message.message_id) == ("louder", message.id)


async def test_a_caption_can_be_changed_as_well(bot: Bot, ada: Person) -> None:
    song = await ada.sends("document", "Song.wav", WAV, caption="lauder")
    await ada.edits(song, "louder")
    _, edited = await heard(bot)
    assert edited.edited_message
    assert edited.edited_message.caption == "louder"
    with pytest.raises(ValueError, match="somebody else's"):
        await ada.edits(await said(bot, ada, "mine"), "yours")


async def test_an_app_need_not_say_its_language(telegram: Telegram, bot: Bot) -> None:
    bob = telegram.person("Bob", language="fr")
    bob.speaks(None)
    await bob.says("bonjour")
    message = (await one(bot)).message
    assert message
    assert message.from_user
    assert message.from_user.language_code is None


async def test_only_the_kinds_of_updates_that_were_asked_for_are_told(bot: Bot, ada: Person) -> None:
    await bot.get_updates(allowed_updates=["callback_query"])
    await ada.says("hello")
    assert await heard(bot) == []
    await bot.get_updates(allowed_updates=[])
    await ada.says("hello")
    assert words(await heard(bot)) == ["hello"]


async def test_a_bot_may_begin_with_the_last_update_or_with_none(bot: Bot, ada: Person) -> None:
    for text in ("one", "two", "three"):
        await ada.says(text)
    assert words(list(await bot.get_updates(-1))) == ["three"]
    await bot.delete_webhook(drop_pending_updates=True)
    assert await heard(bot) == []


# What the bot says


async def said(bot: Bot, ada: Person, text: str) -> Message:
    sent = await bot.send_message(ada.id, text)
    return ada.chat.history[sent.message_id]


async def test_a_picture_and_a_voice_are_seen_as_such(bot: Bot, ada: Person) -> None:
    await bot.send_photo(ada.id, jpeg(400), caption="before and after")
    await bot.send_voice(ada.id, b"OggS", duration=2)
    picture, voice = [message.attachment for message in ada.received]
    assert picture
    assert picture.picture
    assert (picture.kind, picture.picture.width) == ("photo", 400)
    assert voice
    assert (voice.kind, voice.duration) == ("voice", 2)
    with pytest.raises(BadRequest, match=r"(?i)image_process_failed"):
        await bot.send_photo(ada.id, b"not a picture")


async def test_an_answer_names_the_message_it_answers(bot: Bot, ada: Person) -> None:
    question = await ada.says("how much?")
    await bot.send_message(ada.id, "nine", reply_parameters=ReplyParameters(question.id))
    assert ada.received[0].answers == question
    with pytest.raises(BadRequest, match=r"(?i)message to be replied not found"):
        await bot.send_message(ada.id, "nine", reply_parameters=ReplyParameters(4711))
    await bot.send_message(ada.id, "ten", reply_parameters=ReplyParameters(4711, None, True))
    assert ada.received[1].answers is None


async def test_text_is_seen_without_its_markup(bot: Bot, ada: Person) -> None:
    await bot.send_message(ada.id, "🎚 <b>Pay</b> &lt;now&gt; <a href='https://a.example'>here</a>", "HTML")
    await bot.send_message(ada.id, "🎚 *Pay* \\<now\\> [here](https://a.example)", "MarkdownV2")
    for message in ada.received:
        assert message.text == "🎚 Pay <now> here"
        assert message.parts("bold") == ["Pay"]
        assert message.parts("text_link") == ["here"]
        assert message.entities[1]["url"] == "https://a.example"


MARKED = [
    "<b>bold <i>both</i></b> &amp; <code>a &lt; b</code> &euro;",
    "🎚<u>under</u><s>struck</s><tg-spoiler>hidden</tg-spoiler>",
    '<pre>x = 1</pre> <a href="https://a.example/?a=1&amp;b=2">link</a>',
    "first\n<blockquote>quoted <b>loud</b></blockquote>\nlast",
]


@pytest.mark.parametrize("html", MARKED)
async def test_what_the_library_makes_of_the_marks_is_read_as_the_same_marks(
    bot: Bot, ada: Person, html: str
) -> None:
    sent = await bot.send_message(ada.id, html, "HTML")
    await bot.send_message(ada.id, sent.text_html, "HTML")
    await bot.send_message(ada.id, sent.text_markdown_v2, "MarkdownV2")
    await bot.send_message(ada.id, sent.text or "", entities=sent.entities)
    first, *others = ada.received
    assert first.entities
    for other in others:
        assert other.text == first.text
        assert by_place(other) == by_place(first)


def by_place(message: Message) -> list[tuple[object, ...]]:
    marks = [tuple(sorted(mark.items())) for mark in message.entities]
    return sorted(marks, key=str)


async def test_a_block_of_code_says_its_language_in_either_markup(bot: Bot, ada: Person) -> None:
    await bot.send_message(ada.id, '<pre><code class="language-python">x = 1</code></pre>', "HTML")
    await bot.send_message(ada.id, "```python\nx = 1```", "MarkdownV2")
    for message in ada.received:
        assert message.text == "x = 1"
        assert message.entities == ({"type": "pre", "offset": 0, "length": 5, "language": "python"},)


async def test_marks_in_marks_begin_and_end_where_they_are_seen(bot: Bot, ada: Person) -> None:
    await bot.send_message(ada.id, "  <b>one <i>two</i></b> <pre>three</pre> &#8364; &euro;  ", "HTML")
    (message,) = ada.received
    assert message.text == "one two three € &euro;"
    assert [(mark["type"], mark["offset"], mark["length"]) for mark in message.entities] == [
        ("bold", 0, 7),
        ("italic", 4, 3),
        ("pre", 8, 5),
    ]


@pytest.mark.parametrize(
    ("mode", "text", "why"),
    [
        ("HTML", "<b>loud", "Can't find end tag"),
        ("HTML", "<b>loud</i>", "Unmatched end tag"),
        ("HTML", "<loud>", "Unsupported start tag"),
        ("HTML", "1 < 2", "Unclosed start tag"),
        ("MarkdownV2", "9.99", "Character '.' is reserved"),
        ("MarkdownV2", "*loud", "Can't find end of Bold"),
    ],
)
async def test_bad_markup_is_refused(bot: Bot, ada: Person, mode: str, text: str, why: str) -> None:
    with pytest.raises(BadRequest, match="parse entities") as refused:
        await bot.send_message(ada.id, text, mode)
    assert why.lower() in str(refused.value).lower()
    assert ada.received == []


async def test_lengths_are_counted_in_utf_16_units_after_the_markup(bot: Bot, ada: Person) -> None:
    await bot.send_message(ada.id, "<b>" + "🎚" * 2048 + "</b>", "HTML")
    with pytest.raises(BadRequest, match="too long"):
        await bot.send_message(ada.id, "🎚" * 2048 + ".")
    await bot.send_document(ada.id, WAV, caption="x" * 1024, filename="a.wav")
    with pytest.raises(BadRequest, match="caption is too long"):
        await bot.send_document(ada.id, WAV, caption="x" * 1025, filename="a.wav")
    with pytest.raises(BadRequest, match="text is empty"):
        await bot.send_message(ada.id, "<b> </b>", "HTML")


async def test_a_preview_comes_with_title_performer_and_thumbnail(bot: Bot, ada: Person) -> None:
    cover = jpeg(320)
    sent = await bot.send_audio(
        ada.id, MP3, filename="Song.mp3", title="Song", performer="Ada", duration=60, thumbnail=cover
    )
    (message,) = ada.received
    preview = message.attachment
    assert preview
    assert (preview.kind, preview.name, preview.data) == ("audio", "Song.mp3", MP3)
    assert (preview.title, preview.performer, preview.duration) == ("Song", "Ada", 60)
    assert preview.thumbnail
    assert preview.thumbnail.file.data == cover
    assert sent.audio
    await bot.send_audio(ada.id, sent.audio.file_id)  # again, without another upload
    again = ada.received[-1].attachment
    assert again
    assert again.data == MP3


async def test_a_thumbnail_that_is_too_large_is_not_shown(bot: Bot, ada: Person) -> None:
    await bot.send_audio(ada.id, MP3, filename="Song.mp3", thumbnail=jpeg(321))
    assert ada.received[0].attachment
    assert ada.received[0].attachment.thumbnail is None


async def test_an_album_of_the_bots_is_of_one_kind_and_of_two_to_ten(
    telegram: Telegram, bot: Bot, ada: Person
) -> None:
    async def send(*media: InputMediaAudio | InputMediaDocument) -> tuple[object, ...]:
        return await bot.send_media_group(ada.id, media)

    documents = [InputMediaDocument(WAV, filename=f"{number}.wav", caption="v1") for number in range(11)]
    sent = await send(*documents[:2])
    assert len(sent) == 2
    assert [message.attachment and message.attachment.name for message in ada.received] == ["0.wav", "1.wav"]
    assert ada.received[0].album == ada.received[1].album is not None
    for wrong in (documents, documents[:1], [documents[0], InputMediaAudio(MP3, filename="a.mp3")]):
        with pytest.raises(BadRequest):
            await send(*wrong)
    assert len(ada.received) == 2
    telegram.forgiven()  # the specification has no mixed albums either


async def test_a_wave_file_sent_as_audio_is_a_complaint(telegram: Telegram, bot: Bot, ada: Person) -> None:
    await bot.send_audio(ada.id, WAV, filename="Song.wav")
    assert telegram.forgiven() == ["sent as audio, but neither MP3 nor M4A: Song.wav"]


def jpeg(side: int) -> bytes:
    file = BytesIO()
    Image.new("RGB", (side, side)).save(file, "JPEG")
    return file.getvalue()


# Edits


async def test_an_edit_is_seen_in_place_and_without_buttons_they_go(bot: Bot, ada: Person) -> None:
    sent = await bot.send_message(ada.id, "working", reply_markup=pay())
    await bot.edit_message_text("ready", ada.id, sent.message_id)
    (message,) = ada.received
    assert (message.text, message.buttons, message.edits) == ("ready", [], 1)


async def test_the_same_once_more_is_not_modified(bot: Bot, ada: Person) -> None:
    sent = await bot.send_message(ada.id, "<b>ready</b>", "HTML", reply_markup=pay())
    with pytest.raises(BadRequest, match=r"(?i)message is not modified"):
        await bot.edit_message_text(
            "<b>ready</b>", ada.id, sent.message_id, parse_mode="HTML", reply_markup=pay()
        )
    await bot.edit_message_text("ready", ada.id, sent.message_id, reply_markup=pay())
    await bot.edit_message_reply_markup(ada.id, sent.message_id)
    with pytest.raises(BadRequest, match=r"(?i)message is not modified"):
        await bot.edit_message_reply_markup(ada.id, sent.message_id)


async def test_the_file_and_the_caption_of_a_message_can_be_changed(bot: Bot, ada: Person) -> None:
    sent = await bot.send_audio(ada.id, MP3, filename="v1.mp3", caption="v1")
    await bot.edit_message_caption(ada.id, sent.message_id, caption="version 1")
    assert ada.received[0].caption == "version 1"
    await bot.edit_message_media(
        InputMediaAudio(MP3 + b"2", filename="v2.mp3", caption="v2"), ada.id, sent.message_id
    )
    (message,) = ada.received
    assert message.attachment
    assert (message.attachment.name, message.caption) == ("v2.mp3", "v2")
    with pytest.raises(BadRequest, match="no text in the message"):
        await bot.edit_message_text("words", ada.id, sent.message_id)


async def test_only_the_bots_own_messages_that_are_there_can_be_changed(bot: Bot, ada: Person) -> None:
    hers = await ada.says("mine")
    with pytest.raises(BadRequest, match="can't be edited"):
        await bot.edit_message_text("yours", ada.id, hers.id)
    sent = await bot.send_message(ada.id, "mine")
    assert await bot.delete_message(ada.id, sent.message_id)
    assert ada.received == []
    with pytest.raises(BadRequest, match=r"(?i)message to edit not found"):
        await bot.edit_message_text("mine", ada.id, sent.message_id)
    with pytest.raises(BadRequest, match=r"(?i)message to delete not found"):
        await bot.delete_message(ada.id, sent.message_id)


# Buttons


async def test_a_press_brings_the_buttons_data_and_its_answer_is_seen(
    telegram: Telegram, bot: Bot, ada: Person
) -> None:
    await bot.send_message(ada.id, "Song", reply_markup=pay("pay:7:1"))
    press = await ada.press(ada.received[0], "Pay")
    query = (await one(bot)).callback_query
    assert query
    assert (query.data, query.from_user.id) == ("pay:7:1", ada.id)
    assert query.message
    assert query.message.message_id == ada.received[0].id
    await bot.answer_callback_query(query.id, "one moment", show_alert=True)
    assert press.popup
    assert (press.popup.text, press.popup.alert) == ("one moment", True)
    assert [popup.text for popup in ada.popups] == ["one moment"]


async def test_a_double_tap_is_two_queries_each_with_an_answer_of_its_own(bot: Bot, ada: Person) -> None:
    await bot.send_message(ada.id, "Song", reply_markup=pay())
    for _ in range(2):
        await ada.press(ada.received[0], "Pay")
    first, second = [update.callback_query for update in await heard(bot)]
    assert first
    assert second
    assert first.id != second.id
    await bot.answer_callback_query(first.id)
    with pytest.raises(BadRequest, match=r"(?i)query is too old"):
        await bot.answer_callback_query(first.id)
    await bot.answer_callback_query(second.id)


async def test_a_button_that_an_edit_took_away_can_still_be_pressed_by_one_who_was_late(
    bot: Bot, ada: Person
) -> None:
    sent = await bot.send_message(ada.id, "v1", reply_markup=pay("pay:1:1"))
    earlier = ada.received[0].seen()
    await bot.edit_message_text("v2", ada.id, sent.message_id)
    with pytest.raises(LookupError):
        await ada.press(ada.received[0], "Pay")
    await ada.press(earlier, "Pay")
    query = (await one(bot)).callback_query
    assert query
    assert query.data == "pay:1:1"


async def test_an_answer_that_comes_too_late_is_refused(hasty: Telegram) -> None:
    async with a_bot(hasty) as bot:
        ada = hasty.person("Ada")
        await ada.starts()
        await bot.send_message(ada.id, "Song", reply_markup=pay())
        await ada.press(ada.received[0], "Pay")
        _, pressed = await heard(bot)
        assert pressed.callback_query
        with pytest.raises(BadRequest, match=r"(?i)query is too old"):
            await bot.answer_callback_query(pressed.callback_query.id)
        assert ada.popups == []


async def test_a_buttons_data_has_1_to_64_bytes(bot: Bot, ada: Person) -> None:
    await bot.send_message(ada.id, "fits", reply_markup=pay("é" * 32))
    for data in ("é" * 32 + "e", ""):
        with pytest.raises(BadRequest, match=r"(?i)button"):
            await bot.send_message(ada.id, "no", reply_markup=pay(data))


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": " ", "callback_data": "pay"},
        {"text": "Pay"},
        {"text": "Pay", "callback_data": "pay", "url": "https://lathe.example"},
        {"text": "Pay", "url": "javascript:pay()"},
        {"text": "Pay", "web_app": {"url": "http://lathe.example"}},
    ],
    ids=["no label", "no deed", "two deeds", "no link", "not safe"],
)
async def test_a_button_that_the_platform_would_not_have_is_refused(
    telegram: Telegram, ada: Person, wrong: dict[str, object]
) -> None:
    markup = {"inline_keyboard": [[wrong]]}
    assert await raw(telegram, "sendMessage", chat_id=ada.id, text="Song", reply_markup=markup) == 400
    assert ada.received == []


async def test_a_link_is_a_button_that_tells_the_bot_nothing(bot: Bot, ada: Person) -> None:
    link = InlineKeyboardButton("Download", url="https://lathe.example/d/1")
    await bot.send_message(ada.id, "Master", reply_markup=keyboard(link))
    assert ada.received[0].links == ["https://lathe.example/d/1"]
    with pytest.raises(ValueError, match="sends nothing"):
        await ada.press(ada.received[0], "Download")


async def test_who_waits_for_a_message_sees_it_when_it_comes_and_when_an_edit_makes_it_so(
    bot: Bot, ada: Person
) -> None:
    waiting = asyncio.create_task(ada.sees(lambda message: message.text == "ready"))
    sent = await bot.send_message(ada.id, "working")
    assert not waiting.done()
    await bot.edit_message_text("ready", ada.id, sent.message_id)
    assert (await waiting).id == sent.message_id
    with pytest.raises(AssertionError, match="'ready'"):
        await ada.sees(lambda message: message.text == "never", seconds=0.01)


# Who may be written to


async def test_nobody_is_written_to_who_did_not_write_first(telegram: Telegram, bot: Bot) -> None:
    stranger = telegram.person("Bob")
    with pytest.raises(Forbidden, match="can't initiate conversation"):
        await bot.send_message(stranger.id, "hello")
    with pytest.raises(BadRequest, match=r"(?i)chat not found"):
        await bot.send_message(1, "hello")


async def test_a_person_who_blocks_the_bot_is_out_of_reach_until_they_unblock_it(
    bot: Bot, ada: Person
) -> None:
    await ada.blocks()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(ada.id, "hello")
    await ada.unblocks()
    await bot.send_message(ada.id, "hello")
    changes = [update.my_chat_member for update in await heard(bot)]
    assert [change.new_chat_member.status for change in changes if change] == ["kicked", "member"]
    assert [message.text for message in ada.received] == ["hello"]


# Groups and topics


async def test_in_a_group_the_bot_sees_what_is_meant_for_it(
    telegram: Telegram, bot: Bot, ada: Person
) -> None:
    crew = telegram.group("Crew")
    await ada.says("nice weather", crew)
    await ada.says("/board", crew)
    await ada.says("/board@another_bot", crew)
    await ada.says(f"/board@{telegram.username} now", crew)
    await bot.send_message(crew.id, "yes?")
    await ada.says("never mind", crew, answers=crew.received[0])
    assert words(await heard(bot)) == ["/board", f"/board@{telegram.username} now", "never mind"]

    desk = telegram.group("Desk", rules=True)
    await ada.says("nice weather", desk)
    assert words(await heard(bot)) == ["nice weather"]


async def test_a_topic_is_where_its_messages_stand(telegram: Telegram, bot: Bot, ada: Person) -> None:
    desk = telegram.group("Desk", forum=True, rules=True)
    orders = await desk.topic("Orders", by=ada)
    await ada.says("/staff here", desk, orders)
    await ada.says("/staff here", desk)
    _, there, general = [update.message for update in await heard(bot)]
    assert there
    assert (there.message_thread_id, there.is_topic_message) == (orders.id, True)
    assert general
    assert general.message_thread_id is None
    await bot.send_message(desk.id, "claimed", message_thread_id=orders.id)
    assert desk.received[-1].thread == orders.id
    for wrong in (1, 4711):
        with pytest.raises(BadRequest, match=r"(?i)thread not found"):
            await bot.send_message(desk.id, "claimed", message_thread_id=wrong)
    made = await bot.create_forum_topic(desk.id, "Refunds")
    await bot.send_message(desk.id, "asked for", message_thread_id=made.message_thread_id)
    await desk.loses_topic(orders)
    with pytest.raises(BadRequest, match=r"(?i)thread not found"):
        await bot.send_message(desk.id, "claimed", message_thread_id=orders.id)


async def test_a_group_that_becomes_a_supergroup_has_another_id(
    telegram: Telegram, bot: Bot, ada: Person
) -> None:
    crew = telegram.group("Crew")
    old = crew.id
    await crew.upgrades(by=ada)
    moved, came = [update.message for update in await heard(bot)]
    assert moved
    assert (moved.chat_id, moved.migrate_to_chat_id) == (old, crew.id)
    assert came
    assert (came.chat_id, came.migrate_from_chat_id) == (crew.id, old)
    with pytest.raises(ChatMigrated) as migrated:
        await bot.send_message(old, "hello")
    assert migrated.value.new_chat_id == crew.id
    await bot.send_message(crew.id, "hello")
    assert crew.received[-1].text == "hello"


async def test_a_bot_that_is_thrown_out_cannot_write_and_learns_when_it_is_back(
    telegram: Telegram, bot: Bot, ada: Person
) -> None:
    crew = telegram.group("Crew")
    await crew.removes_bot(by=ada)
    with pytest.raises(Forbidden, match="kicked from the group"):
        await bot.send_message(crew.id, "hello")
    await crew.adds_bot(by=ada, rules=True)
    await bot.send_message(crew.id, "hello")
    changes = [update.my_chat_member for update in await heard(bot)]
    assert [change.new_chat_member.status for change in changes if change] == ["kicked", "administrator"]


async def test_what_the_bot_may_do_in_a_group_depends_on_whether_it_rules(
    telegram: Telegram, bot: Bot, ada: Person
) -> None:
    for rules in (False, True):
        desk = telegram.group("Desk", forum=True, rules=rules)
        hers = await ada.says("/order", desk)
        if rules:
            await bot.delete_message(desk.id, hers.id)
            await bot.create_forum_topic(desk.id, "Orders")
        else:
            with pytest.raises(BadRequest, match="can't be deleted"):
                await bot.delete_message(desk.id, hers.id)
            with pytest.raises(BadRequest, match=r"(?i)not enough rights"):
                await bot.create_forum_topic(desk.id, "Orders")
    with pytest.raises(BadRequest, match="not a forum"):
        await bot.create_forum_topic(telegram.group("Crew").id, "Orders")


async def test_who_rules_a_group_can_be_asked(telegram: Telegram, bot: Bot, ada: Person) -> None:
    crew = telegram.group("Crew")
    crew.owned_by(ada)
    assert (await bot.get_chat_member(crew.id, ada.id)).status == "creator"
    assert [member.user.id for member in await bot.get_chat_administrators(crew.id)] == [ada.id]
    assert (await bot.get_chat(crew.id)).title == "Crew"
    assert (await bot.get_chat_member(crew.id, telegram.person("Bob").id)).status == "left"


# Commands


async def test_a_person_is_shown_the_commands_of_the_narrowest_scope_and_their_language(
    telegram: Telegram, bot: Bot, ada: Person
) -> None:
    crew = telegram.group("Crew")
    bob = telegram.person("Bob", language="fr")
    await bob.starts()
    private, groups = BotCommandScopeAllPrivateChats(), BotCommandScopeAllGroupChats()
    await bot.set_my_commands([BotCommand("master", "Order a master")], private)
    await bot.set_my_commands([BotCommand("master", "Master bestellen")], private, "de")
    await bot.set_my_commands([BotCommand("board", "Orders of the group")], groups)
    await bot.set_my_commands([BotCommand("staff", "Desk")], BotCommandScopeChatAdministrators(crew.id))
    crew.owned_by(bob)
    assert ada.commands() == {"master": "Master bestellen"}
    assert bob.commands() == {"master": "Order a master"}
    assert ada.commands(crew) == {"board": "Orders of the group"}
    assert bob.commands(crew) == {"staff": "Desk"}
    assert [command.description for command in await bot.get_my_commands(private, "de")] == [
        "Master bestellen"
    ]
    await bot.delete_my_commands(private, "de")
    assert ada.commands() == {"master": "Order a master"}


@pytest.mark.parametrize(
    "commands",
    [
        [BotCommand("Master", "capitals")],
        [BotCommand("m" * 33, "too long")],
        [BotCommand("master", "d" * 257)],
        [BotCommand(f"c{number}", "one of too many") for number in range(101)],
    ],
    ids=lambda commands: commands[0].description[:12],
)
async def test_commands_that_the_platform_would_not_have_are_refused(
    bot: Bot, commands: list[BotCommand]
) -> None:
    with pytest.raises(BadRequest, match=r"(?i)bot_command"):
        await bot.set_my_commands(commands)


async def test_the_bot_can_be_named_and_described(bot: Bot) -> None:
    await bot.set_my_name("Lathe Mastering")
    await bot.set_my_description("Sends masters", "de")
    await bot.set_my_short_description("Masters")
    assert (await bot.get_my_name()).name == "Lathe Mastering"
    assert (await bot.get_my_description("de")).description == "Sends masters"
    assert (await bot.get_my_short_description("fr")).short_description == "Masters"


# Files


async def test_a_file_is_fetched_by_a_link(bot: Bot, ada: Person) -> None:
    await ada.sends("document", "Song.wav", WAV)
    message = (await one(bot)).message
    assert message
    assert message.document
    file = await bot.get_file(message.document.file_id)
    assert bytes(await file.download_as_bytearray()) == WAV


async def test_a_file_of_more_than_20_mib_cannot_be_fetched_and_says_so_in_the_update(
    bot: Bot, ada: Person
) -> None:
    await ada.sends("document", "fits.wav", bytes(20 << 20))
    await ada.sends("document", "large.wav", bytes((20 << 20) + 1))
    fits, large = [update.message and update.message.document for update in await heard(bot)]
    assert fits
    await bot.get_file(fits.file_id)
    assert large
    assert large.file_size == (20 << 20) + 1
    with pytest.raises(BadRequest, match=r"(?i)file is too big"):
        await bot.get_file(large.file_id)


async def test_an_upload_of_more_than_50_mib_is_refused(bot: Bot, ada: Person) -> None:
    with pytest.raises(NetworkError, match="Request Entity Too Large"):
        await bot.send_document(ada.id, bytes((50 << 20) + 1), filename="large.wav")
    assert ada.received == []


def size(path: str) -> int:
    return Path(path).stat().st_size


async def test_a_local_server_hands_files_over_by_path_and_has_no_caps(tmp_path: Path) -> None:
    async with running(local=tmp_path / "files") as telegram, a_bot(telegram, local=True) as bot:
        ada = telegram.person("Ada")
        await ada.sends("document", "large.wav", bytes((20 << 20) + 1))
        message = (await one(bot)).message
        assert message
        assert message.document
        file = await bot.get_file(message.document.file_id)
        assert file.file_path
        assert size(file.file_path) == (20 << 20) + 1
        master = tmp_path / "Master.wav"
        master.write_bytes(WAV)
        await bot.send_document(ada.id, master)
        assert telegram.called("sendDocument")[0].uploads == ()
        (received,) = ada.received
        assert received.attachment
        assert (received.attachment.name, received.attachment.data) == ("Master.wav", WAV)


async def test_a_link_that_has_expired_leads_nowhere_and_a_new_one_does(
    telegram: Telegram, bot: Bot, ada: Person
) -> None:
    message = await ada.sends("document", "Song.wav", WAV)
    assert message.attachment
    file = await bot.get_file(message.attachment.file.id)
    telegram.faults.expire_links()
    with pytest.raises(InvalidToken):  # that is how the library calls a 404
        await file.download_as_bytearray()
    file = await bot.get_file(message.attachment.file.id)
    telegram.faults.cut_download()
    with pytest.raises(NetworkError):
        await file.download_as_bytearray()
    assert bytes(await file.download_as_bytearray()) == WAV


# Money


async def invoice(
    bot: Bot,
    ada: Person,
    title: str = "Master",
    description: str = "One master",
    payload: str = "order:1",
    currency: str = "XTR",
    provider_token: str | None = None,
) -> Message:
    price = [LabeledPrice("Master", 250)]
    await bot.send_invoice(ada.id, title, description, payload, currency, price, provider_token)
    return ada.received[-1]


async def paid(telegram: Telegram, bot: Bot, ada: Person, *, refusal: str = "") -> str:
    """Buy a master; the charge, or what was shown."""
    paying = asyncio.create_task(ada.pays(await invoice(bot, ada)))
    (asked,) = await heard(bot, seconds=5)
    query = asked.pre_checkout_query
    assert query
    assert (query.total_amount, query.currency, query.invoice_payload) == (250, "XTR", "order:1")
    await bot.answer_pre_checkout_query(query.id, not refusal, refusal or None)
    outcome = await paying
    return outcome.charge or outcome.shown


async def test_a_payment_is_asked_about_first_and_then_told(
    telegram: Telegram, bot: Bot, ada: Person
) -> None:
    charge = await paid(telegram, bot, ada)
    message = (await one(bot)).message
    assert message
    assert message.successful_payment
    assert message.successful_payment.telegram_payment_charge_id == charge
    assert (await bot.get_my_star_balance()).amount == 250
    assert ada.received[-1].buttons == []  # it is a receipt now


async def test_a_payment_that_the_bot_refuses_is_not_made(telegram: Telegram, bot: Bot, ada: Person) -> None:
    assert await paid(telegram, bot, ada, refusal="It was paid already.") == "It was paid already."
    assert await heard(bot) == []
    assert (await bot.get_my_star_balance()).amount == 0


async def test_a_payment_that_the_bot_does_not_answer_in_time_fails(hasty: Telegram) -> None:
    async with a_bot(hasty) as bot:
        ada = hasty.person("Ada")
        await ada.starts()
        outcome = await ada.pays(await invoice(bot, ada))
        assert (outcome.paid, outcome.shown) == (False, "BOT_PRECHECKOUT_TIMEOUT")
        _, asked = await heard(bot)
        assert asked.pre_checkout_query
        with pytest.raises(BadRequest, match=r"(?i)query is too old"):
            await asked.pre_checkout_query.answer(ok=True)


async def test_stars_are_given_back_once(telegram: Telegram, bot: Bot, ada: Person) -> None:
    charge = await paid(telegram, bot, ada)
    await heard(bot)
    await bot.refund_star_payment(ada.id, charge)
    message = (await one(bot)).message
    assert message
    assert message.refunded_payment
    assert message.refunded_payment.total_amount == 250
    with pytest.raises(BadRequest, match=r"(?i)charge_id_invalid"):
        await bot.refund_star_payment(ada.id + 1, charge)
    with pytest.raises(BadRequest, match=r"(?i)already_refunded"):
        await bot.refund_star_payment(ada.id, charge)
    assert (await bot.get_my_star_balance()).amount == 0
    transactions = (await bot.get_star_transactions()).transactions
    assert [one.source is not None for one in transactions] == [True, False]
    assert {one.id for one in transactions} == {charge}


async def test_an_invoice_by_link_can_be_paid(telegram: Telegram, bot: Bot, ada: Person) -> None:
    link = await bot.create_invoice_link("Master", "One", "order:2", "XTR", [LabeledPrice("Master", 9)])
    paying = asyncio.create_task(ada.pays(link))
    (asked,) = await heard(bot, seconds=5)
    assert asked.pre_checkout_query
    await asked.pre_checkout_query.answer(ok=True)
    assert (await paying).paid


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": "t" * 33},
        {"description": "d" * 256},
        {"payload": "é" * 65},
        {"currency": "EUR"},
        {"provider_token": "a-provider"},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
async def test_an_invoice_that_the_platform_would_not_have_is_refused(
    bot: Bot, ada: Person, wrong: dict[str, str]
) -> None:
    with pytest.raises(BadRequest):
        await invoice(bot, ada, **wrong)


# What goes wrong on the way


async def test_an_update_may_come_twice(telegram: Telegram, bot: Bot, ada: Person) -> None:
    telegram.faults.twice()
    await ada.says("once")
    (first,) = await bot.get_updates(limit=1)
    (second,) = await bot.get_updates(first.update_id + 1, limit=1)
    assert first.update_id == second.update_id
    assert await bot.get_updates(first.update_id + 1) == ()


async def test_updates_may_come_out_of_order(telegram: Telegram, bot: Bot, ada: Person) -> None:
    telegram.faults.swap()
    await ada.says("one")
    assert await bot.get_updates() == ()
    await ada.says("two")
    (two,) = await bot.get_updates(limit=1)
    (one,) = await bot.get_updates(two.update_id + 1, limit=1)
    assert words([two, one]) == ["two", "one"]
    assert one.update_id < two.update_id


async def test_a_flood_is_refused_with_the_time_to_wait_in_one_chat_or_in_all(
    telegram: Telegram, bot: Bot, ada: Person
) -> None:
    bob = telegram.person("Bob")
    await bob.starts()
    telegram.faults.flood(7, chat=ada.id)
    await bot.send_message(bob.id, "hello")
    with pytest.raises(RetryAfter) as flood:
        await bot.send_message(ada.id, "hello")
    assert flood.value.retry_after == 7
    await bot.send_message(ada.id, "hello")
    telegram.faults.flood(1)
    with pytest.raises(RetryAfter):
        await bot.send_message(bob.id, "again")
    assert len(ada.received) == len(bob.received) == 1


async def test_the_librarys_rate_limiter_waits_as_it_is_told(telegram: Telegram, ada: Person) -> None:
    limited = ExtBot(telegram.token, telegram.base_url, rate_limiter=AIORateLimiter(max_retries=1))
    telegram.faults.flood(1, "sendMessage")
    async with limited:
        await limited.send_message(ada.id, "hello")
    assert [call.status for call in telegram.called("sendMessage")] == [429, 200]


@pytest.mark.parametrize("accepted", [False, True])
async def test_a_502_says_nothing_about_whether_it_was_sent(
    telegram: Telegram, bot: Bot, ada: Person, accepted: bool
) -> None:
    telegram.faults.bad_gateway("sendMessage", accepted=accepted)
    with pytest.raises(NetworkError, match="Bad Gateway"):
        await bot.send_message(ada.id, "hello")
    assert len(ada.received) == accepted


async def test_a_connection_may_be_cut_after_the_message_was_sent(
    telegram: Telegram, bot: Bot, ada: Person
) -> None:
    telegram.faults.cut("sendMessage")
    with pytest.raises(NetworkError):
        await bot.send_message(ada.id, "hello")
    assert [message.text for message in ada.received] == ["hello"]


async def test_an_answer_may_come_after_the_bot_gave_up(telegram: Telegram, bot: Bot, ada: Person) -> None:
    telegram.faults.slow(60, "sendMessage")
    with pytest.raises(TelegramError, match="Timed out"):
        await bot.send_message(ada.id, "hello", read_timeout=0.1)
    assert [message.text for message in ada.received] == ["hello"]


async def test_a_message_may_be_sent_after_the_bot_gave_up(telegram: Telegram, bot: Bot, ada: Person) -> None:
    telegram.faults.slow(0.3, "sendMessage", accepted=False)
    with pytest.raises(TelegramError, match="Timed out"):
        await bot.send_message(ada.id, "hello", read_timeout=0.1)
    await ada.sees(lambda message: message.text == "hello")


# Webhook


Heard = list[tuple[str | None, dict[str, object]]]


@asynccontextmanager
async def a_webhook(
    answer: Callable[[dict[str, object]], Awaitable[int]],
) -> AsyncIterator[tuple[str, Heard]]:
    """A server of the bot's own: its address, and what it was told, with the secret."""
    told: Heard = []

    async def take(request: web.Request) -> web.Response:
        update = await request.json()
        told.append((request.headers.get("X-Telegram-Bot-Api-Secret-Token"), update))
        return web.Response(status=await answer(update))

    application = web.Application()
    application.router.add_post("/hooks/telegram", take)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/hooks/telegram", told
    finally:
        await runner.cleanup()


def answers(*statuses: int) -> Callable[[dict[str, object]], Awaitable[int]]:
    """Answer with these, then with 200."""
    left = list(statuses)

    async def answer(update: dict[str, object]) -> int:
        return left.pop(0) if left else 200

    return answer


async def test_a_webhook_is_told_with_its_secret(telegram: Telegram, bot: Bot, ada: Person) -> None:
    await ada.says("before it was set")
    async with a_webhook(answers()) as (url, told):
        await bot.set_webhook(url, secret_token="s3cret")
        await ada.says("after")
        await telegram.settled()
        updates = [Update.de_json(update, bot) for _, update in told]
        assert words(updates) == ["before it was set", "after"]
        assert {secret for secret, _ in told} == {"s3cret"}
        assert (await bot.get_webhook_info()).url == url
        with pytest.raises(Conflict, match="webhook is active"):
            await bot.get_updates()
        await bot.delete_webhook()
        assert await bot.get_updates() == ()


async def test_a_webhook_that_fails_is_told_again_and_one_chat_does_not_hold_up_another(
    telegram: Telegram, bot: Bot, ada: Person
) -> None:
    bob = telegram.person("Bob")

    failed: list[object] = []

    async def answer(update: dict[str, object]) -> int:
        if len(failed) < 2 and "Ada" in str(update):
            failed.append(update["update_id"])
            return 503
        return 200

    async with a_webhook(answer) as (url, told):
        await ada.says("one")
        await ada.says("two")
        await bob.says("three")
        await bot.set_webhook(url)
        await telegram.settled()
        updates = [Update.de_json(update, bot) for _, update in told]
        assert words([update for update in updates if "Ada" in str(update)]) == ["one", "one", "one", "two"]
        assert words(updates).index("three") < words(updates).index("two")
        error = (await bot.get_webhook_info()).last_error_message
        assert error == "Wrong response from the webhook: 503 Service Unavailable"


async def test_what_is_pressed_does_not_wait_for_what_was_said(
    telegram: Telegram, bot: Bot, ada: Person
) -> None:
    await bot.send_message(ada.id, "Song", reply_markup=pay())
    pressed = asyncio.Event()

    async def answer(update: dict[str, object]) -> int:
        if "callback_query" in update:
            pressed.set()
        return 200 if pressed.is_set() else 503

    async with a_webhook(answer) as (url, _):
        await ada.says("hello")
        await ada.press(ada.received[0], "Pay")
        await bot.set_webhook(url)
        await telegram.settled()


async def test_a_webhook_that_is_set_ends_a_poll(telegram: Telegram, bot: Bot) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=50))
    await telegram.until(lambda: telegram.polled)
    async with a_webhook(answers()) as (url, _):
        await bot.set_webhook(url)
        with pytest.raises(Conflict, match=r"(?i)terminated by setwebhook"):
            await poll


async def test_a_webhook_that_nobody_answers_is_tried_again(
    telegram: Telegram, bot: Bot, ada: Person
) -> None:
    async with a_webhook(answers()) as (url, _):
        pass
    await bot.set_webhook(url)
    await ada.says("hello")
    await telegram.until(lambda: telegram.world.webhook.answers[:2] == [0, 0])
    assert (await bot.get_webhook_info()).last_error_message == "Connection refused"
    await bot.delete_webhook()
    assert words(await heard(bot)) == ["hello"]


async def test_a_webhook_that_is_gone_is_dropped_and_nothing_is_lost(
    telegram: Telegram, bot: Bot, ada: Person
) -> None:
    async with a_webhook(answers(*[410] * 1000)) as (url, _):
        await bot.set_webhook(url)
        await ada.says("hello")
        await telegram.until(lambda: not telegram.world.webhook.url)
    assert words(await heard(bot)) == ["hello"]


async def test_a_webhook_is_told_twice_and_out_of_order_too(
    telegram: Telegram, bot: Bot, ada: Person
) -> None:
    async with a_webhook(answers()) as (url, told):
        await bot.set_webhook(url)
        telegram.faults.twice()
        await ada.says("twice")
        telegram.faults.swap()
        await ada.says("late")
        await ada.says("early")
        await telegram.settled()
        updates = [Update.de_json(update, bot) for _, update in told]
        assert words(updates) == ["twice", "twice", "early", "late"]


async def test_a_webhook_has_a_good_secret_and_an_address_that_is_safe(bot: Bot) -> None:
    with pytest.raises(BadRequest, match=r"(?i)secret"):
        await bot.set_webhook("https://lathe.example/", secret_token="no blanks")
    with pytest.raises(BadRequest, match=r"(?i)https"):
        await bot.set_webhook("http://lathe.example/")


# What the platform does not know


async def raw(telegram: Telegram, method: str, **parameters: object) -> int:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{telegram.base_url}{telegram.token}/{method}", json=parameters) as answer,
    ):
        assert (await answer.json())["ok"] is (answer.status == 200)
        return answer.status


async def test_an_unknown_method_is_a_404_and_a_complaint(telegram: Telegram) -> None:
    assert await raw(telegram, "sendMaster", chat_id=1) == 404
    assert telegram.forgiven() == ["sendMaster is no method that this double knows"]


async def test_an_unknown_a_mistyped_and_a_missing_parameter_are_complaints(
    telegram: Telegram, ada: Person
) -> None:
    assert await raw(telegram, "sendMessage", chat_id=ada.id, text="hello", price=3) == 200
    assert "sendMessage came with price, which this double does not know" in telegram.forgiven()
    assert await raw(telegram, "sendMessage", chat_id=ada.id, text=["hello"]) == 400
    assert any("sendMessage.text" in complaint for complaint in telegram.forgiven())
    assert await raw(telegram, "sendMessage", chat_id=ada.id) == 400
    assert any("text" in complaint for complaint in telegram.forgiven())


async def test_complaints_fail_the_test_that_caused_them() -> None:
    with pytest.raises(AssertionError, match="sendMaster"):
        async with running() as telegram:
            await raw(telegram, "sendMaster")


async def test_a_test_that_fails_is_told_the_complaints_as_well() -> None:
    async def fails() -> None:
        async with running() as telegram:
            await raw(telegram, "sendMaster")
            raise KeyError("what the test itself found")

    with pytest.raises(KeyError) as failed:
        await fails()
    assert "sendMaster" in failed.value.__notes__[0]


async def test_another_token_is_not_taken(telegram: Telegram) -> None:
    with pytest.raises(InvalidToken):
        async with Bot("1:wrong", telegram.base_url):
            pass


# The judge


@specified
def test_the_judge_knows_methods_parameters_and_types() -> None:
    judge = botapi_judge.judge()
    assert judge
    assert judge.call("sendMessage", {"chat_id": "1", "text": "12"}) == []
    assert judge.call("sendMaster", {}) == ["there is no method sendMaster"]
    assert judge.call("sendMessage", {"chat_id": "1"}) == ["sendMessage came without text"]
    assert judge.call("getFile", {"file_id": "1", "size": "2"}) == ["getFile has no parameter size"]
    assert judge.call("getUpdates", {"offset": "soon"}) == ["getUpdates.offset should be Integer, not 'soon'"]
    assert judge.call("sendMessage", {"chat_id": "1"}, ["text"]) == ["sendMessage.text cannot be an upload"]
    markup = json.dumps({"inline_keyboard": [[{"text": "Pay", "price": 3}]]})
    assert judge.call("editMessageReplyMarkup", {"reply_markup": markup}) == [
        "editMessageReplyMarkup.reply_markup.inline_keyboard[0][0]: InlineKeyboardButton has no price"
    ]
    assert judge.call("setMyCommands", {"commands": "[]", "scope": '{"type": "everybody"}'})


@specified
def test_the_judge_knows_answers_and_updates() -> None:
    judge = botapi_judge.judge()
    assert judge
    user = {"id": 1, "is_bot": True, "first_name": "Lathe"}
    assert judge.answer("getMe", user) == []
    assert judge.answer("getMe", {**user, "id": "1"}) == ["the answer of getMe.id should be Integer, not '1'"]
    assert judge.answer("deleteMessage", "yes") == [
        "the answer of deleteMessage should be Boolean, not 'yes'"
    ]
    assert judge.thing("Update", {"update_id": 1, "payment": {}}) == ["Update: Update has no payment"]
    assert judge.thing("ChatMember", {"status": "left", "user": user}) == []


@specified
async def test_calls_answers_and_updates_are_judged_as_they_pass(telegram: Telegram, ada: Person) -> None:
    button = {"text": "Pay", "callback_data": "pay:1", "price": 3}
    await raw(
        telegram, "sendMessage", chat_id=ada.id, text="Song", reply_markup={"inline_keyboard": [[button]]}
    )
    assert any("has no price" in complaint for complaint in telegram.forgiven())
    telegram.world.menus[0] = {"type": "soup"}
    await raw(telegram, "getChatMenuButton")
    assert any("not 'soup'" in complaint for complaint in telegram.forgiven())
    telegram.world.updates.add("message", {}, ada.id)
    assert "Update.message: Message came without chat" in telegram.forgiven()


def test_without_a_specification_there_is_no_judge(tmp_path: Path) -> None:
    assert botapi_judge.judge(tmp_path / "absent.json") is None


# A bot in another process

ECHO = """
import asyncio, sys
from telegram import Bot

async def echo():
    async with Bot(sys.argv[1], sys.argv[2], sys.argv[3]) as bot:
        offset = None
        while True:
            for update in await bot.get_updates(offset, timeout=30):
                offset = update.update_id + 1
                file = await update.message.document.get_file()
                data = bytes(await file.download_as_bytearray())
                await bot.send_document(update.message.chat_id, data[::-1], filename="back.bin")

asyncio.run(echo())
"""


async def test_a_bot_that_is_another_process_is_served_as_well(telegram: Telegram) -> None:
    ada = telegram.person("Ada")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", ECHO, TOKEN, telegram.base_url, telegram.file_url
    )
    try:
        await ada.sends("document", "there.bin", b"abc")
        await telegram.until(lambda: ada.received, seconds=60)
        await telegram.settled()
    finally:
        process.kill()
        await process.wait()
    assert ada.received[0].attachment
    assert ada.received[0].attachment.data == b"cba"
