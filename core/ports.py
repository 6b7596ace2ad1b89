"""What the core asks of the rooms around it."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from core.changes import Changes
from core.figures import Figures
from core.jobs import Job, Queue
from core.messages import Card, FileRef, Incoming, Notice
from core.people import Person
from core.snapshot import Needs, Snapshot
from core.uploads import Upload

Report = Callable[[float, str], None]
"""Called with the share done (0..1) and the name of the stage."""


class Clock(Protocol):
    def now(self) -> datetime:
        """The time of the house, aware UTC. Never goes back."""
        ...


class Outdated(Exception):
    """Somebody was faster: a guard failed. Load and decide again."""


class Overdrawn(Exception):
    """An account would go below zero; nothing was written."""


class Unreachable(Exception):
    """The database or the audio store does not answer; `str()` says why.

    What was being written is there whole or not at all, and may be tried again later.
    """


class LeaseLost(Exception):
    """Another process owns what this one owned, because it was too long away; `str()` says which."""


@dataclass(frozen=True, slots=True)
class Received:
    """An undone event of the inbox, with how often handling it has raised."""

    incoming: Incoming
    lane: str  # the account whose turn it belongs to
    tries: int


@dataclass(frozen=True, slots=True)
class Unheard:
    """Somebody with an open order; what they said since they were seen may not have been heard."""

    external: str
    address: str
    last_seen: datetime


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a card or notice goes: a door, an address that it understands, and whether others read along."""

    door: str
    address: str
    external: str | None
    private: bool
    locale: str
    zone: str | None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A card or notice that a door should send now. `message`: what the door called it before."""

    row: int
    reach: Reach
    card: Card | None = None
    notice: Notice | None = None
    message: str | None = None
    unsure: bool = False  # it may have been sent before a crash
    digest: str = ""


class Store(Protocol):
    """Rows. Each method is one transaction, and raises Unreachable when the database does not answer."""

    # The inbox
    async def receive(self, incoming: Incoming) -> bool:
        """Write an event down before it is acknowledged; False if it stood there already."""
        ...

    async def undone(self, busy: Sequence[str], limit: int) -> Sequence[Received]:
        """The oldest undone event of each lane that is not busy, oldest first."""
        ...

    async def stumbled(self, incoming: Incoming, error: str, most: int) -> str | None:
        """Count a failed try; at the last one set the event aside and return its reference."""
        ...

    # The desk
    async def load(self, needs: Needs) -> Snapshot: ...

    async def commit(self, incoming: Incoming, changes: Changes) -> bool:
        """Carry out the changes and mark the event done, or raise Outdated or Overdrawn and write nothing.

        False: the event was done before, or its job's attempt is not the running one any more.
        """
        ...

    async def draw(self, order: str, rev: int, cards: Sequence[Card]) -> None:
        """Want these cards, unless the order has moved on from `rev`: progress, which is nobody's deed."""
        ...

    async def due(self, now: datetime, limit: int) -> Sequence[Incoming]:
        """A tick for each order whose time has come."""
        ...

    async def next_due(self) -> datetime | None: ...

    # The relay
    async def outgoing(self, doors: Sequence[str], limit: int) -> Sequence[Outgoing]:
        """What is to be sent now, in order: cards whose wanted state was not sent, notices that were not."""
        ...

    async def sending(self, outgoing: Outgoing) -> bool:
        """Mark a notice as on its way; False if somebody else has it."""
        ...

    async def sent(self, outgoing: Outgoing, message: str) -> None: ...

    async def refused(self, outgoing: Outgoing, reason: str) -> None: ...

    # Jobs
    async def take(self, queue: Queue, doors: Sequence[str], engine: str) -> Job | None:
        """The best queued job of a queue (storage.turns), now running and held by `engine`."""
        ...

    async def progress(self, job: Job, share: float, stage: str) -> bool:
        """Note how far an attempt has come; False if it is no longer the running one."""
        ...

    async def give_back(self, job: Job, *, died: bool) -> None:
        """Put a running job back into its queue: a failed attempt counts, a shutdown does not."""
        ...

    async def recover(self, engine: str) -> int:
        """Queue again what a dead process left running; how many there were."""
        ...

    async def pending(self, now: datetime) -> bool:
        """Whether an event, a job, a message or a due tick is still to be done at `now`."""
        ...

    async def person_of(self, door: str, external: str) -> Person | None: ...

    async def unheard(self, door: str) -> Sequence[Unheard]:
        """Who has an open order and was seen at this door, those seen last first."""
        ...

    async def figures(self) -> Figures:
        """How the house stands, read at one time."""
        ...


