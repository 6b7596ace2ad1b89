"""What could not be sent is opened by a private link, and the days count from then (C3)."""

from datetime import timedelta

import pytest

from core.access import admitted, opened
from core.consent import ConsentKind
from core.ids import seen
from core.links import Link, Pass, Standing
from core.messages import HOUSE, Button, Incoming, Kind
from core.orders import OrderState, Parcel
from core.people import Role
from core.snapshot import Needs
from tests.databases import EVERY, past_the_store
from tests.desk.studio import START, Studio
from tests.desk.test_first_order import bought, previewed
from tests.desk.test_people import at_the_desk

pytestmark = EVERY

ROOM = "room:lounge"


async def refused(studio: Studio) -> None:
    """A preview that could not be sent, to somebody whom nothing reaches in private."""
    await bought(studio)
    studio.refusing.add("ada")
    await studio.masters()


def ways(studio: Studio, who: str = ROOM) -> list[Button]:
    return [button for button in studio.last(who).buttons if button.link]


async def opens(studio: Studio, parcel: Parcel, version: int = 1, file: str = "ab") -> None:
    """What the web door hands in when somebody fetches a file."""
    order = (await studio.project("ada")).order
    payload = {"order": order.id, "version": version, "kind": parcel.value}
    event = Incoming(
        HOUSE,
        f"opened:{order.id}:{file}",
        order.person,
        "",
        private=True,
        kind=Kind.OPENED,
        at=studio.clock.now(),
        payload=payload,
    )
    await studio.store.receive(event)
    await studio.desk.handle(event)
    await studio.relays()


async def asks_in_place(studio: Studio) -> None:
    """A command in a room, at a door that can answer so that nobody else sees it."""
    event = Incoming(
        "terminal",
        f"in-place-{len(studio.notices)}",
        "ada",
        ROOM,
        private=False,
        kind=Kind.COMMAND,
        at=studio.clock.now(),
        payload={"name": "continue", "arguments": ""},
        reply_handle="interaction",
    )
    await studio.desk.handle(event)
    await studio.relays()


async def opens_something(studio: Studio, link: Link) -> bool:
    project = (await studio.store.load(Needs(HOUSE, order=link.order))).project
    assert project is not None
    return opened(project, link, studio.clock.now()) is not None


async def test_all_that_a_preview_and_a_delivery_bring_has_a_private_link(studio: Studio) -> None:
    await previewed(studio)
    preview = studio.last("ada")
    await studio.presses("ada", "Approve")
    await studio.delivers()
    files = studio.last("ada")
    for shown in (preview, files):
        assert shown.media
        for media in shown.media:
            assert await opens_something(studio, media.link)
    assert not studio.card("ada").media


@pytest.mark.parametrize("line", ["start", "continue", "orders"])
async def test_who_could_not_be_reached_finds_the_way_in_whatever_they_say_next(
    studio: Studio, line: str
) -> None:
    await refused(studio)
    studio.refusing.clear()
    await studio.commands("ada", line)
    (way,) = [button for shown in studio.notices for button in shown.buttons if button.link]
    assert way.label == "Open privately: preview of order 1000"
    assert way.link is not None
    assert await opens_something(studio, way.link)


async def test_a_room_shows_the_way_only_where_the_answer_is_seen_by_nobody_else(studio: Studio) -> None:
    await refused(studio)
    await studio.commands("ada", "continue", place=ROOM)
    assert ways(studio) == []
    await asks_in_place(studio)
    (way,) = ways(studio)
    assert "midnight" not in way.label


async def test_a_preview_that_could_not_be_sent_is_heard_when_it_is_opened(studio: Studio) -> None:
    await at_the_desk(studio)
    await refused(studio)
    await studio.passes(days=10)
    await opens(studio, Parcel.PREVIEW)
    order = (await studio.project("ada")).order
    assert order.first_sent == START + timedelta(days=10)
    assert order.deadline == START + timedelta(days=15)  # C3
    assert "was opened" in studio.card("room:desk", "unreachable:").text
    await asks_in_place(studio)
    assert ways(studio) == []
    await studio.passes(days=6)
    assert (await studio.project("ada")).order.state is OrderState.COMPLETED


async def test_opening_it_again_or_another_of_its_files_moves_nothing(studio: Studio) -> None:
    await refused(studio)
    await opens(studio, Parcel.PREVIEW)
    order = (await studio.project("ada")).order
    await studio.passes(days=1)
    await opens(studio, Parcel.PREVIEW)
    await opens(studio, Parcel.PREVIEW, file="cd")
    again = (await studio.project("ada")).order
    assert (again.first_sent, again.last_sent, again.deadline) == (order.first_sent, None, order.deadline)


async def test_opening_a_preview_that_was_sent_moves_nothing(studio: Studio) -> None:
    await previewed(studio)
    deadline = (await studio.project("ada")).order.deadline
    await studio.passes(days=2)
    await opens(studio, Parcel.PREVIEW)
    assert (await studio.project("ada")).order.deadline == deadline


