"""Fills a database with real orders: some are played through the desk, and their rows are multiplied in SQL.

In every id of a played order, and in the name of its artist, eight characters stand for the copy; each copy
has its own there. So the rows of a copy belong to each other as those of a real order do.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from tortoise.models import Model

from benchmarks.databases import SQLITE, Raw, Site
from benchmarks.studio import ShiftedClock, Studio, drop, open_studio, press, says
from core.messages import Incoming
from storage import models
from storage.schema import migrate

STAGES = ("finished", "offered", "review", "ending")
"""What an order may have come to: files, a price, a preview, a preview whose window is over."""

COPY = "#COPY###"
"""What stands for the eight characters of a copy."""

NUMBER = "#NUMBER#"
"""What stands for the number of its order."""

FIRST_NUMBER = 100_000
AT_ONCE = 10_000  # copies that are written in one transaction

KEYS: Mapping[str, str] = {
    row._meta.db_table: row._meta.db_pk_column
    for row in vars(models).values()
    if isinstance(row, type) and issubclass(row, Model) and row.__name__.endswith("Row")
}
"""The tables, each with its key."""

COUNTED = {("accounts", "moved_by"): "transfers", ("cards", "after"): "notices"}
"""Columns that hold the key of another table, where that is counted up."""

Row = dict[str, Any]
Rows = Mapping[str, Sequence[Row]]


@dataclass(frozen=True, slots=True)
class Pattern:
    """An order to be multiplied: the rows it left, with COPY in them, its artist and their buttons."""

    rows: Rows
    artist: str
    actions: Sequence[str]

    def copy(self, number: int) -> "Copy":
        mark = f"{number:08x}"
        return Copy(self.artist.replace(COPY, mark), [action.replace(COPY, mark) for action in self.actions])


@dataclass(frozen=True, slots=True)
class Copy:
    """An order of the filled database as its artist sees it: who they are and what they can press."""

    artist: str
    actions: Sequence[str]

    @property
    def order(self) -> str:
        return self.actions[-1].split(":")[1]

    def button(self, verb: str) -> str:
        """The newest action of a verb."""
        return [action for action in self.actions if action.startswith(f"{verb}:")][-1]


@dataclass(frozen=True, slots=True)
class Filled:
    """What a database was filled with: the patterns, and the numbers of their copies, by stage."""

    patterns: Mapping[str, Pattern]
    numbers: Mapping[str, range]

    def copies(self, stage: str) -> Iterator[Copy]:
        """The orders of a stage."""
        return (self.patterns[stage].copy(number) for number in self.numbers[stage])


def fill(site: Site, finished: int, living: int) -> Filled:
    """Bring a bare database to `finished` orders that are over and `living` ones of each other stage.

    Those whose window is over are not due (`due_at`): whoever fills a database says when they will be.
    """
    patterns = asyncio.run(_played(site))
    numbers = {}
    with closing(site.raw()) as raw, _unguarded(site, raw):
        strides = {
            name: _select(raw, f'SELECT COALESCE(MAX("{key}"), 0) + 1 AS past FROM "{name}"')[0]["past"]
            for name, key in KEYS.items()
            if any(isinstance(row[key], int) for pattern in patterns.values() for row in pattern.rows[name])
        }
        first = 1
        for stage, pattern in patterns.items():
            count = finished if stage == "finished" else living
            numbers[stage] = range(first, first + count)
            _multiply(site, raw, pattern, strides, numbers[stage])
            first += count
        ending = numbers["ending"].start + FIRST_NUMBER
        raw.execute(f"UPDATE orders SET due_at = NULL WHERE number >= {ending}")
        _reckon(raw, [(patterns[stage], len(numbers[stage])) for stage in STAGES])
        if site.kind != SQLITE:
            for name in strides:
                raw.execute(
                    f"SELECT setval(pg_get_serial_sequence('{name}', '{KEYS[name]}'),"
                    f' (SELECT MAX("{KEYS[name]}") FROM "{name}"))'
                )
            raw.execute("ANALYZE")
    return Filled(patterns, numbers)


async def _played(site: Site) -> Mapping[str, Pattern]:
    """One order of each stage, played in the database itself."""
    await migrate(site.url)
    patterns = {}
    for stage in STAGES:
        before = _everything(site)
        artist = f"{stage}-artist"
        back = {"finished": timedelta(days=60), "ending": timedelta(days=5, minutes=1)}
        async with open_studio(site.url, ShiftedClock(back.get(stage, timedelta(hours=1)))) as studio:
            await _play(studio, artist, stage, partial(_left, site, before))
        patterns[stage] = _pattern(artist, _left(site, before))
    return patterns


async def _play(studio: Studio, artist: str, stage: str, left: Callable[[], Rows]) -> None:
    """An artist drops a song and goes on as far as the stage says."""

    async def does(incoming: Incoming) -> None:
        await studio.inbox.decided(incoming)
        await studio.idle()

    def button(verb: str) -> str:
        return [action for action in _actions(left()) if action.startswith(f"{verb}:")][-1]

    now = studio.clock.now
    await does(drop(artist, now()))
    if stage == "offered":
        return
    await does(press(artist, button("pay"), now()))
    if stage == "finished":
        await does(says(artist, "a bit louder please", now()))
        await does(press(artist, button("send"), now()))
        await does(press(artist, button("approve"), now()))
        await studio.passes(timedelta(days=8))
    if stage == "ending":
        await studio.passes(timedelta(days=4, hours=1))


def _everything(site: Site) -> Rows:
    with closing(site.raw()) as raw:
        return {name: _select(raw, f'SELECT * FROM "{name}"') for name in KEYS}


def _select(raw: Raw, sql: str) -> list[Row]:
    cursor = raw.execute(sql)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _left(site: Site, before: Rows) -> Rows:
    """The rows that are there now and were not before."""
    after = _everything(site)
    known = {name: {row[KEYS[name]] for row in rows} for name, rows in before.items()}
    return {name: [row for row in rows if row[KEYS[name]] not in known[name]] for name, rows in after.items()}


def _actions(rows: Rows) -> list[str]:
    """What the buttons of notices and cards ask for, oldest first."""
    shown = "".join(row["data"] for name in ("notices", "cards") for row in rows[name])
    return re.findall(r'"action":"([^"]+)"', shown)


def _pattern(artist: str, rows: Rows) -> Pattern:
    """Rows with COPY and NUMBER in them. Those that are nobody's, such as the till's account, stay out."""
    ids = {row.get("id") for of in rows.values() for row in of} | {row["notice"] for row in rows["notices"]}
    marks = {id_: f"{COPY}{id_[8:]}" for id_ in ids if isinstance(id_, str)} | {artist: f"artist-{COPY}"}
    known = re.compile("|".join(map(re.escape, marks)))
    (number,) = {row["number"] for row in rows["orders"]}

    def marked(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        text = known.sub(lambda found: marks[found[0]], value)
        return text.replace(f'"number":{number},', f'"number":{NUMBER},')

    copied = {
        name: [{column: marked(value) for column, value in row.items()} for row in of]
        for name, of in rows.items()
    }
    own = {
        name: [row for row in of if any(COPY in str(value) for value in row.values())]
        for name, of in copied.items()
    }
    return Pattern(own, marked(artist), [marked(action) for action in _actions(rows)])


@contextmanager
def _unguarded(site: Site, raw: Raw) -> Iterator[None]:
    """Without triggers and without waiting for the disk: a database that is half full is thrown away.

    On PostgreSQL in one transaction in which every table begins anew: so nothing goes into its log, and the
    disk is written once.
    """
    if site.kind != SQLITE:
        names = [f'"{name}"' for name in KEYS]
        raw.execute("SET session_replication_role = replica")
        raw.execute("BEGIN")
        for name in KEYS:
            raw.execute(f'CREATE TEMP TABLE "kept_{name}" ON COMMIT DROP AS TABLE "{name}"')
        raw.execute(f"TRUNCATE {', '.join(names)}")
        for name in KEYS:
            raw.execute(f'INSERT INTO "{name}" TABLE "kept_{name}"')
        yield
        raw.execute("COMMIT")
        raw.execute("RESET session_replication_role")
        raw.execute("CHECKPOINT")
        return
    triggers = _select(raw, "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    for trigger in triggers:
        raw.execute(f"DROP TRIGGER {trigger['name']}")
    for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -500000"):
        raw.execute(f"PRAGMA {pragma}")
    yield
    for trigger in triggers:
        raw.execute(trigger["sql"])
    raw.execute("PRAGMA journal_mode = WAL")


def _multiply(site: Site, raw: Raw, pattern: Pattern, strides: Mapping[str, int], numbers: range) -> None:
    """Write a copy of a pattern for each of the numbers."""
    inserts = []
    for name, rows in pattern.rows.items():
        if not rows:
            continue
        columns = list(rows[0])
        raw.execute(f'DROP TABLE IF EXISTS "pattern_{name}"')
        raw.execute(f'CREATE TEMP TABLE "pattern_{name}" AS SELECT * FROM "{name}" LIMIT 0')
        mark = "?" if site.kind == SQLITE else "%s"
        marks = ", ".join([mark] * len(columns))
        with closing(raw.cursor()) as cursor:
            cursor.executemany(
                f'INSERT INTO "pattern_{name}" VALUES ({marks})', [list(row.values()) for row in rows]
            )
        values = [_value(name, column, rows, strides) for column in columns]
        names = ", ".join(f'"{column}"' for column in columns)
        inserts.append(
            f'INSERT INTO "{name}" ({names}) SELECT {", ".join(values)}'
            f' FROM copies CROSS JOIN "pattern_{name}"'
        )
    for start in range(numbers.start, numbers.stop, AT_ONCE):
        copies = _copies(site, start, min(start + AT_ONCE, numbers.stop) - 1)
        if site.kind == SQLITE:
            raw.execute("BEGIN")
        for insert in inserts:
            raw.execute(f"{copies} {insert}")
        if site.kind == SQLITE:
            raw.execute("COMMIT")


def _copies(site: Site, first: int, last: int) -> str:
    """The numbers of some copies, each with its eight characters, as a table."""
    mark = "printf('%08x', n)" if site.kind == SQLITE else "lpad(to_hex(n), 8, '0')"
    return f"""
        WITH RECURSIVE counted(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM counted WHERE n < {last}),
        copies(n, mark) AS (SELECT n, {mark} FROM counted)"""


def _value(name: str, column: str, rows: Sequence[Row], strides: Mapping[str, int]) -> str:
    """What a copy has in a column, in SQL."""
    if (name, column) == ("orders", "number"):
        return f"{FIRST_NUMBER} + copies.n"
    counted = COUNTED.get((name, column)) or (name if column == KEYS[name] and name in strides else None)
    if counted:
        return f'copies.n * {strides[counted]} + "{column}"'
    value = f'"{column}"'
    texts = [row[column] for row in rows if isinstance(row[column], str)]
    if any(COPY in text for text in texts):
        value = f"replace({value}, '{COPY}', copies.mark)"
    if any(NUMBER in text for text in texts):
        value = f"replace({value}, '{NUMBER}', CAST({FIRST_NUMBER} + copies.n AS TEXT))"
    return value


def _reckon(raw: Raw, patterns: Sequence[tuple[Pattern, int]]) -> None:
    """Bring the accounts that all orders share to what the copies have moved."""
    moved: Counter[str] = Counter()
    for pattern, copies in patterns:
        for transfer in pattern.rows["transfers"]:
            moved[transfer["source"]] -= copies * transfer["amount"]
            moved[transfer["target"]] += copies * transfer["amount"]
    for name, amount in moved.items():
        if COPY not in name:
            raw.execute(
                f"UPDATE accounts SET balance = balance + {amount},"
                f" moved_by = (SELECT MAX(id) FROM transfers) WHERE name = '{name}'"
            )