class Engine(Protocol):
    """Runs the jobs whose rows say that they are queued; it never has more to say than the rows.

    A job is submitted by the commit that wants it, and cancelled by one that no longer does; its progress and
    its end are told to the desk as events. So there is nothing else to ask an engine for.
    """

    async def run(self) -> None:
        """Take and run jobs until `drain`; raises if it cannot go on."""
        ...

    def wake(self) -> None:
        """Look now: something was queued or cancelled."""
        ...

    async def drain(self, grace: float) -> None:
        """Take no more jobs; give those that run `grace` seconds to end, then kill them and put them back."""
        ...


class Blobs(Protocol):
    """Bytes by content, streamed and never whole in memory.

    A scope is an account: content is shared inside it and never across, so that one person's files can be
    destroyed without asking who else has them, and nobody learns that somebody else sent the same song.

    Every method raises Unreachable when the store does not answer, those that write a file DiskFull when
    there is no room for it, and those that read FileNotFoundError for a blob that is not there, Damaged for
    one that is not as it was written.
    """

    async def put(self, source: Path, *, scope: str) -> "Blob":
        """File a finished local file by its content; the same content is filed once in a scope."""
        ...

    async def put_stream(self, stream: AsyncIterator[bytes], most: int, *, scope: str) -> "Blob":
        """File what a stream brings; TooLarge beyond `most` bytes."""
        ...

    def open(self, key: str) -> AbstractAsyncContextManager[Path]:
        """The blob as a local file that may be read (not written) inside the context."""
        ...

    def read(self, key: str, start: int = 0) -> AsyncIterator[bytes]:
        """The blob's bytes from `start` on, in pieces."""
        ...

    async def delete(self, key: str) -> None:
        """Destroy a blob, also in every copy of the store; one that is gone already is no error."""
        ...

    async def shred(self, scope: str) -> int:
        """Destroy everything of a scope; how many blobs there were."""
        ...


class Uploads(Protocol):
    """What has arrived so far of the files that come in pieces. Each method is one transaction. Unreachable.

    A piece is a blob of its own under the account that sends it: filed first, then noted here, so that what
    is noted is safe.
    """

    async def begin(self, upload: Upload) -> bool:
        """Expect a file; False if one with this id is there already.

        The desk is told that it has begun (Upload.heard), in the same transaction.
        """
        ...

    async def find(self, upload: str) -> Upload | None: ...

    async def of_order(self, order: str) -> Sequence[Upload]:
        """All that are not gone, in the order in which they were begun."""
        ...

    async def append(self, upload: str, at: int, piece: "Blob", now: datetime) -> Upload:
        """Note a piece that begins `at` a byte. Outdated unless that is where the next one is awaited.

        With the last one the desk is told that the file has arrived (Upload.heard), in the same transaction.
        """
        ...

    async def pieces(self, upload: str) -> Sequence["Blob"]:
        """The pieces that are safe, in their order."""
        ...

    async def give_up(self, upload: str, now: datetime) -> bool:
        """Take nothing more for a file, and let its pieces go; False if it was gone or whole.

        The desk is told that it is gone, in the same transaction.
        """
        ...


class TooLarge(Exception):
    """More bytes came than may."""


class DiskFull(Exception):
    """There is no room for a file; nothing of it was kept."""


class Damaged(Exception):
    """A blob is not as it was written: cut off, changed or exchanged. `str()` names it."""


@dataclass(frozen=True, slots=True)
class Blob:
    key: str
    size: int
    sha256: str


class Origin(Protocol):
    """Where the bytes of a file come from: a door, or whoever has what a link leads to."""

    def fetch(self, file: FileRef) -> AsyncIterator[bytes]:
        """The bytes of a file that somebody sent.

        Raises Refused when it is gone, OverLimit or TooLarge when it is too large, Unfit where a code says
        more, and Away when another try may help.
        """
        ...


@runtime_checkable
class Named(Protocol):
    """Bytes that bring the name of their file along, known with the first piece."""

    name: str | None


class Door(Origin, Protocol):
    """One way in and out. Everything it does beyond this is its platform's business.

    Sending raises Refused where the platform will never have it, Later where it will not have it now, and
    anything else where nobody knows: then a notice comes again, marked `unsure`.
    """

    name: str

    async def send_card(self, outgoing: Outgoing) -> str:
        """Send a card, or edit the message that it is; the door's own name of the message."""
        ...

    async def send_notice(self, outgoing: Outgoing) -> str:
        """Send a notice; the door's own name of the message."""
        ...


