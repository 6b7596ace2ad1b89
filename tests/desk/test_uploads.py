"""Big files beside the chat: each becomes one song, whatever is heard of it, how often and in which order."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.jobs import JobKind
from core.messages import WEB, Button, FileRef, Kind
from core.orders import OrderState
from core.ports import Blob, Outdated
from core.snapshot import Needs
from core.songs import SongState
from core.uploads import Heard, Upload
from storage.database import open_database
from storage.uploads import Uploads
from tests.databases import EVERY, past_the_store
from tests.desk.studio import Studio, looked_into, open_studio
from tests.desk.test_linking import linked
from tests.desk.test_page import read, shown

pytestmark = EVERY

MEGABYTE = 10**6


class Browser:
    """The page of somebody's order: what it sends comes as rows first, then as what the desk hears."""

    def __init__(self, studio: Studio, uploads: Uploads) -> None:
        self.studio = studio
        self.uploads = uploads

    async def begins(self, name: str, size: int = 100 * MEGABYTE, who: str = "ada") -> Upload:
        upload = await self.expects(name, size, who)
        await self.tells(upload, Heard.BEGUN)
        return upload

    async def expects(self, name: str, size: int = 100 * MEGABYTE, who: str = "ada") -> Upload:
        """A file whose row stands, and of which the desk has decided nothing yet."""
        order, now = (await self.studio.project(who)).order, self.studio.clock.now()
        upload = Upload(f"up-{name}", order.id, order.person, name, size, "audio/wav", now, now)
        assert await self.uploads.begin(upload)
        return upload

    async def sends(self, upload: Upload, size: int | None = None) -> Upload:
        """So many bytes more; all that are left, if no number is told."""
        found = await self.uploads.find(upload.id)
        assert found is not None
        size = found.size - found.received if size is None else size
        piece = Blob(f"{upload.id}/{found.received}", size, "00" * 32)
        found = await self.uploads.append(upload.id, found.received, piece, self.studio.clock.now())
        await self.studio.relays()
        return found

    async def drops_it(self, upload: Upload) -> None:
        assert await self.uploads.give_up(upload.id, self.studio.clock.now())
        await self.studio.relays()

    async def tells(self, upload: Upload, what: Heard) -> None:
        event = upload.heard(what, self.studio.clock.now())
        await self.studio.store.receive(event)
        await self.studio.desk.handle(event)
        await self.studio.relays()

    async def presses(self, action: str, who: str = "ada") -> None:
        """A press on the page: whoever it is, is known by their account."""
        order = (await self.studio.project(who)).order
        told = replace(
            Upload("x", order.id, order.person, "", 0, "", order.created, order.created).heard(
                Heard.BEGUN, self.studio.clock.now()
            ),
            event_id=f"press:{action}",
            kind=Kind.PRESS,
            payload={"action": action},
            files=(),
        )
        await self.studio.store.receive(told)
        await self.studio.desk.handle(told)
        await self.studio.relays()


@pytest.fixture
async def browser(studio: Studio, url: str) -> AsyncIterator[Browser]:
    studio.opens_pages()
    async with open_database(url) as database:
        yield Browser(studio, Uploads(database))


async def opened(browser: Browser, who: str = "ada") -> None:
    """Somebody has an order, and its page."""
    await browser.studio.commands(who, "upload")


async def states(studio: Studio, who: str = "ada") -> list[tuple[str, str]]:
    return [(song.title, song.state.value) for song in (await studio.project(who)).songs]


def takes_two_songs(studio: Studio) -> None:
    """An order of this house has no more."""
    limits = studio.rules.limits.model_copy(update={"songs_per_order": 2})
    studio.goes_by(studio.rules.model_copy(update={"limits": limits}))


async def state_of(browser: Browser, upload: Upload) -> str:
    found = await browser.uploads.find(upload.id)
    assert found is not None
    return found.state


def pieces(url: str) -> set[str]:
    with past_the_store(url) as raw:
        return {key for (key,) in raw.execute("SELECT key FROM blob_uses")}


# The way there


async def test_the_welcome_offers_the_way_for_big_files(browser: Browser) -> None:
    studio = browser.studio
    await studio.commands("ada", "start")
    await studio.presses("ada", "Send big file")
    answer = studio.last("ada")
    assert "up to 2 GB each" in answer.text
    assert [button.label for button in answer.buttons if button.link] == ["Send big file"]
    order = (await studio.project("ada")).order
    assert order.state is OrderState.DRAFT
    assert "no song in this order yet" in studio.card("ada").text


