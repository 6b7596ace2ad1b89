"""Asking for changes: one list, written down in words or with buttons, sent once (A18)."""

from dataclasses import replace

from core.asks import DEFAULT_AMOUNT
from core.changes import Changes, Move
from core.desk.evolution import advanced, with_batch, with_order
from core.desk.outcome import outcome
from core.desk.people import member_cards
from core.desk.revising import causes, quotes
from core.desk.revising.judging import judged
from core.desk.revising.readings import heard
from core.desk.revising.sealing import into_work, joined
from core.desk.revising.wish_list import leaves_nothing, measuring, sent, wish_list
from core.desk.scene import Scene
from core.desk.shown import buttons
from core.desk.shown.stale import stale
from core.ids import seen
from core.jobs import Job
from core.messages import Notice
from core.orders import Project
from core.people import Person
from core.references import ReferenceState
from core.revisions import Batch, BatchState, Item, What, in_words, merged, together
from core.text import joined as text_of
from core.verdicts import Outcome
from core.windows import awaits_price, takes_wishes

MOST_WORDS = 2500
"""Characters of people's own words on one list: a message of any platform has room for them, and more."""


def open_batch(project: Project) -> Batch | None:
    return next((batch for batch in project.batches if batch.state is BatchState.OPEN), None)


def begin(scene: Scene, project: Project, version: int | None) -> Changes:
    """[Ask for changes]: from now on what the artist writes is a wish for this order."""
    if awaits_price(project):
        return quotes.waits(scene, project)
    if version != project.order.version or not takes_wishes(project, scene.now):
        return stale(scene, project)
    batch = open_batch(project) or _new_batch(scene, project)
    return _written(scene, project, batch)


def say_words(scene: Scene, project: Project, words: str) -> Changes:
    """A sentence is a valid revision."""
    batch = open_batch(project) or _new_batch(scene, project)
    told = heard(project, words, batch.items)
    if in_words((*batch.items, *told.items)) > MOST_WORDS:
        text = scene.say(
            "That does not fit on one list: a person can be told {most} characters in your own words. It was "
            "not added. Say it shorter, or talk to a person.",
            most=MOST_WORDS,
        )
        row = buttons.human(scene.say, project.order.id)
        return scene.answered(text, row, order=project.order.id)
    batch = replace(
        batch,
        items=batch.items + _said_by(scene, told.items),
        nearest=batch.nearest + told.nearest,
        impossible=batch.impossible + told.impossible,
        not_understood=batch.not_understood + told.not_understood,
    )
    return _written(scene, project, batch)


def quick(scene: Scene, project: Project, choice: str | None, version: int | None) -> Changes:
    """One of the buttons: [Louder], [Less bass] …, or one for what is nearest to something impossible."""
    if choice and choice.startswith("near-"):
        return _nearest(scene, project, choice.removeprefix("near-"), version)
    name, _, way = (choice or "").rpartition("-")
    if name not in DEFAULT_AMOUNT or way not in ("up", "down") or not takes_wishes(project, scene.now):
        return stale(scene, project)
    what, direction = What(name), 1 if way == "up" else -1
    batch = open_batch(project) or _new_batch(scene, project)
    items = _said_by(scene, (Item(what, direction, DEFAULT_AMOUNT[what]),))
    return _written(scene, project, replace(batch, items=batch.items + items))


def _nearest(scene: Scene, project: Project, number: str, version: int | None) -> Changes:
    """What its button was drawn for, once: on the next list the same number is something else."""
    batch = open_batch(project)
    if batch is None or version != seen(batch.id, batch.rev) or not takes_wishes(project, scene.now):
        return stale(scene, project)
    found = [item for place, item in enumerate(batch.nearest) if str(place) == number]
    if not found:
        return stale(scene, project)
    others = tuple(item for item in batch.nearest if item not in found)
    items = _said_by(scene, tuple(found))
    return _written(scene, project, replace(batch, items=batch.items + items, nearest=others))


