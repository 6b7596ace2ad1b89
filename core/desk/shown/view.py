"""What a job card is drawn from."""

from dataclasses import dataclass
from datetime import datetime

from core.desk.scene import Scene, Ways
from core.jobs import Job
from core.money import Money
from core.orders import Project
from core.rules import HouseRules
from core.songs import Song, SongState
from core.trade import NO_TRADE, Trade
from core.uploads import Upload
from core.wording import Voice


@dataclass(frozen=True, slots=True)
class View:
    """One order, the reader's language, the house's rules, the time, and what is at work for it."""

    project: Project
    say: Voice
    rules: HouseRules
    ways: Ways
    now: datetime
    credit: Money | None = None
    running: tuple[Job, ...] = ()
    uploads: tuple[Upload, ...] = ()  # of this order, that are not gone
    trade: Trade = NO_TRADE


def view(scene: Scene, project: Project, running: tuple[Job, ...] | None = None) -> View:
    """What is to be seen of a project in a scene; `running` are its jobs, if other than the loaded ones."""
    return View(
        project,
        scene.to_artist,
        scene.rules,
        scene.ways,
        scene.now,
        scene.snapshot.balance,
        scene.snapshot.running if running is None else running,
        tuple(upload for upload in scene.snapshot.uploads if upload.order == project.order.id),
        scene.snapshot.trade,
    )


def standing(project: Project) -> list[Song]:
    """The songs of an order but for those left out."""
    return [song for song in project.songs if song.state is not SongState.DROPPED]
