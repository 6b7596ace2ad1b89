"""The house rules: every number that a studio may set for itself, read from `rules.toml`.

Each field names the clause that it carries out (docs/rules.md). An unknown key, a wrong type and a value
out of bounds are all reported at once, each with its line.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    ValidationError,
    field_validator,
    model_validator,
)

from core.money import Money
from core.services import AUTOMATIC, BY_HAND, ENGINEER, MIXING, SERVICES
from core.styles import MOST_STYLES, HouseStyle
from dsp.settings import STYLES

Count = Annotated[int, Field(ge=0, strict=True)]
Positive = Annotated[int, Field(gt=0, strict=True)]
Days = Annotated[int, Field(gt=0, le=3660, strict=True)]
Hours = Annotated[int, Field(gt=0, le=24 * 366, strict=True)]
"""Longer is a slip of the hand, and far beyond it there is no date."""
Code = Annotated[str, Field(pattern="^[A-Z0-9][A-Z0-9-]{1,19}$")]
Key = Annotated[str, Field(pattern="^[a-z][a-z0-9-]{0,15}$")]


class RulesError(ValueError):
    """The house rules cannot be read; `problems` has one sentence each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


_LEFT_OUT = {"offered": False}

ServiceName = Literal["automatic", "engineer", "mixing"]
Refund = Literal["fix-or-refund", "credit"]


class Album(_Table):
    from_songs: Annotated[int, Field(ge=2, strict=True)] = 5
    discount_percent: Annotated[int, Field(ge=0, le=90, strict=True)] = 20


class Service(_Table):
    """A service line: mastering by the engine, by hand, or mixing (A01)."""

    offered: StrictBool = True
    price: Positive
    fee_floor: Count  # A22, A23
    refund: Refund  # B63-B65, or A24 and A25
    album: Album | None = None
    promise_minutes: Positive | None = None
    promise_hours: Hours | None = None
    fix_hours: Hours = 24  # B64

    @property
    def promise(self) -> timedelta:
        """How long it takes, as the offer says."""
        return timedelta(hours=self.promise_hours or 0, minutes=self.promise_minutes or 0)


class Services(_Table):
    automatic: Service = Service(
        price=600, fee_floor=1000, refund="fix-or-refund", album=Album(), promise_minutes=5, fix_hours=24
    )
    engineer: Service = Service(price=3500, fee_floor=1000, refund="credit", promise_hours=72)
    mixing: Service = Service(price=12000, fee_floor=2000, refund="credit", promise_hours=120)

    @model_validator(mode="before")
    @classmethod
    def _left_out(cls, tables: Any) -> Any:
        """A line that is not offered needs nothing else."""
        if not isinstance(tables, dict):
            return tables
        usual = {name: field.default for name, field in cls.model_fields.items()}
        return {
            name: usual[name].model_copy(update=table) if name in usual and table == _LEFT_OUT else table
            for name, table in tables.items()
        }


class Rebate(_Table):
    """`[rebates.CODE]`: a share of the price, or an amount; `until` is the last day of the house's (B51)."""

    percent: Annotated[int, Field(gt=0, le=100, strict=True)] | None = None
    amount: Positive | None = None
    until: date | None = None
    once: StrictBool = True  # a person has it for one order
    services: tuple[ServiceName, ...] = SERVICES


class Windows(_Table):
    """How long changes are free."""

    first_days: Days = 5  # A11
    again_days: Days = 2  # A13
    reminder_hours: Hours = 24  # A11
    faults_are_free_after_deadline: StrictBool = True
    unopened_days: Days = 30


class Quotes(_Table):
    valid_days: Days = 7
    staff_promise_hours: Hours = 12
    unpaid_order_days: Days = 7
    auto_quote_floor: StrictBool = True  # A15


class Staff(_Table):
    undo_seconds: Count = 60
    second_approver_above: Count = 5000


class Bulk(_Table):
    offer_from_song: Positive = 21  # B67


class Retention(_Table):
    project_days: Annotated[int, Field(gt=0, le=5 * 366, strict=True)] = 28  # A16
    warn_days: tuple[Positive, ...] = (7, 1)  # A17
    free_files_idle_days: Days = 90  # B83
    account_idle_months: Positive = 12  # B33
    account_warn_days: tuple[Positive, ...] = (30, 7)  # B34
    visits_days: Days = 30  # B06