async def test_asked_for_twice_it_is_the_same_order(browser: Browser) -> None:
    studio = browser.studio
    await opened(browser)
    first = (await studio.project("ada")).order
    await opened(browser)
    assert (await studio.project("ada")).order == first


async def test_an_order_that_waits_for_payment_takes_big_files_too(browser: Browser) -> None:
    studio = browser.studio
    await studio.drops("ada", "a.wav")
    await studio.checks()
    offer = (await studio.project("ada")).order
    await opened(browser)
    (way,) = [button.link for button in studio.last("ada").buttons if button.link]
    assert way.order == offer.id


async def test_where_no_browser_reaches_the_house_it_says_so(studio: Studio) -> None:
    await studio.commands("ada", "start")
    assert not studio.last("ada").has("Send big file")
    await studio.commands("ada", "upload")
    assert "in the chat only" in studio.last("ada").text
    assert not (await studio.store.load(Needs("terminal", external="ada"))).open


async def test_a_file_too_large_for_the_chat_is_offered_the_way_beside_it(browser: Browser) -> None:
    studio = browser.studio
    await studio.drops("ada", "long.wav")
    await studio.fails(JobKind.FETCH, "too-large-for-chat", megabytes=20)
    card = studio.card("ada")
    assert "through the page" in card.text
    assert link_of(card.button("Send big file"))
    await browser.begins("long.wav")
    assert await states(studio) == [("long", "dropped"), ("long", "arriving")]


async def test_the_offer_has_the_way_as_well(browser: Browser) -> None:
    studio = browser.studio
    await studio.drops("ada", "a.wav")
    await studio.checks()
    assert link_of(studio.card("ada").button("Send big file"))


async def test_where_others_read_along_nobody_gets_the_link(browser: Browser) -> None:
    studio = browser.studio
    await studio.presses_raw("ada", "upload:none", place="room")
    assert "private chat" in studio.last("room").text
    assert not [button for button in studio.last("room").buttons if button.link]


async def test_an_order_to_which_nothing_comes_ends_quietly_after_a_week(browser: Browser) -> None:
    studio = browser.studio
    await opened(browser)
    said = len(studio.told("ada"))
    await studio.passes(days=6.9)
    assert (await studio.project("ada")).order.state is OrderState.DRAFT
    await studio.passes(days=0.2)
    assert (await studio.project("ada")).order.state is OrderState.CANCELLED
    assert len(studio.told("ada")) == said


async def test_a_song_dropped_in_the_chat_joins_the_order_that_was_begun_for_big_files(
    browser: Browser,
) -> None:
    studio = browser.studio
    await opened(browser)
    begun = (await studio.project("ada")).order
    await studio.passes(hours=1)
    await studio.drops("ada", "small.wav")
    assert (await studio.project("ada")).order.id == begun.id


# What comes


async def test_a_file_that_arrives_is_fetched_checked_and_offered(browser: Browser) -> None:
    studio = browser.studio
    await opened(browser)
    upload = await browser.begins("01 intro.wav")
    assert await states(studio) == [("intro", "arriving")]
    await studio.passes(hours=1)
    assert (await studio.project("ada")).order.state is OrderState.DRAFT
    await browser.sends(upload)
    job = await studio.takes(JobKind.FETCH)
    assert FileRef(**job.payload["file"]) == FileRef(WEB, upload.id, "01 intro.wav", upload.size, "audio/wav")
    await studio.ends(job, {"done": {"source": "cas/x", "sha256": "aa", "size": upload.size}})
    await studio.does(JobKind.INTAKE, looked_into())
    await studio.passes(seconds=3)
    assert (await studio.project("ada")).order.state is OrderState.OFFERED
    assert studio.card("ada").has("Pay $6")


async def test_the_card_says_how_far_the_files_have_come(browser: Browser) -> None:
    studio = browser.studio
    await opened(browser)
    first = await browser.begins("a.wav", 300 * MEGABYTE)
    await browser.begins("b.wav", 100 * MEGABYTE)
    assert "2 files are arriving: 0 %" in studio.card("ada").text
    await browser.sends(first, 148 * MEGABYTE)
    await studio.desk.moved_on(first.order)
    await studio.relays()
    assert "2 files are arriving: 37 %" in studio.card("ada").text
    await browser.sends(first)
    assert "1 file is arriving: 75 %" in studio.card("ada").text


