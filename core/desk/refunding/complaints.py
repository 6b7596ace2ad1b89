"""Complaints about what the engine made: a reason starts the clock of the fix, and its end gives the money
back (B63-B66). About what people made, the staff decide (A24, A25).
"""

from dataclasses import replace
from datetime import datetime, timedelta

from core import refunds as money
from core.aims import first_settings
from core.albums import together
from core.asks import applied
from core.changes import Changes
from core.complaints import STANDING, Complaint, ComplaintState, about, songs_meant, unfixed
from core.decisions import Decision
from core.desk.evolution import with_complaint, with_order
from core.desk.making import fixing
from core.desk.making.mastering import rendering
from core.desk.outcome import outcome
from core.desk.refunding import refunds
from core.desk.refunding.returning import RULES
from core.desk.scene import Scene
from core.desk.shown import buttons, phrases
from core.desk.shown.stale import stale
from core.ids import seen
from core.messages import Action, Button
from core.money import Money
from core.orders import DELIVERED, Grouping, OrderState, Project
from core.refunds import RefundTo
from core.revisions import BatchState
from core.services import BY_HAND
from core.songs import Song
from core.styles import keys
from core.text import Moment, Text
from core.windows import is_open
from dsp.settings import Settings


def meant(scene: Scene) -> Project | None:
    """The order that somebody asks about who names none: theirs that was paid last."""
    if scene.project is not None and scene.owns:
        return scene.project
    known = (*scene.snapshot.open, *scene.snapshot.past)
    return next((one for one in known if one.is_paid), next(iter(known), None))


def asked(scene: Scene, reason: str) -> Changes:
    """The artist wants their money back, and says why; without a reason no clock begins. # B63"""
    project, say = meant(scene), scene.say
    if project is None or not project.is_paid:
        return _answered(scene, project, say("You have no payment here that could go back."))
    order = project.order
    rules = order.under(scene.rules)
    number = str(order.number)
    if money.any_open(project.disputes):
        text = say(
            "Your payment provider decides about order {number}; until then nothing goes back.", number=number
        )
        return _answered(scene, project, text)
    if rules.refund == "credit":
        return _for_the_staff(scene, project, reason)
    if order.state not in DELIVERED:
        return _not_yet(scene, project)
    waiting = order.state is OrderState.REVIEW and order.deadline is None
    if rules.complaints_within_window_only and not waiting and not is_open(order, scene.now):  # C9
        text = say(
            "Your time for changes to order {number} is over, and with it the time for a complaint. "
            "A person can still look at it.",
            number=number,
        )
        return _answered(scene, project, text)
    if (known := standing(project)) is not None:
        text = say(
            "You have complained about order {number} already, and the clock of that runs until {when}.",
            number=number,
            when=Moment(known.due or scene.now),
        )
        row = buttons.withdraw(say, known), buttons.human(say, order.id)
        return scene.answered(text, *row, order=order.id)
    if any(one.version == order.version for one in project.complaints):
        text = say("You have complained about this version of order {number} already.", number=number)
        return _answered(scene, project, text)
    songs = songs_meant(reason, project.works)
    fresh = tuple(song for song in songs if song not in _given_back(project))
    if songs and not fresh:
        text = say("What that cost of order {number} went back already.", number=number)
        return _answered(scene, project, text)
    return _opened(scene, project, reason, fresh, timedelta(hours=rules.fix_hours))


def standing(project: Project) -> Complaint | None:
    """The complaint of which something may still come; there is one at a time."""
    return next((one for one in project.complaints if one.state in STANDING), None)


def _given_back(project: Project) -> frozenset[str]:
    """The songs whose money went back by earlier complaints; none has it twice. # C10"""
    return frozenset(
        song.id
        for complaint in project.complaints
        if complaint.state is ComplaintState.REFUNDED
        for song in unfixed(complaint, project.works, project.versions, project.wished)
    )


def _opened(scene: Scene, project: Project, reason: str, songs: tuple[str, ...], time: timedelta) -> Changes:
    order, say = project.order, scene.say
    due = scene.now + time
    complaint = _complaint(scene, project, reason, songs, due)
    number, when = str(order.number), Moment(due)
    if order.bulk is not None:
        text = say(
            "I have passed on what is wrong with order {number}. If it is not put right before {when}, what "
            "was paid for it goes back to whoever paid.",
            number=number,
            when=when,
        )
    elif complaint.songs and order.price is not None:
        text = say(
            "I have passed on what is wrong with {songs} of order {number}. If that is not put right before "
            "{when}, what it cost comes back by itself: {amount}.",
            songs=phrases.titles(order, about(complaint, project.works)),
            number=number,
            when=when,
            amount=_cost(scene, project, len(complaint.songs)),
        )
    else:
        text = say(
            "I have passed on what is wrong with order {number}. If it is not put right before {when}, your "
            "money comes back by itself.",
            number=number,
            when=when,
        )
    row = buttons.withdraw(say, complaint), buttons.human(say, order.id)
    answer = scene.answer(text, *row, order=order.id)
    return outcome(scene, project, with_complaint(project, complaint), notices=(answer,))


