"""The tone of one instrument: a person gives it to that one, and the engine to nobody without being told."""

import pytest

from core.desk.revising.readings import heard
from core.revisions import What
from tests.core.samples import a_project, an_order


@pytest.mark.parametrize(
    ("said", "what", "stem"),
    [
        ("drums wider", What.WIDTH, "drums"),
        ("make the vocals brighter", What.TILT, "vocals"),
        ("Gesang heller", What.TILT, "vocals"),
        ("less bass on the vocals", What.BASS, "vocals"),
    ],
)
def test_the_tone_of_an_instrument_is_not_that_of_the_whole_song(said: str, what: What, stem: str) -> None:
    by_hand = heard(a_project(order=an_order(service="mixing")), said)
    assert [(item.what, item.of) for item in by_hand.items] == [(what, stem)]
    by_the_engine = heard(a_project(), said)
    assert by_the_engine.items == ()
    assert [(item.what, item.text) for item in by_the_engine.nearest] == [(what, said)]


@pytest.mark.parametrize(
    "said",
    [
        "wider",
        "the singer thinks it sounds lifeless",
        "drummer wants more punch",
        "kick with more bass",
        "vocals less harsh",
    ],
)
def test_who_speaks_and_what_it_is_anyway_is_of_the_whole_song(said: str) -> None:
    told = heard(a_project(), said)
    assert [item.of for item in told.items] == [None]
    assert told.nearest == ()
