"""One person, one account: a code said on another platform joins two, with all that is theirs."""

import re

import pytest

from core.changes import Changes
from core.desk.desk import Desk
from core.jobs import JobKind
from core.ledger import GOODWILL, Transfer, TransferKind, of_credit
from core.linking import CHANCE, fresh_code, hash_of, short_hash
from core.links import Standing
from core.messages import HOUSE, Action, FileRef, Incoming, Kind
from core.orders import OrderState
from core.people import Person, Role
from core.ports import Outdated
from core.snapshot import Needs
from core.visits import PAGE
from storage.database import open_database
from storage.visits import Visits
from tests.databases import EVERY
from tests.desk.studio import Studio, door_of
from tests.desk.test_people import at_the_desk

pytestmark = EVERY

ADA, THERE = "discord:ada", "telegram:ada"


async def person(studio: Studio, who: str) -> Person:
    found = await studio.store.person_of(door_of(who), who)
    assert found is not None
    return found


async def code_for(studio: Studio, who: str) -> str:
    await studio.commands(who, "link")
    found = re.search(r"/link (\S{4}-\S{4})", studio.last(who).text)
    assert found, studio.last(who).text
    return found.group(1)


async def linked(studio: Studio, giver: str = ADA, other: str = THERE) -> None:
    code = await code_for(studio, giver)
    await studio.passes(seconds=1)
    await studio.commands(other, f"link {code}")
    await studio.presses(other, studio.last(other).buttons[0].label)  # in their language
    await studio.passes(seconds=1)


async def given_credit(studio: Studio, who: str, amount: int) -> None:
    account = of_credit((await person(studio, who)).id)
    gift = Transfer(
        f"gift-{who}",
        TransferKind.CREDIT,
        GOODWILL,
        account,
        studio.rules.money(amount),
        studio.clock.now(),
    )
    event = Incoming(HOUSE, f"gift-{who}", None, "", private=True, kind=Kind.TICK, at=studio.clock.now())
    assert await studio.store.commit(event, Changes(transfers=(gift,)))


async def previewed(studio: Studio, who: str) -> None:
    await studio.drops(who, "a.wav")
    await studio.checks()
    await studio.presses(who, "Pay")
    await studio.settles()
    await studio.masters()


def test_a_code_is_eight_signs_that_nobody_mistakes_however_it_is_typed() -> None:
    codes = {fresh_code(bytes([n] * CHANCE)) for n in range(256)}
    assert len(codes) == 256
    assert all(re.fullmatch(r"[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}", code) for code in codes)
    assert hash_of("K7QF-2M9X") == hash_of(" k7qf2m9x ") != hash_of("K7QF-2M9Y")
    with pytest.raises(ValueError, match="random"):
        fresh_code(b"")


async def test_a_code_said_on_the_other_platform_makes_two_accounts_one(studio: Studio) -> None:
    await linked(studio)
    assert "one now" in studio.last(THERE).text
    assert "Telegram" in studio.last(ADA).text
    here, there = await person(studio, ADA), await person(studio, THERE)
    assert here == there
    assert len(here.formerly) == 1


async def test_an_open_order_goes_on_at_the_other_platform(studio: Studio) -> None:
    await previewed(studio, THERE)
    await linked(studio)
    await studio.commands(ADA, "continue")
    await studio.presses(ADA, "Approve")
    await studio.delivers()
    assert any("files of order 1000" in text for text in studio.told(ADA))
    assert (await studio.project(THERE)).order.state is OrderState.RELEASED


async def test_a_button_that_was_shown_before_works_after(studio: Studio) -> None:
    await studio.drops(THERE, "a.wav")
    await studio.checks()
    await linked(studio)
    await studio.presses(THERE, "Pay")
    await studio.settles()
    assert (await studio.project(ADA)).order.state is OrderState.WORKING


async def test_what_the_engine_ends_after_the_join_reaches_the_one_account(studio: Studio) -> None:
    await studio.drops(THERE, "a.wav")
    job = await studio.takes(JobKind.FETCH)
    await linked(studio)
    await studio.ends(job, {"done": {"source": "cas/x", "sha256": "ff", "size": 1000}})
    await studio.checks(0)
    assert (await person(studio, ADA)).id != job.person
    assert [song.state for song in (await studio.project(ADA)).songs] == ["checking"]


