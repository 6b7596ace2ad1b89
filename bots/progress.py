"""Progress bars for people who wait in a terminal; elsewhere nothing is drawn."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

Moved = Callable[[float, str], None]


class Bars:
    """One bar for each thing that is waited for."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    @contextmanager
    def bar(self, label: str) -> Iterator[Moved]:
        """A bar while the context lasts; call what is given with the share done (0..1) and the stage."""
        task = self._progress.add_task(label, total=1.0, stage="")
        try:
            yield lambda share, stage: self._progress.update(task, completed=share, stage=stage)
        finally:
            self._progress.remove_task(task)


@contextmanager
def bars() -> Iterator[Bars]:
    """Bars on standard error while the context lasts, if that is a terminal."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(24),
        TaskProgressColumn(),
        TextColumn("{task.fields[stage]}", markup=False),
    )
    with Progress(*columns, console=console, transient=True, disable=not sys.stderr.isatty()) as progress:
        yield Bars(progress)
