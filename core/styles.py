"""The styles of a house: those of the engine, and its own from the house rules.

A style of its own has a name in each language, starts from one of the engine's, and may send the song through
plug-ins of the studio (dsp.chain). Whether those can be loaded, the engine finds out.
"""

from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from dsp.settings import STYLES, PlugIn, Settings, Style

MOST_STYLES = 12
"""With the engine's own, as many as a menu of any platform holds."""

Label = Annotated[str, Field(min_length=1, max_length=20)]
Told = Annotated[str, Field(min_length=1, max_length=120)]
Language = Annotated[str, Field(pattern="^[a-z]{2}$")]
Hertz = Annotated[float, Field(ge=10, le=24000)]
Decibels = Annotated[float, Field(ge=-12, le=12)]
Contour = tuple[tuple[Hertz, Decibels], ...]


class Link(BaseModel):
    """One plug-in of a chain: `plugin` names a processor of pedalboard, `vst3` a file; `name` says which of
    several in the file, `reads` what else it opens. All other keys are its parameters.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    plugin: str = ""
    vst3: str = ""
    name: str = ""
    reads: tuple[str, ...] = ()

    @field_validator("vst3")
    @classmethod
    def _from_the_rules(cls, file: str, info: ValidationInfo) -> str:
        return _found(file, info)

    @field_validator("reads")
    @classmethod
    def _all_from_the_rules(cls, files: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        return tuple(_found(file, info) for file in files)

    @model_validator(mode="after")
    def _one_or_the_other(self) -> "Link":
        if bool(self.plugin) == bool(self.vst3):
            raise ValueError("say either plugin, a processor of pedalboard, or vst3, a file")
        if self.plugin and (self.name or self.reads):
            raise ValueError("name and reads belong to a vst3")
        for parameter, value in self._parameters.items():
            if not isinstance(value, bool | int | float | str):
                raise ValueError(f"{parameter} is set to a number, true, false or a text")
        return self

    @property
    def _parameters(self) -> Mapping[str, Any]:
        return self.model_extra or {}

    def plug_in(self) -> PlugIn:
        """As the engine knows it."""
        parameters = tuple(self._parameters.items())
        return PlugIn(self.plugin or self.name, self.vst3, parameters, self.reads)


class HouseStyle(BaseModel):
    """A style of the house: `[styles.NAME]` of the house rules. What it leaves out is as in `base`.

    label, told: its name and what it is like, by language; the numbers are those of dsp.settings.Style.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    base: str = "balanced"
    label: Annotated[Mapping[Language, Label], Field(min_length=1)]
    told: Mapping[Language, Told] = {}
    contour_db: Contour | None = None
    correction: Annotated[float, Field(ge=0, le=1)] | None = None
    correction_limit_db: Annotated[float, Field(ge=0, le=12)] | None = None
    width_db: Annotated[float, Field(ge=-6, le=6)] | None = None
    threshold_lu: Annotated[float, Field(ge=-12, le=12)] | None = None
    ratio: Annotated[float, Field(ge=1, le=10)] | None = None
    attack_ms: Annotated[float, Field(ge=1, le=500)] | None = None
    release_ms: Annotated[float, Field(ge=10, le=2000)] | None = None
    clipping_db: Annotated[float, Field(ge=0, le=6)] | None = None
    limiting_db: Annotated[float, Field(ge=0, le=15)] | None = None
    chain: Annotated[tuple[Link, ...], Field(max_length=16)] = ()
    chain_lufs: Annotated[float, Field(ge=-36, le=-6)] | None = None

    @field_validator("base")
    @classmethod
    def _known(cls, base: str) -> str:
        if base not in STYLES:
            raise ValueError(f"{base!r} is no style of the engine; there are {', '.join(STYLES)}")
        return base

    @field_validator("contour_db")
    @classmethod
    def _rising(cls, points: Contour | None) -> Contour | None:
        hertz = [point for point, _ in points or ()]
        if hertz != sorted(set(hertz)):
            raise ValueError("the frequencies rise from point to point")
        return points

    def style(self, key: str) -> Style:
        """As the engine knows it."""
        own: dict[str, Any] = {
            field.name: value
            for field in fields(Style)
            if field.name not in ("key", "chain") and (value := getattr(self, field.name)) is not None
        }
        chain = tuple(link.plug_in() for link in self.chain)
        return replace(STYLES[self.base], key=key, chain=chain, **own)

    def label_in(self, language: str) -> str:
        """Its name; in English, or else in the first language it has, where it has none in this one."""
        return self.label.get(language) or self.label.get("en") or next(iter(self.label.values()))

    def told_in(self, language: str) -> str | None:
        """What it is like, in the same way; None where nothing is said of it."""
        return self.told.get(language) or self.told.get("en") or next(iter(self.told.values()), None)


HouseStyles = Mapping[str, HouseStyle]


def keys(own: HouseStyles) -> tuple[str, ...]:
    """All styles there are, the engine's first."""
    return (*STYLES, *own)


def offered(own: HouseStyles, key: str) -> str:
    """A style that there is: this one, or the default where the house has it no more."""
    return key if key in STYLES or key in own else Settings().style


def starting(own: HouseStyles, key: str) -> Settings:
    """The settings that a song begins with in a style."""
    if key in own:
        return Settings(style=key, own_style=own[key].style(key))
    return Settings(style=offered(own, key))


def _found(file: str, info: ValidationInfo) -> str:
    """Where a file of the rules is: they name it from the folder that they are in."""
    folder: Path = (info.context or {}).get("folder", Path())
    return str(folder / Path(file).expanduser()) if file else ""
