"""The price of changes, and codes: what is promised, accepted, let go and paid, when deeds meet over it."""

from collections.abc import Sequence

from core.ids import seen
from core.orders import Project
from core.quotes import Quote, QuoteKind
from core.revisions import Batch
from tests.money.explorer import Deed
from tests.money.meeting import Meeting
from tests.money.setting import DESK, Setting, at_once, clock_strikes, hears, pay, works


async def _due(setting: Setting) -> tuple[Project, Batch]:
    """A second batch goes back on the first: its fee waits to be accepted."""
    project = await setting.previewed()
    await setting.done(setting.press("ada", f"wish.volume-up:{project.order.id}"))
    batch = (await setting.order("ada")).batches[-1]
    await setting.done(setting.press("ada", f"send:{project.order.id}:{seen(batch.id, batch.rev)}"))
    await setting.done(setting.press("ada", f"wish.volume-down:{project.order.id}"))
    project = await setting.order("ada")
    return project, project.batches[-1]


async def _asked(setting: Setting) -> tuple[Project, Quote]:
    """Staff are to name a price instead."""
    await setting.staffed()
    project, batch = await _due(setting)
    await setting.done(setting.press("ada", f"ask-price:{project.order.id}:{seen(batch.id, batch.rev)}"))
    return await _quoted(setting)


async def _named(setting: Setting) -> tuple[Project, Quote]:
    """Staff have named a price."""
    project, quote = await _asked(setting)
    await setting.done(
        setting.press("olga", f"quote.more:{project.order.id}:{seen(quote.id, quote.rev)}", place=DESK)
    )
    return await _quoted(setting)


async def _quoted(setting: Setting) -> tuple[Project, Quote]:
    project = await setting.order("ada")
    return project, next(one for one in reversed(project.quotes) if one.kind is QuoteKind.REVISION)


def _fee(project: Project, batch: Batch) -> str:
    return f"accept.fee:{project.order.id}:{seen(batch.id, batch.rev)}"


def _quote(verb: str, project: Project, quote: Quote) -> str:
    return f"{verb}:{project.order.id}:{seen(quote.id, quote.rev)}"


async def _fee_twice(setting: Setting) -> tuple[Deed, Deed]:
    await setting.credit("ada", 700)
    action = _fee(*await _due(setting))
    return at_once(setting.press("ada", action)), at_once(setting.press("ada", action))


async def _fee_declined(setting: Setting) -> tuple[Deed, Deed]:
    project, batch = await _due(setting)
    keep = setting.press("ada", f"unwish.paid:{project.order.id}:{seen(batch.id, batch.rev)}")
    return at_once(setting.press("ada", _fee(project, batch))), at_once(keep)


async def _fee_end(setting: Setting) -> tuple[Deed, Deed]:
    tap = setting.press("ada", _fee(*await _due(setting)))
    setting.later(days=6)
    return hears(tap), clock_strikes


async def _fee_refund(setting: Setting) -> tuple[Deed, Deed]:
    await setting.staffed()
    project, batch = await _due(setting)
    await setting.decided(setting.press("ada", _fee(project, batch)))
    return works, hears(setting.rules_on(project, "give-back"))


async def _fee_changed(setting: Setting) -> tuple[Deed, Deed]:
    await setting.decided(setting.press("ada", _fee(*await _due(setting))))
    return works, hears(setting.press("ada", _quote("change-list", *await _quoted(setting))))


async def _fee_dispute(setting: Setting) -> tuple[Deed, Deed]:
    project, batch = await _due(setting)
    tap = setting.press("ada", _fee(project, batch))
    return hears(tap), hears(setting.provider(project, "disputed"))


async def _naming_taken_back(setting: Setting) -> tuple[Deed, Deed]:
    project, quote = await _asked(setting)
    names = setting.press("olga", _quote("quote.floor", project, quote), place=DESK)
    return hears(names), hears(setting.press("ada", _quote("change-list", project, quote)))


async def _naming_waived(setting: Setting) -> tuple[Deed, Deed]:
    await setting.joined_by("tom")
    project, quote = await _asked(setting)
    names = setting.press("olga", _quote("quote.floor", project, quote), place=DESK)
    return hears(names), hears(setting.rules_on(project, "waive", by="tom"))


async def _naming_undone(setting: Setting) -> tuple[Deed, Deed]:
    project, quote = await _asked(setting)
    await setting.done(setting.press("olga", _quote("quote.floor", project, quote), place=DESK))
    undo = setting.press("olga", f"undo:{project.order.id}:0", place=DESK)
    setting.later(minutes=1)  # it was pressed in time, and is heard late
    return hears(undo), clock_strikes


