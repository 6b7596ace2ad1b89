"""The page of an order, as the desk answers for it at each step of the way."""

from core.access import admitted
from core.access import page_of as page_pass
from core.desk.shown.reading import plainly
from core.jobs import JobKind
from core.messages import WEB, Button, Incoming, Kind, Question, To
from core.orders import OrderState
from core.page import OrderPage
from core.snapshot import Needs
from core.text import Text, joined
from tests.databases import EVERY
from tests.desk.studio import Studio, looked_into
from tests.desk.test_linking import ADA, THERE, linked, person, previewed

pytestmark = EVERY


async def page_of(studio: Studio, who: str = "ada", reader: str | None = None) -> OrderPage | None:
    """The page of somebody's newest order, as they or somebody else sees it."""
    order = (await studio.project(who)).order
    person = await studio.store.person_of("terminal", reader or who)
    assert person is not None
    return (await studio.desk.ask(Question(WEB, person.id, "page", {"order": order.id}))).page


async def shown(studio: Studio) -> OrderPage:
    found = await page_of(studio)
    assert found is not None
    return found


def read(studio: Studio, *lines: Text) -> str:
    say = studio.catalogues.voice("en")
    return plainly(joined(lines), To.person("ada"), say, studio.clock.now(), studio.rules.zone)


def targets(buttons: tuple[Button, ...]) -> list[str]:
    return [str(button.action or button.form) for button in buttons if not button.link]


async def paid(studio: Studio) -> None:
    await studio.drops("ada", "Midnight Drive.wav")
    await studio.checks()
    await studio.passes(minutes=5)
    await studio.presses("ada", "Pay")
    await studio.settles()


async def test_at_each_step_it_says_and_offers_what_the_card_does(studio: Studio) -> None:
    async def agrees() -> None:
        card, page = studio.card("ada"), await shown(studio)
        said = "\n".join(filter(None, card.text.split("\n")))
        assert read(studio, page.heading, *page.told) == said
        assert targets(page.buttons) == targets(card.buttons)

    await studio.drops("ada", "Midnight Drive.wav")
    await agrees()
    await studio.checks()
    await agrees()
    await studio.passes(minutes=5)
    await agrees()
    await studio.presses("ada", "Pay")
    await agrees()
    await studio.settles()
    await agrees()
    await studio.masters()
    await agrees()
    await studio.presses("ada", "Approve")
    await agrees()
    await studio.delivers()
    await agrees()


async def test_it_takes_songs_while_the_order_does(studio: Studio) -> None:
    await studio.drops("ada", "Midnight Drive.wav")
    assert (await shown(studio)).takes_songs
    await studio.checks()
    await studio.passes(minutes=5)
    assert (await shown(studio)).takes_songs
    await studio.presses("ada", "Pay")
    assert not (await shown(studio)).takes_songs


async def test_songs_are_listed_where_the_card_does_not_tell_of_them_in_full(studio: Studio) -> None:
    async def listed() -> list[tuple[str, bool]]:
        songs = (await shown(studio)).songs
        return [(read(studio, song.title), song.share is not None) for song in songs]

    await studio.drops("ada", "a.wav", "b.pdf")
    assert await listed() == [("a", True), ("b", True)]
    await studio.does(JobKind.FETCH, {"source": "x", "sha256": "1", "size": 1})
    await studio.fails(JobKind.FETCH, "not-audio")
    assert await listed() == [("a", True)]
    await studio.does(JobKind.INTAKE, looked_into())
    assert await listed() == []
    await studio.presses("ada", "Pay")
    assert await listed() == [("a", False)]


async def test_something_is_at_work_until_there_is_something_to_hear(studio: Studio) -> None:
    await paid(studio)
    assert (await shown(studio)).at_work
    await studio.masters()
    page = await shown(studio)
    assert not page.at_work
    assert [(version.number, len(version.clips)) for version in page.versions] == [(1, 2)]
    assert page.versions[0].sent == studio.clock.now()


