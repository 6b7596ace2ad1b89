"""Members of a project: who hears somebody else's order and adds to its one list of changes (B46-B50)."""

import asyncio
from datetime import timedelta

import pytest

from core.changes import Changes
from core.consent import ConsentKind
from core.ledger import GOODWILL, Transfer, TransferKind, of_credit
from core.messages import HOUSE, Incoming, Kind
from core.orders import OrderState
from core.revisions import BatchState, What
from core.snapshot import Needs
from tests.databases import past_the_store
from tests.desk.studio import Shown, Studio, door_of


async def previewed(studio: Studio, who: str = "ada") -> None:
    await studio.drops(who, "intro.wav")
    await studio.checks()
    await studio.presses(who, "Pay")
    await studio.settles()
    await studio.masters()


async def invited(studio: Studio, who: str = "ada", order: str = "") -> str:
    """A code that lets people into their order."""
    await studio.commands(who, f"invite {order}".strip())
    told = studio.last(who).text
    assert "/join" in told, told
    return told.split("/join ")[1].split()[0]


async def joins(studio: Studio, who: str, code: str) -> None:
    await studio.commands(who, f"join {code}")
    await studio.presses(who, "Join", on=studio.last(who))


async def shared(studio: Studio) -> None:
    """Ada has a preview, and Ben hears it too."""
    await previewed(studio)
    await joins(studio, "ben", await invited(studio))


def preview(studio: Studio, who: str) -> Shown:
    """The newest preview that somebody has."""
    return [shown for shown in studio.notices if shown.to == who and shown.media][-1]


# Inviting and joining


async def test_a_code_lets_somebody_in_who_was_shown_what_joining_means(studio: Studio) -> None:
    await previewed(studio)
    code = await invited(studio)
    await studio.commands("ben", f"join {code}")
    asked = studio.last("ben").text
    assert "Order 1000 of ada: intro" in asked
    assert "No right in the music and no money comes with it, and nothing of it may be passed on" in asked
    assert (await studio.project("ada")).members == ()  # nothing is done before the press
    await studio.presses("ben", "Join")
    (member,) = (await studio.project("ada")).members
    assert (member.name, member.since) == ("ben", studio.clock.now())
    assert "ben has joined order 1000" in studio.last("ada").text


async def test_that_somebody_joined_is_kept_with_the_words_they_agreed_to(studio: Studio, url: str) -> None:
    await shared(studio)
    with past_the_store(url) as raw:
        kept = list(raw.execute(f"SELECT kind FROM consents WHERE kind = '{ConsentKind.MEMBER}'"))
    assert len(kept) == 1


async def test_a_code_is_for_several_and_for_seven_days(studio: Studio) -> None:
    await previewed(studio)
    code = await invited(studio)
    await joins(studio, "ben", code)
    await joins(studio, "eva", code)
    assert [member.name for member in (await studio.project("ada")).members] == ["ben", "eva"]
    studio.clock.time += timedelta(days=7)
    await studio.commands("carl", f"join {code}")
    assert "lets nobody in" in studio.last("carl").text


async def test_a_new_code_makes_the_old_one_void(studio: Studio) -> None:
    await previewed(studio)
    old = await invited(studio)
    new = await invited(studio)
    assert "The code that you were given before is void" in studio.last("ada").text
    await studio.commands("ben", f"join {old}")
    assert "lets nobody in" in studio.last("ben").text
    await joins(studio, "ben", new)
    assert len((await studio.project("ada")).members) == 1


async def test_the_words_of_a_code_are_in_no_row_once_it_was_told(studio: Studio, url: str) -> None:
    await previewed(studio)
    code = await invited(studio)
    with past_the_store(url) as raw:
        rows = [
            *raw.execute("SELECT data FROM orders"),
            *raw.execute("SELECT data FROM notices"),
            *raw.execute("SELECT invited FROM orders"),
        ]
    assert not [row for row in rows if code in str(row)]


async def test_who_stops_inviting_keeps_who_is_in(studio: Studio) -> None:
    await previewed(studio)
    code = await invited(studio)
    await joins(studio, "ben", code)
    await studio.presses("ada", "Stop inviting")
    await studio.commands("eva", f"join {code}")
    assert "lets nobody in" in studio.last("eva").text
    assert [member.name for member in (await studio.project("ada")).members] == ["ben"]


