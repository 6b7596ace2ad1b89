"""Where a master goes: loudness, ceiling and files for each destination, from presets.toml beside it.

Pure standard library.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

from dsp.settings import Settings


@dataclass(frozen=True, slots=True)
class Preset:
    """One destination.

    target_lufs, ceiling_dbtp: LUFS and dBTP; files: as dsp.formats.format_of reads them; codec_safe: as in
    Settings; source, date: who published that, and the month in which it was last looked up.
    """

    key: str
    name: str
    target_lufs: float
    ceiling_dbtp: float
    files: tuple[str, ...]
    codec_safe: bool
    source: str
    date: str

    def applied(self, settings: Settings) -> Settings:
        """The settings, for this destination."""
        return replace(
            settings,
            target_lufs=self.target_lufs,
            ceiling_dbtp=self.ceiling_dbtp,
            codec_safe=self.codec_safe,
        )


@cache
def presets() -> Mapping[str, Preset]:
    """All destinations by key, in the order of the file."""
    text = resources.files("dsp").joinpath("presets.toml").read_text("utf-8")
    return {
        key: Preset(key, **(told | {"files": tuple(told["files"])}))
        for key, told in tomllib.loads(text).items()
    }
