"""The command line. What a command needs is imported when it runs, so that `--help` is quick."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from dsp.presets import Preset
    from dsp.settings import Settings


class Instant(click.ParamType[datetime]):
    """A time as ISO 8601 writes it; UTC where it names no zone."""

    name = "iso"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no time such as 2026-03-02T10:00:00Z", param, ctx)
        return at if at.tzinfo else at.replace(tzinfo=UTC)


class Address(click.ParamType[tuple[str, int]]):
    """Where to listen, as ADDRESS:PORT."""

    name = "address:port"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, int]:
        from bots.settings import host_and_port

        try:
            return host_and_port(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


FILES = click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
HOME = click.option(
    "--home", type=click.Path(path_type=Path), help="The folder of the house, instead of LATHE_HOME."
)
WITHOUT_WORKERS = click.option(
    "--without-workers", is_flag=True, help="Leave the songs to ./lathe worker (PostgreSQL)."
)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON, one object on a line.")


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="./lathe test [PYTEST ARGUMENTS] runs all tests, ./lathe bench NAME measures what is claimed.",
)
def main() -> None:
    """Lathe: the order desk of a mastering studio that lives in chat."""


@main.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
def demo(files: tuple[Path, ...]) -> None:
    """Play one order from the song to the master, with FILE or a song of our own making."""
    from bots.demo import demo as play
    from bots.stopping import until_told

    with explained(as_json=False):
        settings = _settings(None)
        sys.exit(0 if asyncio.run(until_told(play(settings, files))) else 1)


@main.command()
@HOME
@click.option("--as", "speaker", default="you", show_default=True, help="Who speaks first.")
@click.option("--clock", type=click.Choice(["wall", "manual"]), help="A new home's clock; it keeps it.")
@click.option("--now", type=Instant(), help="The time at which a manual clock begins.")
@WITHOUT_WORKERS
@AS_JSON
def chat(
    home: Path | None,
    speaker: str,
    clock: Any,
    now: datetime | None,
    without_workers: bool,
    as_json: bool,
) -> None:
    """Chat with the house in this terminal."""
    from bots.service import chat as chatting
    from bots.service import in_company, moved_in
    from bots.stopping import until_told
    from bots.terminal.parse import SpeakAs, parse

    with explained(as_json):
        match parse(f"!as {speaker}"):
            case SpeakAs(name):
                with moved_in(_settings(home), "lathe chat", clock=clock, now=now, log_file=True) as premises:
                    if without_workers:
                        in_company(premises)
                    work = chatting(premises, name, as_json=as_json, workers=not without_workers)
                    asyncio.run(until_told(work))


@main.command()
@HOME
@click.option("--as", "speaker", default="you", show_default=True, help="Who speaks at the terminal door.")
@WITHOUT_WORKERS
def run(home: Path | None, speaker: str, without_workers: bool) -> None:
    """Run the service: the doors that are connected, the web door, the workers."""
    from bots.service import in_company, moved_in, serve
    from bots.stopping import until_told

    # A log between the lines of a chat would be no chat.
    at_terminal = sys.stdin.isatty()
    with explained(as_json=False), moved_in(_settings(home), "lathe run", log_file=at_terminal) as premises:
        if without_workers:
            in_company(premises)
        asyncio.run(until_told(serve(premises, speaker, workers=not without_workers)))


@main.command()
@click.option("--slots", type=click.IntRange(1, 256), help="Songs at a time, instead of LATHE_WORKERS.")
@click.option("--bind", type=Address(), help="Where to tell how it is: /livez, /readyz, /metrics.")
@HOME
def worker(slots: int | None, bind: tuple[str, int] | None, home: Path | None) -> None:
    """Work on songs beside a service on PostgreSQL, on this machine or another."""
    from bots.service import moved_beside, work
    from bots.stopping import until_told

    with explained(as_json=False):
        asyncio.run(until_told(work(moved_beside(_settings(home)), slots, bind)))


@main.command()
@HOME
def web(home: Path | None) -> None:
    """Run the web door alone, beside a service on PostgreSQL."""
    from bots.service import moved_beside
    from bots.service import web as serving
    from bots.stopping import until_told

    with explained(as_json=False):
        asyncio.run(until_told(serving(moved_beside(_settings(home)))))


@main.command()
@HOME
def doctor(home: Path | None) -> None:
    """Check what is configured, line by line."""
    from bots.doctor import findings, healthy, printed

    found = asyncio.run(findings(home))
    printed(found)
    sys.exit(0 if healthy(found) else 1)


@main.command()
@HOME
def migrate(home: Path | None) -> None:
    """Bring the database up to date. Starting the service does it too."""
    from bots.home import Home
    from storage.schema import check
    from storage.schema import migrate as migrated

    async def up_to_date(url: str) -> list[str]:
        applied = await migrated(url)
        await check(url)
        return applied

    with explained(as_json=False):
        settings = _settings(home)
        Home(settings.folder).make()
        applied = asyncio.run(up_to_date(settings.database))
    click.echo(f"applied: {', '.join(applied)}" if applied else "the database is up to date")


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@HOME
def backup(folder: Path, home: Path | None) -> None:
    """Add a backup to FOLDER, also while the service runs. The secret key is not in it."""
    from bots.backup import backup as taken
    from bots.home import Home

    with explained(as_json=False):
        settings = _settings(home)
        done = asyncio.run(taken(settings, folder))
    click.echo(f"{done.folder}: {len(done.manifest.objects)} audio objects, {done.fresh} of them new")
    if done.shredded:
        click.echo(f"{done.shredded} copies of what was destroyed since were removed")
    where = "LATHE_SECRET_KEY" if settings.secret_key else Home(settings.folder).secret_file
    click.echo(f"The secret key ({where}) is not in it. Keep a copy elsewhere: no audio opens without it.")
    if done.manifest.lacking:
        click.echo(f"lathe: {len(done.manifest.lacking)} objects are not in the audio store", err=True)
        sys.exit(1)


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@HOME
def restore(folder: Path, home: Path | None) -> None:
    """Bring the newest backup of FOLDER, or the one that FOLDER is, into an empty home and database."""
    from bots.backup import restore as restored

    with explained(as_json=False):
        settings = _settings(home)
        manifest = asyncio.run(restored(settings, folder))
    click.echo(f"The house is as it was at {manifest.taken}, with {len(manifest.objects)} audio objects.")
    click.echo("Put the secret key in its place, then run ./lathe audit --deep before you start it.")


@main.command()
@click.option("--deep", is_flag=True, help="Read and decrypt all audio too.")
@HOME
def audit(deep: bool, home: Path | None) -> None:
    """Go over ledger, charges, orders and audio: what is said twice must agree."""
    from bots.audit import audited

    with explained(as_json=False):
        found = asyncio.run(audited(_settings(home), deep=deep))
    for line in found:
        click.echo(line)
    sys.exit(1 if any(line.wrong for line in found) else 0)


@main.command()
@click.argument("role")
@click.argument("person", metavar="DOOR:ID")
@HOME
def grant(role: str, person: str, home: Path | None) -> None:
    """Give somebody a ROLE (owner, manager, engineer, support, viewer; none takes it away).

    Also while the service runs.
    """
    from bots.granting import LastOwner
    from bots.granting import grant as granted
    from core.desk.staffing.staff import NOBODY
    from core.people import Role

    door, colon, external = person.partition(":")
    if role not in (*Role, NOBODY):
        roles = ", ".join((*Role, NOBODY))
        raise click.BadParameter(f"{role!r} is no role; there are {roles}", param_hint="ROLE")
    if not (colon and door and external):
        raise click.BadParameter(f"{person!r} is not DOOR:ID, such as terminal:anna", param_hint="DOOR:ID")
    with explained(as_json=False):
        try:
            asyncio.run(granted(_settings(home), None if role == NOBODY else Role(role), door, external))
        except LastOwner as error:
            raise click.ClickException(str(error)) from error
    click.echo(f"{person} has no role any more" if role == NOBODY else f"{person} is now {role}")


def _preset(name: str) -> "Preset":
    from dsp.presets import presets

    if name not in presets():
        raise click.BadParameter(
            f"{name!r} is not known; there are {', '.join(presets())}", param_hint="--for"
        )
    return presets()[name]


def _style(name: str, file: Path | None, *, album: bool, as_json: bool) -> "Settings":
    """The settings to begin with in a style of the engine's, or of the house rules."""
    from core.rules import load_rules
    from core.styles import keys, starting

    with explained(as_json):
        own = load_rules(file or _settings(None).rules_file).styles
    if name not in keys(own):
        raise click.UsageError(f"There is no style {name!r}; choose one of {', '.join(keys(own))}.")
    settings = starting(own, name)
    if album and any(plug_in.file for plug_in in settings.character.chain):
        raise click.UsageError("--album has a thread for each song; a VST3 loads on the main thread only.")
    return settings