async def test_two_open_drafts_stay_two_orders_and_the_next_file_joins_that_of_its_platform(
    studio: Studio,
) -> None:
    await studio.drops(ADA, "here.wav", complete=False)
    await studio.drops(THERE, "there.wav", complete=False)
    await linked(studio)
    await studio.commands(ADA, "orders")
    assert "Order 1000" in studio.last(ADA).text
    assert "Order 1001" in studio.last(ADA).text
    await studio.drops(THERE, "more.wav")
    songs = (await studio.project(ADA)).songs
    assert [song.title for song in songs] == ["there", "more"]


async def test_credit_of_both_is_one_credit_and_no_money_is_made_or_lost(studio: Studio) -> None:
    for who, amount in ((ADA, 250), (THERE, 400)):
        await studio.commands(who, "start")
        await given_credit(studio, who, amount)
    await linked(studio)
    assert await studio.credit(ADA) == await studio.credit(THERE) == 650


async def test_money_of_an_order_that_was_paid_before_goes_back_the_way_it_came(studio: Studio) -> None:
    """A till knows a charge by the account that was charged; credit goes to who owns the order now."""
    await studio.commands(THERE, "start")
    await given_credit(studio, THERE, 200)
    charged = await person(studio, THERE)
    await previewed(studio, THERE)
    await linked(studio)
    await at_the_desk(studio)
    order = (await studio.project(ADA)).order
    await studio.commands("olga", f"refund approve {order.number} at fault", place="room:desk")
    await studio.passes(minutes=1)
    job = await studio.does(JobKind.REFUND, {"provider_id": "demo-9", "declined": None})
    assert job.payload["person"] == charged.id
    assert await studio.credit(ADA) == 200


async def test_a_thread_goes_on_at_the_other_platform(studio: Studio) -> None:
    await at_the_desk(studio)
    await studio.commands(THERE, "human is anybody there?")
    await linked(studio)
    await studio.presses("olga", "Reply", place="room:desk")
    await studio.says("olga", "yes", place="room:desk")
    assert "yes" in studio.last(THERE).text
    await studio.commands(ADA, "human good")
    assert studio.card("room:desk", "thread:").text.count("ada: ") == 2


async def test_who_gave_the_code_keeps_their_role(studio: Studio) -> None:
    await studio.grants("manager", ADA)
    await studio.grants("support", THERE)
    await linked(studio)
    assert (await person(studio, ADA)).role is Role.MANAGER


async def test_nobody_gets_a_role_by_having_staff_say_a_code(studio: Studio) -> None:
    await studio.grants("owner", THERE)
    await studio.commands(THERE, f"link {await code_for(studio, ADA)}")
    assert "whoever gave you that code would be too" in studio.last(THERE).text
    assert (await person(studio, ADA)).role is None
    assert (await person(studio, THERE)).role is Role.OWNER


@pytest.mark.parametrize("minor", [ADA, THERE])
async def test_who_is_under_thirteen_on_one_platform_is_so_on_both(studio: Studio, minor: str) -> None:
    other = {ADA: THERE, THERE: ADA}[minor]
    await studio.drops(other, "a.wav")
    await studio.checks()
    order = (await studio.project(other)).order
    await studio.commands(minor, "terms")
    code = await code_for(studio, ADA)
    await studio.presses(minor, "I am under 13")
    first = await studio.takes(JobKind.SHRED)
    await studio.commands(THERE, f"link {code}")
    await studio.presses(THERE, "Make them one account")
    assert "under 13" in studio.last(THERE).text
    joined = await person(studio, other)
    assert (joined.minor, joined.name) == (True, "")
    ended = (await studio.store.load(Needs(HOUSE, order=order.id))).project
    assert ended is not None
    assert (ended.order.state, [song.title for song in ended.songs]) == (OrderState.CANCELLED, [""])
    scopes = {(await studio.takes(JobKind.SHRED)).payload["scope"] for _ in joined.scopes}
    assert scopes == set(joined.scopes)
    assert first.payload["scope"] in scopes
    await studio.passes(seconds=1)
    await studio.drops(other, "b.wav")
    assert "under 13" in studio.last(other).text


