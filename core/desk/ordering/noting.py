"""The note of an order: what its artist writes beside the files, or before a person has made a version."""

from dataclasses import replace

from core.changes import Changes
from core.desk.evolution import with_order
from core.desk.outcome import outcome
from core.desk.scene import Scene
from core.desk.shown import buttons
from core.orders import Order, OrderState, Project
from core.services import BY_HAND
from core.text import Text, joined

MOST_NOTE = 500
"""Characters of the note of an order."""


def joined_note(order: Order, words: str) -> str:
    """The note of an order with more words, each thing once; it may be longer than what is kept."""
    return " / ".join(dict.fromkeys(said for said in (order.note, " ".join(words.split())) if said))


def told_too_long(scene: Scene, note: str) -> list[Text]:
    """That of a note only the beginning is kept, if that is so."""
    if len(note) <= MOST_NOTE:
        return []
    return [
        scene.say(
            "Your note is longer than {most} characters: I kept its beginning. Tell a person the rest.",
            most=MOST_NOTE,
        )
    ]


def takes_notes(project: Project) -> bool:
    """Whether a person will read what is written now: an order by hand of which nothing was heard yet."""
    order = project.order
    waits = order.state in (OrderState.OFFERED, OrderState.WORKING) and order.first_sent is None
    return waits and order.service in BY_HAND


def noted(scene: Scene, project: Project, words: str) -> Changes:
    """Words to a person's work that has not been heard: they stand on its card."""
    say, order = scene.say, project.order
    note = joined_note(order, words)
    text = say("I have put that on order {number}, for whoever works on it.", number=str(order.number))
    row = (buttons.show(say, order), buttons.human(say, order.id))
    told = scene.answer(joined([text, *told_too_long(scene, note)]), *row, order=order.id)
    after = with_order(project, replace(order, note=note[:MOST_NOTE]))
    return outcome(scene, project, after, notices=(told,))
