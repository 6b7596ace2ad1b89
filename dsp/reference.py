"""References of `./lathe master`: recordings that it is to sound like. Of each only its profile is kept."""

import hashlib
import math
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from dsp.analysis import analyse_sound
from dsp.decode import keep
from dsp.errors import Refused
from dsp.profile import Profile
from dsp.report import Report, part, unheard


def measured(path: Path, *, max_minutes: float = 30.0, report: Report = unheard) -> dict[str, Any]:
    """The profile of a file, as JSON (dsp.profile.Profile), by the name of the file.

    Raises Refused, "silent" too, and OSError.
    """
    with TemporaryDirectory(prefix="lathe-reference-") as folder:
        decoded, song = keep(path, Path(folder), max_minutes=max_minutes, report=part(report, 0.0, 0.5))
        analysis = analyse_sound(song, decoded.probe)
    if not math.isfinite(analysis.lufs):
        raise Refused("silent")
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    report(1.0, "analyse")
    return Profile.of(analysis.to_json(), sha256, path.stem).to_json()