async def test_progress_that_is_late_draws_nothing_over_what_is_newer(browser: Browser) -> None:
    studio = browser.studio
    await opened(browser)
    upload = await browser.begins("a.wav")
    await browser.sends(upload)
    await studio.checks()
    await studio.passes(seconds=3)
    offer = studio.card("ada").text
    await studio.desk.moved_on(upload.order)
    await studio.relays()
    assert studio.card("ada").text == offer


async def test_the_page_says_of_a_song_on_its_way_that_it_is_arriving_and_how_far_in_one_place(
    browser: Browser,
) -> None:
    studio = browser.studio
    await opened(browser)
    await browser.sends(await browser.begins("a.wav"), 50 * MEGABYTE)
    page = await shown(studio)
    assert [(read(studio, song.told), song.share) for song in page.songs] == [("arriving", None)]
    assert "1 file is arriving: 50 %" in read(studio, *page.told)


async def test_songs_keep_the_order_in_which_they_were_begun_not_in_which_they_arrive(
    browser: Browser,
) -> None:
    studio = browser.studio
    await opened(browser)
    slow, quick = await browser.begins("slow.wav"), await browser.begins("quick.wav")
    await browser.sends(quick)
    await studio.checks()
    await browser.sends(slow)
    await studio.checks()
    await studio.passes(seconds=3)
    assert await states(studio) == [("slow", "ready"), ("quick", "ready")]


async def test_an_offer_that_gets_a_big_file_is_not_payable_by_its_old_button(browser: Browser) -> None:
    studio = browser.studio
    await studio.drops("ada", "a.wav")
    await studio.checks()
    old = studio.card("ada")
    upload = await browser.begins("b.wav")
    await studio.presses("ada", "Pay", on=old)
    assert (await studio.project("ada")).order.state is OrderState.DRAFT
    await browser.sends(upload)
    await studio.checks()
    await studio.passes(seconds=3)
    await studio.presses("ada", "Pay", on=old)
    project = await studio.project("ada")
    assert (project.order.state, project.charges) == (OrderState.OFFERED, ())


async def test_the_new_mix_of_a_song_may_come_as_a_big_file(browser: Browser) -> None:
    studio = browser.studio
    await awaits_a_new_mix(studio)
    better = await browser.begins("better.wav")
    assert await states(studio) == [("a", "ready"), ("better", "arriving")]
    await browser.sends(better)
    assert sorted(await states(studio)) == [("a", "dropped"), ("better", "fetching")]
    assert {song.title: song.place for song in (await studio.project("ada")).songs}["better"] == 1


async def awaits_a_new_mix(studio: Studio, *beside: str) -> None:
    """An offer of a song that is clipped, and of others; a new mix of it is wanted."""
    await studio.drops("ada", "a.wav", *beside)
    clipped = [{"code": "clipped", "details": {"samples": 3, "runs": 1}}]
    for _ in range(1 + len(beside)):
        await studio.does(JobKind.FETCH, {"source": "cas/x", "sha256": "aa", "size": 1})
        await studio.does(JobKind.INTAKE, looked_into(advice=clipped))
    await studio.passes(seconds=3)
    if beside:
        await studio.presses("ada", "Separate songs")
    await studio.presses("ada", "Send a new mix")


@pytest.mark.parametrize("end", ["removed", "a week", "given up in the chat"])
async def test_a_song_whose_new_mix_never_comes_is_offered_as_before(browser: Browser, end: str) -> None:
    studio = browser.studio
    await awaits_a_new_mix(studio)
    upload = await browser.begins("better.wav")
    match end:
        case "removed":
            await browser.drops_it(upload)
        case "a week":
            await studio.passes(days=7.1)
        case "given up in the chat":
            await studio.presses("ada", "Go on without it")
    await studio.passes(seconds=3)
    assert await states(studio) == [("a", "ready"), ("better", "dropped")]
    assert (await studio.project("ada")).order.state is OrderState.OFFERED


async def test_a_new_mix_that_is_whole_before_it_is_known_takes_its_place(browser: Browser) -> None:
    studio = browser.studio
    await awaits_a_new_mix(studio)
    await browser.sends(await browser.expects("better.wav"))
    assert sorted(await states(studio)) == [("a", "dropped"), ("better", "fetching")]


