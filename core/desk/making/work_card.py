"""The card of work by hand at the staff desk: what is to be done, by when, and who does what of it."""

from dataclasses import replace
from hashlib import sha256

from core.complaints import ComplaintState
from core.desk.making.faults import fault
from core.desk.scene import Scene, named
from core.desk.shown import buttons, phrases
from core.messages import Action, Button, Card, To
from core.orders import DELIVERED, Order, OrderState, Project
from core.revisions import Batch
from core.services import BY_HAND, MIXING
from core.songs import Song, Version, VersionState
from core.text import Moment, Text, joined
from core.wording import Voice

_FIX_GOES_OUT = DELIVERED | {OrderState.CANCELLED}
"""States in which a fix can be sent: nothing else is on its way. Too late, it stays delivered (R2)."""


def key_of(order: Order) -> str:
    return f"work:{order.id}"


def order_of(key: str) -> str | None:
    """The order whose work a card is about; None for any other card."""
    kind, _, order = key.partition(":")
    return order if kind == "work" else None


def card(scene: Scene, project: Project) -> Card:
    """The card as it stands: of work that is under way, or was done last."""
    order, say = project.order, scene.to_staff
    if not in_work(project):
        return Card(key_of(order), To.staff(), _over(say, project), scene.looks(order), done=True)
    if order.fixing:
        return _of_fix(scene, project)
    lines = [_head(say, order)]
    if order.note:
        lines.append(say("Their note: {note}", note=order.note))
    for song in project.in_round:
        lines.extend(_song(say, project, song))
    if batch := project.sealed_batch:
        lines.extend(_asked(say, project, batch))
    lines.append(_due(scene, order))
    return Card(key_of(order), To.staff(), joined(lines), (*_row(scene, project), *scene.looks(order)))


def changed(scene: Scene, before: Project | None, after: Project) -> tuple[Card, ...]:
    """The card, where work by hand begins, changes or ends."""
    if before is None or before == after:
        return ()
    fixed = before.order.fixing or after.order.fixing
    worked = OrderState.WORKING in (before.order.state, after.order.state)
    return (card(scene, after),) if fixed or (worked and after.order.service in BY_HAND) else ()


def in_work(project: Project | None) -> bool:
    """Whether somebody is to do something by hand for an order now: its round, or a fix."""
    if project is None:
        return False
    order = project.order
    by_hand = order.service in BY_HAND and order.state is OrderState.WORKING and not went_out(project)
    return bool(order.fixing) or by_hand


def went_out(project: Project) -> bool:
    """Whether its engineer has sent all of this round."""
    versions = [made(project, song) for song in project.in_round]
    return bool(versions) and all(v and v.state in (VersionState.READY, VersionState.SENT) for v in versions)


def made(project: Project, song: Song) -> Version | None:
    """What was handed in of a song for the version that is in work by hand."""
    if project.order.fixing:
        return next((v for v in project.versions if v.song == song.id and v.is_of_fix), None)
    return next((v for v in project.versions if (v.song, v.number) == (song.id, project.order.version)), None)


def waits(project: Project) -> bool:
    """Whether all that was asked for is looked into and can be sent; of a fix, what of it is here."""
    versions = [made(project, song) for song in project.in_round]
    if project.order.fixing:
        versions = [v for v in versions if v and v.state is not VersionState.FAILED]
        if project.order.state not in _FIX_GOES_OUT:
            return False
    return bool(versions) and all(v and v.state is VersionState.HELD and not v.arriving for v in versions)


def seen(project: Project) -> int:
    """What a button that sends was drawn for: another number for other masters."""
    masters = [version.master_sha256 or "" for song in project.in_round if (version := made(project, song))]
    return int(sha256(" ".join(masters).encode()).hexdigest()[:7], 16)


def verdict(say: Voice, project: Project, song: Song, version: Version) -> Text:
    """What quality control says of what was handed in (A20)."""
    found = [fault(say, str(failure["code"]), failure.get("details", {})) for failure in version.failures]
    measured = Text((phrases.figures(say, version.measured or {}),))
    title = named(project.order, song.title)
    told = (
        say("A new master of {title}: {figures}.", title=title, figures=measured)
        if version.is_of_fix
        else say(
            "v{number} of {title}: {figures}.", number=str(version.number), title=title, figures=measured
        )
    )
    return told + say(" Not fit to be sent: {faults}.", faults=joined(found, "; ")) if found else told


def sending(say: Voice, project: Project) -> tuple[Button, ...]:
    """[Send to customer], or what a failure leaves; nothing while something is missing."""
    if not waits(project):
        return ()
    order = project.order
    if any((version := made(project, song)) and version.failures for song in project.in_round):
        return (Button(say.word("Send anyway …"), form=f"anyway:{order.id}.{seen(project)}"),)
    return (Button(say.word("Send to customer"), Action("hand-over", order.id, seen(project)).pack()),)


