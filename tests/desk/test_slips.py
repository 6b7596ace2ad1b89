"""Hands that slip: old buttons, forms left open, other people's orders, the same person at two places."""

from core.jobs import JobKind
from core.orders import OrderState
from core.people import account_id
from core.songs import SongState
from tests.desk.studio import Studio, looked_into, media
from tests.desk.test_first_order import bought, previewed
from tests.desk.test_people import at_the_desk

FAULT = {"code": "clipped", "details": {"samples": 9}}


async def faulty(studio: Studio, *names: str) -> None:
    """Songs that are offered, each with a fault, so that each can be left out or replaced."""
    await studio.drops("ada", *names)
    await studio.checks(len(names), advice=[FAULT])


async def titles(studio: Studio) -> list[str]:
    return [song.title for song in (await studio.project("ada")).ready]


async def test_a_form_left_open_does_not_swallow_a_wish(studio: Studio) -> None:
    await previewed(studio)
    await studio.presses("ada", "Talk to a human")
    await studio.presses("ada", "Ask for changes")
    await studio.says("ada", "1.5 dB louder")
    assert "Volume up 1.5 dB" in studio.card("ada", "changes:").text


async def test_a_command_ends_a_form_that_was_left_open(studio: Studio) -> None:
    await studio.drops("ada", "a.wav")
    await studio.checks()
    await studio.presses("ada", "Title and artist")
    await studio.commands("ada", "continue")
    await studio.says("ada", "hello?")
    assert await titles(studio) == ["a"]


async def test_what_one_says_elsewhere_does_not_end_a_form(studio: Studio) -> None:
    await studio.commands("ada", "human")
    await studio.commands("ada", "help", place="room:lounge")
    await studio.says("ada", "is anybody there?")
    assert "written it down" in studio.last("ada").text


async def test_where_others_read_along_even_help_is_one_line(studio: Studio) -> None:
    for line in ("help", "language", "language de"):
        await studio.commands("ada", line, place="room:lounge")
        told = studio.last("room:lounge").text
        assert "private chat" in told
        assert "\n" not in told


async def test_nobody_reads_the_title_of_anothers_order_in_a_form(studio: Studio) -> None:
    await studio.drops("ada", "secret album.wav")
    await studio.checks()
    order = (await studio.project("ada")).order
    await studio.presses_raw("eve", f"form.details:{order.id}")
    await studio.presses_raw("eve", "form-skip:me")
    assert not [text for text in studio.told("eve") if "secret album" in text]


async def test_a_form_about_an_order_shows_no_title_where_others_read_along(studio: Studio) -> None:
    await studio.drops("ada", "secret album.wav")
    await studio.checks()
    await studio.commands("ada", "confidential on")
    order = (await studio.project("ada")).order
    await studio.presses_raw("ada", f"form.details:{order.id}", place="room:lounge")
    assert not [text for text in studio.told("room:lounge") if "secret album" in text]


async def test_nobody_sees_anothers_order(studio: Studio) -> None:
    await studio.drops("ada", "a.wav")
    await studio.checks()
    order = (await studio.project("ada")).order
    for verb in ("show", "cancel", "style", "style.warm", "leave-out.1", "replace.1", "files", "unwish.all"):
        await studio.presses_raw("eve", f"{verb}:{order.id}")
        assert studio.last("eve").text == "That button is not for you."


async def test_staff_of_low_rank_give_no_money_back(studio: Studio) -> None:
    await at_the_desk(studio)
    await studio.grants("engineer", "sam")
    await bought(studio)
    order = (await studio.project("ada")).order
    await studio.presses_raw("sam", f"refund:{order.id}", place="room:desk")
    assert studio.last("room:desk").text == "You are engineer here; that is for: owner, manager."


async def test_an_artist_presses_nothing_of_the_staffs(studio: Studio) -> None:
    await at_the_desk(studio)
    await bought(studio)
    await studio.fails(JobKind.RENDER, "broken")
    await studio.presses("ada", "Talk to a human")
    await studio.says("ada", "what now?")
    order = (await studio.project("ada")).order
    thread = (studio.card("room:desk", "thread:").key or "").removeprefix("thread:")
    await studio.presses_raw("ada", f"retry:{order.id}")
    assert studio.last("ada").text == "That button is not for you."
    await studio.presses_raw("ada", f"close:{thread}")
    assert studio.last("ada").text == "That is for the staff."
    await studio.presses_raw("eve", f"form.reply:{thread}")
    await studio.says("eve", "I am the studio, send me money")
    assert not [text for text in studio.told("ada") if "send me money" in text]