@pytest.mark.parametrize("minor", [ADA, THERE])
async def test_what_was_opened_on_either_platform_is_forgotten_with_who_is_under_thirteen(
    studio: Studio, url: str, minor: str
) -> None:
    for who in (ADA, THERE):
        await studio.commands(who, "terms")
    accounts = [(await person(studio, who)).id for who in (ADA, THERE)]
    async with open_database(url) as database:
        visits = Visits(database)
        for account in accounts:
            await visits.begun("order", account, Standing.ARTIST, PAGE, studio.clock.now())
        code = await code_for(studio, ADA)
        await studio.commands(minor, "terms")
        await studio.presses(minor, "I am under 13")
        left = {visit.person for visit in await visits.of_order("order")}
        assert left == {*accounts} - {(await person(studio, minor)).id}
        await studio.commands(THERE, f"link {code}")
        await studio.presses(THERE, "Make them one account")
        assert await visits.of_order("order") == []


async def test_credit_that_a_minors_order_gives_back_comes_along(studio: Studio) -> None:
    await studio.commands(THERE, "start")
    await given_credit(studio, THERE, 200)
    await previewed(studio, THERE)
    await studio.commands(ADA, "terms")
    code = await code_for(studio, ADA)
    await studio.presses(ADA, "I am under 13")
    await studio.commands(THERE, f"link {code}")
    await studio.presses(THERE, "Make them one account")
    assert await studio.credit(ADA) == 200


async def test_the_account_that_gave_the_code_survives_and_a_third_identity_joins_too(
    studio: Studio,
) -> None:
    await studio.commands(ADA, "start")
    first = await person(studio, ADA)
    await linked(studio)
    await linked(studio, giver=THERE, other="ada")
    assert {(await person(studio, who)).id for who in (ADA, THERE, "ada")} == {first.id}
    assert len((await person(studio, "ada")).formerly) == 2


async def test_an_account_that_was_joined_before_joins_another_and_every_old_name_still_means_it(
    studio: Studio,
) -> None:
    await studio.commands(THERE, "start")
    oldest = (await person(studio, THERE)).id
    await linked(studio)
    between = (await person(studio, ADA)).id
    await linked(studio, giver="ada", other=ADA)
    last = await person(studio, THERE)
    assert set(last.formerly) == {oldest, between}
    for name in (oldest, between):
        assert (await studio.store.load(Needs(HOUSE, account=name))).actor == last


async def test_ones_own_code_joins_nothing(studio: Studio) -> None:
    code = await code_for(studio, ADA)
    await studio.commands(ADA, f"link {code}")
    assert "other platform" in studio.last(ADA).text
    await studio.commands(THERE, f"link {code}")
    assert studio.last(THERE).button("Make them one account")


async def test_a_code_joins_nothing_before_its_press_which_names_whose_it_is(studio: Studio) -> None:
    await studio.drops(THERE, "a.wav")
    code = await code_for(studio, ADA)
    await studio.commands(THERE, f"link {code}")
    assert "belongs to the account “discord:ada”" in studio.last(THERE).text
    assert "for good" in studio.last(THERE).text
    assert (await person(studio, ADA)).id != (await person(studio, THERE)).id
    await studio.presses(THERE, "Make them one account")
    assert (await person(studio, ADA)).id == (await person(studio, THERE)).id


async def test_a_press_after_a_quarter_of_an_hour_joins_nothing(studio: Studio) -> None:
    code = await code_for(studio, ADA)
    await studio.commands(THERE, f"link {code}")
    await studio.passes(minutes=15)
    await studio.presses(THERE, "Make them one account")
    assert "does not work" in studio.last(THERE).text
    assert (await person(studio, ADA)).id != (await person(studio, THERE)).id


async def test_a_code_works_once(studio: Studio) -> None:
    code = await code_for(studio, ADA)
    await studio.commands(THERE, f"link {code}")
    await studio.presses(THERE, "Make them one account")
    await studio.commands("eve", f"link {code}")
    assert "does not work" in studio.last("eve").text
    assert (await person(studio, "eve")).id != (await person(studio, ADA)).id


async def test_a_code_works_for_a_quarter_of_an_hour(studio: Studio) -> None:
    code = await code_for(studio, ADA)
    await studio.passes(minutes=15)
    await studio.commands(THERE, f"link {code}")
    assert "does not work" in studio.last(THERE).text


