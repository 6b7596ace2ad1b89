"""What people hand to the house: masters by its engineers, and zips of stems; with the real engine."""

import zipfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from bots.catalogues import load_catalogues
from bots.papers import Papers
from bots.sound import open_sound
from core.jobs import Job, JobKind
from core.messages import FileRef
from core.ports import Unfit
from core.rules import load_rules
from core.work.recipes import Recipes
from dsp.decode import load
from dsp.settings import Settings
from storage.blob_keys import BlobKeys
from storage.blobs import SealedBlobs
from storage.database import open_database
from storage.objects import open_objects
from storage.secret import SecretKey
from tests.dsp.signals import Audio, amplitude, song
from tests.dsp.test_decode import encoded

RATE = 44100
SONG = song(6.0, RATE)
SCOPE = "ann"


@dataclass(frozen=True, slots=True)
class House:
    recipes: Recipes
    blobs: SealedBlobs
    folder: Path

    async def do(self, kind: JobKind, version: int | None = None, **asked: Any) -> Mapping[str, Any]:
        job = Job("job-1", kind, SCOPE, song="song-1", version=version, payload={"scope": SCOPE, **asked})
        return await self.recipes.perform(job, lambda share, stage: None)

    async def filed(self, audio: Audio, form: str = "PCM_24", rate: int = RATE) -> str:
        soundfile.write(self.folder / "sent.wav", audio.T, rate, form)
        return (await self.blobs.put(self.folder / "sent.wav", scope=SCOPE)).key

    async def heard(self, blob: str) -> tuple[Any, Audio]:
        async with self.blobs.open(blob) as path:
            return load(path)

    async def came_in(self, audio: Audio, rate: int = RATE) -> dict[str, Any]:
        """A song of an order: what masters are held against."""
        source = await self.filed(audio, rate=rate)
        found = await self.do(JobKind.INTAKE, source=source, title="Nacht", max_minutes=30)
        return {"pcm": found["pcm"], "analysis": found["analysis"]}

    async def fetched(self, path: Path) -> Mapping[str, Any]:
        file = {"door": "folder", "ref": str(path), "name": path.name}
        return await self.do(JobKind.FETCH, file=file)

    async def handed_in(self, source: str, *against: Mapping[str, Any], **asked: Any) -> Mapping[str, Any]:
        about: dict[str, Any] = {
            "mix": False,
            "title": "Nacht",
            "stem": "Nacht",
            "max_minutes": 30,
            "version": 1,
        } | asked
        return await self.do(JobKind.HANDIN, source=source, against=list(against), **about)


class Folder:
    """Where files come from in small pieces."""

    async def fetch(self, file: FileRef) -> AsyncIterator[bytes]:
        with Path(file.ref).open("rb") as data:  # noqa: ASYNC230  a few bytes of this test's own
            while piece := data.read(3):
                yield piece


@asynccontextmanager
async def opened(url: str, folder: Path) -> AsyncIterator[House]:
    async with open_database(url) as database, open_sound(1, folder) as sound:
        objects = open_objects((folder / "blobs").as_uri())
        blobs = SealedBlobs(objects, BlobKeys(database), SecretKey.fresh(), folder)
        rules, catalogues = load_rules(None), load_catalogues()
        yield House(
            Recipes(blobs, sound, {"folder": Folder()}, {}, rules, catalogues, folder, Papers()),
            blobs,
            folder,
        )