async def test_the_files_come_when_they_are_made_and_not_before(studio: Studio) -> None:
    await paid(studio)
    await studio.masters()
    page = await shown(studio)
    assert page.files == ()
    assert read(studio, page.about_files) == "The files are locked until you approve the master."
    await studio.presses("ada", "Approve")
    page = await shown(studio)
    assert (page.files, read(studio, page.about_files)) == ((), "Your files are being made.")
    await studio.delivers()
    page = await shown(studio)
    assert [file.name for file in page.files] == ["song.wav", "song.mp3"]
    assert read(studio, page.about_files).startswith("Kept until ")


async def test_each_form_stands_on_the_page_with_what_it_starts_with(studio: Studio) -> None:
    await studio.drops("ada", "Midnight Drive.wav")
    await studio.checks()
    await studio.passes(minutes=5)
    page = await shown(studio)
    order = (await studio.project("ada")).order.id
    forms = {one.form.name: one for one in page.forms}
    assert {name: one.id for name, one in forms.items()} == {"details": order, "human": order}
    assert forms["details"].values == {"title": "Midnight Drive"}


async def test_what_a_button_asks_of_another_order_is_not_offered(studio: Studio) -> None:
    await studio.drops("ada", "Midnight Drive.wav")
    await studio.does(JobKind.FETCH, {"source": "cas/x", "sha256": "same", "size": 1000})
    await studio.does(JobKind.INTAKE, looked_into())
    first = (await studio.project("ada")).order
    await studio.passes(minutes=5)
    await studio.presses("ada", "Pay")
    await studio.settles()
    await studio.masters()
    await studio.drops("ada", "Again.wav")
    await studio.does(JobKind.FETCH, {"source": "cas/x", "sha256": "same", "size": 1000})
    await studio.does(JobKind.INTAKE, looked_into())
    await studio.passes(minutes=5)
    assert f"show:{first.id}" in targets(studio.card("ada").buttons)
    assert f"show:{first.id}" not in targets((await shown(studio)).buttons)


async def test_it_is_shown_to_its_artist_and_to_staff_who_only_look_on(studio: Studio) -> None:
    await paid(studio)
    await studio.masters()
    await studio.says("bob", "hello")
    assert await page_of(studio, reader="bob") is None
    await studio.grants("support", "bob")
    page = await page_of(studio, reader="bob")
    assert page is not None
    assert (page.buttons, page.forms, page.files, page.takes_songs) == ((), (), (), False)
    assert len(page.versions) == 1


async def test_of_a_cancelled_order_nothing_is_to_be_heard(studio: Studio) -> None:
    await studio.drops("ada", "Midnight Drive.wav")
    await studio.checks()
    assert len((await shown(studio)).pictures) == 1
    await studio.passes(minutes=5)
    await studio.presses("ada", "Cancel")
    page = await shown(studio)
    assert (page.pictures, page.versions, page.files) == ((), (), ())


async def test_whoever_became_one_account_with_another_keeps_the_page_that_they_had(studio: Studio) -> None:
    await previewed(studio, THERE)
    order = (await studio.project(THERE)).order
    had = page_pass(order, studio.clock.now(), studio.rules)
    await linked(studio, ADA, THERE)
    assert (await person(studio, THERE)).id != had.person

    snapshot = await studio.store.load(Needs(WEB, account=had.person, order=order.id))
    assert snapshot.project is not None
    assert snapshot.actor is not None
    assert admitted(snapshot.project, snapshot.actor, had, studio.clock.now())
    seen = (await studio.desk.ask(Question(WEB, had.person, "page", {"order": order.id}))).page
    assert seen is not None
    (approve,) = [target for target in targets(seen.buttons) if target.startswith("approve")]
    now, told = studio.clock.now(), {"action": approve}
    deed = Incoming(WEB, "web:1", had.person, "", private=True, kind=Kind.PRESS, at=now, payload=told)
    await studio.store.receive(deed)
    await studio.relays()
    assert (await studio.project(ADA)).order.state is OrderState.RELEASED
