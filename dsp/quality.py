"""What is wrong with a master that somebody handed in, by its figures and those of what it was made from.

"We master to industry specs" (A20): the specification is where the order's master is to go (dsp.presets), or
else the bounds of the house. Whoever hands in a master sees each failure, and may send it all the same for a
reason, so what is named here is a fault or a slip of the export, and never taste. A file that holds only
silence, or no numbers, is no master at all: it is refused before (dsp.errors).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median_low

from dsp.analysis import Analysis
from dsp.settings import Settings

LOUDEST_LUFS, SOFTEST_LUFS = -5.0, -24.0
"""Without a destination: the loudest metal, and the loudness of broadcasts (ATSC A/85)."""
OFF_TARGET_LU = 1.0
"""With one. EBU R 128 allows as much where 0.5 LU cannot be kept."""
PEAK_DB = 0.1
"""How far over the limit a true peak may read: by so much meters differ that all follow BS.1770."""
LENGTH_SECONDS = 2.0
SILENCE_SECONDS = 5.0
MASTER_BITS = 24
MORE_CLIPPED = 2
"""Times as many samples as before: of a song that is turned up some more flat tops stand out."""
CANCELS = -0.2
APART = 0.2
"""By how much less the channels have to have in common than before."""


@dataclass(frozen=True, slots=True)
class Specification:
    """What a master is to be.

    target_lufs    of the order's destination, LUFS; None where it has none
    ceiling_dbtp   true peak, dBTP
    album          whether it is a song among others, whose levels are kept: it may be softer than the target
    expected       seconds it is to last; None: as long as what it was made from
    """

    target_lufs: float | None = None
    ceiling_dbtp: float = Settings().ceiling_dbtp
    album: bool = False
    expected: float | None = None

    @property
    def loudest(self) -> float:
        """LUFS."""
        return LOUDEST_LUFS if self.target_lufs is None else self.target_lufs + OFF_TARGET_LU

    @property
    def softest(self) -> float:
        """LUFS."""
        if self.target_lufs is None or self.album:
            return min(SOFTEST_LUFS, self.loudest)
        return self.target_lufs - OFF_TARGET_LU


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that is wrong. `code` says what, `details` the values that words for it need; `at` is seconds
    into the song. The words are the desk's.
    """

    code: str
    details: Mapping[str, str | float] = field(default_factory=dict)


def failures(
    handed_in: Analysis, made_from: Sequence[Analysis], specification: Specification
) -> tuple[Failure, ...]:
    """What is wrong with a master, what matters most first; nothing where it may be sent.

    made_from: the song, or the stems of a mix, at least one. What is wrong with all of them already (a mono
    song, clipped samples) is not held against the master.
    """
    return (
        *_level(handed_in, made_from, specification),
        *_length(handed_in, made_from, specification),
        *_words(handed_in, made_from),
        *_sides(handed_in, made_from),
    )


def _level(a: Analysis, sources: Sequence[Analysis], specification: Specification) -> list[Failure]:
    found = []
    if a.true_peak > specification.ceiling_dbtp + PEAK_DB:
        peak = {"true_peak": a.true_peak, "limit": specification.ceiling_dbtp}
        found.append(Failure("true-peak", peak))
    if a.sample_peak > 0.0:
        found.append(Failure("full-scale", {"sample_peak": a.sample_peak}))
    if a.clipped_samples > MORE_CLIPPED * sum(source.clipped_samples for source in sources):
        found.append(Failure("clipped", {"samples": a.clipped_samples, "at": a.clipped_runs[0][0]}))
    if a.lufs > specification.loudest:
        found.append(Failure("loud", {"lufs": a.lufs, "limit": specification.loudest}))
    if a.lufs < specification.softest:
        found.append(Failure("soft", {"lufs": a.lufs, "limit": specification.softest}))
    return found


def _length(a: Analysis, sources: Sequence[Analysis], specification: Specification) -> list[Failure]:
    """Silence before and after the music may go, and come, without the music being another."""
    found = []
    longest = max(source.duration for source in sources)
    expected = longest if specification.expected is None else specification.expected
    music = _music(sources) + expected - longest
    if min(abs(a.duration - expected), abs(_music([a]) - music)) > LENGTH_SECONDS:
        found.append(Failure("length", {"seconds": a.duration, "expected": expected}))
    if max(a.silence_start, a.silence_end) > SILENCE_SECONDS:
        found.append(Failure("silence", {"start": a.silence_start, "end": a.silence_end}))
    return found


def _music(sources: Sequence[Analysis]) -> float:
    """Seconds from the first sound of any of them to the last."""
    begins = min(source.silence_start for source in sources)
    return max(source.duration - source.silence_end for source in sources) - begins


def _words(a: Analysis, sources: Sequence[Analysis]) -> list[Failure]:
    """Of mixed stems the rate and the word length of most of them count."""
    found = []
    rate = median_low(source.rate for source in sources)
    if a.rate < rate:
        found.append(Failure("rate", {"rate": a.rate, "source": rate}))
    bits = median_low(source.bits or 0 for source in sources)
    if a.bits is not None and a.bits < min(bits, MASTER_BITS):
        found.append(Failure("bits", {"bits": a.bits, "source": bits}))
    if a.lossy:
        found.append(Failure("lossy", {"codec": a.codec or a.container or ""}))
    return found


def _sides(a: Analysis, sources: Sequence[Analysis]) -> list[Failure]:
    if a.dead_channel is not None:
        sound = any(source.dead_channel is None for source in sources)
        return [Failure("dead-channel", {"channel": a.dead_channel})] if sound else []
    if a.mono:
        return [] if all(source.mono for source in sources) else [Failure("mono")]
    before = min(source.correlation for source in sources)
    if a.correlation < min(CANCELS, before - APART):
        return [Failure("phase", {"correlation": a.correlation})]
    before = min(source.low_correlation for source in sources)
    if a.low_correlation < min(0.0, before - APART):
        return [Failure("bass-phase", {"correlation": a.low_correlation})]
    return []
