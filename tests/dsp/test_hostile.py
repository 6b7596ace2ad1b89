"""Files that lie, and files that are not what they seem: each is measured by what it holds, or refused."""

import struct
import zipfile
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from dsp.decode import decode, load
from dsp.errors import SENTENCES, Refused
from tests.dsp.signals import noise
from tests.dsp.test_decode import encoded

RATE = 44100
SECOND = noise(1.0, RATE)
DAY = 24 * 3600 * RATE


def refused(path: Path) -> str:
    """The code a file is refused with; one sentence that people can read, and nothing left behind."""
    with pytest.raises(Refused) as told:
        decode(path, path.with_suffix(".pcm"))
    assert not path.with_suffix(".pcm").exists()
    sentence = str(told.value)
    assert sentence.endswith(".")
    assert sentence[0].isupper()
    assert told.value.code in SENTENCES
    return told.value.code


def frames(path: Path) -> int:
    return load(path)[0].frames


def held(path: Path, *codes: str) -> int:
    """Frames of a file that may also be refused with one of these codes: 0 then."""
    try:
        return frames(path)
    except Refused as told:
        if told.code not in codes:
            raise
        return 0


def wav(
    channels: int = 2, rate: int = RATE, tag: int = 1, bits: int = 16, data: bytes = b"", extra: bytes = b""
) -> bytes:
    """A WAV whose header says what it is told to."""
    frame = channels * bits // 8
    form = struct.pack("<HHIIHH", tag, channels, rate, rate * frame & 0xFFFFFFFF, frame & 0xFFFF, bits)
    body = (
        b"WAVE"
        + extra
        + b"fmt "
        + struct.pack("<I", 16)
        + form
        + b"data"
        + struct.pack("<I", len(data))
        + data
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


def sound(seconds: float = 1.0) -> bytes:
    """Stereo words of 16 bits."""
    return (noise(seconds, RATE).T * 32767).astype("<i2").tobytes()


def crc(data: bytes, bits: int, polynomial: int) -> int:
    register = 0
    for byte in data:
        register ^= byte << bits - 8
        for _ in range(8):
            register = register << 1 ^ (polynomial if register >> bits - 1 else 0)
            register &= (1 << bits) - 1
    return register


def silent_flac(total: int) -> bytes:
    """A FLAC of `total` silent frames: eighteen bytes for each 65,535 of them (RFC 9639)."""
    info = struct.pack(">HH", 65535, 65535) + bytes(6)
    info += (RATE << 44 | 1 << 41 | 15 << 36 | total).to_bytes(8, "big") + bytes(16)
    blocks = [b"fLaC\x80" + len(info).to_bytes(3, "big") + info]
    for number in range(total // 65535):
        head = b"\xff\xf8\x79\x18" + utf_8(number) + b"\xff\xfe"
        frame = head + bytes([crc(head, 8, 0x07)]) + bytes(6)
        blocks.append(frame + crc(frame, 16, 0x8005).to_bytes(2, "big"))
    return b"".join(blocks)


def utf_8(number: int) -> bytes:
    return chr(number).encode("utf-8", "surrogatepass")


def test_a_day_of_silence_in_a_megabyte_is_too_long_and_not_unpacked(tmp_path: Path) -> None:
    (tmp_path / "a.flac").write_bytes(silent_flac(DAY))
    assert (tmp_path / "a.flac").stat().st_size < 2**20
    assert refused(tmp_path / "a.flac") == "too-long"


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (wav(channels=1000, data=bytes(2000 * 500)), "channels"),
        (wav(channels=65535, data=bytes(100000)), "broken"),
        (wav(channels=0, data=bytes(4000)), "broken"),
        (wav(rate=1, data=bytes(4000)), "rate"),
        (wav(rate=0, data=bytes(4000)), "broken"),
        (wav(rate=0xFFFFFFFF, data=bytes(400000)), "broken"),
        (wav(bits=0, data=bytes(4000)), "broken"),
        (wav(bits=3, data=bytes(4000)), "too-short"),
        (wav(tag=0x1234, data=bytes(400000)), "broken"),
        (wav(data=b""), "too-short"),
        (wav(data=bytes(4)), "too-short"),
        (wav(data=sound())[:-150000], "too-short"),
        (wav(data=sound())[:30], "broken"),
    ],
)
def test_a_header_that_makes_no_sense_or_says_too_little(tmp_path: Path, made: bytes, code: str) -> None:
    (tmp_path / "a.wav").write_bytes(made)
    assert refused(tmp_path / "a.wav") == code


