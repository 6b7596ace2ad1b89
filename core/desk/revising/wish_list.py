"""The list of changes as its artist and members see it: what is on it, what it costs, who sends it (A18)."""

from core.desk.revising import causes
from core.desk.revising.judging import judged
from core.desk.scene import Scene, named
from core.desk.shown import buttons, phrases, troubles
from core.ids import seen
from core.members import Member
from core.messages import Action, Button, Card, To
from core.money import Money
from core.orders import Order, OrderState, Project
from core.pricing import service_of
from core.references import ReferenceState
from core.revisions import Batch, BatchState, What, together
from core.services import AUTOMATIC
from core.text import Text, joined
from core.verdicts import Outcome, Verdict
from core.windows import can_join, free_round_left, is_open
from core.wording import Voice
from core.words import Unread, why

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


_QUOTED = 120
"""Characters of what is handed back."""


def key(batch: Batch) -> str:
    return f"changes:{batch.id}"


def wish_list(scene: Scene, project: Project, batch: Batch) -> Card:
    """A list that is being written down. What it shows as its price is what [Accept] means."""
    say, order = scene.to_artist, project.order
    verdict = judged(project, together(batch.items), scene.rules, scene.now)
    row = _to_wish(say, order, batch)
    if batch.items or batch.not_understood or batch.impossible:
        row.insert(0, Button(say.word("Start over"), Action("unwish", order.id, choice="all").pack()))
    if batch.items:
        row = [
            *(() if measuring(order, batch) else _ways(scene, project, batch, verdict)),
            Button(say.word("Remove the last one"), Action("unwish", order.id, choice="last").pack()),
            *row,
        ]
    ends = (buttons.reference(say, order), buttons.human(say, order.id))
    lines = _listed(scene, say, project, batch, verdict, _yours(say, project))
    return Card(key(batch), To.person(order.person), joined(lines), (*row, *ends))


def of_member(scene: Scene, project: Project, batch: Batch, member: Member) -> Card:
    """The same list for a member, who adds to it and takes their own off; whose order it is sends it."""
    say, order = scene.catalogues.voice(member.locale), project.order
    to, name = To.person(member.person), scene.artist.name
    listed = [_of_all(say, project), *numbered(say, project, batch)]
    if not member.is_in:
        text = say("You are not a member of order {number} any more.", number=str(order.number))
        return Card(key(batch), to, text, done=True)
    match batch.state:
        case BatchState.OPEN:
            verdict = judged(project, together(batch.items), scene.rules, scene.now)
            lines = [
                *_listed(scene, say, project, batch, verdict, _of_all(say, project)),
                say("Only {name} can send it.", name=name),
            ]
            row = _to_wish(say, order, batch)
            if any(item.by == member.id for item in batch.items):
                mine = say.word("Remove my last one")
                row.insert(0, Button(mine, Action("unwish", order.id, choice="last").pack()))
            return Card(key(batch), to, joined(lines), (*row, buttons.human(say)))
        case BatchState.PRICED:
            told = say("{name} has sent it. It waits for its price.", name=name)
        case BatchState.DROPPED:
            told = say("It was not sent, and these changes were not made.")
        case _:
            told = say("{name} has sent it.", name=name)
    return Card(key(batch), to, joined([*listed, told]), (buttons.human(say),))


def _listed(
    scene: Scene, say: Voice, project: Project, batch: Batch, verdict: Verdict, title: Text
) -> list[Text]:
    """What is on a list that is being written down, and what it costs."""
    floor = project.order.under(scene.rules).fee_floor
    lines = [title] if batch.items else _invitation(scene, say, project)
    if batch.items:
        lines.extend(_judged(say, project, batch, verdict, floor))
        lines.extend(causes.price(say, project, verdict))
        if not together(batch.items):
            lines.append(say("What one of you wishes takes back what another wishes: nothing is left to do."))
        elif leaves_nothing(project, batch, verdict):
            lines.append(
                say(
                    "That takes back all of the round that you have sent. Nothing would be left to do: to "
                    "call it off, talk to a person."
                )
            )
        else:
            lines += [*causes.of_all(say, verdict, floor), _last_word(say, verdict, floor)]
    lines.extend(_handed_back(say, batch))
    lines.extend(_of_references(say, project.order))
    return lines


def _to_wish(say: Voice, order: Order, batch: Batch) -> list[Button]:
    """What can be put on the list by a button."""
    near = [_near(say, order, batch, number) for number in range(len(batch.nearest[:4]))]
    quick = [Button(_quick_label(say, what, way), _quick_action(order.id, what, way)) for what, way in _QUICK]
    return [*near, *quick]