async def test_a_newer_version_that_arrives_needs_no_way_to_the_older(studio: Studio) -> None:
    await refused(studio)
    order = (await studio.project("ada")).order
    await studio.presses_raw("ada", f"wish.volume-up:{order.id}")
    batch = (await studio.project("ada")).batches[0]
    await studio.presses_raw("ada", f"send:{order.id}:{seen(batch.id, batch.rev)}")
    studio.refusing.clear()
    await studio.masters()
    await asks_in_place(studio)
    assert ways(studio) == []
    assert (await studio.project("ada")).order.deadline == START + timedelta(days=5)


async def test_a_second_version_that_could_not_be_sent_gives_its_two_days_from_its_opening(
    studio: Studio,
) -> None:
    await previewed(studio)
    await studio.passes(days=4)
    await studio.says("ada", "louder")
    await studio.presses("ada", "Send")
    studio.refusing.add("ada")
    await studio.masters()
    await studio.passes(days=8)
    await opens(studio, Parcel.PREVIEW, version=2)
    assert (await studio.project("ada")).order.deadline == START + timedelta(days=14)  # A13


async def test_files_that_could_not_be_sent_are_found_the_same_way(studio: Studio) -> None:
    await at_the_desk(studio)
    await previewed(studio)
    await studio.presses("ada", "Approve")
    studio.refusing.add("ada")
    await studio.delivers()
    assert "files could not be sent" in studio.card("room:desk", "unreachable:").text
    await studio.passes(days=6)  # it is complete by now
    await asks_in_place(studio)
    (way,) = ways(studio)
    assert way.label == "Open privately: files of order 1000"
    assert way.link is not None
    assert await opens_something(studio, way.link)
    await opens(studio, Parcel.FILES)
    assert "were opened" in studio.card("room:desk", "unreachable:").text
    await asks_in_place(studio)
    assert ways(studio) == []


async def test_files_that_are_sent_again_and_arrive_need_no_other_way(studio: Studio) -> None:
    await previewed(studio)
    await studio.presses("ada", "Approve")
    studio.refusing.add("ada")
    await studio.delivers()
    studio.refusing.clear()
    order = (await studio.project("ada")).order
    await studio.presses_raw("ada", f"files:{order.id}")
    await asks_in_place(studio)
    assert ways(studio) == []


async def test_revoke_stops_every_link_that_was_sent_and_gives_new_ones(studio: Studio) -> None:
    await previewed(studio)
    await studio.presses("ada", "Approve")
    await studio.delivers()
    sent = [media.link for shown in studio.notices for media in shown.media]
    await studio.passes(days=6)
    await studio.drops("ada", "b.wav")
    await studio.commands("ada", "revoke")
    assert "of 1 order are stopped" in studio.last("ada").text
    assert sent
    assert not any([await opens_something(studio, link) for link in sent])
    order = (await studio.store.load(Needs(HOUSE, order=sent[0].order))).project
    assert order is not None
    await studio.presses_raw("ada", f"files:{order.order.id}")
    for media in studio.last("ada").media:
        assert await opens_something(studio, media.link)


async def test_revoke_shows_the_new_way_to_what_could_not_be_sent(studio: Studio) -> None:
    await refused(studio)
    await asks_in_place(studio)
    (old,) = ways(studio)
    studio.refusing.clear()
    await studio.commands("ada", "revoke")
    (new,) = [
        button for shown in studio.notices if shown.to == "ada" for button in shown.buttons if button.link
    ]
    assert old.link is not None
    assert new.link is not None
    assert not await opens_something(studio, old.link)
    assert await opens_something(studio, new.link)


async def test_revoke_leaves_the_buttons_of_an_order_good(studio: Studio) -> None:
    studio.charges("before-files")
    await studio.drops("ada", "a.wav")
    await studio.checks()
    await studio.presses("ada", "Make a preview - free")
    await studio.masters()
    await studio.commands("ada", "revoke")
    await studio.presses("ada", "Pay $6", on=studio.card("ada"))
    await studio.settles()
    assert (await studio.project("ada")).order.state is OrderState.RELEASED


async def test_revoke_of_nothing_says_so(studio: Studio) -> None:
    await studio.drops("ada", "a.wav")
    await studio.commands("ada", "revoke")
    assert studio.last("ada").text == "There are no private links to stop."
    await studio.checks()
    assert await studio.idle()


@pytest.mark.parametrize("checked", [False, True])
async def test_revoke_stops_the_page_of_an_order_that_is_only_begun(studio: Studio, checked: bool) -> None:
    studio.opens_pages()
    await studio.drops("ada", "a.wav")
    if checked:
        await studio.checks()
        await studio.passes(minutes=5)
    before = page_on(studio)
    await studio.commands("ada", "revoke")
    assert "of 1 order are stopped" in studio.last("ada").text
    project = await studio.project("ada")
    person = await studio.store.person_of("terminal", "ada")
    assert person is not None
    assert not admitted(project, person, before, studio.clock.now())
    assert admitted(project, person, page_on(studio), studio.clock.now())
    if checked:
        await studio.presses("ada", "Pay $6", on=studio.card("ada"))
        await studio.settles()
        assert (await studio.project("ada")).order.state is OrderState.WORKING


