"""What a private link opens. It is looked up each time, so that a link lives no longer than its reason."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from mimetypes import guess_type
from pathlib import PurePath

from core.links import Link, Pass, Standing
from core.members import Member
from core.messages import HOUSE, Incoming, Kind, Media
from core.orders import OPEN, Order, OrderState, Parcel, Project
from core.people import Person, Right, Role, may, may_act_as
from core.rules import HouseRules
from core.songs import Song, VersionState, file_name
from core.text import Text, Title

_MADE = (VersionState.READY, VersionState.SENT)


@dataclass(frozen=True, slots=True)
class Opened:
    """A file, and of which parcel and version it is. `beside`: the parcel's other files, in order."""

    media: Media
    parcel: Parcel
    version: int
    beside: tuple[Media, ...] = ()

    def heard(self, order: Order, at: datetime) -> Incoming:
        """What the desk is told when its artist has it, as one event however often they fetch it (C3)."""
        return Incoming(
            HOUSE,
            f"opened:{order.id}:{self.media.sha256[:12]}",
            order.person,
            "",
            private=True,
            kind=Kind.OPENED,
            at=at,
            payload={"order": order.id, "version": self.version, "kind": self.parcel.value},
        )


def linked(order: Order, media: Media, now: datetime, rules: HouseRules) -> Media:
    """A file of an order as it is sent: with a private link to it."""
    return replace(media, link=_link(order, media, now, rules))


def way_to(project: Project, parcel: Parcel, now: datetime, rules: HouseRules) -> Link | None:
    """A private link to all of a parcel; None if there is nothing in it."""
    if parcel is Parcel.PREVIEW:
        made = [version.number for version in project.versions if version.state in _MADE]
        inside = _previews(project, max(made, default=0))
    else:
        inside = _files(project)
    return replace(_link(project.order, inside[0], now, rules), together=True) if inside else None


def page_of(order: Order, now: datetime, rules: HouseRules) -> Pass:
    """The way of an order's artist to its page. It is the same all day, so that it changes no card."""
    until = _until(order, now, rules)
    midnight = until.replace(hour=0, minute=0, second=0) + timedelta(days=1)
    return Pass(order.id, order.person, Standing.ARTIST, order.links, midnight)


def page_of_member(order: Order, member: Member, now: datetime, rules: HouseRules) -> Pass:
    """The way of a member to the page of an order, for as long as they are one. # B50"""
    shown = page_of(order, now, rules)
    return replace(shown, person=member.person, standing=Standing.MEMBER)


def reads(project: Project, person: Person) -> bool:
    """Whether somebody of the staff may read an order of somebody else: by their role, or who works on it."""
    return may(person.role, Right.READ) or works_on(project, person)


def works_on(project: Project, person: Person) -> bool:
    """Whether somebody of the staff has taken a song of an order that is not over, or that they fix."""
    order = project.order
    working = any(
        booking.engineer == person.id and (order.state in OPEN or booking.song in order.fixing)
        for booking in project.claims
    )
    return working and may(person.role, Right.WORK)


def originals(project: Project, person: Person) -> tuple[Media, ...]:
    """What an order is made from, as it was sent: for who of the staff works on it alone."""
    if not works_on(project, person):
        return ()
    return tuple(media for song in project.ready if (media := _original(project.order, song)) is not None)


def _original(order: Order, song: Song) -> Media | None:
    size = song.size or song.file.size
    if song.source is None or song.sha256 is None or size is None:
        return None
    ending = PurePath(song.file.name).suffix
    title = f"{song.place:02}" if order.confidential else f"{song.place:02} {song.title}"
    name = file_name(title, ending)
    shown = Text((Title(name, secret=order.confidential),))
    kind = guess_type(name)[0] or "application/octet-stream"
    return Media("file", song.source, name, shown, kind, size, song.sha256)