@pytest.mark.parametrize(
    ("form", "kind", "within"),
    [
        ("WAV", "PCM_U8", 1 / 100),
        ("WAV", "DOUBLE", 1e-6),
        ("WAV", "ULAW", 1 / 20),
        ("WAV", "ALAW", 1 / 20),
        ("WAV", "IMA_ADPCM", 1 / 2),
        ("WAV", "MS_ADPCM", 1 / 2),
        ("AIFF", "PCM_S8", 1 / 100),
        ("AIFF", "PCM_U8", 1 / 100),
        ("AIFF", "DOUBLE", 1e-6),
        ("AIFF", "ULAW", 1 / 20),
        ("CAF", "PCM_S8", 1 / 100),
        ("CAF", "DOUBLE", 1e-6),
        ("CAF", "ALAC_16", 1e-4),
        ("CAF", "ALAC_24", 1e-6),
        ("RF64", "PCM_24", 1e-6),
        ("W64", "PCM_U8", 1 / 100),
    ],
)
def test_what_words_a_container_holds_its_sound_in(
    tmp_path: Path, form: str, kind: str, within: float
) -> None:
    soundfile.write(tmp_path / "a", SECOND.T, RATE, kind, format=form)
    decoded, audio = load(tmp_path / "a")
    assert np.abs(audio[:, :RATE] - SECOND).max() < within
    assert RATE <= decoded.frames < RATE + 4096


@pytest.mark.parametrize(
    ("form", "kind"),
    [("AU", "PCM_16"), ("VOC", "PCM_16"), ("NIST", "PCM_16"), ("IRCAM", "PCM_16"), ("PVF", "PCM_16")],
)
def test_containers_that_the_studio_does_not_take_are_not_audio(tmp_path: Path, form: str, kind: str) -> None:
    soundfile.write(tmp_path / "a.wav", SECOND.T, RATE, kind, format=form)
    assert refused(tmp_path / "a.wav") == "not-audio"


@pytest.mark.parametrize(
    ("name", "codec", "form"),
    [
        ("a.mka", "flac", "matroska"),
        ("a.wv", "wavpack", "wv"),
        ("a.tta", "tta", "tta"),
        ("a.ac3", "ac3", "ac3"),
        ("a.avi", "mp2", "avi"),
        ("a.ts", "aac", "mpegts"),
    ],
)
def test_what_others_play_is_not_taken(tmp_path: Path, name: str, codec: str, form: str) -> None:
    assert refused(encoded(SECOND, tmp_path / name, codec, form)) == "not-audio"


@pytest.mark.parametrize(
    "head",
    [
        bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"),  # Windows Media
        b"MThd\0\0\0\x06",
        b"DSD \x1c\0\0\0",
        b"MAC \x96\x0f\0\0",
        b"MPCK",
        b".RMF",
        b"#!AMR\n",
        b"\x89PNG\r\n\x1a\n",
        b"\x7fELF",
    ],
)
def test_other_files_are_known_by_their_first_bytes(tmp_path: Path, head: bytes) -> None:
    (tmp_path / "song.wav").write_bytes(head + bytes(40_000))
    assert refused(tmp_path / "song.wav") == "not-audio"


def test_flac_in_ogg_is_refused(tmp_path: Path) -> None:
    assert refused(encoded(SECOND, tmp_path / "a.ogg", "flac", "ogg")) == "broken"


def test_a_video_gives_its_sound(tmp_path: Path) -> None:
    assert frames(film(tmp_path / "a.mp4", with_sound=True)) == pytest.approx(RATE, abs=3000)


def test_a_silent_film_is_not_audio(tmp_path: Path) -> None:
    assert refused(film(tmp_path / "a.mp4", with_sound=False)) == "not-audio"


