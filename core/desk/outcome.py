"""The outcome of a decision about one project: its moves, its job card, and what else the deed wants."""

from core.changes import Changes
from core.desk.cards import job_card
from core.desk.evolution import advanced, moves
from core.desk.scene import Scene
from core.desk.view import view
from core.jobs import Job
from core.messages import Notice
from core.orders import Project


def outcome(
    scene: Scene,
    before: Project | None,
    after: Project,
    *,
    jobs: tuple[Job, ...] = (),
    notices: tuple[Notice, ...] = (),
    more: Changes | None = None,
) -> Changes:
    """Everything that makes `before` into `after`, with the card drawn as it will then stand."""
    written = after if before == after else advanced(before, after, scene.rules)
    done = scene.snapshot.job.id if scene.snapshot.job else None
    running = tuple(job for job in scene.snapshot.running if job.id != done) + jobs
    drawn = Changes(jobs=jobs, notices=notices, cards=(job_card(view(scene, written, running)),))
    moved = Changes() if before == after else moves(before, written)
    return moved + drawn + (more or Changes())


def job_of(scene: Scene, project: Project, job: Job) -> Job:
    """A job with what decides whose turn it is filled in from the artist; its files lie with theirs."""
    artist = scene.artist
    paid = project.order.paid_at is not None
    plan = "basic" if paid and artist.plan == "free" else artist.plan
    return Job(
        id=job.id,
        kind=job.kind,
        person=artist.id,
        order=project.order.id,
        song=job.song,
        version=job.version,
        community=artist.community,
        plan=plan,
        payload={"scope": artist.id, **job.payload, "locale": scene.to_artist.language},
        cost=job.cost,
        door=job.door,
    )
