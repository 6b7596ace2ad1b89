"""Songs become somebody's: of whom, and who had them before is told."""

from collections.abc import Iterable
from dataclasses import replace

from core.bookings import Booking, BookingState
from core.desk.evolution import with_booking
from core.desk.scene import Scene
from core.messages import Notice, To
from core.orders import Project
from core.people import Person
from core.songs import Song


def taken(
    scene: Scene, project: Project, songs: Iterable[Song], person: Person
) -> tuple[Project, tuple[Notice, ...]]:
    """The project once songs are somebody's, and what those read who had one of them."""
    after, before_them = project, set()
    for song in songs:
        if old := project.booking(song):
            if old.engineer == person.id:
                continue
            before_them.add(old.engineer)
            after = let_go(after, old)
        booking = Booking(
            scene.id("booking", song.id),
            project.order.id,
            song.id,
            BookingState.CLAIMED,
            person.id,
            person.name,
            scene.now,
        )
        after = with_booking(after, booking)
    number = str(project.order.number)
    say = scene.catalogues.voice(None)
    told = tuple(
        Notice(
            scene.id("taken-over", account),
            To.person(account),
            say("Order {number} is {name}'s now.", number=number, name=person.name),
        )
        for account in sorted(before_them - {scene.person.id})
    )
    return after, told


def let_go(project: Project, booking: Booking) -> Project:
    """The project once somebody has given a song back."""
    return with_booking(project, replace(booking, state=BookingState.LET_GO))
