"""What a private link opens, and until when."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.access import linked, opened, way_to
from core.links import Link
from core.messages import Button, Media
from core.orders import Order, OrderState, Parcel, Project
from core.rules import HouseRules
from core.songs import Version, VersionState
from core.text import Text
from tests.core.samples import START, a_project, an_order

RULES = HouseRules()
LATER = START + timedelta(days=3)


def a_file(name: str, kind: str = "audio") -> Media:
    return Media(
        kind, f"cas/{name}", name, Text((name,)), "audio/mpeg", 10, name.encode().hex().ljust(64, "0")
    )


def a_version(
    song: int = 1, number: int = 1, state: VersionState = VersionState.READY, **more: Any
) -> Version:
    previews = (a_file(f"ab{song}{number}"), a_file(f"preview{song}{number}"))
    base: dict[str, Any] = {"settings": {}, "engine": "1", "previews": previews}
    return Version(f"v{song}.{number}", "order1", f"song{song}", number, state, **base | more)


def heard(order: Order | None = None, *versions: Version, songs: int = 1) -> Project:
    order = order or an_order(OrderState.REVIEW, version=1)
    return a_project(songs, order, versions=versions or (a_version(),))


def released(**more: Any) -> Project:
    order = an_order(OrderState.RELEASED, version=1, released_version=1, kept_until=LATER, **more)
    return heard(order, a_version(state=VersionState.SENT, files=(a_file("wav"), a_file("mp3"))))


def link_to(project: Project, name: str) -> Link:
    link = linked(project.order, a_file(name), START, RULES).link
    assert link is not None
    return link


def test_a_preview_opens_for_two_weeks_to_the_second() -> None:
    project = heard()
    link = link_to(project, "preview11")
    assert link.until == START + timedelta(days=14)
    found = opened(project, link, link.until)
    assert found is not None
    assert (found.media.name, found.parcel, found.version, found.beside) == (
        "preview11",
        Parcel.PREVIEW,
        1,
        (),
    )
    assert opened(project, link, link.until + timedelta(seconds=1)) is None


def test_files_open_for_as_long_as_they_are_kept() -> None:
    project = released()
    link = link_to(project, "wav")
    assert link.until == LATER
    found = opened(project, link, LATER)
    assert found is not None
    assert found.parcel is Parcel.FILES


def test_files_that_are_asked_for_after_that_open_for_two_weeks() -> None:
    link = linked(released().order, a_file("wav"), LATER + timedelta(days=1), RULES).link
    assert link is not None
    assert link.until == LATER + timedelta(days=15)


@pytest.mark.parametrize(
    "now",
    [
        replace(heard().order, links=1),
        replace(heard().order, state=OrderState.CANCELLED),
    ],
)
def test_a_link_opens_nothing_after_it_was_stopped_or_its_order_was_cancelled(now: Order) -> None:
    link = link_to(heard(), "preview11")
    assert opened(heard(), link, START) is not None
    assert opened(heard(now), link, START) is None


def test_a_link_that_is_sent_after_the_stop_opens_again() -> None:
    stopped = heard(replace(heard().order, links=1))
    assert opened(stopped, link_to(stopped, "preview11"), START) is not None


@pytest.mark.parametrize("state", [VersionState.RENDERING, VersionState.FAILED])
def test_a_version_that_is_not_made_opens_nothing(state: VersionState) -> None:
    project = heard(None, a_version(state=state))
    assert opened(project, link_to(project, "preview11"), START) is None
    assert way_to(project, Parcel.PREVIEW, START, RULES) is None


def test_files_of_a_version_that_is_not_released_open_nothing() -> None:
    project = heard(None, a_version(files=(a_file("wav"),)))
    assert opened(project, link_to(project, "wav"), START) is None
    assert way_to(project, Parcel.FILES, START, RULES) is None


def test_what_no_order_names_opens_nothing() -> None:
    project = released()
    assert opened(project, link_to(project, "other"), START) is None


def test_the_way_to_a_preview_opens_all_of_the_newest_version_song_by_song() -> None:
    versions = (a_version(1, 1, VersionState.SENT), a_version(2, 2), a_version(1, 2))
    project = heard(an_order(OrderState.REVIEW, version=2), *versions, songs=2)
    link = way_to(project, Parcel.PREVIEW, START, RULES)
    assert link is not None
    found = opened(project, link, START)
    assert found is not None
    assert [media.name for media in found.beside] == ["ab12", "preview12", "ab22", "preview22"]
    assert found.version == 2


def test_a_preview_that_could_not_be_sent_stays_open_while_its_changes_are_made() -> None:
    versions = (a_version(), a_version(number=2, state=VersionState.RENDERING))
    project = heard(an_order(OrderState.WORKING, version=2), *versions)
    link = way_to(project, Parcel.PREVIEW, START, RULES)
    assert link is not None
    assert opened(project, link, START) is not None


def test_the_way_to_the_files_opens_all_of_them_and_a_link_to_one_opens_that() -> None:
    project = released()
    link = way_to(project, Parcel.FILES, START, RULES)
    assert link is not None
    whole, single = opened(project, link, START), opened(project, replace(link, together=False), START)
    assert whole is not None
    assert single is not None
    assert [media.name for media in whole.beside] == ["wav", "mp3"]
    assert single.beside == ()


def test_a_button_has_one_target() -> None:
    link = link_to(heard(), "preview11")
    assert Button("Open", link=link).link == link
    with pytest.raises(ValueError, match="private link"):
        Button("Open", url="https://studio.example", link=link)
    with pytest.raises(ValueError, match="private link"):
        Button("Open")
