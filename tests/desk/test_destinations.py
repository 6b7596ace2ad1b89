"""Where masters go: part of an order before they are made, a wish of its one batch afterwards."""

from typing import Any

import pytest

from core.jobs import JobKind
from dsp.presets import presets
from tests.desk.studio import Studio, media
from tests.desk.test_first_order import previewed
from tests.desk.test_references import measures


async def offered(studio: Studio) -> None:
    await studio.drops("ada", "mine.wav")
    await studio.checks()


async def first_settings(studio: Studio) -> dict[str, Any]:
    await studio.presses("ada", "Pay")
    await studio.settles()
    return dict((await studio.project("ada")).versions[0].settings)


@pytest.mark.parametrize("key", sorted(presets()))
async def test_a_destination_says_how_loud_how_high_and_which_files(studio: Studio, key: str) -> None:
    await offered(studio)
    await studio.commands("ada", f"for {key}")
    assert "For: " in studio.card("ada").text
    settings = await first_settings(studio)
    preset = presets()[key]
    assert settings["target_lufs"] == preset.target_lufs
    assert settings["ceiling_dbtp"] == preset.ceiling_dbtp
    assert settings["codec_safe"] is preset.codec_safe
    await studio.masters()
    await studio.presses("ada", "Approve")
    job = await studio.takes(JobKind.DELIVER)
    assert job.payload["formats"] == list(preset.files)
    assert job.payload["ceiling"] == preset.ceiling_dbtp


async def test_a_master_for_nowhere_special_is_as_it_always_was(studio: Studio) -> None:
    await offered(studio)
    await studio.presses("ada", "For: anywhere")
    await studio.presses("ada", "Club and DJ")
    await studio.presses("ada", "Nowhere special")
    assert "For: " not in studio.card("ada").text
    settings = await first_settings(studio)
    assert (settings["target_lufs"], settings["ceiling_dbtp"]) == (-14.0, -1.0)
    await studio.masters()
    await studio.presses("ada", "Approve")
    assert (await studio.takes(JobKind.DELIVER)).payload["formats"] == []


@pytest.mark.parametrize("said", ["club", "CLUB", "club and dj", "Club"])
async def test_a_place_is_known_by_its_key_and_by_how_its_name_begins(studio: Studio, said: str) -> None:
    await offered(studio)
    await studio.commands("ada", f"for {said}")
    assert (await studio.project("ada")).order.destination == "club"


async def test_a_place_that_is_not_known_is_answered_with_those_that_are(studio: Studio) -> None:
    await offered(studio)
    await studio.commands("ada", "for the moon")
    told = studio.last("ada")
    assert "I do not know the moon." in told.text
    assert told.has("Club and DJ")
    assert (await studio.project("ada")).order.destination is None


async def test_a_destination_is_louder_than_a_reference(studio: Studio) -> None:
    await offered(studio)
    await studio.says("ada", "reference", "idol.wav")
    await measures(studio, lufs=-20.0)
    await studio.commands("ada", "for club")
    settings = await first_settings(studio)
    assert settings["target_lufs"] == -8.0
    assert len(settings["references"]) == 1


async def test_after_a_version_a_destination_is_a_wish_of_the_one_batch(studio: Studio) -> None:
    await previewed(studio)
    await studio.commands("ada", "for vinyl")
    await studio.commands("ada", "for cd")  # there is one destination: the last that was named
    await studio.says("ada", "1 dB softer")
    assert "1. For Compact Disc: -10.0 LUFS" in studio.card("ada", "changes:").text
    await studio.presses("ada", "Send 2 changes - free")
    version = (await studio.project("ada")).versions[-1]
    assert version.settings["target_lufs"] == -11.0
    assert version.settings["ceiling_dbtp"] == -0.3
    await studio.masters()
    await studio.presses("ada", "Approve")
    assert (await studio.takes(JobKind.DELIVER)).payload["formats"] == ["wav 16 44100 shaped"]


async def test_a_wish_for_a_place_can_be_taken_back(studio: Studio) -> None:
    await previewed(studio)
    await studio.commands("ada", "for cd")
    await studio.says("ada", "less bass")
    await studio.presses_raw("ada", f"for.anywhere:{(await studio.project('ada')).order.id}")
    await studio.presses("ada", "Send 1 change - free")
    assert (await studio.project("ada")).versions[-1].settings["target_lufs"] == -14.0


async def test_files_that_are_out_already_stay_as_they_were_made(studio: Studio) -> None:
    await previewed(studio)
    await studio.presses("ada", "Approve")
    deliver = await studio.takes(JobKind.DELIVER)
    await studio.commands("ada", "for cd")
    await studio.presses("ada", "Send 1 change - free")
    await studio.ends(deliver, {"done": {"files": [media("file", "song.wav")]}})
    versions = (await studio.project("ada")).versions
    assert [version.destination for version in versions] == [None, "cd"]
    assert [len(version.files) for version in versions] == [1, 0]
