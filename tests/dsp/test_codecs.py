"""What lossy encoders make of a master, and a master that they do not drive over full scale."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from dsp import codec_safe as safety
from dsp.analysis import analyse
from dsp.codec_safe import SAFE_DBTP, WAYS, codec_safe
from dsp.codecs import Codec, decoded, lossy_rate, resampled
from dsp.formats import under
from dsp.loudness import measure
from dsp.master import master
from dsp.settings import Settings
from dsp.sound import Held, whole
from dsp.true_peak import true_peak
from tests.dsp.signals import rms_db, sine, song

RATE = 44100
CODECS = [Codec("mp3", 320), Codec("aac", 256), Codec("opus", 160), Codec("vorbis", 160)]


def dense(seconds: float, rate: int = RATE, channels: int = 2) -> NDArray[np.float32]:
    """Music cut off by 3 dB and limited by 3 more: dense, with corners that encoders leave out."""
    cut = np.clip(song(seconds, rate, level_db=6.0, channels=channels), -1.26, 1.26)
    return under(cut, rate, -0.5)


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize(("rate", "channels"), [(44100, 2), (48000, 1), (96000, 2)])
def test_a_decode_stands_where_the_song_stood(codec: Codec, rate: int, channels: int) -> None:
    music = song(4.0, rate, level_db=-6.0, channels=channels)
    heard = decoded(Held(music, rate), codec, None)
    there = whole(resampled(Held(music, rate), heard.rate, None))
    assert heard.channels == channels
    assert 0 <= heard.frames - there.shape[1] < 2048
    back = whole(heard)[:, : there.shape[1]]
    assert rms_db(back - there) - rms_db(there) < -12
    assert abs(rms_db(back) - rms_db(there)) < 0.3


@pytest.mark.parametrize(
    ("rate", "lossy"),
    [(44100, 44100), (48000, 48000), (96000, 48000), (88200, 44100), (22050, 44100), (8000, 44100)],
)
def test_the_rate_of_a_lossy_file(rate: int, lossy: int) -> None:
    assert lossy_rate(rate) == lossy
    assert Codec("opus", 128).rate(rate) == 48000


def test_a_song_is_resampled_piece_by_piece_as_at_once() -> None:
    tone = sine(997, 9.0, 96000, -6.0)
    changed = resampled(Held(tone, 96000), RATE, None)
    assert changed.frames == 9 * RATE
    difference = whole(changed) - sine(997, 9.0, RATE, -6.0)
    assert rms_db(difference[:, 2000:-2000]) < -110


def test_a_dense_master_survives_six_encodes(tmp_path: Path) -> None:
    master = Held(dense(6.0), RATE)
    before = {way: true_peak(whole(decoded(master, codec, None))) for way, codec in WAYS.items()}
    assert max(before.values()) > 0.0, "nothing to make safe"
    made, sent = codec_safe(master, tmp_path)
    assert sent.held
    for way, codec in WAYS.items():
        peak = true_peak(whole(decoded(made, codec, None)))
        assert peak <= SAFE_DBTP + 0.01
        assert sent.peaks[way] == pytest.approx(peak, abs=0.02)
    assert measure(master.audio, RATE).integrated - measure(whole(made), RATE).integrated <= 0.7
    assert true_peak(whole(made)) <= true_peak(master.audio) + 0.001


def test_a_master_that_needs_nothing_comes_back_itself() -> None:
    master = Held(song(4.0, level_db=-14.0), RATE)
    made, sent = codec_safe(master, None)
    assert made is master
    assert (sent.rounds, sent.held) == (1, True)


def test_a_search_that_ends_too_early_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(safety, "ROUNDS", 1)
    _, sent = codec_safe(Held(dense(3.0), RATE), None)
    assert not sent.held
    assert max(sent.peaks.values()) > SAFE_DBTP


def test_a_master_is_made_codec_safe_where_the_settings_ask_for_it() -> None:
    mix = np.clip(song(6.0, level_db=6.0), -1.0, 1.0)
    asked = Settings(target_lufs=-8.0, limiting=1.0, codec_safe=True)
    made = master(mix, RATE, analyse(mix, RATE), asked)
    assert made.sent is not None
    assert made.sent.held
    assert max(true_peak(whole(decoded(made.sound, codec, None))) for codec in WAYS.values()) <= -0.3
    assert made.measured.lufs == pytest.approx(measure(made.audio, RATE).integrated, abs=0.01)
    assert made.measured.true_peak <= asked.ceiling_dbtp
    assert made.why in ("codec-cap", "limiter-cap")
    plain = master(mix, RATE, analyse(mix, RATE), replace(asked, codec_safe=False))
    assert plain.sent is None
    assert 0 < plain.measured.lufs - made.measured.lufs <= 0.7


def test_whether_a_master_is_codec_safe_is_yes_or_no() -> None:
    assert Settings.from_json(Settings(codec_safe=True).to_json()).codec_safe
    assert not Settings.from_json({}).codec_safe
    with pytest.raises(ValueError, match="codec_safe"):
        Settings(codec_safe=1)  # type: ignore[arg-type]
