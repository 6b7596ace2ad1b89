"""Asking for changes: one batch, written down in words or with buttons, sent once (A18)."""

from dataclasses import replace
from math import inf

from core.aims import re_aimed
from core.albums import standing
from core.asks import DEFAULT_AMOUNT, applied
from core.changes import Changes, Move
from core.desk import buttons, phrases
from core.desk.evolution import advanced, with_batch, with_order
from core.desk.mastering import rendering
from core.desk.outcome import outcome
from core.desk.scene import Scene, named
from core.desk.stale import stale
from core.jobs import Job
from core.messages import Action, Button, Card, Notice, To
from core.orders import Grouping, Order, OrderState, Project
from core.people import Person
from core.references import ReferenceState
from core.revisions import Batch, BatchState, Item, What, merged
from core.songs import Version
from core.text import Text, joined
from core.windows import free_round_left
from core.wording import Voice
from core.words import Unread, read, why

_QUICK = (
    (What.VOLUME, 1),
    (What.VOLUME, -1),
    (What.BASS, 1),
    (What.BASS, -1),
    (What.TILT, 1),
    (What.TILT, -1),
    (What.WIDTH, 1),
    (What.SIBILANCE, -1),
)


def open_batch(project: Project) -> Batch | None:
    return next((batch for batch in project.batches if batch.state is BatchState.OPEN), None)


def begin(scene: Scene, project: Project, version: int | None) -> Changes:
    """[Ask for changes]: from now on what the artist writes is a wish for this order."""
    if version != project.order.version or not free_round_left(project, scene.now):
        return stale(scene, project)
    batch = open_batch(project) or _new_batch(scene, project)
    return _written(scene, project, batch)


def say_words(scene: Scene, project: Project, words: str) -> Changes:
    """A sentence is a valid revision."""
    titles = [(song.id, song.title) for song in project.ready] if len(project.ready) > 1 else []
    heard = read(words, titles)
    batch = open_batch(project) or _new_batch(scene, project)
    beyond = tuple(item for item in heard.items if _beyond(project, item))
    batch = replace(
        batch,
        items=batch.items + tuple(item for item in heard.items if item not in beyond),
        not_understood=batch.not_understood + heard.not_understood + tuple(item.text for item in beyond),
    )
    return _written(scene, project, batch)


def _beyond(project: Project, item: Item) -> bool:
    """Whether a place lies after the end of every song it is about."""
    if item.place is None:
        return False
    songs = [song for song in project.ready if item.song in (None, song.id)]
    return all(item.place[0] >= float((song.analysis or {}).get("duration") or inf) for song in songs)


def is_a_wish(project: Project, words: str) -> bool:
    """Whether a sentence that nobody asked for says, in part at least, what to change."""
    return bool(read(words, [(song.id, song.title) for song in project.ready]).items)


def quick(scene: Scene, project: Project, choice: str | None) -> Changes:
    """One of the buttons: [Louder], [Less bass] …"""
    name, _, way = (choice or "").rpartition("-")
    if name not in DEFAULT_AMOUNT or way not in ("up", "down") or not free_round_left(project, scene.now):
        return stale(scene, project)
    what, direction = What(name), 1 if way == "up" else -1
    batch = open_batch(project) or _new_batch(scene, project)
    item = Item(what, direction, DEFAULT_AMOUNT[what])
    return _written(scene, project, replace(batch, items=(*batch.items, item)))


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
    card = _list(scene, advanced(before, after, scene.rules), written)
    return outcome(scene, before, after, jobs=jobs, more=Changes(cards=(card,)))


def take_back(scene: Scene, project: Project, choice: str | None) -> Changes:
    """The last wish, or all of them, off the list."""
    batch = open_batch(project)
    if batch is None:
        return stale(scene, project)
    items = () if choice == "all" else batch.items[:-1]
    return _written(scene, project, replace(batch, items=items, not_understood=()))


def send(scene: Scene, project: Project, version: int | None) -> Changes:
    """[Send]: the batch is sealed and, on an automatic line, in work with the same tap."""
    batch = open_batch(project)
    if batch is None or not batch.items or version != batch.rev or not free_round_left(project, scene.now):
        return stale(scene, project)
    if _measuring(project.order, batch):
        return stale(scene, project)
    order = project.order
    after = with_batch(project, replace(batch, state=BatchState.SEALED, sealed=scene.now))
    goes_to = next((item.of for item in batch.items if item.what is What.DESTINATION), order.destination)
    after = with_order(
        after, replace(order, state=OrderState.WORKING, version=order.version + 1, destination=goes_to)
    )
    items = {song.id: batch.about(song.id) for song in project.ready}
    now = {
        song.id: standing(made, _beside(project, made))
        for song in project.ready
        if items[song.id] and (made := project.newest_made(song)) is not None
    }
    aimed = re_aimed(now, order, batch.items, album=order.grouping is Grouping.ALBUM)
    wanted = {song: applied(settings, items[song]) for song, settings in aimed.items()}
    after, jobs = rendering(scene, after, wanted, items)
    sealed = Card(_key(batch), To.person(order.person), _sealed(scene, project, batch))
    return outcome(
        scene, project, after, jobs=jobs, more=Changes(cards=(sealed,), people=_focused(scene, None))
    )


