"""The address of the database: what it says, whether it can be used, and how it is told to people."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

SQLITE = "sqlite"
POSTGRES = "postgres"

FORMS = (
    "it is sqlite:///PATH or postgres://USER:PASSWORD@HOST:PORT/NAME, "
    "in which special characters of a password are written as %XX"
)


class BadAddress(ValueError):
    """A database URL that cannot be used; `str()` says why, and repeats nothing that may be a password."""


def kind_of(url: str) -> str:
    """SQLITE or POSTGRES. BadAddress if a URL is neither."""
    match url.partition("://"):
        case ("sqlite", "://", path) if path:
            return SQLITE
        case ("postgres" | "postgresql", "://", _):
            return POSTGRES
    raise BadAddress(f"this is no database URL: {FORMS}")


def file_of(url: str) -> Path | None:
    """The file of a SQLite database; None for PostgreSQL. BadAddress if a URL is neither."""
    return Path(url.removeprefix("sqlite://")) if kind_of(url) == SQLITE else None


def parameters(url: str) -> Mapping[str, str]:
    """What a PostgreSQL URL says, by libpq's names (its manual, 32.1.2). BadAddress if it cannot be read.

    Everything libpq knows may stand in it: `?host=/folder` for a socket, `?sslmode=require`, several hosts.
    """
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        said = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    except ProgrammingError:  # its words may hold a part of the password
        raise BadAddress(f"the database URL cannot be read: {FORMS}") from None
    if not said.get("dbname") and "service" not in said:
        raise BadAddress(f"the database URL names no database: {FORMS}")
    return said


def checked(url: str) -> str:
    """The URL, if it can be used; else BadAddress."""
    if kind_of(url) == POSTGRES:
        parameters(url)
    return url


def shown(url: str) -> str:
    """The address as people may read it: without its password."""
    if kind_of(url) == SQLITE:
        return url
    said = parameters(url)
    user = f"{quote(said['user'])}@" if "user" in said else ""
    port = f":{said['port']}" if "port" in said else ""
    return f"postgres://{user}{said.get('host', 'localhost')}{port}/{said.get('dbname', '')}"


def conninfo(url: str, **defaults: str) -> str:
    """What psycopg connects with: what a PostgreSQL URL says, and `defaults` for what it does not."""
    from psycopg.conninfo import make_conninfo

    usual = {"application_name": "lathe", "connect_timeout": "5", **defaults}
    return make_conninfo("", **{**usual, **parameters(url), "client_encoding": "utf8"})