async def test_a_press_on_join_after_the_code_was_stopped_lets_nobody_in(studio: Studio) -> None:
    await previewed(studio)
    await studio.commands("ben", f"join {await invited(studio)}")
    await studio.presses("ada", "Stop inviting")
    await studio.presses("ben", "Join")
    assert "lets nobody in" in studio.last("ben").text
    assert (await studio.project("ada")).members == ()


async def test_five_wrong_codes_of_either_kind_and_nobody_listens_for_an_hour(studio: Studio) -> None:
    await previewed(studio)
    code = await invited(studio)
    for guess in ("AAAA-AAAA", "BBBB-BBBB"):
        await studio.commands("ben", f"join {guess}")
        await studio.commands("ben", f"link {guess}")
    await studio.commands("ben", "join CCCC-CCCC")
    await studio.commands("ben", f"join {code}")
    assert "too many wrong codes" in studio.last("ben").text
    studio.clock.time += timedelta(hours=1)
    await joins(studio, "ben", code)
    assert len((await studio.project("ada")).members) == 1


async def test_a_wrong_code_is_wrong_though_its_speaker_talks_to_a_person_about_an_order(
    studio: Studio,
) -> None:
    await previewed(studio)
    await invited(studio)
    order = (await studio.project("ada")).order
    await studio.presses_raw("ada", f"form.human:{order.id}")
    await studio.says("ada", "a question")
    await studio.commands("ada", "join AAAA-AAAA")
    assert "lets nobody in" in studio.last("ada").text


async def test_a_code_to_join_links_no_accounts(studio: Studio) -> None:
    await previewed(studio)
    code = await invited(studio)
    await studio.commands("telegram:ben", f"link {code}")
    assert "That code does not work" in studio.last("telegram:ben").text


async def test_a_code_said_where_others_read_is_void(studio: Studio) -> None:
    await previewed(studio)
    code = await invited(studio)
    await studio.commands("ben", f"join {code}", place="room")
    assert "it is void" in studio.last("room").text
    assert "was said where others read along" in studio.last("ada").text
    await studio.commands("ben", f"join {code}")
    assert "lets nobody in" in studio.last("ben").text


async def test_eight_hear_an_order_beside_whose_it_is(studio: Studio) -> None:
    await previewed(studio)
    code = await invited(studio)
    for number in range(8):
        await joins(studio, f"ben{number}", code)
    await studio.commands("eva", f"join {code}")
    assert "8 people hear this order already" in studio.last("eva").text
    await studio.commands("ada", "invite")
    assert "8 people hear this order already" in studio.last("ada").text


async def test_nobody_joins_their_own_order_or_one_twice(studio: Studio) -> None:
    await previewed(studio)
    code = await invited(studio)
    await studio.commands("ada", f"join {code}")
    assert "is your own" in studio.last("ada").text
    await joins(studio, "ben", code)
    await studio.commands("ben", f"join {code}")
    assert "a member of order 1000 already" in studio.last("ben").text


async def test_of_a_confidential_order_the_title_is_told_to_who_has_joined_and_not_before(
    studio: Studio,
) -> None:
    await previewed(studio)
    await studio.commands("ada", "confidential on")
    code = await invited(studio)
    assert "The order is confidential: whoever joins hears it" in studio.last("ada").text
    await studio.commands("ben", f"join {code}")
    assert "intro" not in studio.last("ben").text
    await studio.presses("ben", "Join")
    assert "intro" in preview(studio, "ben").text


async def test_who_is_under_13_cannot_join(studio: Studio) -> None:
    await previewed(studio)
    code = await invited(studio)
    await studio.commands("ben", f"join {code}")
    asked = studio.last("ben")
    await studio.presses("ben", "I am under 13", on=asked)
    await studio.presses("ben", "Join", on=asked)
    await studio.commands("ben", f"join {code}")
    assert "under 13" in studio.last("ben").text
    assert (await studio.project("ada")).members == ()


async def test_who_turns_out_to_be_under_13_is_a_member_no_longer(studio: Studio) -> None:
    await shared(studio)
    await studio.commands("ben", "terms")
    await studio.presses("ben", "I am under 13")
    assert (await studio.project("ada")).members == ()


