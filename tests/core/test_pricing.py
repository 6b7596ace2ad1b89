"""What an order costs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import Money
from core.orders import Grouping, Project
from core.pricing import lines, price
from core.rules import Album, HouseRules, Rebate, Service, Services
from core.songs import SongState
from tests.core.samples import a_project, a_song, an_order

RULES = HouseRules()


def usd(cents: int) -> Money:
    return Money(cents, "USD")


def album(songs: int) -> Project:
    return a_project(songs, an_order(grouping=Grouping.ALBUM))


def test_one_song_costs_the_list_price() -> None:
    cost = price(a_project(), RULES)
    assert (cost.songs, cost.each, cost.list_price, cost.discount_percent, cost.total) == (
        1,
        usd(600),
        usd(600),
        0,
        usd(600),
    )


@pytest.mark.parametrize(
    ("songs", "percent", "total"), [(2, 0, 1200), (4, 0, 2400), (5, 20, 2400), (10, 20, 4800)]
)
def test_an_album_of_five_songs_or_more_costs_a_fifth_less(songs: int, percent: int, total: int) -> None:
    cost = price(album(songs), RULES)
    assert cost.discount_percent == percent
    assert cost.total == usd(total)
    assert cost.list_price == usd(600 * songs)


@pytest.mark.parametrize("grouping", [Grouping.SEPARATE, None])
def test_songs_that_are_no_album_cost_the_list_price_however_many(grouping: Grouping | None) -> None:
    assert price(a_project(10, an_order(grouping=grouping)), RULES).total == usd(6000)


@pytest.mark.parametrize(
    "state", [SongState.REFUSED, SongState.DROPPED, SongState.CHECKING, SongState.FETCHING]
)
def test_only_what_can_be_mastered_is_paid(state: SongState) -> None:
    project = a_project(4, an_order(grouping=Grouping.ALBUM))
    with_another = Project(project.order, (*project.songs, a_song(5, state)))
    assert price(with_another, RULES).total == usd(2400)
    assert price(with_another, RULES).discount_percent == 0


def test_an_order_with_nothing_to_master_costs_nothing() -> None:
    assert not price(a_project(0), RULES).total


def test_a_discount_that_does_not_come_out_even_is_rounded_in_the_artists_favour() -> None:
    automatic = Service(
        price=333, fee_floor=0, refund="fix-or-refund", album=Album(from_songs=2, discount_percent=33)
    )
    rules = RULES.model_copy(update={"service": Services(automatic=automatic)})
    assert price(album(2), rules).total == usd(446)  # of 446.22


def test_a_service_without_an_album_price_has_none() -> None:
    order = an_order(service="engineer", grouping=Grouping.ALBUM)
    assert price(a_project(10, order), RULES).total == usd(35000)


@pytest.mark.parametrize(
    ("rebate", "total", "off"),
    [(Rebate(percent=10), 4320, 480), (Rebate(percent=33), 3216, 1584), (Rebate(amount=1000), 3800, 1000)],
)
def test_a_code_comes_off_what_the_album_costs(rebate: Rebate, total: int, off: int) -> None:
    rules = RULES.model_copy(update={"rebates": {"MAY": rebate}})
    cost = price(a_project(10, an_order(grouping=Grouping.ALBUM, rebate="MAY")), rules)
    assert (cost.total, cost.rebate) == (usd(total), usd(off))


def test_a_code_takes_off_no_more_than_there_is() -> None:
    rules = RULES.model_copy(update={"rebates": {"MAY": Rebate(amount=5000)}})
    assert price(a_project(1, an_order(rebate="MAY")), rules).total == usd(0)


def test_a_price_is_taken_apart_song_by_song_with_what_makes_it_less() -> None:
    rules = RULES.model_copy(update={"rebates": {"MAY": Rebate(percent=10)}})
    project = a_project(5, an_order(grouping=Grouping.ALBUM, rebate="MAY"))
    *songs, album, code = lines(project, rules)
    assert [(line.song, line.amount) for line in songs] == [(song.id, usd(600)) for song in project.songs]
    assert (album.causes, album.amount) == (("album",), usd(-600))
    assert (code.causes, code.words, code.amount) == (("rebate",), "MAY", usd(-240))


def test_stems_are_one_line_with_one_price() -> None:
    project = a_project(12, an_order(grouping=Grouping.STEMS, service="mixing"))
    assert [line.amount for line in lines(project, RULES)] == [usd(12000)]


@given(
    songs=st.integers(1, 30),
    each=st.integers(1, 10000),
    grouping=st.sampled_from(Grouping),
    percent=st.integers(1, 100),
)
def test_the_lines_of_a_price_are_the_price(songs: int, each: int, grouping: Grouping, percent: int) -> None:
    line = RULES.service.automatic.model_copy(update={"price": each})
    services = RULES.service.model_copy(update={"automatic": line})
    rules = RULES.model_copy(update={"service": services, "rebates": {"MAY": Rebate(percent=percent)}})
    project = a_project(songs, an_order(grouping=grouping, rebate="MAY"))
    total = price(project, rules).total
    assert sum(line.amount.amount for line in lines(project, rules)) == total.amount
    assert total.amount >= 0


def test_amounts_are_in_the_currency_of_the_house() -> None:
    stars = RULES.model_copy(update={"currency": "XTR"})
    assert price(a_project(), stars).total == Money(600, "XTR")
