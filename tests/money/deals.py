"""Agreed prices and what is paid in for them, when deeds meet over it."""

from collections.abc import Sequence

from core.agreements import Agreement
from tests.money.explorer import Deed
from tests.money.meeting import Meeting
from tests.money.setting import (
    DESK,
    FIRST,
    SECOND,
    UNTIL,
    Setting,
    at_once,
    clock_strikes,
    hears,
    pay,
    works,
)


async def _agreed_twice(setting: Setting) -> tuple[Deed, Deed]:
    _, agreement = await setting.priced(2)
    one, two = (setting.agrees("nora", agreement) for _ in range(2))
    return at_once(one), at_once(two)


async def _agreed_anew(setting: Setting) -> tuple[Deed, Deed]:
    _, agreement = await setting.priced(2)
    return hears(setting.agrees("nora", agreement)), hears(await setting.proposal(2, price="5.50"))


async def _agreed_recorded(setting: Setting) -> tuple[Deed, Deed]:
    _, agreement = await setting.priced(2)
    recorded = setting.command("olga", "agreement record A-1 phone nora said yes", place=DESK)
    return hears(setting.agrees("nora", agreement)), hears(recorded)


async def _agreed_closed(setting: Setting) -> tuple[Deed, Deed]:
    bulk, agreement = await setting.priced(2)
    close = setting.press("nora", f"bulk.close:{bulk.id}")
    return at_once(setting.agrees("nora", agreement)), at_once(close)


async def _paid_in_twice(setting: Setting) -> tuple[Deed, Deed]:
    _, order = await setting.opened()
    return at_once(setting.press("nora", pay(order))), at_once(setting.press("nora", pay(order)))


async def _paid_in_asked(setting: Setting) -> tuple[Deed, Deed]:
    bulk, order = await setting.opened()
    again = setting.press("nora", f"bulk.pay:{bulk.id}")
    return at_once(setting.press("nora", pay(order))), at_once(again)


async def _paid_in_cancel(setting: Setting) -> tuple[Deed, Deed]:
    _, order = await setting.opened()
    await setting.decided(setting.press("nora", pay(order)))
    return works, hears(setting.press("nora", f"cancel:{order.order.id}"))


async def _paid_in_covers(setting: Setting) -> tuple[Deed, Deed]:
    bulk, order = await setting.opened()
    measured = await setting.measured(SECOND, "ada", bulk)
    await setting.decided(setting.press("nora", pay(order)))
    return works, measured


async def _last_of_a_deposit(setting: Setting) -> tuple[Deed, Deed]:
    bulk = await setting.paid_in(deposit="4.20")
    return await setting.measured(FIRST, "ada", bulk), await setting.measured(SECOND, "bea", bulk)


async def _last_of_an_agreement(setting: Setting) -> tuple[Deed, Deed]:
    bulk = await setting.paid_in(1)
    return await setting.measured(FIRST, "ada", bulk), await setting.measured(SECOND, "bea", bulk)


async def _covered_cancel(setting: Setting) -> tuple[Deed, Deed]:
    measured = await setting.measured(FIRST, "ada", await setting.paid_in())
    return measured, hears(setting.press("ada", f"cancel:{(await setting.order('ada')).order.id}"))


async def _covered_given_back(setting: Setting) -> tuple[Deed, Deed]:
    bulk = await setting.paid_in(deposit="4.20")
    await setting.done(
        setting.press("ada", f"drop:{bulk.id}", place="room:hall"), setting.drop("ada", "a.wav")
    )
    ruled = setting.rules_on(await setting.order("ada"), "give-back")
    return await setting.measured(FIRST, "bea", bulk), hears(ruled)


async def _covered_dispute(setting: Setting) -> tuple[Deed, Deed]:
    bulk = await setting.paid_in(deposit="4.20")
    assert bulk.payment is not None
    disputed = setting.provider(await setting.project(bulk.payment), "disputed")
    return await setting.measured(FIRST, "ada", bulk), hears(disputed)


async def _rest_dispute(setting: Setting) -> tuple[Deed, Deed]:
    bulk = await setting.paid_in()
    assert bulk.payment is not None
    await setting.done(setting.press("nora", f"bulk.close:{bulk.id}"))
    disputed = setting.provider(await setting.project(bulk.payment), "disputed")
    return hears(setting.press("nora", f"bulk.rest:{bulk.id}")), hears(disputed)


async def _rest_covered(setting: Setting) -> tuple[Deed, Deed]:
    bulk = await setting.paid_in(deposit="4.20")
    measured = await setting.measured(FIRST, "ada", bulk)
    await setting.done(setting.press("nora", f"bulk.close:{bulk.id}"))
    return measured, hears(setting.press("nora", f"bulk.rest:{bulk.id}"))


async def _rest_twice(setting: Setting) -> tuple[Deed, Deed]:
    bulk = await setting.paid_in()
    await setting.done(setting.press("nora", f"bulk.close:{bulk.id}"))
    one, two = (setting.press("nora", f"bulk.rest:{bulk.id}") for _ in range(2))
    return at_once(one), at_once(two)


