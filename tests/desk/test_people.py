"""A person to talk to, staff, age, language and confidence."""

from core.changes import Changes
from core.commands import COMMANDS
from core.desk.desk import Desk
from core.desk.scene import Ways
from core.jobs import JobKind
from core.ledger import GOODWILL, Transfer, TransferKind, of_credit
from core.messages import HOUSE, Incoming, Kind
from core.orders import OrderState
from tests.desk.studio import Studio
from tests.desk.test_first_order import bought, previewed


async def at_the_desk(studio: Studio) -> None:
    await studio.grants("owner", "olga")
    await studio.commands("olga", "staff here", place="room:desk")


async def gives_back(studio: Studio, why: str = "it is at fault") -> None:
    """Olga gives all the money back, says why, and the time in which she can undo it passes."""
    await studio.presses("olga", "Give the money back", place="room:desk")
    await studio.says("olga", why, place="room:desk")
    await studio.passes(minutes=1)


async def test_what_an_artist_says_reaches_the_staff_and_the_answer_comes_back(studio: Studio) -> None:
    await at_the_desk(studio)
    await studio.drops("ada", "a.wav")
    await studio.checks()
    await studio.presses("ada", "Talk to a human")
    await studio.says("ada", "can you do vinyl?")
    assert "ada: can you do vinyl?" in studio.card("room:desk", "thread:").text
    await studio.presses("olga", "Reply", place="room:desk")
    await studio.says("olga", "we can", place="room:desk")
    assert studio.last("ada").text == "olga from the studio: we can"
    await studio.presses("ada", "Answer")
    await studio.says("ada", "great")
    assert "olga (staff): we can" in studio.card("room:desk", "thread:").text
    assert "ada: great" in studio.card("room:desk", "thread:").text


async def test_a_question_before_there_is_a_desk_waits_for_the_first_one(studio: Studio) -> None:
    await studio.commands("ada", "human is anybody there?")
    assert "Nobody is" in studio.last("ada").text
    await at_the_desk(studio)
    assert "is anybody there?" in studio.card("room:desk", "thread:").text


async def test_a_question_that_waited_for_a_desk_is_shown_with_its_order(studio: Studio) -> None:
    await previewed(studio)
    await studio.presses("ada", "Talk to a human")
    await studio.says("ada", "the chorus is distorted")
    await at_the_desk(studio)
    card = studio.card("room:desk", "thread:")
    assert "Order 1000" in card.text
    assert card.has("Give the money back")


async def test_whoever_says_their_first_words_is_greeted_with_the_price(studio: Studio) -> None:
    await studio.says("ada", "hi")
    assert "Hello ada! I am the order desk" in studio.last("ada").text
    assert "Drop a song here and I will master it: $" in studio.last("ada").text
    await studio.says("ada", "hm")
    assert "did not understand" in studio.last("ada").text


async def test_only_staff_can_make_a_staff_desk(studio: Studio) -> None:
    await studio.commands("eve", "staff here", place="room:lounge")
    assert studio.last("room:lounge").text == "That is for the staff."


async def test_only_an_owner_gives_roles(studio: Studio) -> None:
    await at_the_desk(studio)
    await studio.commands("olga", "grant support terminal:sam", place="room:desk")
    await studio.commands("sam", "grant owner terminal:sam", place="room:desk")
    assert studio.last("room:desk").text == "You are support here; that is for: owner."


async def test_staff_can_give_the_money_back_from_a_thread(studio: Studio) -> None:
    await at_the_desk(studio)
    await previewed(studio)
    await studio.presses("ada", "Talk to a human")
    await studio.says("ada", "the chorus is distorted")
    await gives_back(studio, "it is distorted")
    await studio.does(JobKind.REFUND, {"provider_id": "demo-9", "declined": None})
    assert "olga from the studio: it is distorted" in studio.last("ada").text
    assert "$6" in studio.last("ada").text
    assert (await studio.project("ada")).order.state is OrderState.CANCELLED


async def test_under_thirteen_stops_everything_and_keeps_nothing(studio: Studio) -> None:
    await studio.drops("kid", "a.wav")
    await studio.checks()
    await studio.presses("kid", "Terms")
    await studio.presses("kid", "I am under 13")
    assert "guardian" in studio.last("kid").text
    job = await studio.takes(JobKind.SHRED)
    assert job.payload["scope"] == job.person
    project = await studio.project("kid")
    assert project.order.state is OrderState.CANCELLED
    assert [song.title for song in project.songs] == [""]
    await studio.drops("kid", "b.wav")
    assert "under 13" in studio.last("kid").text


async def test_the_language_changes_at_once(studio: Studio) -> None:
    await studio.commands("ada", "language de")
    await studio.drops("ada", "a.wav")
    await studio.checks()
    assert studio.card("ada").has("Mit einem Menschen sprechen")


