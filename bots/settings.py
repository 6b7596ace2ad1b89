"""What can be set from outside: the LATHE_* variables, each with a default that works."""

import os
import re
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from storage import objects
from storage.address import checked
from storage.secret import SecretKey

ROOT = Path(__file__).resolve().parent.parent
"""The repository: where `.env`, `rules.toml` and, unless set, the home are."""

PREFIX = "LATHE_"
TILLS = ("demo", "credit")
"""Every way to pay that is built."""

TRYING = ("demo", "credit")
"""Ways to pay at the terminal door, which is for trying, when LATHE_TILLS names none."""

Level = Literal["debug", "info", "warning", "error"]


class SettingsError(ValueError):
    """Settings that cannot be used; `problems` has one sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Settings(BaseSettings):
    """The settings of one process, from the environment, else from `.env` in the repository."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=ROOT / ".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    home: Path = Field(ROOT / "var", description="The folder in which the house keeps all it knows.")
    rules: Path | None = Field(
        None, description="The house rules. Default: rules.toml in the repository, else the built-in rules."
    )
    database_url: str | None = Field(
        None,
        repr=False,  # it may hold a password
        description="The database, as postgres://USER:PASSWORD@HOST:PORT/NAME. Default: SQLite in the home.",
    )
    blob_url: str | None = Field(
        None,
        description="Where audio is kept: file:///FOLDER, or s3://BUCKET/PREFIX and the AWS_* variables. "
        "Default: files in the home.",
    )
    secret_key: str | None = Field(
        None,
        repr=False,
        description="The key that the keys of the audio are wrapped with, 32 bytes in base64. "
        "Default: secret.key in the home, made at the first start.",
    )
    tills: Annotated[tuple[str, ...] | None, NoDecode] = Field(
        None,
        description=f"Ways to pay on every door, with commas: {', '.join(TILLS)}. "
        "Default: credit; the terminal takes demo money too.",
    )
    workers: int = Field(
        max(1, os.cpu_count() or 1),
        ge=1,
        le=256,
        description="How many songs are worked on at the same time.",
    )
    web_bind: str = Field("127.0.0.1:8080", description="Address and port of the web door.")
    public_url: str | None = Field(
        None, pattern="^https?://", description="How the web door is reached from outside, as https://…"
    )
    discord_token: str | None = Field(
        None, repr=False, description="The token of the Discord bot. Default: no Discord door."
    )
    discord_api_url: str | None = Field(
        None, pattern="^https?://", description="Where Discord's API is, if not at Discord."
    )
    discord_gateway_url: str | None = Field(
        None, pattern="^wss?://", description="Where Discord's gateway is, if not at Discord."
    )
    discord_cdn_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        ("cdn.discordapp.com", "media.discordapp.net"),
        description="Hosts that files on Discord are fetched from, with commas.",
    )
    telegram_token: str | None = Field(
        None, repr=False, description="The token of the Telegram bot. Default: no Telegram door."
    )
    telegram_api_url: str | None = Field(
        None,
        pattern="^https?://",
        description="A Bot API server of your own, as http://127.0.0.1:8081/bot. Default: Telegram's.",
    )
    telegram_file_url: str | None = Field(
        None, pattern="^https?://", description="Where its files are, as http://127.0.0.1:8081/file/bot."
    )
    telegram_local: bool = Field(
        False, description="1 if it runs with --local beside us and hands files over by their paths."
    )
    telegram_folder: Path | None = Field(
        None, description="With that: the only folder whose files it may hand over. Default: any."
    )
    telegram_webhook_secret: str | None = Field(
        None,
        repr=False,
        pattern="^[A-Za-z0-9_-]{1,256}$",
        description="With LATHE_PUBLIC_URL: Telegram calls /hooks/telegram, and proves itself by this.",
    )
    log: str = Field(
        "info",
        description="How much is logged (debug, info, warning, error); after commas: json or text, a file.",
    )

    @field_validator("tills", "discord_cdn_hosts", mode="before")
    @classmethod
    def _names(cls, listed: object) -> object:
        if isinstance(listed, str):
            return tuple(name.strip() for name in listed.split(",") if name.strip())
        return listed

    @field_validator("tills")
    @classmethod
    def _known_tills(cls, tills: tuple[str, ...] | None) -> tuple[str, ...] | None:
        for name in tills or ():
            if name not in TILLS:
                raise ValueError(f"{name!r} is no till; there are {', '.join(TILLS)}")
        return tills

    @field_validator("database_url")
    @classmethod
    def _database(cls, url: str | None) -> str | None:
        return checked(url) if url is not None else None

    @field_validator("blob_url")
    @classmethod
    def _audio_store(cls, url: str | None) -> str | None:
        return objects.checked(url) if url is not None else None

    @field_validator("secret_key")
    @classmethod
    def _secret(cls, text: str | None) -> str | None:
        return SecretKey.of(text).text() if text is not None else None

    @field_validator("web_bind")
    @classmethod
    def _address_and_port(cls, bind: str) -> str:
        host_and_port(bind)
        return bind

    @field_validator("log")
    @classmethod
    def _logging(cls, log: str) -> str:
        Logging.of(log)
        return log

    @property
    def folder(self) -> Path:
        """The home as an absolute path."""
        return self.home.expanduser().absolute()

    @property
    def rules_file(self) -> Path | None:
        """The file of the house rules; None when there is none and the built-in ones hold."""
        if self.rules is not None:
            return self.rules.expanduser()
        usual = ROOT / "rules.toml"
        return usual if usual.exists() else None

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite://{self.folder / 'lathe.sqlite3'}"

    @property
    def blobs(self) -> str:
        return self.blob_url or (self.folder / "blobs").as_uri()

    @property
    def bind(self) -> tuple[str, int]:
        return host_and_port(self.web_bind)

    def tills_of(self, door: str) -> tuple[str, ...]:
        """The ways to pay at a door. Demo money counts only at the terminal, unless LATHE_TILLS names it."""
        if self.tills is not None:
            return self.tills
        return TRYING if door == "terminal" else ("credit",)