def _list_destinations(context: click.Context) -> None:
    from dsp.presets import presets

    for preset in presets().values():
        level = f"{preset.target_lufs:>5g} LUFS {preset.ceiling_dbtp:>5g} dBTP"
        click.echo(f"{preset.key:<11}{level}  {', '.join(preset.files)}")
        click.echo(f"{'':<11}{preset.name}. {preset.source} ({preset.date}).")
    context.exit()


@main.command()
@FILES
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The folder for the masters.")
@click.option("--style", default="balanced", show_default=True, help="The character to start from.")
@click.option(
    "--styles",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="House rules with [styles.NAME] to choose from, instead of the house's own.",
)
@click.option("--for", "destination", metavar="NAME", help="Where it goes: loudness, ceiling and files.")
@click.option(
    "--list",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=lambda context, _, asked: _list_destinations(context) if asked else None,
    help="Say what --for knows, and nothing else.",
)
@click.option("--target", type=float, help="Integrated loudness, LUFS.")
@click.option("--ceiling", type=float, help="True peak, dBTP.")
@click.option(
    "--reference",
    "references",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    multiple=True,
    help="What it is to sound like; again for more. As loud as they are unless there is a --target.",
)
@click.option("--intensity", type=float, help="0 to 1.5: how strongly tone, width and dynamics are moved.")
@click.option("--tone-strength", type=float, help="0 to 1.5: of the tone by itself; so with the others.")
@click.option("--width-strength", type=float)
@click.option("--dynamics-strength", type=float)
@click.option("--loudness-strength", type=float, help="0 to 1.5: how far the loudness follows references.")
@click.option("--album", is_flag=True, help="FILES are one album: levels keep their differences, one tone.")
@click.option("--gap", type=float, help="Silence after each song of an album but the last, seconds.")
@AS_JSON
def master(
    files: tuple[Path, ...],
    out: Path,
    style: str,
    styles: Path | None,
    destination: str | None,
    target: float | None,
    ceiling: float | None,
    references: tuple[Path, ...],
    album: bool,
    as_json: bool,
    **more: float | None,
) -> None:
    """Master FILES without a chat; nothing is overwritten."""
    from bots import batch
    from dsp.settings import MOST_REFERENCES

    preset = _preset(destination) if destination is not None else None
    if preset is not None:
        if album:
            raise click.UsageError("--for is for songs by themselves; an --album has a --target.")
        target = preset.target_lufs if target is None else target
        ceiling = preset.ceiling_dbtp if ceiling is None else ceiling
    asked: dict[str, Any] = {"target_lufs": target, "ceiling_dbtp": ceiling, **more}
    asked["codec_safe"] = preset.codec_safe if preset else None
    start = _style(style, styles, album=album, as_json=as_json)
    try:
        settings = replace(start, **{name: value for name, value in asked.items() if value is not None})
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    if len(references) > MOST_REFERENCES:
        raise click.UsageError(f"{MOST_REFERENCES} references are the most.")
    if more["gap"] is not None and not album:
        raise click.UsageError("--gap is for the songs of an --album.")
    with explained(as_json):
        workers = _settings(None).workers
        if references:
            profiles = asyncio.run(batch.references(references, workers, sys.stdout, as_json=as_json))
            if profiles is None:
                sys.exit(1)
            followed = settings.following(profiles)
            settings = followed if target is None else replace(followed, target_lufs=target)
        if album:
            sys.exit(
                0 if asyncio.run(batch.master_album(files, out, settings, sys.stdout, as_json=as_json)) else 1
            )
        formats = preset.files if preset else ()
        well = asyncio.run(
            batch.master(files, out, settings, workers, sys.stdout, formats=formats, as_json=as_json)
        )
        sys.exit(0 if well else 1)


