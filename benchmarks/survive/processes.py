"""The processes of a service as the kernel shows them below /proc: whose children, and what they are."""

import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Process:
    """A process that was there. Its id may come again; with the time of its start it does not."""

    id: int
    parent: int
    started: int  # ticks since the machine started
    command: str

    @property
    def is_fork_server(self) -> bool:
        return "multiprocessing.forkserver" in self.command


def alive() -> dict[int, Process]:
    """Every process that is not a zombie, by its id."""
    found = {}
    for folder in PROC.iterdir():
        if folder.name.isdecimal() and (process := _read(folder)) is not None:
            found[process.id] = process
    return found


def below(ancestor: int) -> list[Process]:
    """The descendants of a process, parents before children."""
    there = alive()
    found: list[Process] = []
    parents = {ancestor}
    while generation := [process for process in there.values() if process.parent in parents]:
        found += generation
        parents = {process.id for process in generation}
    return found


def fork_server(service: int) -> Process | None:
    """The process that a service's pool is forked from."""
    return next(
        (process for process in below(service) if process.parent == service and process.is_fork_server), None
    )


def pool(service: int) -> list[Process]:
    """The processes that run the jobs of a service."""
    server = fork_server(service)
    return [process for process in below(server.id) if process.is_fork_server] if server else []


def marked(mark: str) -> list[Process]:
    """Every process whose environment holds this text, wherever it stands in the tree."""
    wanted = mark.encode()
    return [process for process in alive().values() if wanted in _environment(process.id)]


def still_there(processes: Collection[Process]) -> list[Process]:
    """Those that have not ended; one that has another parent by now is still the same."""
    there = {(process.id, process.started) for process in alive().values()}
    return [process for process in processes if (process.id, process.started) in there]


def cpu_seconds(process: Process) -> float:
    """What a process has computed so far; 0 if it is gone."""
    fields = _fields(PROC / str(process.id))
    return (int(fields[11]) + int(fields[12])) / TICKS if fields else 0.0


def _read(folder: Path) -> Process | None:
    fields = _fields(folder)
    if not fields or fields[0] == "Z":
        return None
    try:
        command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return None
    return Process(int(folder.name), int(fields[1]), int(fields[19]), command)


def _fields(folder: Path) -> list[str]:
    """The fields of proc(5) `stat` from the third, the state, on; none if the process is gone."""
    try:
        return (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return []


def _environment(process: int) -> bytes:
    try:
        return (PROC / str(process) / "environ").read_bytes()
    except OSError:
        return b""
