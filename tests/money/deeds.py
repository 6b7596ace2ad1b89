"""Orders, their money, and how it goes back: deeds that meet, and how things stood just before."""

from collections.abc import Sequence

from core.orders import Project
from tests.desk.studio import rendered
from tests.money.explorer import Deed
from tests.money.meeting import Meeting
from tests.money.setting import (
    DESK,
    FIRST,
    SECOND,
    Setting,
    approve,
    at_once,
    clock_strikes,
    hears,
    pay,
    withdrawal,
    works,
)


async def _double_tap(setting: Setting) -> tuple[Deed, Deed]:
    action = pay(await setting.offered())
    return hears(setting.press("ada", action)), hears(setting.press("ada", action))


async def _two_taps(setting: Setting) -> tuple[Deed, Deed]:
    action = pay(await setting.offered())
    return at_once(setting.press("ada", action)), at_once(setting.press("ada", action))


async def _same_event(setting: Setting) -> tuple[Deed, Deed]:
    tap = setting.press("ada", pay(await setting.offered()))
    return hears(tap), hears(tap)


async def _pay_cancel(setting: Setting) -> tuple[Deed, Deed]:
    await setting.credit("ada", 200)
    project = await setting.offered()
    return at_once(setting.press("ada", pay(project))), at_once(setting.press("ada", _cancel(project)))


async def _one_credit(setting: Setting) -> tuple[Deed, Deed]:
    await setting.credit("ada", 600)
    one, two = await setting.offered(), await setting.offered()
    tap, other = (setting.press("ada", pay(each, ".credit")) for each in (one, two))
    return at_once(tap), at_once(other)


async def _credit_comes_back(setting: Setting) -> tuple[Deed, Deed]:
    await setting.staffed()
    await setting.credit("ada", 600)
    one = await setting.previewed()
    two = await setting.offered()
    await setting.decided(setting.rules_on(one, "give-back"))
    return clock_strikes, hears(setting.press("ada", pay(two)))


async def _till_cancel(setting: Setting) -> tuple[Deed, Deed]:
    project = await setting.paying()
    return works, hears(setting.press("ada", _cancel(project)))


async def _two_hands(setting: Setting) -> tuple[Deed, Deed]:
    await setting.paying()
    return works, works


async def _till_refund(setting: Setting) -> tuple[Deed, Deed]:
    await setting.staffed()
    await setting.credit("ada", 200)
    project = await setting.paying()
    return works, hears(setting.rules_on(project, "give-back"))


async def _till_minor(setting: Setting) -> tuple[Deed, Deed]:
    await setting.credit("ada", 200)
    await setting.paying()
    return works, hears(setting.press("ada", "minor:me"))


async def _asked_twice(setting: Setting) -> tuple[Deed, Deed]:
    await setting.staffed()
    project = await setting.paying()
    await setting.asked_in_vain()
    again = f"retry:{project.order.id}"
    first, second = (hears(setting.press("olga", again, place=DESK)) for _ in range(2))
    return first, second


async def _unknown_refund(setting: Setting) -> tuple[Deed, Deed]:
    await setting.staffed()
    await setting.credit("ada", 200)
    project = await setting.paying()
    await setting.asked_in_vain()
    again = setting.press("olga", f"retry:{project.order.id}", place=DESK)
    return hears(again), hears(setting.rules_on(project, "give-back"))


async def _approve_refund(setting: Setting) -> tuple[Deed, Deed]:
    await setting.staffed()
    project = await setting.previewed()
    await setting.decided(setting.rules_on(project, "give-back"))
    return hears(setting.press("ada", approve(project))), clock_strikes


async def _approve_end(setting: Setting) -> tuple[Deed, Deed]:
    project = await setting.previewed()
    tap = setting.press("ada", approve(project))
    setting.later(days=6)
    return hears(tap), clock_strikes


async def _refund_end(setting: Setting) -> tuple[Deed, Deed]:
    await setting.staffed()
    project = await setting.previewed()
    await setting.decided(setting.rules_on(project, "give-back"))
    setting.later(days=6)
    return clock_strikes, clock_strikes


