"""From preview to files: the clock starts, the artist approves, the files go out, the order completes."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from core.access import linked
from core.aims import destination
from core.changes import Changes
from core.desk.delivering.preview import preview_id
from core.desk.delivering.ratings import STARS
from core.desk.evolution import with_batch, with_order, with_version
from core.desk.making.mastering import version_of_job
from core.desk.outcome import job_of, outcome
from core.desk.refunding import complaints
from core.desk.scene import Scene, named
from core.desk.shown import buttons
from core.desk.shown.stale import stale
from core.jobs import Job, JobKind
from core.ledger import earning
from core.messages import Button, Card, Media, Notice, To
from core.orders import OPEN, Order, OrderState, Parcel, Project
from core.refunds import any_open
from core.revisions import BatchState
from core.songs import Song, Version, VersionState
from core.text import Moment, Text, joined
from core.windows import deadline, kept_until, unreached_deadline


def arrived(scene: Scene, project: Project, notice: str) -> Changes:
    """The platform confirmed a preview or the files."""
    order, say = project.order, scene.to_staff
    number = _previewed(project, notice)
    parcel = Parcel.PREVIEW if number else Parcel.FILES
    after = _got(scene, project, parcel, number)
    if parcel not in order.unreached or parcel in after.order.unreached:
        return outcome(scene, project, after)
    text = (
        say("Order {number}: the preview has reached its artist after all.", number=str(order.number))
        if number
        else say("Order {number}: the files have reached their artist after all.", number=str(order.number))
    )
    return outcome(scene, project, after, more=Changes(cards=(_unreachable(order, text, done=True),)))


def opened(scene: Scene, project: Project, parcel: Parcel, number: int) -> Changes:
    """A preview or the files were fetched by their private link: they are with the artist, too (C3)."""
    order, say = project.order, scene.to_staff
    after = _got(scene, project, parcel, number)
    if parcel not in order.unreached or parcel in after.order.unreached:
        return outcome(scene, project, after)
    text = (
        say("Order {number}: the preview was opened by its private link.", number=str(order.number))
        if parcel is Parcel.PREVIEW
        else say("Order {number}: the files were opened by their private link.", number=str(order.number))
    )
    return outcome(scene, project, after, more=Changes(cards=(_unreachable(order, text, done=True),)))


def unreachable(scene: Scene, project: Project, notice: str, reason: str) -> Changes:
    """The preview or the files could not be sent: the staff desk is told, and a private link is the way.

    Without a preview the window does not begin (C3).
    """
    order, say = project.order, scene.to_staff
    number = _previewed(project, notice)
    if number:
        text = say(
            "Order {number}: the preview could not be sent ({reason}).",
            number=str(order.number),
            reason=reason,
        )
    else:
        text = say(
            "Order {number}: the files could not be sent ({reason}).",
            number=str(order.number),
            reason=reason,
        )
    told = Changes(cards=(_unreachable(order, text, scene.looks(order)),))
    if number and not _unheard(project, number):
        return outcome(scene, project, project, more=told)
    parcel = Parcel.PREVIEW if number else Parcel.FILES
    after = replace(order, unreached=tuple(dict.fromkeys((*order.unreached, parcel))))
    if number and order.state in OPEN and order.deadline is None:
        after = replace(after, deadline=unreached_deadline(scene.now, order.under(scene.rules)))
    return outcome(scene, project, with_order(project, after), more=told)


def _previewed(project: Project, notice: str) -> int:
    """Which version a notice has brought; 0 if it was no preview but the files."""
    numbers = range(1, project.order.version + 1)
    return next((number for number in numbers if preview_id(project.order, number) == notice), 0)


def _got(scene: Scene, project: Project, parcel: Parcel, number: int) -> Project:
    """The project once its artist has a preview (up to a version) or the files."""
    if parcel is Parcel.PREVIEW and project.order.state in OPEN:
        return heard(scene, project, number)
    return with_order(project, project.order.reached(parcel))


def _unheard(project: Project, number: int) -> list[Version]:
    """The versions up to a number that are made and, as far as we know, not with the artist."""
    return [v for v in project.versions if v.state is VersionState.READY and v.number <= number]


def _unreachable(order: Order, text: Text, row: tuple[Button, ...] = (), *, done: bool = False) -> Card:
    return Card(f"unreachable:{order.id}", To.staff(), text, row, done=done)


def files_id(order: Order, what: str = "files") -> str:
    """The id of the notice that brings the files of the released version to their artist."""
    return f"{order.id}-v{order.released_version}-{what}"


def approve(scene: Scene, project: Project, version: int | None) -> Changes:
    """The artist takes the master: its files are released, and the promised window stays open (C7).

    Who approves has heard it, though the platform may not have confirmed it yet, or have refused it.
    """
    order = project.order
    if order.state is not OrderState.REVIEW or version != order.version or order.owed:
        return stale(scene, project)
    if any_open(project.disputes):
        text = scene.say("Its payment is disputed: its files wait until your payment provider has decided.")
        return scene.answered(text, buttons.human(scene.say, order.id))
    after = heard(scene, project, order.version)
    after = with_order(after, replace(after.order, state=OrderState.RELEASED, approved_at=scene.now))
    return released(scene, project, after)


def heard(scene: Scene, project: Project, number: int) -> Project:
    """The versions up to a number are with the artist: from now on their days count (A11, A13)."""
    fresh = _unheard(project, number)
    if not fresh:
        return project
    for version in fresh:
        project = with_version(project, replace(version, state=VersionState.SENT, sent_at=scene.now))
    order = project.order.reached(Parcel.PREVIEW)
    first = order.first_sent or scene.now
    last = scene.now if order.first_sent else None
    ends = deadline(first, last, order.under(scene.rules))
    sent = replace(order, first_sent=first, last_sent=last, deadline=ends, reminded=False)
    return complaints.fixed(scene, with_order(project, sent))


def complete(scene: Scene, project: Project) -> Changes:
    """The window has ended: the order is complete, which counts as approval (A12, A14)."""
    order = project.order
    say = scene.to_artist
    was_released = order.state is OrderState.RELEASED
    done = replace(
        order,
        state=OrderState.COMPLETED,
        completed_at=scene.now,
        kept_until=kept_until(scene.now, order.under(scene.rules)),
    )
    after = with_order(project, done)
    told = [say("Your time for changes is over: order {number} is complete.", number=str(order.number))]
    for batch in project.batches:
        if batch.state is BatchState.OPEN:
            after = with_batch(after, replace(batch, state=BatchState.DROPPED))
            if batch.items:
                told.append(say("The changes you wrote down but did not send were not made."))
    if order.owed:
        told.append(say("It was not paid, so its files are not released."))
    elif not was_released:
        told.append(say("Its files are coming now."))
    notice = scene.notice(order, "complete", joined(told, " "))
    if was_released or order.owed:
        return outcome(scene, project, after, notices=(notice,))
    return released(scene, project, after, (notice,))


def remind(scene: Scene, project: Project) -> Changes:
    """A day before the window ends, once (A11)."""
    order, say = project.order, scene.to_artist
    if order.deadline is None:
        return outcome(scene, project, project)
    ends = say("Order {number} completes on {when}.", number=str(order.number), when=Moment(order.deadline))
    until = (
        say("Until then you can pay for its files or talk to us; after that they are not released.")
        if order.owed
        else say("Until then you can approve it or talk to us; then you get its files as they are.")
    )
    unsent = next(
        (batch for batch in project.batches if batch.state is BatchState.OPEN and batch.items), None
    )
    told = [ends, until]
    if unsent:
        told.append(say("The changes that you wrote down are not sent yet."))
    row: tuple[Button, ...] = () if order.owed else (buttons.approve(say, order),)
    row += (buttons.changes(say, order),)
    notice = scene.notice(order, "reminder", joined(told, " "), *row)
    return outcome(scene, project, with_order(project, replace(order, reminded=True)), notices=(notice,))


def delivered(scene: Scene, result: Mapping[str, Any]) -> Changes:
    """One song's files are made; the last of those released sends all."""
    project, version = version_of_job(scene)
    files = tuple(
        Media(**media, title=Text((named(project.order, media["name"]),))) for media in result["files"]
    )
    after = with_version(project, replace(version, files=files))
    waiting = [song for song in after.works if not _files(after, song)]
    notices: tuple[Notice, ...] = () if waiting else (_handed_over(scene, after, "files"),)
    return outcome(scene, project, after, notices=notices)


