"""What a master is asked to be: the settings of one version, and the styles they start from.

Pure standard library: the desk reads and writes settings without loading the sound stack.
"""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import PurePath
from typing import Any, Literal

from dsp.profile import Profile

ENGINE_VERSION = "2.1.0"
"""Raised by any change that may alter one sample of a master."""

BANDS: Mapping[str, tuple[float, float]] = {
    "bass": (20.0, 120.0),
    "low-mid": (120.0, 500.0),
    "mid": (500.0, 2000.0),
    "presence": (2000.0, 5000.0),
    "sibilance": (5000.0, 9000.0),
    "air": (9000.0, 20000.0),
}
"""The tone bands that can be asked for by name, with their edges in Hz."""

LIMITS: Mapping[str, tuple[float, float]] = {
    "target_lufs": (-36.0, -5.0),
    "ceiling_dbtp": (-12.0, 0.0),
    "intensity": (0.0, 1.5),
    "tone_strength": (0.0, 1.5),
    "width_strength": (0.0, 1.5),
    "dynamics_strength": (0.0, 1.5),
    "loudness_strength": (0.0, 1.5),
    "tilt_db": (-6.0, 6.0),
    "width_db": (-12.0, 6.0),
    "dynamics": (-1.0, 1.0),
    "limiting": (-1.0, 1.0),
    "fade_in": (0.0, 60.0),
    "fade_out": (0.0, 60.0),
    "trim_start": (0.0, 3600.0),
    "trim_end": (0.0, 3600.0),
    "gap": (0.0, 30.0),
}
"""The least and the most of each number in Settings, in its own unit."""

MOST_REFERENCES = 8
"""As many references as one song may have."""

MOST_STRENGTH = 1.5
"""The most that intensity and a strength of its own may make of each other."""

RECORDS_LUFS = (-24.0, -5.0)
"""How loud records are, from an orchestra's to the loudest metal."""

TONE_LIMIT_DB = 9.0
"""The most that one named band, or one place, may be raised or lowered, in dB."""

MOST_PLACES = 64

Bands = tuple[tuple[float, float], ...]
"""(Hz, dB) of third octaves, lowest first."""

Parameter = float | bool | str
"""What a knob of a plug-in is set to, in the unit of its name."""


@dataclass(frozen=True, slots=True)
class PlugIn:
    """One plug-in of a style's chain (dsp.chain).

    name         of a processor of pedalboard; of a plug-in in `file`, "" for the only one in it
    file         path of a VST3, "" for a processor of pedalboard
    parameters   (name, value), sorted; what is not named stays as the plug-in comes
    reads        what else the plug-in may open: files and folders, such as its licence
    sha256       of what the file held when the master was made, "" before that
    """

    name: str
    file: str = ""
    parameters: tuple[tuple[str, Parameter], ...] = ()
    reads: tuple[str, ...] = ()
    sha256: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameters", tuple(sorted(self.parameters)))

    def __str__(self) -> str:
        return self.name or PurePath(self.file).stem

    def to_json(self) -> dict[str, Any]:
        """JSON values only."""
        return asdict(self) | {"parameters": dict(self.parameters), "reads": list(self.reads)}

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> "PlugIn":
        """The plug-in that `to_json` wrote."""
        parameters = tuple(plain["parameters"].items())
        return cls(**{**plain, "parameters": parameters, "reads": tuple(plain["reads"])})


@dataclass(frozen=True, slots=True)
class Style:
    """The character a master starts from.

    contour_db      (Hz, dB) points of a gain curve, straight over log frequency, flat beyond its ends
    correction      share of what a mix is off by that is put right, 0..1
    correction_limit_db   the most the correction may raise or lower any frequency, dB
    width_db        gain of the side signal, dB
    threshold_lu    where the bus compressor begins, LU above the integrated loudness of the song
    ratio           its ratio, n:1
    attack_ms, release_ms   its times
    clipping_db     how far the clipper may take the top off hits before it, dB
    limiting_db     how far the limiter may turn the music down to reach the target, dB
    chain           plug-ins that the song goes through after tone and width, before the dynamics
    chain_lufs      how loud it goes into the first of them, LUFS: a threshold means the same for every song
    """

    key: str
    contour_db: tuple[tuple[float, float], ...] = ()
    correction: float = 1.0
    correction_limit_db: float = 7.0
    width_db: float = 0.0
    threshold_lu: float = 0.0
    ratio: float = 1.5
    attack_ms: float = 30.0
    release_ms: float = 200.0
    clipping_db: float = 2.0
    limiting_db: float = 6.0
    chain: tuple[PlugIn, ...] = ()
    chain_lufs: float = -18.0

    def to_json(self) -> dict[str, Any]:
        """JSON values only."""
        plain = {field.name: getattr(self, field.name) for field in fields(self)}
        contour = [list(point) for point in self.contour_db]
        return plain | {"contour_db": contour, "chain": [plug_in.to_json() for plug_in in self.chain]}

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> "Style":
        """The style that `to_json` wrote; what is missing takes its default."""
        contour = tuple((hertz, gain) for hertz, gain in plain.get("contour_db", ()))
        chain = tuple(map(PlugIn.from_json, plain.get("chain", ())))
        return cls(**{**plain, "contour_db": contour, "chain": chain})