async def _both_want_it_back(setting: Setting) -> tuple[Deed, Deed]:
    await setting.staffed()
    await setting.credit("ada", 200)
    project = await setting.aside()
    return (
        hears(setting.press("ada", _refund(project))),
        hears(setting.press("olga", _refund(project), place=DESK)),
    )


async def _refund_again(setting: Setting) -> tuple[Deed, Deed]:
    await setting.staffed()
    project = await setting.aside()
    await setting.decided(setting.press("ada", _refund(project)))
    return works, hears(setting.press("olga", _refund(project), place=DESK))


async def _refund_retry(setting: Setting) -> tuple[Deed, Deed]:
    await setting.staffed()
    project = await setting.aside()
    again = setting.press("olga", f"retry:{project.order.id}", place=DESK)
    return hears(setting.press("ada", _refund(project))), hears(again)


async def _pay_expiry(setting: Setting) -> tuple[Deed, Deed]:
    project = await setting.offered()
    setting.later(days=8)
    return hears(setting.press("ada", pay(project))), clock_strikes


async def _pay_drop(setting: Setting) -> tuple[Deed, Deed]:
    project = await setting.offered()
    return hears(setting.press("ada", pay(project))), hears(setting.drop("ada", "b.wav"))


async def _made_refund(setting: Setting) -> tuple[Deed, Deed]:
    await setting.staffed()
    project = await setting.aside()
    await setting.decided(setting.press("olga", f"retry:{project.order.id}", place=DESK))
    job = await setting.taken(FIRST)
    await setting.decided(setting.rules_on(project, "give-back"))
    return lambda process: process.ends(job, {"done": rendered()}), clock_strikes


async def _owed_end(setting: Setting) -> tuple[Deed, Deed]:
    offer = await setting.offered()
    await setting.done(setting.press("ada", f"preview:{offer.order.id}:{offer.order.rev}"))
    project = await setting.order("ada")
    tap = setting.press("ada", pay(project))
    setting.later(days=6)
    return hears(tap), clock_strikes


async def _credit_refund(setting: Setting) -> tuple[Deed, Deed]:
    await setting.staffed()
    await setting.joined_by("tom")
    await setting.credit("ada", 200)
    project = await setting.released()
    await setting.decided(setting.rules_on(project, "credit-half"))
    return clock_strikes, hears(setting.rules_on(project, "give-back", by="tom"))


async def _two_credits(setting: Setting) -> tuple[Deed, Deed]:
    await setting.staffed()
    await setting.joined_by("tom")
    project = await setting.released()
    one, two = (setting.rules_on(project, "credit-all", by=who) for who in ("olga", "tom"))
    return hears(one), hears(two)


async def _undo_due(setting: Setting) -> tuple[Deed, Deed]:
    await setting.staffed()
    project = await setting.released()
    await setting.done(setting.rules_on(project, "credit-all"))
    undo = setting.press("olga", f"undo:{project.order.id}:0", place=DESK)
    setting.later(minutes=1)  # it was pressed in time, and is heard late
    return hears(undo), clock_strikes


async def _second_first(setting: Setting) -> tuple[Deed, Deed]:
    project = await _asks_a_second(setting)
    approve_ = setting.press("tom", f"second.yes:{project.order.id}:0", place=DESK)
    return hears(approve_), hears(setting.press("olga", f"undo:{project.order.id}:0", place=DESK))


async def _second_twice(setting: Setting) -> tuple[Deed, Deed]:
    project = await _asks_a_second(setting)
    await setting.joined_by("rita")
    yes = setting.press("tom", f"second.yes:{project.order.id}:0", place=DESK)
    no = setting.press("rita", f"second.no:{project.order.id}:0", place=DESK)
    return hears(yes), hears(no)


async def _second_two_yes(setting: Setting) -> tuple[Deed, Deed]:
    project = await _asks_a_second(setting)
    await setting.joined_by("rita")
    action = f"second.yes:{project.order.id}:0"
    one, two = (setting.press(who, action, place=DESK) for who in ("tom", "rita"))
    return hears(one), hears(two)


