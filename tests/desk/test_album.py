"""Script (c) without its page: several songs as one order."""

from core.jobs import JobKind
from core.orders import Grouping, OrderState
from tests.desk.studio import Studio, looked_into, media, rendered


async def offered(studio: Studio, *names: str) -> None:
    await studio.drops("ada", *names)
    await studio.checks(len(names))


async def test_several_songs_ask_whether_they_are_one_album(studio: Studio) -> None:
    await offered(studio, "a.wav", "b.wav")
    card = studio.card("ada")
    assert card.has("One album")
    assert card.has("Separate songs")
    assert not card.has("Pay")


async def test_an_album_of_ten_costs_a_fifth_less(studio: Studio) -> None:
    await offered(studio, *[f"{n:02} song.wav" for n in range(1, 11)])
    await studio.presses("ada", "One album")
    assert studio.card("ada").has("Pay $48")
    assert "$60 - 20 %" in studio.card("ada").text


async def test_separate_songs_cost_the_full_price(studio: Studio) -> None:
    await offered(studio, *[f"{n:02} song.wav" for n in range(1, 6)])
    await studio.presses("ada", "Separate")
    assert studio.card("ada").has("Pay $30")


async def test_what_was_chosen_stands_on_the_card_and_can_be_changed_until_it_is_paid(studio: Studio) -> None:
    await offered(studio, *[f"{n:02} song.wav" for n in range(1, 6)])
    await studio.presses("ada", "Separate songs")
    assert "As separate songs: each becomes equally loud." in studio.card("ada").text
    await studio.presses("ada", "Change to one album")
    card = studio.card("ada")
    assert "As one album: quiet songs stay quieter than loud ones." in card.text
    assert card.has("Pay $24")
    await studio.presses("ada", "Change to separate songs")
    assert studio.card("ada").has("Pay $30")


async def test_an_old_answer_does_not_change_a_newer_one(studio: Studio) -> None:
    await offered(studio, "a.wav", "b.wav")
    asked = studio.card("ada")
    await studio.presses("ada", "Separate songs")
    await studio.presses("ada", "One album", on=asked)
    assert (await studio.project("ada")).order.grouping is Grouping.SEPARATE
    assert "That has changed since" in studio.last("ada").text
    assert "As separate songs" in studio.last("ada").text


async def test_one_song_is_neither_an_album_nor_separate(studio: Studio) -> None:
    await offered(studio, "a.wav")
    card = studio.card("ada")
    assert "As " not in card.text
    assert not card.has("Change to")


async def test_numbers_in_the_names_give_the_order(studio: Studio) -> None:
    await offered(studio, "2 - verse.wav", "10 - outro.wav", "1 - intro.wav")
    songs = (await studio.project("ada")).songs
    assert [song.title for song in songs] == ["intro", "verse", "outro"]


async def test_an_album_keeps_the_levels_between_its_songs(studio: Studio) -> None:
    await studio.drops("ada", "1 loud.wav", "2 soft.wav")
    for n in range(2):
        await studio.does(JobKind.FETCH, {"source": "x", "sha256": str(n), "size": 1})
    first = await studio.takes(JobKind.INTAKE)
    songs = {song.id: song.title for song in (await studio.project("ada")).songs}
    loudness = {"loud": -18.0, "soft": -21.5}
    await studio.ends(first, {"done": looked_into(lufs=loudness[songs[first.song or ""]])})
    second = await studio.takes(JobKind.INTAKE)
    await studio.ends(second, {"done": looked_into(lufs=loudness[songs[second.song or ""]])})
    await studio.presses("ada", "One album")
    await studio.presses("ada", "Pay")
    await studio.settles()
    project = await studio.project("ada")
    assert project.order.grouping is Grouping.ALBUM
    targets = [
        version.settings["target_lufs"]
        for song in project.songs
        for version in project.versions
        if version.song == song.id
    ]
    assert targets == [-14.0, -17.5]


async def test_the_preview_comes_once_when_the_last_song_is_done(studio: Studio) -> None:
    await offered(studio, "a.wav", "b.wav")
    await studio.presses("ada", "One album")
    await studio.presses("ada", "Pay")
    await studio.settles()
    before = len(studio.told("ada"))
    await studio.masters(2)
    assert len(studio.told("ada")) == before + 1
    assert studio.last("ada").media[-1].name == "levels.png"


