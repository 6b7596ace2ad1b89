"""`lathe doctor`: what is configured and what is not, a line each, and what to do about it."""

import os
import platform
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import dsp
from bots.catalogues import load_catalogues
from bots.clock import WallClock
from bots.home import LEAST_FREE, Home, HomeBusy, HomeUnusable
from bots.secret import is_proven
from bots.settings import PREFIX, ROOT, Settings, SettingsError, load_settings, unknown_names
from bots.sound import PooledSound
from bots.styles import tried
from core.ports import Unreachable
from core.rules import RulesError, load_rules
from storage.address import shown
from storage.objects import open_objects, try_out
from storage.queue.pool import Pool
from storage.schema import Newer, Older, check
from storage.secret import BadSecret, SecretKey
from storage.store import open_store

State = Literal["ok", "missing", "wrong"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. What is missing has a default that works; what is wrong has none."""

    state: State
    what: str
    told: str

    def __str__(self) -> str:
        return f"{self.state:<9}{self.what:<20} {self.told}"


async def findings(home: Path | None = None, env_file: Path = ROOT / ".env") -> list[Finding]:
    """Everything that can be looked at without starting the service."""
    found = [Finding("ok", "Python", platform.python_version()), *_misspelt(env_file)]
    try:
        settings = load_settings(home, env_file)
    except SettingsError as error:
        return [*found, *(Finding("wrong", *_split(problem)) for problem in error.problems)]
    return [
        *found,
        *_settings(settings),
        *_rules(settings),
        *await _styles(settings),
        _languages(),
        _kernels(),
        await _jail(),
        _home(settings),
        _space(settings),
        _no_database(settings) or await _database(settings),
        await _secret(settings),
        await _blobs(settings),
        _web(settings),
        _links(settings),
        Finding("ok", "terminal door", f"pays with {', '.join(settings.tills_of('terminal'))}"),
        _platform(settings, "Discord", settings.discord_token, "LATHE_DISCORD_TOKEN"),
        _platform(settings, "Telegram", settings.telegram_token, "LATHE_TELEGRAM_TOKEN"),
    ]


def _platform(settings: Settings, platform: str, token: str | None, name: str) -> Finding:
    what = f"{platform} door"
    if not token:
        return Finding("missing", what, f"{name} is not set: the door stays shut")
    tills = ", ".join(settings.tills_of(platform.lower()))
    return Finding("ok", what, f"opens with {name}, pays with {tills}; the token is tried at the start")


def healthy(found: list[Finding]) -> bool:
    return all(finding.state != "wrong" for finding in found)


def _split(problem: str) -> tuple[str, str]:
    name, _, told = problem.partition(": ")
    return name, told


def _misspelt(env_file: Path) -> Iterator[Finding]:
    for name, meant in unknown_names(os.environ, env_file).items():
        yield Finding("wrong", name, "there is no such setting" + (f"; is {meant} meant?" if meant else ""))


def _settings(settings: Settings) -> Iterator[Finding]:
    for name, field in Settings.model_fields.items():
        value = getattr(settings, name)
        told = ", ".join(value) if isinstance(value, tuple) else str(value)
        if name == "database_url" and value is not None:
            told = shown(value)
        if name == "secret_key" and value is not None:
            told = "set"
        if name in settings.model_fields_set and value is not None:
            yield Finding("ok", PREFIX + name.upper(), told)
        else:
            default = f" ({told})" if value is not None else ""
            yield Finding("ok", PREFIX + name.upper(), f"not set{default}. {field.description}")


def _rules(settings: Settings) -> Iterator[Finding]:
    try:
        rules = load_rules(settings.rules_file)
    except RulesError as error:
        yield from (Finding("wrong", "house rules", problem) for problem in error.problems)
        return
    where = str(settings.rules_file or "the built-in ones; rules.toml in the repository changes them")
    yield Finding("ok" if settings.rules_file else "missing", "house rules", f"{where} ({rules.currency})")
    if not rules.house.contact:
        yield Finding("missing", "contact", "house.contact in the house rules: artists are to be told one")


async def _styles(settings: Settings) -> list[Finding]:
    try:
        rules = load_rules(settings.rules_file)
    except RulesError:
        return []  # told with the house rules
    if not rules.styles:
        return []
    pool = Pool(1)
    try:
        await tried(PooledSound(pool), rules, settings.rules_file)
    except RulesError as error:
        return [Finding("wrong", "styles", problem) for problem in error.problems]
    finally:
        await pool.close()
    return [Finding("ok", "styles", f"{', '.join(rules.styles)}; their plug-ins load")]


def _languages() -> Finding:
    return Finding("ok", "languages", ", ".join(load_catalogues().languages))


def _kernels() -> Finding:
    compiled = any((Path(dsp.__file__).parent / "kernels" / "__pycache__").glob("*.nbi"))
    if compiled:
        return Finding("ok", "sound kernels", "compiled")
    return Finding(
        "missing", "sound kernels", "not compiled; ./lathe warm does it, else the first song waits"
    )


async def _jail() -> Finding:
    pool = Pool(1)
    try:
        gaps = await pool.gaps()
    finally:
        await pool.close()
    if gaps:
        told = f"a process that reads a stranger's file could {' and '.join(gaps)}; see docs/operator.md"
        return Finding("missing", "jail", told)
    return Finding("ok", "jail", "who reads a stranger's file has no network, no programs and no other file")


def _home(settings: Settings) -> Finding:
    home = Home(settings.folder)
    if not home.folder.exists():
        return Finding("missing", "home", f"{home.folder}: the first start makes it")
    try:
        with home.held("lathe doctor"):
            return Finding("ok", "home", f"{home.folder}, nobody works in it")
    except HomeBusy as busy:
        return Finding("ok", "home", str(busy))
    except HomeUnusable as unusable:
        return Finding("wrong", "home", str(unusable))


def _space(settings: Settings) -> Finding:
    free = Home(settings.folder).free()
    told = f"{free / 1e9:.1f} GB free"
    if free < LEAST_FREE:
        return Finding(
            "wrong", "disk", f"{told}; an album at work needs {LEAST_FREE / 1e9:.0f} GB: make room"
        )
    return Finding("ok", "disk", told)


def _no_database(settings: Settings) -> Finding | None:
    file = Path(settings.database.partition("://")[2])
    if settings.database.startswith("sqlite:") and not file.exists():
        return Finding("missing", "database", f"{file}: the first start makes it, or ./lathe migrate")
    return None


async def _database(settings: Settings) -> Finding:
    try:
        await check(settings.database)
    except Older as error:
        return Finding("missing", "database", str(error))
    except (Unreachable, Newer) as error:
        return Finding("wrong", "database", str(error))
    return Finding("ok", "database", f"{shown(settings.database)} answers")


async def _secret(settings: Settings) -> Finding:
    file = Home(settings.folder).secret_file
    where = "LATHE_SECRET_KEY" if settings.secret_key else str(file)
    if not settings.secret_key and not file.exists():
        return Finding("missing", "secret key", f"{file}: the first start makes it, or LATHE_SECRET_KEY")
    try:
        secret = SecretKey.of(settings.secret_key or file.read_text("ascii"))
    except (BadSecret, OSError, UnicodeDecodeError) as error:
        return Finding("wrong", "secret key", f"{where}: {error}")
    if _no_database(settings):
        return Finding("ok", "secret key", where)
    try:
        async with open_store(settings.database, WallClock(), {}) as store:
            proven = await is_proven(secret, store.blob_keys)
    except Exception as error:
        return Finding("wrong", "secret key", f"{where}: the database does not say: {error}")
    if not proven:
        return Finding("wrong", "secret key", f"{where} is not that of this database: no audio can be read")
    return Finding("ok", "secret key", f"{where}; keep a copy apart from the database's backups")


def _no_folder(settings: Settings) -> Finding | None:
    folder = Path(settings.blobs.removeprefix("file://"))
    if settings.blobs.startswith("file:") and not folder.exists():
        return Finding("missing", "audio store", f"{folder}: the first start makes it")
    return None


async def _blobs(settings: Settings) -> Finding:
    if missing := _no_folder(settings):
        return missing
    try:
        await try_out(open_objects(settings.blobs))
    except Exception as error:
        return Finding("wrong", "audio store", f"{settings.blobs}: {error}")
    return Finding("ok", "audio store", f"{settings.blobs} writes, reads and deletes")


def _web(settings: Settings) -> Finding:
    host, port = settings.bind
    try:
        with socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET):
            return Finding("ok", "web door", f"{settings.web_bind} is free")
    except OSError as error:
        told = os.strerror(error.errno or 0)
        asked = "does the service run already? Else set LATHE_WEB_BIND"
        return Finding("missing", "web door", f"{settings.web_bind}: {told}; {asked}")


def _links(settings: Settings) -> Finding:
    public = settings.public_url
    if public is None:
        lost = "what a chat cannot carry, or a closed DM, reaches nobody"
        return Finding("missing", "private links", f"LATHE_PUBLIC_URL is not set: {lost}")
    told = f"{public.rstrip('/')}/…; the proxy there passes /f, /o and /static to the web door"
    if public.startswith("http:"):
        return Finding("missing", "private links", f"{told}; without https others on the way read along")
    return Finding("ok", "private links", told)


def printed(found: list[Finding]) -> None:
    for finding in found:
        print(finding)
    wrong = sum(finding.state == "wrong" for finding in found)
    if wrong:
        print(f"{wrong} of {len(found)} lines say that something is wrong.", file=sys.stderr)