async def test_a_new_code_makes_the_one_before_void(studio: Studio) -> None:
    code = await code_for(studio, ADA)
    await code_for(studio, ADA)
    await studio.commands(THERE, f"link {code}")
    assert "does not work" in studio.last(THERE).text


async def test_after_five_wrong_codes_even_the_right_one_is_not_heard_for_an_hour(studio: Studio) -> None:
    for _ in range(5):
        await studio.commands(THERE, "link AAAA-AAAA")
        assert "does not work" in studio.last(THERE).text
    code = await code_for(studio, ADA)
    await studio.commands(THERE, f"link {code}")
    assert "too many" in studio.last(THERE).text
    await studio.passes(hours=1)
    code = await code_for(studio, ADA)
    await studio.commands(THERE, f"link {code}")
    assert "belongs to" in studio.last(THERE).text


async def test_no_code_is_given_where_others_read_along(studio: Studio) -> None:
    await studio.commands(ADA, "link", place="room:lounge")
    assert "private chat" in studio.last("room:lounge").text


async def test_a_code_that_was_said_where_others_read_along_is_void(studio: Studio) -> None:
    code = await code_for(studio, ADA)
    await studio.commands(THERE, f"link {code}", place="room:lounge")
    assert "void" in studio.last("room:lounge").text
    await studio.commands(THERE, f"link {code}")
    assert "does not work" in studio.last(THERE).text


async def test_two_who_join_each_other_at_once_become_one_account_and_not_none(studio: Studio) -> None:
    mine, theirs = await code_for(studio, ADA), await code_for(studio, THERE)
    said = [_said(studio, THERE, mine), _said(studio, ADA, theirs)]
    for incoming in said:
        await studio.store.receive(incoming)
    slow = _Slow(studio, said[0])
    await slow.handle(said[1])
    await studio.relays()
    assert (await person(studio, ADA)).id == (await person(studio, THERE)).id


async def test_a_deed_that_was_decided_before_the_join_is_decided_anew(studio: Studio) -> None:
    await studio.drops(THERE, "a.wav", complete=False)
    code = await code_for(studio, ADA)
    drop = Incoming(
        "telegram",
        "late",
        THERE,
        THERE,
        private=True,
        kind=Kind.MESSAGE,
        at=studio.clock.now(),
        payload={"text": "", "complete": True},
        files=(FileRef("telegram", "b.wav", "b.wav", 1000),),
    )
    await _Slow(studio, _said(studio, THERE, code)).handle(drop)
    order = (await studio.project(ADA)).order
    assert order.person == (await person(studio, ADA)).id
    assert [song.title for song in (await studio.project(ADA)).songs] == ["a", "b"]


class _Slow:
    """A desk that is overtaken: between its look and its word another deed is done."""

    def __init__(self, studio: Studio, other: Incoming) -> None:
        self._studio, self._other = studio, other
        self.rounds = 0

    async def handle(self, incoming: Incoming) -> None:
        studio = self._studio
        store = _Overtaken(studio, self._other)
        ways = studio._ways
        await Desk(store, studio.rules, studio.clock, studio.catalogues, ways).handle(incoming)  # type: ignore[arg-type]
        self.rounds = store.rounds
        assert self.rounds == 2


class _Overtaken:
    """The real store, before whose first commit somebody else's deed is decided."""

    def __init__(self, studio: Studio, other: Incoming) -> None:
        self._studio, self._other = studio, other
        self.rounds = 0

    async def load(self, needs: Needs) -> object:
        return await self._studio.store.load(needs)

    async def commit(self, incoming: Incoming, changes: Changes) -> bool:
        self.rounds += 1
        if self.rounds == 1:
            await self._studio.desk.handle(self._other)
        try:
            return await self._studio.store.commit(incoming, changes)
        except Outdated:
            assert self.rounds == 1
            raise


def _said(studio: Studio, who: str, code: str) -> Incoming:
    """They press what a code that they have said has brought them."""
    return Incoming(
        door_of(who),
        f"said-{who}",
        who,
        who,
        private=True,
        kind=Kind.PRESS,
        at=studio.clock.now(),
        payload={"action": Action("join", short_hash(hash_of(code))).pack()},
        name=who,
    )


