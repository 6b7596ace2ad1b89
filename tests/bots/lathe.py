"""`lathe` as a process of its own, as its users start it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from bots.cli import main
from bots.settings import Settings

ROOT = Path(__file__).parents[2]
NOON = "2026-03-02T12:00:00+00:00"

Message = Mapping[str, Any]


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "bots", *map(str, arguments)]


def surroundings(**settings: str) -> dict[str, str]:
    """An environment in which nothing is set but these, whatever the machine of the tests has set."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith("LATHE_")}
    empty = {f"LATHE_{name.upper()}": "" for name in Settings.model_fields}  # stronger than a .env
    return {**bare, **empty, "PYTHONPATH": str(ROOT), "COLUMNS": "80", **settings}


def lathe(
    *arguments: str | Path, cwd: Path, lines: str = "", **settings: str
) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end."""
    return subprocess.run(
        command(*arguments),
        input=lines,
        capture_output=True,
        text=True,
        cwd=cwd,
        env=surroundings(**settings),
        timeout=300,
        check=False,
    )


def ordered(*arguments: str | Path, **settings: str) -> Result:
    """Run a command in this process, which is quicker: one that keeps no log and takes no signals."""
    return CliRunner(env=surroundings(**settings)).invoke(main, [*map(str, arguments)])


@dataclass(frozen=True)
class Desk:
    """A home with a manual clock, and the chats that are held in it."""

    home: Path

    def arguments(self) -> list[str | Path]:
        return ["chat", "--home", self.home, "--as", "anna", "--clock", "manual", "--json"]

    def chat(self, *lines: str) -> list[Message]:
        """Say these lines; all that was shown until the end of input."""
        done = lathe(*self.arguments(), cwd=self.home.parent, lines="\n".join(lines))
        assert done.returncode == 0, done.stdout + done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    def chat_killed(self, lines: str, when: Callable[[Message], bool]) -> list[Message]:
        """Say these lines, and kill the process, with all it can do, as soon as such a message was shown."""
        chat = subprocess.Popen(
            command(*self.arguments()),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=self.home.parent,
            env=surroundings(),
        )
        assert chat.stdin is not None
        assert chat.stdout is not None
        chat.stdin.write(lines)
        chat.stdin.flush()
        shown = []
        for line in chat.stdout:
            shown.append(json.loads(line))
            if when(shown[-1]):
                break
        else:
            raise AssertionError(f"it never came: {shown}")
        chat.send_signal(signal.SIGKILL)
        rest, _ = chat.communicate()
        # The last line may be cut where the kill struck.
        return shown + [json.loads(line) for line in rest.splitlines(keepends=True) if line.endswith("\n")]


def notices(messages: list[Message]) -> list[Message]:
    return [message for message in messages if message.get("notice")]


def card(messages: list[Message]) -> Message:
    """The order's card as it was shown last."""
    return [message for message in messages if str(message.get("card", "")).startswith("order:")][-1]


def files(messages: list[Message], kind: str) -> list[Path]:
    return [
        Path(file["path"])
        for message in messages
        for file in message.get("files", ())
        if file["kind"] == kind
    ]
