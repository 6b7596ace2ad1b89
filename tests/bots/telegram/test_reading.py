"""Updates as deeds, one at a time."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.telegram.reading import Myself, Unreadable, read
from core.messages import Incoming, Kind

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
ME = Myself(42, "lathe_bot")
ADA = {"id": 7, "is_bot": False, "first_name": "Ada", "last_name": "L.", "language_code": "de"}
PRIVATE = {"id": 7, "type": "private"}
GROUP = {"id": -100123, "type": "supergroup"}
SONG = {"file_id": "F1", "file_unique_id": "U1", "file_name": "Song.wav", "file_size": 9, "mime_type": "a/b"}


def told(kind: str = "message", **body: Any) -> Incoming | None:
    """What an update tells, from Ada in private unless it says otherwise."""
    message = {"message_id": 5, "from": ADA, "chat": PRIVATE, "date": 0, **body}
    return read({"update_id": 9, kind: message}, ME, NOW)


def deed(kind: str = "message", **body: Any) -> Incoming:
    found = told(kind, **body)
    assert found is not None
    return found


def command(text: str, **body: Any) -> Incoming | None:
    marks = [{"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}]
    return told(text=text, entities=marks, **body)


def test_a_message_says_who_where_and_what() -> None:
    assert deed(text="hello") == Incoming(
        "telegram",
        "u9",
        "7",
        "7",
        True,
        Kind.MESSAGE,
        NOW,
        {"text": "hello", "complete": True},
        locale="de",
        name="Ada L.",
    )


@pytest.mark.parametrize("kind", ["audio", "document", "voice"])
def test_whatever_carries_sound_is_a_file(kind: str) -> None:
    (file,) = deed(**{kind: SONG}, caption="louder").files
    assert (file.ref, file.name, file.size, file.media_type) == ("F1", "Song.wav", 9, "a/b")


def test_a_voice_has_no_name_and_gets_one() -> None:
    assert deed(voice={"file_id": "F1", "mime_type": "audio/ogg"}).files[0].name == "voice.ogg"


def test_a_part_of_an_album_is_not_the_whole_drop() -> None:
    assert deed(document=SONG, media_group_id="1").payload["complete"] is False
    assert deed(document=SONG).payload["complete"] is True


@pytest.mark.parametrize("kind", ["photo", "video", "sticker", "animation", "video_note", "location"])
def test_what_is_no_song_is_a_message_without_words(kind: str) -> None:
    found = deed(**{kind: {}}, document=SONG) if kind == "animation" else deed(**{kind: {}})
    assert (found.kind, found.payload["text"], found.files) == (Kind.MESSAGE, "", ())


@pytest.mark.parametrize(
    ("text", "name", "arguments"),
    [
        ("/start a-payload", "start", "a-payload"),
        ("/Human@Lathe_Bot please help\nme", "human", "please help\nme"),
        ("/nonsense", "nonsense", ""),
    ],
)
def test_a_command_is_read_with_its_arguments(text: str, name: str, arguments: str) -> None:
    found = command(text)
    assert found is not None
    assert found.kind is Kind.COMMAND
    assert found.payload == {"name": name, "arguments": arguments}


def test_the_address_of_a_private_button_presses_it() -> None:
    pressed = command("/start drop-0123456789ab")
    assert pressed is not None
    assert (pressed.kind, pressed.payload) == (Kind.PRESS, {"action": "drop:0123456789ab"})


@pytest.mark.parametrize("payload", ["here", "pay-0123456789ab", "cancel-1", "drop-", "drop-A:1", "drop-1:2"])
def test_an_address_that_anybody_can_write_presses_nothing_that_binds(payload: str) -> None:
    started = command(f"/start {payload}")
    assert started is not None
    assert (started.kind, started.payload["name"]) == (Kind.COMMAND, "start")


def test_whoever_is_mentioned_and_has_no_username_is_named_as_the_house_names_people() -> None:
    words = "/grant support \N{VIOLIN}Zoë"  # the violin is two units
    marks = [
        {"type": "bot_command", "offset": 0, "length": 6},
        {"type": "text_mention", "offset": 15, "length": 5, "user": {"id": 42}},
    ]
    found = deed(text=words, entities=marks)
    assert found.payload == {"name": "grant", "arguments": "support telegram:42"}


def test_a_caption_is_a_command_only_where_the_command_takes_a_song() -> None:
    marks = [{"type": "bot_command", "offset": 0, "length": 7}]
    taken = deed(document=SONG, caption="/master warm", caption_entities=marks)
    assert (taken.kind, taken.payload["arguments"], len(taken.files)) == (Kind.COMMAND, "warm", 1)
    kept = deed(document=SONG, caption="/orders", caption_entities=marks)
    assert (kept.kind, len(kept.files)) == (Kind.MESSAGE, 1)


def test_a_press_is_read_though_its_message_is_too_old_to_be_told() -> None:
    old = {"chat": GROUP, "message_id": 3, "date": 0}
    found = read(
        {"update_id": 9, "callback_query": {"id": "1", "from": ADA, "data": "pay:x:2", "message": old}},
        ME,
        NOW,
    )
    assert found is not None
    assert (found.kind, found.person, found.place) == (Kind.PRESS, "7", "-100123")
    assert found.payload == {"action": "pay:x:2"}


def test_a_topic_is_a_place_and_a_thread_of_answers_is_none() -> None:
    in_topic = command("/help", chat=GROUP, message_thread_id=8, is_topic_message=True)
    in_thread = command("/help", chat=GROUP, message_thread_id=8)
    assert in_topic is not None
    assert in_thread is not None
    assert (in_topic.place, in_thread.place) == ("-100123/8", "-100123")
    assert (in_topic.private, in_topic.reply_handle) == (False, "5")


@pytest.mark.parametrize(
    "body",
    [
        {"from": {**ADA, "is_bot": True}, "text": "hello"},
        {"from": None, "text": "a channel's post"},
        {"new_chat_members": [ADA]},
        {"pinned_message": {}},
        {"chat": GROUP, "text": "to everybody"},
        {"chat": GROUP, "document": SONG},
    ],
)
def test_what_is_not_for_us_is_no_deed(body: dict[str, Any]) -> None:
    assert told(**body) is None


def test_in_a_group_an_answer_to_us_and_our_name_are_for_us() -> None:
    ours = {"message_id": 4, "from": {"id": ME.id, "is_bot": True}}
    assert deed(chat=GROUP, text="thanks", reply_to_message=ours).payload["answers"] == "4"
    assert told(chat=GROUP, text="hey @Lathe_bot") is not None


def test_a_group_that_moves_is_one_event_on_both_sides() -> None:
    there = deed(chat={"id": -5, "type": "group"}, migrate_to_chat_id=-1005)
    here = deed(chat={"id": -1005, "type": "supergroup"}, migrate_from_chat_id=-5)
    assert there.event_id == here.event_id
    assert (there.kind, there.person, there.payload) == (Kind.MOVED, None, {"from": "-5", "to": "-1005"})


def test_half_a_character_does_not_get_in() -> None:
    found = deed(text="song \ud83d", document={**SONG, "file_name": "\udc00.wav"})
    assert found.payload["text"].encode()
    assert found.files[0].name.encode()


def test_a_refund_is_a_payment_that_went_back() -> None:
    money = {
        "invoice_payload": "o:2",
        "total_amount": 6,
        "currency": "XTR",
        "telegram_payment_charge_id": "c",
    }
    assert deed(refunded_payment=money).payload == {
        "state": "refunded",
        "payload": "o:2",
        "amount": 6,
        "currency": "XTR",
        "charge": "c",
        "provider": None,
    }


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ("chat", "from", "id", "type", "text", "document", "data", "entities", "message", "update_id",
                 "reply_to_message", "migrate_to_chat_id", "successful_payment", "new_chat_member", "status")
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(("message", "callback_query", "my_chat_member")), JSON, max_size=2))
def test_an_update_is_a_deed_or_none_or_unreadable(body: dict[str, Any]) -> None:
    try:
        found = read({"update_id": 9, **body}, ME, NOW)
    except Unreadable:
        return
    assert found is None or isinstance(found, Incoming)