def added(
    scene: Scene,
    project: Project,
    items: tuple[Item, ...],
    *,
    before: Project | None = None,
    jobs: tuple[Job, ...] = (),
    notices: tuple[Notice, ...] = (),
) -> Changes:
    """More for the list than words and buttons have: a reference, a destination.

    `before`: how the project stood, if more of it than the list changes.
    """
    batch = open_batch(project) or _new_batch(scene, project)
    batch = replace(batch, items=batch.items + items)
    return _written(scene, project, batch, before=before, jobs=jobs, notices=notices)


def without(scene: Scene, project: Project, what: What) -> Changes:
    """All of one kind off the list."""
    batch = open_batch(project)
    if batch is None:
        return stale(scene, project)
    items = tuple(item for item in batch.items if item.what is not what)
    return _written(scene, project, replace(batch, items=items))


def renewed(
    scene: Scene, before: Project, project: Project, batch: Batch, *, jobs: tuple[Job, ...]
) -> Changes:
    """The list once more is known of a reference on it, which is nobody's deed."""
    after, written = _rewritten(before, project, batch)
    card = wish_list(scene, advanced(before, after, scene.rules), written)
    return outcome(scene, before, after, jobs=jobs, more=Changes(cards=(card,)))


def take_back(scene: Scene, project: Project, choice: str | None, version: int | None) -> Changes:
    """The last wish, all of them, or those that cost something, off the list; a member's own last one."""
    batch = open_batch(project)
    if batch is None:
        return stale(scene, project)
    match choice:
        case "paid" if version == seen(batch.id, batch.rev):
            items = judged(project, together(batch.items), scene.rules, scene.now).free
        case "all":
            items = ()
        case "last" if scene.member is not None:
            theirs = [place for place, item in enumerate(batch.items) if item.by == scene.member.id]
            if not theirs:
                return stale(scene, project)
            items = batch.items[: theirs[-1]] + batch.items[theirs[-1] + 1 :]
        case "last":
            items = batch.items[:-1]
        case _:
            return stale(scene, project)
    return _written(scene, project, replace(batch, items=items, nearest=(), impossible=(), not_understood=()))


def send(scene: Scene, project: Project, version: int | None) -> Changes:
    """[Send]: what is free is sealed, and on an automatic line in work with the same tap."""
    batch = _sendable(scene, project, version)
    if batch is None:
        return stale(scene, project)
    verdict = judged(project, batch.items, scene.rules, scene.now)
    if verdict.outcome is not Outcome.FREE or leaves_nothing(project, batch, verdict):  # it is so since
        return _written(scene, project, batch)
    more = Changes(people=_focused(scene, None))
    if verdict.joins:
        after, told = joined(scene, project, batch)
        return outcome(scene, project, after, more=more + told + Changes(cards=(sent(scene, after, batch),)))
    after, jobs, told = into_work(scene, project, batch)
    cards = Changes(cards=(sent(scene, project, batch),))
    return outcome(scene, project, after, jobs=jobs, more=more + told + cards)


def accept(scene: Scene, project: Project, version: int | None) -> Changes:
    """[Accept $10] on the list: the price that it shows is frozen, and paid."""
    batch = _sendable(scene, project, version)
    if batch is None:
        return stale(scene, project)
    verdict = judged(project, batch.items, scene.rules, scene.now)
    if verdict.outcome is not Outcome.FEE:
        return _written(scene, project, batch)
    return quotes.accepted_at_once(scene, project, batch, verdict) + Changes(people=_focused(scene, None))


def ask_price(scene: Scene, project: Project, version: int | None) -> Changes:
    """[Ask for a quote], [Ask staff for a better price]: nothing is charged, and nothing is begun."""
    batch = _sendable(scene, project, version)
    if batch is None:
        return stale(scene, project)
    verdict = judged(project, batch.items, scene.rules, scene.now)
    if verdict.outcome is Outcome.FREE:
        return _written(scene, project, batch)
    return quotes.asked(scene, project, batch, verdict) + Changes(people=_focused(scene, None))