STYLES: Mapping[str, Style] = {
    style.key: style
    for style in (
        Style("balanced"),
        Style(
            "warm",
            contour_db=((60.0, 0.8), (180.0, 1.2), (1000.0, 0.0), (8000.0, -1.5)),
            correction=0.8,
            attack_ms=40.0,
            release_ms=250.0,
            clipping_db=1.0,
            limiting_db=5.0,
        ),
        Style(
            "bright",
            contour_db=((150.0, -0.7), (800.0, 0.0), (4000.0, 1.0), (12000.0, 2.0)),
            width_db=0.5,
            release_ms=180.0,
        ),
        Style(
            "punchy",
            contour_db=((70.0, 1.2), (250.0, -0.8), (1000.0, 0.0), (4000.0, 0.8)),
            threshold_lu=-2.0,
            ratio=2.2,
            attack_ms=25.0,
            release_ms=120.0,
            clipping_db=3.0,
            limiting_db=9.0,
        ),
        Style(
            "open",
            contour_db=((10000.0, 0.0), (14000.0, 0.5)),
            correction=0.8,
            width_db=0.5,
            threshold_lu=3.0,
            ratio=1.25,
            attack_ms=50.0,
            release_ms=300.0,
            clipping_db=1.0,
            limiting_db=4.0,
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Place:
    """A change of one stretch of a song, and of nothing else.

    start, end   seconds of the song as it came, before any trim
    what         "volume", or one of BANDS
    gain_db      how much louder or softer it is there, dB

    Raises ValueError with one sentence when a value makes no sense.
    """

    start: float
    end: float
    what: str
    gain_db: float

    def __post_init__(self) -> None:
        for name in ("start", "end", "gain_db"):
            object.__setattr__(self, name, _number(name, getattr(self, name)))
        if not 0 <= self.start < self.end:
            raise ValueError(f"A place ends after it starts, not from {self.start:g} to {self.end:g} s.")
        if self.what != "volume" and self.what not in BANDS:
            raise ValueError(f"At one place volume and {', '.join(BANDS)} can change, not {self.what!r}.")
        if abs(self.gain_db) > TONE_LIMIT_DB:
            raise ValueError(f"A place can be changed by {TONE_LIMIT_DB:g} dB, not by {self.gain_db:g}.")


@dataclass(frozen=True, slots=True)
class Settings:
    """What one version of a master is asked to be. Numbers are floats in the units of their names.

    style           a key of STYLES, or that of own_style
    own_style       the style, whole, where it is one of the house's own: other machines and later revisions
                    know it from here
    target_lufs     integrated loudness to reach (LUFS)
    ceiling_dbtp    true peak never to exceed (dBTP)
    intensity       0 leaves tone, width and dynamics alone, 1 is the style as it was made, 1.5 the most
    tone_strength, width_strength, dynamics_strength   of each by itself, on top of intensity: 0..1.5
    loudness_strength   how far target_lufs goes with references when they are taken up (`following`)
    tone_db         extra gain for named bands, (band, dB) sorted by band; bands with 0 dB are left out
    tilt_db         + is brighter: dB between 100 Hz and 10 kHz
    width_db        gain of the side signal on top of the style's, dB
    dynamics        -1 denser .. +1 more open
    limiting        -1 gentler .. +1 harder: how far clipper and limiter may go to reach the target
    references      what the song is to sound like, at most MOST_REFERENCES profiles
    fade_in, fade_out, trim_start, trim_end   seconds
    codec_safe      whether its lossy encodes must stay under full scale (dsp.codec_safe)
    gap             silence after the song, seconds: the pause before the next one of an album
    places          what changes at one place alone, in the order of their starts
    album_mid, album_side   mean spectra of the album that the song is on (dsp.album): the tone correction
                    looks at them instead of the song's own, so that all songs of it get the same one

    Raises ValueError with one sentence when a value makes no sense.
    """

    style: str = "balanced"
    target_lufs: float = -14.0
    ceiling_dbtp: float = -1.0
    intensity: float = 1.0
    tone_strength: float = 1.0
    width_strength: float = 1.0
    dynamics_strength: float = 1.0
    loudness_strength: float = 1.0
    tone_db: tuple[tuple[str, float], ...] = ()
    tilt_db: float = 0.0
    width_db: float = 0.0
    dynamics: float = 0.0
    limiting: float = 0.0
    fade_in: float = 0.0
    fade_out: float = 0.0
    trim_start: float = 0.0
    trim_end: float = 0.0
    codec_safe: bool = False
    gap: float = 0.0
    places: tuple[Place, ...] = ()
    album_mid: Bands = ()
    album_side: Bands = ()
    references: tuple[Profile, ...] = ()
    own_style: Style | None = None

    def __post_init__(self) -> None:
        if self.own_style is not None and self.own_style.key != self.style:
            raise ValueError(f"The style {self.style!r} is not {self.own_style.key!r}.")
        if self.own_style is None and self.style not in STYLES:
            raise ValueError(f"There is no style {self.style!r}; choose one of {', '.join(STYLES)}.")
        for name, (least, most) in LIMITS.items():
            value = _number(name, getattr(self, name))
            if not least <= value <= most:
                raise ValueError(f"{name} must lie between {least:g} and {most:g}, not at {value:g}.")
            object.__setattr__(self, name, value)
        object.__setattr__(self, "tone_db", _tone(self.tone_db))
        if not isinstance(self.codec_safe, bool):
            raise ValueError(f"codec_safe must be true or false, not {self.codec_safe!r}.")
        if len(self.references) > MOST_REFERENCES:
            raise ValueError(f"A song can have {MOST_REFERENCES} references, not {len(self.references)}.")
        if len(self.places) > MOST_PLACES:
            raise ValueError(f"At most {MOST_PLACES} places can be changed, not {len(self.places)}.")
        order = sorted(self.places, key=lambda place: (place.start, place.end, place.what, place.gain_db))
        object.__setattr__(self, "places", tuple(order))
        for name in ("album_mid", "album_side"):
            pairs = tuple(
                (_number(name, hertz), _number(name, level)) for hertz, level in getattr(self, name)
            )
            object.__setattr__(self, name, pairs)

    @property
    def character(self) -> Style:
        """The style, whole."""
        return self.own_style or STYLES[self.style]

    def strength(self, of: Literal["tone", "width", "dynamics"]) -> float:
        """How strongly a style or a reference acts on one side of the sound, 0..MOST_STRENGTH."""
        alone: float = getattr(self, f"{of}_strength")
        return min(self.intensity * alone, MOST_STRENGTH)

    def following(self, references: Sequence[Profile]) -> "Settings":
        """These settings towards references: as loud as they are on average, as far as loudness_strength.

        Of what is quieter than any record, or louder, only the sound is followed: it is a mix, or no music.
        """
        least, most = RECORDS_LUFS
        loudness = [reference.lufs for reference in references if least <= reference.lufs <= most]
        if not loudness:
            return replace(self, references=tuple(references))
        away = sum(loudness) / len(loudness) - self.target_lufs
        least, most = LIMITS["target_lufs"]
        target = min(max(self.target_lufs + self.loudness_strength * away, least), most)
        return replace(self, references=tuple(references), target_lufs=target)

    def to_json(self) -> dict[str, Any]:
        """All settings as JSON values; tone_db becomes an object of band: dB, a place one of its fields."""
        plain: dict[str, Any] = {field.name: getattr(self, field.name) for field in fields(self)}
        return plain | {
            "tone_db": dict(self.tone_db),
            "references": [reference.to_json() for reference in self.references],
            "places": [asdict(place) for place in self.places],
            "album_mid": [list(pair) for pair in self.album_mid],
            "album_side": [list(pair) for pair in self.album_side],
            "own_style": self.own_style.to_json() if self.own_style else None,
        }

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> "Settings":
        """The settings that `to_json` wrote; what is missing takes its default.

        An unknown key raises ValueError.
        """
        known = {field.name for field in fields(cls)}
        unknown = sorted(set(plain) - known)
        if unknown:
            raise ValueError(f"There is no setting {unknown[0]!r}.")
        given = dict(plain)
        tone = given.get("tone_db", ())
        given["tone_db"] = tuple(tone.items()) if isinstance(tone, Mapping) else tuple(map(tuple, tone))
        given["references"] = tuple(Profile.from_json(told) for told in given.get("references", ()))
        given["places"] = tuple(Place(**place) for place in given.get("places", ()))
        own = given.get("own_style")
        given["own_style"] = Style.from_json(own) if own else None
        return cls(**given)

    def fingerprint(self, source_sha256: str) -> str:
        """Hex SHA-256 of source, settings and engine.

        One fingerprint, one master, bit for bit, on one machine.
        """
        told = {"engine": ENGINE_VERSION, "settings": self.to_json(), "source": source_sha256}
        return hashlib.sha256(json.dumps(told, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _number(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{name} must be a number, not {value!r}.")
    return float(value) + 0.0  # -0.0 and 0.0 are one setting and must have one fingerprint


def _tone(pairs: tuple[tuple[str, float], ...]) -> tuple[tuple[str, float], ...]:
    gains: dict[str, float] = {}
    for band, gain in pairs:
        if band not in BANDS:
            raise ValueError(f"There is no tone band {band!r}; choose one of {', '.join(BANDS)}.")
        if band in gains:
            raise ValueError(f"The tone band {band!r} is set twice.")
        gains[band] = _number(band, gain)
        if abs(gains[band]) > TONE_LIMIT_DB:
            raise ValueError(
                f"{band} can be changed by {TONE_LIMIT_DB:g} dB at most, not by {gains[band]:g}."
            )
    return tuple(sorted((band, gain) for band, gain in gains.items() if gain != 0.0))
