"""References in the chat: part of an order before its master is made, a wish of its one batch afterwards."""

from typing import Any

import pytest

from core.ids import seen
from core.jobs import Job, JobKind
from core.orders import OrderState
from core.references import ReferenceState
from core.snapshot import Needs
from dsp.profile import CENTRES
from dsp.settings import MOST_REFERENCES
from tests.desk.studio import Studio, looked_into, rendered
from tests.desk.test_first_order import previewed

WHOLE = {"mono": False, "dead_channel": None, "shelf_hz": None, "plr": 13.4}
"""What the analysis of a song also holds, and a profile is made of."""


def profile(lufs: float = -9.0, tilt: float = 0.0) -> dict[str, Any]:
    """A recording that is as loud as that, and by so many dB an octave brighter than pink noise."""
    mid = [-30.0 + tilt * number / 6 for number in range(len(CENTRES))]
    return {"mid": mid, "side": [level - 10 for level in mid], "lufs": lufs, "lra": 5.0, "plr": 9.0}


async def measures(studio: Studio, **told: float) -> Job:
    """The next reference is fetched and measured, and its audio destroyed; the job that does that."""
    await studio.does(JobKind.FETCH, {"source": "cas/reference", "sha256": "ef" * 32, "size": 1000})
    await studio.does(JobKind.REFERENCE, {"profile": profile(**told)})
    return await studio.does(JobKind.SHRED, {"blobs": 1})


async def offered(studio: Studio, *names: str) -> None:
    await studio.drops("ada", *names)
    await studio.checks(len(names), **WHOLE)


async def test_a_file_after_the_button_is_a_reference_and_no_song(studio: Studio) -> None:
    await offered(studio, "mine.wav")
    await studio.presses("ada", "Add a reference")
    assert "I keep its figures, not the file" in studio.last("ada").text
    await studio.drops("ada", "idol.wav")
    assert not studio.card("ada").has("Pay")  # what it costs is said when all is known
    await measures(studio)
    card = studio.card("ada")
    assert "Towards: idol. I keep its figures, not the file." in card.text
    assert card.has("Pay $6")
    assert len((await studio.project("ada")).ready) == 1


async def test_the_file_after_the_reference_is_a_song_again(studio: Studio) -> None:
    await offered(studio, "mine.wav")
    await studio.presses("ada", "Add a reference")
    await studio.drops("ada", "idol.wav")
    await measures(studio)
    await studio.drops("ada", "other.wav")
    await studio.checks(**WHOLE)
    assert len((await studio.project("ada")).ready) == 2


async def test_never_mind_makes_the_next_file_a_song(studio: Studio) -> None:
    await offered(studio, "mine.wav")
    await studio.commands("ada", "reference")
    await studio.presses("ada", "Never mind")
    await studio.drops("ada", "other.wav")
    await studio.checks(**WHOLE)
    assert len((await studio.project("ada")).ready) == 2


async def test_a_word_beside_the_file_is_enough(studio: Studio) -> None:
    await offered(studio, "mine.wav")
    await studio.says("ada", "it should sound like this", "idol.wav")
    await measures(studio)
    assert "Towards: idol." in studio.card("ada").text


async def test_the_files_of_one_drop_that_comes_in_parts_are_all_references(studio: Studio) -> None:
    await offered(studio, "mine.wav")
    await studio.commands("ada", "reference")
    await studio.drops("ada", "idol.wav", complete=False)
    await studio.drops("ada", "muse.wav", complete=False)
    for _ in range(2):
        await studio.does(JobKind.FETCH, {"source": "cas/reference", "sha256": "ef" * 32, "size": 1000})
    assert len((await studio.project("ada")).order.references) == 2


async def test_a_reference_may_come_before_the_song(studio: Studio) -> None:
    await studio.commands("ada", "reference")
    await studio.drops("ada", "idol.wav")
    await measures(studio)
    card = studio.card("ada")
    assert "Drop one here" in card.text
    assert "Towards: idol." in card.text
    await studio.drops("ada", "mine.wav")
    await studio.checks(**WHOLE)
    assert studio.card("ada").has("Pay $6")
    assert (await studio.project("ada")).order.references[0].state is ReferenceState.READY


async def test_the_first_version_goes_towards_its_references_and_is_as_loud(
    studio: Studio,
) -> None:
    await offered(studio, "mine.wav")
    for lufs in (-9.0, -11.0):
        await studio.says("ada", "reference", "idol.wav")
        await measures(studio, lufs=lufs)
    await studio.presses("ada", "Pay")
    await studio.settles()
    settings = (await studio.project("ada")).versions[0].settings
    assert settings["target_lufs"] == -10.0
    assert [told["name"] for told in settings["references"]] == ["idol", "idol"]
    assert [told["lufs"] for told in settings["references"]] == [-9.0, -11.0]