async def test_an_album_of_four_comes_with_all_previews_and_one_comparison(studio: Studio) -> None:
    await offered(studio, *[f"{number} song.wav" for number in range(1, 5)])
    await studio.presses("ada", "One album")
    await studio.presses("ada", "Pay")
    await studio.settles()
    await studio.masters(4)
    names = [media.name for media in studio.last("ada").media]
    assert names == ["ab.mp3", *["preview.mp3"] * 4, "levels.png"]


async def test_the_songs_of_an_album_share_one_tone_and_separate_songs_do_not(studio: Studio) -> None:
    for answer in ("One album", "Separate songs"):
        await offered(studio, "a.wav", "b.wav")
        await studio.presses("ada", answer)
        await studio.presses("ada", "Pay")
        await studio.settles()
        first, second = (version.settings["album_mid"] for version in (await studio.project("ada")).versions)
        assert first == second
        assert bool(first) is (answer == "One album")
        await studio.masters(2)


async def test_a_change_may_be_about_one_song_of_the_album(studio: Studio) -> None:
    await offered(studio, "intro.wav", "outro.wav")
    await studio.presses("ada", "One album")
    await studio.presses("ada", "Pay")
    await studio.settles()
    await studio.masters(2)
    await studio.presses("ada", "Ask for changes")
    await studio.says("ada", "outro: less bass")
    await studio.presses("ada", "Send")
    project = await studio.project("ada")
    assert [version.number for version in project.versions] == [1, 1, 2]


async def test_a_file_that_cannot_be_used_is_named_and_not_charged(studio: Studio) -> None:
    await studio.drops("ada", "a.wav", "b.pdf")
    await studio.does(JobKind.FETCH, {"source": "x", "sha256": "1", "size": 1})
    await studio.fails(JobKind.FETCH, "not-audio")
    await studio.does(JobKind.INTAKE, looked_into())
    assert "Not taken: b." in studio.card("ada").text
    assert studio.card("ada").has("Pay $6")
    await studio.passes(minutes=30)
    await studio.drops("ada", "b.wav")  # its better file still belongs here
    await studio.checks()
    assert "Not taken" not in studio.card("ada").text
    assert studio.card("ada").has("One album")


async def test_a_song_that_is_alone_after_a_refusal_has_no_number(studio: Studio) -> None:
    await studio.drops("ada", "a.wav", "b.pdf")
    await studio.does(JobKind.FETCH, {"source": "x", "sha256": "1", "size": 1})
    await studio.fails(JobKind.FETCH, "not-audio")
    await studio.does(JobKind.INTAKE, looked_into())
    assert "1. a" not in studio.card("ada").text
    assert "a, 3:58" in studio.card("ada").text


async def test_every_note_about_a_song_stands_under_it(studio: Studio) -> None:
    await studio.drops("ada", "1 a.wav", "2 b.wav")
    for _ in range(2):
        await studio.does(JobKind.FETCH, {"source": "x", "sha256": "same", "size": 1})
    for _ in range(2):
        await studio.does(JobKind.INTAKE, looked_into(advice=[{"code": "mono", "details": {}}]))
    lines = studio.card("ada").text.split("\n")
    assert lines.count("   ! The song is mono.") == 2
    assert "   ! This file is in this order twice." in lines


async def test_a_song_with_a_fault_can_be_left_out(studio: Studio) -> None:
    await studio.drops("ada", "1 a.wav", "2 b.wav")
    for number in range(2):
        await studio.does(JobKind.FETCH, {"source": "x", "sha256": str(number), "size": 1})
    await studio.does(JobKind.INTAKE, looked_into(advice=[{"code": "clipped", "details": {"samples": 9}}]))
    await studio.does(JobKind.INTAKE, looked_into())
    await studio.presses("ada", "Leave out no.")
    card = studio.card("ada")
    assert "clipped" not in card.text
    assert card.has("Pay $6")


async def test_a_file_joins_the_draft_for_ninety_seconds_and_then_begins_its_own(studio: Studio) -> None:
    await offered(studio, "a.wav")
    await studio.passes(seconds=80)
    await offered(studio, "b.wav")
    assert len((await studio.project("ada")).songs) == 2
    await studio.passes(seconds=100)
    await offered(studio, "c.wav")
    project = await studio.project("ada")
    assert (len(project.songs), project.order.state) == (1, OrderState.OFFERED)