def undeliverable(scene: Scene) -> Changes:
    """The files of a released order could not be made: a person must look; the masters are safe."""
    project = scene.project
    if project is None:
        raise LookupError("a job without its order")
    reference = scene.id("aside")[:6].upper()
    say, staff = scene.to_artist, scene.to_staff
    notice = scene.notice(
        project.order,
        "undeliverable",
        say(
            "Your files could not be made (reference {reference}). Your master is safe, and a person "
            "is looking into it.",
            reference=reference,
        ),
        buttons.files(say, project.order),
    )
    told = staff(
        "Order {number}: its files could not be made (reference {reference}).",
        number=str(project.order.number),
        reference=reference,
    )
    card = Card(f"aside:{project.order.id}", To.staff(), told, scene.looks(project.order))
    return outcome(scene, project, project, notices=(notice,), more=Changes(cards=(card,)))


def again(scene: Scene, project: Project) -> Changes:
    """The files once more, for whoever lost them: what was released stays theirs, whatever comes after it."""
    order = project.order
    if order.owed or order.released_version is None:
        return stale(scene, project)
    if all(_files(project, song) for song in project.works):
        return outcome(scene, project, project, notices=(_handed_over(scene, project, scene.id("again")),))
    if any(job.kind is JobKind.DELIVER for job in scene.snapshot.running):
        return stale(scene, project)
    return outcome(scene, project, project, jobs=_making(scene, project))


