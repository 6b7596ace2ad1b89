"""File-level steps of the engine, fit for processes of their own: paths in, files below `out` and JSON back.

Measuring and drawing are two steps, because what a picture says is worded in between. `report` is called with
the share done (0..1) and the name of the stage. Levels that are minus infinity come back as None. All raise
`dsp.errors.Refused` for songs that cannot be mastered.
"""

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from dsp import decode as decoding
from dsp import deliverables, pcm, pictures
from dsp.advice import advise
from dsp.analysis import Analysis, analyse_sound, plain
from dsp.chain import as_found
from dsp.codecs import lossy_rate
from dsp.decode import Probe
from dsp.edit import spaced, trim
from dsp.errors import Refused
from dsp.formats import Format, converted, encode_mp3, format_of, write
from dsp.master import Mastered, master_sound
from dsp.memory import keep_what_is_freed
from dsp.places import moved
from dsp.preview import ab_clip, alike
from dsp.profile import Profile
from dsp.quality import Specification, failures
from dsp.report import Report, part
from dsp.settings import Place, Settings
from dsp.sound import Sound
from dsp.spectrum import Spectrum, average_sound, banded

COLUMNS = 2160
PREVIEW_KBPS = 192
WIDTH_HERTZ = 200.0
READ_OFF = (
    "lufs", "true_peak", "sample_peak", "lra", "plr", "short_term_max", "duration", "spectrum_mid",
    "spectrum_side", "rate", "channels", "bits", "codec", "container", "correlation", "mono",
    "clipped_samples", "clipped_runs", "silence_start", "silence_end",
)  # fmt: skip


def decode(source: Path, out: Path, *, max_minutes: float, report: Report) -> dict[str, Any]:
    """Make a WAV of our own of a stranger's file: the only step that reads one.

    Returns pcm (path of the verified WAV) and probe (dsp.sources.Probe as JSON).
    """
    pcm_path = out / "pcm.wav"
    decoded = decoding.decode(source, pcm_path, max_minutes=max_minutes, report=report)
    return {"pcm": str(pcm_path), "probe": asdict(decoded.probe)}


