"""One order and its people, without a store: each deed is decided, and what it wants is true at once."""

from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from bots.catalogues import load_catalogues
from core.audit import Entry
from core.changes import Changes, Move
from core.desk.decide import decide
from core.desk.delivering.preview import preview_id
from core.desk.scene import Scene, Ways
from core.ids import seen
from core.jobs import Job, JobKind
from core.messages import HOUSE, Card, FileRef, Incoming, Kind, Notice
from core.orders import Project
from core.people import Person, Role, StaffDesk
from core.rules import HouseRules
from core.snapshot import Snapshot
from core.text import Text
from core.windows import due_at
from tests.core.samples import START

DESK = "desk"
WAYS = Ways({"terminal": ("credit", "demo")}, frozenset({"credit"}))
CATALOGUES = load_catalogues()

ADA = Person("ada", "Ada", START)
ELLA = Person("ella", "Ella", START, role=Role.ENGINEER)
EMIL = Person("emil", "Emil", START, role=Role.ENGINEER)
OLGA = Person("olga", "Olga", START, role=Role.OWNER)

_OF_PROJECT = {field.name for field in fields(Project)} - {"order", "members"}


@dataclass
class Alone:
    """An order as it stands, the time, and what the house has to do, shows and has said."""

    project: Project
    now: datetime = START
    jobs: list[Job] = field(default_factory=list)
    cards: dict[str, Card] = field(default_factory=dict)
    said: list[Notice] = field(default_factory=list)
    trail: list[Entry] = field(default_factory=list)
    money: list[str] = field(default_factory=list)  # the kinds of transfers
    rules: HouseRules = field(default_factory=HouseRules)
    _events: Any = field(default_factory=count)

    def presses(self, who: Person, verb: str, version: int | None = None) -> None:
        target = self.project.order.id if version is None else f"{self.project.order.id}:{version}"
        self._by(who, Kind.PRESS, {"action": f"{verb}:{target}"})

    def withdraws(self, who: Person) -> None:
        """Their newest complaint."""
        self.presses(who, "withdraw", seen(self.project.complaints[-1].id, 0))

    def taps(self, who: Person, label: str) -> None:
        """A button of the card of work by hand."""
        found = [one for one in self.cards[f"work:{self.project.order.id}"].buttons if one.label == label]
        assert found, f"no button {label!r}"
        self._by(who, Kind.PRESS, {"action": found[0].action})

    def commands(self, who: Person, line: str, *files: str) -> None:
        name, _, arguments = line.partition(" ")
        self._by(who, Kind.COMMAND, {"name": name, "arguments": arguments}, files)

    def fills(self, who: Person, form: str, **values: str) -> None:
        """A form, as its button on a card has it where there is one."""
        shown = (one.form or "" for card in self.cards.values() for one in card.buttons)
        about = next((of for name, _, of in (one.partition(":") for one in shown) if name == form), None)
        told = {"form": form, "id": about or self.project.order.id, "values": values}
        self._by(who, Kind.FORM, told)

    def hands_in(self, who: Person, *files: str) -> None:
        """With the button: files come, are fetched and looked into."""
        told = {"form": "handin", "id": self.project.order.id, "values": {}}
        self._by(who, Kind.FORM, told, files)
        self.fetches()
        self.looks()

    def fetches(self) -> None:
        for job in [one for one in self.jobs if one.kind is JobKind.FETCH]:
            self.ends(job, {"done": {"source": "cas/x", "sha256": "aa", "size": 9}})

    def looks(self, *quality: Any, name: str = "master") -> None:
        """What was handed in is looked into."""
        result = {
            "master": {"blob": f"cas/{name}", "sha256": name, "size": 10},
            "measured": {"lufs": -14.0, "true_peak": -1.0, "lra": 5.0},
            "settings": {"target_lufs": -14.0, "ceiling_dbtp": -1.0},
            "previews": [],
            "quality": list(quality),
        }
        for job in [one for one in self.jobs if one.kind is JobKind.HANDIN]:
            self.ends(job, {"done": result})

    def ends(self, job: Job, told: dict[str, Any]) -> None:
        self.jobs.remove(job)
        self._by(None, Kind.JOB, {"job": job.id, "attempt": job.attempts, **told}, job=job)

    def arrives(self) -> None:
        """The platform confirms the newest preview."""
        order = self.project.order
        notice = preview_id(order, order.version)
        self._by(None, Kind.SENT, {"notice": notice, "order": order.id, "refused": None})

    def passes(self, **span: float) -> None:
        """Time passes, stopping wherever something is due."""
        until = self.now + timedelta(**span)
        while (due := due_at(self.project, self.rules)) is not None and due <= until:
            self.now = max(due, self.now)
            self._by(None, Kind.TICK, {"order": self.project.order.id})
        self.now = until

    def told(self, who: Person) -> list[str]:
        return [plain(one.text) for one in self.said if one.to.id == who.id]

    @property
    def here(self) -> str:
        """What was said at the staff desk last."""
        return [plain(one.text) for one in self.said if one.to.id == f"terminal|{DESK}"][-1]

    def card(self, kind: str) -> Card:
        return [card for key, card in self.cards.items() if key.startswith(f"{kind}:")][-1]

    def _by(
        self,
        who: Person | None,
        kind: Kind,
        told: dict[str, Any],
        files: tuple[str, ...] = (),
        job: Job | None = None,
    ) -> None:
        artist = who is ADA
        incoming = Incoming(
            "terminal" if who else HOUSE,
            f"event-{next(self._events)}",
            who.id if who else None,
            who.id if who and artist else DESK,
            private=who is None or artist,
            kind=kind,
            at=self.now,
            payload=told,
            files=tuple(FileRef("terminal", f"/{name}", name, 9) for name in files),
        )
        snapshot = Snapshot(
            "USD",
            actor=who,
            artist=ADA,
            project=self.project,
            desks=(StaffDesk("terminal", DESK, "olga", START),),
            job=job,
            running=(*self.jobs, job) if job else tuple(self.jobs),
        )
        self._carry_out(decide(Scene(incoming, snapshot, self.now, self.rules, CATALOGUES, WAYS, who)))

    def _carry_out(self, changes: Changes) -> None:
        for move in changes.orders:
            self.project = replace(self.project, order=move.after)
        for name in _OF_PROJECT:
            moves: tuple[Move[Any], ...] = getattr(changes, name)
            rows = {row.id: row for row in getattr(self.project, name)}
            rows |= {move.after.id: move.after for move in moves}
            self.project = replace(self.project, **{name: tuple(rows.values())})
        self.jobs = [job for job in self.jobs if job.order not in changes.cancel_jobs_of]
        self.jobs += changes.jobs
        self.cards |= {card.key: card for card in changes.cards}
        self.said += changes.notices
        self.trail += changes.audited
        self.money += [transfer.kind for transfer in changes.transfers]


def plain(text: Text) -> str:
    return text.plain(moment=lambda moment: f"{moment.at:%d %b %H:%M}", title=lambda title: title.title)
