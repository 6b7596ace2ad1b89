"""Tone and width: what a mix is off by is put right, and what was asked for is added exactly.

A song keeps its own colour: how far it is moved, and whether at all, is up to `dsp.correction`. Mid and side
have a filter each. Both are linear-phase: no delay, no change of phase between the channels.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dsp.correction import correction
from dsp.profile import CENTRES, Profile
from dsp.settings import BANDS, Settings, Style
from dsp.sound import PIECE

HERTZ = 16.0 * 2 ** (np.arange(128) / 12)
"""Points of a gain curve."""
WIDE = np.array(CENTRES) >= 200.0
"""Bands whose side makes a song wide."""
EDGE = 0.92, 0.98
"""From where to where the sound is faded out, as shares of half the sample rate."""
HEARD = 20_000.0
"""Hz up to which nothing is cut off."""

Curve = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Tone:
    """What is done to the tone: gain curves of mid and of side, (Hz, dB) at twelve points an octave from
    16 Hz to 24 kHz. Where side goes above mid, the song becomes wider.
    """

    mid: Curve
    side: Curve

    @property
    def flat(self) -> bool:
        """Whether it changes nothing that could be heard or measured."""
        return max(abs(gain) for _, gain in self.mid + self.side) < 0.01


def design(song: Profile, settings: Settings) -> Tone:
    """The tone a song is to have, from its profile and what was asked for."""
    style = settings.character
    found = correction(song, settings.references, style.correction_limit_db)
    share = style.correction + (1 - style.correction) * found.likeness
    tone, width = settings.strength("tone"), settings.strength("width")
    own = 1 - found.likeness  # what the style adds of its own; a reference that is the song knows better
    wider = found.side - found.mid
    wide = float(wider[WIDE].mean())

    mid = _wish(settings) + tone * (own * _contour(style) + share * _over(found.mid))
    side = mid + tone * share * _over(wider - wide) + width * (own * style.width_db + share * wide)
    return Tone(_curve(mid), _curve(side + settings.width_db))


def wished(settings: Settings) -> Tone:
    """Only what was asked for by name: bands, tilt and width."""
    gain = _wish(settings)
    return Tone(_curve(gain), _curve(gain + settings.width_db))


class Equaliser:
    """The linear-phase filters of a tone, for one song or for piece after piece of it.

    reach: frames before and after a frame that have a say in it.
    """

    def __init__(self, tone: Tone, rate: int) -> None:
        taps = [filter_taps(curve, rate) for curve in (tone.mid, tone.side)]
        self.reach = taps[0].size // 2
        self._size = 4 * (taps[0].size + 1)
        self._mid, self._side = (np.fft.rfft(each, self._size) for each in taps)
        self._apart = tone.mid != tone.side

    def filtered(self, around: NDArray[np.float32]) -> NDArray[np.float32]:
        """(channels, frames) of (channels, reach + frames + reach): what lies around has only its say."""
        if around.shape[0] == 1 or not self._apart:
            return np.stack([self._through(channel, self._mid) for channel in around])
        left, right = around
        mid = self._through(np.float32(0.5) * (left + right), self._mid)
        side = self._through(np.float32(0.5) * (left - right), self._side)
        return np.stack([mid + side, mid - side])

    def _through(
        self, around: NDArray[np.float32], response: NDArray[np.complexfloating]
    ) -> NDArray[np.float32]:
        """One channel through one filter, by overlap-save."""
        frames = around.size - 2 * self.reach
        batch = -(-PIECE // (self._size - 2 * self.reach))
        step = PIECE // batch
        out = np.empty(frames, np.float32)
        window = np.empty((batch - 1) * step + self._size, np.float32)
        overlapping = np.lib.stride_tricks.sliding_window_view(window, self._size)[::step]
        for start in range(0, frames, PIECE):
            _copy(around, start, window)
            bins = np.fft.rfft(overlapping)
            bins *= response
            filtered = np.fft.irfft(bins, self._size)[:, 2 * self.reach : 2 * self.reach + step]
            piece = out[start : start + PIECE]
            if piece.size == filtered.size:
                piece.reshape(filtered.shape)[:] = filtered
            else:
                piece[:] = filtered.reshape(-1)[: piece.size]
        return out


def equalise(audio: NDArray[np.float32], rate: int, tone: Tone) -> NDArray[np.float32]:
    """(channels, frames) through the linear-phase filters of a tone; a new array of the same shape."""
    equaliser = Equaliser(tone, rate)
    return equaliser.filtered(np.pad(audio, ((0, 0), (equaliser.reach, equaliser.reach))))


def filter_taps(curve: Curve, rate: int) -> NDArray[np.float32]:
    """An odd number of symmetric taps, about 93 ms long, whose response follows the curve."""
    length = (1 << round(math.log2(rate * 0.093))) - 1
    size = 4 * (length + 1)
    points = np.array(curve)
    hertz = np.maximum(np.fft.rfftfreq(size, 1 / rate), 1.0)
    wanted = 10 ** (np.interp(np.log(hertz), np.log(points[:, 0]), points[:, 1]) / 20)
    wanted *= _below_the_edge(hertz, rate)
    impulse = np.roll(np.fft.irfft(wanted, size), length // 2)[:length]
    return np.asarray(impulse * np.hanning(length + 2)[1:-1], np.float32)


def cuts_the_edge(rate: int) -> bool:
    """Whether a song that comes from filters has nothing left at the edge of half its sample rate (Hz)."""
    return EDGE[0] * rate / 2 >= HEARD


def _below_the_edge(hertz: NDArray[np.float64], rate: int) -> NDArray[np.float64]:
    """A cut, where nobody hears it, of what lies at the edge of half the sample rate: no two converters or
    resamplers, and so no two true-peak meters, agree about it (0.27 dB on dense metal).
    """
    start, end = EDGE[0] * rate / 2, EDGE[1] * rate / 2
    if not cuts_the_edge(rate):
        return np.ones(hertz.size)
    return 0.5 + 0.5 * np.cos(np.pi * np.clip((hertz - start) / (end - start), 0.0, 1.0))


def _wish(settings: Settings) -> NDArray[np.float64]:
    gain = settings.tilt_db * np.clip(np.log10(HERTZ / 1000.0), -1.0, 1.0) / 2
    for band, asked in settings.tone_db:
        gain += asked * _weight(*BANDS[band])
    return np.asarray(gain)


def _contour(style: Style) -> NDArray[np.float64]:
    if not style.contour_db:
        return np.zeros(HERTZ.size)
    hertz, gain = np.array(style.contour_db).T
    return np.asarray(np.interp(np.log(HERTZ), np.log(hertz), gain), np.float64)


def _over(bands: NDArray[np.float64]) -> NDArray[np.float64]:
    """Gains per band of dsp.profile.CENTRES at the points of a curve."""
    return np.interp(np.log(HERTZ), np.log(CENTRES), bands)


def _curve(gain: NDArray[np.float64]) -> Curve:
    return tuple(zip(HERTZ.tolist(), gain.tolist(), strict=True))


def _weight(low: float, high: float) -> NDArray[np.float64]:
    """1 inside a band, raised-cosine edges half an octave wide outside; open at both ends of hearing."""
    rising = 1 + 2 * np.log2(HERTZ / low) if low > 20 else np.ones(HERTZ.size)
    falling = 1 - 2 * np.log2(HERTZ / high) if high < 20000 else np.ones(HERTZ.size)
    return 0.5 - 0.5 * np.cos(np.pi * np.clip(np.minimum(rising, falling), 0.0, 1.0))


def _copy(source: NDArray[np.float32], start: int, window: NDArray[np.float32]) -> None:
    """Fill `window` with the samples from `start`, zeros after the last."""
    found = source[start : start + window.size]
    window[: found.size] = found
    window[found.size :] = 0
