"""The job card says what is true of the money."""

import pytest

from bots.catalogues import load_catalogues
from core.desk.scene import Ways
from core.desk.shown.cards import job_card
from core.desk.shown.view import View
from core.messages import Card
from core.orders import OrderState, Project
from core.rules import HouseRules
from core.text import Text
from core.tills import ChargeState
from core.wording import Voice
from tests.core.samples import START, a_charge, a_project, an_order

WAYS = Ways({"terminal": ("credit", "demo")}, frozenset({"credit"}))


def card(project: Project, say: Voice | None = None, rules: HouseRules | None = None) -> Card:
    voice = say or load_catalogues().voice("en")
    return job_card(View(project, voice, rules or HouseRules(), WAYS, START))


def plain(text: Text) -> str:
    return text.plain(moment=str, title=lambda title: title.title)


@pytest.mark.parametrize(
    ("states", "told"),
    [
        ((), "Cancelled. Nothing was charged."),
        ((ChargeState.DECLINED,), "Cancelled. Nothing was charged."),
        ((ChargeState.REFUNDING,), "Cancelled; your money is on its way back."),
        ((ChargeState.REFUNDED,), "Cancelled; you have your money back."),
        ((ChargeState.REFUNDED, ChargeState.REFUNDING), "Cancelled; your money is on its way back."),
    ],
)
def test_a_cancelled_order_says_where_its_money_is(states: tuple[ChargeState, ...], told: str) -> None:
    charges = tuple(a_charge(state, id=f"charge{number}") for number, state in enumerate(states))
    project = a_project(order=an_order(OrderState.CANCELLED), charges=charges)
    assert plain(card(project).text).endswith(told)


@pytest.mark.parametrize(
    ("charge", "told"), [("before-work", "Paid. Mastering …"), ("before-files", "\nMastering …")]
)
def test_only_what_is_paid_is_called_paid(charge: str, told: str) -> None:
    order = an_order(OrderState.WORKING, charge=charge, version=1)
    assert plain(card(a_project(order=order)).text).endswith(told)


@pytest.mark.parametrize(
    ("charge", "tap"),
    [("before-work", "By paying you accept"), ("before-files", "By asking for the preview you accept")],
)
def test_the_offer_says_which_tap_is_the_consent(charge: str, tap: str) -> None:
    assert tap in plain(card(a_project(order=an_order(charge=charge))).text)


@pytest.mark.parametrize("state", OrderState)
def test_a_person_is_one_tap_away_from_every_card(state: OrderState) -> None:
    labels = [button.label for button in card(a_project(order=an_order(state))).buttons]
    assert "Talk to a human" in labels  # A26