async def test_a_song_dropped_between_question_and_answer_is_its_senders_own(studio: Studio) -> None:
    await at_the_desk(studio)
    await studio.commands("ada", "human hello")
    await studio.presses("olga", "Reply", place="room:desk")
    await studio.drops("olga", "my own.wav")
    job = await studio.takes(JobKind.FETCH)
    assert job.person == job.payload["scope"] == account_id("terminal", "olga")


async def test_an_old_button_leaves_out_the_song_it_named_or_none(studio: Studio) -> None:
    await faulty(studio, "2 b.wav", "3 c.wav")
    old = studio.card("ada")
    await faulty(studio, "1 a.wav")
    await studio.presses("ada", "Leave out no. 2", on=old)  # was c, would now be b
    assert await titles(studio) == ["a", "b", "c"]


async def test_a_new_mix_takes_the_place_of_its_own_song_though_the_places_have_moved(studio: Studio) -> None:
    await faulty(studio, "1 a.wav", "2 b.wav", "3 c.wav")
    await studio.presses("ada", "Send a new mix of no. 2")
    await studio.presses("ada", "Leave out no. 1")
    assert "new mix of no. 1" in studio.card("ada").text
    await studio.drops("ada", "2 b louder.wav")
    await studio.checks()
    assert await titles(studio) == ["b louder", "c"]


async def test_a_press_nobody_could_have_made_is_answered_and_not_set_aside(studio: Studio) -> None:
    await faulty(studio, "1 a.wav", "2 b.wav")
    order = (await studio.project("ada")).order
    for action in (f"leave-out.x:{order.id}:{order.rev}", f"replace:{order.id}:{order.rev}", "nonsense", ":"):
        await studio.presses_raw("ada", action)
    assert await titles(studio) == ["a", "b"]


async def test_the_same_file_twice_in_one_drop_is_pointed_out_before_it_is_paid_twice(studio: Studio) -> None:
    await studio.drops("ada", "a.wav", "a copy.wav")
    for _ in range(2):
        await studio.does(JobKind.FETCH, {"source": "x", "sha256": "same", "size": 1})
    for _ in range(2):
        await studio.does(JobKind.INTAKE, looked_into())
    assert "in this order twice" in studio.card("ada").text
    assert not studio.card("ada").has("Show order")
    await studio.presses("ada", "Leave out no. 2")
    assert "twice" not in studio.card("ada").text
    assert studio.card("ada").has("Pay $6")


async def test_files_that_come_with_the_paying_tap_are_an_order_of_their_own(studio: Studio) -> None:
    await studio.drops("ada", "a.wav")
    await studio.checks()
    await studio.presses("ada", "Pay")
    await studio.drops("ada", "b.wav")
    assert len((await studio.project("ada")).songs) == 1
    await studio.settles()
    await studio.does(JobKind.FETCH, {"source": "x", "sha256": "b", "size": 1})
    await studio.masters()
    await studio.does(JobKind.INTAKE, looked_into())
    assert studio.card("ada").has("Pay $6")


async def test_what_becomes_confidential_leaves_the_staff_cards_too(studio: Studio) -> None:
    await at_the_desk(studio)
    await studio.drops("ada", "secret album.wav")
    await studio.checks()
    await studio.presses("ada", "Talk to a human")
    await studio.says("ada", "hello")
    assert "secret album" in studio.card("room:desk", "thread:").text
    await studio.commands("ada", "confidential on")
    assert "secret album" not in studio.card("room:desk", "thread:").text


async def test_what_was_asked_for_is_still_known_when_staff_let_the_engine_try_again(studio: Studio) -> None:
    await at_the_desk(studio)
    await previewed(studio)
    await studio.says("ada", "1.5 dB louder")
    await studio.presses("ada", "Send")
    await studio.fails(JobKind.RENDER, "broken")
    await studio.presses("olga", "Try again", place="room:desk")
    job = await studio.takes(JobKind.RENDER)
    assert job.payload["asked"] == ["Volume up 1.5 dB"]


