"""What a private link opens. It is looked up each time, so that a link lives no longer than its reason."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.links import Link, Pass, Standing
from core.messages import HOUSE, Incoming, Kind, Media
from core.orders import Order, OrderState, Parcel, Project
from core.people import Person, Role, may_act_as
from core.rules import HouseRules
from core.songs import VersionState

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
    return may_act_as(person.role, Role.SUPPORT) and may_act_as(person.role, shown.role)


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


def _link(order: Order, media: Media, now: datetime, rules: HouseRules) -> Link:
    return Link(order.id, media.sha256, order.links, _until(order, now, rules))


def _until(order: Order, now: datetime, rules: HouseRules) -> datetime:
    until = now + timedelta(days=rules.links.days)
    if order.kept_until is not None and order.kept_until > now:
        until = order.kept_until
    return until.replace(microsecond=0)


def _previews(project: Project, number: int) -> tuple[Media, ...]:
    """What lets a version be heard, song by song."""
    places = {song.id: song.place for song in project.ready}
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
    released = [project.newest_made(song, number) for song in project.ready]
    return tuple(media for version in released if version for media in version.files)