async def _quote_twice(setting: Setting) -> tuple[Deed, Deed]:
    action = _quote("accept.quote", *await _named(setting))
    return at_once(setting.press("ada", action)), at_once(setting.press("ada", action))


async def _quote_declined(setting: Setting) -> tuple[Deed, Deed]:
    project, quote = await _named(setting)
    taps = (setting.press("ada", _quote(verb, project, quote)) for verb in ("accept.quote", "decline"))
    accepts, declines = map(at_once, taps)
    return accepts, declines


async def _quote_expires(setting: Setting) -> tuple[Deed, Deed]:
    tap = setting.press("ada", _quote("accept.quote", *await _named(setting)))
    setting.later(days=8)
    return hears(tap), clock_strikes


async def _quote_waived(setting: Setting) -> tuple[Deed, Deed]:
    project, quote = await _named(setting)
    tap = setting.press("ada", _quote("accept.quote", project, quote))
    return hears(tap), hears(setting.rules_on(project, "waive"))


async def _coded(setting: Setting) -> tuple[Project, Project]:
    """Two offers with one code, which takes something off one order."""
    orders = []
    for _ in range(2):
        await setting.offered()
        await setting.done(setting.command("ada", "code SUMMER"))
        orders.append(await setting.order("ada"))
    assert [each.order.rebate for each in orders] == ["SUMMER", "SUMMER"]
    return orders[0], orders[1]


async def _one_code(setting: Setting) -> tuple[Deed, Deed]:
    first, second = await _coded(setting)
    return at_once(setting.press("ada", pay(first))), at_once(setting.press("ada", pay(second)))


PAIRS: Sequence[Meeting] = (
    Meeting("accept a fee / accept it at another device", _fee_twice),
    Meeting("accept a fee / take the wish back", _fee_declined),
    Meeting("accept a fee / the window ends", _fee_end),
    Meeting("accept a fee / the payment is disputed", _fee_dispute),
    Meeting("the till takes a fee / staff give it all back", _fee_refund),
    Meeting("the till takes a fee / the list is changed", _fee_changed),
    Meeting("the till declines a fee / the list is changed", _fee_changed, 99_500),
    Meeting("staff name a price / the list is changed", _naming_taken_back),
    Meeting("staff name a price / somebody else waives it", _naming_waived),
    Meeting("the naming of a price is undone / its time comes", _naming_undone, undo=60),
    Meeting("accept a named price / accept it at another device", _quote_twice),
    Meeting("accept a named price / decline it at another device", _quote_declined),
    Meeting("accept a named price / it expires", _quote_expires),
    Meeting("accept a named price / staff waive it", _quote_waived),
    Meeting("pay with a code / pay another order with it", _one_code),
)


async def _fee_end_refund(setting: Setting) -> Sequence[Deed]:
    await setting.staffed()
    tap, strikes = await _fee_end(setting)
    return tap, strikes, hears(setting.rules_on(await setting.order("ada"), "give-back"))


async def _quote_declined_waived(setting: Setting) -> Sequence[Deed]:
    accepts, declines = await _quote_declined(setting)
    return accepts, declines, hears(setting.rules_on(await setting.order("ada"), "waive"))


async def _naming_undone_changed(setting: Setting) -> Sequence[Deed]:
    undo, strikes = await _naming_undone(setting)
    change = setting.press("ada", _quote("change-list", *await _quoted(setting)))
    return undo, strikes, hears(change)


async def _quote_twice_expires(setting: Setting) -> Sequence[Deed]:
    accepts, again = await _quote_twice(setting)
    setting.later(days=8)
    return accepts, again, clock_strikes


async def _one_code_cancel(setting: Setting) -> Sequence[Deed]:
    first, second = await _coded(setting)
    taps = (pay(first), pay(second), f"cancel:{first.order.id}")
    return [at_once(setting.press("ada", action)) for action in taps]


THREES: Sequence[Meeting] = (
    Meeting("accept a fee / the window ends / staff give it all back", _fee_end_refund),
    Meeting("accept a named price / decline it / staff waive it", _quote_declined_waived),
    Meeting(
        "the naming of a price is undone / its time comes / the list is changed",
        _naming_undone_changed,
        undo=60,
    ),
    Meeting("accept a named price / accept it at another device / it expires", _quote_twice_expires),
    Meeting("pay with a code / pay another order with it / cancel", _one_code_cancel),
)