async def test_a_full_order_takes_a_new_mix_and_nothing_beside_it(browser: Browser) -> None:
    studio = browser.studio
    takes_two_songs(studio)
    await awaits_a_new_mix(studio, "b.wav")
    better = await browser.begins("better.wav")
    await browser.begins("more.wav")
    assert await states(studio) == [("a", "ready"), ("b", "ready"), ("better", "arriving")]
    await browser.sends(better)
    await browser.begins("still more.wav")
    assert sorted(await states(studio)) == [("a", "dropped"), ("b", "ready"), ("better", "fetching")]


async def test_what_was_refused_of_the_files_that_still_come_is_still_told(browser: Browser) -> None:
    studio = browser.studio
    await opened(browser)
    broken = await browser.begins("broken.wav")
    await browser.begins("long.wav")
    await browser.sends(broken)
    await studio.fails(JobKind.FETCH, "not-audio")
    await browser.begins("late.wav")
    assert await states(studio) == [("broken", "refused"), ("long", "arriving"), ("late", "arriving")]
    assert "Not taken: broken" in studio.card("ada").text


async def test_an_order_takes_so_many_songs_and_lets_the_rest_go(browser: Browser, url: str) -> None:
    studio = browser.studio
    takes_two_songs(studio)
    await opened(browser)
    for name in ("a.wav", "b.wav", "c.wav"):
        upload = await browser.begins(name)
    assert await state_of(browser, upload) == "gone"
    assert [title for title, _ in await states(studio)] == ["a", "b"]


async def test_an_order_that_was_paid_takes_none(browser: Browser) -> None:
    studio = browser.studio
    await studio.drops("ada", "a.wav")
    await studio.checks()
    await studio.presses("ada", "Pay")
    upload = await browser.begins("b.wav")
    assert await state_of(browser, upload) == "gone"
    assert [title for title, _ in await states(studio)] == ["a"]


async def test_nobody_sends_files_to_the_order_of_another(browser: Browser) -> None:
    studio = browser.studio
    await opened(browser)
    await opened(browser, "bob")
    upload = await browser.expects("mine.wav")
    bob = (await studio.project("bob")).order.person
    await browser.tells(replace(upload, person=bob), Heard.BEGUN)
    assert await states(studio) == []


async def test_somebody_who_said_to_be_under_13_sends_none_and_what_came_is_let_go(
    browser: Browser, url: str
) -> None:
    studio = browser.studio
    await opened(browser)
    upload = await browser.begins("a.wav")
    await browser.sends(upload, MEGABYTE)
    await studio.presses_raw("ada", "minor:me")
    assert await state_of(browser, upload) == "gone"
    assert pieces(url) == set()
    await studio.commands("ada", "upload")
    assert "under 13" in studio.last("ada").text
    await studio.presses_raw("ada", "upload:none")
    assert "under 13" in studio.last("ada").text
    assert studio.last("ada").has("Talk to a human")
    assert not [button for button in studio.last("ada").buttons if button.link]


async def test_pieces_are_kept_until_the_file_is_fetched(browser: Browser, url: str) -> None:
    studio = browser.studio
    await opened(browser)
    upload = await browser.begins("a.wav")
    await browser.sends(upload, MEGABYTE)
    await browser.sends(upload)
    assert len(pieces(url)) == 2
    await studio.does(JobKind.FETCH, {"source": "cas/x", "sha256": "aa", "size": upload.size})
    assert pieces(url) == {"cas/x"}


@pytest.mark.parametrize("end", ["cancelled", "refused"])
async def test_pieces_of_what_becomes_no_song_are_let_go(browser: Browser, url: str, end: str) -> None:
    studio = browser.studio
    await opened(browser)
    upload = await browser.begins("a.wav")
    if end == "cancelled":
        await browser.sends(upload, MEGABYTE)
        await studio.presses_raw("ada", f"cancel:{upload.order}")
    else:
        await browser.sends(upload)
        await studio.fails(JobKind.FETCH, "not-audio")
    assert pieces(url) == set()


# What does not come


async def test_a_file_that_is_given_up_lets_the_others_go_on(browser: Browser) -> None:
    studio = browser.studio
    await opened(browser)
    stays, goes = await browser.begins("stays.wav"), await browser.begins("goes.wav")
    await browser.sends(stays)
    await studio.checks()
    await studio.passes(minutes=5)
    await browser.drops_it(goes)
    assert await states(studio) == [("stays", "ready"), ("goes", "dropped")]
    assert (await studio.project("ada")).order.state is OrderState.OFFERED


