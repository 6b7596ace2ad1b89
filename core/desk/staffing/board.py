"""The board at the staff desk: how much waits, what is due first, and the way to each card."""

from collections.abc import Mapping
from datetime import timedelta

from core.board import Board, Row, Waiting
from core.changes import Changes
from core.desk.scene import Scene
from core.messages import Action, Button, Card, Notice, To
from core.people import Right
from core.text import Moment, Text, joined
from core.wording import Voice

_LINES = 20
_BUTTONS = 10

_ALWAYS = (Waiting.QUOTE, Waiting.COMPLAINT, Waiting.JOB, Waiting.TALK, Waiting.DECISION)
"""What is counted though none of it waits."""

NEEDED: Mapping[Waiting, Right] = {
    Waiting.QUOTE: Right.READ,
    Waiting.COMPLAINT: Right.READ,
    Waiting.JOB: Right.WORK,
    Waiting.TALK: Right.TALK,
    Waiting.DECISION: Right.READ,
    Waiting.REFUND: Right.READ,
    Waiting.DISPUTE: Right.READ,
    Waiting.ASIDE: Right.WORK,
    Waiting.DEAL: Right.READ,
}
"""The right that each card needs of who opens it from the board."""


def asked(scene: Scene) -> Changes:
    """`/board`: at the staff desk one card that is drawn anew, in private an answer."""
    known = (scene.snapshot.board or Board()).under(scene.rules)
    if scene.incoming.private:
        text, row = _drawn(scene, scene.say, known)
        return scene.answered(text, *row)
    text, row = _drawn(scene, scene.to_staff, known)
    card = Card("board", To.staff(), text, row)
    return Changes(cards=(card,), notices=(scene.answer(_head(scene, scene.say, known)),))


def needed(action: Action) -> Right:
    """The right to what a button of the board opens."""
    return NEEDED[Waiting(action.choice)] if action.choice in set(Waiting) else Right.VIEW


def opened(scene: Scene, action: Action) -> Changes:
    """A button of the board: the card of what waits, as it stands."""
    card = scene.snapshot.card
    if action.choice not in set(Waiting) or card is None:
        return scene.answered(scene.say("Nobody waits for that any more."))
    shown = Notice(
        scene.id("notice", "card"),
        scene.here,
        card.text,
        card.buttons,
        reply_handle=scene.incoming.reply_handle,
    )
    return Changes(notices=(shown,))


def _drawn(scene: Scene, say: Voice, board: Board) -> tuple[Text, tuple[Button, ...]]:
    lines = [_head(scene, say, board)]
    lines += [_line(scene, say, row) for row in board.rows[:_LINES]]
    left = sum(board.counts.values()) - min(_LINES, len(board.rows))
    if left > 0:
        lines.append(say("and {count} more", count=left))
    buttons = tuple(
        Button(_label(say, row), Action("card", row.id, choice=row.kind.value).pack())
        for row in board.rows[:_BUTTONS]
    )
    return joined(lines), buttons


def _head(scene: Scene, say: Voice, board: Board) -> Text:
    """`quotes 3 · refunds 1 (17 h) · jobs 4 (1 late) · tickets 2 · decisions 1`"""
    parts = [
        _count(say, kind, count) + _urgent(scene, say, board, kind)
        for kind in Waiting
        if (count := board.counts.get(kind, 0)) or kind in _ALWAYS
    ]
    if board.rating.mean is not None:
        parts.append(
            say("rated {mean} of 5 ({count})", mean=f"{board.rating.mean:.1f}", count=board.rating.count)
        )
    return joined(parts, " · ")


def _count(say: Voice, kind: Waiting, count: int) -> Text:
    match kind:
        case Waiting.QUOTE:
            return say("quotes {count}", count=count)
        case Waiting.COMPLAINT:
            return say("refunds {count}", count=count)
        case Waiting.JOB:
            return say("jobs {count}", count=count)
        case Waiting.TALK:
            return say("tickets {count}", count=count)
        case Waiting.DECISION:
            return say("decisions {count}", count=count)
        case Waiting.REFUND:
            return say("stuck refunds {count}", count=count)
        case Waiting.DISPUTE:
            return say("disputes {count}", count=count)
        case Waiting.ASIDE:
            return say("set aside {count}", count=count)
        case Waiting.DEAL:
            return say("prices {count}", count=count)


def _urgent(scene: Scene, say: Voice, board: Board, kind: Waiting) -> Text:
    """How many of a kind are late; else how much time the first of them has left, where that is short."""
    due = [row.due for row in board.rows if row.kind is kind and row.due is not None]
    late = sum(at < scene.now for at in due)
    if late:
        return say(" ({count} late)", count=late)
    if not due or min(due) - scene.now > timedelta(days=1):
        return Text()
    hours = int((min(due) - scene.now) / timedelta(hours=1))
    return say(" ({hours} h)", hours=hours)


def _line(scene: Scene, say: Voice, row: Row) -> Text:
    line = Text((_label(say, row),))
    if row.who:
        line += Text((f", {', '.join(row.who)}",))
    elif row.kind is Waiting.JOB:
        line += say(", not taken yet")
    if row.due is None:
        return line + say(", since {when}", when=Moment(row.since))
    if row.is_late(scene.now):
        return line + say(", LATE: {when}", when=Moment(row.due))
    return line + say(", by {when}", when=Moment(row.due))


def _label(say: Voice, row: Row) -> str:
    """What waits, with the number of its order; never a title."""
    if row.number is None:
        return say.word("ticket")
    number = str(row.number)
    match row.kind:
        case Waiting.QUOTE:
            return say.word("{number}: quote", number=number)
        case Waiting.COMPLAINT:
            return say.word("{number}: refund", number=number)
        case Waiting.JOB:
            return say.word("{number}: job", number=number)
        case Waiting.TALK:
            return say.word("{number}: ticket", number=number)
        case Waiting.DECISION:
            return say.word("{number}: decision", number=number)
        case Waiting.REFUND:
            return say.word("{number}: stuck refund", number=number)
        case Waiting.DISPUTE:
            return say.word("{number}: dispute", number=number)
        case Waiting.ASIDE:
            return say.word("{number}: set aside", number=number)
        case Waiting.DEAL:
            return say.word("A-{number}: price", number=number)
