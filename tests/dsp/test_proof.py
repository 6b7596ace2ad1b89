"""What is said of a master is true of it, and nothing was left out that could have been higher."""

from pathlib import Path

import numpy as np
import pytest

from dsp.analysis import analyse
from dsp.blocks import block_edges, block_size
from dsp.gain import Turned
from dsp.level import integrated
from dsp.limiter import BlockPeaks, bounds, limiting
from dsp.loudness import energy, measure
from dsp.master import master, master_sound
from dsp.proof import read
from dsp.settings import Settings
from dsp.sound import PIECE, Held, Kept, whole
from dsp.true_peak import linear_peak, sample_peak
from tests.dsp.signals import Audio, noise, sine, song

RATE = 44100
SECONDS = 2.4 * PIECE / RATE


def restless(blocks: int) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """A gain that moves as much as a limiter's and more."""
    steps = np.random.default_rng(5).random(blocks // 50 + 2).astype(np.float32)
    return np.interp(np.arange(blocks), 50 * np.arange(steps.size), steps).astype(np.float32)


MUSIC = {
    "song": lambda: song(SECONDS, level_db=3.0),
    "noise": lambda: noise(SECONDS, RATE, -12.0),
    "between the samples": lambda: sine(RATE / 4, SECONDS, RATE, 2.0, 45.0),
    "one channel": lambda: song(SECONDS, channels=1),
}


@pytest.mark.parametrize("kind", MUSIC)
def test_the_proof_reads_what_the_meters_read(kind: str) -> None:
    audio: Audio = MUSIC[kind]()
    blocks = block_edges(audio.shape[1], RATE).size - 1
    peaks = BlockPeaks(Held(audio, RATE), np.ones(blocks, np.float32))
    for gain in (limiting(peaks.above(0.5), 0.5, RATE), restless(blocks)):
        made = Turned(Held(audio, RATE), gain)
        reading = read(made, bounds(peaks.known, gain, RATE))
        assert reading.peak == pytest.approx(linear_peak(whole(made)), rel=1e-6)
        assert reading.sample_peak == pytest.approx(sample_peak(whole(made)), rel=1e-7)
        loudness = measure(whole(made), RATE)
        assert reading.loudness.integrated == pytest.approx(loudness.integrated, abs=1e-6)
        assert reading.loudness.range == pytest.approx(loudness.range, abs=1e-6)


@pytest.mark.parametrize("rate", [8000, 44100, 96000])
def test_no_block_is_higher_than_its_bound(rate: int) -> None:
    audio = noise(1.0, rate, -10.0)
    blocks = block_edges(audio.shape[1], rate).size - 1
    still = np.ones(blocks, np.float32)
    known = BlockPeaks(Held(audio, rate), still).above(0.0)
    gain = np.random.default_rng(2).random(blocks).astype(np.float32)
    turned = Turned(Held(audio, rate), gain)
    assert (BlockPeaks(turned, still).above(0.0) <= bounds(known, gain, rate)).all()


def test_the_loudness_that_is_foretold_is_that_of_the_result() -> None:
    audio = song(9.7)
    edges = block_edges(audio.shape[1], RATE)
    gain = 0.5 + restless(edges.size - 1) / 2
    foretold = integrated(energy(audio, RATE, edges).astype(np.float32), gain, audio.shape[1], RATE, 6.0)
    turned = whole(Turned(Held(audio, RATE), gain)) * np.float32(10 ** (6 / 20))
    assert foretold == pytest.approx(measure(turned, RATE).integrated, abs=0.01)


@pytest.mark.parametrize("block", [block_size(RATE), 4567, 3 * PIECE])
def test_a_song_on_disk_becomes_bit_for_bit_what_it_becomes_in_memory(tmp_path: Path, block: int) -> None:
    audio = song(SECONDS) + np.float32(0.01)
    kept = Kept(tmp_path, 2, RATE)
    for start in range(0, audio.shape[1], block):
        kept.append(audio[:, start : start + block])
    asked = Settings(target_lufs=-10.0, style="punchy", trim_start=0.3, fade_out=1.0)
    known = analyse(audio, RATE)
    here, there = master(audio, RATE, known, asked), master_sound(kept, known, asked, tmp_path)
    assert np.array_equal(here.audio, there.audio)
    assert here.measured == there.measured
    assert not list(tmp_path.iterdir())