@main.command()
@FILES
@AS_JSON
def analyse(files: tuple[Path, ...], as_json: bool) -> None:
    """Measure FILES."""
    from bots import batch

    with explained(as_json):
        workers = _settings(None).workers
        sys.exit(0 if asyncio.run(batch.analyse(files, workers, sys.stdout, as_json=as_json)) else 1)


@main.command()
@click.option(
    "--songs", metavar='"A|B"', default="", help="The titles of the songs, in order, with | between."
)
@click.option(
    "--mixing", is_flag=True, help="Each instrument is by itself: vocals up, guitar left are items."
)
def words(songs: str, mixing: bool) -> None:
    """Read wishes from standard input, a sentence a line, and print each as a JSON object.

    \b
    items           what, direction (1 more, -1 less, 0 neither), amount_db, exact (a figure was said),
                    place (null, {"from", "to"} in seconds, or a named part), text; and where there is
                    one amount_s, target_lufs, of, half (of an undo), song
    impossible      what a stereo master cannot have: text, what, nearest (an item or null)
    not_understood  what nobody could read, as it was said
    bounds          conditions, which are no wishes: "not more compressed"

    \b
    echo "a bit more bass, vocals up" | ./lathe words
    """
    from bots.words import answer

    titles = [title.strip() for title in songs.split("|") if title.strip()]
    answer(sys.stdin.buffer, sys.stdout.buffer, titles, mixing=mixing)


