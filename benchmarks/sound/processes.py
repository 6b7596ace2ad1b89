"""Work done in a process of its own, and what that process used."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# A process is charged with the memory of whoever started it until it runs its own program: so it is started
# by one that has next to none.
_STARTER = """
import json, os, subprocess, sys, tempfile
with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
    child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=out, stderr=err)
    _, status, used = os.wait4(child.pid, 0)
    told = {"status": status, "cpu": used.ru_utime + used.ru_stime, "kilobytes": used.ru_maxrss}
    for name, file in (("out", out), ("err", err)):
        file.seek(0)
        told[name] = file.read().decode(errors="replace")
json.dump(told, sys.stdout)
"""


class Failed(Exception):
    """A process that ended with an error; its last words."""


@dataclass(frozen=True, slots=True)
class Used:
    """CPU seconds (user and system) and the most memory (MB) of a process and those it waited for.

    out, err: what it printed.
    """

    cpu: float
    megabytes: float
    out: str
    err: str


def used(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Used:
    """Run a program to its end. Raises Failed."""
    done = subprocess.run(
        [sys.executable, "-S", "-c", _STARTER, *command],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    told = json.loads(done.stdout)
    if told["status"]:
        raise Failed(f"{command[0]}: {told['err'].strip()[-400:]}")
    return Used(told["cpu"], told["kilobytes"] / 1024, told["out"], told["err"])