async def test_only_an_order_of_ones_own_is_invited_to(studio: Studio) -> None:
    await previewed(studio)
    await studio.commands("ben", "invite 1000")
    assert "You have no such open order" in studio.last("ben").text
    await studio.commands("ben", "members 1000")
    assert "You have no such order" in studio.last("ben").text


# What a member hears


async def test_a_member_hears_the_newest_version_at_once(studio: Studio) -> None:
    await shared(studio)
    heard = preview(studio, "ben")
    assert "Order 1000 of ada" in heard.text
    assert "intro v1" in heard.text
    assert [media.name for media in heard.media] == ["ab.mp3", "preview.mp3", "picture.png"]
    assert heard.has("Add to the list")
    assert not heard.has("Approve")


async def test_a_member_has_no_link_that_could_be_passed_on(studio: Studio) -> None:
    await shared(studio)
    assert all(media.link is None for media in preview(studio, "ben").media)
    assert all(media.link is not None for media in preview(studio, "ada").media)


async def test_a_member_hears_each_new_version_as_it_is_made(studio: Studio) -> None:
    await shared(studio)
    await studio.says("ada", "louder")
    await studio.presses("ada", "Send 1 change")
    await studio.masters(lufs=-12.5)
    assert "intro v2" in preview(studio, "ben").text
    assert "intro v2" in preview(studio, "ada").text


async def test_the_days_do_not_begin_because_a_member_hears_it(studio: Studio) -> None:
    await studio.drops("ada", "intro.wav")
    await studio.checks()
    await studio.presses("ada", "Pay")
    await joins(studio, "ben", await invited(studio))
    await studio.settles()
    studio.refusing.add("ada")
    await studio.masters()
    assert "intro v1" in preview(studio, "ben").text
    assert (await studio.project("ada")).order.first_sent is None


async def test_a_member_gets_no_files(studio: Studio) -> None:
    await shared(studio)
    await studio.presses("ada", "Approve")
    await studio.delivers()
    assert "Here are the files" in studio.last("ada").text
    assert not [told for told in studio.told("ben") if "Here are the files" in told]
    order = (await studio.project("ada")).order
    await studio.presses_raw("ben", f"files:{order.id}")
    assert studio.last("ben").text == "That is for ada."


@pytest.mark.parametrize(
    "verb",
    ["approve", "cancel", "style", "files", "send", "accept.fee", "ask-price", "unwish.all", "uninvite"],
)
async def test_all_else_is_for_whose_order_it_is(studio: Studio, verb: str) -> None:
    await shared(studio)
    await studio.says("ada", "louder")
    before = await studio.project("ada")
    await studio.presses_raw("ben", f"{verb}:{before.order.id}:1")
    assert studio.last("ben").text == "That is for ada."
    assert await studio.project("ada") == before


async def test_who_is_no_member_presses_nothing(studio: Studio) -> None:
    await shared(studio)
    order = (await studio.project("ada")).order
    await studio.presses_raw("eva", f"changes:{order.id}:1")
    assert "button is not for you" in studio.last("eva").text


# The one list


async def test_what_a_member_wishes_stands_on_the_one_list_with_their_name(studio: Studio) -> None:
    await shared(studio)
    await studio.presses("ada", "Ask for changes")
    await studio.says("ada", "less bass")
    await studio.presses("ben", "Add to the list")
    await studio.says("ben", "1 dB louder")
    for who in ("ada", "ben"):
        text = studio.card(who, "changes:").text
        assert "1. Bass down" in text
        assert "2. Volume up 1.0 dB (ben)" in text
    assert studio.card("ada", "changes:").text.startswith("Your changes for intro:")
    assert studio.card("ben", "changes:").text.startswith("The changes for intro:")
    assert studio.card("ada", "changes:").has("Send 2 changes - free")
    assert "Only ada can send it." in studio.card("ben", "changes:").text
    assert not studio.card("ben", "changes:").has("Send")


async def test_a_member_may_begin_the_list(studio: Studio) -> None:
    await shared(studio)
    await studio.presses("ben", "Add to the list")
    await studio.presses("ben", "More bass")
    assert "Bass up 1.5 dB (ben)" in studio.card("ada", "changes:").text
    await studio.presses("ada", "Send 1 change")
    await studio.masters()
    assert "ada has sent it." in studio.card("ben", "changes:").text
    assert (await studio.project("ada")).batches[0].state is BatchState.DELIVERED