def page_on(studio: Studio) -> Pass:
    """The pass on the card of ada's order."""
    (found,) = [button.link for button in studio.card("ada").buttons if isinstance(button.link, Pass)]
    return found


async def test_links_of_others_go_on(studio: Studio) -> None:
    await previewed(studio)
    link = studio.last("ada").media[0].link
    await previewed(studio, "bob")
    await studio.commands("bob", "revoke")
    assert await opens_something(studio, link)


# The staff


async def asks_for_help(studio: Studio) -> None:
    """An order with a thread about it, which support sees at the staff desk."""
    studio.opens_pages()
    await at_the_desk(studio)
    await studio.grants("support", "sven")
    await studio.drops("ada", "Secret Garden.wav")
    await studio.checks()
    await studio.presses("ada", "Talk to a human")
    await studio.says("ada", "where is it?")


async def looks(studio: Studio, who: str = "sven") -> Pass:
    """The link that somebody of the staff is given in private, with a pointer to it in the room."""
    await studio.presses(who, "Look at the order", place="room:desk")
    assert "sent you the link in private" in studio.last("room:desk").text
    assert not ways(studio, "room:desk")
    (button,) = ways(studio, who)
    assert isinstance(button.link, Pass)
    return button.link


async def opens_the_page(studio: Studio, who: str, shown: Pass) -> bool:
    snapshot = await studio.store.load(Needs("terminal", external=who, order=shown.order))
    assert snapshot.project is not None
    assert snapshot.actor is not None
    return admitted(snapshot.project, snapshot.actor, shown, studio.clock.now())


async def test_the_staff_are_given_a_link_of_their_own_in_private(studio: Studio) -> None:
    await asks_for_help(studio)
    shown = await looks(studio)
    assert (shown.standing, shown.role) == (Standing.STAFF, Role.SUPPORT)
    assert await opens_the_page(studio, "sven", shown)
    assert not await opens_the_page(studio, "ada", shown)
    await studio.passes(days=studio.rules.links.days)
    await studio.passes(seconds=1)
    assert not await opens_the_page(studio, "sven", shown)


@pytest.mark.parametrize("then", ["viewer", "support"])
async def test_a_link_of_the_staff_is_dead_once_their_role_is_less(studio: Studio, then: str) -> None:
    await asks_for_help(studio)
    await studio.grants("manager", "sven")
    shown = await looks(studio)
    await studio.grants("owner", "sven")
    assert await opens_the_page(studio, "sven", shown)
    await studio.grants(then, "sven")
    assert not await opens_the_page(studio, "sven", shown)
    await studio.grants("manager", "sven")
    assert await opens_the_page(studio, "sven", shown)


async def test_a_link_of_the_staff_ends_with_those_of_the_artist(studio: Studio) -> None:
    await asks_for_help(studio)
    shown = await looks(studio)
    await studio.commands("ada", "revoke")
    assert not await opens_the_page(studio, "sven", shown)
    assert await opens_the_page(studio, "sven", await looks(studio))


@pytest.mark.parametrize(
    ("role", "told"),
    [
        ("viewer", "You are viewer here; that is for: owner, manager, support."),
        ("engineer", "You are engineer here; that is for: owner, manager, support."),
        (None, "That button is not for you."),
    ],
)
async def test_who_may_not_see_orders_is_given_no_link(studio: Studio, role: str | None, told: str) -> None:
    await asks_for_help(studio)
    if role:
        await studio.grants(role, "vera")
    await studio.presses("vera", "Look at the order", place="room:desk")
    assert studio.last("room:desk").text == told
    assert not [shown for shown in studio.notices if shown.to == "vera"]


async def test_of_a_confidential_order_the_staff_say_first_that_they_know(studio: Studio, url: str) -> None:
    await asks_for_help(studio)
    await studio.commands("ada", "confidential on")
    await studio.presses("sven", "Look at the order", place="room:desk")
    assert "confidential" in studio.last("room:desk").text
    assert not [shown for shown in studio.notices if shown.to == "sven"]
    await studio.presses("sven", "Look at it", place="room:desk")
    (button,) = ways(studio, "sven")
    assert isinstance(button.link, Pass)
    assert await opens_the_page(studio, "sven", button.link)
    with past_the_store(url) as raw:
        noted = list(raw.execute("""SELECT person, "order", kind FROM consents"""))
    assert noted == [(button.link.person, button.link.order, ConsentKind.CONFIDENTIAL.value)]


async def test_where_browsers_do_not_reach_the_house_there_is_nothing_to_look_at(studio: Studio) -> None:
    await at_the_desk(studio)
    await studio.drops("ada", "a.wav")
    await studio.checks()
    await studio.presses("ada", "Talk to a human")
    await studio.says("ada", "where is it?")
    assert not studio.card("room:desk", "thread:").has("Look at the order")
