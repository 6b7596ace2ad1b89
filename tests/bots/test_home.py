"""The home and its lock."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bots.home import Home, HomeBusy, HomeUnusable

HOLD = """
import sys
from pathlib import Path
from bots.home import Home

with Home(Path(sys.argv[1])).held("lathe run"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_the_second_is_told_who_holds_the_home(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    with (
        home.held("lathe run"),
        pytest.raises(HomeBusy, match=rf"by 'lathe run' \(process {os.getpid()}, since 20"),
    ):
        Home(tmp_path / "home").held("lathe chat").__enter__()


def test_a_home_that_was_left_can_be_held_again(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    for _ in range(2):
        with home.held("lathe chat"):
            pass


def test_the_lock_of_a_killed_process_is_gone_with_it(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            HOLD,
            str(tmp_path),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    with pytest.raises(HomeBusy, match=f"process {holder.pid}"):
        Home(tmp_path).held("lathe chat").__enter__()
    holder.kill()
    holder.communicate()
    with Home(tmp_path).held("lathe chat"):
        pass


def test_a_home_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(HomeUnusable, match="LATHE_HOME"):
        Home(tmp_path / "file" / "home").make()


def test_free_space_is_known_before_the_home_exists(tmp_path: Path) -> None:
    assert Home(tmp_path / "not" / "yet").free() > 0


WORK = """
import sys
from pathlib import Path
from bots.home import SOCKETS, Home

with Home(Path(sys.argv[1])).scratch() as scratch:
    (scratch / "half a song").write_bytes(bytes(1000))
    print((scratch / SOCKETS).resolve(), flush=True)
    sys.stdin.read()
"""


def at_work(home: Path) -> tuple["subprocess.Popen[str]", Path]:
    process = subprocess.Popen(
        [sys.executable, "-c", WORK, str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def test_what_a_killed_process_left_is_cleared_by_the_next_and_what_a_living_one_has_is_not(
    tmp_path: Path,
) -> None:
    killed, its_sockets = at_work(tmp_path)
    living, sockets = at_work(tmp_path)
    assert its_sockets.is_dir()
    killed.kill()
    killed.communicate()
    with Home(tmp_path).scratch() as scratch:
        assert not its_sockets.exists()
        assert sockets.is_dir()
        assert len(list(scratch.parent.iterdir())) == 2
    living.communicate("")
    assert living.returncode == 0


def test_a_place_for_temporary_files_that_is_too_deep_is_one_sentence(tmp_path: Path) -> None:
    deep = tmp_path / ("deep" * 20)
    deep.mkdir()
    worked = subprocess.run(
        [sys.executable, "-m", "bots", "chat", "--home", tmp_path / "home"],
        input="",
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "TMPDIR": str(deep)},
    )
    assert worked.returncode == 1
    assert worked.stderr.count("\n") == 1
    assert "TMPDIR" in worked.stderr