async def test_two_who_wish_at_the_same_time_both_stand_on_the_list(studio: Studio) -> None:
    await shared(studio)
    await studio.presses("ada", "Ask for changes")
    await studio.presses("ben", "Add to the list")
    deeds = [said("ada", "louder", studio), said("ben", "less bass", studio)]
    for deed in deeds:
        await studio.store.receive(deed)
    await asyncio.gather(*(studio.desk.handle(deed) for deed in deeds))
    await studio.relays()
    (batch,) = (await studio.project("ada")).batches
    assert {item.what for item in batch.items} == {What.VOLUME, What.BASS}
    assert studio.card("ada", "changes:").text.count("\n  ") == 2


async def test_the_same_wished_by_two_stays_apart_until_it_is_sent(studio: Studio) -> None:
    await shared(studio)
    await studio.presses("ada", "Ask for changes")
    await studio.says("ada", "1 dB louder")
    await studio.presses("ben", "Add to the list")
    await studio.says("ben", "1 dB louder")
    assert "2. Volume up 1.0 dB (ben)" in studio.card("ada", "changes:").text
    await studio.presses("ada", "Send 1 change - free")
    (item,) = (await studio.project("ada")).batches[0].items
    assert (item.what, item.amount, item.by) == (What.VOLUME, 2.0, None)


async def test_nobody_takes_anothers_wish_off_the_list_by_wishing_the_opposite(studio: Studio) -> None:
    await shared(studio)
    await studio.presses("ada", "Ask for changes")
    await studio.says("ada", "1 dB louder")
    await studio.presses("ben", "Add to the list")
    await studio.says("ben", "1 dB softer")
    card = studio.card("ada", "changes:")
    assert "1. Volume up 1.0 dB" in card.text
    assert "2. Volume down 1.0 dB (ben)" in card.text
    assert "takes back what another wishes" in card.text
    assert not card.has("Send")


async def test_a_member_takes_back_their_own_last_wish_alone(studio: Studio) -> None:
    await shared(studio)
    await studio.presses("ben", "Add to the list")
    await studio.says("ben", "more air")
    await studio.says("ben", "1 dB louder")
    await studio.says("ada", "less bass")
    await studio.presses("ben", "Remove my last one")
    text = studio.card("ada", "changes:").text
    assert "Air up" in text
    assert "Bass down" in text
    assert "Volume" not in text
    await studio.presses("ben", "Remove my last one")
    card = studio.card("ben", "changes:")
    assert "1. Bass down" in card.text
    assert not card.has("Remove my last one")


async def test_whose_order_it_is_takes_back_anybodys_wish(studio: Studio) -> None:
    await shared(studio)
    await studio.presses("ada", "Ask for changes")
    await studio.presses("ben", "Add to the list")
    await studio.says("ben", "1 dB louder")
    await studio.presses("ada", "Remove the last one")
    assert "Volume" not in studio.card("ben", "changes:").text


async def test_a_members_words_are_theirs_while_another_order_is_their_focus(studio: Studio) -> None:
    await shared(studio)
    await studio.says("ben", "louder")
    assert (await studio.project("ada")).batches == ()
    assert "did not understand" in studio.last("ben").text


async def test_what_a_member_drops_is_an_order_of_their_own_paid_with_credit_of_their_own(
    studio: Studio,
) -> None:
    await shared(studio)
    await given_credit(studio, "ben", 600)
    await studio.presses("ben", "Add to the list")
    await studio.drops("ben", "mine.wav")
    await studio.checks()
    own = await studio.project("ben")
    assert (own.order.state, own.songs[0].title) == (OrderState.OFFERED, "mine")
    assert len((await studio.project("ada")).songs) == 1
    assert studio.card("ben").has("Pay $6 with credit")


async def test_a_press_of_a_member_on_what_has_moved_on_shows_them_nothing_of_the_order(
    studio: Studio,
) -> None:
    await shared(studio)
    await studio.says("ada", "louder")
    await studio.presses("ada", "Send 1 change")
    await studio.presses("ben", "Add to the list", on=preview(studio, "ben"))
    assert studio.last("ben").text == "That has changed since."


