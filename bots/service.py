"""`lathe run` and `lathe chat`: the service, with the doors that are wanted."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from io import TextIOWrapper

from bots.app import Premises, open_house
from bots.clock import ClockKind, open_clock
from bots.home import LEAST_FREE, Home
from bots.log import configure
from bots.settings import Logging, Settings
from bots.terminal.chat import Chat, lines_of
from bots.terminal.output import Output
from bots.terminal.screen import Framed, JsonLines, Screen
from bots.web.health import Health, serving
from core.rules import HouseRules, load_rules

HINT = (
    "Type a message. @song.wav drops a file, >label presses a button, /help lists the commands; "
    "the end of input (Ctrl-D) leaves, and what is at work goes on next time."
)


@contextmanager
def moved_in(
    settings: Settings,
    by: str,
    *,
    clock: ClockKind | None = None,
    now: datetime | None = None,
    log_file: bool = False,
) -> Iterator[Premises]:
    """Hold the home and read its clock and rules. HomeBusy, HomeUnusable, ClockError, RulesError."""
    rules = load_rules(settings.rules_file)
    home = Home(settings.folder)
    with home.held(by) as hold:
        configure(Logging.of(settings.log), file=home.log_file if log_file else None)
        if (free := home.free()) < LEAST_FREE:
            print(f"Only {free / 1e9:.1f} GB are free on the disk of {home.folder}.", file=sys.stderr)
        yield Premises(settings, hold, open_clock(home.clock_file, kind=clock, now=now), rules)


async def chat(premises: Premises, speaker: str, *, as_json: bool) -> None:
    """The terminal door until the end of input; jobs that are not done then go on in the next process."""
    screen = screen_for(premises.rules, as_json=as_json)
    async with open_house(premises, screen=screen, grace=0.0) as house:
        assert house.terminal is not None
        if sys.stdin.isatty() and not as_json:
            print(HINT, file=sys.stderr)
        await Chat(house, house.terminal, screen, speaker).run(lines_of(sys.stdin.fileno()))


async def serve(premises: Premises, speaker: str) -> None:
    """The service until it is told to stop, with the terminal door where it runs in a terminal."""
    settings, at_terminal = premises.settings, sys.stdin.isatty()
    _say_doors(at_terminal=at_terminal)
    screen = screen_for(premises.rules, as_json=False) if at_terminal else None
    health = Health()
    async with (
        serving(health, *settings.bind) as (host, port),  # to the end of the house: it tells that it closes
        open_house(premises, screen=screen) as house,
    ):
        print(f"Web door: http://{host}:{port}/livez, /readyz and /metrics", file=sys.stderr)
        with health.open(house.checks(), house.metrics(health.lag)):
            if screen is None or house.terminal is None:
                await asyncio.Event().wait()
            else:
                await Chat(house, house.terminal, screen, speaker).run(lines_of(sys.stdin.fileno()))


def _say_doors(*, at_terminal: bool) -> None:
    print(
        "No chat platform is connected: the doors to Discord and Telegram are not built yet.", file=sys.stderr
    )
    if at_terminal:
        print(f"The terminal door is open instead. {HINT}", file=sys.stderr)
    else:
        print("For the terminal door, start this in a terminal, or use ./lathe chat.", file=sys.stderr)


def screen_for(rules: HouseRules, *, as_json: bool) -> Screen:
    """What the chat is shown on. JSON is UTF-8 wherever it goes; a terminal that lacks a sign shows a ?."""
    if isinstance(sys.stdout, TextIOWrapper):
        if as_json:
            sys.stdout.reconfigure(encoding="utf-8", errors="surrogateescape")
        else:
            sys.stdout.reconfigure(errors="replace")
    output = Output(sys.stdout)
    return JsonLines(output) if as_json else Framed(output, rules.house.name, echo=not sys.stdin.isatty())
