"""Updates that the platform is to bring again: what the same person did after them waits until they came."""

import time

LONGEST = 180.0
"""Seconds for which one is waited for: between two tries the platform pauses for 60 at most."""


class Owed:
    """Updates by person and number."""

    def __init__(self) -> None:
        self._until: dict[str, dict[int, float]] = {}

    def add(self, person: str, event: int) -> None:
        """The platform was told to bring this one again."""
        self._until.setdefault(person, {})[event] = time.monotonic() + LONGEST

    def settle(self, person: str, event: int) -> None:
        """It came, and is taken or let go."""
        owed = self._until.get(person, {})
        owed.pop(event, None)
        if not owed:
            self._until.pop(person, None)

    def before(self, person: str, event: int) -> bool:
        """Whether an earlier one of this person is still to come."""
        now = time.monotonic()
        return any(earlier < event and now < until for earlier, until in self._until.get(person, {}).items())
