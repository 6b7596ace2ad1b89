"""`./lathe bench fuzz`: mutated files of every container through the real intake in the real jail.

A file is either taken, or refused with one of the codes that people are told a sentence for. A decoder that
dies or hangs, sound that is not in the file, a figure that is no number and a refusal without a known code
are findings: the file is kept, and `--seed` makes it again.
"""

import asyncio
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import click

from benchmarks import suspects
from benchmarks.mutations import mutated
from benchmarks.seeds import Seed, seeds
from benchmarks.table import table
from storage.queue.limits import GIGABYTE, Confines, Limits
from storage.queue.pool import ChildDied, Overtime, Pool

MOST_TOGETHER = 50
"""Files of one kind that one process looks at. When it dies, each goes into a process of its own."""

LONG = 60.0
"""Seconds that one small file may take; a good one takes a hundredth of a second."""

BAD = ("crashed", "hung", "invented", "strange")


@dataclass(frozen=True, slots=True)
class Suspect:
    """One mutant: number of the run, what it was made from, and where it lies."""

    number: int
    seed: Seed
    file: Path


@dataclass(slots=True)
class Row:
    """What came of the files of a container."""

    files: int = 0
    taken: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    bad: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    megabytes: float = 0.0


class Run:
    """A run of `number` files. Findings are kept in `kept`; scratch files lie in `scratch`."""

    def __init__(self, number: int, seed: int, jobs: int, scratch: Path, kept: Path) -> None:
        self._number = number
        self._seed = seed
        self._jobs = jobs
        self._scratch = scratch
        self._kept = kept
        self._seeds = seeds()
        self._batch = max(1, min(MOST_TOGETHER, number // len(self._seeds)))
        self.rows = {container: Row() for container in dict.fromkeys(s.container for s in self._seeds)}
        self.findings: list[str] = []

    async def run(self) -> None:
        preload = ("benchmarks.suspects",)
        pool = Pool(self._jobs, preload=preload)
        batches = iter(range(0, self._number, self._batch))
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(self._jobs):
                    group.create_task(self._work(batches, pool))
        finally:
            await pool.close()

    async def _work(self, batches: Iterator[int], pool: Pool) -> None:
        for start in batches:
            folder = self._scratch / str(start)
            folder.mkdir()
            made = [self._suspect(n, folder) for n in range(start, min(start + self._batch, self._number))]
            for suspect, verdict in zip(made, await self._judged(made, folder, pool), strict=True):
                self._note(suspect, verdict)
            shutil.rmtree(folder)

    def _suspect(self, number: int, folder: Path) -> Suspect:
        random = Random(f"{self._seed}:{number}")
        seed = self._seeds[number // self._batch % len(self._seeds)]
        file = folder / f"{number}.{seed.container}"
        file.write_bytes(mutated(seed, self._seeds, random))
        return Suspect(number, seed, file)

    async def _judged(self, made: Sequence[Suspect], folder: Path, pool: Pool) -> list[suspects.Verdict]:
        """The verdict on each; one by one when a process does not survive them together."""
        out = folder / f"out-{made[0].number}-{len(made)}"
        for suspect in made:
            (out / suspect.file.name).mkdir(parents=True)
        limits = Limits(
            seconds=LONG if len(made) == 1 else LONG + len(made),
            memory=GIGABYTE // 4,
            confines=Confines(reads=(folder,), writes=(out,)),
        )
        try:
            files = [suspect.file for suspect in made]
            verdicts: list[suspects.Verdict] = await pool.run(
                "benchmarks.suspects:decode", {"files": files, "out": out}, limits=limits
            )
            taken = [number for number, verdict in enumerate(verdicts) if "probe" in verdict]
            asked = [(files[n], out / files[n].name, verdicts[n]["probe"]) for n in taken]
            measured = await pool.run("benchmarks.suspects:measure", {"decoded": asked}, limits=_wide(limits))
        except (ChildDied, Overtime) as error:
            if len(made) > 1:
                return [(await self._judged([one], folder, pool))[0] for one in made]
            return [{"hung" if isinstance(error, Overtime) else "crashed": str(error)}]
        for number, found in zip(taken, measured, strict=True):
            seconds = verdicts[number]["seconds"] + found.get("seconds", 0.0)
            verdicts[number] |= {**found, "seconds": seconds}
        return verdicts

    def _note(self, suspect: Suspect, verdict: suspects.Verdict) -> None:
        row = self.rows[suspect.seed.container]
        row.files += 1
        row.seconds = max(row.seconds, verdict.get("seconds", 0.0))
        row.megabytes = max(row.megabytes, verdict.get("megabytes", 0.0))
        if wrong := {kind: verdict[kind] for kind in BAD if verdict.get(kind)}:
            row.bad.update(wrong.keys())
            self._kept.mkdir(parents=True, exist_ok=True)
            shutil.copy(suspect.file, self._kept)
            said = "; ".join(f"{kind}: {what}" for kind, what in wrong.items())
            self.findings.append(f"{suspect.file.name} ({suspect.seed.kind}) {said}")
        elif "refused" in verdict:
            row.refused[verdict["refused"]] += 1
        else:
            row.taken += 1


def _wide(limits: Limits) -> Limits:
    return Limits(seconds=limits.seconds)


def printed(rows: dict[str, Row]) -> str:
    """The table of a run."""
    codes = sorted({code for row in rows.values() for code in row.refused})
    head = ("container", "files", "taken", *codes, *BAD, "worst s", "worst MB")
    lines = [
        (
            container,
            row.files,
            row.taken,
            *(row.refused[code] for code in codes),
            *(row.bad[kind] for kind in BAD),
            f"{row.seconds:.2f}",
            f"{row.megabytes:.0f}",
        )
        for container, row in rows.items()
    ]
    return table(head, lines)


@click.command()
@click.option("--files", default=20_000, show_default=True, help="How many mutants.")
@click.option("--seed", default=1, show_default=True, help="The same seed makes the same files.")
@click.option("--jobs", default=os.cpu_count() or 1, show_default=True, help="How many at the same time.")
@click.option("--keep", type=click.Path(path_type=Path), help="Folder for findings.  [default: a new one]")
def command(files: int, seed: int, jobs: int, keep: Path | None) -> None:
    """Mutated files of every container that is taken, through the real intake in the real jail."""
    began = time.monotonic()
    kept = keep or Path(tempfile.gettempdir()) / f"lathe-fuzz-{seed}-{os.getpid()}"
    with tempfile.TemporaryDirectory(prefix="lathe-fuzz-") as scratch:
        run = Run(files, seed, jobs, Path(scratch), kept)
        asyncio.run(run.run())
    print(printed(run.rows))
    print(f"\n{files} files, seed {seed}, {jobs} at a time: {time.monotonic() - began:.0f} s.")
    if run.findings:
        print(f"{len(run.findings)} findings, kept in {kept}:", *run.findings, sep="\n")
        sys.exit(1)
