"""`lathe run` and `lathe chat`: the service, with the doors that are wanted."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from datetime import datetime
from io import TextIOWrapper

from bots.app import DRAIN, open_house
from bots.clock import ClockKind, FollowedClock, open_clock
from bots.gateways import wanted_gateways
from bots.home import LEAST_FREE, Home
from bots.log import configure
from bots.meters import Meters
from bots.pages import Beside, pages
from bots.pauses import keep_what_is_here
from bots.rooms import Premises, open_rooms, open_tills
from bots.settings import Logging, Settings, SettingsError
from bots.stopping import ending
from bots.terminal.chat import Chat, lines_of
from bots.terminal.output import Output
from bots.terminal.screen import Framed, JsonLines, Screen
from bots.web.health import Health, serving
from bots.workshop import open_workshop
from core.rules import HouseRules, load_rules
from storage.address import shown

HINT = (
    "Type a message. @song.wav drops a file, >label presses a button, /help lists the commands; "
    "!staff NAME sits down at the staff desk, !as NAME is an artist; "
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
        opened = open_clock(home.clock_file, kind=clock, now=now)
        yield Premises(settings, home, opened, rules, hold)


def moved_beside(settings: Settings) -> Premises:
    """Read the rules and follow the clock of who has the home. SettingsError, HomeUnusable, RulesError."""
    home = Home(settings.folder)
    premises = Premises(settings, home, FollowedClock(home.clock_file), load_rules(settings.rules_file))
    in_company(premises)
    home.make()
    configure(Logging.of(settings.log))
    return premises


def in_company(premises: Premises) -> None:
    """SettingsError where no other process can serve the same database."""
    if not premises.shared:
        wanted = "LATHE_DATABASE_URL=postgres://USER:PASSWORD@HOST:PORT/NAME"
        raise SettingsError([f"SQLite has room for one process; a second one needs PostgreSQL: {wanted}"])


async def chat(premises: Premises, speaker: str, *, as_json: bool, workers: bool) -> None:
    """The terminal door until the end of input; jobs that are not done then go on in the next process."""
    screen = screen_for(premises.rules, as_json=as_json)
    async with open_house(premises, screen=screen, grace=0.0, workers=workers, standby=_say_standby) as house:
        assert house.terminal is not None
        if sys.stdin.isatty() and not as_json:
            print(HINT, file=sys.stderr)
        with ending():
            await Chat(house, house.terminal, screen, speaker).run(lines_of(sys.stdin.fileno()))


async def serve(premises: Premises, speaker: str, *, workers: bool) -> None:
    """The service until it is told to stop, with the terminal door where it runs in a terminal."""
    settings, at_terminal = premises.settings, sys.stdin.isatty()
    _say_doors(settings, at_terminal=at_terminal)
    screen = screen_for(premises.rules, as_json=False) if at_terminal else None
    health = Health()
    async with (
        serving(health, *settings.bind) as (host, port),  # to the end of the house: it tells that it closes
        open_house(premises, screen=screen, workers=workers, standby=_say_standby) as house,
    ):
        keep_what_is_here()
        _say_web(host, port)
        metrics, refusals = house.metrics(health.lag), house.refusals()
        with ending(), health.open(house.checks(), metrics, house.routes(), refusals):
            if screen is None or house.terminal is None:
                await asyncio.Event().wait()
            else:
                await Chat(house, house.terminal, screen, speaker).run(lines_of(sys.stdin.fileno()))


async def work(premises: Premises, slots: int | None, bind: tuple[str, int] | None) -> None:
    """Songs, and nothing else, until told to stop. With `bind` it tells there how it is."""
    number = slots or premises.settings.workers
    health = Health()
    async with AsyncExitStack() as stack:
        door = await stack.enter_async_context(serving(health, *bind)) if bind else None
        workshop = await stack.enter_async_context(open_workshop(premises, number, grace=DRAIN))
        stack.enter_context(health.open(workshop.checks(), workshop.metrics(health.lag)))
        songs = "1 song at a time" if number == 1 else f"{number} songs at a time"
        print(f"Worker ready: {songs}, on {shown(premises.settings.database)}", file=sys.stderr, flush=True)
        if door:
            _say_web(*door)
        with ending():
            await asyncio.Event().wait()


async def web(premises: Premises) -> None:
    """The web door, and nothing else, until told to stop."""
    health = Health()
    async with serving(health, *premises.settings.bind) as door, open_rooms(premises) as rooms:
        desk = rooms.desk(open_tills(premises.home))
        routes = pages(rooms, Beside(rooms, desk), desk.moved_on).routes
        keep_what_is_here()
        metrics = rooms.metrics(Meters(), health.lag)
        with ending(), health.open(rooms.checks(), metrics, routes, rooms.refusals):
            _say_web(*door)
            await asyncio.Event().wait()


def _say_web(host: str, port: int) -> None:
    print(f"Web door: http://{host}:{port}/livez, /readyz and /metrics", file=sys.stderr, flush=True)


def _say_standby(holder: str) -> None:
    print(f"Standing by: {holder} serves this database; this takes over when it stops.", file=sys.stderr)


def _say_doors(settings: Settings, *, at_terminal: bool) -> None:
    names = " and ".join(name.capitalize() for name in wanted_gateways(settings))
    if names:
        print(f"Opening the door to {names}.", file=sys.stderr)
    else:
        print(
            "No chat platform is connected: set LATHE_DISCORD_TOKEN or LATHE_TELEGRAM_TOKEN "
            "(docs/platforms.md says how to make a bot).",
            file=sys.stderr,
        )
    if at_terminal:
        print(f"The terminal door is open. {HINT}", file=sys.stderr)
    elif not names:
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
