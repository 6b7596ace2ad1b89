"""`./lathe bench survive`: the command."""

import asyncio
import secrets
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random

import click

from benchmarks.survive import report
from benchmarks.survive.checks import judge
from benchmarks.survive.disk import small_disk
from benchmarks.survive.drive import Outcome, run
from benchmarks.survive.faults import Server
from benchmarks.survive.service import Place

SQLITE, POSTGRES = "sqlite", "postgres"
KINDS = {"sqlite": (SQLITE,), "postgres": (POSTGRES,), "both": (SQLITE, POSTGRES)}
DISK = 16 << 30  # bytes, of which only what is used takes memory


@click.command()
@click.option("--kills", default=60, show_default=True, help="How many kills; other faults come on top.")
@click.option("--database", type=click.Choice(list(KINDS)), default="both", show_default=True)
@click.option("--seed", type=int, help="The order of orders and faults. Default: another one each time.")
@click.option("--workers", default=2, show_default=True, help="Worker processes on PostgreSQL.")
@click.option("--keep", is_flag=True, help="Keep the home also when all is well.")
def command(kills: int, database: str, seed: int | None, workers: int, *, keep: bool) -> None:
    """Kill the processes of a working service at random moments, and see from outside what became of it."""
    seed = secrets.randbelow(1 << 32) if seed is None else seed
    well = True
    for kind in KINDS[database]:
        well &= _bench(kind, kills, seed, workers if kind == POSTGRES else 0, keep=keep)
    sys.exit(0 if well else 1)


def _bench(kind: str, kills: int, seed: int, workers: int, *, keep: bool) -> bool:
    """Run on one kind of database and print what came of it; whether all holds."""
    folder = Path(tempfile.mkdtemp(prefix="lathe-survive-"))
    with _counting(f"{kind}, seed {seed}", kills) as struck:
        outcome = survived(kind, folder, kills, seed, workers, struck)
    verdicts = judge(outcome.evidence)
    well = not outcome.stuck and not any(verdict.problems for verdict in verdicts)
    processes = f"one main process, {workers} workers" if workers else "one process"
    print(f"### {kind}: {processes}, seed {seed}, {outcome.seconds / 60:.0f} min\n")
    print(report.faults(outcome), end="\n\n")
    if outcome.stuck:
        print(f"STUCK: {outcome.stuck}", end="\n\n")
    print(report.checks(verdicts), end="\n\n")
    if not well:
        print(report.problems(verdicts, outcome.recoveries), end="\n\n")
    if keep or not well:
        print(f"What is left of it: {folder}", end="\n\n")
    else:
        shutil.rmtree(folder)
    sys.stdout.flush()
    return well


def survived(
    kind: str, folder: Path, kills: int, seed: int, workers: int, struck: Callable[[int], None]
) -> Outcome:
    """Run a service in a folder; what came of it."""
    with ExitStack() as stack:
        server = None
        url = f"sqlite://{folder / 'home' / 'lathe.sqlite3'}"
        if kind != SQLITE:
            server, url = stack.enter_context(_postgres())
        disk = stack.enter_context(small_disk(folder / "blobs", DISK))
        place = Place(folder, url, folder / "blobs" / "kept", workers, slots=1 if workers else 2)
        return asyncio.run(run(place, kills, Random(seed), server=server, disk=disk, struck=struck))


@contextmanager
def _postgres() -> Iterator[tuple[Server, str]]:
    from tests.databases import running_postgres

    with running_postgres() as server:
        with server.admin() as admin:
            admin.execute("CREATE DATABASE lathe ENCODING 'UTF8' TEMPLATE template0")
        yield server, server.url("lathe")


@contextmanager
def _counting(words: str, kills: int) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda killed: None
        return
    with click.progressbar(length=kills, label=words, file=sys.stderr) as bar:
        yield lambda killed: bar.update(killed - bar.pos)