async def test_a_drop_that_may_go_on_is_answered_after_two_seconds_of_quiet(studio: Studio) -> None:
    await studio.drops("ada", "a.wav", complete=False)
    await studio.checks()
    assert not studio.card("ada").has("Pay")
    await studio.passes(seconds=2)
    assert studio.card("ada").has("Pay")


async def test_the_same_file_again_is_pointed_out(studio: Studio) -> None:
    for _ in range(2):
        await studio.drops("ada", "a.wav")
        await studio.does(JobKind.FETCH, {"source": "x", "sha256": "same", "size": 1})
        await studio.does(JobKind.INTAKE, looked_into())
        await studio.passes(minutes=5)
    assert "same file" in studio.card("ada").text


async def on_its_way(studio: Studio, *lufs: float) -> None:
    """An album of songs that came as loud as that, paid and in work."""
    await studio.drops("ada", *[f"{place} song.wav" for place in range(1, len(lufs) + 1)])
    for number in range(len(lufs)):
        await studio.does(JobKind.FETCH, {"source": "x", "sha256": str(number), "size": 1})
    for loud in lufs:
        await studio.does(JobKind.INTAKE, looked_into(lufs=loud))
    await studio.presses("ada", "One album")
    await studio.presses("ada", "Pay")
    await studio.settles()


async def test_an_album_comes_down_with_a_song_that_stops_short(studio: Studio) -> None:
    await on_its_way(studio, -12.0, -15.0)
    await studio.does(JobKind.RENDER, rendered(lufs=-15.2, reached=False, why="limiter-cap"))
    await studio.does(JobKind.RENDER, rendered(lufs=-17.0))
    again = await studio.does(JobKind.RENDER, rendered(lufs=-18.2))
    assert again.payload["settings"]["target_lufs"] == -18.2
    await studio.does(JobKind.ALBUM, {"picture": media("picture", "levels.png")})
    told = studio.last("ada").text
    assert "-14.0 LUFS cannot be reached" in told
    assert "the others are 1.2 LU softer too" in told
    settings = {version.song: version.settings for version in (await studio.project("ada")).versions}
    assert sorted(each["target_lufs"] for each in settings.values()) == [-18.2, -14.0]


async def test_an_album_comes_down_only_once(studio: Studio) -> None:
    await on_its_way(studio, -12.0, -15.0)
    await studio.does(JobKind.RENDER, rendered(lufs=-15.2, reached=False, why="limiter-cap"))
    await studio.does(JobKind.RENDER, rendered(lufs=-17.0))
    await studio.does(JobKind.RENDER, rendered(lufs=-19.0, reached=False, why="limiter-cap"))
    await studio.does(JobKind.ALBUM, {"picture": media("picture", "levels.png")})
    assert (await studio.project("ada")).order.state is OrderState.REVIEW


async def test_a_change_of_an_album_that_came_down_keeps_its_steps(studio: Studio) -> None:
    await on_its_way(studio, -12.0, -15.0)
    await studio.does(JobKind.RENDER, rendered(lufs=-15.2, reached=False, why="limiter-cap"))
    for lufs in (-17.0, -18.2):
        await studio.does(JobKind.RENDER, rendered(lufs=lufs))
    await studio.does(JobKind.ALBUM, {"picture": media("picture", "levels.png")})
    await studio.says("ada", "1 dB softer")
    await studio.presses("ada", "Send 1 change")
    wanted = [v.settings["target_lufs"] for v in (await studio.project("ada")).versions if v.number == 2]
    assert sorted(wanted) == [-19.2, -16.2]


async def test_a_song_that_stops_short_by_itself_brings_no_other_down(studio: Studio) -> None:
    await offered(studio, "a.wav", "b.wav")
    await studio.presses("ada", "Separate songs")
    await studio.presses("ada", "Pay")
    await studio.settles()
    await studio.does(JobKind.RENDER, rendered(lufs=-15.2, reached=False, why="limiter-cap"))
    await studio.does(JobKind.RENDER, rendered())
    await studio.does(JobKind.ALBUM, {"picture": media("picture", "levels.png")})
    assert "softer too" not in studio.last("ada").text