async def test_what_does_not_come_is_gone_on_without(browser: Browser, url: str) -> None:
    studio = browser.studio
    await opened(browser)
    here, lost, late = [await browser.begins(name) for name in ("here.wav", "lost.wav", "late.wav")]
    await browser.sends(here)
    await studio.checks()
    await browser.sends(late, MEGABYTE)
    assert studio.card("ada").has("Cancel")
    await studio.presses("ada", "Go on without them")
    assert await states(studio) == [("here", "ready"), ("lost", "dropped"), ("late", "dropped")]
    assert studio.card("ada").has("Pay $6")
    for upload in (lost, late):
        with pytest.raises(Outdated):
            await browser.sends(upload)


async def test_to_go_on_without_what_has_come_is_too_late(browser: Browser) -> None:
    studio = browser.studio
    await opened(browser)
    upload = await browser.begins("a.wav")
    card = studio.card("ada")
    await browser.sends(upload)
    await studio.presses("ada", "Go on without it", on=card)
    assert await states(studio) == [("a", "fetching")]
    assert "changed since" in studio.last("ada").text


@pytest.mark.parametrize("end", ["a song", "taken out", "under 13"])
async def test_a_files_own_name_is_kept_no_longer_than_its_pieces(browser: Browser, end: str) -> None:
    studio = browser.studio
    await opened(browser)
    upload = await browser.begins("secret.wav")
    match end:
        case "a song":
            await browser.sends(upload)
            await studio.checks()
        case "taken out":
            await browser.drops_it(upload)
        case "under 13":
            await studio.presses_raw("ada", "minor:me")
    found = await browser.uploads.find(upload.id)
    assert found is not None
    assert (found.name, found.media_type) == ("", "")


async def test_a_file_of_which_nothing_comes_for_a_week_is_given_up_and_the_rest_is_offered(
    browser: Browser,
) -> None:
    studio = browser.studio
    await opened(browser)
    stays, goes = await browser.begins("stays.wav"), await browser.begins("goes.wav")
    await browser.sends(stays)
    await studio.checks()
    await studio.passes(days=7.1)
    assert (await studio.project("ada")).order.state is OrderState.OFFERED
    told = studio.last("ada").text
    assert "1 file of order" in told
    assert "goes" in told
    assert await state_of(browser, goes) == "gone"


async def test_an_order_of_which_no_file_comes_for_a_week_ends_with_one_sentence(browser: Browser) -> None:
    studio = browser.studio
    await opened(browser)
    await browser.begins("a.wav")
    said = len(studio.told("ada"))
    await studio.passes(days=7.1)
    assert (await studio.project("ada")).order.state is OrderState.CANCELLED
    assert len(studio.told("ada")) == said + 1


async def test_a_slow_line_is_no_reason_to_give_a_file_up(browser: Browser) -> None:
    """Eight days in all, but never a week of silence."""
    studio = browser.studio
    await opened(browser)
    upload = await browser.begins("a.wav")
    for _ in range(8):
        await studio.passes(days=1)
        await browser.sends(upload, MEGABYTE)
    assert await states(studio) == [("a", "arriving")]
    await studio.passes(days=7.1)
    assert await states(studio) == [("a", "dropped")]


# What a page may say beside files


async def test_a_press_on_the_page_is_the_artists_own(browser: Browser) -> None:
    studio = browser.studio
    await studio.drops("ada", "a.wav")
    await studio.checks()
    order = (await studio.project("ada")).order
    await browser.presses(f"cancel:{order.id}")
    assert (await studio.project("ada")).order.state is OrderState.CANCELLED


async def test_a_pass_of_an_account_that_became_another_still_brings_files(browser: Browser) -> None:
    studio = browser.studio
    await opened(browser, "telegram:ada")
    before = await browser.expects("a.wav", who="telegram:ada")
    await linked(studio, "discord:ada", "telegram:ada")
    assert (await studio.project("discord:ada")).order.person != before.person
    await browser.tells(before, Heard.BEGUN)
    after = await browser.sends(before)
    assert after.person == (await studio.project("discord:ada")).order.person
    assert await states(studio, "discord:ada") == [("a", "fetching")]


# Whatever comes, and in which order


async def test_begun_twice_it_is_one_song(browser: Browser) -> None:
    studio = browser.studio
    await opened(browser)
    upload = await browser.begins("a.wav")
    await browser.tells(upload, Heard.BEGUN)
    again = replace(upload.heard(Heard.BEGUN, studio.clock.now()), event_id="another")
    await studio.desk.handle(again)
    assert await states(studio) == [("a", "arriving")]


