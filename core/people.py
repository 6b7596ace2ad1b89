"""People: one person is one account, however many doors they come through; what the staff may do (A07)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.ids import derive


class Role(StrEnum):
    """What a member of the staff is here."""

    OWNER = "owner"
    MANAGER = "manager"
    ENGINEER = "engineer"
    SUPPORT = "support"
    VIEWER = "viewer"


class Right(StrEnum):
    """What a role lets somebody do. Whatever is for the staff needs one of these (core/desk/decide.py)."""

    VIEW = "view"  # how much waits, and until when
    READ = "read"  # anybody's order, without its music
    TALK = "talk"  # answer artists
    WORK = "work"  # take songs, do what one has taken, try again what failed
    LEAD = "lead"  # where the staff sit, and who does what
    MONEY = "money"  # name prices, give credit, give money back
    AUDIT = "audit"  # read who did what
    CONFIG = "config"  # who holds which role


RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.OWNER: frozenset(Right),
    Role.MANAGER: frozenset(Right) - {Right.CONFIG},
    Role.ENGINEER: frozenset({Right.VIEW, Right.WORK}),
    Role.SUPPORT: frozenset({Right.VIEW, Right.READ, Right.TALK}),
    Role.VIEWER: frozenset({Right.VIEW}),
}
"""No ladder: an engineer works and does not answer artists, the support answers them and hears no music."""


def may(held: Role | None, needed: Right) -> bool:
    """Whether somebody who holds a role may do what needs a right."""
    return held is not None and needed in RIGHTS[held]


def may_act_as(held: Role | None, other: Role) -> bool:
    """Whether somebody who holds a role may do everything that another role may."""
    return held is not None and RIGHTS[held] >= RIGHTS[other]


def holders(right: Right) -> tuple[Role, ...]:
    """The roles that have a right."""
    return tuple(role for role in Role if right in RIGHTS[role])


@dataclass(frozen=True, slots=True)
class Expecting:
    """A form that this person is filling in step by step, at a door that has no forms of its own."""

    form: str
    id: str
    values: tuple[tuple[str, str], ...]
    place: str


@dataclass(frozen=True, slots=True)
class Person:
    """An account. Made at the first message, without a form (B52)."""

    id: str
    name: str
    since: datetime
    locale: str = "en"
    zone: str | None = None  # IANA; None: the house's
    role: Role | None = None
    plan: str = "free"
    community: str | None = None
    focus: str | None = None  # the order whose changes are being collected
    expecting: Expecting | None = None
    minor: bool = False  # said to be under 13: nothing more is taken (B35)
    locale_chosen: bool = False  # by /language: what a door says of them changes it no more
    formerly: tuple[str, ...] = ()  # the accounts that became this one (core/linking.py)
    bulk: str | None = None  # the bulk order that their next file is for
    wrong_codes: tuple[datetime, ...] = ()  # when they last said codes that join nothing
    rev: int = 0

    @property
    def scopes(self) -> tuple[str, ...]:
        """Where their files are: those of an account that was joined stay in its own scope."""
        return self.id, *self.formerly


@dataclass(frozen=True, slots=True)
class Identity:
    """How a door knows a person. `address`: where the door reaches them in private."""

    door: str
    external: str
    person: str
    address: str


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of the staff, and how their doors know them (`door:id`)."""

    person: Person
    known_as: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reached:
    """Whether a door can reach somebody from now on. `again`: the refused notices that are sent once more."""

    door: str
    external: str
    reachable: bool
    again: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RoomMoved:
    """A room's address has changed; what was wanted there is wanted where it is now."""

    door: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class StaffDesk:
    """A room that was made a staff desk by `/staff here`."""

    door: str
    address: str
    by: str
    at: datetime


def account_id(door: str, external: str) -> str:
    """The account that a door's person has unless they linked it to another one."""
    return derive("person", door, external)