def film(path: Path, *, with_sound: bool) -> Path:
    with av.open(str(path), "w", format="mp4") as box:
        pictures = box.add_stream("mpeg4", rate=25)
        pictures.width, pictures.height, pictures.pix_fmt = 64, 48, "yuv420p"
        heard = box.add_stream("aac", rate=RATE, layout="stereo") if with_sound else None
        for _ in range(25):
            grey = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 128, np.uint8), format="rgb24")
            box.mux(pictures.encode(grey))
        box.mux(pictures.encode(None))
        if heard is not None:
            for start in range(0, RATE, 1024):
                piece = np.ascontiguousarray(SECOND[:, start : start + 1024])
                frame = av.AudioFrame.from_ndarray(piece, format="fltp", layout="stereo")
                frame.sample_rate, frame.pts = RATE, start
                box.mux(heard.encode(frame))
            box.mux(heard.encode(None))
    return path


def id3(size: int, told: int | None = None, frame: bytes = b"APIC") -> bytes:
    """An ID3v2.4 tag of `size` bytes that says `told`, with one frame that fills it."""
    said = size if told is None else told
    seven = bytes(said >> shift & 0x7F for shift in (21, 14, 7, 0))
    body = (frame + seven + bytes(2) + bytes(size))[:size]
    return b"ID3\x04\0\0" + seven + body


@pytest.fixture(scope="module")
def mp3(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return encoded(SECOND, tmp_path_factory.mktemp("mp3") / "a.mp3", "libmp3lame", "mp3").read_bytes()


@pytest.mark.parametrize("frame", [b"APIC", b"CHAP", b"TXXX", b"GEOB", b"\0\0\0\0"])
def test_a_tag_of_twenty_megabytes_is_passed_over(tmp_path: Path, mp3: bytes, frame: bytes) -> None:
    (tmp_path / "a.mp3").write_bytes(mp3)
    (tmp_path / "b.mp3").write_bytes(id3(20 << 20, frame=frame) + mp3)
    assert frames(tmp_path / "b.mp3") == pytest.approx(frames(tmp_path / "a.mp3"), abs=1152 * 2)


@pytest.mark.parametrize("told", [0, 1, 1 << 20, (1 << 28) - 1])
def test_a_tag_that_lies_about_its_length_invents_nothing(tmp_path: Path, mp3: bytes, told: int) -> None:
    (tmp_path / "a.mp3").write_bytes(id3(2000, told) + mp3)
    assert held(tmp_path / "a.mp3", "not-audio", "broken", "too-short") <= 2 * RATE


def test_thousands_of_chapters_are_passed_over(tmp_path: Path, mp3: bytes) -> None:
    chapter = b"CHAP\0\0\0\x13\0\0" + b"c\0" + bytes(17)
    tag = chapter * 20_000
    seven = bytes(len(tag) >> shift & 0x7F for shift in (21, 14, 7, 0))
    (tmp_path / "a.mp3").write_bytes(b"ID3\x04\0\0" + seven + tag + mp3)
    assert frames(tmp_path / "a.mp3") < 2 * RATE


@pytest.mark.parametrize("count", [0, 1, 10_000_000, 0xFFFFFFFF])
def test_an_mp3_whose_header_counts_wrongly_is_measured_by_what_it_holds(
    tmp_path: Path, mp3: bytes, count: int
) -> None:
    (tmp_path / "a.mp3").write_bytes(mp3)
    honest = frames(tmp_path / "a.mp3")
    at = mp3.find(b"Xing") if b"Xing" in mp3 else mp3.find(b"Info")
    lying = mp3[: at + 8] + count.to_bytes(4, "big") + mp3[at + 12 :]
    (tmp_path / "a.mp3").write_bytes(lying)
    assert frames(tmp_path / "a.mp3") <= honest + 2 * 1152
    assert frames(tmp_path / "a.mp3") >= honest - 2 * 1152


def test_a_song_of_many_megabytes_that_asks_for_more_than_memory_is_damage(tmp_path: Path) -> None:
    path = encoded(SECOND, tmp_path / "a.m4a", "aac", "mp4")
    data = bytearray(path.read_bytes())
    sizes = data.find(b"stsz") + 8  # ISO/IEC 14496-12, 8.7.3.2: one size for every packet
    data[sizes : sizes + 4] = b"\x7f\xff\xff\x00"
    path.write_bytes(data)
    assert refused(path) == "broken"


def test_ten_thousand_chunks_are_walked_over_or_given_up(tmp_path: Path) -> None:
    chunks = b"".join(b"junk" + struct.pack("<I", 2) + b"ab" for _ in range(10_000))
    (tmp_path / "a.wav").write_bytes(wav(data=sound(), extra=chunks))
    assert held(tmp_path / "a.wav", "broken") in (0, RATE)


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF, 0x80000000, 0x7FFFFFFF])
def test_a_chunk_without_an_end_ends_with_the_file(tmp_path: Path, size: int) -> None:
    (tmp_path / "a.wav").write_bytes(wav(data=sound(), extra=b"LIST" + struct.pack("<I", size)))
    assert held(tmp_path / "a.wav", "broken", "too-short") <= RATE