def sent(scene: Scene, project: Project, batch: Batch) -> Card:
    """A list that is in work."""
    say = scene.to_artist
    head = say("Sent: your changes for {title}.", title=phrases.order_title(say, project))
    lines = [head, *numbered(say, project, batch)]
    return Card(key(batch), To.person(project.order.person), joined(lines))


def waiting(scene: Scene, project: Project, batch: Batch, told: Text, *row: Button) -> Card:
    """A list that waits for its price, or for its money."""
    say = scene.to_artist
    lines = [_yours(say, project), *numbered(say, project, batch), told]
    ends = buttons.human(say, project.order.id)
    return Card(key(batch), To.person(project.order.person), joined(lines), (*row, ends))


def closed(scene: Scene, before: Project | None, after: Project) -> tuple[Card, ...]:
    """The lists that a deed leaves behind: nobody can send them any more, nor pay for them."""
    stood = {batch.id for batch in before.batches if not _left(before, batch)} if before else set[str]()
    return tuple(
        _closed(scene, after, batch) for batch in after.batches if batch.id in stood and _left(after, batch)
    )


def _left(project: Project, batch: Batch) -> bool:
    waits = batch.state in (BatchState.OPEN, BatchState.PRICED)
    return batch.state is BatchState.DROPPED or (waits and project.order.state is OrderState.CANCELLED)


def _closed(scene: Scene, project: Project, batch: Batch) -> Card:
    say, order = scene.to_artist, project.order
    if batch.state is not BatchState.DROPPED:
        told = say("Order {number} is cancelled: these changes were not made.", number=str(order.number))
    elif batch.items:
        told = say("It was not sent, and these changes were not made.")
    else:
        told = say("Nothing was sent: your time for changes is over.")
    lines = [_yours(say, project), *numbered(say, project, batch), told]
    return Card(
        key(batch), To.person(order.person), joined(lines), (buttons.human(say, order.id),), done=True
    )


def numbered(say: Voice, project: Project, batch: Batch) -> list[Text]:
    """The wishes of a batch, one in a line, each of a member with their name."""
    lines = []
    titles = {song.id: song for song in project.works}
    names = {member.id: member.name for member in project.members if member.is_in}
    for number, item in enumerate(batch.items, 1):
        line = Text((f"  {number}. {phrases.listed(say, item)}",))
        if item.song in titles:
            line = line + say(" ({title})", title=named(project.order, titles[item.song].title))
        if item.by in names:
            line = line + Text((f" ({names[item.by]})",))
        lines.append(line)
    return lines


def measuring(order: Order, batch: Batch) -> bool:
    """Whether a reference on the list is not known yet."""
    listed = {item.of for item in batch.items}
    return any(reference.on_the_way and reference.id in listed for reference in order.references)


def _yours(say: Voice, project: Project) -> Text:
    return say("Your changes for {title}:", title=phrases.order_title(say, project))


def _of_all(say: Voice, project: Project) -> Text:
    """The title of the list at a member, who is one of several."""
    return say("The changes for {title}:", title=phrases.order_title(say, project))


def leaves_nothing(project: Project, batch: Batch, verdict: Verdict) -> bool:
    """Whether a list that would join a round takes back all of it: a round of nothing is never done."""
    waiting = project.waiting_batch if verdict.joins else None
    return waiting is not None and not together((*waiting.items, *batch.items))


def _invitation(scene: Scene, say: Voice, project: Project) -> list[Text]:
    lines = [say("Tell me everything at once, in your words or with the buttons.")]
    floor = project.order.under(scene.rules).fee_floor
    if free_round_left(project, scene.now):
        lines[0] += say(" This round is free.")
    elif can_join(project, scene.now):
        lines.append(say("Nobody has begun the round that you have sent: more can go with it, for nothing."))
    elif not is_open(project.order, scene.now) and project.order.deadline is not None:
        lines.append(
            say("Changes cost something now: staff name a price, {floor} a song or more.", floor=floor)
        )
    elif project.sealed_batch is not None:
        lines.append(
            say(
                "The round that you have sent is in work. What you wish now is another one: from {floor} a "
                "song. You see the price before anything is charged.",
                floor=floor,
            )
        )
    else:
        lines.append(
            say(
                "More of what we did for you is free; new wishes, or a change back, cost from "
                "{floor} a song. You see the price before anything is charged.",
                floor=floor,
            )
        )
    if len(project.works) > 1:
        lines.append(say("To change only one song, begin with its title and a colon."))
    return lines


def _judged(say: Voice, project: Project, batch: Batch, verdict: Verdict, floor: Money) -> list[Text]:
    """Each wish, with why it is free or not."""
    lines = []
    for line, item in zip(numbered(say, project, batch), batch.items, strict=True):
        about = tuple(
            reason
            for reason in verdict.reasons
            if reason.item.what is item.what
            and (reason.item.place, reason.item.part) == (item.place, item.part)
            and reason.item.of == item.of
            and item.song in (None, reason.item.song)
        )
        lines.append(line + causes.of_item(say, project, verdict, about, floor))
    return lines


