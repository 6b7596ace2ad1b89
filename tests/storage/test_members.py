"""Members of a project as rows: loaded with their orders, once in each, and without a name of their own."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from core.changes import Changes, Move
from core.linking import Join, LinkCode, as_one
from core.members import Invitation, Member, MemberState
from core.orders import OrderState
from core.people import Identity, Person, account_id
from core.ports import Outdated
from core.snapshot import Needs
from storage.store import TortoiseStore
from tests.databases import EVERY, Refused, past_the_store
from tests.storage.things import NOON, account, message, newcomer, order

pytestmark = EVERY

ANN, BEN = account("ann"), account("ben")
HASH = "ab" * 32


def a_member(id_: str, person: str = BEN, of: str = "order-1") -> Member:
    return Member(id_, of, person, MemberState.IN, NOON, "a name of long ago", "de")


@pytest.fixture
async def shared(store: TortoiseStore) -> TortoiseStore:
    """Ann has an order, and Ben hears it."""
    for name in ("ann", "ben"):
        await store.commit(message(name), newcomer(name))
    changes = Changes(
        orders=(Move(None, order(invitation=Invitation(HASH, NOON + timedelta(days=7)))),),
        members=(Move(None, a_member("m1")),),
    )
    await store.commit(message("ann"), changes)
    return store


async def members(store: TortoiseStore) -> tuple[Member, ...]:
    project = (await store.load(Needs("terminal", external="ann", order="order-1"))).project
    assert project is not None
    return project.members


async def test_an_order_is_loaded_with_its_members_called_as_they_are_called_now(
    shared: TortoiseStore,
) -> None:
    (member,) = await members(shared)
    assert (member.id, member.person, member.name, member.locale) == ("m1", BEN, "Ben", "en")


async def test_no_name_stands_in_the_row(shared: TortoiseStore, url: str) -> None:
    with past_the_store(url) as raw:
        ((data,),) = raw.execute("SELECT data FROM members")
    assert "long ago" not in data
    assert json.loads(data)["person"] == BEN


async def test_who_is_a_member_has_the_order_among_those_shared_with_them(shared: TortoiseStore) -> None:
    snapshot = await shared.load(Needs("terminal", external="ben"))
    assert [project.order.id for project in snapshot.shared] == ["order-1"]
    assert snapshot.open == ()
    assert (await shared.load(Needs("terminal", external="ann"))).shared == ()


async def test_an_order_that_is_over_is_shared_no_longer(shared: TortoiseStore) -> None:
    project = (await shared.load(Needs("terminal", external="ann"))).open[0]
    over = replace(project.order, state=OrderState.COMPLETED)
    await shared.commit(message("ann"), Changes(orders=(Move(project.order, over),)))
    assert (await shared.load(Needs("terminal", external="ben"))).shared == ()


async def test_an_order_is_found_by_the_code_that_lets_people_in(shared: TortoiseStore) -> None:
    found = await shared.load(Needs("terminal", external="ben", invitation=HASH))
    assert found.project is not None
    assert found.artist is not None
    assert (found.project.order.id, found.artist.id) == ("order-1", ANN)
    assert (await shared.load(Needs("terminal", external="ben", invitation="cd" * 32))).project is None


async def test_nobody_is_a_member_twice_at_one_time(shared: TortoiseStore, url: str) -> None:
    with past_the_store(url) as raw, pytest.raises(Refused):
        raw.execute(
            f"""INSERT INTO members (id, "order", person, state, rev, data)
            VALUES ('m2', 'order-1', '{BEN}', 'in', 0, '{{}}')"""
        )


async def test_who_has_gone_may_come_again(shared: TortoiseStore) -> None:
    (member,) = await members(shared)
    gone = replace(member, state=MemberState.GONE)
    await shared.commit(message("ben"), Changes(members=(Move(member, gone),)))
    assert await members(shared) == ()
    await shared.commit(message("ben"), Changes(members=(Move(None, a_member("m2")),)))
    assert [member.id for member in await members(shared)] == ["m2"]


async def test_of_two_who_remove_a_member_one_is_too_late(shared: TortoiseStore) -> None:
    (member,) = await members(shared)
    gone = Changes(members=(Move(member, replace(member, state=MemberState.GONE)),))
    await shared.commit(message("ann"), gone)
    with pytest.raises(Outdated):
        await shared.commit(message("ben"), gone)


async def test_two_members_who_become_one_account_are_one_member(shared: TortoiseStore) -> None:
    other = await met_elsewhere(shared)
    await shared.commit(message("ann"), Changes(members=(Move(None, a_member("m2", other)),)))
    await become_one(shared, gone=other, into="ben")
    assert [(member.id, member.person) for member in await members(shared)] == [("m1", BEN)]


async def test_a_member_who_becomes_another_account_stays_one(shared: TortoiseStore) -> None:
    other = await met_elsewhere(shared)
    await shared.commit(
        message("ann"),
        Changes(
            orders=(Move(None, order("order-2", 1001)),),
            members=(Move(None, a_member("m2", other, "order-2")),),
        ),
    )
    await become_one(shared, gone=other, into="ben")
    snapshot = await shared.load(Needs("terminal", external="ben"))
    assert {(one.order.id, one.members[0].person) for one in snapshot.shared} == {
        ("order-1", BEN),
        ("order-2", BEN),
    }


async def test_who_becomes_whose_order_it_is_is_no_member_of_it(shared: TortoiseStore) -> None:
    other = await met_elsewhere(shared)
    await shared.commit(message("ann"), Changes(members=(Move(None, a_member("m2", other)),)))
    await become_one(shared, gone=other, into="ann")
    assert [member.id for member in await members(shared)] == ["m1"]


async def met_elsewhere(store: TortoiseStore) -> str:
    """Somebody on Telegram."""
    id_ = account_id("telegram", "ben")
    person = Person(id_, "Benno", NOON)
    known = Identity("telegram", "ben", id_, "ben")
    deed = message("ben", door="telegram", place="ben")
    await store.commit(deed, Changes(people=(Move(None, person),), identities=(known,)))
    return id_


async def become_one(store: TortoiseStore, *, gone: str, into: str) -> None:
    code = LinkCode("f" * 64, account(into), NOON + timedelta(minutes=15))
    await store.commit(message(into), Changes(codes=(code,)))
    there = (await store.load(Needs("terminal", external=into))).actor
    here = (await store.load(Needs("telegram", external="ben"))).actor
    assert there is not None
    assert here is not None
    changes = Changes(
        people=(Move(here, replace(here, role=None)), Move(there, as_one(there, here))),
        joins=(Join(gone, there.id, code.hash),),
    )
    assert await store.commit(message("ben", door="telegram", place="ben"), changes)