def _beside(project: Project, version: Version) -> list[Version]:
    """The versions that were made together with one."""
    return [other for other in project.versions if other.number == version.number]


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
    card = _list(scene, advanced(before, after, scene.rules), written)
    more = Changes(cards=(card,), people=_focused(scene, project.order.id))
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


def _measuring(order: Order, batch: Batch) -> bool:
    """Whether a reference on the list is not known yet."""
    listed = {item.of for item in batch.items}
    return any(reference.on_the_way and reference.id in listed for reference in order.references)


def _focused(scene: Scene, order: str | None) -> tuple[Move[Person], ...]:
    person = scene.person
    if person.focus == order:
        return ()
    return (Move(person, replace(person, focus=order)),)


def _key(batch: Batch) -> str:
    return f"changes:{batch.id}"


def _list(scene: Scene, project: Project, batch: Batch) -> Card:
    say, order = scene.to_artist, project.order
    lines: list[Text] = []
    if not batch.items:
        lines.append(
            say("Tell me everything at once, in your words or with the buttons. This round is free.")
        )
        if len(project.ready) > 1:
            lines.append(say("To change only one song, begin with its title and a colon."))
    else:
        lines.append(say("Your changes for {title}:", title=phrases.order_title(say, project)))
        lines.extend(_numbered(say, project, batch))
        lines.append(say("Anything else? After sending, this round is closed."))
    lines.extend(_handed_back(say, batch))
    lines.extend(_of_references(scene, order))
    row = [Button(_quick_label(say, what, way), _quick_action(order.id, what, way)) for what, way in _QUICK]
    if batch.items:
        send_label = say.many("Send {count} change - free", "Send {count} changes - free", len(batch.items))
        label = send_label.plain(moment=str, title=str)
        send = (
            () if _measuring(order, batch) else (Button(label, Action("send", order.id, batch.rev).pack()),)
        )
        row = [
            *send,
            Button(say.word("Remove the last one"), Action("unwish", order.id, choice="last").pack()),
            Button(say.word("Start over"), Action("unwish", order.id, choice="all").pack()),
            *row,
        ]
    ends = (buttons.reference(say, order), buttons.human(say, order.id))
    return Card(_key(batch), To.person(order.person), joined(lines), (*row, *ends))


def _of_references(scene: Scene, order: Order) -> list[Text]:
    """What holds the list up, and what is not on it."""
    say = scene.to_artist
    wished = [reference for reference in order.references if reference.wished]
    heard = [
        say("I am listening to {name}; then the list can be sent.", name=named(order, reference.name))
        for reference in wished
        if reference.on_the_way
    ]
    refused = [reference for reference in wished if reference.state is ReferenceState.REFUSED]
    return heard + [phrases.reference(say, order, reference, pages=False) for reference in refused]


def _handed_back(say: Voice, batch: Batch) -> list[Text]:
    """What could not be read, by why it could not."""
    unread = {
        reason: "; ".join(said for said in batch.not_understood if why(said) is reason) for reason in Unread
    }
    lines = []
    if words := unread[Unread.PART]:
        lines.append(
            say("I cannot tell where that is: {words}. Say it with times, such as 1:10-1:30.", words=words)
        )
    if words := unread[Unread.PLACE]:
        lines.append(
            say(
                "At one place I can change volume and tone, the rest only for the whole song: {words}.",
                words=words,
            )
        )
    if words := unread[Unread.BEYOND]:
        lines.append(say("By then the song is over: {words}.", words=words))
    if words := unread[Unread.WORDS]:
        lines.append(
            say("I did not understand: {words}. Say it in other words, or talk to a person.", words=words)
        )
    return lines


def _sealed(scene: Scene, project: Project, batch: Batch) -> Text:
    say = scene.say
    return joined(
        [
            say("Sent: your changes for {title}.", title=phrases.order_title(say, project)),
            *_numbered(say, project, batch),
        ]
    )


def _numbered(say: Voice, project: Project, batch: Batch) -> list[Text]:
    lines = []
    titles = {song.id: song for song in project.ready}
    for number, item in enumerate(batch.items, 1):
        line = Text((f"  {number}. {phrases.listed(say, item)}",))
        if item.song in titles:
            line = line + say(" ({title})", title=named(project.order, titles[item.song].title))
        lines.append(line)
    return lines


def _quick_action(order_id: str, what: What, way: int) -> str:
    return Action("wish", order_id, choice=f"{what.value}-{'up' if way > 0 else 'down'}").pack()


def _quick_label(say: Voice, what: What, way: int) -> str:
    return {
        (What.VOLUME, 1): say.word("Louder"),
        (What.VOLUME, -1): say.word("Softer"),
        (What.BASS, 1): say.word("More bass"),
        (What.BASS, -1): say.word("Less bass"),
        (What.TILT, 1): say.word("Brighter"),
        (What.TILT, -1): say.word("Darker"),
        (What.WIDTH, 1): say.word("Wider"),
        (What.SIBILANCE, -1): say.word("Less harsh"),
    }[what, way]