async def test_a_reference_that_is_taken_away_is_not_followed(studio: Studio) -> None:
    await offered(studio, "mine.wav")
    await studio.says("ada", "reference", "idol.wav")
    await measures(studio)
    await studio.presses("ada", "Without it")
    assert "Towards" not in studio.card("ada").text
    await studio.presses("ada", "Pay")
    await studio.settles()
    settings = (await studio.project("ada")).versions[0].settings
    assert settings["references"] == []
    assert settings["target_lufs"] == -14.0


async def test_a_reference_taken_away_while_it_is_fetched_leaves_nothing_behind(
    studio: Studio,
) -> None:
    await offered(studio, "mine.wav")
    await studio.says("ada", "reference", "idol.wav")
    fetch = await studio.takes(JobKind.FETCH)
    await studio.presses("ada", "Without it")
    await studio.ends(fetch, {"done": {"source": "cas/reference", "sha256": "ef" * 32, "size": 1000}})
    shred = await studio.does(JobKind.SHRED, {"blobs": 1})
    assert shred.payload["scope"] == fetch.payload["scope"]
    assert studio.card("ada").has("Pay $6")


@pytest.mark.parametrize(("code", "why"), [("silent", "only silence"), ("not-audio", "not a sound file")])
async def test_a_file_that_tells_nothing_is_said_and_the_order_goes_on(
    studio: Studio, code: str, why: str
) -> None:
    await offered(studio, "mine.wav")
    await studio.says("ada", "reference", "idol.wav")
    await studio.does(JobKind.FETCH, {"source": "cas/reference", "sha256": "ef" * 32, "size": 1000})
    await studio.fails(JobKind.REFERENCE, code)
    await studio.does(JobKind.SHRED, {"blobs": 1})
    card = studio.card("ada")
    assert "Not taken as a reference: idol." in card.text
    assert why in card.text
    assert card.has("Pay $6")
    await studio.presses("ada", "Pay")
    await studio.settles()
    assert (await studio.project("ada")).versions[0].settings["references"] == []


async def test_audio_of_a_reference_lies_by_itself_and_goes_once_it_is_measured(
    studio: Studio,
) -> None:
    await offered(studio, "mine.wav")
    await studio.says("ada", "reference", "idol.wav")
    fetch = await studio.does(JobKind.FETCH, {"source": "cas/reference", "sha256": "ef" * 32, "size": 1000})
    measure = await studio.does(JobKind.REFERENCE, {"profile": profile()})
    shred = await studio.does(JobKind.SHRED, {"blobs": 1})
    account = (await studio.project("ada")).order.person
    assert fetch.payload["scope"] == measure.payload["scope"] == shred.payload["scope"] != account


async def test_a_shredder_that_fails_is_no_news_about_a_child(studio: Studio) -> None:
    await studio.grants("owner", "olga")
    await studio.commands("olga", "staff here", place="studio")
    await offered(studio, "mine.wav")
    await studio.says("ada", "reference", "idol.wav")
    await studio.does(JobKind.FETCH, {"source": "cas/reference", "sha256": "ef" * 32, "size": 1000})
    await studio.does(JobKind.REFERENCE, {"profile": profile()})
    await studio.fails(JobKind.SHRED, "broken")
    assert not any("under 13" in shown.text for shown in studio.cards.values())


async def test_a_song_that_is_a_reference_is_neither_mastered_nor_paid(studio: Studio) -> None:
    await studio.drops("ada", "1 mine.wav", "2 idol.wav")
    await studio.checks(2, **WHOLE, lufs=-8.5)
    await studio.presses("ada", "One is a reference")
    await studio.presses("ada", "No. 2 is a reference")
    card = studio.card("ada")
    assert "Towards: idol." in card.text
    assert card.has("Pay $6")
    project = await studio.project("ada")
    assert [song.title for song in project.ready] == ["mine"]
    gone = next(song for song in project.songs if song.title == "idol")
    assert (gone.source, gone.pcm, gone.picture) == (None, None, None)
    await studio.presses("ada", "Pay")
    await studio.settles()
    assert (await studio.project("ada")).versions[0].settings["target_lufs"] == -8.5


