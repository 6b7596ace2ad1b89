"""Where the audience of a card or notice is: a door and an address of it, at this moment.

A person is where they were seen last; but a door that a message was refused at counts for less, and one they
left (they blocked us there, or went) for nothing.
"""

from dataclasses import dataclass
from enum import StrEnum

from core.messages import Audience, To
from storage.database import change, here, select
from storage.locks import alone

Place = tuple[str, str]
"""A door and an address."""

NOWHERE: Place = ("", "")


class Away(StrEnum):
    """Why a door may not reach somebody; no value while it does."""

    REFUSED = "refused"  # it refused the newest message: others are tried
    REMOVED = "removed"  # they blocked us or left: nothing is tried


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """The places of an audience. `left`: where a person was who can be reached nowhere any more."""

    places: tuple[Place, ...] = ()
    left: Place | None = None


_OF_PERSON = f"""
SELECT door, address, away FROM identities WHERE person = ?
ORDER BY CASE WHEN away IS NULL THEN 0 WHEN away = '{Away.REFUSED}' THEN 1 ELSE 2 END,
    last_seen DESC, id DESC LIMIT 1
"""  # noqa: S608


async def whereabouts(to: To) -> Whereabouts:
    """Where somebody is. Nobody who is nowhere arrives unseen until this transaction is over."""
    found = await _whereabouts(to)
    if found.places or found.left:
        return found
    await alone(subject(to))
    return await _whereabouts(to)


async def _whereabouts(to: To) -> Whereabouts:
    match to.audience:
        case Audience.PERSON:
            for row in await select(here(), _OF_PERSON, [to.id]):
                place = row["door"], row["address"]
                return Whereabouts(left=place) if row["away"] == Away.REMOVED else Whereabouts((place,))
            return Whereabouts()
        case Audience.STAFF:
            desks = await select(here(), "SELECT door, address FROM staff_desks ORDER BY id")
            return Whereabouts(tuple((desk["door"], desk["address"]) for desk in desks))
        case Audience.ROOM:
            door, _, address = to.id.partition("|")
            return Whereabouts(((door, address),))


def subject(to: To) -> str:
    """What is had alone by who writes down where an audience is."""
    return f"place/{to.audience.value}/{to.id}"


async def elsewhere(person: str, place: Place) -> Place | None:
    """Another place where a person can be reached as far as we know; None if there is none."""
    found = await select(here(), _OF_PERSON, [person])
    other = next(((row["door"], row["address"]) for row in found if row["away"] is None), None)
    return other if other != place else None


async def refuses(door: str, external: str) -> None:
    """Note that a door has refused a message for somebody."""
    noted = "UPDATE identities SET away = ? WHERE door = ? AND external = ? AND away IS NULL"
    await change(noted, [Away.REFUSED.value, door, external])