async def _own_price(setting: Setting, songs: int) -> Agreement:
    """Ada has agreed on a price for orders of her own."""
    await setting.staffed()
    project = await setting.offered()
    await setting.done(setting.press("ada", f"bulk-price:{project.order.id}"))
    await setting.done(await setting.proposal(songs))
    agreement = (await setting.trade()).agreement
    assert agreement is not None
    await setting.done(setting.agrees("ada", agreement))
    return agreement


async def _last_song(setting: Setting) -> tuple[Deed, Deed]:
    agreement = await _own_price(setting, 1)
    one, two = await setting.order("ada"), await setting.offered()
    for project in (one, two):
        assert project.order.deal is not None
        assert project.order.deal.agreement == agreement.id
    return at_once(setting.press("ada", pay(one))), at_once(setting.press("ada", pay(two)))


async def _price_ends(setting: Setting) -> tuple[Deed, Deed]:
    await _own_price(setting, 5)
    setting.until(UNTIL)
    project = await setting.offered()
    tap = setting.press("ada", pay(project))
    setting.later(hours=24)
    return hears(tap), clock_strikes


PAIRS: Sequence[Meeting] = (
    Meeting("agree on a price / agree at another device", _agreed_twice),
    Meeting("agree on a price / staff propose another one", _agreed_anew),
    Meeting("agree on a price / staff write it down", _agreed_recorded),
    Meeting("agree on a price / close the bulk order", _agreed_closed),
    Meeting("pay in / pay in at another device", _paid_in_twice),
    Meeting("pay in / ask to pay in again", _paid_in_asked),
    Meeting("the till takes what is paid in / cancel", _paid_in_cancel),
    Meeting("the till takes what is paid in / a song waits for it", _paid_in_covers),
    Meeting("a song takes the last of a deposit / another one does, too", _last_of_a_deposit),
    Meeting("a song is the last of an agreement / another one is, too", _last_of_an_agreement),
    Meeting("a song is covered / cancel", _covered_cancel),
    Meeting("a song is covered / staff give another one back", _covered_given_back),
    Meeting("a song is covered / what was paid in is disputed", _covered_dispute),
    Meeting("the rest becomes credit / what was paid in is disputed", _rest_dispute),
    Meeting("a song is covered / the rest becomes credit", _rest_covered),
    Meeting("the rest becomes credit / and again at another device", _rest_twice),
    Meeting("pay at an agreed price / pay its last song, too", _last_song),
    Meeting("pay at an agreed price / its time is over", _price_ends),
)


async def _agreed_anew_recorded(setting: Setting) -> Sequence[Deed]:
    agrees, proposes = await _agreed_anew(setting)
    recorded = setting.command("olga", "agreement record A-1 phone nora said yes", place=DESK)
    return agrees, proposes, hears(recorded)


async def _paid_in_twice_cancel(setting: Setting) -> Sequence[Deed]:
    one, two = await _paid_in_twice(setting)
    cancel = setting.press("nora", f"cancel:{(await setting.order('nora')).order.id}")
    return one, two, at_once(cancel)


async def _last_of_a_deposit_given_back(setting: Setting) -> Sequence[Deed]:
    bulk = await setting.paid_in(deposit="4.20")
    await setting.done(
        setting.press("ada", f"drop:{bulk.id}", place="room:hall"), setting.drop("ada", "a.wav")
    )
    ruled = setting.rules_on(await setting.order("ada"), "give-back")
    measured = [await setting.measured(name, who, bulk) for name, who in ((FIRST, "bea"), (SECOND, "cy"))]
    return *measured, hears(ruled)


async def _covered_dispute_lost(setting: Setting) -> Sequence[Deed]:
    covered, disputed = await _covered_dispute(setting)
    bulk = (await setting.trade()).bulk
    assert bulk is not None
    assert bulk.payment is not None
    lost = setting.provider(await setting.project(bulk.payment), "dispute-lost")
    return covered, disputed, hears(lost)


async def _rest_covered_cancel(setting: Setting) -> Sequence[Deed]:
    measured, rest = await _rest_covered(setting)
    return measured, rest, hears(setting.press("ada", f"cancel:{(await setting.order('ada')).order.id}"))


async def _last_song_cancel(setting: Setting) -> Sequence[Deed]:
    one, two = await _last_song(setting)
    return one, two, at_once(setting.press("ada", f"cancel:{(await setting.order('ada')).order.id}"))


THREES: Sequence[Meeting] = (
    Meeting("agree on a price / staff propose another one / staff write it down", _agreed_anew_recorded),
    Meeting("pay in / pay in at another device / cancel", _paid_in_twice_cancel),
    Meeting(
        "a song takes the last of a deposit / another one / one is given back", _last_of_a_deposit_given_back
    ),
    Meeting("a song is covered / what was paid in is disputed / that is lost", _covered_dispute_lost),
    Meeting("a song is covered / the rest becomes credit / cancel", _rest_covered_cancel),
    Meeting("pay at an agreed price / pay its last song, too / cancel", _last_song_cancel),
)
