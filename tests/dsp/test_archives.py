"""Zips of strangers: the songs come out as they went in, and nothing else does."""

import io
import random
import stat
import struct
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
import soundfile

from dsp.archives import MOST_ENTRIES, contents, extract
from dsp.errors import SENTENCES, Refused
from tests.dsp.signals import noise

MANY = 50
LARGE = 100 << 20


def sound(form: str = "WAV") -> bytes:
    """Half a second of noise."""
    file = io.BytesIO()
    soundfile.write(file, noise(0.5, 44100).T, 44100, format=form)
    return file.getvalue()


WAV = sound()


def unheard(share: float, stage: str) -> None:
    assert 0.0 <= share <= 1.0


def zipped(
    path: Path, *entries: tuple[str | zipfile.ZipInfo, bytes], packing: int = zipfile.ZIP_DEFLATED
) -> Path:
    with zipfile.ZipFile(path, "w", packing) as box:
        for name, data in entries:
            box.writestr(name, data)
    return path


def held(path: Path, most_files: int = MANY, most_bytes: int = LARGE) -> tuple[list[str], dict[str, str]]:
    """Names of the songs, and of everything else with its code."""
    found = contents(path, most_files=most_files, most_bytes=most_bytes)
    return [file["name"] for file in found["files"]], {told["name"]: told["code"] for told in found["left"]}


def refused(path: Path, **limits: int) -> str:
    with pytest.raises(Refused) as told:
        held(path, **limits)
    assert str(told.value).endswith(".")
    assert told.value.code in SENTENCES
    return told.value.code


def taken(path: Path, out: Path, at: int, most_bytes: int = LARGE) -> Path:
    return Path(extract(path, out, at=at, most_bytes=most_bytes, report=unheard))


@pytest.mark.parametrize("packing", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_songs_come_out_as_they_went_in(tmp_path: Path, packing: int) -> None:
    songs = {"Kick.wav": WAV, "Stems/Bass.flac": sound("FLAC"), "Stems/Lead.ogg": sound("OGG")}
    path = zipped(tmp_path / "a.zip", ("Stems/", b""), *songs.items(), packing=packing)
    found = contents(path, most_files=MANY, most_bytes=LARGE)
    assert [file["name"] for file in found["files"]] == list(songs)
    for file in found["files"]:
        out = taken(path, tmp_path, file["at"])
        assert out.read_bytes() == songs[file["name"]]
        assert file["size"] == len(songs[file["name"]])
    assert found["left"] == []


def test_what_is_no_song_is_left_whatever_its_name_says(tmp_path: Path) -> None:
    inner = zipped(tmp_path / "inner.zip", ("Kick.wav", WAV)).read_bytes()
    path = zipped(
        tmp_path / "a.zip",
        ("notes.txt", b"130 bpm"), ("Snare.wav", b"\x7fELF" + bytes(4000)), ("empty.wav", b""),
        ("more.wav", inner), ("Kick", WAV),
    )  # fmt: skip
    assert held(path) == (
        ["Kick"],
        {
            "notes.txt": "not-audio",
            "Snare.wav": "not-audio",
            "empty.wav": "not-audio",
            "more.wav": "zip-nested",
        },
    )


def test_what_systems_put_beside_the_songs_is_not_mentioned(tmp_path: Path) -> None:
    litter = ("__MACOSX/._Kick.wav", ".DS_Store", "Drums/.hidden.wav", "Thumbs.db", "Drums/desktop.ini")
    path = zipped(tmp_path / "a.zip", *((name, WAV) for name in litter), ("Kick.wav", WAV))
    assert held(path) == (["Kick.wav"], {})


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd.wav",
        "/etc/cron.d/song.wav",
        "C:\\Windows\\song.wav",
        "a/../../b.wav",
        "..",
        "x" * 5000,
    ],
)
def test_a_path_in_a_zip_is_no_place_on_this_machine(tmp_path: Path, name: str) -> None:
    out = tmp_path / "deep" / "down"
    out.mkdir(parents=True)
    path = zipped(tmp_path / "a.zip", (zipfile.ZipInfo(name), WAV), ("Kick.wav", WAV))
    before = set(tmp_path.rglob("*"))
    for file in contents(path, most_files=MANY, most_bytes=LARGE)["files"]:
        assert taken(path, out, file["at"]).parent == out
    assert {one.parent for one in set(tmp_path.rglob("*")) - before} == {out}