def explained(scene: Scene, project: Project) -> Changes:
    """[Why?]: the rules behind what the list costs."""
    batch = open_batch(project)
    if batch is None:
        return stale(scene, project)
    verdict = judged(project, together(batch.items), scene.rules, scene.now)
    found = {cause for line in verdict.lines for cause in line.causes}
    found |= {reason.cause for reason in verdict.reasons}
    bought = project.order.under(scene.rules)
    told = text_of([causes.rule(scene.say, cause, bought) for cause in sorted(found)])
    return scene.answered(told, buttons.terms(scene.say), buttons.human(scene.say))


def change_list(scene: Scene, project: Project, version: int | None) -> Changes:
    """[Change my list]: what waited for its price is a draft again, and that price is void."""
    reopened = quotes.taken_back(scene, project, version)
    if reopened is None:
        return stale(scene, project)
    after, batch, more = reopened
    return _written(scene, after, batch, before=project) + more


def _sendable(scene: Scene, project: Project, version: int | None) -> Batch | None:
    """The list that somebody saw, if it still stands and can be sent: what several people wish as one."""
    batch = open_batch(project)
    if batch is None or version != seen(batch.id, batch.rev) or not takes_wishes(project, scene.now):
        return None
    whole = replace(batch, items=together(batch.items))
    return None if not whole.items or measuring(project.order, batch) else whole


def _new_batch(scene: Scene, project: Project) -> Batch:
    number = len(project.batches) + 1
    return Batch(
        scene.id("batch"), project.order.id, number, BatchState.OPEN, project.order.version, opened=scene.now
    )


def _written(
    scene: Scene,
    project: Project,
    batch: Batch,
    *,
    before: Project | None = None,
    jobs: tuple[Job, ...] = (),
    notices: tuple[Notice, ...] = (),
) -> Changes:
    """The open batch as it now stands, and its card. The card's [Send] names the list that it shows."""
    before = before or project
    after, written = _rewritten(before, project, batch)
    standing = advanced(before, after, scene.rules)
    cards = (wish_list(scene, standing, written), *member_cards.seen_by_actor(scene, standing))
    more = Changes(cards=cards, people=_focused(scene, project.order.id))
    return outcome(scene, before, after, jobs=jobs, notices=notices, more=more)


def _rewritten(before: Project, project: Project, batch: Batch) -> tuple[Project, Batch]:
    """The project with the list as it then is: with what can be followed, and no other wished references."""
    names = {
        reference.id: reference.name
        for reference in project.order.references
        if reference.state is not ReferenceState.REFUSED
    }
    items = tuple(
        replace(item, text=names[item.of]) if item.what is What.REFERENCE and item.of else item
        for item in merged(batch.items)
        if item.what is not What.REFERENCE or item.of in names
    )
    batch = replace(batch, items=items, not_understood=tuple(dict.fromkeys(batch.not_understood)))
    old = next((known for known in before.batches if known.id == batch.id), None)
    written = replace(batch, rev=old.rev + 1) if old and old != batch else batch
    listed = {item.of for item in items}
    references = tuple(
        reference
        for reference in project.order.references
        if not reference.wished or reference.state is ReferenceState.REFUSED or reference.id in listed
    )
    order = replace(project.order, references=references)
    return with_batch(with_order(project, order), written), written


def _said_by(scene: Scene, items: tuple[Item, ...]) -> tuple[Item, ...]:
    """What is wished, as the wish of who said it."""
    member = scene.member
    return items if member is None else tuple(replace(item, by=member.id) for item in items)


def _focused(scene: Scene, order: str | None) -> tuple[Move[Person], ...]:
    person = scene.person
    if person.focus == order:
        return ()
    return (Move(person, replace(person, focus=order)),)
