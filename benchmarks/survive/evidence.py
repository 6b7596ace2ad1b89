"""What is seen of a service from outside: its rows by plain SQL, the purse, the receiver, files, the log."""

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from psycopg.rows import dict_row

from benchmarks.survive.artists import Ordered
from benchmarks.survive.service import Orphan, Place
from core.jobs import MOST_ATTEMPTS, MOST_DEATHS


@dataclass(frozen=True, slots=True)
class Order:
    id: str
    state: str
    price: int | None  # minor units


@dataclass(frozen=True, slots=True)
class Song:
    title: str
    order: str
    state: str


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge as the house knows it. `till` is demo for the purse, credit for the house's own account."""

    id: str
    order: str
    till: str
    amount: int
    state: str


@dataclass(frozen=True, slots=True)
class Take:
    """What the provider of demo money did: taken, returned or declined."""

    id: str
    amount: int
    state: str


@dataclass(frozen=True, slots=True)
class Transfer:
    ref: str
    kind: str
    source: str
    target: str
    amount: int
    order: str | None


@dataclass(frozen=True, slots=True)
class Job:
    id: str
    kind: str
    order: str | None
    state: str


@dataclass(frozen=True, slots=True)
class Event:
    id: str
    state: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice at one place, as the database, the receiver's record or the screen knows it."""

    id: str
    place: str


@dataclass(frozen=True, slots=True)
class Heard:
    """A notice on the screen, at what time of the wall clock, with the files that came with it."""

    notice: Notice
    at: float
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt of a job that began, from the log."""

    job: str
    kind: str
    order: str | None
    at: float


@dataclass(frozen=True, slots=True)
class Delivered:
    """A file that was handed over: its content's hash, and the one that its notice told."""

    path: str
    found: str | None
    told: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """All of it, when the service has come to rest and was told to stop."""

    acknowledged: tuple[str, ...]  # the names of the deeds that the house has said it has
    ordered: tuple[Ordered, ...]
    orders: tuple[Order, ...]
    songs: tuple[Song, ...]
    charges: tuple[Charge, ...]
    takes: tuple[Take, ...]
    transfers: tuple[Transfer, ...]
    balances: Mapping[str, int]
    jobs: tuple[Job, ...]
    events: tuple[Event, ...]
    sent: tuple[Notice, ...]
    unsent: tuple[Notice, ...]
    recorded: tuple[Notice, ...]
    heard: tuple[Heard, ...]
    attempts: tuple[Attempt, ...]
    delivered: tuple[Delivered, ...]
    orphans: tuple[Orphan, ...]
    litter: tuple[str, ...]
    deaths: int  # of whole processes


def gather(
    place: Place,
    *,
    acknowledged: Sequence[str],
    ordered: Sequence[Ordered],
    heard: Sequence[Heard],
    orphans: Sequence[Orphan],
    deaths: int,
) -> Evidence:
    """Look at all that is left of a service that has stopped."""

    def rows(table: LiteralString) -> list[dict[str, Any]]:
        return _rows(place.database, "SELECT * FROM " + table)

    notices = [
        (Notice(row["notice"], row["address"]), row["state"], json.loads(row["data"]))
        for row in rows("notices")
    ]
    sent = {notice.id: data for notice, state, data in notices if state == "sent"}
    return Evidence(
        acknowledged=tuple(acknowledged),
        ordered=tuple(ordered),
        orders=tuple(Order(row["id"], row["state"], _price(row)) for row in rows("orders")),
        songs=tuple(
            Song(json.loads(row["data"])["title"], row["order"], row["state"]) for row in rows("songs")
        ),
        charges=tuple(
            Charge(
                row["id"],
                row["order"],
                row["till"],
                json.loads(row["data"])["amount"]["amount"],
                row["state"],
            )
            for row in rows("charges")
        ),
        takes=tuple(
            Take(row["id"], row["amount"], row["state"])
            for row in _sqlite(place.home / "purses.sqlite3", "SELECT * FROM charges")
        ),
        transfers=tuple(
            Transfer(row["ref"], row["kind"], row["source"], row["target"], row["amount"], row["order"])
            for row in rows("transfers")
        ),
        balances={row["name"]: row["balance"] for row in rows("accounts")},
        jobs=tuple(Job(row["id"], row["kind"], row["order"], row["state"]) for row in rows("jobs")),
        events=tuple(Event(row["event_id"], row["state"]) for row in rows("inbox")),
        sent=tuple(notice for notice, state, _ in notices if state == "sent"),
        unsent=tuple(notice for notice, state, _ in notices if state != "sent"),
        recorded=tuple(
            Notice(row["notice"], row["place"])
            for row in _sqlite(place.home / "terminal" / "shown.sqlite3", "SELECT * FROM shown")
            if row["notice"]
        ),
        heard=tuple(heard),
        attempts=tuple(_attempts(place.log)),
        delivered=tuple(_delivered(heard, sent)),
        orphans=tuple(orphans),
        litter=tuple(str(path.relative_to(place.folder)) for path in _litter(place)),
        deaths=deaths,
    )


