"""What the tests of the running house share: one song of our own making, and a home."""

import shutil
from pathlib import Path

import pytest

from dsp.example import write_example
from tests.bots.lathe import NOON, Desk, lathe


@pytest.fixture(scope="session")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("songs") / "Midnight Drive.wav"
    write_example(path, seconds=12)
    return path


@pytest.fixture(scope="session")
def first_start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that was opened once, whose clock stands at noon: the first start takes the longest."""
    home = tmp_path_factory.mktemp("first-start") / "home"
    done = lathe("chat", "--home", home, "--clock", "manual", "--now", NOON, cwd=home.parent)
    assert done.returncode == 0, done.stderr
    return home


@pytest.fixture
def desk(first_start: Path, tmp_path: Path) -> Desk:
    """A copy of that home."""
    return Desk(Path(shutil.copytree(first_start, tmp_path / "home")))


@pytest.fixture(scope="session")
def heard(first_start: Path, song: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which one order was paid, mastered and heard."""
    home = Path(shutil.copytree(first_start, tmp_path_factory.mktemp("heard") / "home"))
    Desk(home).chat(f'@"{song}"', "!wait", ">pay", "!wait")
    return home


@pytest.fixture
def bought(heard: Path, tmp_path: Path) -> Desk:
    """A copy of that home, to go on from."""
    return Desk(Path(shutil.copytree(heard, tmp_path / "home")))