class Intake(_Table):
    quiet_seconds: Count = 2
    join_seconds: Count = 90


class Complaints(_Table):
    within_window_only: StrictBool = True  # C9


class FairUse(_Table):
    times_median: Positive = 5  # B76
    answer_days: Days = 7  # B78


class Data(_Table):
    delete_delay_days: Count = 7
    export_link_days: Days = 7


class Weights(_Table):
    free: Positive = 1
    basic: Positive = 8
    business: Positive = 8


class LinkRules(_Table):
    """Private links."""

    days: Annotated[int, Field(gt=0, le=366, strict=True)] = 14


class QueueRules(_Table):
    weight: Weights = Weights()


class Limits(_Table):
    file_bytes: Positive = 2_000_000_000
    song_minutes: Positive = 30
    songs_per_order: Positive = 50
    events_per_minute: Positive = 60


class HouseName(_Table):
    """Who the studio is, as artists read it."""

    name: str = "Lathe"
    contact: str = ""  # A26


class HouseRules(_Table):
    """`rules.toml`, whole. Amounts are minor units of `currency`."""

    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "USD"
    time_zone: str = "UTC"
    charge: Literal["before-work", "before-files"] = "before-work"
    terms_version: Annotated[str, Field(min_length=1, max_length=40)] = "2026-11-1"
    terms_date: date = date(2026, 11, 1)  # A28
    house: HouseName = HouseName()
    service: Services = Services()
    windows: Windows = Windows()
    quotes: Quotes = Quotes()
    staff: Staff = Staff()
    bulk: Bulk = Bulk()
    retention: Retention = Retention()
    intake: Intake = Intake()
    complaints: Complaints = Complaints()
    fair_use: FairUse = FairUse()
    data: Data = Data()
    links: LinkRules = LinkRules()
    queue: QueueRules = QueueRules()
    limits: Limits = Limits()
    rebates: Mapping[Code, Rebate] = {}
    styles: Annotated[Mapping[Key, HouseStyle], Field(max_length=MOST_STYLES)] = {}

    @field_validator("styles")
    @classmethod
    def _names_of_their_own(cls, styles: Mapping[str, HouseStyle]) -> Mapping[str, HouseStyle]:
        for key in styles:
            if key in STYLES:
                raise ValueError(f"{key!r} is a style of the engine; one of the house has another name")
        return styles

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        if zone not in available_timezones():
            raise ValueError(f"{zone!r} is not a time zone (try Europe/Berlin)")
        return zone

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def line(self, service: str) -> Service:
        """A service line by its name (core.services)."""
        line: Service = getattr(self.service, service)
        return line

    @property
    def offered(self) -> tuple[str, ...]:
        """The names of the service lines that the house has."""
        return tuple(name for name in SERVICES if self.line(name).offered)

    def money(self, amount: int) -> Money:
        """An amount of the rules in the house's currency."""
        return Money(amount, self.currency)


Contradiction = tuple[tuple[str, ...], str]
"""Where a rule stands, by its keys, and what is wrong with it beside the others."""


def contradictions(rules: HouseRules) -> Iterator[Contradiction]:
    """What no single rule is wrong about, and what the house could not keep or nobody could mean."""
    for service in rules.offered:
        yield from _of_line(rules, service)
    if not {AUTOMATIC, ENGINEER}.intersection(rules.offered):
        yield (
            ("service",),
            "a house offers masters, by the engine or by an engineer; this one does neither",
        )
    if rules.windows.reminder_hours >= 24 * rules.windows.first_days:
        yield (
            ("windows", "reminder_hours"),
            f"the reminder would come before the {rules.windows.first_days} free days begin",
        )
    for table, name in (("retention", "warn_days"), ("retention", "account_warn_days")):
        days: tuple[int, ...] = getattr(rules.retention, name)
        if list(days) != sorted(set(days), reverse=True):
            yield (table, name), "the days before the end must fall, such as [7, 1]"
    if max(rules.retention.warn_days, default=0) >= rules.retention.project_days:
        yield (
            ("retention", "warn_days"),
            f"a warning would come before the {rules.retention.project_days} days of storage begin",
        )
    weight = rules.queue.weight
    for plan in ("basic", "business"):
        if getattr(weight, plan) < weight.free:
            yield ("queue", "weight", plan), "paid work would wait longer than free work"
    for code, rebate in rules.rebates.items():
        if (rebate.percent is None) == (rebate.amount is None):
            yield ("rebates", code), "a rebate is either a percent or an amount"
        if not rebate.services:
            yield ("rebates", code, "services"), "a rebate is for one service at least"