def test_an_archive_is_not_audio_whatever_its_name(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.wav", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("song.wav", bytes(50 << 20))
    assert refused(tmp_path / "a.wav") == "not-audio"


def test_an_archive_behind_a_song_is_not_heard(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(wav(data=sound()))
    with zipfile.ZipFile(tmp_path / "a.wav", "a") as archive:
        archive.writestr("payload", bytes(100_000))
    assert frames(tmp_path / "a.wav") == RATE


@pytest.mark.parametrize(
    "first", [b"%PDF-1.7\n", b"<!DOCTYPE html><script>", b"#!/bin/sh\n", b"#EXTM3U\nfile:///etc/passwd\n"]
)
def test_a_song_behind_something_else_is_not_a_song(tmp_path: Path, mp3: bytes, first: bytes) -> None:
    (tmp_path / "a.mp3").write_bytes(first + mp3)
    assert refused(tmp_path / "a.mp3") == "not-audio"


def ogg(path: Path, seconds: float, rate: int = RATE, kind: str = "VORBIS") -> bytes:
    soundfile.write(path, noise(seconds, rate).T, rate, kind, format="OGG")
    return path.read_bytes()


@pytest.mark.parametrize(("kind", "rate"), [("VORBIS", RATE), ("OPUS", 48000)])
def test_streams_that_are_chained_hold_no_more_than_both(tmp_path: Path, kind: str, rate: int) -> None:
    one, two = (ogg(tmp_path / name, seconds, rate, kind) for name, seconds in (("1", 1.0), ("2", 0.7)))
    (tmp_path / "a.ogg").write_bytes(one + two)
    assert rate <= frames(tmp_path / "a.ogg") <= 1.7 * rate + 6000


def test_a_chain_that_changes_its_rate_is_not_taken_for_one_song(tmp_path: Path) -> None:
    one, two = ogg(tmp_path / "1", 1.0), ogg(tmp_path / "2", 1.0, 22050)
    (tmp_path / "a.ogg").write_bytes(one + two)
    assert held(tmp_path / "a.ogg", "broken") <= RATE


def test_a_name_of_a_codec_that_is_no_text_is_damage_at_most(tmp_path: Path) -> None:
    path = encoded(SECOND, tmp_path / "a.m4a", "aac", "mp4")
    path.write_bytes(path.read_bytes().replace(b"mp4a", b"\xda\xff\x80a"))
    assert held(path, "broken", "not-audio") <= RATE + 3000


def test_an_index_that_points_before_the_file_ends_the_song_at_most(tmp_path: Path) -> None:
    path = encoded(SECOND, tmp_path / "a.m4a", "aac", "mp4")
    whole = path.read_bytes()
    for name in (b"stco", b"mdat", b"stsz"):
        for number in (b"\xff\xff\xff\xff", b"\x80\0\0\0", b"\0\0\0\1"):
            at = whole.find(name)
            path.write_bytes(whole[: at - 4] + number + name + number * 3 + whole[at + 16 :])
            assert held(path, "broken", "not-audio", "too-short") <= RATE + 3000


def test_a_file_that_promises_less_than_a_frame_is_measured_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav(data=sound()))
    data = path.read_bytes()
    path.write_bytes(
        data.replace(b"data" + struct.pack("<I", 4 * RATE), b"data" + struct.pack("<I", 2)) + bytes(10)
    )
    assert refused(path) == "too-short"