@pytest.fixture
async def house(url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with opened(url, tmp_path) as house:
        yield house


def codes(result: Mapping[str, Any]) -> list[str]:
    return [told["code"] for told in result["quality"]]


def lying(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def roles(result: Mapping[str, Any]) -> list[str]:
    return [told["role"] for told in result["previews"]]


async def test_a_master_that_is_handed_in_goes_the_way_of_one_of_the_engine(house: House) -> None:
    mix = await house.came_in(SONG)
    made = await house.do(
        JobKind.RENDER, 1, settings=Settings().to_json(), source_sha256="ab", items=[], title="Nacht",
        stem="Nacht", **mix,
    )  # fmt: skip
    handed = await house.handed_in(made["master"]["blob"], mix, target_lufs=-14.0)
    assert handed.keys() - made.keys() == {"settings", "quality"}
    assert not made.keys() - handed.keys()
    assert handed["quality"] == []
    assert handed["master"]["sha256"] == made["master"]["sha256"]
    assert [told.keys() for told in handed["previews"]] == [told.keys() for told in made["previews"]]
    assert [told["name"] for told in handed["previews"]] == [told["name"] for told in made["previews"]]
    for name in ("lufs", "true_peak", "lra", "plr", "width_db", "duration"):
        assert handed["measured"][name] == pytest.approx(made["measured"][name], abs=0.02), name
    delivered = await house.do(
        JobKind.DELIVER, master=handed["master"]["blob"], tags={}, stem="Nacht",
        ceiling=handed["settings"]["ceiling_dbtp"],
    )  # fmt: skip
    assert delivered["files"][0]["name"] == "Nacht - 24 bit.wav"


async def test_what_is_heard_of_a_version_is_named_in_its_artists_language(house: House) -> None:
    handed = await house.handed_in(await house.filed(SONG), await house.came_in(SONG), locale="de")
    names = [told["name"] for told in handed["previews"] if told["role"] != "picture"]
    assert names == ["Nacht v1 - Original und Master.mp3", "Nacht v1 - Vorschau.mp3"]


async def test_a_master_over_the_limit_is_told_so_and_goes_home_as_it_was_if_it_is_sent_anyway(
    house: House,
) -> None:
    mix = await house.came_in(SONG)
    hot = np.clip(SONG * amplitude(8.3), -1.0, 1.0)
    handed = await house.handed_in(await house.filed(hot), mix)
    told = next(told for told in handed["quality"] if told["code"] == "true-peak")
    assert told["details"]["true_peak"] > 0.0
    assert told["details"]["limit"] == -1.0
    delivered = await house.do(
        JobKind.DELIVER, master=handed["master"]["blob"], tags={}, stem="Nacht",
        ceiling=handed["settings"]["ceiling_dbtp"], formats=["flac 24"],
    )  # fmt: skip
    _, heard = await house.heard(delivered["files"][0]["blob"])
    assert np.abs(heard - hot).max() < 1e-6


async def test_a_lossy_file_with_samples_over_full_scale_is_kept_as_what_it_will_be(
    house: House, tmp_path: Path
) -> None:
    mix = await house.came_in(SONG)
    over = await house.filed(SONG * amplitude(12.0), "FLOAT")
    handed = await house.handed_in(over, mix)
    assert codes(handed)[:2] == ["true-peak", "full-scale"]
    assert handed["measured"]["sample_peak"] == pytest.approx(0.0, abs=1e-3)
    mp3 = await house.blobs.put(encoded(SONG, tmp_path / "a.mp3", "libmp3lame", "mp3"), scope=SCOPE)
    assert "lossy" in codes(await house.handed_in(mp3.key, mix))


async def test_a_file_that_is_no_master_is_refused_like_a_strangers(house: House, tmp_path: Path) -> None:
    mix = await house.came_in(SONG)
    (tmp_path / "words.wav").write_text("dear studio, " * 400)
    words = await house.blobs.put(tmp_path / "words.wav", scope=SCOPE)
    nan = SONG.copy()
    nan[0, 1000] = np.nan
    sent = {
        "not-audio": words.key,
        "silent": await house.filed(0 * SONG),
        "broken": await house.filed(nan, "FLOAT"),
    }
    for code, source in sent.items():
        with pytest.raises(Unfit) as unfit:
            await house.handed_in(source, mix)
        assert unfit.value.code == code


async def test_a_master_of_another_rate_or_in_mono_can_be_heard_beside_the_song(house: House) -> None:
    mix = await house.came_in(SONG)
    wide = await house.handed_in(await house.filed(song(6.0, 48000), rate=48000), mix)
    mono = await house.handed_in(await house.filed(SONG[:1]), mix)
    assert "mono" in codes(mono)
    of_mono = await house.handed_in(await house.filed(SONG), await house.came_in(SONG[:1]))
    for handed, rate in ((wide, 48000), (mono, RATE), (of_mono, RATE)):
        assert roles(handed) == ["ab", "preview", "picture"]
        decoded, _ = await house.heard(handed["previews"][0]["blob"])
        assert (decoded.rate, decoded.channels) == (rate, 2)


async def test_a_revision_says_what_became_of_each_wish_and_how_long_it_is_to_last(house: House) -> None:
    mix = await house.came_in(SONG)
    first = await house.handed_in(await house.filed(SONG), mix)
    louder = {"what": "volume", "direction": 1, "amount": 2.0, "place": [2.0, 4.0]}
    shorter = {"what": "trim-end", "direction": 1, "amount": 3.0}
    words = {"what": "other", "direction": 0, "amount": 0.0, "text": "more love"}
    second = SONG[:, : 3 * RATE].copy()
    handed = await house.handed_in(
        await house.filed(second), mix, items=[shorter, words], asked=["3 s shorter", "more love"],
        previous=first["master"]["blob"], previous_measured=first["measured"], references={},
    )  # fmt: skip
    assert handed["measured"]["changes"] == [
        {"asked": "3 s shorter", "measured": "measured +3.0 s"},
        {"asked": "more love", "measured": "done"},
    ]
    assert "length" not in codes(handed)
    second = SONG.copy()
    second[:, 2 * RATE : 4 * RATE] *= amplitude(2.0)
    asked = {"items": [louder], "asked": ["louder there"], "previous_measured": first["measured"]}
    told = await house.handed_in(await house.filed(second), mix, previous=first["master"]["blob"], **asked)
    (change,) = told["measured"]["changes"]
    assert change["measured"] == "measured +2.0 LU"


async def test_a_mix_is_heard_alone_first_and_then_beside_the_one_before(house: House) -> None:
    stems = [await house.came_in(SONG[:, : 5 * RATE]), await house.came_in(SONG * amplitude(-6.0))]
    first = await house.handed_in(await house.filed(SONG), *stems, mix=True)
    assert roles(first) == ["preview", "look"]
    assert "length" not in codes(first)
    second = await house.handed_in(
        await house.filed(SONG * amplitude(3.0)), *stems, mix=True,
        previous=first["master"]["blob"], previous_measured=first["measured"],
    )  # fmt: skip
    assert roles(second) == ["versions", "preview", "picture"]


async def test_a_zip_is_known_by_its_first_bytes_when_it_comes(house: House, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "stems.wav", "w") as box:
        box.writestr("notes.txt", "130 bpm")
    (tmp_path / "stems.zip").write_bytes(b"RIFF" + bytes(40))
    assert (await house.fetched(tmp_path / "stems.wav"))["zip"] is True
    assert (await house.fetched(tmp_path / "stems.zip")).keys() == {"source", "sha256", "size"}


async def test_the_songs_of_a_zip_are_filed_each_by_itself(house: House, tmp_path: Path) -> None:
    for name, audio in (("kick.wav", SONG[:, :RATE]), ("bass.wav", SONG[:1, :RATE])):
        soundfile.write(tmp_path / name, audio.T, RATE)
    with zipfile.ZipFile(tmp_path / "stems.zip", "w", zipfile.ZIP_DEFLATED) as box:
        box.write(tmp_path / "kick.wav", "Drums/01.wav")
        box.write(tmp_path / "bass.wav", "Bass/01.wav")
        box.write(tmp_path / "bass.wav", "../Bass.wav")
        box.writestr("notes.txt", "130 bpm")
    data = bytearray((tmp_path / "stems.zip").read_bytes())
    data[data.find(b"../Bass.wav") + 2000] ^= 0xFF
    (tmp_path / "stems.zip").write_bytes(data)
    stems = await house.blobs.put(tmp_path / "stems.zip", scope=SCOPE)
    before = lying(tmp_path)
    found = await house.do(JobKind.UNPACK, source=stems.key)
    assert [file["name"] for file in found["files"]] == ["Drums - 01.wav", "Bass - 01.wav"]
    assert found["left"] == [
        {"name": "notes.txt", "code": "not-audio", "details": {}},
        {"name": "Bass.wav", "code": "broken", "details": {"reason": "it cannot be unpacked"}},
    ]
    for file, name in zip(found["files"], ("kick.wav", "bass.wav"), strict=True):
        assert file.keys() == {"name", "source", "sha256", "size"}
        async with house.blobs.open(file["source"]) as path:
            assert path.read_bytes() == (tmp_path / name).read_bytes()
    assert lying(tmp_path) == before


async def test_a_zip_that_breaks_its_reader_is_broken_and_nothing_of_it_stays(
    house: House, tmp_path: Path
) -> None:
    """A list of files that is as long as nobody has memory for."""
    size = 1 << 29
    with (tmp_path / "a.zip").open("wb") as file:
        file.write(b"PK\x03\x04")
        file.truncate(size)
        file.seek(size)
        file.write(
            b"PK\x05\x06" + bytes(4) + b"\1\0\1\0" + (size - 4).to_bytes(4, "little") + b"\4\0\0\0\0\0"
        )
    bomb = await house.blobs.put(tmp_path / "a.zip", scope=SCOPE)
    with pytest.raises(Unfit) as unfit:
        await house.do(JobKind.UNPACK, source=bomb.key)
    assert unfit.value.code == "zip-broken"
