"""The databases that the store's and the desk's tests run on.

A test that asks for `url` runs once for each kind of database its `databases` mark names; without a mark, on
SQLite. `--databases` says otherwise for all of them: `./lathe test --databases postgres tests/desk`.
"""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.schema import migrate
from tests.databases import Postgres, running_postgres
from tests.s3 import S3, running_s3


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--databases", help="run each test of the store on these: sqlite, postgres or both, with a comma"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "databases(*kinds): the kinds of database that a test runs on")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_kind" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("databases")
        mark = metafunc.definition.get_closest_marker("databases")
        metafunc.parametrize(
            "database_kind", chosen.split(",") if chosen else mark.args if mark else ["sqlite"]
        )


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL for the session, started by the first test that asks for it."""
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def s3() -> Iterator[S3]:
    """An S3 for the session, started by the first test that asks for it."""
    with running_s3() as server:
        yield server


# What is migrated is copied: migrating takes longer than most tests.


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database whose schema is up to date."""
    file = tmp_path_factory.mktemp("migrated") / "lathe.db"
    asyncio.run(migrate(f"sqlite://{file}"))
    return file


@pytest.fixture(scope="session")
def migrated_template(postgres: Postgres) -> Iterator[str]:
    """The name of a PostgreSQL database whose schema is up to date."""
    with postgres.database() as url:
        asyncio.run(migrate(url))
        yield postgres.name(url)


@pytest.fixture
def url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without rows whose schema is up to date."""
    if database_kind == "sqlite":
        yield f"sqlite://{shutil.copy(request.getfixturevalue('migrated_file'), tmp_path)}"
        return
    template = request.getfixturevalue("migrated_template")
    with request.getfixturevalue("postgres").database(template) as url:
        yield url


@pytest.fixture
def bare_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database with nothing in it."""
    if database_kind == "sqlite":
        yield f"sqlite://{tmp_path / 'bare.db'}"
        return
    with request.getfixturevalue("postgres").database() as url:
        yield url
