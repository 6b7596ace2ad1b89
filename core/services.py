"""The service lines of the studio (A01): by the engine, or by hand."""

from typing import Final

AUTOMATIC: Final = "automatic"  # mastering by the engine
ENGINEER: Final = "engineer"  # mastering by hand
MIXING: Final = "mixing"  # stems, by hand

SERVICES: Final = (AUTOMATIC, ENGINEER, MIXING)

BY_HAND = frozenset({ENGINEER, MIXING})
"""What a member of the staff does, and the engine does not."""
