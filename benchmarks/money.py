"""`./lathe bench money`: deeds that meet over the same money, in every order.

Explores all meetings of tests/money/meetings.py on the databases asked for: two deeds with a crash anywhere,
three between their commits. Then plants bugs and looks for them.
"""

import asyncio
import logging
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import click

from benchmarks.databases import KINDS, POSTGRES, SQLITE
from benchmarks.table import table
from storage.schema import migrate
from tests.databases import MEMORY, running_postgres
from tests.money.explorer import Finding
from tests.money.ground import postgres_ground, sqlite_ground
from tests.money.meeting import Meeting, explored
from tests.money.meetings import PAIRS, THREES
from tests.money.planted import PLANTED
from tests.money.process import Moment, World


@click.command()
@click.option("--database", type=click.Choice(list(KINDS)), default="sqlite", show_default=True)
@click.option(
    "--only", default="", metavar="WORDS", help="Only the meetings whose name has these words in it."
)
@click.option(
    "--inside",
    is_flag=True,
    help="On PostgreSQL, also between the statements of two transactions that are open at once.",
)
def command(database: str, only: str, inside: bool) -> None:
    """Two deeds over the same money: every interleaving, times every crash."""
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)  # it tells of each connection that a crash took
    meetings = [meeting for meeting in (*PAIRS, *THREES) if only in meeting.name]
    found = 0
    for kind in KINDS[database]:
        found += asyncio.run(_explore(kind, meetings, inside=inside and kind == POSTGRES))
    if found:
        raise SystemExit(1)


async def _explore(kind: str, meetings: Sequence[Meeting], *, inside: bool) -> int:
    """Print what a database's exploration covered and found; how much it found, or missed."""
    findings: list[Finding] = []
    rows = []
    async with _world(kind) as world:
        empty = await world.save()
        for meeting in meetings:
            began = time.perf_counter()
            done = await explored(world, meeting, empty, inside=inside)
            findings += done.findings
            rows.append(
                (
                    meeting.name,
                    f"{done.schedules:,}",
                    f"{done.crash_points:,}",
                    f"{done.states:,}",
                    f"{done.overlaps:,}",
                    len(done.findings),
                    f"{time.perf_counter() - began:.0f}",
                )
            )
            click.echo(f"{kind}: {meeting.name}: {len(done.findings)} found, {rows[-1][-1]} s", err=True)
        head = ("deeds", "schedules", "crash points", "states", "overlaps", "found", "seconds")
        click.echo(f"\n{kind}\n\n{table(head, rows)}")
        planted = await _planted(world, empty, {meeting.name: meeting for meeting in meetings})
        if planted:
            click.echo(f"\n{table(('planted', 'in', 'found', 'steps', 'seconds'), planted)}")
    for finding in findings:
        click.echo(f"\n{finding}")
    return len(findings) + sum(row[2] == "NO" for row in planted)


async def _planted(world: World, empty: Moment, meetings: Mapping[str, Meeting]) -> list[tuple[object, ...]]:
    """Each bug planted where these deeds meet: whether it was found, after how many steps and seconds."""
    rows: list[tuple[object, ...]] = []
    for bug in PLANTED:
        if bug.meeting not in meetings:
            continue
        began, meeting = time.perf_counter(), meetings[bug.meeting]
        done = await explored(world, meeting, empty, most=1, plant=bug.plant)
        seconds = f"{time.perf_counter() - began:.1f}"
        rows.append((bug.name, bug.meeting, "yes" if done.findings else "NO", done.steps, seconds))
    return rows


@asynccontextmanager
async def _world(kind: str) -> AsyncIterator[World]:
    """A world in memory, as far as the machine has room there, in which nothing has happened."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as name:
        folder = Path(name)
        if kind == SQLITE:
            file = folder / "lathe.db"
            await migrate(f"sqlite://{file}")
            async with sqlite_ground(file) as ground:
                yield World(ground, folder / "purses", folder)
            return
        with running_postgres() as server, server.database() as url:
            await migrate(url)
            async with postgres_ground(url) as ground:
                yield World(ground, folder / "purses", folder)