# The language somebody is spoken to in


async def test_the_language_follows_what_the_platform_says_until_one_is_chosen(studio: Studio) -> None:
    start = {"name": "start", "arguments": ""}
    await studio.meets(ADA, Kind.COMMAND, start, "en-GB")
    await studio.meets(ADA, Kind.COMMAND, start, "de")
    assert "Hallo" in studio.last(ADA).text
    await studio.meets(ADA, Kind.MESSAGE, {"text": "x", "complete": True}, None)
    assert (await person(studio, ADA)).locale == "de"
    await studio.meets(ADA, Kind.COMMAND, {"name": "language", "arguments": "de"}, "de")
    await studio.meets(ADA, Kind.COMMAND, start, "en-GB")
    assert "Hallo" in studio.last(ADA).text


async def test_of_two_languages_the_chosen_one_stays(studio: Studio) -> None:
    await studio.commands(ADA, "start")
    await studio.commands(THERE, "language de")
    await linked(studio)
    assert (await person(studio, ADA)).locale == "de"


# The same card on two platforms


async def two_desks(studio: Studio) -> None:
    await at_the_desk(studio)
    await studio.grants("manager", "telegram:tom")
    await studio.commands("telegram:tom", "staff here", place="telegram:room")


async def test_a_thread_is_closed_once_on_whichever_platform(studio: Studio) -> None:
    await two_desks(studio)
    await studio.commands("ada", "human hello")
    card = studio.card("telegram:room", "thread:")
    await studio.presses("olga", "Close", place="room:desk")
    assert "Closed by olga" in studio.card("telegram:room", "thread:").text
    await studio.presses("telegram:tom", "Close", on=card, place="telegram:room")
    assert studio.last("telegram:room").text == "olga was faster: it is closed."
    assert "Closed by olga" in studio.card("room:desk", "thread:").text


async def test_money_goes_back_once_on_whichever_platform_and_no_card_offers_it_any_more(
    studio: Studio,
) -> None:
    await two_desks(studio)
    await previewed(studio, "ada")
    await studio.presses("ada", "Talk to a human")
    await studio.says("ada", "the chorus is distorted")
    card = studio.card("telegram:room", "thread:")
    await studio.presses("olga", "Give the money back", place="room:desk")
    await studio.says("olga", "it is distorted", place="room:desk")
    await studio.presses("telegram:tom", "Give the money back", on=card, place="telegram:room")
    await studio.says("telegram:tom", "the chorus", place="telegram:room")
    assert studio.last("telegram:room").text == "olga was faster: that is decided."
    await studio.passes(minutes=1)
    for room in ("room:desk", "telegram:room"):
        assert not studio.card(room, "thread:").has("Give the money back")
    await studio.does(JobKind.REFUND, {"provider_id": "demo-9", "declined": None})


async def test_what_was_set_aside_is_tried_again_once_and_both_desks_see_by_whom(studio: Studio) -> None:
    await two_desks(studio)
    await studio.drops("ada", "a.wav")
    await studio.checks()
    await studio.presses("ada", "Pay")
    await studio.settles()
    await studio.fails(JobKind.RENDER, "broken")
    card = studio.card("telegram:room", "aside:")
    await studio.presses("olga", "Try again", place="room:desk")
    assert "(olga)" in studio.card("telegram:room", "aside:").text
    await studio.presses("telegram:tom", "Try again", on=card, place="telegram:room")
    assert studio.last("telegram:room").text == "olga was faster: it is being tried again."


async def test_a_second_staff_desk_is_shown_what_waits_at_the_first_and_not_what_is_done(
    studio: Studio,
) -> None:
    await at_the_desk(studio)
    await studio.commands("ada", "human hello")
    await studio.commands("bob", "human closed soon")
    await studio.presses("olga", "Close", place="room:desk")
    await studio.drops("cid", "a.wav")
    await studio.checks()
    await studio.presses("cid", "Pay")
    await studio.settles()
    await studio.fails(JobKind.RENDER, "broken")
    await studio.commands("olga", "staff here", place="room:second")
    shown = [key for room, key in studio.cards if room == "room:second"]
    assert [key.partition(":")[0] for key in shown] == ["thread", "aside"]


# Who cannot be reached


