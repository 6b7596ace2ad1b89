"""What an artist should know about the mix that came in: a stable code each, and its figures."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from dsp.analysis import Analysis

SENTENCES: Mapping[str, str] = {
    "silent": "There is nothing to hear in this file.",
    "clipped": "{samples:g} clipped samples, the first at {at:.1f} s. Best: export {down_db:g} dB lower.",
    "over": "Peaks reach {true_peak:+.1f} dBTP, over full scale. Best: export {down_db:g} dB lower.",
    "already-loud": "This is already loud ({lufs:.1f} LUFS, peaks {plr:.1f} dB above): little can be done.",
    "quiet": "The song is very quiet ({lufs:.1f} LUFS); its noise will come up with it.",
    "lossy-source": "This is a lossy file ({codec}). Best: send the WAV it was made from.",
    "lossy-shelf": "All above {shelf_khz:.1f} kHz is cut off, as in an MP3. Best: send the original WAV.",
    "low-rate": "The sample rate is {rate:g} Hz, so there is nothing above {top_khz:g} kHz.",
    "dead-channel": "The {channel} channel is silent.",
    "mono": "The song is mono.",
    "phase": "Left and right cancel each other (correlation {correlation:.2f}): mono loses much of the song.",
    "bass-phase": "The bass is out of phase between left and right ({correlation:.2f} below 120 Hz).",
    "dc": "The waveform stands {percent:.1f} % off the centre line; this is taken out.",
    "silence": "There are {start:.1f} s of silence before and {end:.1f} s after the music.",
    "cut-short": "The file seems to be cut off: it promises {promised:.0f} s and holds {duration:.0f} s.",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing worth saying. `code` is a key of SENTENCES, `details` the values its sentence needs."""

    code: str
    details: Mapping[str, str | float] = field(default_factory=dict)


def advise(analysis: Analysis) -> tuple[Advice, ...]:
    """What there is to say about a mix, what matters most first; nothing for a clean one."""
    a = analysis
    if not math.isfinite(a.lufs):
        return (Advice("silent"),)
    found: list[Advice] = []
    if a.promised is not None and a.promised > a.duration + 0.5:
        found.append(Advice("cut-short", {"promised": a.promised, "duration": a.duration}))
    if a.dead_channel is not None:
        found.append(Advice("dead-channel", {"channel": a.dead_channel}))
    if a.clipped_samples:
        at = a.clipped_runs[0][0]
        found.append(Advice("clipped", {"samples": a.clipped_samples, "at": at, "down_db": 3.0}))
    elif a.true_peak > 0.1:
        down = math.ceil(a.true_peak + 1)
        found.append(Advice("over", {"true_peak": a.true_peak, "down_db": down}))
    if a.lufs > -9.5 or (a.plr < 8 and a.lufs > -16):
        found.append(Advice("already-loud", {"lufs": a.lufs, "plr": a.plr}))
    if a.lufs < -32:
        found.append(Advice("quiet", {"lufs": a.lufs}))
    if a.lossy and a.codec is not None:
        found.append(Advice("lossy-source", {"codec": a.codec}))
    elif a.shelf_hz is not None:
        found.append(Advice("lossy-shelf", {"shelf_khz": a.shelf_hz / 1000}))
    if a.rate < 44100:
        found.append(Advice("low-rate", {"rate": a.rate, "top_khz": a.rate / 2000}))
    if a.mono:
        found.append(Advice("mono"))
    if a.dead_channel is None and a.correlation < -0.2:
        found.append(Advice("phase", {"correlation": a.correlation}))
    elif a.dead_channel is None and a.low_correlation < 0:
        found.append(Advice("bass-phase", {"correlation": a.low_correlation}))
    if abs(a.dc) > 0.003:
        found.append(Advice("dc", {"percent": 100 * abs(a.dc)}))
    if a.silence_start > 3 or a.silence_end > 8:
        found.append(Advice("silence", {"start": a.silence_start, "end": a.silence_end}))
    return tuple(found)


def english(advice: Advice) -> str:
    """The sentence for a terminal; the desk words its own, in the reader's language."""
    return SENTENCES[advice.code].format_map(advice.details)