@main.command()
def warm() -> None:
    """Compile the sound kernels for this machine."""
    from bots.progress import bars
    from dsp.warm import warm as warmed

    with bars() as waiting, waiting.bar("sound kernels") as moved:
        warmed(moved)


def _settings(home: Path | None) -> Any:
    from bots.settings import load_settings

    return load_settings(home)


@contextmanager
def explained(as_json: bool) -> Iterator[None]:
    """What the house cannot do is said in a sentence a line, not with a traceback."""
    from bots.backup import BackupError
    from bots.clock import ClockError
    from bots.doors import Misconfigured
    from bots.home import HomeBusy, HomeUnusable
    from bots.settings import SettingsError
    from bots.terminal.parse import Unclear
    from bots.terminal.screen import JsonLines
    from bots.web.health import CannotListen
    from core.ports import DiskFull, LeaseLost, Unreachable
    from core.rules import RulesError
    from storage.schema import Newer, Older
    from storage.secret import BadSecret, WrongSecret

    known = (
        BackupError,
        BadSecret,
        CannotListen,
        ClockError,
        DiskFull,
        HomeBusy,
        HomeUnusable,
        LeaseLost,
        Misconfigured,
        Newer,
        Older,
        SettingsError,
        RulesError,
        Unclear,
        Unreachable,
        WrongSecret,
    )
    try:
        yield
    except known as error:
        if as_json:
            JsonLines(sys.stdout).error(str(error))
        else:
            click.echo(f"lathe: {error}", err=True)
        sys.exit(1)