def hand_in(say: Voice, order: Order) -> Button:
    return Button(say.word("Hand in"), form=f"handin:{order.id}")


def _row(scene: Scene, project: Project) -> tuple[Button, ...]:
    say, order, batch = scene.to_staff, project.order, project.sealed_batch
    taken = [song for song in project.in_round if project.booking(song)]
    row: list[Button] = []
    if len(taken) < len(project.in_round):
        row.append(Button(say.word("Take it"), Action("claim", order.id).pack()))
    if not taken:
        return tuple(row)
    row.extend(sending(say, project))
    if batch and batch.started is None:
        row.append(Button(say.word("Begin"), Action("begin", order.id).pack()))
    return (
        *row,
        buttons.originals(say, order),
        hand_in(say, order),
        Button(say.word("Let it go"), Action("let-go", order.id).pack()),
    )


def _head(say: Voice, order: Order) -> Text:
    number, version = str(order.number), str(order.version)
    if order.service == MIXING:
        return say("Order {number}: a mix by hand, v{version}.", number=number, version=version)
    return say("Order {number}: mastering by hand, v{version}.", number=number, version=version)


def _song(say: Voice, project: Project, song: Song) -> list[Text]:
    title = Text((named(project.order, song.title),))
    if len(project.works) > 1:
        title = Text((f"{song.place}. ",)) + title
    booking, version = project.booking(song), made(project, song)
    lines = [
        say("{title}: {name} has it.", title=title, name=booking.name)
        if booking
        else say("{title}: not taken yet.", title=title)
    ]
    if version is None:
        return lines
    if version.arriving:
        lines.append(say("  What was handed in is being checked."))
    elif version.trouble:
        lines.append(say("  What was handed in cannot be used."))
    if version.state is VersionState.HELD:
        lines.append(Text(("  ",)) + verdict(say, project, song, version))
    return lines


def _asked(say: Voice, project: Project, batch: Batch) -> list[Text]:
    """What is asked for in this round, and in its artist's words what nobody could read."""
    secret, titles = project.order.confidential, {song.id: song for song in project.works}
    lines = [say("To be changed, of v{number}:", number=str(batch.about_version))]
    for number, item in enumerate(batch.items, 1):
        line = Text((f"  {number}. {phrases.listed(say, replace(item, text='') if secret else item)}",))
        if item.song in titles and len(titles) > 1:
            line += say(" ({title})", title=named(project.order, titles[item.song].title))
        lines.append(line)
    if batch.not_understood:
        lines.append(say("  In their own words: {words}", words="; ".join(batch.not_understood)))
    return lines


def _due(scene: Scene, order: Order) -> Text:
    if order.promised is None:
        return Text()
    if order.promised < scene.now:
        return scene.to_staff("LATE: it was promised by {when}.", when=Moment(order.promised, record=True))
    return scene.to_staff("Promised by {when}.", when=Moment(order.promised))


def _of_fix(scene: Scene, project: Project) -> Card:
    """A new master of what was delivered: by when it puts a complaint right, and what stands in its way."""
    say, order = scene.to_staff, project.order
    number, version = str(order.number), str(order.version)
    lines = [say("Order {number}: a new master by hand, after v{version}.", number=number, version=version)]
    for song in project.in_round:
        lines.extend(_song(say, project, song))
    clock = next((one for one in project.complaints if one.state is ComplaintState.OPEN and one.due), None)
    if order.state is OrderState.CANCELLED:
        lines.append(say("The money went back. What is handed in can still be sent, or let go."))
    elif order.state not in _FIX_GOES_OUT:
        lines.append(say("A version is in work beside it: what is handed in waits until that is there."))
    if clock is not None and clock.due is not None:
        lines.append(say("Sent before {when} it ends the complaint.", when=Moment(clock.due)))
    return Card(key_of(order), To.staff(), joined(lines), (*_row(scene, project), *scene.looks(order)))


def _over(say: Voice, project: Project) -> Text:
    order = project.order
    number, version = str(order.number), str(order.version)
    if order.state is OrderState.CANCELLED:
        return say("Order {number} was cancelled: there is nothing more to do.", number=number)
    if order.service not in BY_HAND and not any(v.by and v.number == order.version for v in project.versions):
        return say("Order {number}: no new master is made now.", number=number)
    if order.decided_by:
        return say(
            "Order {number}: v{version} was sent by {name}.",
            number=number,
            version=version,
            name=order.decided_by,
        )
    return say("Order {number}: v{version} was sent.", number=number, version=version)
