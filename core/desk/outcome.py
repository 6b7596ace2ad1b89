"""The outcome of a decision about one project: its moves, its job card, and what else the deed wants."""

from core.changes import Changes
from core.desk.evolution import advanced, moves
from core.desk.making import work_card
from core.desk.people import member_cards
from core.desk.refunding import complaint_card
from core.desk.revising import wish_list
from core.desk.scene import Scene
from core.desk.shown.cards import job_card
from core.desk.shown.view import view
from core.desk.trade.agreed import dealt
from core.desk.trade.bulk_cards import told_to_payer
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
    after = dealt(scene, after)
    written = after if before == after else advanced(before, after, scene.rules)
    done = scene.snapshot.job.id if scene.snapshot.job else None
    running = tuple(job for job in scene.snapshot.running if job.id != done) + jobs
    cards = (
        job_card(view(scene, written, running)),
        *complaint_card.changed(scene, before, after),
        *work_card.changed(scene, before, written),
        *member_cards.changed(scene, before, written),
        *wish_list.closed(scene, before, written),
    )
    drawn = Changes(jobs=jobs, notices=notices, cards=cards)
    moved = Changes() if before == after else moves(before, written)
    more = more or Changes()
    return moved + drawn + told_to_payer(scene, before, written, more.transfers) + more


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