async def _part_credit(setting: Setting) -> tuple[Deed, Deed]:
    await setting.staffed()
    await setting.joined_by("tom")
    project = await setting.released()
    part = setting.command("olga", f"refund approve {project.order.number} 4 at fault", place=DESK)
    return hears(part), hears(setting.rules_on(project, "credit-all", by="tom"))


async def _part_dispute(setting: Setting) -> tuple[Deed, Deed]:
    await setting.staffed()
    project = await setting.released()
    part = f"refund approve {project.order.number} 4 at fault"
    await setting.decided(setting.command("olga", part, place=DESK))
    return clock_strikes, hears(setting.provider(project, "disputed"))


async def _taken_spent(setting: Setting) -> tuple[Deed, Deed]:
    """What a lost dispute cost is taken from credit that there is."""
    await setting.staffed()
    project = await setting.released()
    await setting.credit("ada", 600)
    await setting.done(setting.provider(project, "disputed"), setting.provider(project, "dispute-lost"))
    other = await setting.offered()
    await setting.decided(setting.rules_on(project, "take"))
    return clock_strikes, hears(setting.press("ada", pay(other)))


async def _join_pay(setting: Setting) -> tuple[Deed, Deed]:
    join = await setting.linked("bo")
    await setting.credit("ada", 600)
    project = await setting.offered()
    return at_once(setting.press("ada", pay(project))), at_once(setting.press("ada", join))


async def _join_till(setting: Setting) -> tuple[Deed, Deed]:
    join = await setting.linked("bo")
    await setting.credit("ada", 200)
    await setting.paying()
    return works, hears(setting.press("ada", join))


async def _join_refund(setting: Setting) -> tuple[Deed, Deed]:
    await setting.staffed()
    join = await setting.linked("bo")
    await setting.credit("ada", 200)
    await setting.decided(setting.rules_on(await setting.previewed(), "give-back"))
    return clock_strikes, hears(setting.press("ada", join))


async def _asks_a_second(setting: Setting) -> Project:
    await setting.staffed()
    await setting.joined_by("tom")
    project = await setting.released()
    await setting.done(setting.rules_on(project, "give-back"))
    return project


async def _complaint_fix(setting: Setting) -> tuple[Deed, Deed]:
    await setting.staffed()
    project = await setting.complained()
    await setting.decided(setting.press("olga", f"fix.warm:{project.order.id}", place=DESK))
    job = await setting.taken(SECOND)
    setting.later(hours=24)
    return clock_strikes, lambda process: process.ends(job, {"done": rendered()})


async def _complaint_withdrawn(setting: Setting) -> tuple[Deed, Deed]:
    project = await setting.complained()
    withdraw = setting.press("ada", withdrawal(project))
    setting.later(hours=24)
    return clock_strikes, hears(withdraw)


async def _complaint_disputed(setting: Setting) -> tuple[Deed, Deed]:
    project = await setting.complained()
    disputed = setting.provider(project, "disputed")
    setting.later(hours=24)
    return clock_strikes, hears(disputed)


async def _complaint_ruled(setting: Setting) -> tuple[Deed, Deed]:
    await setting.staffed()
    project = await setting.complained()
    await setting.decided(setting.rules_on(project, "give-back"))
    setting.later(hours=24)
    return clock_strikes, clock_strikes


async def _dispute_refund(setting: Setting) -> tuple[Deed, Deed]:
    await setting.staffed()
    await setting.credit("ada", 200)
    project = await setting.released()
    await setting.decided(setting.rules_on(project, "give-back"))
    return hears(setting.provider(project, "disputed")), clock_strikes


async def _dispute_sent(setting: Setting) -> tuple[Deed, Deed]:
    await setting.staffed()
    project = await setting.aside()
    await setting.decided(setting.press("ada", _refund(project)))
    return works, hears(setting.provider(project, "disputed"))