async def test_a_title_never_leaves_a_private_place(studio: Studio) -> None:
    await at_the_desk(studio)
    await studio.drops("ada", "secret album.wav")
    await studio.checks()
    await studio.commands("ada", "confidential on")
    assert "confidential" in studio.card("ada").text
    await studio.presses("ada", "Talk to a human")
    await studio.says("ada", "hello")
    seen = [shown.text for (to, _), shown in studio.cards.items() if to.startswith("room:")] + studio.told(
        "room:desk"
    )
    assert not [text for text in seen if "secret album" in text]


async def test_confidential_is_on_off_or_asked_again_but_never_guessed(studio: Studio) -> None:
    await studio.drops("ada", "song.wav")
    await studio.checks()
    await studio.commands("ada", "confidential maybe")
    assert studio.last("ada").text == "Say /confidential on or /confidential off."
    assert not (await studio.project("ada")).order.confidential
    await studio.commands("ada", "confidential")
    assert (await studio.project("ada")).order.confidential
    await studio.commands("ada", "confidential Off")
    assert not (await studio.project("ada")).order.confidential


async def test_songs_are_not_taken_where_others_read_along(studio: Studio) -> None:
    await studio.says("ada", "", "a.wav", place="room:lounge")
    assert "private chat" in studio.last("room:lounge").text


async def test_title_and_artist_are_asked_step_by_step_and_can_be_left_as_they_are(studio: Studio) -> None:
    await studio.drops("ada", "a.wav")
    await studio.checks()
    await studio.presses("ada", "Title and artist")
    assert "now: a" in studio.last("ada").text
    await studio.presses("ada", "Leave as it is")
    await studio.says("ada", "Ada L")
    assert (await studio.project("ada")).order.artist == "Ada L"


async def test_never_mind_leaves_a_form(studio: Studio) -> None:
    await studio.commands("ada", "human")
    await studio.presses("ada", "Never mind")
    await studio.says("ada", "hello?")
    assert "did not understand" in studio.last("ada").text


async def test_credit_is_spent_before_outside_money(studio: Studio) -> None:
    await studio.commands("ada", "start")
    person = await studio.store.person_of("terminal", "ada")
    assert person is not None
    gift = Transfer(
        "gift",
        TransferKind.CREDIT,
        GOODWILL,
        of_credit(person.id),
        studio.rules.money(200),
        studio.clock.now(),
    )
    event = Incoming(HOUSE, "gift", person.id, "", private=True, kind=Kind.TICK, at=studio.clock.now())
    await studio.store.commit(event, Changes(transfers=(gift,)))
    await bought(studio)
    charges = (await studio.project("ada")).charges
    assert [(charge.till, charge.amount.amount) for charge in charges] == [("credit", 200), ("demo", 400)]
    assert await studio.credit("ada") == 0


async def test_every_command_of_the_list_is_answered(studio: Studio) -> None:
    await at_the_desk(studio)
    for command in COMMANDS:
        before = len(studio.notices)
        await studio.commands("olga", f"{command.name} x")
        assert len(studio.notices) > before, command.name


async def test_an_unknown_command_says_so(studio: Studio) -> None:
    await studio.commands("ada", "dance")
    assert "/dance" in studio.last("ada").text


async def test_a_staff_card_keeps_its_order_after_a_reply(studio: Studio) -> None:
    await at_the_desk(studio)
    await previewed(studio)
    await studio.presses("ada", "Talk to a human")
    await studio.says("ada", "hello?")
    await studio.presses("olga", "Reply", place="room:desk")
    await studio.says("olga", "hello!", place="room:desk")
    card = studio.card("room:desk", "thread:")
    assert "Order 1000" in card.text
    assert card.has("Give the money back")


async def test_an_offer_that_nobody_can_pay_says_so(studio: Studio) -> None:
    studio.desk = Desk(studio.store, studio.rules, studio.clock, studio.catalogues, Ways({}))
    await studio.drops("ada", "a.wav")
    await studio.checks()
    card = studio.card("ada")
    assert "no way to pay here yet" in card.text
    assert "By paying" not in card.text


async def test_a_room_that_is_no_staff_desk_any_more_is_shown_nothing(studio: Studio) -> None:
    await at_the_desk(studio)
    await studio.commands("olga", "staff here", place="room:lounge")
    await studio.commands("olga", "staff gone", place="room:lounge")
    assert "no staff desk any more" in studio.last("room:lounge").text
    before = len(studio.cards)
    await studio.commands("ada", "human hello")
    assert any(to == "room:desk" and key.startswith("thread:") for to, key in studio.cards)
    assert not any(to == "room:lounge" for to, _ in studio.cards)
    assert len(studio.cards) == before + 1
    await studio.commands("olga", "staff gone", place="room:lounge")
    assert studio.last("room:lounge").text == "This room is no staff desk."
