"""Jobs: work that takes a while, as rows that commit with the deed that wants them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from core.messages import HOUSE, Incoming, Kind
from core.sources import DOOR as LINK


class Queue(StrEnum):
    IO = "io"  # fetching, tills: in the loop of the process that holds the door
    LINK = "link"  # the same, from strangers' servers: whoever is slow there holds up no till
    CPU = "cpu"  # sound: in a pool of processes that can be killed one by one


class JobKind(StrEnum):
    """What there is to do; core.work.recipes says what each one is asked and what it answers.

    FETCH   brings a file. Done: source, sha256, size; name, where a link told one; zip (True), where its
            first bytes are those of a zip: that is for UNPACK, whatever it is called.
    HANDIN  measures a master that an engineer handed in, and files it. Payload: source (blob of the file);
            against ([{"pcm": blob, "analysis"}]: the song, or each stem of a mix); mix (whether those are
            stems); title, stem, locale and scope as RENDER has them; max_minutes; and where there are any:
            target_lufs, ceiling_dbtp (the order's destination; else the house's bounds), album (whether its
            level depends on other songs), previous, previous_measured, items, asked, references (as RENDER).
            Done: master, measured and previews as RENDER; settings ({"target_lufs", "ceiling_dbtp"}, for the
            version, so that delivery leaves the master as it is); quality ([{"code", "details"}]: what is
            wrong with it (dsp.quality), nothing when it is fit to be sent). Unfit as INTAKE.
    UNPACK  takes the sound out of a zip. Payload: source (blob of the zip), scope. Done: files ([{"name",
            "source", "sha256", "size"}], in the order of the zip), left ([{"name", "code", "details"}]: what
            was not taken out: not-audio, zip-nested, zip-link, zip-packing, too-large, broken). Unfit:
            zip-encrypted, zip-empty (details: files, how many there are that are no sound), zip-too-many
            (files, most), zip-too-large (megabytes, the most), zip-broken.
    """

    FETCH = "fetch"
    UNPACK = "unpack"
    INTAKE = "intake"
    REFERENCE = "reference"
    RENDER = "render"
    HANDIN = "handin"
    ALBUM = "album"
    DELIVER = "deliver"
    CHARGE = "charge"
    REFUND = "refund"
    SHRED = "shred"
    PAPER = "paper"  # a document or a table, to be sent as a file


QUEUE_OF = {
    JobKind.FETCH: Queue.IO,
    JobKind.UNPACK: Queue.CPU,
    JobKind.INTAKE: Queue.CPU,
    JobKind.REFERENCE: Queue.CPU,
    JobKind.RENDER: Queue.CPU,
    JobKind.HANDIN: Queue.CPU,
    JobKind.ALBUM: Queue.CPU,
    JobKind.DELIVER: Queue.CPU,
    JobKind.CHARGE: Queue.IO,
    JobKind.REFUND: Queue.IO,
    JobKind.SHRED: Queue.IO,
    JobKind.PAPER: Queue.IO,
}


MOST_OF_ONE = {Queue.LINK: 2}
"""How many jobs of a queue run at a time for one person, however many slots are free.

What runs is not taken back. Of a queue whose jobs may last as long as a stranger's server likes, the slots
that one person does not get are those that others find free.
"""


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"  # set aside after its attempts
    CANCELLED = "cancelled"


MOST_ATTEMPTS = 3  # an exception or a dead child counts
MOST_DEATHS = 10  # the death of a whole worker counts apart; a shutdown never


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work. `plan`, `community` and `person` decide whose turn it is (storage.turns)."""

    id: str
    kind: JobKind
    person: str
    order: str | None = None
    song: str | None = None
    version: int | None = None
    community: str | None = None
    plan: str = "free"
    payload: Mapping[str, Any] = field(default_factory=dict)
    cost: float = 1.0  # expected seconds of a core
    door: str | None = None  # the door whose process must run it (fetching)
    state: JobState = JobState.QUEUED
    attempts: int = 0
    deaths: int = 0
    spared: int = 0  # attempts that do not count: their process was shut down or died
    progress: float = 0.0
    stage: str = ""
    wanted: datetime | None = field(default=None, compare=False)  # the store notes when

    @property
    def failures(self) -> int:
        """Attempts that count. `attempts` itself never goes back: it tells one attempt from every other."""
        return self.attempts - self.spared

    @property
    def queue(self) -> Queue:
        return Queue.LINK if self.door == LINK else QUEUE_OF[self.kind]


def end_of(job: str, attempt: int) -> str:
    """The id of the event by which the desk hears how an attempt ended."""
    return f"job:{job}:{attempt}"


def ended(job: Job, outcome: Mapping[str, Any], at: datetime) -> Incoming:
    """What the desk hears when an attempt ended: `done` with what it made, or `failed` with a code."""
    return _told(job, end_of(job.id, job.attempts), outcome, at)


def moved_on(job: Job, share: float, stage: str, at: datetime) -> Incoming:
    """What the desk hears of an attempt on its way."""
    event_id = f"{end_of(job.id, job.attempts)}:{share:.4f}"
    return _told(job, event_id, {"progress": share, "stage": stage}, at)


def _told(job: Job, event_id: str, told: Mapping[str, Any], at: datetime) -> Incoming:
    return Incoming(
        HOUSE,
        event_id,
        person=job.person,
        place="",
        private=True,
        kind=Kind.JOB,
        at=at,
        payload={"job": job.id, "attempt": job.attempts, **told},
    )
