"""`lathe grant` and `lathe audit`: roles are given and taken away, and whoever changes the trail is seen."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.bots.lathe import ordered


def grant(home: Path, role: str, person: str, code: int = 0) -> str:
    done = ordered("grant", role, person, "--home", home)
    assert done.exit_code == code, done.output
    return done.output


def trail(home: Path, code: int) -> str:
    """What `lathe audit` says of the audit trail."""
    done = ordered("audit", "--home", home)
    assert done.exit_code == code, done.output
    (line,) = [line for line in done.output.splitlines() if "audit trail" in line]
    return line


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with an owner and a manager, given on the command line."""
    home = tmp_path / "home"
    assert grant(home, "owner", "terminal:olga") == "terminal:olga is now owner\n"
    assert grant(home, "manager", "terminal:mona") == "terminal:mona is now manager\n"
    return home


def test_a_role_is_taken_away_and_the_last_owner_stays(home: Path) -> None:
    assert grant(home, "none", "terminal:mona") == "terminal:mona has no role any more\n"
    told = grant(home, "none", "terminal:olga", code=1)
    assert "terminal:olga is the only owner: make somebody else owner first" in told
    assert trail(home, 0).startswith("ok       audit trail          3 agree, the last is ")


def test_a_row_that_was_changed_past_the_triggers_is_named(home: Path) -> None:
    with closing(sqlite3.connect(home / "lathe.sqlite3", isolation_level=None)) as raw:
        raw.execute("DROP TRIGGER audit_no_update")
        raw.execute("UPDATE audit SET data = replace(data, '/grant', '/claim') WHERE seq = 2")
    assert trail(home, 1) == (
        "wrong    audit trail          "
        "entry 2: its hash is not that of what it says and of the entry before it"
    )
