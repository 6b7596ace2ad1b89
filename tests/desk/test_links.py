"""Links in what an artist writes: songs, examples, and what cannot be fetched."""

import pytest

from core.jobs import JobKind
from core.orders import OrderState
from core.songs import SongState
from core.sources import DOOR
from tests.desk.studio import Studio, looked_into
from tests.desk.test_first_order import previewed

WAV = "https://files.example/mixes/Low%20Tide.wav"
DRIVE = "https://drive.google.com/file/d/1AbC/view"
LISTEN = "https://soundcloud.com/ada/ebb"
FETCHED = {"source": "cas/x", "sha256": "ab" * 32, "size": 1000}


async def test_a_link_to_a_song_opens_an_order_and_its_words_are_the_note(studio: Studio) -> None:
    await studio.says("ada", f"{WAV} keep it warm")
    job = await studio.does(JobKind.FETCH, FETCHED)
    assert (job.door, job.payload["file"]["ref"]) == (DOOR, WAV)
    await studio.does(JobKind.INTAKE, looked_into())
    project = await studio.project("ada")
    assert (project.order.state, project.order.note) == (OrderState.OFFERED, "keep it warm")
    assert [song.title for song in project.songs] == ["Low Tide"]


async def test_the_name_that_comes_with_a_file_is_the_title(studio: Studio) -> None:
    await studio.says("ada", DRIVE)
    assert [song.title for song in (await studio.project("ada")).songs] == ["Song"]
    await studio.does(JobKind.FETCH, {**FETCHED, "name": "03 - Low Tide.wav"})
    (song,) = (await studio.project("ada")).songs
    assert (song.title, song.file.name) == ("Low Tide", "03 - Low Tide.wav")


async def test_links_and_attached_files_are_one_drop(studio: Studio) -> None:
    await studio.says("ada", f"and this one {WAV}", "Harbour.wav")
    assert [song.title for song in (await studio.project("ada")).songs] == ["Harbour", "Low Tide"]


async def test_beside_a_song_what_is_for_listening_is_an_example(studio: Studio) -> None:
    await studio.says("ada", f"like {LISTEN}", "Harbour.wav")
    project = await studio.project("ada")
    assert project.order.note == f"like {LISTEN}"
    assert not any("for listening" in words for words in studio.told("ada"))


async def test_beside_a_song_one_that_cannot_be_fetched_is_named(studio: Studio) -> None:
    await studio.says("ada", f"{WAV} https://we.tl/t-abc")
    assert [song.title for song in (await studio.project("ada")).songs] == ["Low Tide"]
    assert "At WeTransfer a person has to click on a page" in studio.last("ada").text


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (LISTEN, "SoundCloud is for listening"),
        (f"master this: {LISTEN}", "SoundCloud is for listening"),
        ("https://www.dropbox.com/scl/fo/abc/h", "That link opens a folder"),
    ],
)
async def test_what_can_never_be_fetched_makes_no_order(studio: Studio, words: str, told: str) -> None:
    studio.opens_pages()
    await studio.says("ada", words)
    assert told in studio.last("ada").text
    assert studio.last("ada").has("Send big file")
    assert studio.last("ada").has("Talk to a human")
    assert await studio.idle()


async def test_a_link_that_is_refused_is_told_on_the_card_and_the_next_one_takes_its_place(
    studio: Studio,
) -> None:
    await studio.says("ada", DRIVE)
    await studio.fails(JobKind.FETCH, "link-drive", host="drive.google.com")
    card = studio.card("ada")
    assert "General access to Anyone with the link" in card.text
    assert "kept" not in card.text  # nothing came that could be
    await studio.says("ada", WAV)
    states = {song.title: song.state for song in (await studio.project("ada")).songs}
    assert states == {"Song": SongState.DROPPED, "Low Tide": SongState.FETCHING}


async def test_among_words_about_changes_a_link_is_an_example(studio: Studio) -> None:
    await previewed(studio)
    await studio.says("ada", f"less bass, like {WAV}")
    assert "Bass down 1.5 dB" in studio.card("ada", "changes:").text
    assert len((await studio.project("ada")).songs) == 1


async def test_a_link_alone_is_a_song_also_while_changes_are_written_down(studio: Studio) -> None:
    await previewed(studio)
    first = (await studio.project("ada")).order.id
    await studio.says("ada", "less bass")
    await studio.says("ada", WAV)
    assert (await studio.project("ada")).order.id != first
    assert studio.card("ada", "changes:").has("Send 1 change")


async def test_where_others_read_along_no_link_is_taken(studio: Studio) -> None:
    await studio.says("ada", WAV, place="room")
    assert await studio.idle()


@pytest.mark.parametrize("place", ["dm", "room"])
async def test_a_link_with_the_command_is_a_song_and_the_other_words_are_the_note(
    studio: Studio, place: str
) -> None:
    await studio.commands("ada", f"master {WAV} keep it warm", place=place)
    job = await studio.does(JobKind.FETCH, FETCHED)
    assert (job.door, job.payload["file"]["ref"]) == (DOOR, WAV)
    assert (await studio.project("ada")).order.note == "keep it warm"
    pointed = [shown.text for shown in studio.notices if shown.to == "room"]
    assert pointed == (["I have it. Everything else is in our private chat."] if place == "room" else [])


async def test_a_link_to_any_place_alone_with_the_command_is_a_song(studio: Studio) -> None:
    await studio.commands("ada", "master https://files.example/download/77")
    assert [song.title for song in (await studio.project("ada")).songs] == ["Song"]


async def test_a_link_with_the_command_joins_what_was_dropped_before(studio: Studio) -> None:
    await studio.says("ada", "", "Harbour.wav")
    await studio.commands("ada", f"master {WAV}")
    assert [song.title for song in (await studio.project("ada")).songs] == ["Harbour", "Low Tide"]


async def test_what_a_command_names_that_cannot_be_fetched_is_refused(studio: Studio) -> None:
    await studio.commands("ada", f"master {LISTEN}")
    assert "SoundCloud is for listening" in studio.last("ada").text
    assert await studio.idle()


async def test_a_command_with_words_alone_says_what_can_be_sent(studio: Studio) -> None:
    await studio.commands("ada", "master my song please")
    assert "Drop a song here" in studio.last("ada").text
    assert await studio.idle()