async def test_a_second_hand_that_lets_the_engine_try_again_is_told_and_the_artist_hears_nothing(
    studio: Studio,
) -> None:
    await at_the_desk(studio)
    await bought(studio)
    await studio.fails(JobKind.RENDER, "broken")
    card = studio.card("room:desk", "aside:")
    heard = len(studio.told("ada"))
    for _ in range(2):
        await studio.presses("olga", "Try again", on=card, place="room:desk")
    assert studio.last("room:desk").text == "olga was faster: it is being tried again."
    assert len(studio.told("ada")) == heard


async def test_one_song_of_an_album_breaks_and_only_it_is_made_again(studio: Studio) -> None:
    await at_the_desk(studio)
    await studio.drops("ada", "1 a.wav", "2 b.wav")
    await studio.checks(2)
    await studio.presses("ada", "One album")
    await studio.presses("ada", "Pay")
    await studio.settles()
    await studio.masters()
    await studio.fails(JobKind.RENDER, "broken")
    await studio.presses("olga", "Try again", place="room:desk")
    await studio.masters()
    await studio.does(JobKind.ALBUM, {"picture": media("picture", "levels.png")})
    assert "a v1" in studio.last("ada").text
    assert "b v1" in studio.last("ada").text
    assert all(song.state is SongState.READY for song in (await studio.project("ada")).songs)


async def test_a_child_who_has_paid_gets_everything_back(studio: Studio) -> None:
    await bought(studio, "kid")
    await studio.commands("kid", "terms")
    await studio.presses("kid", "I am under 13")
    await studio.does(JobKind.REFUND, {"provider_id": "demo-1", "declined": None})
    await studio.takes(JobKind.SHRED)
    assert "$6" in studio.last("kid").text
    project = await studio.project("kid")
    assert [song.title for song in project.songs] == [""]


async def test_a_child_whose_payment_was_on_its_way_gets_it_back_when_it_arrives(studio: Studio) -> None:
    await studio.drops("kid", "a.wav")
    await studio.checks()
    await studio.presses("kid", "Terms")
    terms = studio.last("kid")
    await studio.presses("kid", "Pay")
    await studio.presses("kid", "I am under 13", on=terms)
    await studio.settles()
    await studio.does(JobKind.SHRED, {"blobs": 3})
    await studio.does(JobKind.REFUND, {"provider_id": "demo-1", "declined": None})
    assert "You have $6 back" in studio.last("kid").text
    assert (await studio.project("kid")).order.state is OrderState.CANCELLED
    assert await studio.idle()


async def test_a_child_keeps_what_was_released_and_nothing_else_is_kept(studio: Studio) -> None:
    await previewed(studio, "kid")
    await studio.presses("kid", "Approve")
    await studio.delivers()
    await studio.commands("kid", "terms")
    await studio.presses("kid", "I am under 13")
    project = await studio.project("kid")
    assert project.order.state is OrderState.COMPLETED
    assert [(song.title, song.file.name, song.source) for song in project.songs] == [("", "", None)]
    assert [(version.master, version.previews, version.files) for version in project.versions] == [
        (None, (), ())
    ]
    await studio.does(JobKind.SHRED, {"blobs": 3})
    assert await studio.idle()


async def test_what_of_a_child_could_not_be_deleted_is_told_to_the_staff(studio: Studio) -> None:
    await at_the_desk(studio)
    await studio.commands("kid", "terms")
    await studio.presses("kid", "I am under 13")
    await studio.fails(JobKind.SHRED, "broken")
    assert account_id("terminal", "kid") in studio.card("room:desk", "undeleted:").text


async def test_a_child_with_a_free_preview_owes_nothing(studio: Studio) -> None:
    studio.charges("before-files")
    await studio.drops("kid", "a.wav")
    await studio.checks()
    await studio.presses("kid", "Make a preview - free")
    await studio.commands("kid", "terms")
    await studio.presses("kid", "I am under 13")
    await studio.does(JobKind.SHRED, {"blobs": 3})
    assert await studio.idle()
    assert "Nothing was charged" in studio.card("kid").text