async def removed(studio: Studio, who: str, *, reachable: bool = False) -> None:
    await studio.meets(who, Kind.REMOVED, {"reachable": reachable}, None)


async def test_what_is_for_somebody_who_blocked_us_goes_to_their_other_platform(studio: Studio) -> None:
    await linked(studio)
    await studio.drops(THERE, "a.wav")
    await studio.checks()
    await removed(studio, THERE)
    assert studio.card(ADA).text == studio.card(THERE).text
    await studio.presses(ADA, "Pay")
    await studio.settles()
    await studio.masters()
    assert "v1" in studio.last(ADA).text
    assert (await studio.project(ADA)).order.first_sent is not None


async def test_somebody_who_is_nowhere_else_is_not_tried_and_the_staff_hear_of_the_preview(
    studio: Studio,
) -> None:
    await at_the_desk(studio)
    await studio.drops(THERE, "a.wav")
    await studio.checks()
    await studio.presses(THERE, "Pay")
    await studio.settles()
    await removed(studio, THERE)
    before = len(studio.told(THERE))
    await studio.masters()
    assert len(studio.told(THERE)) == before
    assert "could not be sent" in studio.card("room:desk", "unreachable:").text
    assert await studio.idle()


@pytest.mark.parametrize("how", ["a word", "the platform"])
async def test_who_comes_back_gets_their_card_and_the_preview_they_missed(studio: Studio, how: str) -> None:
    await at_the_desk(studio)
    await studio.drops(THERE, "a.wav")
    await studio.checks()
    await studio.presses(THERE, "Pay")
    await studio.settles()
    await removed(studio, THERE)
    await studio.masters()
    studio.cards.clear()
    if how == "a word":
        await studio.says(THERE, "hello again")
    else:
        await removed(studio, THERE, reachable=True)
    assert studio.card(THERE).has("Approve")
    assert [notice.has("Approve") for notice in studio.notices if notice.to == THERE and notice.media]
    order = (await studio.project(THERE)).order
    assert (order.first_sent, order.unreached) == (studio.clock.now(), ())
    assert "after all" in studio.card("room:desk", "unreachable:").text


async def test_a_preview_that_closed_doors_refused_comes_when_they_speak_to_us_again(studio: Studio) -> None:
    await studio.drops(ADA, "a.wav")
    await studio.checks()
    await studio.presses(ADA, "Pay")
    await studio.settles()
    studio.refusing.add(ADA)
    await studio.masters()
    studio.refusing.clear()
    assert not [notice for notice in studio.notices if notice.media]
    await studio.says(ADA, "is it done?")
    assert len([notice for notice in studio.notices if notice.media]) == 1
    await studio.says(ADA, "thanks")
    assert len([notice for notice in studio.notices if notice.media]) == 1


async def test_a_preview_that_one_platform_refuses_goes_to_the_other(studio: Studio) -> None:
    await linked(studio)
    await studio.drops(ADA, "a.wav")
    await studio.checks()
    await studio.presses(ADA, "Pay")
    await studio.settles()
    studio.refusing.add(ADA)
    await studio.masters()
    assert [notice.to for notice in studio.notices if notice.media] == [THERE]
    assert (await studio.project(ADA)).order.unreached == ()


async def test_a_stranger_who_blocks_us_gets_no_account(studio: Studio) -> None:
    await removed(studio, "telegram:eve")
    assert await studio.store.person_of("telegram", "telegram:eve") is None


async def test_a_room_that_moves_takes_its_desk_along(studio: Studio) -> None:
    await studio.grants("manager", "telegram:tom")
    await studio.commands("telegram:tom", "staff here", place="telegram:-1")
    await studio.commands("ada", "human hello")
    moved = Incoming(
        "telegram",
        "u1",
        None,
        "telegram:-1",
        private=False,
        kind=Kind.MOVED,
        at=studio.clock.now(),
        payload={"from": "telegram:-1", "to": "telegram:-100"},
    )
    await studio.store.receive(moved)
    await studio.desk.handle(moved)
    await studio.relays()
    assert "hello" in studio.card("telegram:-100", "thread:").text
    await studio.presses("telegram:tom", "Close", place="telegram:-100")
    assert "Closed by telegram:tom" in studio.card("telegram:-100", "thread:").text