def _not_yet(scene: Scene, project: Project) -> Changes:
    """Nothing was delivered that could be at fault, or something new is on its way."""
    order, say = project.order, scene.say
    if project.may_be_taken_back:
        return stale(scene, project)  # its card has the way to the money
    if order.state is OrderState.ASIDE:
        text = say(
            "Something went wrong with order {number} on our side, and a person is looking into it. Tell "
            "them what you hear.",
            number=str(order.number),
        )
        return _answered(scene, project, text)
    text = say(
        "Order {number} is being worked on. Listen first; if something is wrong then, tell me.",
        number=str(order.number),
    )
    return _answered(scene, project, text)


def _for_the_staff(scene: Scene, project: Project, reason: str) -> Changes:
    """What people made is not refunded by a clock: the staff decide about a credit. # A24, A25"""
    order, say = project.order, scene.say
    if standing(project) is not None:
        text = say("You have asked that already, about order {number}.", number=str(order.number))
        return _answered(scene, project, text)
    text = say(
        "I have passed it on. For work by hand the studio decides about a credit; a person answers here."
    )
    asked_for = _complaint(scene, project, reason, songs_meant(reason, project.works), None)
    row = buttons.withdraw(say, asked_for), buttons.human(say, order.id)
    answer = scene.answer(text, *row, order=order.id)
    return outcome(scene, project, with_complaint(project, asked_for), notices=(answer,))


def _complaint(
    scene: Scene, project: Project, reason: str, songs: tuple[str, ...], due: datetime | None
) -> Complaint:
    order = project.order
    return Complaint(
        scene.id("complaint"),
        order.id,
        ComplaintState.OPEN,
        order.version,
        reason,
        scene.now,
        due,
        songs,
    )


# What becomes of it


def withdrawn(scene: Scene, project: Project, which: int | None) -> Changes:
    """[Withdraw my complaint]: the clock stops, and whoever works on a fix need not. An old button is about
    an old one.
    """
    complaint = standing(project)
    if complaint is None or which != seen(complaint.id, 0):
        return stale(scene, project)
    closed = replace(complaint, state=ComplaintState.WITHDRAWN, closed=scene.now)
    text = scene.say("Your complaint about order {number} is withdrawn.", number=str(project.order.number))
    answer = scene.answer(text, buttons.human(scene.say, project.order.id), order=project.order.id)
    songs = [song.id for song in about(complaint, project.works)]
    after = fixing.ended(with_complaint(project, closed), songs)
    return outcome(scene, project, after, notices=(answer, *fixing.told_over(scene, project, songs)))


def fixed(scene: Scene, project: Project) -> Project:
    """The project after a new version has arrived: what was put right in time is over. While a dispute stops
    the clock, everything is. # B64, B66
    """
    complaint = standing(project)
    if complaint is None:
        return project
    frozen = complaint.state is ComplaintState.FROZEN
    stopped = replace(complaint, due=None) if frozen else complaint
    if unfixed(stopped, project.works, project.versions, project.wished):
        return project
    return with_complaint(project, replace(complaint, state=ComplaintState.FIXED, closed=scene.now))


def unjustified(scene: Scene, project: Project, decision: Decision) -> Changes:
    """The staff explain why they think otherwise, and invite to withdraw. The clock runs on."""
    complaint = standing(project)
    if complaint is None or complaint.id != decision.about or complaint.state is not ComplaintState.OPEN:
        return outcome(scene, project, project)
    order, say = project.order, scene.to_artist
    text = say(
        "About your complaint on order {number}: {name} from the studio: {words}",
        number=str(order.number),
        name=decision.name,
        words=decision.reason,
    ) + say(
        " If you agree, withdraw it. Otherwise the clock runs on: if it is not put right, your money comes "
        "back {when}.",
        when=Moment(complaint.due or scene.now),
    )
    notice = scene.notice(order, "unjustified", text, buttons.withdraw(say, complaint))
    answered = replace(complaint, answered_by=decision.name)
    return outcome(scene, project, with_complaint(project, answered), notices=(notice,))