async def test_arrived_before_it_is_known_to_have_begun_it_is_fetched_once(browser: Browser) -> None:
    studio = browser.studio
    await opened(browser)
    upload = await browser.expects("a.wav")
    await browser.sends(upload)
    assert await states(studio) == [("a", "fetching")]
    await browser.tells(upload, Heard.BEGUN)
    await browser.tells(upload, Heard.ARRIVED)
    await studio.checks()
    assert await states(studio) == [("a", "ready")]


async def test_gone_after_it_arrived_is_too_late(browser: Browser) -> None:
    studio = browser.studio
    await opened(browser)
    upload = await browser.begins("a.wav")
    await browser.sends(upload)
    assert not await browser.uploads.give_up(upload.id, studio.clock.now())
    await browser.tells(upload, Heard.GONE)
    assert await states(studio) == [("a", "fetching")]


async def test_gone_undecided_is_known_at_the_next_look(browser: Browser) -> None:
    studio = browser.studio
    await opened(browser)
    lost = await browser.begins("lost.wav")
    await browser.uploads.give_up(lost.id, studio.clock.now())
    await browser.begins("other.wav")
    assert await states(studio) == [("lost", "dropped"), ("other", "arriving")]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(("expect", "send", "give up", "begun", "arrived", "gone", "job", "wait")),
        st.integers(0, 1),
    ),
    min_size=8,
    max_size=25,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
@pytest.mark.databases("sqlite")
def test_no_sequence_of_steps_loses_a_song_or_makes_one_twice(
    steps: list[tuple[str, int]], migrated_file: object, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Rows and events in any order, each any number of times; then everything that is open comes whole."""
    folder = tmp_path_factory.mktemp("steps")
    url = f"sqlite://{shutil.copy(str(migrated_file), folder)}"
    asyncio.run(played(url, steps))


async def played(url: str, steps: list[tuple[str, int]]) -> None:
    async with open_studio(url) as studio, open_database(url) as database:
        studio.opens_pages()
        browser = Browser(studio, Uploads(database))
        await opened(browser)
        order = (await studio.project("ada")).order
        now = studio.clock.now()
        files = [Upload(f"up{n}", order.id, order.person, f"{n}.wav", 10, "", now, now) for n in range(2)]
        heard = 0
        for step, number in steps:
            upload = files[number]
            match step:
                case "expect":
                    await browser.uploads.begin(upload)
                case "send":
                    found = await browser.uploads.find(upload.id)
                    if found and found.state == "open":
                        await browser.sends(upload, 5)
                case "give up":
                    await browser.uploads.give_up(upload.id, studio.clock.now())
                case "begun" | "arrived" | "gone":
                    heard += 1
                    event = upload.heard(Heard(step), studio.clock.now())
                    await studio.desk.handle(replace(event, event_id=f"{event.event_id}:{heard}"))
                case "job":
                    await one_job(studio)
                case "wait":
                    await studio.passes(seconds=2)
        for upload in files:
            found = await browser.uploads.find(upload.id)
            while found and found.state == "open":
                found = await browser.sends(upload, 5)
        await settle(studio)
        await studio.desk.handle(
            replace(files[0].heard(Heard.ARRIVED, studio.clock.now()), event_id="the next look")
        )
        await settle(studio)
        rows = [await browser.uploads.find(upload.id) for upload in files]
        whole = sorted(
            upload.name for upload, row in zip(files, rows, strict=True) if row and row.state == "whole"
        )
        project = await studio.project("ada")
        ready = sorted(song.file.name for song in project.songs if song.state is SongState.READY)
        assert ready == whole
        assert not project.uploads
        assert project.order.state is (OrderState.OFFERED if whole else OrderState.DRAFT)
        with past_the_store(url) as raw:
            kept = {holder for (holder,) in raw.execute("SELECT holder FROM blob_uses")}
        assert kept.isdisjoint({upload.id for upload in files})


async def one_job(studio: Studio) -> bool:
    for kind, done in (
        (JobKind.FETCH, {"source": "cas/x", "sha256": "aa", "size": 10}),
        (JobKind.INTAKE, looked_into()),
    ):
        try:
            job = await studio.takes(kind)
        except AssertionError:
            continue
        await studio.ends(job, {"done": done})
        return True
    return False


async def settle(studio: Studio) -> None:
    await studio.relays()
    while await one_job(studio):
        pass
    await studio.passes(seconds=5)


def link_of(button: Button) -> bool:
    return button.link is not None