async def test_no_more_references_are_taken_than_a_song_can_follow(studio: Studio) -> None:
    await offered(studio, "mine.wav")
    await studio.says("ada", "references", *[f"{n} idol.wav" for n in range(MOST_REFERENCES + 1)])
    assert f"One order follows {MOST_REFERENCES} references" in studio.last("ada").text
    assert len((await studio.project("ada")).order.references) == MOST_REFERENCES


async def test_a_reference_that_comes_while_the_master_is_made_is_told_to_wait(studio: Studio) -> None:
    await offered(studio, "mine.wav")
    await studio.presses("ada", "Pay")
    await studio.settles()
    await studio.commands("ada", "reference")
    assert "Say it again when it is here" in studio.last("ada").text


async def test_after_a_version_a_reference_is_a_wish_of_the_one_batch(studio: Studio) -> None:
    await previewed(studio)
    await studio.says("ada", "like this song", "idol.wav")
    listed = studio.card("ada", "changes:")
    assert "1. Towards idol" in listed.text
    assert "I am listening to idol; then the list can be sent." in listed.text
    assert not listed.has("Send")  # not before it is known: it could not be made
    await measures(studio, lufs=-9.0)
    await studio.says("ada", "1 dB louder")
    await studio.presses("ada", "Send 2 changes - free")
    settings = (await studio.project("ada")).versions[-1].settings
    assert [told["name"] for told in settings["references"]] == ["idol"]
    assert settings["target_lufs"] == -8.0  # a step from where the reference is
    job = await studio.takes(JobKind.RENDER)
    assert job.payload["asked"] == ["Towards idol", "Volume up 1.0 dB"]
    assert [told["name"] for told in job.payload["references"].values()] == ["idol"]


async def test_a_wished_reference_can_be_taken_off_the_list(studio: Studio) -> None:
    await previewed(studio)
    await studio.says("ada", "reference", "idol.wav")
    await measures(studio)
    await studio.presses("ada", "Remove the last one")
    assert (await studio.project("ada")).order.references == ()


async def test_a_wished_reference_that_tells_nothing_leaves_the_rest_of_the_list(studio: Studio) -> None:
    await previewed(studio)
    await studio.says("ada", "less bass")
    await studio.says("ada", "reference", "idol.wav")
    await studio.fails(JobKind.FETCH, "gone")
    listed = studio.card("ada", "changes:")
    assert "Not taken as a reference: idol." in listed.text
    assert "1. Bass down" in listed.text
    assert listed.has("Send 1 change - free")


async def test_of_an_album_all_songs_follow_and_keep_what_is_between_them(studio: Studio) -> None:
    await studio.drops("ada", "1 loud.wav", "2 soft.wav")
    for number in range(2):
        await studio.does(JobKind.FETCH, {"source": "cas/x", "sha256": f"{number}", "size": 1000})
    for lufs in (-12.0, -16.0):
        await studio.does(JobKind.INTAKE, looked_into(**WHOLE, lufs=lufs))
    await studio.presses("ada", "One album")
    await studio.presses("ada", "Pay")
    await studio.settles()
    for lufs in (-14.0, -18.0):
        await studio.does(JobKind.RENDER, rendered(lufs=lufs))
    await studio.fails(JobKind.ALBUM, "broken")
    await studio.says("ada", "reference", "idol.wav")
    await measures(studio, lufs=-10.0)
    await studio.presses("ada", "Send 1 change")
    project = await studio.project("ada")
    fresh = [version.settings for version in project.versions if version.number == 2]
    assert sorted(settings["target_lufs"] for settings in fresh) == [-14.0, -10.0]
    assert all(len(settings["references"]) == 1 for settings in fresh)


async def test_a_minor_s_references_are_destroyed_with_the_rest(studio: Studio) -> None:
    await offered(studio, "mine.wav")
    await studio.says("ada", "reference", "idol.wav")
    fetch = await studio.does(JobKind.FETCH, {"source": "cas/reference", "sha256": "ef" * 32, "size": 1000})
    await studio.commands("ada", "terms")
    await studio.presses("ada", "I am under 13")
    shredded = {(await studio.does(JobKind.SHRED, {"blobs": 1})).payload["scope"] for _ in range(2)}
    assert fetch.payload["scope"] in shredded
    project = await studio.project("ada")
    assert project.order.state is OrderState.CANCELLED
    assert project.order.references == ()


