"""One person, one account: a code that is given on one platform and said on another joins the two.

A code has 40 bits, lives for a quarter of an hour and works once; only its hash is kept. Who says five wrong
ones within an hour is not listened to for the rest of it.
"""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.people import Person

_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # 32 characters; no 0 and O, no 1 and I
_LENGTH = 8
CHANCE = _LENGTH * 5 // 8
"""Random bytes that a code is made of."""

VALID = timedelta(minutes=15)
MOST_WRONG = 5
WITHIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class LinkCode:
    """A code that was given to a person, by its hash."""

    hash: str
    person: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Join:
    """Two accounts become one. `code`: the hash of the code that proves it and is used up.

    All that is `gone`'s is `into`'s from now on, and whoever is told of the one is told of the other.
    """

    gone: str
    into: str
    code: str


def fresh_code(chance: bytes) -> str:
    """A code as it is shown, from CHANCE random bytes: K7QF-2M9X."""
    if len(chance) != CHANCE:
        raise ValueError(f"a code is made of {CHANCE} random bytes")
    number = int.from_bytes(chance, "big")
    code = "".join(_ALPHABET[(number >> (5 * place)) & 31] for place in range(_LENGTH))
    return f"{code[:4]}-{code[4:]}"


def hash_of(written: str, use: str = "link") -> str:
    """What is kept of a code; however it was typed. A code of one use is none of another."""
    code = "".join(sign for sign in written.upper() if sign in _ALPHABET)
    return hashlib.sha256(f"lathe {use} {code}".encode()).hexdigest()


def short_hash(hash_: str) -> str:
    """A code's hash as a button carries it, in 43 characters: 64 are too many."""
    return base64.urlsafe_b64encode(bytes.fromhex(hash_)).decode().rstrip("=")


def whole_hash(short: str) -> str:
    """The hash that a button carries; one that no code has if it carries none."""
    try:
        return base64.urlsafe_b64decode(short + "=").hex()
    except ValueError:
        return ""


def lately(wrong: Sequence[datetime], now: datetime) -> tuple[datetime, ...]:
    """The wrong codes that still count."""
    return tuple(at for at in wrong if now - at < WITHIN)


def as_one(giver: Person, other: Person) -> Person:
    """The account that gave the code, with what the other one brings.

    No role comes along: whoever talks somebody of the staff into saying a code gets none by it. The language
    is the one that was chosen by hand. Who was said to be under 13 once, is.
    """
    chosen = giver.locale_chosen or not other.locale_chosen
    return replace(
        giver,
        name=giver.name or other.name,
        since=min(giver.since, other.since),
        locale=giver.locale if chosen else other.locale,
        locale_chosen=giver.locale_chosen or other.locale_chosen,
        zone=giver.zone or other.zone,
        plan=giver.plan if giver.plan != "free" else other.plan,
        community=giver.community or other.community,
        focus=giver.focus or other.focus,
        minor=giver.minor or other.minor,
        formerly=(*giver.formerly, *other.scopes),
    )
