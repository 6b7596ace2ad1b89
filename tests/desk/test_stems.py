"""Mixing: the stems of one song, in several files or in one zip, become one order with one price (A01)."""

from typing import Any

from core.jobs import JobKind
from core.orders import Grouping, OrderState
from core.rules import HouseRules
from tests.desk.studio import Studio, looked_into

USUAL = HouseRules()


def unpacked(*names: str, left: tuple[tuple[str, str], ...] = ()) -> dict[str, Any]:
    """What the engine answers for a zip with these songs in it."""
    files = [{"name": name, "source": f"cas/{name}", "sha256": name, "size": 1000} for name in names]
    return {"files": files, "left": [{"name": name, "code": code} for name, code in left]}


async def stems(studio: Studio, who: str = "ada") -> None:
    await studio.drops(who, "Drive Kick.wav", "Drive Bass.wav", "Drive Voice.wav")
    await studio.checks(3)
    await studio.presses(who, "Stems: mix them $120")


async def zipped(studio: Studio, result: dict[str, Any]) -> None:
    """A zip is dropped, fetched and unpacked."""
    await studio.drops("ada", "Harbour stems.zip")
    await studio.does(JobKind.FETCH, {"source": "cas/zip", "sha256": "zip", "size": 5000})
    await studio.does(JobKind.UNPACK, result)


async def test_several_files_may_be_the_stems_of_one_song(studio: Studio) -> None:
    await studio.drops("ada", "Drive Kick.wav", "Drive Bass.wav")
    await studio.checks(2)
    card = studio.card("ada")
    assert "One album, separate songs, or the stems of one song?" in card.text
    labels = [button.label for button in card.buttons][:3]
    assert labels == ["One album", "Separate songs", "Stems: mix them $120"]


async def test_stems_have_one_price_and_are_listed(studio: Studio) -> None:
    await stems(studio)
    card = studio.card("ada")
    assert "As the stems of one song, which an engineer mixes." in card.text
    assert "Mix of your stems: $120, within 5 days." in card.text
    assert "A refund is credit, not cash (unless the law gives you more)." in card.text
    assert "1. Drive Kick, 3:58, 44.1 kHz/24 bit\n2. Drive Bass" in card.text
    assert [button.label for button in card.buttons][:1] == ["Pay $120 (demo money)"]


async def test_a_paid_mix_is_one_work_with_the_title_of_the_song(studio: Studio) -> None:
    await stems(studio)
    await studio.presses("ada", "Pay $120")
    await studio.settles()
    project = await studio.project("ada")
    assert (project.order.service, project.order.state) == ("mixing", OrderState.WORKING)
    assert [song.title for song in project.works] == ["Drive"]
    assert [song.title for song in project.ready] == ["Drive Kick", "Drive Bass", "Drive Voice"]


async def test_stems_that_turn_out_to_be_an_album_are_mastered(studio: Studio) -> None:
    await stems(studio)
    await studio.presses("ada", "Change to one album")
    assert studio.card("ada").has("Pay $18")
    assert (await studio.project("ada")).order.service == "automatic"


async def test_the_last_stem_that_is_left_is_a_song(studio: Studio) -> None:
    await studio.drops("ada", "Kick.wav", "Voice.wav")
    await studio.checks(2, advice=[{"code": "clipped", "details": {"samples": 9}}])
    await studio.presses("ada", "Stems: mix them")
    await studio.presses("ada", "Leave out no. 1")
    order = (await studio.project("ada")).order
    assert (order.grouping, order.service) == (None, "automatic")


async def test_what_does_not_fit_together_is_told_before_it_is_paid(studio: Studio) -> None:
    await studio.drops("ada", "Kick.wav", "Voice.wav")
    for name in ("kick", "voice"):
        await studio.does(JobKind.FETCH, {"source": "cas/x", "sha256": name, "size": 1000})
    await studio.does(JobKind.INTAKE, looked_into(rate=44100, duration=60.0))
    await studio.does(JobKind.INTAKE, looked_into(rate=48000, duration=63.0))
    assert "The stems" not in studio.card("ada").text
    await studio.presses("ada", "Stems: mix them")
    card = studio.card("ada")
    assert "! The stems have different sample rates, 44,100 to 48,000 Hz." in card.text
    assert "! The stems last from 1:00 to 1:03." in card.text
    assert card.has("Pay $120")


async def test_that_a_stem_is_mono_is_no_fault(studio: Studio) -> None:
    await studio.drops("ada", "Kick.wav", "Voice.wav")
    await studio.checks(2, advice=[{"code": "mono", "details": {}}])
    assert "The song is mono." in studio.card("ada").text
    await studio.presses("ada", "Stems: mix them")
    assert "mono" not in studio.card("ada").text


async def test_a_house_that_does_not_mix_does_not_ask(studio: Studio) -> None:
    mixing = USUAL.service.mixing.model_copy(update={"offered": False})
    services = USUAL.service.model_copy(update={"mixing": mixing})
    await studio.drops("ada", "Kick.wav", "Voice.wav")
    await studio.checks(2)
    studio.goes_by(USUAL.model_copy(update={"service": services}))
    await studio.presses("ada", "Stems: mix them")
    card = studio.card("ada")
    assert "One album or separate songs?" in card.text
    assert not card.has("Stems")
    assert (await studio.project("ada")).order.grouping is None


async def test_a_zip_becomes_the_songs_that_are_in_it(studio: Studio) -> None:
    await zipped(studio, unpacked("Kick.wav", "Bass.wav"))
    for _ in range(2):
        await studio.does(JobKind.INTAKE, looked_into())
    project = await studio.project("ada")
    assert [song.title for song in project.ready] == ["Kick", "Bass"]
    await studio.presses("ada", "Stems: mix them")
    assert (await studio.project("ada")).order.title == "Harbour"
    assert (await studio.project("ada")).order.grouping is Grouping.STEMS


async def test_what_is_left_in_a_zip_is_named_with_the_reason(studio: Studio) -> None:
    await zipped(studio, unpacked("Kick.wav", left=(("notes.pdf", "not-audio"), ("more.zip", "zip-nested"))))
    told = studio.last("ada").text
    assert "Not taken from Harbour stems.zip:" in told
    assert "  notes.pdf: That is not a sound file I can read." in told
    assert "  more.zip: That is a zip inside the zip." in told


async def test_a_zip_with_more_songs_than_an_order_takes_gives_the_first_ones(studio: Studio) -> None:
    limits = USUAL.limits.model_copy(update={"songs_per_order": 2})
    studio.goes_by(USUAL.model_copy(update={"limits": limits}))
    await zipped(studio, unpacked("1.wav", "2.wav", "3.wav"))
    assert "One order takes 2 songs; I took the first ones." in studio.last("ada").text
    assert (await studio.project("ada")).places_taken == 2


async def test_a_zip_without_songs_is_refused_like_any_other_file(studio: Studio) -> None:
    await studio.drops("ada", "notes.zip")
    await studio.does(JobKind.FETCH, {"source": "cas/zip", "sha256": "zip", "size": 5000})
    await studio.fails(JobKind.UNPACK, "zip-empty", files=2)
    card = studio.card("ada")
    assert "There is no sound file in the zip that I can read." in card.text
    assert card.has("Talk to a human")
