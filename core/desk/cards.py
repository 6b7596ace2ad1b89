"""The job card: one for each order, edited in place, saying how things stand and what can be done now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.desk import buttons, phrases
from core.desk.scene import Scene, Ways, named
from core.jobs import Job, JobKind
from core.messages import Action, Button, Card, To
from core.money import Money
from core.orders import OrderState, Project
from core.pricing import Price, price
from core.revisions import BatchState
from core.rules import HouseRules
from core.songs import Song, SongState
from core.text import Moment, Strong, Text, joined
from core.tills import ChargeState
from core.windows import is_open
from core.wording import Voice


@dataclass(frozen=True, slots=True)
class View:
    """What a job card is drawn from."""

    project: Project
    say: Voice
    rules: HouseRules
    ways: Ways
    now: datetime
    credit: Money | None = None
    running: tuple[Job, ...] = ()


def view(scene: Scene, project: Project, running: tuple[Job, ...] | None = None) -> View:
    return View(
        project,
        scene.to_artist,
        scene.rules,
        scene.ways,
        scene.now,
        scene.snapshot.balance,
        scene.snapshot.running if running is None else running,
    )


def job_card(v: View) -> Card:
    """The card of an order, in the state it is in."""
    order = v.project.order
    match order.state:
        case OrderState.DRAFT:
            text, row = _draft(v)
        case OrderState.OFFERED:
            text, row = _offered(v)
        case OrderState.PAYING:
            text, row = v.say("Payment is on its way …"), [buttons.human(v.say, order.id)]
        case OrderState.WORKING:
            text, row = _working(v)
        case OrderState.REVIEW | OrderState.RELEASED | OrderState.COMPLETED:
            text, row = _delivered(v)
        case OrderState.CANCELLED:
            text, row = _cancelled(v), [buttons.human(v.say, order.id)]
        case OrderState.ASIDE:
            text, row = _aside(v)
    media = tuple(song.picture for song in v.project.songs if song.picture and song.state is SongState.READY)
    shown = media[:4] if order.state in (OrderState.OFFERED, OrderState.DRAFT) else ()
    return Card(
        f"order:{order.id}",
        To.person(order.person),
        joined([_head(v), text]),
        tuple(row),
        shown,
        _progress(v),
    )


def _head(v: View) -> Text:
    order = v.project.order
    head = v.say(
        "Order {number} · {title}", number=str(order.number), title=phrases.order_title(v.say, v.project)
    )
    return head + v.say(" · confidential") if order.confidential else head


def _cancelled(v: View) -> Text:
    states = {charge.state for charge in v.project.charges}
    if ChargeState.REFUNDING in states:
        return v.say("Cancelled; your money is on its way back.")
    if ChargeState.REFUNDED in states:
        return v.say("Cancelled; you have your money back.")
    return v.say("Cancelled. Nothing was charged.")


def _aside(v: View) -> tuple[Text, list[Button]]:
    order = v.project.order
    text = v.say(
        "Something went wrong on our side (reference {reference}). Your files are safe, and a person "
        "is looking into it.",
        reference=order.aside or "",
    )
    row = [buttons.human(v.say, order.id)]
    if any(charge.state is ChargeState.PAID for charge in v.project.charges):
        text += v.say(" You can also have your money back.")
        back = Action("refund", order.id, order.rev).pack()
        row.insert(0, Button(v.say.word("Give me my money back"), back))
    return text, row


def _draft(v: View) -> tuple[Text, list[Button]]:
    songs = _standing(v.project)
    lines = [_song_line(v, song, alone=len(songs) == 1) for song in songs]
    busy = [song for song in songs if song.state in (SongState.FETCHING, SongState.CHECKING)]
    if busy:
        lines.append(v.say("Got it. Checking …"))
    elif not v.project.ready:
        lines.append(
            v.say(
                "Send the song again in another format, or talk to a person. "
                "What you sent is kept until then."
            )
        )
    return joined(lines), [buttons.human(v.say, v.project.order.id)]


def _song_line(v: View, song: Song, *, alone: bool) -> Text:
    """One song of a draft or an offer: what it is, or what is wrong with it.

    Alone, it needs no title: the head of the card has it.
    """
    title = named(v.project.order, song.title)
    if song.state is SongState.REFUSED:
        trouble = phrases.trouble(v.say, song)
        return trouble if alone else v.say("Not taken: {title}. {trouble}", title=title, trouble=trouble)
    if song.analysis is None:
        return Text() if alone else Text((title,))
    told = v.say(
        "{duration}, {format}: {figures}",
        duration=v.say.duration(float(song.analysis.get("duration", 0))),
        format=phrases.sound_format(v.say, song.analysis),
        figures=phrases.figures(v.say, song.analysis),
    )
    return told if alone else v.say("{title}, {told}", title=title, told=told)


def _offered(v: View) -> tuple[Text, list[Button]]:
    order = v.project.order
    several = len(_standing(v.project)) > 1
    lines: list[Text] = []
    for song in _standing(v.project):
        number = Text((f"{song.place}. ",)) if several and song.state is SongState.READY else Text()
        lines.append(number + _song_line(v, song, alone=not several))
        lines.extend(_advice(v, song, indent="   " if several else ""))
        if _twice(v.project, song):
            lines.append(v.say("! This file is in this order twice."))
        elif song.twin_number is not None:
            lines.append(
                v.say(
                    "! You have sent the same file before, in order {number}.", number=str(song.twin_number)
                )
            )
    if order.note:
        lines.append(v.say("Your note: {note}", note=order.note))
    lines.extend(
        v.say("Drop the new mix of no. {place} now.", place=song.place)
        for song in v.project.ready
        if song.id == order.replacing
    )
    if several and len(v.project.ready) > 1 and order.grouping is None:
        lines.append(
            v.say(
                "One album or separate songs? On an album, quiet songs stay quieter than loud ones; "
                "separate songs each become equally loud."
            )
        )
        return joined(lines), [
            buttons.album(v.say, order),
            buttons.separate(v.say, order),
            *_mend(v, several),
            buttons.human(v.say, order.id),
        ]
    cost = price(v.project, v.rules)
    lines.append(Text())
    lines.extend(_terms_of_offer(v, cost))
    return joined(lines), [
        *([buttons.preview(v.say, order)] if order.charge == "before-files" else _pay(v, cost.total)),
        buttons.styles(v.say, order, phrases.style(v.say, order.style)),
        buttons.details(v.say, order),
        *_mend(v, several),
        buttons.terms(v.say, order.id),
        buttons.cancel(v.say, order),
        buttons.human(v.say, order.id),
    ]


def _advice(v: View, song: Song, indent: str) -> Iterable[Text]:
    for told in song.advice:
        line = phrases.advice(v.say, str(told["code"]), told.get("details", {}))
        if line:
            yield Text((indent, "! ")) + line


def _terms_of_offer(v: View, cost: Price) -> list[Text]:
    """Price, time, revision rule and refund rule, before any question (CONVERSATIONS.md, rule 3)."""
    service, windows = v.rules.service.automatic, v.rules.windows
    whole = v.say(
        "{price} ({list} - {percent} %)",
        price=cost.total,
        list=cost.list_price,
        percent=cost.discount_percent,
    )
    minutes = timedelta(minutes=service.promise_minutes or 5)
    return [
        v.say(
            "Automatic master: {price}, ready in about {minutes}.",
            price=Strong(v.say.money(cost.total)) if not cost.discount_percent else whole,
            minutes=minutes,
        ),
        v.say(
            "One round of changes is free within {days}.", days=timedelta(days=windows.first_days)
        ),  # A11, A18
        v.say(
            "If you tell us of a fault and we do not put it right within {hours}, "
            "you get all your money back.",
            hours=timedelta(hours=service.fix_hours),
        ),  # B63-B65
        _consent(v),
    ]


def _consent(v: View) -> Text:
    """What the one tap says, whichever it is (A02, A03, B35)."""
    version = v.rules.terms_version
    if v.project.order.charge == "before-files":
        return v.say(
            "By asking for the preview you accept the terms ({version}) and say that you are 13 or older.",
            version=version,
        )
    return v.say(
        "By paying you accept the terms ({version}) and say that you are 13 or older.", version=version
    )


def _pay(v: View, total: Money) -> list[Button]:
    order = v.project.order
    till, credit = v.ways.outside(order.door), v.ways.credit(order.door)
    if credit and v.credit is not None and total <= v.credit:
        return [buttons.pay(v.say, order, total, credit=True)]
    return [buttons.pay(v.say, order, total, till=till)] if till else []


def _mend(v: View, several: bool) -> list[Button]:
    """A new mix for a song that has a fault; of several, it can be left out as well."""
    order, row = v.project.order, []
    for song in v.project.ready:
        faulty = any(told["code"] in _WORTH_A_NEW_MIX for told in song.advice)
        if faulty:
            row.append(buttons.replace(v.say, order, song.place, several))
        if several and (faulty or song.twin or _twice(v.project, song)):
            row.append(buttons.drop_song(v.say, order, song.place))
    twins = {song.twin: song.twin_number for song in v.project.ready if song.twin and song.twin_number}
    return row[:6] + [buttons.show_other(v.say, id_, number) for id_, number in list(twins.items())[:2]]


def _twice(project: Project, song: Song) -> bool:
    """Whether a song before this one in the same order is the same file."""
    before = project.ready[: project.ready.index(song)] if song in project.ready else ()
    return any(other.sha256 == song.sha256 for other in before)


def _working(v: View) -> tuple[Text, list[Button]]:
    order = v.project.order
    made = [version for version in v.project.versions if version.number == order.version]
    done = sum(version.state in ("ready", "sent") for version in made)
    if order.version > 1:
        text = v.say("Making your changes: version {number} …", number=order.version)
    else:
        text = v.say("Mastering …") if order.owed else v.say("Paid. Mastering …")
    if len(made) > 1:
        text += v.say(" {done} of {count} songs are done.", done=done, count=len(made))
    return text, [buttons.human(v.say, order.id)]


def _delivered(v: View) -> tuple[Text, list[Button]]:
    order = v.project.order
    lines: list[Text] = []
    row: list[Button] = []
    if order.state is OrderState.REVIEW and order.owed:
        lines.append(v.say("Version {number} is in this chat: listen and compare.", number=order.version))
        row.extend(_pay(v, price(v.project, v.rules).total))
    elif order.state is OrderState.REVIEW:
        lines.append(v.say("Version {number} is in this chat: listen and compare.", number=order.version))
        row.append(buttons.approve(v.say, order))
    elif order.state is OrderState.RELEASED:
        lines.append(v.say("Approved. Your files come in this chat."))
    elif order.owed:
        lines.append(v.say("Complete. It was not paid, so its files were not released."))
    else:
        lines.append(v.say("Complete. Your files are in this chat."))
    if free_round_left(v.project, v.now):
        if order.deadline is not None:
            lines.append(v.say("Your round of changes is free until {until}.", until=Moment(order.deadline)))
        row.append(buttons.changes(v.say, order))
    elif order.state is OrderState.REVIEW and order.deadline is not None:
        lines.append(v.say("If something is wrong, tell us by {until}.", until=Moment(order.deadline)))
    if order.kept_until is not None and order.state is not OrderState.REVIEW:
        lines.append(v.say("Kept until {until} - please download.", until=Moment(order.kept_until)))
    if order.state is not OrderState.REVIEW and not order.owed:
        row.append(buttons.files(v.say, order))
    row.append(buttons.human(v.say, order.id))
    return joined(lines), row


def free_round_left(project: Project, now: datetime) -> bool:
    """Whether the one free round of changes can still be used (A11, A18)."""
    order = project.order
    if order.state not in (OrderState.REVIEW, OrderState.RELEASED):
        return False
    sealed = any(batch.state in (BatchState.SEALED, BatchState.DELIVERED) for batch in project.batches)
    return not sealed and (order.deadline is None or is_open(order, now))


_FETCHING = 0.2  # the share of a song's first look that is fetching it
_WORTH_A_NEW_MIX = frozenset(
    {"clipped", "over", "lossy-source", "lossy-shelf", "cut-short", "phase", "dead-channel"}
)


def _progress(v: View) -> float | None:
    """How far the engine has come with what it does for this order now, 0..1; None when it does nothing."""
    order = v.project.order
    jobs = {(job.kind, job.song): job.progress for job in v.running}
    if order.state is OrderState.DRAFT:
        shares = [_checked(song, jobs) for song in _standing(v.project)]
        return sum(shares) / len(shares) if any(share < 1 for share in shares) else None
    if order.state is OrderState.WORKING:
        made = [version for version in v.project.versions if version.number == order.version]
        shares = [
            1.0 if version.state in ("ready", "sent") else jobs.get((JobKind.RENDER, version.song), 0.0)
            for version in made
        ]
        return sum(shares) / len(shares) if shares else 0.0
    return None


def _checked(song: Song, jobs: Mapping[tuple[JobKind, str | None], float]) -> float:
    if song.state is SongState.FETCHING:
        return _FETCHING * jobs.get((JobKind.FETCH, song.id), 0.0)
    if song.state is SongState.CHECKING:
        return _FETCHING + (1 - _FETCHING) * jobs.get((JobKind.INTAKE, song.id), 0.0)
    return 1.0


def _standing(project: Project) -> list[Song]:
    return [song for song in project.songs if song.state is not SongState.DROPPED]
