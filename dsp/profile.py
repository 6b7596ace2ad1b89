"""What is compared of two recordings: their tone and width band by band, their loudness and their dynamics.

A profile is small enough to travel with the settings of a master, so that a master towards a reference can be
made again without the reference. Pure standard library.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

CENTRES = tuple(1000.0 * 10 ** (band / 20) for band in range(-32, 27))
"""Centres (Hz) of the bands from 25 Hz to 20 kHz, twenty to the decade: a sixth of an octave each."""
QUIETEST_DB = -120.0

Levels = tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """A recording in figures.

    mid, side    dBFS in each band of CENTRES, None where it tells nothing: above half its sample rate, beyond
                 the shelf of a lossy encoder, and of the side where there is none
    lufs, lra, plr   integrated loudness (LUFS), loudness range (LU), peak to loudness ratio (dB)
    sha256       of the file it was measured from
    name         what people call it
    """

    mid: Levels
    side: Levels
    lufs: float
    lra: float
    plr: float
    sha256: str = ""
    name: str = ""

    def __post_init__(self) -> None:
        for field in ("mid", "side"):
            levels = getattr(self, field)
            if len(levels) != len(CENTRES):
                raise ValueError(f"A profile has {len(CENTRES)} bands, not {len(levels)}.")
            object.__setattr__(self, field, tuple(_level(level) for level in levels))
        for field in ("lufs", "lra", "plr"):
            if not math.isfinite(getattr(self, field)):
                raise ValueError(f"{field} of a profile must be a number.")

    def to_json(self) -> dict[str, Any]:
        """JSON values only."""
        plain = {field.name: getattr(self, field.name) for field in fields(self)}
        return plain | {"mid": list(self.mid), "side": list(self.side)}

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> "Profile":
        """The profile that `to_json` wrote. Raises ValueError when it is none."""
        known = {field.name for field in fields(cls)}
        if not set(plain) <= known or not known - {"sha256", "name"} <= set(plain):
            raise ValueError("This is not the profile of a reference.")
        return cls(**{**plain, "mid": tuple(plain["mid"]), "side": tuple(plain["side"])})

    @classmethod
    def of(cls, analysis: Mapping[str, Any], sha256: str = "", name: str = "") -> "Profile":
        """From the analysis of a recording as JSON (dsp.analysis.Analysis.to_json)."""
        levels: dict[str, Levels] = {}
        for part in ("mid", "side"):
            fine = analysis.get(f"sixths_{part}")
            levels[part] = tuple(fine) if fine else _from_thirds(analysis[f"spectrum_{part}"])
        if analysis["mono"] or analysis["dead_channel"]:
            levels["side"] = (None,) * len(CENTRES)
        edge = analysis["shelf_hz"] or math.inf
        heard = {
            part: tuple(level if centre < edge else None for centre, level in zip(CENTRES, told, strict=True))
            for part, told in levels.items()
        }
        lufs = analysis["lufs"]
        return cls(
            heard["mid"],
            heard["side"],
            lufs=QUIETEST_DB if lufs is None or math.isinf(lufs) else lufs,
            lra=analysis["lra"],
            plr=analysis["plr"],
            sha256=sha256,
            name=name,
        )


def _level(level: float | None) -> float | None:
    if level is None:
        return None
    if isinstance(level, bool) or not isinstance(level, int | float) or math.isnan(level):
        raise ValueError(f"A level must be a number, not {level!r}.")
    return round(max(float(level), QUIETEST_DB), 2)


def _from_thirds(bands: Sequence[Sequence[float | None]]) -> Levels:
    """Of analyses that were kept before there were sixths: each third octave is both of its halves and half
    of its neighbours' (of thirds, every second centre here is one).
    """
    thirds = {
        round(20 * math.log10(hertz / 1000.0)): QUIETEST_DB if level is None else max(level, QUIETEST_DB)
        for hertz, level in bands
        if hertz is not None
    }
    levels: list[float | None] = []
    for band in range(-32, 27):
        beside = [thirds[at] for at in (band - band % 2, band + band % 2) if at in thirds]
        levels.append(sum(beside) / len(beside) - 3.01 if beside else None)
    return tuple(levels)
