"""The page of an order as a member sees it: they hear it, and have no file of it."""

from dataclasses import replace

from core.changes import Changes, Move
from core.members import MemberState
from core.messages import Action
from core.orders import OrderState
from tests.bots.web.browsing import Answer
from tests.bots.web.ordering import MUSIC, Studio
from tests.storage.things import message


async def presses(studio: Studio, action: str) -> Answer:
    stamp = (await studio.ask(token=studio.member)).page.stamp
    return await studio.ask("/press", "POST", token=studio.member, data={"stamp": stamp, "action": action})


async def test_a_member_hears_and_sees_what_is_made(studio: Studio) -> None:
    page = (await studio.ask(token=studio.member)).page
    (source,) = page.all("audio", "src")
    assert str(source).endswith(f"/media/{studio.clip.sha256}")
    heard = await studio.ask(f"/media/{studio.clip.sha256}", token=studio.member)
    assert (heard.status, heard.body) == (200, MUSIC)
    assert studio.front.deeds == []  # the artist's days do not begin with it


async def test_a_member_may_add_to_the_list_and_press_nothing_else(studio: Studio) -> None:
    page = (await studio.ask(token=studio.member)).page
    assert page.pressable == ["changes:order1:1"]
    assert (await presses(studio, "approve:order1:1")).status == 400
    assert (await presses(studio, "changes:order1:1")).status == 303
    (deed,) = studio.front.deeds
    assert (deed.person, deed.payload) == ("mia", {"action": Action("changes", "order1", 1).pack()})


async def test_a_member_sees_no_money_and_no_files(studio: Studio) -> None:
    await studio.moved(state=OrderState.OFFERED, paid_at=None, version=0)
    offered = (await studio.ask(token=studio.member)).text
    assert "Pay" not in offered
    assert "$" not in offered


async def test_the_files_of_a_released_order_are_not_a_members(studio: Studio) -> None:
    await studio.released()
    page = (await studio.ask(token=studio.member)).text
    assert studio.files[0].sha256 not in page
    assert "zip" not in page
    for way in (f"/files/{studio.files[0].sha256}", "/everything.zip"):
        assert (await studio.ask(way, token=studio.member)).status == 403


async def test_the_page_says_when_a_members_link_ends(studio: Studio) -> None:
    page = (await studio.ask(token=studio.member)).text
    assert "It ends when you leave the order." in page
    assert "/revoke" not in page


async def test_the_link_of_who_has_left_opens_nothing(studio: Studio) -> None:
    (member,) = (await studio.project()).members
    gone = replace(member, state=MemberState.GONE)
    await studio.rooms.store.commit(message(), Changes(members=(Move(member, gone),)))
    assert (await studio.ask(token=studio.member)).status == 410