def _last_word(say: Voice, verdict: Verdict, floor: Money) -> Text:
    match verdict.outcome:
        case Outcome.FREE if verdict.joins:
            return say("Anything else? It goes with the round that you have sent.")
        case Outcome.FREE:
            return say("Anything else? After sending, this round is closed.")
        case Outcome.FEE:
            return say("Nothing is charged until you accept.")
        case Outcome.QUOTE:
            return say(
                "Staff will name a price, {floor} a song or more. Nothing is charged until you accept it.",
                floor=floor,
            )


def _ways(scene: Scene, project: Project, batch: Batch, verdict: Verdict) -> list[Button]:
    """How the list can be sent."""
    say, order = scene.to_artist, project.order
    count, drawn = len(together(batch.items)), seen(batch.id, batch.rev)
    if not count or leaves_nothing(project, batch, verdict):
        return []
    if verdict.outcome is Outcome.FREE:
        label = say.many("Send {count} change - free", "Send {count} changes - free", count)
        free = label.plain(moment=str, title=str)
        return [Button(free, Action("send", order.id, drawn).pack())]
    row = []
    if verdict.outcome is Outcome.FEE:
        accept = say.word("Accept {price}", price=verdict.total)
        row.append(Button(accept, Action("accept", order.id, drawn, choice="fee").pack()))
    if verdict.free:
        keep = say.word("Only keep what is free ({count})", count=len(verdict.free))
        row.append(Button(keep, Action("unwish", order.id, drawn, choice="paid").pack()))
    row.extend(_anew(scene, project, verdict))
    ask = (
        say.word("Ask staff for a better price")
        if verdict.outcome is Outcome.FEE
        else say.word("Ask for a quote")
    )
    row.append(Button(ask, Action("ask-price", order.id, drawn).pack()))
    row.append(Button(say.word("Why?"), Action("why", order.id).pack()))
    return row


def _anew(scene: Scene, project: Project, verdict: Verdict) -> list[Button]:
    """Where a fee is not below the price of a new order of that song, that is offered beside it."""
    order, say = project.order, scene.to_artist
    price = scene.rules.money(service_of(order, scene.rules).price)
    dear = verdict.cheaper_anew(price)
    places = {song.id: song.place for song in project.works}
    if order.service != AUTOMATIC or not dear:
        return []
    several = len(project.works) > 1
    return [
        Button(
            say.word("New master of no. {place}: {price}", place=places[song], price=price)
            if several
            else say.word("New master of this song: {price}", price=price),
            Action("anew", order.id, choice=str(places[song])).pack(),
        )
        for song in dear[:3]
    ]


def _of_references(say: Voice, order: Order) -> list[Text]:
    """What holds the list up, and what is not on it."""
    wished = [reference for reference in order.references if reference.wished]
    heard = [
        say("I am listening to {name}; then the list can be sent.", name=named(order, reference.name))
        for reference in wished
        if reference.on_the_way
    ]
    refused = [reference for reference in wished if reference.state is ReferenceState.REFUSED]
    return heard + [troubles.reference(say, order, reference, pages=False) for reference in refused]


def _handed_back(say: Voice, batch: Batch) -> list[Text]:
    """What could not be read, by why it could not; and what a finished mix cannot have."""
    unread = {
        reason: _quoted([said for said in batch.not_understood if why(said) is reason]) for reason in Unread
    }
    lines = []
    if beyond := _quoted(list(dict.fromkeys((*(item.text for item in batch.nearest), *batch.impossible)))):
        lines.append(
            say(
                "In a finished mix no part can be changed by itself: {words}. Take the nearest change, "
                "where I offer one, or talk to a person.",
                words=beyond,
            )
        )
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
    if words := unread[Unread.UNDO]:
        lines.append(
            say("There is nothing here that I can undo: {words}. Say what it should be instead.", words=words)
        )
    if words := unread[Unread.WORDS]:
        lines.append(
            say("I did not understand: {words}. Say it in other words, or talk to a person.", words=words)
        )
    return lines


def _quoted(said: list[str]) -> str:
    """What somebody said, in short: the newest few of it, and of each the beginning."""
    return "; ".join(
        words if len(words) <= _QUOTED else words[:_QUOTED].rstrip() + " …" for words in said[-8:]
    )


def _near(say: Voice, order: Order, batch: Batch, number: int) -> Button:
    label = say.word("Nearest: {change}", change=phrases.change(say, batch.nearest[number]))
    near = Action("wish", order.id, seen(batch.id, batch.rev), choice=f"near-{number}")
    return Button(label, near.pack())


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