def test_a_link_is_left_and_nothing_is_followed(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("Kick.wav")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    path = zipped(tmp_path / "a.zip", (link, b"/etc/passwd"), ("Snare.wav", WAV))
    assert held(path) == (["Snare.wav"], {"Kick.wav": "zip-link"})


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_packing_that_takes_what_memory_it_likes_is_left(tmp_path: Path, packing: int) -> None:
    path = zipped(tmp_path / "a.zip", ("Kick.wav", WAV), packing=packing)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_STORED) as box:
        box.writestr("Snare.wav", WAV)
    assert held(path) == (["Snare.wav"], {"Kick.wav": "zip-packing"})


def test_a_zip_with_a_password_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", ("Kick.wav", WAV))
    data = bytearray(path.read_bytes())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):  # APPNOTE.TXT 4.3.7 and 4.3.12
        data[data.find(signature) + flags] |= 1
    path.write_bytes(data)
    assert refused(path) == "zip-encrypted"


def test_a_zip_without_a_song_is_empty(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", ("a.txt", b"a"), ("b.pdf", b"%PDF"), (".DS_Store", b"x"))
    with pytest.raises(Refused) as told:
        held(path)
    assert (told.value.code, told.value.details) == ("zip-empty", {"files": 2})
    assert refused(zipped(tmp_path / "b.zip")) == "zip-empty"


def test_more_songs_than_an_order_takes_are_too_many(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", *((f"{n}.wav", WAV) for n in range(4)), ("a.txt", b"a"))
    assert len(held(path, most_files=4)[0]) == 4
    with pytest.raises(Refused) as told:
        held(path, most_files=3)
    assert (told.value.code, told.value.details) == ("zip-too-many", {"files": 4, "most": 3})


def test_a_zip_of_very_many_files_is_not_looked_through(tmp_path: Path) -> None:
    names = (f"{number}.txt" for number in range(MOST_ENTRIES + 1))
    path = zipped(tmp_path / "a.zip", *((name, b"") for name in names), packing=zipfile.ZIP_STORED)
    assert refused(path) == "zip-too-many"


def silence(size: int) -> bytes:
    """A WAV of nothing, which packs to a thousandth."""
    return b"RIFF" + struct.pack("<I", size + 36) + WAV[8:40] + struct.pack("<I", size) + bytes(size)


def test_more_than_may_come_out_is_too_large_before_anything_has(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", ("Kick.wav", silence(1 << 20)), ("Snare.wav", WAV))
    assert refused(path, most_bytes=1 << 20) == "zip-too-large"
    assert held(path) == (["Kick.wav", "Snare.wav"], {})


def test_a_zip_that_packs_like_no_music_is_a_bomb_though_one_silent_stem_is_none(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", *((f"{number}.wav", silence(1 << 20)) for number in range(3)))
    assert refused(path) == "zip-broken"


def test_one_file_larger_than_may_be_sent_is_left_inside(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", ("Kick.wav", WAV))
    with pytest.raises(Refused) as told:
        taken(path, tmp_path, 0, most_bytes=len(WAV) - 1)
    assert told.value.code == "too-large"
    assert [one.name for one in tmp_path.iterdir()] == ["a.zip"]


def test_files_that_lie_over_each_other_count_each_by_itself(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", ("0.wav", WAV), packing=zipfile.ZIP_STORED)
    data = path.read_bytes()
    start = data.find(b"PK\x01\x02")
    end = data.find(b"PK\x05\x06")
    entry, count = data[start:end], 40  # one song, listed forty times
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count, count, count * len(entry), start, 0)
    path.write_bytes(data[:start] + count * entry + tail)
    assert refused(path, most_bytes=20 * len(WAV)) == "zip-too-large"


@pytest.mark.parametrize("told", [0, 1000, 10 * len(WAV), 0xFFFFFFF0])
def test_a_size_that_is_a_lie_gives_no_more_than_it_says_and_no_song(tmp_path: Path, told: int) -> None:
    path = zipped(tmp_path / "a.zip", ("Kick.wav", WAV))
    data = bytearray(path.read_bytes())
    struct.pack_into("<I", data, data.find(b"PK\x01\x02") + 24, told)  # APPNOTE.TXT 4.3.12
    path.write_bytes(data)
    if told < len(WAV) or told > LARGE:
        assert refused(path) == ("zip-too-large" if told > LARGE else "zip-broken")
        return
    (file,) = contents(path, most_files=MANY, most_bytes=LARGE)["files"]
    with pytest.raises(Refused) as wrong:
        taken(path, tmp_path, file["at"])
    assert wrong.value.code == "broken"
    assert [one.name for one in tmp_path.iterdir()] == ["a.zip"]


def test_a_song_that_is_damaged_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", ("Kick.wav", WAV), packing=zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    data[5000] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(Refused) as told:
        taken(path, tmp_path, 0)
    assert told.value.code == "broken"
    assert [one.name for one in tmp_path.iterdir()] == ["a.zip"]


@pytest.mark.parametrize(
    "head", [b"PK\x03\x04", b"PK\x05\x06", b"PK\x05\x06" + bytes(18) + b"x", b"", b"Rar!"]
)
def test_what_is_no_zip_is_broken(tmp_path: Path, head: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(head + bytes(300))
    assert refused(tmp_path / "a.zip") in ("zip-broken", "zip-empty")


def test_a_zip_that_is_cut_off_is_broken(tmp_path: Path) -> None:
    whole = zipped(tmp_path / "a.zip", ("Kick.wav", WAV)).read_bytes()
    (tmp_path / "a.zip").write_bytes(whole[:-30])
    assert refused(tmp_path / "a.zip") == "zip-broken"


def test_a_zip_of_64_bit_sizes_is_read_like_any_other(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as box, box.open("Kick.wav", "w", force_zip64=True) as song:
        song.write(WAV)
    assert held(tmp_path / "a.zip") == (["Kick.wav"], {})
    assert taken(tmp_path / "a.zip", tmp_path, 0).read_bytes() == WAV


def test_names_are_read_as_they_were_written(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", ("Stück für Иван.wav", WAV), ("Drums\\Kick.wav", WAV))
    data = path.read_bytes()
    unsaid = data.replace("Stück".encode(), b"St" + "ü".encode() + b"ck")
    flagless = bytearray(unsaid)
    for signature, flags in ((b"PK\x03\x04", 7), (b"PK\x01\x02", 9)):  # the flag that says UTF-8
        flagless[flagless.find(signature) + flags] &= ~8
    (tmp_path / "b.zip").write_bytes(flagless)
    for archive in (path, tmp_path / "b.zip"):
        assert held(archive)[0] == ["Stück für Иван.wav", "Drums/Kick.wav"]


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_changed_in_a_zip_it_is_read_or_refused(tmp_path: Path, seed: int) -> None:
    path = zipped(
        tmp_path / "a.zip", ("Kick.wav", WAV[:4000]), ("Stems/Bass.flac", sound("FLAC")[:3000]), ("n", b"n")
    )
    whole, chance = path.read_bytes(), random.Random(seed)
    marks = [at for at in range(len(whole)) if whole[at : at + 2] == b"PK"]
    for _ in range(250):
        data = bytearray(whole)
        for _ in range(chance.choice((1, 2, 5))):
            near = chance.choice(marks) + chance.randrange(60)
            data[near % len(data)] = chance.choice((0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)))
        path.write_bytes(data)
        with suppress(Refused):
            for file in contents(path, most_files=MANY, most_bytes=LARGE)["files"]:
                taken(path, tmp_path, file["at"])