async def _dispute_approved(setting: Setting) -> tuple[Deed, Deed]:
    project = await setting.previewed()
    return hears(setting.provider(project, "disputed")), hears(setting.press("ada", approve(project)))


async def _dispute_ends(setting: Setting) -> tuple[Deed, Deed]:
    await setting.credit("ada", 200)
    project = await setting.previewed()
    await setting.done(setting.provider(project, "disputed"))
    won, lost = setting.provider(project, "dispute-won"), setting.provider(project, "dispute-lost")
    return hears(won), hears(lost)


async def _aside_due(setting: Setting) -> tuple[Deed, Deed]:
    await setting.staffed()
    project = await setting.aside()
    again = setting.press("olga", f"retry:{project.order.id}", place=DESK)
    setting.later(hours=24)
    return clock_strikes, hears(again)


def _cancel(project: Project) -> str:
    return f"cancel:{project.order.id}"


def _refund(project: Project) -> str:
    return f"refund:{project.order.id}"


DEAR = 100_301
"""More than there is in a demo purse."""

PAIRS: Sequence[Meeting] = (
    Meeting("pay / pay: a double tap", _double_tap),
    Meeting("pay / pay, at two devices at once", _two_taps),
    Meeting("pay / the same tap at another process", _same_event),
    Meeting("pay with credit and money / cancel", _pay_cancel),
    Meeting("pay with credit / pay another order with it", _one_credit),
    Meeting("pay / the offer runs out", _pay_expiry),
    Meeting("pay / one more song", _pay_drop),
    Meeting("the till takes it / cancel", _till_cancel),
    Meeting("the till takes it / another hand at the tills", _two_hands),
    Meeting("the till takes it / staff give it back", _till_refund),
    Meeting("the till takes it / the artist is a child", _till_minor),
    Meeting("the till declines it / cancel", _till_cancel, DEAR),
    Meeting("the till declines it / staff give it back", _till_refund, DEAR),
    Meeting("the till declines it / the artist is a child", _till_minor, DEAR),
    Meeting("the till is asked again / and again", _asked_twice),
    Meeting("the till is asked again / staff give it back", _unknown_refund),
    Meeting("approve / staff give it back", _approve_refund),
    Meeting("approve / the window ends", _approve_end),
    Meeting("staff give it back / the window ends", _refund_end),
    Meeting("staff give it back / its credit pays another order", _credit_comes_back),
    Meeting("the artist takes it back / staff give it back", _both_want_it_back),
    Meeting("the artist takes it back / staff let the engine try again", _refund_retry),
    Meeting("the till gives it back / staff ask for it again", _refund_again),
    Meeting("a master is made / staff give it back", _made_refund),
    Meeting("pay for the files / the window ends", _owed_end, charge="before-files"),
    Meeting("staff give credit / staff give it back", _credit_refund),
    Meeting("staff give credit / somebody else does, too", _two_credits),
    Meeting("a decision is undone / its time comes", _undo_due, undo=60),
    Meeting("a second person approves / who decided undoes it", _second_first, 6_000),
    Meeting("a second person approves / another one refuses", _second_twice, 6_000),
    Meeting("a second person approves / a third one, too", _second_two_yes, 6_000),
    Meeting("staff give part of it back / somebody else gives credit", _part_credit),
    Meeting("staff give part of it back / the payment is disputed", _part_dispute),
    Meeting("staff take credit back / it pays another order", _taken_spent),
    Meeting("pay with credit / two accounts become one", _join_pay),
    Meeting("the till takes it / two accounts become one", _join_till),
    Meeting("staff give it back / two accounts become one", _join_refund),
    Meeting("a complaint is due / its fix is made", _complaint_fix),
    Meeting("a complaint is due / its artist withdraws it", _complaint_withdrawn),
    Meeting("a complaint is due / the payment is disputed", _complaint_disputed),
    Meeting("a complaint is due / staff give it back", _complaint_ruled),
    Meeting("the payment is disputed / staff give it back", _dispute_refund),
    Meeting("the till gives it back / the payment is disputed", _dispute_sent),
    Meeting("the payment is disputed / approve", _dispute_approved),
    Meeting("the dispute is won / the dispute is lost", _dispute_ends),
    Meeting("a failed order is due / staff let the engine try again", _aside_due),
)


