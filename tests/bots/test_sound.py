"""The engine as the house uses it: strangers' files go through the jail; what they do to it stays there."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from bots.catalogues import load_catalogues
from bots.sound import (
    PooledSound,
    decoding_limits,
    mastering_limits,
    open_sound,
    opened_by,
    unpacking_limits,
)
from core.desk.shown import troubles
from core.ports import Report, Unfit
from core.songs import Trouble
from dsp.errors import SENTENCES
from dsp.profile import Profile
from dsp.reference import measured
from dsp.settings import PlugIn, Settings, Style
from storage.queue.limits import Confines, Limits
from storage.queue.pool import ChildDied, Pool
from tests.dsp.signals import song
from tests.dsp.test_decode import encoded

RATE = 44100
TUNE = song(3.0)


def unheard(share: float, stage: str) -> None:
    assert 0.0 <= share <= 1.0


class Perilous(Pool):
    """Processes of which the first few that should decode a file do something else."""

    def __init__(self, times: int, deed: str, **arguments: Any) -> None:
        super().__init__(1, preload=("dsp.tasks", "dsp.archives", "tests.storage.chores"))
        self.times, self.deed, self.arguments = times, deed, arguments
        self.runs = 0

    async def run(
        self,
        target: str,
        arguments: Mapping[str, Any],
        report: Report | None = None,
        *,
        limits: Limits | None = None,
    ) -> Any:
        self.runs += target in ("dsp.tasks:decode", "dsp.archives:contents")
        if self.runs <= self.times:
            return await super().run(self.deed, self.arguments, limits=Limits(seconds=1.0))
        return await super().run(target, arguments, report, limits=limits)


@pytest.fixture
def flac(tmp_path: Path) -> Path:
    soundfile.write(tmp_path / "song.flac", np.clip(TUNE, -1, 1).T, RATE)
    return tmp_path / "song.flac"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


@pytest.mark.parametrize(
    ("name", "codec", "form"),
    [
        ("a.mp3", "libmp3lame", "mp3"),
        ("a.m4a", "aac", "mp4"),
        ("a.m4a", "alac", "mp4"),
        ("a.aac", "aac", "adts"),
        ("a.wav", "pcm_s24le", "wav"),
    ],
)
async def test_a_song_comes_through_the_jail_whole(
    tmp_path: Path, out: Path, name: str, codec: str, form: str
) -> None:
    source = encoded(TUNE, tmp_path / name, codec, form)
    told: list[float] = []
    async with open_sound(1, tmp_path) as sound:
        found = await sound.intake(
            source, out, max_minutes=30, report=lambda share, stage: told.append(share)
        )
    assert found["analysis"]["duration"] == pytest.approx(3.0, abs=0.1)
    assert {Path(found[name]).parent for name in ("pcm", "envelope")} == {out}
    assert told == sorted(told)


async def test_a_file_that_is_no_song_is_refused_by_code(tmp_path: Path, out: Path) -> None:
    (tmp_path / "song.wav").write_text("dear studio, " * 400)
    async with open_sound(1, tmp_path) as sound:
        with pytest.raises(Unfit) as unfit:
            await sound.intake(tmp_path / "song.wav", out, max_minutes=30, report=unheard)
    assert unfit.value.code == "not-audio"


async def test_a_reference_is_measured_in_the_jail_as_it_is_without_one(
    tmp_path: Path, flac: Path, out: Path
) -> None:
    async with open_sound(1, tmp_path) as sound:
        found = await sound.profile(flac, out, max_minutes=30, report=unheard)
    heard = Profile.from_json(found["profile"])
    alone = Profile.from_json(measured(flac))
    assert heard.lufs == pytest.approx(alone.lufs, abs=0.01)
    assert heard.mid == pytest.approx(alone.mid, abs=0.01, nan_ok=True)
    assert (heard.name, heard.sha256) == ("", "")


@pytest.mark.parametrize(("code", "level"), [("silent", 0.0), ("too-short", 1.0)])
async def test_a_reference_that_tells_nothing_is_refused_by_code(
    tmp_path: Path, out: Path, code: str, level: float
) -> None:
    frames = RATE // 20 if code == "too-short" else 2 * RATE
    soundfile.write(tmp_path / "idol.wav", level * TUNE[:, :frames].T, RATE)
    async with open_sound(1, tmp_path) as sound:
        with pytest.raises(Unfit) as unfit:
            await sound.profile(tmp_path / "idol.wav", out, max_minutes=30, report=unheard)
    assert unfit.value.code == code


async def test_a_decoder_that_dies_once_is_given_another_try(flac: Path, out: Path) -> None:
    decoding = Perilous(1, "tests.storage.chores:crash")
    try:
        found = await PooledSound(decoding).intake(flac, out, max_minutes=30, report=unheard)
    finally:
        await decoding.close()
    assert found["analysis"]["duration"] == pytest.approx(3.0)


@pytest.mark.parametrize(
    ("deed", "arguments", "runs"),
    [
        ("crash", {}, 2),
        ("take_memory", {"size": 1 << 40}, 2),
        ("burn", {"paper": "/dev/null"}, 1),
    ],
)
async def test_a_file_that_no_decoder_survives_is_damaged_and_nothing_is_wrong_on_our_side(
    tmp_path: Path, flac: Path, out: Path, deed: str, arguments: dict[str, Any], runs: int
) -> None:
    if deed == "burn":
        arguments = {"paper": str(tmp_path / "paper")}
    decoding = Perilous(9, f"tests.storage.chores:{deed}", **arguments)
    try:
        with pytest.raises(Unfit) as unfit:
            await PooledSound(decoding).intake(flac, out, max_minutes=30, report=unheard)
    finally:
        await decoding.close()
    assert unfit.value.code == "broken"
    assert decoding.runs == runs


@pytest.mark.parametrize(("deed", "runs"), [("crash", 2), ("burn", 1)])
async def test_a_zip_that_no_reader_survives_is_damaged(tmp_path: Path, deed: str, runs: int) -> None:
    arguments = {"paper": str(tmp_path / "paper")} if deed == "burn" else {}
    reading = Perilous(9, f"tests.storage.chores:{deed}", **arguments)
    try:
        with pytest.raises(Unfit) as unfit:
            await PooledSound(reading).contents(tmp_path, most_files=50, most_bytes=1)
    finally:
        await reading.close()
    assert unfit.value.code == "zip-broken"
    assert reading.runs == runs


def test_a_reader_of_zips_opens_one_file_and_writes_no_more_than_it_may(tmp_path: Path) -> None:
    limits = unpacking_limits(tmp_path / "a.zip", tmp_path / "out", 1 << 20)
    assert limits.confines == Confines(reads=(tmp_path / "a.zip",), writes=(tmp_path / "out",))
    assert limits.file == 1 << 20
    assert unpacking_limits(tmp_path / "a.zip", None, 1 << 20).confines == Confines(
        reads=(tmp_path / "a.zip",)
    )


async def test_a_decoder_that_somebody_kills_is_no_fault_of_the_file(flac: Path, out: Path) -> None:
    decoding = Perilous(1, "tests.storage.chores:kill_itself")
    sound = PooledSound(decoding)
    try:
        with pytest.raises(ChildDied):
            await sound.intake(flac, out, max_minutes=30, report=unheard)
        found = await sound.intake(flac, out, max_minutes=30, report=unheard)
    finally:
        await decoding.close()
    assert found["analysis"]["duration"] == pytest.approx(3.0)


def test_a_longer_song_may_take_longer_and_a_decoder_less_memory_than_a_master(tmp_path: Path) -> None:
    for name, size in (("short", 1), ("long", 100_000_000)):
        with (tmp_path / name).open("wb") as file:
            file.truncate(size)
    short, long = (mastering_limits(tmp_path / name, tmp_path) for name in ("short", "long"))
    decoding = decoding_limits(tmp_path / "short", tmp_path, 30)
    assert short.seconds < long.seconds
    assert decoding.seconds > decoding_limits(tmp_path / "short", tmp_path, 10).seconds
    assert decoding.memory < short.memory
    assert decoding.confines is not None


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_person_is_told_one_clear_thing_for_every_code(language: str) -> None:
    say = load_catalogues().voice(language)
    told = [troubles.trouble(say, Trouble(code), pages=True) for code in SENTENCES]
    assert len({repr(text) for text in told}) == len(SENTENCES)


VELVET = Style("velvet", chain=(PlugIn("Compressor", parameters=(("threshold_db", -30.0),)),))


async def test_a_style_of_the_house_is_rendered_in_the_jail(flac: Path, out: Path, tmp_path: Path) -> None:
    async with open_sound(1, tmp_path) as sound:
        found = await sound.intake(flac, out, max_minutes=30, report=unheard)
        rendered = [
            await sound.render(
                Path(found["pcm"]),
                out,
                analysis=found["analysis"],
                settings=settings.to_json(),
                source_sha256="ab" * 32,
                report=unheard,
            )
            for settings in (Settings(), Settings(style="velvet", own_style=VELVET))
        ]
    assert [made["measured"]["lufs"] for made in rendered] == pytest.approx([-14.0, -14.0], abs=0.02)
    assert rendered[0]["fingerprint"] != rendered[1]["fingerprint"]


async def test_a_plug_in_that_is_gone_is_told_and_tried_no_further(
    flac: Path, out: Path, tmp_path: Path
) -> None:
    own = Style("velvet", chain=(PlugIn("", str(tmp_path / "Tube.vst3")),))
    async with open_sound(1, tmp_path) as sound:
        found = await sound.intake(flac, out, max_minutes=30, report=unheard)
        with pytest.raises(Unfit) as unfit:
            await sound.render(
                Path(found["pcm"]),
                out,
                analysis=found["analysis"],
                settings=Settings(style="velvet", own_style=own).to_json(),
                source_sha256="ab" * 32,
                report=unheard,
            )
    assert unfit.value.code == "plug-in"
    assert unfit.value.details["reason"] == f"is not there: {tmp_path / 'Tube.vst3'}"


async def test_the_plug_ins_of_a_chain_are_tried_where_songs_are_made(tmp_path: Path) -> None:
    torn = tmp_path / "Torn.vst3"
    torn.write_bytes(b"no plug-in")
    chain = (*VELVET.chain, PlugIn("", str(torn)), PlugIn("Gain", parameters=(("gain", 1.0),)))
    async with open_sound(1, tmp_path) as sound:
        found = await sound.faults(chain)
    assert [(index, parameter) for index, parameter, _ in found] == [(1, ""), (2, "gain")]
    assert "cannot be loaded" in found[0][2]  # it was read: the jail lets it be


async def test_a_plug_in_that_breaks_its_process_is_found_out(tmp_path: Path) -> None:
    class Breaking(Pool):
        async def run(self, target: str, *arguments: Any, **limits: Any) -> Any:
            return await super().run("tests.storage.chores:crash", {}, **limits)

    pool = Breaking(1, preload=("tests.storage.chores",))
    try:
        ((index, parameter, sentence),) = await PooledSound(pool).faults(VELVET.chain)
    finally:
        await pool.close()
    assert (index, parameter) == (0, "")
    assert sentence.startswith("The plug-in Compressor breaks its process")


def test_only_a_plug_in_with_a_file_may_open_more_than_the_song(tmp_path: Path) -> None:
    tube, licence = tmp_path / "Tube.vst3", tmp_path / "licence"
    tube.mkdir()
    licence.touch()
    assert opened_by(VELVET.chain) == ()
    opened = opened_by((PlugIn("", str(tube), reads=(str(licence), str(tmp_path / "gone"))),))
    assert opened[:2] == (tube, licence)
    assert tmp_path / "gone" not in opened