def overdue(scene: Scene, project: Project) -> Complaint | None:
    """The complaint whose time is over: at 24:00:00, not before. # C11

    While money is moving it waits: what the tills answer moves the order, and then it is looked at again.
    """
    complaint = standing(project)
    if complaint is None or complaint.state is not ComplaintState.OPEN or complaint.due is None:
        return None
    if scene.now < complaint.due:
        return None
    nothing = not refunds.left_of(scene, project) and not scene.snapshot.running
    return complaint if nothing or refunds.can_go_back(scene, project) else None


def ended(scene: Scene, project: Project, complaint: Complaint) -> Changes:
    """Nothing was put right in time: the money of what is wrong goes back, by itself. # B65, R2, R7"""
    order = project.order
    left, works = refunds.left_of(scene, project), project.works
    wrong = unfixed(complaint, works, project.versions, project.wished)
    closed = replace(complaint, state=ComplaintState.REFUNDED, closed=scene.now)
    after = with_complaint(project, closed)
    if not left:
        return outcome(scene, project, after)
    whole = len(wrong) == len(works) or order.price is None
    told = scene.notice(order, "overdue", _goes_back(scene, project, () if whole else wrong))
    if whole:
        return Changes(notices=(told,)) + refunds.all_back(scene, project, after)
    share = _cost(scene, project, len(wrong))
    return Changes(notices=(told,)) + refunds.part_back(scene, project, after, share, RefundTo.METHOD, RULES)


def _goes_back(scene: Scene, project: Project, wrong: tuple[Song, ...]) -> Text:
    """What is said when nothing came in time. `wrong`: of which songs, where it is not all of them."""
    order, say = project.order, scene.to_artist
    number, hours = str(order.number), timedelta(hours=order.under(scene.rules).fix_hours)
    if order.bulk is not None:
        return say(
            "Order {number} was not put right within {hours}, so what was paid for it goes back.",
            number=number,
            hours=hours,
        )
    if wrong:
        return say(
            "Not put right within {hours} in order {number}: {songs}. What that cost goes back.",
            hours=hours,
            number=number,
            songs=phrases.titles(order, wrong),
        )
    return say(
        "Order {number} was not put right within {hours}, so your money goes back.",
        number=number,
        hours=hours,
    )


def _cost(scene: Scene, project: Project, songs: int) -> Money:
    """What so many songs of an order cost, as far as it has not gone back yet. # R7"""
    left, price = refunds.left_of(scene, project), project.order.price
    return left if price is None else min(money.share(price, songs, len(project.works)), left)


# What the staff do about it


def run_again(scene: Scene, project: Project, style: str | None) -> Changes:
    """[Fix: run it again with …]: another character, and all that was asked for since. # C9"""
    complaint, order, say = standing(project), project.order, scene.to_staff
    stands = complaint is not None and complaint.state is ComplaintState.OPEN and complaint.due is not None
    if complaint is None or not stands or order.state not in DELIVERED or order.service in BY_HAND:
        text = scene.say("There is no complaint to fix, or a new version is in work already.")
        return scene.answered(text)
    own = scene.rules.styles
    others = [key for key in keys(own) if key != order.style]
    if style is None:
        row = [
            Button(phrases.style(say, key, own), Action("fix", order.id, choice=key).pack()) for key in others
        ]
        text = scene.say("Run order {number} again: with which character?", number=str(order.number))
        return scene.answered(text, *row[:5])
    if style not in others:
        return scene.answered(scene.say("There is no such style."))
    after = with_order(
        project, replace(order, state=OrderState.WORKING, version=order.version + 1, style=style)
    )
    after, jobs = rendering(scene, after, _settings(scene, after, about(complaint, project.works)), {})
    told = scene.say("Order {number} is being made again.", number=str(order.number))
    return outcome(scene, project, after, jobs=jobs, notices=(scene.answer(told),))


def _settings(scene: Scene, project: Project, songs: tuple[Song, ...]) -> dict[str, Settings]:
    """What the songs are made with now: the order's style, and what was asked for and delivered since."""
    order = project.order
    base = first_settings(order, scene.rules.styles)
    album = together(project.works, base) if order.grouping is Grouping.ALBUM else {}
    done = [batch for batch in project.batches if batch.state is BatchState.DELIVERED]
    made = {}
    for song in songs:
        settings = album.get(song.id, base)
        for batch in done:
            settings = applied(settings, batch.about(song.id))
        made[song.id] = settings
    return made


def _answered(scene: Scene, project: Project | None, text: Text) -> Changes:
    order = project.order.id if project else None
    return scene.answered(text, buttons.human(scene.say, order or "none"), order=order)