def released(scene: Scene, before: Project, after: Project, notices: tuple[Notice, ...] = ()) -> Changes:
    """The files of an order are the artist's now: its money is earned and its deliverables are made."""
    order = after.order
    first_time = order.released_version is None
    kept = order.kept_until or kept_until(
        max(order.deadline or scene.now, scene.now), order.under(scene.rules)
    )
    after = with_order(after, replace(order, released_version=order.version, kept_until=kept))
    more = Changes()
    if first_time and order.price:
        more = Changes(transfers=(earning(order.id, order.price, scene.now),))
    return outcome(scene, before, after, jobs=_making(scene, after), notices=notices, more=more)


def _making(scene: Scene, project: Project) -> tuple[Job, ...]:
    """The jobs that make the deliverables of each song's released version, where they are not there yet."""
    order = project.order
    jobs = []
    for song in project.works:
        version = _released(project, song)
        if version is None or version.files:
            continue
        tags = {
            "title": song.title,
            "artist": order.artist,
            "album": order.title if len(project.works) > 1 else "",
            "track": song.place if len(project.works) > 1 else None,
        }
        payload = {
            "master": version.master,
            "tags": tags,
            "stem": f"{song.place:02} {song.title}" if len(project.works) > 1 else song.title,
            "ceiling": version.settings["ceiling_dbtp"],
            "formats": list(goes_to.files) if (goes_to := destination(version.destination)) else [],
            "fingerprint": f"{version.master_sha256}",
        }
        job = Job(
            scene.id("deliver", version.id),
            JobKind.DELIVER,
            "",
            song=song.id,
            version=version.number,
            payload=payload,
            cost=5.0,
        )
        jobs.append(job_of(scene, project, job))
    return tuple(jobs)


def _released(project: Project, song: Song) -> Version | None:
    """The version of a song that is the artist's, whatever is being made of it now."""
    return project.newest_made(song, project.order.released_version)


def _files(project: Project, song: Song) -> tuple[Media, ...]:
    version = _released(project, song)
    return version.files if version else ()


def _handed_over(scene: Scene, project: Project, what: str) -> Notice:
    """The delivery: every file with its checksum, and until when it is kept (A17)."""
    order, say = project.order, scene.to_artist
    media = tuple(
        linked(order, file, scene.now, scene.rules)
        for song in project.works
        for file in _files(project, song)
    )
    lines = [say("Here are the files of order {number}:", number=str(order.number))]
    lines.extend(
        say(
            "  {name} ({megabytes} MB), sha256 {sha256}",
            name=named(order, file.name),
            megabytes=say.number(file.size / 1e6),
            sha256=file.sha256[:16] + "…",
        )
        for file in media
    )
    if order.kept_until is not None:
        lines.append(say("Kept until {until} - please download.", until=Moment(order.kept_until)))
    lines.append(say("How was it?"))
    return Notice(
        files_id(order, what),
        To.person(order.person),
        joined(lines),
        (*(buttons.rating(order, stars) for stars in STARS), buttons.human(say, order.id)),
        media,
        confirm=True,
        order=order.id,
    )
