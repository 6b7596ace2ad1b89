"""`lathe demo`: one order from the song to the files, through the terminal door as anybody would use it."""

import asyncio
import hashlib
import shlex
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp

from bots.app import House, open_house
from bots.catalogues import load_catalogues
from bots.progress import bars
from bots.service import moved_in
from bots.settings import Settings
from bots.table import FIGURES, comparison, shortened, table
from bots.terminal.chat import Chat
from bots.terminal.door import Missing, file_ref, safe
from bots.terminal.output import Output
from bots.terminal.screen import Framed, Handed, Screen, Shown
from core.desk.shown import troubles
from core.messages import Action
from core.orders import OrderState, Project
from core.songs import Song, SongState, Version
from dsp.settings import Settings as Sound
from storage.queue.pool import Pool

ARTIST = "anna"
CHANGES = "1 dB louder, less bass"
EXAMPLE = "Lantern Street.wav"
TOLERANCE = 0.1
"""LU: how near the loudness of a delivered file must be to what was asked for."""

PATIENCE = 600.0
"""Seconds after which the demo gives up."""


class NoMaster(Exception):
    """The demo cannot go on, or what it got is not right; `str()` says why in a sentence."""


class Watched:
    """A screen that also keeps what it shows, so that the artist of the demo knows what to press."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self.messages: list[Shown] = []

    def show(self, message: Shown) -> None:
        self.messages.append(message)
        self._screen.show(message)

    def error(self, sentence: str) -> None:
        self._screen.error(sentence)
        raise NoMaster(sentence)

    def done(self, name: str) -> None:
        self._screen.done(name)

    def idle(self, now: datetime) -> None:
        self._screen.idle(now)

    def heard(self, speaker: str, line: str) -> None:
        self._screen.heard(speaker, line)

    def label(self, verb: str, choice: str | None = None) -> str:
        """The label of the latest button that asks for this."""
        for message in reversed(self.messages):
            for button in message.buttons:
                with suppress(ValueError):
                    action = Action.unpack(button.action or "")
                    if (action.verb, action.choice) == (verb, choice):
                        return button.label
        raise NoMaster(f"there is no button to {verb} with; the last message was: {self.last}")

    @property
    def order(self) -> str:
        """The id of the order that the latest job card is about."""
        for message in reversed(self.messages):
            if message.card and message.card.startswith("order:"):
                return message.card.removeprefix("order:")
        raise NoMaster(f"no order was begun: {self.last}")

    @property
    def last(self) -> str:
        return " ".join(self.messages[-1].text.split()) if self.messages else "none"

    def files(self, kind: str) -> list[Handed]:
        """Everything of a kind that was handed over, each file once, in order."""
        handed = [file for message in self.messages for file in message.files if file.kind == kind]
        return list({file.path: file for file in handed}.values())


@dataclass(frozen=True, slots=True)
class Checked:
    """A delivered song: what it was, and what its 24-bit file measures now."""

    song: Song
    version: Version
    measured: dict[str, float | None]


async def demo(settings: Settings, files: Sequence[Path]) -> bool:
    """Play the order; whether a master was made, delivered, and measured to be what was asked for."""
    try:
        for file in files:
            file_ref(str(file))
        home = await asyncio.to_thread(_fresh_home, settings.folder / "demo")
        own = settings.model_copy(
            update={"home": home, "database_url": None, "blob_url": None, "tills": None}
        )
        now = datetime.now(UTC).replace(microsecond=0)
        with moved_in(own, "lathe demo", clock="manual", now=now, log_file=True) as premises:
            screen = Watched(Framed(Output(sys.stdout), premises.rules.house.name, echo=True))
            songs = files or [await _example(home / EXAMPLE)]
            async with asyncio.timeout(PATIENCE), open_house(premises, screen=screen, grace=0.0) as house:
                project = await _order(house, screen, songs)
            checked = await _measured(project, screen, settings.workers)
    except (NoMaster, Missing) as reason:
        print(f"lathe demo: {reason}", file=sys.stderr)
        return False
    except TimeoutError:
        print(f"lathe demo: nothing came for {PATIENCE:g} s; see {home / 'lathe.log'}", file=sys.stderr)
        return False
    _print_end(checked, screen, home)
    return True


def _fresh_home(demos: Path) -> Path:
    demos.mkdir(parents=True, exist_ok=True)
    return Path(mkdtemp(prefix=f"{datetime.now(UTC):%Y-%m-%d-%H%M}-", dir=demos))


async def _example(path: Path) -> Path:
    from dsp.example import write_example

    print(f"No file was named: composing one, badly mixed on purpose ({path.name}).", flush=True)
    with bars() as waiting, waiting.bar("composing"):
        await asyncio.to_thread(write_example, path)
    return path


async def _order(house: House, screen: Watched, songs: Sequence[Path]) -> Project:
    """The artist drops, pays, listens, asks for changes, approves; the order as it stands at the end."""
    assert house.terminal is not None
    chat = Chat(house, house.terminal, screen, ARTIST)

    async def says(line: str) -> Project:
        await chat.hear(line)
        await house.idle()
        project = await house.project(screen.order)
        if project is None:
            raise NoMaster("the order is gone")
        return project

    async def presses(verb: str, choice: str | None = None) -> Project:
        return await says(f">{screen.label(verb, choice)}")

    project = await says(" ".join("@" + shlex.quote(str(song)) for song in songs))
    refused = [song for song in project.songs if song.state is SongState.REFUSED]
    if refused:
        raise NoMaster(_trouble(refused[0]))
    if project.order.grouping is None and len(project.ready) > 1:
        project = await presses("group", "album")
    _expect(await presses("pay"), OrderState.REVIEW, screen)
    await presses("changes")
    await says(CHANGES)
    _expect(await presses("send"), OrderState.REVIEW, screen)
    return _expect(await presses("approve"), OrderState.RELEASED, screen)


def _expect(project: Project, state: OrderState, screen: Watched) -> Project:
    if project.order.state is not state:
        raise NoMaster(f"the order is {project.order.state}, not {state}: {screen.last}")
    return project


def _trouble(song: Song) -> str:
    """Why a song was refused, in the words of its card."""
    say = load_catalogues().voice(None)
    told = troubles.trouble(say, song.trouble, pages=False).plain(moment=str, title=lambda title: title.title)
    return f"{song.file.name}: {told}"


async def _measured(project: Project, screen: Watched, workers: int) -> list[Checked]:
    """Each delivered song, its files measured again. NoMaster if one is not what was asked for."""
    handed = {(file.path.parent.name, file.path.name): file.path for file in screen.files("file")}
    pool = Pool(workers, preload=("dsp.batch",))
    try:
        return await asyncio.gather(*(_again(project, song, handed, pool) for song in project.ready))
    finally:
        await pool.close()


async def _again(project: Project, song: Song, handed: Mapping[tuple[str, str], Path], pool: Pool) -> Checked:
    versions = [version for version in project.versions if version.song == song.id and version.files]
    if not versions:
        raise NoMaster(f"{song.title} was not delivered")
    version = max(versions, key=lambda version: version.number)
    measured = []
    for media in version.files:
        path = handed.get((media.sha256[:12], safe(media.name)))
        if path is None or await asyncio.to_thread(_sha256, path) != media.sha256:
            raise NoMaster(f"{media.name} did not arrive as it was made")
        if media.media_type == "audio/wav":
            measured.append(await pool.run("dsp.batch:analyse_file", {"path": path}))
            verify(media.name, measured[-1], version)
    return Checked(song, version, measured[0])


def verify(name: str, measured: Mapping[str, float | None], version: Version) -> None:
    """NoMaster unless a delivered file has the loudness and the peaks that its version was asked for."""
    asked = Sound.from_json(dict(version.settings))
    told = version.measured or {}
    loudness, peak = measured["lufs"], measured["true_peak"]
    wanted = asked.target_lufs if told.get("reached") else told.get("lufs")
    if loudness is None or peak is None or wanted is None:
        raise NoMaster(f"{name} is silent")
    if abs(loudness - wanted) > TOLERANCE:
        raise NoMaster(f"{name} has {loudness:.2f} LUFS where {wanted:.2f} were to be")
    if peak > asked.ceiling_dbtp:
        raise NoMaster(f"{name} peaks at {peak:.2f} dBTP, above the ceiling of {asked.ceiling_dbtp:g}")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _print_end(checked: Sequence[Checked], screen: Watched, home: Path) -> None:
    print("\nBefore and after, measured again in the delivered files:\n")
    rows = [
        [shortened(one.song.title), *comparison(one.song.analysis or {}, one.measured)] for one in checked
    ]
    print(table(["song", *(name for name, _ in FIGURES)], rows))
    for heading, kind in (("Files", "file"), ("Pictures", "picture"), ("Previews", "audio")):
        print(f"\n{heading}:")
        for file in screen.files(kind):
            print(f"  {file.path}")
    print(f"\nAll of this demo is in {home}; delete it when you like.")