def host_and_port(bind: str) -> tuple[str, int]:
    """Read ADDRESS:PORT, also [::1]:8080. ValueError if it is none."""
    host, colon, port = bind.rpartition(":")
    if not (host and colon and port.isdecimal() and int(port) < 65536):
        raise ValueError(f"{bind!r} is not ADDRESS:PORT")
    return host.strip("[]"), int(port)


class Logging:
    """What LATHE_LOG says."""

    __slots__ = ("file", "form", "level")

    def __init__(self, level: Level, form: Literal["json", "text"] | None, file: Path | None) -> None:
        self.level: Level = level
        self.form = form
        self.file = file

    @classmethod
    def of(cls, log: str) -> "Logging":
        """Read `info`, `debug,json`, `info,json,/var/log/lathe.log`. ValueError if it is none of the kind."""
        level, *rest = (part.strip() for part in log.split(","))
        form: Literal["json", "text"] | None = None
        if rest and rest[0] in ("json", "text"):
            form = "json" if rest.pop(0) == "json" else "text"
        match level.lower():
            case "debug" | "info" | "warning" | "error" as known:
                return cls(known, form, Path(rest[0]).expanduser() if rest and rest[0] else None)
        raise ValueError(f"{level!r} is no level; there are debug, info, warning, error")


def load_settings(home: Path | None = None, env_file: Path | None = ROOT / ".env") -> Settings:
    """The settings of this process; `home` comes from the command line. SettingsError says what is wrong."""
    try:
        settings = Settings(_env_file=env_file)  # type: ignore[call-arg]  # its own __init__ takes it; mypy sees the fields only
    except ValidationError as error:
        raise SettingsError(
            [
                f"{PREFIX}{str(item['loc'][0]).upper()}: {item['msg'].removeprefix('Value error, ')}"
                for item in error.errors()
            ]
        ) from None
    return settings.model_copy(update={"home": home}) if home else settings


def unknown_names(environment: Mapping[str, str], env_file: Path = ROOT / ".env") -> dict[str, str | None]:
    """LATHE_* names that mean nothing, each with the one that was probably meant."""
    known = [field.upper() for field in Settings.model_fields]
    filed = env_file.read_text("utf-8", "replace") if env_file.is_file() else ""
    names = (*environment, *re.findall(r"(?m)^\s*(?:export\s+)?(\w+)\s*=", filed))
    unknown: dict[str, str | None] = {}
    for name in sorted({name for name in names if name.upper().startswith(PREFIX)}):
        field = name.upper().removeprefix(PREFIX)
        if field not in known:
            meant = get_close_matches(field, known, 1)
            unknown[name] = PREFIX + meant[0] if meant else None
    return unknown