async def _complaint_fix_dispute(setting: Setting) -> Sequence[Deed]:
    strikes, made = await _complaint_fix(setting)
    return strikes, made, hears(setting.provider(await setting.order("ada"), "disputed"))


async def _credit_refund_dispute(setting: Setting) -> Sequence[Deed]:
    strikes, ruled = await _credit_refund(setting)
    return strikes, ruled, hears(setting.provider(await setting.order("ada"), "disputed"))


async def _undo_due_dispute(setting: Setting) -> Sequence[Deed]:
    undo, strikes = await _undo_due(setting)
    return undo, strikes, hears(setting.provider(await setting.order("ada"), "disputed"))


async def _second_undo_dispute(setting: Setting) -> Sequence[Deed]:
    yes, undo = await _second_first(setting)
    return yes, undo, hears(setting.provider(await setting.order("ada"), "disputed"))


async def _sent_dispute_ends(setting: Setting) -> Sequence[Deed]:
    await setting.staffed()
    project = await setting.aside()
    await setting.decided(setting.press("ada", _refund(project)))
    disputed, lost = (setting.provider(project, state) for state in ("disputed", "dispute-lost"))
    return works, hears(disputed), hears(lost)


async def _aside_due_back(setting: Setting) -> Sequence[Deed]:
    strikes, again = await _aside_due(setting)
    return strikes, again, hears(setting.press("ada", _refund(await setting.order("ada"))))


async def _pay_cancel_expiry(setting: Setting) -> Sequence[Deed]:
    project = await setting.offered()
    tap, cancel = setting.press("ada", pay(project)), setting.press("ada", _cancel(project))
    setting.later(days=8)
    return hears(tap), hears(cancel), clock_strikes


async def _approve_end_refund(setting: Setting) -> Sequence[Deed]:
    await setting.staffed()
    project = await setting.previewed()
    tap, ruled = setting.press("ada", approve(project)), setting.rules_on(project, "give-back")
    setting.later(days=6)
    return hears(tap), clock_strikes, hears(ruled)


async def _complaint_fix_withdrawn(setting: Setting) -> Sequence[Deed]:
    strikes, made = await _complaint_fix(setting)
    withdraw = setting.press("ada", withdrawal(await setting.order("ada")))
    return strikes, made, hears(withdraw)


async def _second_twice_undo(setting: Setting) -> Sequence[Deed]:
    yes, no = await _second_twice(setting)
    undo = setting.press("olga", f"undo:{(await setting.order('ada')).order.id}:0", place=DESK)
    return yes, no, hears(undo)


async def _dispute_ends_refund(setting: Setting) -> Sequence[Deed]:
    await setting.staffed()
    won, lost = await _dispute_ends(setting)
    return won, lost, hears(setting.rules_on(await setting.order("ada"), "give-back"))


THREES: Sequence[Meeting] = (
    Meeting("a complaint is due / its fix is made / a dispute", _complaint_fix_dispute),
    Meeting("staff give credit / and all of it back / a dispute", _credit_refund_dispute),
    Meeting("a decision is undone / its time comes / a dispute", _undo_due_dispute, undo=60),
    Meeting("a second person approves / who decided undoes it / a dispute", _second_undo_dispute, 6_000),
    Meeting("the till gives it back / a dispute / it is lost", _sent_dispute_ends),
    Meeting("a failed order is due / tried again / taken back", _aside_due_back),
    Meeting("pay / cancel / the offer runs out", _pay_cancel_expiry),
    Meeting("approve / the window ends / staff give it back", _approve_end_refund),
    Meeting("a complaint is due / its fix is made / its artist withdraws it", _complaint_fix_withdrawn),
    Meeting(
        "a second person approves / another one refuses / who decided undoes it", _second_twice_undo, 6_000
    ),
    Meeting("the dispute is won / it is lost / staff give it back", _dispute_ends_refund),
)
