"""What an artist should know about the mix that came in: a stable code each, and its figures."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from dsp.analysis import Analysis

SENTENCES: Mapping[str, str] = {
    "silent": "There is nothing to hear in this file.",
    "clipped": "{samples:g} clipped samples, the first at {at}. Best: export {down_db:g} dB lower.",
    "over": "Peaks reach {true_peak:+.1f} dBTP, over full scale at {at}. Best: export {down_db:g} dB lower.",
    "already-loud": "This is already loud ({lufs:.1f} LUFS, peaks {plr:.1f} dB above): little can be done.",
    "quiet": "The song is very quiet ({lufs:.1f} LUFS); its noise will come up with it.",
    "lossy-source": "This is a lossy file ({codec}). Best: send the WAV it was made from.",
    "lossy-shelf": "All above {shelf_khz:.1f} kHz is cut off, as in an MP3. Best: send the original WAV.",
    "low-rate": "The sample rate is {rate:g} Hz, so there is nothing above {top_khz:g} kHz.",
    "dead-channel": "The {channel} channel is silent. Best: export again with both channels.",
    "mono": "The song is mono.",
    "phase": "Left and right cancel each other (correlation {correlation:.2f}), most at {at}: mono loses "
    "{loss_db:.0f} dB. Best: turn the polarity of what is on both sides.",
    "phase-part": "At {at} left and right cancel each other (correlation {correlation:.2f}): mono loses that "
    "part. Best: listen to it in mono, and turn the polarity of what fades.",
    "bass-phase": "The bass is out of phase between left and right ({correlation:.2f} below 120 Hz), most at "
    "{at}. Best: make it mono below there.",
    "delay": "The {channel} channel is {ms:.2f} ms ({frames:g} samples) late: mono sounds hollow. Best: move "
    "it back.",
    "balance": "The {channel} channel is {decibels:.1f} dB stronger than the other. Best: balance the mix.",
    "dc": "The waveform stands {percent:.1f} % off the centre line; this is taken out.",
    "silence": "There are {start:.1f} s of silence before and {end:.1f} s after the music.",
    "gap": "There is a silence of {seconds:.1f} s within the song, at {at}. Best: see whether a track is "
    "missing there.",
    "dropout": "The sound stops dead in {places:g} places, the first at {at}. Best: export again.",
    "clicks": "{clicks:g} clicks, the first at {at}. Best: fade the cuts there, or repair them.",
    "hum": "The mains hum at {hertz:g} Hz ({hum_db:.0f} dBFS), plainest at {at}; it comes up with the song. "
    "Best: take it out of the track that it is on.",
    "noise": "A steady noise of {noise_db:.0f} dBFS stands between the music, as at {at}; it comes up with "
    "the song. Best: take it out of the track that it is on.",
    "cut-short": "The file seems to be cut off: it promises {promised:.0f} s and holds {duration:.0f} s.",
}  # fmt: skip

FAR_SIDE_DB = 3.5
"""How much stronger one channel may be: music leans."""
CANCELS = -0.2
PART_CANCELS = -0.6
GAP_SECONDS = 2.0
HEARD_DB = 50.0
"""Hum and noise this far under the loudness are let be."""


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing worth saying. `code` is a key of SENTENCES, `details` the values its sentence needs; `at` is
    seconds into the song.
    """

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
        down, at = math.ceil(a.true_peak + 1), a.overs[0][0] if a.overs else 0.0
        found.append(Advice("over", {"true_peak": a.true_peak, "at": at, "down_db": down}))
    found += _interruptions(a)
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
    if a.dead_channel is None:
        found += _sides(a)
    if abs(a.dc) > 0.003:
        found.append(Advice("dc", {"percent": 100 * abs(a.dc)}))
    if a.silence_start > 3 or a.silence_end > 8:
        found.append(Advice("silence", {"start": a.silence_start, "end": a.silence_end}))
    found += _between_the_music(a)
    return tuple(found)


def _interruptions(a: Analysis) -> list[Advice]:
    found = []
    if a.dropouts:
        found.append(Advice("dropout", {"places": len(a.dropouts), "at": a.dropouts[0][0]}))
    if a.clicks:
        found.append(Advice("clicks", {"clicks": a.clicks, "at": a.clicks_at[0]}))
    longest = max(a.gaps, key=lambda gap: gap[1] - gap[0], default=(0.0, 0.0))
    if longest[1] - longest[0] > GAP_SECONDS:
        found.append(Advice("gap", {"seconds": longest[1] - longest[0], "at": longest[0]}))
    return found


def _sides(a: Analysis) -> list[Advice]:
    """Of two channels that both sound."""
    found = []
    if a.correlation < CANCELS:
        phase = {"correlation": a.correlation, "loss_db": a.mono_loss_db, "at": a.least_correlation_at}
        found.append(Advice("phase", phase))
    elif a.low_correlation < 0:
        bass = {"correlation": a.low_correlation, "at": a.least_low_correlation_at}
        found.append(Advice("bass-phase", bass))
    elif a.least_correlation < PART_CANCELS:
        part = {"correlation": a.least_correlation, "at": a.least_correlation_at}
        found.append(Advice("phase-part", part))
    if a.delay_frames:
        late = {
            "channel": "right" if a.delay_frames > 0 else "left",
            "frames": abs(a.delay_frames),
            "ms": 1000 * abs(a.delay_frames) / a.rate,
        }
        found.append(Advice("delay", late))
    if abs(a.balance_db) > FAR_SIDE_DB:
        side = "left" if a.balance_db > 0 else "right"
        found.append(Advice("balance", {"channel": side, "decibels": abs(a.balance_db)}))
    return found


def _between_the_music(a: Analysis) -> list[Advice]:
    if a.hum_hertz is not None and a.hum_db > a.lufs - HEARD_DB:
        return [Advice("hum", {"hertz": a.hum_hertz, "hum_db": a.hum_db, "at": a.quiet_at})]
    if a.noise_db is not None and a.noise_db > a.lufs - HEARD_DB:
        return [Advice("noise", {"noise_db": a.noise_db, "at": a.quiet_at})]
    return []


def english(advice: Advice) -> str:
    """The sentence for a terminal; the desk words its own, in the reader's language."""
    details = dict(advice.details)
    if "at" in details:
        minutes, seconds = divmod(float(details["at"]), 60)
        details["at"] = f"{minutes:.0f}:{seconds:04.1f}"
    return SENTENCES[advice.code].format_map(details)