def measure(pcm_path: Path, out: Path, *, probe: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """Measure what `decode` returned.

    Returns envelope (path of a .npy, (columns, 2)), analysis (Analysis.to_json), advice ([{code, details}]).
    """
    keep_what_is_freed()
    envelope_path = out / "envelope.npy"
    song = pcm.Stored(pcm_path)
    report(0.0, "analyse")
    analysis = analyse_sound(song, Probe(**probe))
    if not math.isfinite(analysis.lufs):
        raise Refused("silent")
    report(0.75, "analyse")
    np.save(envelope_path, pictures.envelope(song, COLUMNS))
    report(1.0, "analyse")
    return {
        "envelope": str(envelope_path),
        "analysis": analysis.to_json(),
        "advice": [{"code": told.code, "details": dict(told.details)} for told in advise(analysis)],
    }


def profile(pcm_path: Path, out: Path, *, probe: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """Measure what `decode` returned of a recording that others are to sound like.

    Returns profile (dsp.profile.Profile as JSON, without a name).
    """
    measured = measure(pcm_path, out, probe=probe, report=report)
    return {"profile": Profile.of(measured["analysis"]).to_json()}


def render(
    pcm_path: Path,
    out: Path,
    *,
    analysis: Mapping[str, Any],
    settings: Mapping[str, Any],
    source_sha256: str,
    report: Report,
    previous: Path | None = None,
) -> dict[str, Any]:
    """Make one version from what `decode` and `measure` returned.

    previous: the master of the version before, trimmed alike, to tell what changed at the places of
    `settings` (`measured` has places then: start, end, what, moved_db).

    Returns master (24-bit WAV at the rate of the song), preview (all of it, MP3), ab (the comparison, MP3),
    envelopes (.npz with before and after), measured, matched_gain_db, fingerprint.
    """
    keep_what_is_freed()
    asked = as_found(Settings.from_json(settings))
    song = pcm.Stored(pcm_path)
    made = master_sound(song, Analysis.from_json(analysis), asked, out, part(report, 0.0, 0.4))
    master_path = out / "master.wav"
    write(made.sound, master_path, Format("wav", 24))
    report(0.45, "preview")
    original = spaced(trim(song, asked), asked)
    envelopes = out / "envelopes.npz"
    np.savez(
        envelopes,
        before=pictures.envelope(original, COLUMNS),
        after=pictures.envelope(made.sound, COLUMNS),
    )
    clip = ab_clip(original, made.sound)
    comparison, preview = out / "ab.mp3", out / "preview.mp3"
    _encode(clip.sound, comparison, asked.ceiling_dbtp, part(report, 0.5, 0.6))
    _encode(made.sound, preview, asked.ceiling_dbtp, part(report, 0.6, 1.0))
    report(1.0, "preview")
    return {
        "master": str(master_path),
        "preview": str(preview),
        "ab": str(comparison),
        "envelopes": str(envelopes),
        "measured": plain(_figures(made) | _places(made.sound, made.settings, previous)),
        "matched_gain_db": clip.matched_gain_db,
        "fingerprint": asked.fingerprint(source_sha256),
    }


def inspect(
    pcm_path: Path,
    out: Path,
    *,
    probe: Mapping[str, Any],
    made_from: Sequence[Mapping[str, Any]],
    specification: Mapping[str, Any],
    report: Report,
    original: Path | None = None,
    previous: Path | None = None,
    places: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """Hold a master that was handed in, of which `pcm_path` and `probe` are what `decode` returned, against
    what it was made from.

    made_from: Analysis as JSON of the song, or of each stem; specification: the fields of
    dsp.quality.Specification; original: the song's verified WAV, none of a mix; previous: the master of the
    version before; places: as in Settings, to tell what changed there.

    Returns master (24-bit WAV), preview (MP3), ab (the comparison with the original, or of a mix with the
    version before; None of a first mix), envelope (path of a .npy), envelopes (.npz with before and after,
    None without an original), measured (of the 24-bit master), matched_gain_db (None without ab), quality
    ([{code, details}]).
    """
    keep_what_is_freed()
    asked = Specification(**specification)
    came = pcm.Stored(pcm_path)
    report(0.0, "analyse")
    analysis = analyse_sound(came, Probe(**probe))
    if not math.isfinite(analysis.lufs):
        raise Refused("silent")
    found = failures(analysis, [Analysis.from_json(source) for source in made_from], asked)
    master_path = out / "master.wav"
    write(came, master_path, Format("wav", 24))
    master = pcm.Stored(master_path)
    if analysis.sample_peak > 0.0:  # cut off at full scale
        analysis = analyse_sound(master, Probe(**probe))
    report(0.5, "preview")
    after = pictures.envelope(master, COLUMNS)
    envelope, envelopes = out / "envelope.npy", out / "envelopes.npz"
    np.save(envelope, after)
    if original:
        np.savez(envelopes, before=pictures.envelope(pcm.Stored(original), COLUMNS), after=after)
    comparison, preview, matched = out / "ab.mp3", out / "preview.mp3", None
    beside = original or previous
    if beside:
        clip = ab_clip(*alike(pcm.Stored(beside), master, out))
        matched = clip.matched_gain_db
        _encode(clip.sound, comparison, asked.ceiling_dbtp, part(report, 0.55, 0.65))
    _encode(master, preview, asked.ceiling_dbtp, part(report, 0.65, 1.0))
    report(1.0, "preview")
    there = Settings(places=tuple(Place(**place) for place in places))
    return {
        "master": str(master_path),
        "preview": str(preview),
        "ab": str(comparison) if beside else None,
        "envelope": str(envelope),
        "envelopes": str(envelopes) if original else None,
        "measured": plain(_read_off(analysis, master) | _places(master, there, previous)),
        "matched_gain_db": matched,
        "quality": [{"code": one.code, "details": plain(dict(one.details))} for one in found],
    }


def deliver(
    master_path: Path,
    out: Path,
    *,
    tags: Mapping[str, Any],
    stem: str,
    ceiling: float,
    formats: Sequence[str] = (),
    report: Report,
) -> dict[str, Any]:
    """Make the files that the artist takes home from a 24-bit master.

    tags: title, artist, album, track, isrc, any of them missing or None; stem: the name of the files;
    ceiling: dBTP; formats: as dsp.formats.format_of reads them, or those of dsp.deliverables.DEFAULT.
    Returns files: [{path, media_type, sha256, size, true_peak}], each of them read back.
    """
    keep_what_is_freed()
    known = {name: tags.get(name) for name in ("title", "artist", "album", "track", "isrc")}
    made = deliverables.deliver(
        pcm.Stored(master_path),
        [format_of(text) for text in formats] or deliverables.DEFAULT,
        out,
        stem,
        ceiling_dbtp=ceiling,
        tags=known,
        seed=_sha256(master_path),
        report=report,
    )
    report(1.0, "files")
    files = [
        {
            "path": str(file.path),
            "media_type": file.format.media_type,
            "sha256": _sha256(file.path),
            "size": file.path.stat().st_size,
            "true_peak": plain(file.true_peak),
        }
        for file in made
    ]
    return {"files": files}


def draw(kind: str, out: Path, **data: Any) -> str:
    """Draw a picture of `dsp.pictures` below `out` and return its path.

    kind: intake (data: envelope = path of a .npy), before_after (envelopes = path of an .npz), version_change
    and album; otherwise the arguments of those functions, with None for a level of silence.
    """
    path = out / f"{kind}.png"
    told: dict[str, Any] = {
        name: _levels(value) if name.endswith("_spectrum") else value for name, value in data.items()
    }
    if kind == "intake":
        pictures.intake(path, **told | {"envelope": np.load(data["envelope"])})
    elif kind == "before_after":
        with np.load(told.pop("envelopes")) as shapes:
            pictures.before_after(
                path, before_envelope=shapes["before"], after_envelope=shapes["after"], **told
            )
    elif kind == "version_change":
        pictures.version_change(path, **told)
    elif kind == "album":
        pictures.album(path, **told)
    else:
        raise ValueError(f"There is no picture {kind!r}.")
    return str(path)


def _encode(sound: Sound, path: Path, ceiling_dbtp: float, report: Report) -> None:
    """A preview, at a rate that MP3 knows."""
    known = converted(sound, lossy_rate(sound.rate), ceiling_dbtp, path.parent)
    encode_mp3(known, path, kbps=PREVIEW_KBPS, progress=lambda share: report(share, "preview"))


def _places(sound: Sound, settings: Settings, previous: Path | None) -> dict[str, Any]:
    """What became of each place, against the version before."""
    if previous is None or not settings.places:
        return {}
    changed = moved(pcm.Stored(previous), sound, settings)
    told = [
        {"start": place.start, "end": place.end, "what": place.what, "moved_db": by}
        for place, by in zip(settings.places, changed, strict=True)
    ]
    return {"places": told}


def _figures(made: Mastered) -> dict[str, Any]:
    """What the desk keeps of a version."""
    measured = made.measured
    spectrum = average_sound(made.sound)
    return {
        "lufs": measured.lufs,
        "true_peak": measured.true_peak,
        "sample_peak": measured.sample_peak,
        "lra": measured.lra,
        "plr": measured.plr,
        "short_term_max": measured.short_term_max,
        "duration": made.sound.frames / made.sound.rate,
        "width_db": _width(spectrum),
        "spectrum_mid": banded(spectrum.hertz, spectrum.mid),
        "spectrum_side": banded(spectrum.hertz, spectrum.side),
        "gain_db": made.gain_db,
        "max_gain_reduction_db": made.reduction_max_db,
        "mean_gain_reduction_db": made.reduction_mean_db,
        "reached": made.reached,
        "why": made.why,
    }


def _read_off(analysis: Analysis, master: Sound) -> dict[str, Any]:
    """What the desk keeps of a version that somebody else made: the same, as far as it can be known."""
    told = {name: getattr(analysis, name) for name in READ_OFF}
    return told | {"width_db": _width(average_sound(master))}


def _width(spectrum: Spectrum) -> float:
    """Side over mid, dB. Bass is mid whatever the width is, and moves with the tone."""
    wide = spectrum.hertz >= WIDTH_HERTZ
    mid, side = float(spectrum.mid[wide].sum()), float(spectrum.side[wide].sum())
    return 10 * math.log10(side / mid) if side > 0 and mid > 0 else -math.inf


def _levels(spectrum: Sequence[Sequence[float | None]]) -> list[tuple[float, float]]:
    return [(float(hertz or 0.0), -math.inf if level is None else float(level)) for hertz, level in spectrum]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
