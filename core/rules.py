"""The house rules: every number that a studio may set for itself, read from `rules.toml`.

Each field names the clause that it carries out (docs/rules.md). An unknown key, a wrong type and a value
out of bounds are all reported at once, each with its line.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict, Field, StrictBool, ValidationError, field_validator

from core.money import Money
from core.styles import MOST_STYLES, HouseStyle
from dsp.settings import STYLES

Count = Annotated[int, Field(ge=0, strict=True)]
Positive = Annotated[int, Field(gt=0, strict=True)]
Key = Annotated[str, Field(pattern="^[a-z][a-z0-9-]{0,15}$")]


class RulesError(ValueError):
    """The house rules cannot be read; `problems` has one sentence each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Album(_Table):
    from_songs: Annotated[int, Field(ge=2, strict=True)] = 5
    discount_percent: Annotated[int, Field(ge=0, le=90, strict=True)] = 20


class Service(_Table):
    """A service line: mastering by the engine, by hand, or mixing (A01)."""

    price: Positive
    fee_floor: Count  # A22, A23
    refund: Literal["fix-or-refund", "credit"]  # B63-B65, or A24 and A25
    album: Album | None = None
    promise_minutes: Positive | None = None
    promise_hours: Positive | None = None
    fix_hours: Positive = 24  # B64


class Services(_Table):
    automatic: Service = Service(
        price=600, fee_floor=1000, refund="fix-or-refund", album=Album(), promise_minutes=5, fix_hours=24
    )
    engineer: Service = Service(price=3500, fee_floor=1000, refund="credit", promise_hours=72)
    mixing: Service = Service(price=12000, fee_floor=2000, refund="credit", promise_hours=120)


class Windows(_Table):
    """How long changes are free."""

    first_days: Positive = 5  # A11
    again_days: Positive = 2  # A13
    reminder_hours: Positive = 24  # A11
    faults_are_free_after_deadline: StrictBool = True
    unopened_days: Positive = 30


class Quotes(_Table):
    valid_days: Positive = 7
    staff_promise_hours: Positive = 12
    unpaid_order_days: Positive = 7
    auto_quote_floor: StrictBool = True  # A15


class Staff(_Table):
    undo_seconds: Count = 60
    second_approver_above: Count = 5000


class Bulk(_Table):
    offer_from_song: Positive = 21  # B67


class Retention(_Table):
    project_days: Annotated[int, Field(gt=0, le=5 * 366, strict=True)] = 28  # A16
    warn_days: tuple[Positive, ...] = (7, 1)  # A17
    free_files_idle_days: Positive = 90  # B83
    account_idle_months: Positive = 12  # B33
    account_warn_days: tuple[Positive, ...] = (30, 7)  # B34
    visits_days: Positive = 30  # B06


class Intake(_Table):
    quiet_seconds: Count = 2
    join_seconds: Count = 90


class Complaints(_Table):
    within_window_only: StrictBool = True  # C9


class FairUse(_Table):
    times_median: Positive = 5  # B76
    answer_days: Positive = 7  # B78


class Data(_Table):
    delete_delay_days: Count = 7
    export_link_days: Positive = 7


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

    def money(self, amount: int) -> Money:
        """An amount of the rules in the house's currency."""
        return Money(amount, self.currency)


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
        return HouseRules.model_validate(tables, context={"folder": path.parent.absolute()})
    except ValidationError as error:
        raise RulesError(
            [_problem(path.name, text, item["loc"], item["msg"]) for item in error.errors()]
        ) from None


def problem_at(path: Path, where: Sequence[int | str], message: str) -> str:
    """What is wrong with a rule that was read, in the form of the problems of RulesError. `where`: its keys,
    and its place in an array, from 0.
    """
    return _problem(path.name, path.read_text(encoding="utf-8"), where, message)


def _problem(name: str, text: str, where: Sequence[int | str], message: str) -> str:
    keys = [key for key in where if isinstance(key, str) and key != "[key]"]
    message = message.removeprefix("Value error, ")
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
