"""A style of the house's own in a conversation: offered, chosen, and handed to the engine whole."""

from collections.abc import AsyncIterator

import pytest

from core.jobs import JobKind
from core.messages import Question
from core.rules import HouseRules
from dsp.settings import Settings
from tests.desk.studio import Studio, open_studio
from tests.desk.test_first_order import bought
from tests.desk.test_people import at_the_desk

RULES = HouseRules.model_validate(
    {
        "styles": {
            "velvet": {
                "base": "warm",
                "label": {"en": "Velvet", "de": "Samt"},
                "told": {"en": "slow and wide.", "de": "langsam und weit."},
                "chain": [{"plugin": "Compressor", "ratio": 2.0}],
            }
        }
    }
)


@pytest.fixture
async def studio(url: str) -> AsyncIterator[Studio]:
    async with open_studio(url, RULES) as studio:
        yield studio


async def offered(studio: Studio) -> None:
    await studio.drops("ada", "a.wav")
    await studio.checks()


async def test_a_style_of_the_house_stands_beside_those_of_the_engine(studio: Studio) -> None:
    await offered(studio)
    await studio.presses("ada", "Style: Balanced")
    choice = studio.last("ada")
    assert "Velvet: slow and wide." in choice.text
    assert [button.label for button in choice.buttons if button.action][:6] == [
        "Balanced",
        "Warm",
        "Bright",
        "Punchy",
        "Open",
        "Velvet",
    ]


async def test_who_chose_it_is_mastered_in_it(studio: Studio) -> None:
    await offered(studio)
    await studio.presses("ada", "Style: Balanced")
    await studio.presses("ada", "Velvet")
    assert studio.card("ada").has("Style: Velvet")
    await studio.presses("ada", "Pay")
    await studio.settles(provider_id="p1")
    job = await studio.takes(JobKind.RENDER)
    settings = Settings.from_json(job.payload["settings"])
    assert settings.own_style == RULES.styles["velvet"].style("velvet")


async def test_a_plug_in_that_cannot_be_used_is_named_to_the_staff_and_the_song_stays(studio: Studio) -> None:
    await at_the_desk(studio)
    await bought(studio)
    reason = {"plug_in": "Tube", "reason": "is not there: /Tube.vst3", "parameter": ""}
    await studio.fails(JobKind.RENDER, "plug-in", **reason)
    assert "the plug-in Tube of its style cannot be used" in studio.card("room:desk", "aside:").text
    await studio.presses("olga", "Try again", place="room:desk")
    assert (await studio.takes(JobKind.RENDER)).payload["settings"]


async def test_a_style_that_the_house_gave_up_falls_back_to_the_default(studio: Studio) -> None:
    await offered(studio)
    await studio.presses("ada", "Style: Balanced")
    choice = studio.last("ada")
    await studio.presses("ada", "Velvet")
    studio.gives_up_its_styles()
    await studio.presses("ada", "Velvet", on=choice)
    assert studio.card("ada").has("Style: Balanced")
    await studio.presses("ada", "Pay")
    await studio.settles(provider_id="p1")
    job = await studio.takes(JobKind.RENDER)
    assert Settings.from_json(job.payload["settings"]) == Settings()


async def test_the_form_of_a_platform_offers_it_in_the_language_of_who_opens_it(studio: Studio) -> None:
    question = Question("discord", "mia", "form", {"form": "master"}, "de")
    answer = await studio.desk.ask(question)
    assert answer.form is not None
    (style,) = [field for field in answer.form.fields if field.name == "style"]
    assert style.choices[-1] == ("velvet", "Samt")