def page_of_staff(order: Order, person: Person, now: datetime, rules: HouseRules) -> Pass:
    """The way of somebody of the staff to the page of an order, by the role that they hold now."""
    until = (now + timedelta(days=rules.links.days)).replace(microsecond=0)
    role = person.role or Role.SUPPORT
    return Pass(order.id, person.id, Standing.STAFF, order.links, until, role)


def admitted(project: Project, person: Person, shown: Pass, now: datetime) -> bool:
    """Whether a pass still opens the page of an order to somebody. What is cancelled can still be read."""
    order = project.order
    if order.links != shown.epoch or now > shown.until:
        return False
    if shown.standing is Standing.ARTIST:
        return order.person == person.id
    if shown.standing is Standing.MEMBER:
        return project.member(person.id) is not None
    return reads(project, person) and may_act_as(person.role, shown.role)


def opened(project: Project, link: Link, now: datetime) -> Opened | None:
    """What a link opens now; None if nothing any more.

    Previews of the versions that are made, and the files of what was released. Nothing of an order that was
    cancelled, nothing by a link of an earlier epoch, and nothing after its time.
    """
    order = project.order
    if order.links != link.epoch or now > link.until or order.state is OrderState.CANCELLED:
        return None
    for version in project.versions:
        for media in version.previews if version.state in _MADE else ():
            if media.sha256 == link.sha256:
                beside = _previews(project, version.number) if link.together else ()
                return Opened(media, Parcel.PREVIEW, version.number, beside)
    for media in _files(project):
        if media.sha256 == link.sha256:
            beside = _files(project) if link.together else ()
            return Opened(media, Parcel.FILES, order.released_version or 0, beside)
    return None


def shown(project: Project, sha256: str) -> Opened | None:
    """What the page of an order plays or shows, by its content: previews and pictures of what is made.

    None for the files, which have a way of their own, and for all of an order that was cancelled.
    """
    if project.order.state is OrderState.CANCELLED:
        return None
    for version in project.versions:
        for media in version.previews if version.state in _MADE else ():
            if media.sha256 == sha256:
                return Opened(media, Parcel.PREVIEW, version.number)
    pictures = (song.picture for song in project.ready)
    return next((Opened(one, Parcel.PREVIEW, 0) for one in pictures if one and one.sha256 == sha256), None)


def released(project: Project) -> tuple[Media, ...]:
    """The files that an artist may have, song by song; none of an order that was cancelled."""
    return () if project.order.state is OrderState.CANCELLED else _files(project)


def handed_over(project: Project, songs: Iterable[Project] = ()) -> tuple[Media, ...]:
    """What the page of an order hands over: its files; or what is approved of the songs that it paid for.

    What is confidential has the number of its order for a name there (B62).
    """
    if project.order.prepays is None:
        return released(project)
    return tuple(_unnamed(song.order, media) for song in songs for media in released(song))


def _unnamed(order: Order, media: Media) -> Media:
    if not order.confidential:
        return media
    return replace(media, name=f"{order.number}{PurePath(media.name).suffix}")


def _link(order: Order, media: Media, now: datetime, rules: HouseRules) -> Link:
    return Link(order.id, media.sha256, order.links, _until(order, now, rules))


def _until(order: Order, now: datetime, rules: HouseRules) -> datetime:
    until = now + timedelta(days=rules.links.days)
    if order.kept_until is not None and order.kept_until > now:
        until = order.kept_until
    return until.replace(microsecond=0)


def _previews(project: Project, number: int) -> tuple[Media, ...]:
    """What lets a version be heard, song by song."""
    places = {song.id: song.place for song in project.works}
    made = [
        version
        for version in project.versions
        if version.number == number and version.song in places and version.state in _MADE
    ]
    made.sort(key=lambda version: places[version.song])
    return tuple(media for version in made for media in version.previews)


def _files(project: Project) -> tuple[Media, ...]:
    """The released files, song by song."""
    number = project.order.released_version
    if number is None:
        return ()
    released = [project.newest_made(song, number) for song in project.works]
    return tuple(media for version in released if version for media in version.files)