def _of_line(rules: HouseRules, service: str) -> Iterator[Contradiction]:
    """What a service line that is offered lacks, or has of another one."""
    line, where = rules.line(service), ("service", service)
    by_hand = service in BY_HAND
    given, other = ("promise_hours", "promise_minutes") if by_hand else ("promise_minutes", "promise_hours")
    if getattr(line, given) is None:
        yield where, f"a line that is offered says when it is done: {given}"
    if getattr(line, other) is not None:
        who = "people" if by_hand else "the engine"
        yield (*where, other), f"the promise of {who} is {given}"
    if by_hand and line.refund == "fix-or-refund":
        yield (
            (*where, "refund"),
            'what people did is not given back by a clock: "credit" is the rule of a line by hand (A24)',
        )
    if line.album is None:
        return
    if service == MIXING:
        yield (*where, "album"), "stems are mixed to one song, of which there is no album"
    elif line.album.from_songs > rules.limits.songs_per_order:
        most = rules.limits.songs_per_order
        yield (*where, "album", "from_songs"), f"one order takes {most} songs (limits.songs_per_order)"


def load_rules(path: Path | None = None) -> HouseRules:
    """The rules in a file, or the default ones without a file. RulesError: what is wrong, line by line."""
    if path is None:
        return HouseRules()
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise RulesError([f"{path}: cannot be read: {error.strerror}"]) from None
    except UnicodeDecodeError:
        raise RulesError([f"{path}: is not UTF-8 text"]) from None
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RulesError([f"{path.name}: is not valid TOML: {error}"]) from None
    try:
        rules = HouseRules.model_validate(tables, context={"folder": path.parent.absolute()})
    except ValidationError as error:
        raise RulesError(
            [_problem(path.name, text, item["loc"], item["msg"]) for item in error.errors()]
        ) from None
    if wrong := [_problem(path.name, text, where, message) for where, message in contradictions(rules)]:
        raise RulesError(wrong)
    return rules


def problem_at(path: Path, where: Sequence[int | str], message: str) -> str:
    """What is wrong with a rule that was read, in the form of the problems of RulesError. `where`: its keys,
    and its place in an array, from 0.
    """
    return _problem(path.name, path.read_text(encoding="utf-8"), where, message)


def _problem(name: str, text: str, where: Sequence[int | str], message: str) -> str:
    keys = [key for key in where if isinstance(key, str) and key != "[key]"]
    message = message.removeprefix("Value error, ").removeprefix("Input ")
    if message == "Extra inputs are not permitted":
        message = "there is no such rule"
    return f"{name} line {_line_of(text, where)}: {'.'.join(keys)}: {message}"


def _line_of(text: str, where: Sequence[int | str]) -> int:
    """The line on which a key (or the last table above it that is there) stands, from 1."""
    table: list[int | str] = []
    tables: Counter[tuple[int | str, ...]] = Counter()
    best, best_depth = 1, 0
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[\[([^\[\]]+)\]\]", line):
            path = _keys(header.group(1))
            table = path = [*path, tables[tuple(path)]]
            tables[tuple(path[:-1])] += 1
        elif header := re.match(r"\s*\[([^\[\]]+)\]", line):
            table = path = _keys(header.group(1))
        elif assignment := re.match(r"\s*([\w.\"'-]+)\s*=", line):
            path = table + _keys(assignment.group(1))
        else:
            continue
        depth = len(path)
        if list(where[:depth]) == path and depth > best_depth:
            best, best_depth = number, depth
    return best


def _keys(dotted: str) -> list[int | str]:
    return [part.strip().strip("\"'") for part in dotted.split(".")]