class Refused(Exception):
    """The platform will not have it: a closed DM, a file that is gone. Not worth another try."""


class OverLimit(Refused):
    """A file is larger than the `most` bytes that its platform hands over."""

    def __init__(self, most: int) -> None:
        super().__init__(f"more than {most} bytes")
        self.most = most


class Away(Exception):
    """Who has a file does not hand it over now. After the last try that is Unfit with this code."""

    def __init__(self, code: str, details: Mapping[str, Any]) -> None:
        super().__init__(code, dict(details))
        self.code = code
        self.details = dict(details)


class Later(Exception):
    """The platform will not have it yet, and nothing was sent: not before `seconds` from now."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"not before {seconds:.1f} s from now")
        self.seconds = seconds


class Papers(Protocol):
    """Documents to keep."""

    def pdf(self, title: str, lines: Sequence[str], at: datetime) -> bytes:
        """A title and lines as a PDF; `at` is when it says it was made."""
        ...


class Sound(Protocol):
    """The engine, as the recipes of core/work see it: files in, files and figures out, in its own process.

    Measuring and drawing are two steps, because what a picture says is worded in between, in the reader's
    language. Paths in the results are strings below `out`.
    """

    async def intake(
        self, source: Path, out: Path, *, max_minutes: float, report: Report
    ) -> Mapping[str, Any]:
        """Decode and measure a stranger's file: `pcm`, `envelope` (paths), `analysis`, `advice`; or Unfit."""
        ...

    async def profile(
        self, source: Path, out: Path, *, max_minutes: float, report: Report
    ) -> Mapping[str, Any]:
        """Decode and measure a stranger's reference: `profile` (dsp.profile.Profile, unnamed); or Unfit."""
        ...

    async def render(
        self,
        pcm: Path,
        out: Path,
        *,
        analysis: Mapping[str, Any],
        settings: Mapping[str, Any],
        source_sha256: str,
        report: Report,
        previous: Path | None = None,
    ) -> Mapping[str, Any]:
        """Make one version: `master`, `preview`, `ab`, `envelopes` (paths), `measured`, `matched_gain_db`.

        `previous` is the master of the version before, to measure what changed at the places of `settings`.
        """
        ...

    async def inspect(
        self,
        source: Path,
        out: Path,
        *,
        max_minutes: float,
        made_from: Sequence[Mapping[str, Any]],
        specification: Mapping[str, Any],
        report: Report,
        original: Path | None = None,
        previous: Path | None = None,
        places: Sequence[Mapping[str, Any]] = (),
    ) -> Mapping[str, Any]:
        """Hold a master that was handed in against what it was made from: `master`, `preview`, `ab`,
        `envelope`, `envelopes` (paths; `ab` and `envelopes` may be None), `measured`, `matched_gain_db`,
        `quality` ([{"code", "details"}], dsp.quality); or Unfit.

        `made_from`: the analysis of the song, or of each stem of a mix; `specification`: the fields of
        dsp.quality.Specification; `original`: the song's pcm, None of a mix; `previous`: the master of the
        version before, which a mix is compared with, and which tells what changed at `places`.
        """
        ...

    async def contents(self, archive: Path, *, most_files: int, most_bytes: int) -> Mapping[str, Any]:
        """What a stranger's zip holds: `files` ([{"at", "name", "size"}]: the songs, their names with
        folders) and `left` ([{"name", "code"}]: what is none, or cannot be taken out); or Unfit.
        """
        ...

    async def extract(self, archive: Path, out: Path, *, at: int, most_bytes: int, report: Report) -> Path:
        """Take one file of `contents` out of a zip; or Unfit."""
        ...

    async def deliver(
        self,
        master: Path,
        out: Path,
        *,
        tags: Mapping[str, Any],
        stem: str,
        ceiling: float,
        formats: Sequence[str] = (),
        report: Report,
    ) -> Mapping[str, Any]:
        """Make the deliverables of a version: `files`, each with `path` and `media_type`.

        `formats` as dsp.presets names them; without, those that everybody wants.
        """
        ...

    async def draw(self, kind: str, out: Path, **data: Any) -> Path:
        """Draw "intake", "before_after", "version_change" or "album" from what dsp/pictures asks for."""
        ...


class Unfit(Exception):
    """A file that cannot be mastered, by code; trying again would not help."""

    def __init__(self, code: str, details: Mapping[str, Any]) -> None:
        super().__init__(code, dict(details))
        self.code = code
        self.details = dict(details)
