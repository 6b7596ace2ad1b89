"""Files that come in pieces beside the chat: whatever is heard of one, the order is brought in line with all.

What has come stands in the rows of the uploads. So an event that comes twice, late or not at all loses no
song and makes none twice: the next look at the order mends it.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from core.access import page_of
from core.changes import Changes
from core.desk.evolution import with_order, with_song
from core.desk.ordering.intake import fetching, made_room, new_order, settled, stands, without_refused
from core.desk.outcome import outcome
from core.desk.people import minors
from core.desk.scene import Scene, named
from core.desk.shown import buttons, guide
from core.desk.shown.stale import stale
from core.ids import derive
from core.jobs import Job
from core.messages import WEB, Notice
from core.orders import JOINABLE, OrderState, Project
from core.rules import HouseRules
from core.songs import ON_THE_WAY, Song, SongState, title_of
from core.text import Text, joined
from core.uploads import Heard, Upload


class Refusal(StrEnum):
    """Why an order takes no further file."""

    EMPTY = "empty"
    LARGE = "large"
    CLOSED = "closed"  # it is under way, or at its end
    FULL = "full"


def refusal(project: Project, size: int, rules: HouseRules) -> Refusal | None:
    """Why an order takes no further file of `size` bytes as it stands now; None if it does."""
    if size <= 0:
        return Refusal.EMPTY
    if size > rules.limits.file_bytes:
        return Refusal.LARGE
    if project.order.state not in JOINABLE:
        return Refusal.CLOSED
    return None if _has_room(_without_refused(project), rules) else Refusal.FULL


def waits_until(upload: Upload, rules: HouseRules) -> datetime:
    """When a file is given up of which nothing has come since."""
    return upload.touched + timedelta(days=rules.quotes.unpaid_order_days)


def asked(scene: Scene) -> Changes:
    """`/upload`, [Send big file]: the page of the order that is being put together, else of a new one."""
    say, incoming = scene.say, scene.incoming
    if scene.person.minor:
        return minors.refuse(scene)
    if not scene.ways.pages:
        text = say("This house takes files in the chat only. Drop your song here.")
        return scene.answered(text, buttons.human(say))
    if not (incoming.private or incoming.reply_handle):
        return guide.elsewhere(scene)
    changes = Changes()
    project = next((one for one in scene.snapshot.open if one.order.state in JOINABLE), None)
    if project is None:
        project = Project(replace(new_order(scene), settled=True))
        changes = outcome(scene, None, project)
    text = say(
        "Send files of up to {gigabytes} GB each on this page. What breaks off goes on where it was, "
        "and everything else happens here.",
        gigabytes=scene.rules.limits.file_bytes // 10**9,
    )
    way = buttons.big_file(say, page_of(project.order, scene.now, scene.rules))
    answer = scene.answer(text, way, buttons.human(say, project.order.id), order=project.order.id)
    return changes + Changes(notices=(answer,))


def heard(scene: Scene, project: Project) -> Changes:
    """A file is begun, has arrived or is gone. What the order cannot take is let go."""
    told = scene.incoming.payload
    if not scene.owns or scene.person.minor or project.order.state not in JOINABLE:
        return _not_taken(project, [str(told["upload"])])
    after, jobs = _in_line(scene, project)
    left = _not_taken(after, [upload.id for upload in _of(scene, project)])
    if after == project:
        return left
    # More may follow what has come just now: the order waits for it as for files in the chat.
    whole = project.order.settled and told["state"] == Heard.GONE
    order = replace(after.order, last_file=scene.now, settled=whole)
    return outcome(scene, project, settled(with_order(after, order)), jobs=jobs, more=left)


def overdue(scene: Scene, project: Project) -> Changes:
    """An order that is not paid yet was left alone for long, with files still on their way.

    It ends if none of them has come on meanwhile; what has not is given up, and its artist is told.
    """
    after, jobs = _in_line(scene, project)
    alive = [upload for upload in _of(scene, project) if not _abandoned(scene, upload)]
    gone = [
        song
        for song in after.songs
        if song.state is SongState.ARRIVING and song.upload not in {upload.id for upload in alive}
    ]
    for song in gone:
        after = with_song(after, replace(song, state=SongState.DROPPED))
    if any(song.state in ON_THE_WAY for song in after.songs):
        last = max((upload.touched for upload in alive), default=scene.now)
        order = replace(after.order, last_file=max(after.order.last_file, last))
    elif any(stands(song) for song in after.songs):
        order = replace(after.order, last_file=scene.now)  # what has come can still be ordered
    else:
        order = replace(after.order, state=OrderState.CANCELLED)
    notices = (_given_up(scene, project, gone),) if gone else ()
    return outcome(scene, project, settled(with_order(after, order)), jobs=jobs, notices=notices)


def _abandoned(scene: Scene, upload: Upload) -> bool:
    return not upload.whole and waits_until(upload, scene.rules) <= scene.now


def _in_line(scene: Scene, project: Project) -> tuple[Project, tuple[Job, ...]]:
    """The order with a song for each of its uploads, as far as that has come; and what is to be fetched."""
    uploads = _of(scene, project)
    jobs: tuple[Job, ...] = ()
    for upload in uploads:
        project = _taken(scene, project, upload)
        song = _song(project, upload.id)
        if song is not None and song.state is SongState.ARRIVING and upload.whole:
            project, place = made_room(project, song.instead_of, song.place)
            song = replace(song, state=SongState.FETCHING, place=place, instead_of=None)
            project = with_song(project, song)
            jobs += (fetching(scene, project, song, derive("upload", upload.id, "fetch")),)
    known = {upload.id for upload in uploads}
    for song in project.songs:
        if song.state is SongState.ARRIVING and song.upload not in known:
            project = with_song(project, replace(song, state=SongState.DROPPED))
    return project, jobs


def _taken(scene: Scene, project: Project, upload: Upload) -> Project:
    """The order with the song that a file becomes, unless it has it already, or no room for it.

    A song whose new mix it is stays until that is here: it may never come.
    """
    if _song(project, upload.id) is not None:
        return project
    project = _without_refused(project)
    if not _has_room(project, scene.rules):
        return project
    place = max((song.place for song in project.songs), default=0) + 1
    song = Song(
        upload.song, project.order.id, place, title_of(upload.name), SongState.ARRIVING, upload.file,
        instead_of=next((song.id for song in project.ready if song.id == project.order.replacing), None),
    )  # fmt: skip
    order = replace(
        project.order,
        state=OrderState.DRAFT,
        grouping=project.order.grouping if project.order.replacing else None,
        replacing=None,
    )
    return with_song(with_order(project, order), song)


def without(scene: Scene, project: Project) -> Changes:
    """[Go on without it]: what is still arriving is given up, and the rest of the order goes on."""
    coming = [song for song in project.songs if song.state is SongState.ARRIVING]
    if project.order.state not in JOINABLE or not coming:
        return stale(scene, project)
    after = project
    for song in coming:
        after = with_song(after, replace(song, state=SongState.DROPPED))
    order = replace(after.order, last_file=scene.now, settled=True)
    return outcome(scene, project, settled(with_order(after, order)))


def _has_room(project: Project, rules: HouseRules) -> bool:
    """Whether one more song has a place in an order, or the new mix of one that is in it."""
    return project.places_taken < rules.limits.songs_per_order


def _without_refused(project: Project) -> Project:
    """Better files take the place of those that were refused.

    But what was refused of the files that still come its artist may not have read yet.
    """
    if any(song.state in ON_THE_WAY for song in project.songs):
        return without_refused(project, but=WEB)
    return without_refused(project)


def _song(project: Project, upload: str) -> Song | None:
    return next((song for song in project.songs if (song.file.door, song.file.ref) == (WEB, upload)), None)


def _of(scene: Scene, project: Project) -> list[Upload]:
    return [upload for upload in scene.snapshot.uploads if upload.order == project.order.id]


def _not_taken(project: Project, uploads: Iterable[str]) -> Changes:
    """Nothing more is taken of files that became no song here."""
    return Changes(let_go=tuple(sorted(id_ for id_ in uploads if _song(project, id_) is None)))


def _given_up(scene: Scene, project: Project, songs: list[Song]) -> Notice:
    say, order = scene.to_artist, project.order
    text = say.many(
        "{count} file of order {number} never came whole, and I do not wait for it any longer.",
        "{count} files of order {number} never came whole, and I do not wait for them any longer.",
        len(songs),
        number=str(order.number),
    )
    return scene.notice(
        order, "given-up", joined([text, *(Text((named(order, song.title),)) for song in songs)])
    )