async def test_what_is_shared_with_somebody_stands_with_their_orders(studio: Studio) -> None:
    await shared(studio)
    await studio.commands("ben", "orders")
    assert studio.last("ben").text == "Shared with you: order 1000 · intro"
    assert not studio.last("ben").has("Show order")


# Leaving


async def test_who_leaves_hears_nothing_more_and_what_they_wished_stays(studio: Studio) -> None:
    await shared(studio)
    await studio.presses("ben", "Add to the list")
    await studio.says("ben", "1 dB louder")
    await studio.commands("ben", "leave")
    assert "ben has left order 1000" in studio.last("ada").text
    assert "You are not a member of order 1000 any more" in studio.card("ben", "changes:").text
    await studio.presses("ada", "Send 1 change")
    await studio.masters(lufs=-13.0)
    assert "intro v1" in preview(studio, "ben").text
    assert "intro v2" in preview(studio, "ada").text


async def test_who_is_removed_is_told_and_may_press_nothing(studio: Studio) -> None:
    await shared(studio)
    await studio.commands("ada", "members")
    listed = studio.last("ada")
    assert "1. ben, since" in listed.text
    await studio.presses("ada", "Remove no. 1", on=listed)
    assert "not a member of order 1000 any more" in studio.last("ben").text
    order = (await studio.project("ada")).order
    await studio.presses_raw("ben", f"wish.bass-up:{order.id}")
    assert "button is not for you" in studio.last("ben").text
    await studio.presses("ada", "Remove no. 1", on=listed)
    assert "gone already" in studio.last("ada").text


async def test_who_left_may_join_again(studio: Studio) -> None:
    await previewed(studio)
    code = await invited(studio)
    await joins(studio, "ben", code)
    await studio.commands("ben", "leave 1000")
    await joins(studio, "ben", code)
    assert [member.name for member in (await studio.project("ada")).members] == ["ben"]


async def test_nobody_leaves_what_they_are_not_in(studio: Studio) -> None:
    await previewed(studio)
    await studio.commands("ben", "leave 1000")
    assert "not a member of any such order" in studio.last("ben").text
    await studio.commands("ben", "leave")
    assert "not a member of any such order" in studio.last("ben").text


async def test_two_accounts_that_become_one_are_one_member(studio: Studio) -> None:
    await previewed(studio)
    code = await invited(studio)
    await joins(studio, "ben", code)
    await joins(studio, "telegram:ben", code)
    await studio.commands("ben", "link")
    link = studio.last("ben").text.split("/link ")[1].split()[0]
    await studio.commands("telegram:ben", f"link {link}")
    await studio.presses("telegram:ben", "Make them one account")
    assert [member.name for member in (await studio.project("ada")).members] == ["ben"]


async def test_who_links_a_member_to_whose_order_it_is_makes_no_member_of_themselves(studio: Studio) -> None:
    await previewed(studio)
    await joins(studio, "telegram:ada", await invited(studio))
    await studio.commands("ada", "link")
    link = studio.last("ada").text.split("/link ")[1].split()[0]
    await studio.commands("telegram:ada", f"link {link}")
    await studio.presses("telegram:ada", "Make them one account")
    assert (await studio.project("ada")).members == ()


def said(who: str, words: str, studio: Studio) -> Incoming:
    return Incoming(
        door_of(who),
        f"{who} says {words}",
        who,
        who,
        private=True,
        kind=Kind.MESSAGE,
        at=studio.clock.now(),
        payload={"text": words, "complete": True},
        locale="en",
        name=who,
    )


async def given_credit(studio: Studio, who: str, amount: int) -> None:
    person = (await studio.store.load(Needs(door_of(who), external=who))).actor
    assert person is not None
    now = studio.clock.now()
    money, account = studio.rules.money(amount), of_credit(person.id)
    gift = Transfer(f"gift-{who}", TransferKind.CREDIT, GOODWILL, account, money, now)
    event = Incoming(HOUSE, f"gift-{who}", None, "", private=True, kind=Kind.TICK, at=now)
    assert await studio.store.commit(event, Changes(transfers=(gift,)))