async def test_what_began_an_order_of_its_own_becomes_a_reference_of_the_one_beside_it(
    studio: Studio,
) -> None:
    await offered(studio, "mine.wav")
    assert not studio.card("ada").has("It is a reference")
    await studio.passes(minutes=5)
    await offered(studio, "idol.wav")
    await studio.presses("ada", "It is a reference")
    cards = [shown.text for (to, _), shown in studio.cards.items() if to == "ada"]
    assert any("mine" in text and "Towards: idol." in text for text in cards)
    assert any("Cancelled" in text for text in cards)
    project = await studio.project("ada")
    assert [song.title for song in project.ready] == ["mine"]
    assert [reference.name for reference in project.order.references] == ["idol"]


async def test_what_was_dropped_beside_a_version_becomes_a_wish(studio: Studio) -> None:
    await previewed(studio)
    await studio.passes(minutes=5)
    await offered(studio, "idol.wav")
    await studio.presses("ada", "It is a reference")
    listed = studio.card("ada", "changes:")
    assert "1. Towards idol" in listed.text
    assert listed.has("Send 1 change - free")


async def test_a_reference_for_an_order_that_is_paid_meanwhile_stays_where_it_is(studio: Studio) -> None:
    await offered(studio, "mine.wav")
    mine = studio.card("ada")
    await studio.passes(minutes=5)
    await offered(studio, "idol.wav")
    await studio.presses("ada", "Pay", on=mine)
    await studio.presses("ada", "It is a reference")
    project = await studio.project("ada")
    assert project.order.state is OrderState.DRAFT
    assert [reference.name for reference in project.order.references] == ["idol"]


async def test_words_beside_a_file_for_a_master_that_is_being_made_are_answered(studio: Studio) -> None:
    await offered(studio, "mine.wav")
    await studio.presses("ada", "Pay")
    await studio.settles()
    await studio.says("ada", "like this song", "idol.wav")
    assert "Say it again when it is here" in studio.last("ada").text
    assert len((await studio.store.load(Needs("terminal", external="ada"))).open) == 1


async def test_a_list_with_a_reference_that_is_not_known_is_not_sent(studio: Studio) -> None:
    await previewed(studio)
    await studio.says("ada", "like this song", "idol.wav")
    batch = (await studio.project("ada")).batches[-1]
    await studio.presses_raw("ada", f"send:{batch.order}:{seen(batch.id, batch.rev)}")
    assert "That has changed since" in studio.last("ada").text
    assert (await studio.project("ada")).order.state is OrderState.REVIEW


async def test_a_reference_that_is_fetched_when_the_round_is_over_is_destroyed_unheard(
    studio: Studio,
) -> None:
    await previewed(studio)
    await studio.says("ada", "like this song", "idol.wav")
    fetch = await studio.takes(JobKind.FETCH)
    await studio.passes(days=6)
    await studio.ends(fetch, {"done": {"source": "cas/reference", "sha256": "ef" * 32, "size": 1000}})
    assert (await studio.does(JobKind.SHRED, {"blobs": 1})).payload["scope"] == fetch.payload["scope"]


async def test_what_began_by_the_page_can_be_a_reference_of_the_order_before(studio: Studio) -> None:
    studio.opens_pages()
    await previewed(studio)
    await studio.commands("ada", "upload")
    await offered(studio, "idol.wav")
    await studio.presses("ada", "It is a reference")
    assert "1. Towards idol" in studio.card("ada", "changes:").text


async def test_a_link_is_a_reference_as_well_and_has_the_name_that_its_server_gives(studio: Studio) -> None:
    await offered(studio, "mine.wav")
    await studio.commands("ada", "reference https://example.org/music/a.wav")
    answer = {"source": "cas/reference", "sha256": "ef" * 32, "size": 1000, "name": "02 Great Idol.wav"}
    await studio.does(JobKind.FETCH, answer)
    await studio.does(JobKind.REFERENCE, {"profile": profile()})
    assert "Towards: Great Idol." in studio.card("ada").text


async def test_a_link_that_leads_to_no_file_is_answered_at_once(studio: Studio) -> None:
    await offered(studio, "mine.wav")
    await studio.commands("ada", "reference https://open.spotify.com/track/1")
    assert "is for listening" in studio.last("ada").text
    assert (await studio.project("ada")).order.references == ()


async def test_of_a_confidential_order_no_picture_names_its_references(studio: Studio) -> None:
    await previewed(studio)
    await studio.commands("ada", "confidential on")
    await studio.says("ada", "like this song", "idol.wav")
    await measures(studio)
    await studio.presses("ada", "Send 1 change")
    assert (await studio.takes(JobKind.RENDER)).payload["asked"] == ["Towards the reference"]