@dataclass(frozen=True, slots=True)
class AtWork:
    """A running attempt of a job, in the middle of things."""

    id: str
    kind: str
    attempt: int
    failures: int
    deaths: int

    @property
    def at_its_last_chance(self) -> bool:
        """Whether its next failure, or the next death of its worker, would rightly end the job."""
        return self.failures >= MOST_ATTEMPTS or self.deaths >= MOST_DEATHS - 1


def at_work(database: str) -> list[AtWork]:
    """The attempts that run."""
    running = _rows(database, "SELECT * FROM jobs WHERE state = 'running'")
    return [
        AtWork(row["id"], row["kind"], row["attempts"], row["attempts"] - row["spared"], row["deaths"])
        for row in running
    ]


def owner(database: str) -> str:
    """Who has the desk of a shared database; nobody while it is away."""
    try:
        held = _rows(database, "SELECT holder FROM leases WHERE name = 'desk'")
    except psycopg.OperationalError:
        return ""
    return str(held[0]["holder"]) if held else ""


def _rows(database: str, query: LiteralString) -> list[dict[str, Any]]:
    if database.startswith("sqlite://"):
        return _sqlite(Path(database.removeprefix("sqlite://")), query)
    with psycopg.connect(database, row_factory=dict_row) as rows:
        return rows.execute(query).fetchall()


def _sqlite(file: Path, query: str) -> list[dict[str, Any]]:
    """Rows of a file that is made when it is first needed."""
    if not file.exists() or not file.stat().st_size:
        return []
    with closing(sqlite3.connect(file)) as rows:
        rows.row_factory = sqlite3.Row
        return [dict(row) for row in rows.execute(query)]


def _price(order: Mapping[str, Any]) -> int | None:
    price = json.loads(order["data"])["price"]
    return int(price["amount"]) if price else None


def _attempts(log: Path) -> Iterator[Attempt]:
    with log.open(encoding="utf-8") as lines:
        for line in lines:
            if '"job begins"' in line:
                told = json.loads(line)
                at = datetime.fromisoformat(told["timestamp"]).timestamp()
                yield Attempt(told["job"], told["kind"], told["order"], at)


def _delivered(heard: Sequence[Heard], sent: Mapping[str, Mapping[str, Any]]) -> Iterator[Delivered]:
    for one in heard:
        media = sent[one.notice.id]["media"] if one.notice.id in sent else ()
        for path, told in zip(one.files, media, strict=bool(media)):
            yield Delivered(path, _sha256(Path(path)), told["sha256"])


def _sha256(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def _litter(place: Place) -> Iterator[Path]:
    """What processes that are gone have left where only those at work have anything."""
    for folder in (place.scratch, place.home / "work"):
        if folder.is_dir():
            yield from folder.iterdir()
    yield from (place.home / "terminal").glob("files/*/*/.*")
