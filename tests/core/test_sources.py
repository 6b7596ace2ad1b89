"""Which links of a message are songs, where each leads, and what its file is called."""

import pytest

from core.providers import place_of
from core.songs import own_name
from core.sources import DOOR, LONGEST, guessed, links_of

WAV = "https://files.example/mixes/Night%20Bus.wav"
DROPBOX = "https://www.dropbox.com/scl/fi/abc123/Tide.wav?rlkey=k1&st=s2&dl=0"
DRIVE = "https://drive.google.com/file/d/1AbC_d-9/view?usp=sharing"


def taken(words: str) -> list[str]:
    return [file.ref for file in links_of(words).files]


@pytest.mark.parametrize("url", [WAV, DROPBOX, DRIVE, "HTTP://files.example/a.FLAC"])
def test_a_link_to_a_song_is_a_file_of_the_message(url: str) -> None:
    links = links_of(f"Here is the mix:\n{url} - please make it loud")
    assert [(file.door, file.ref) for file in links.files] == [(DOOR, url)]
    assert url not in links.words
    assert links.words.startswith("Here is the mix:")
    assert links.words.endswith("please make it loud")


@pytest.mark.parametrize(
    ("written", "url"),
    [
        (f"<{WAV}>", WAV),
        (f"({WAV})", WAV),
        (f"I mean {WAV}.", WAV),
        (f"[the mix]({WAV})!", WAV),
        ("https://files.example/Song (1).wav", None),
        ("https://files.example/Song_(live).wav", "https://files.example/Song_(live).wav"),
        (f"{WAV}, {WAV}", WAV),
    ],
)
def test_what_stands_around_a_link_is_no_part_of_it(written: str, url: str | None) -> None:
    assert taken(f"mix {written}") == ([url] if url else [])


def test_beside_words_only_what_is_known_to_be_a_song_is_one() -> None:
    page = "https://blog.example/how-to-mix"
    assert taken(f"I did it like {page} says") == []
    assert links_of(f"I did it like {page} says").words == f"I did it like {page} says"
    assert taken(page) == [page]


def test_a_message_of_nothing_but_links_is_all_songs() -> None:
    both = links_of(f"{WAV}\n  https://cdn.example/get?id=7 ")
    assert [file.ref for file in both.files] == [WAV, "https://cdn.example/get?id=7"]
    assert both.words == ""


@pytest.mark.parametrize(
    ("url", "code", "site"),
    [
        ("https://soundcloud.com/ada/night-bus", "link-stream", "SoundCloud"),
        ("https://on.soundcloud.com/xyz", "link-stream", "SoundCloud"),
        ("https://youtu.be/abc", "link-stream", "YouTube"),
        ("https://www.youtube.com/watch?v=abc", "link-stream", "YouTube"),
        ("https://open.spotify.com/track/1", "link-stream", "Spotify"),
        ("https://we.tl/t-abc", "link-service", "WeTransfer"),
        ("https://wetransfer.com/downloads/1", "link-service", "WeTransfer"),
        ("https://www.dropbox.com/sh/abc/def?dl=0", "link-folder", None),
        ("https://www.dropbox.com/scl/fo/abc/h?rlkey=k", "link-folder", None),
        ("https://drive.google.com/drive/folders/1AbC", "link-folder", None),
        ("https://drive.google.com/drive/u/0/folders/1AbC", "link-folder", None),
        ("https://www.dropbox.com/home/mixes", "link-page", None),
        ("https://drive.google.com/drive/my-drive", "link-page", None),
    ],
)
def test_what_can_never_be_fetched_is_known_by_its_link(url: str, code: str, site: str | None) -> None:
    links = links_of(f"my song {url}")
    assert links.files == ()
    assert [(trouble.code, trouble.details.get("site")) for trouble in links.troubles] == [(code, site)]
    assert url in links.words


def test_a_site_is_known_by_its_whole_name() -> None:
    assert place_of("https://notdropbox.com/s/abc/song.wav") is None
    assert place_of("https://dropbox.com.evil.example/s/abc/song.wav") is None
    assert place_of("https://www.dropbox.com./s/abc/song.wav") is not None


@pytest.mark.parametrize(
    ("url", "address"),
    [
        (DROPBOX, "https://www.dropbox.com/scl/fi/abc123/Tide.wav?rlkey=k1&st=s2&dl=1"),
        ("https://www.dropbox.com/s/abc/Tide.wav", "https://www.dropbox.com/s/abc/Tide.wav?dl=1"),
        ("https://dropbox.com/s/abc/Tide.wav?raw=1#x", "https://dropbox.com/s/abc/Tide.wav?dl=1"),
        (DRIVE, "https://drive.usercontent.google.com/download?id=1AbC_d-9&export=download&confirm=t"),
        (
            "https://drive.google.com/open?id=1AbC",
            "https://drive.usercontent.google.com/download?id=1AbC&export=download&confirm=t",
        ),
        (
            "https://drive.google.com/uc?export=download&id=1AbC",
            "https://drive.usercontent.google.com/download?id=1AbC&export=download&confirm=t",
        ),
        (
            "https://drive.google.com/file/u/1/d/1AbC/view?resourcekey=0-k",
            "https://drive.usercontent.google.com/download?id=1AbC&export=download&confirm=t&resourcekey=0-k",
        ),
    ],
)
def test_a_shared_file_is_asked_for_where_it_can_be_downloaded(url: str, address: str) -> None:
    place = place_of(url)
    assert place is not None
    assert place.trouble is None
    assert place.address == address


def test_an_id_cannot_smuggle_anything_into_the_address() -> None:
    place = place_of("https://drive.google.com/open?id=1%26uuid%3Dx%2F..%2F")
    assert place is not None
    assert place.trouble is not None


@pytest.mark.parametrize(
    ("url", "name"),
    [
        (WAV, "Night Bus.wav"),
        ("https://files.example/get?file=song.wav", ""),
        ("https://files.example/a/..%2F..%2Fetc%2Fpasswd.wav", "passwd.wav"),
        ("https://files.example/", ""),
        (DRIVE, ""),
        (DROPBOX, "Tide.wav"),
    ],
)
def test_a_name_is_guessed_from_the_address(url: str, name: str) -> None:
    assert guessed(url) == name


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("Tide.wav", "Tide.wav"),
        ("../../etc/cron.d/Tide.wav", "Tide.wav"),
        ("C:\\mixes\\Tide.wav", "Tide.wav"),
        ("gnp.\u202evaw.exe", "gnp. vaw.exe"),
        ("a\x00\r\nb\udc80.wav", "a b .wav"),
        ("x" * 500 + ".wav", "x" * 116 + ".wav"),
    ],
)
def test_a_name_that_a_server_gives_is_only_a_name(given: str, name: str) -> None:
    assert own_name(given) == name


def test_a_link_without_an_end_is_not_taken() -> None:
    assert taken("https://files.example/" + "a" * LONGEST + ".wav") == []


@pytest.mark.parametrize("url", ["https://[::1/a.wav", "http://", "https://[zz]/a.wav", "https://:80/a.wav"])
def test_what_only_looks_like_a_link_does_no_harm(url: str) -> None:
    links_of(f"mix {url}")
    links_of(url)
