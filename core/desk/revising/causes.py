"""What a list of changes costs, in words: one sentence for each cause, with its clause."""

from collections.abc import Iterable
from datetime import timedelta

from core.bought import Bought
from core.desk.scene import named
from core.desk.shown import phrases
from core.money import Money
from core.orders import Project
from core.text import Text, joined
from core.verdicts import CLAUSES, Cause, Outcome, Reason, Verdict
from core.wording import Voice


def why(say: Voice, cause: Cause, floor: Money) -> Text:
    """Why a wish is free, or is not."""
    match cause:
        case Cause.FIRST:
            told = say("free: your first round")
        case Cause.JOINED:
            told = say("free: it joins your round, which nobody has begun yet")
        case Cause.FIX:
            told = say("free: that is our fault, and no change")
        case Cause.REFINE:
            told = say("free: more of what we did for you")
        case Cause.ADDITIONAL:
            told = say(
                "a new wish that was not in your round: an additional round, from {floor} a song", floor=floor
            )
        case Cause.REVERSAL:
            told = say("a change back of what we did for you: from {floor} a song", floor=floor)
        case Cause.LATE:
            told = say(
                "your time for free changes is over: staff name a price, from {floor} a song", floor=floor
            )
        case Cause.UNREADABLE:
            told = say("only a person can read that: staff name a price, from {floor} a song", floor=floor)
    return told + Text((f" ({', '.join(CLAUSES[cause])})",))


def of_item(say: Voice, project: Project, verdict: Verdict, reasons: Iterable[Reason], floor: Money) -> Text:
    """Why one line of the list is free, or is not; where its songs differ, of each. Nothing in a first round,
    of which that is said once: `of_all`.
    """
    if not verdict.lines and verdict.free_cause in (Cause.FIRST, None):
        return Text()
    songs: dict[Cause, list[str]] = {}
    for reason in reasons:
        songs.setdefault(_told(verdict, reason), []).append(reason.item.song or "")
    lines = []
    for cause, ids in sorted(songs.items()):
        told = why(say, cause, floor)
        if len(songs) > 1:
            of = phrases.titles(project.order, [song for song in project.works if song.id in ids])
            told = say("{songs}: {why}", songs=of, why=told)
        lines.append(told)
    return say(" - {why}", why=joined(lines, "; ")) if lines else Text()


def of_all(say: Voice, verdict: Verdict, floor: Money) -> list[Text]:
    """Why all of a list is free, where its lines do not say it one by one."""
    if verdict.lines or verdict.free_cause is not Cause.FIRST:
        return []
    return [say("This is {why}.", why=why(say, Cause.FIRST, floor))]


def _told(verdict: Verdict, reason: Reason) -> Cause:
    """What is said of a wish: what would be free in time is late, where it costs."""
    line = next((line for line in verdict.lines if line.song == reason.item.song), None)
    if line is None or reason.item not in line.items or reason.cause in line.causes:
        return reason.cause
    return Cause.LATE


def price(say: Voice, project: Project, verdict: Verdict) -> list[Text]:
    """What the whole list costs: a line for each song that costs anything, where no person names a price."""
    titles = {song.id: song.title for song in project.works}
    lines: list[Text] = []
    if any(Cause.LATE in line.causes for line in verdict.lines):
        lines.append(say("Your time for free changes is over (A15)."))
    if verdict.outcome is Outcome.QUOTE:
        return lines
    for line in verdict.lines:
        if len(titles) > 1:
            title = named(project.order, titles[line.song])
            lines.append(say("For {title}: {amount}.", title=title, amount=line.amount))
    if len(verdict.lines) == 1 and len(titles) == 1:
        lines.append(say("For this song: {amount}.", amount=verdict.total))
    elif len(verdict.lines) > 1:
        lines.append(say("Together: {amount}.", amount=verdict.total))
    return lines


def rule(say: Voice, cause: Cause, bought: Bought) -> Text:
    """The rule behind a cause, as the terms have it."""
    floor = bought.fee_floor
    match cause:
        case Cause.FIRST:
            told = say(
                "The first round of changes is free within {days} of the first version.",
                days=timedelta(days=bought.first_days),
            )
        case Cause.JOINED:
            told = say("Please ask for all changes at one time; until the work begins, more can join them.")
        case Cause.FIX:
            told = say(
                "If we left out what you asked for, or broke something, we put it right free of charge."
            )
        case Cause.REFINE:
            told = say(
                "After each new version, more of the same is free for {days}.",
                days=timedelta(days=bought.again_days),
            )
        case Cause.ADDITIONAL:
            told = say("Each additional round costs {floor} a song or more.", floor=floor)
        case Cause.REVERSAL:
            told = say(
                "To change back what we did for you costs {floor} a song or more.",
                floor=floor,
            )
        case Cause.LATE:
            told = say("When your time for free changes is over, the studio names a price for every change.")
        case Cause.UNREADABLE:
            told = say(
                "What only a person can read gets its price from a person: {floor} a song or more.",
                floor=floor,
            )
    return Text((f"{', '.join(CLAUSES[cause])}: ",)) + told


def short(say: Voice, cause: str) -> Text:
    """A cause in a word or two, for the staff."""
    words = {
        Cause.FIRST: say.word("first round"),
        Cause.JOINED: say.word("joins the open round"),
        Cause.FIX: say.word("our fault"),
        Cause.REFINE: say.word("more of the same"),
        Cause.ADDITIONAL: say.word("additional round"),
        Cause.REVERSAL: say.word("a change back"),
        Cause.LATE: say.word("after the time for free changes"),
        Cause.UNREADABLE: say.word("only a person can read it"),
    }[Cause(cause)]
    return say("- {cause} ({clauses})", cause=words, clauses=", ".join(CLAUSES[Cause(cause)]))
