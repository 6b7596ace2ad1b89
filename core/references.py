"""References: recordings that a master is to sound like. Their figures are kept, their audio is not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from core.songs import Trouble

AWAITED = timedelta(minutes=30)
"""How long after `/reference` a file that comes is taken for one."""


class ReferenceState(StrEnum):
    FETCHING = "fetching"
    MEASURING = "measuring"
    READY = "ready"
    REFUSED = "refused"  # it tells nothing; `trouble` says why


@dataclass(frozen=True, slots=True)
class Reference:
    """One reference of an order. It is no song: never priced, never delivered."""

    id: str
    name: str
    state: ReferenceState
    sha256: str = ""  # of what was sent
    profile: Mapping[str, Any] | None = None  # dsp.profile.Profile.to_json()
    trouble: Trouble | None = None
    wished: bool = False  # named when there was a version: a wish of the batch, not part of the order

    @property
    def scope(self) -> str:
        """Where its audio lies until it is measured: by itself, so that it can be destroyed by itself."""
        return f"reference-{self.id}"

    @property
    def on_the_way(self) -> bool:
        return self.state in (ReferenceState.FETCHING, ReferenceState.MEASURING)
