"""`./lathe bench money`: two deeds that meet over the same money, in every order, with a crash anywhere.

Explores every pair of tests/money/deeds.py on the databases asked for, then plants bugs and looks for them.
"""

import asyncio
import logging
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import click

from benchmarks.databases import KINDS, POSTGRES, SQLITE
from benchmarks.table import table
from storage.schema import migrate
from tests.databases import MEMORY, running_postgres
from tests.money.deeds import PAIRS, Pair, explored
from tests.money.explorer import Finding
from tests.money.ground import postgres_ground, sqlite_ground
from tests.money.planted import PLANTED
from tests.money.process import Moment, World


@click.command()
@click.option("--database", type=click.Choice(list(KINDS)), default="sqlite", show_default=True)
@click.option("--only", default="", metavar="WORDS", help="Only the pairs whose name has these words in it.")
@click.option(
    "--inside",
    is_flag=True,
    help="On PostgreSQL, also between the statements of two transactions that are open at once.",
)
def command(database: str, only: str, inside: bool) -> None:
    """Two deeds over the same money: every interleaving, times every crash."""
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)  # it tells of each connection that a crash took
    pairs = [pair for pair in PAIRS if only in pair.name]
    found = 0
    for kind in KINDS[database]:
        found += asyncio.run(_explore(kind, pairs, inside=inside and kind == POSTGRES))
    if found:
        raise SystemExit(1)


async def _explore(kind: str, pairs: Sequence[Pair], *, inside: bool) -> int:
    """Print what a database's exploration covered and found; how much it found."""
    findings: list[Finding] = []
    rows = []
    async with _world(kind) as world:
        empty = await world.save()
        for pair in pairs:
            began = time.perf_counter()
            done = await explored(world, pair, empty, inside=inside)
            findings += done.findings
            rows.append(
                (
                    pair.name,
                    f"{done.schedules:,}",
                    f"{done.crash_points:,}",
                    f"{done.states:,}",
                    f"{done.overlaps:,}",
                    len(done.findings),
                    f"{time.perf_counter() - began:.0f}",
                )
            )
            click.echo(f"{kind}: {pair.name}: {rows[-1][-1]} s", err=True)
        head = ("deeds", "schedules", "crash points", "states", "overlaps", "found", "seconds")
        click.echo(f"\n{kind}\n\n{table(head, rows)}")
        planted = await _planted(world, empty)
        click.echo(f"\n{table(('planted', 'in', 'found', 'steps', 'seconds'), planted)}")
    for finding in findings:
        click.echo(f"\n{finding}")
    return len(findings)


async def _planted(world: World, empty: Moment) -> list[tuple[object, ...]]:
    """Each planted bug: whether it was found, after how many steps and seconds."""
    rows: list[tuple[object, ...]] = []
    for bug in PLANTED:
        began = time.perf_counter()
        pair = next(pair for pair in PAIRS if pair.name == bug.pair)
        done = await explored(world, pair, empty, most=1, plant=bug.plant)
        seconds = f"{time.perf_counter() - began:.1f}"
        rows.append((bug.name, bug.pair, "yes" if done.findings else "NO", done.steps, seconds))
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
