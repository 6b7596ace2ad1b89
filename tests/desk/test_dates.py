"""The dates that were promised hold, whoever is slow: the engine, the relay, the clock or the artist."""

from datetime import timedelta

from core.ids import seen
from core.jobs import JobKind
from core.messages import Incoming, Kind
from core.orders import OrderState
from storage.models import BlobUseRow
from tests.desk.studio import START, Studio, media, rendered
from tests.desk.test_first_order import bought, previewed
from tests.desk.test_people import at_the_desk


async def test_a_new_version_after_the_deadline_gives_its_two_days_however_late_it_is_sent(
    studio: Studio,
) -> None:
    await previewed(studio)
    await studio.passes(days=4, hours=23)
    await studio.says("ada", "louder")
    await studio.presses("ada", "Send")
    await studio.passes(hours=5)
    studio.held = True
    await studio.masters()
    await studio.passes(minutes=10)  # the clock comes by while the preview is still on its way
    studio.held = False
    await studio.relays()
    order = (await studio.project("ada")).order
    assert order.state is OrderState.REVIEW
    assert order.deadline == studio.clock.now() + timedelta(days=2)  # A13


async def test_an_approval_that_overtakes_the_confirmed_sending_starts_the_clock_too(studio: Studio) -> None:
    await bought(studio)
    studio.held = True
    await studio.masters()
    order = (await studio.project("ada")).order
    await studio.presses_raw("ada", f"approve:{order.id}:1")
    studio.held = False
    await studio.relays()
    await studio.delivers()
    assert (await studio.project("ada")).order.deadline == START + timedelta(days=5)
    await studio.passes(days=6)
    assert (await studio.project("ada")).order.state is OrderState.COMPLETED


async def test_a_master_approved_though_its_preview_was_refused_completes_all_the_same(
    studio: Studio,
) -> None:
    await bought(studio)
    studio.refusing.add("ada")
    await studio.masters()
    studio.refusing.clear()
    order = (await studio.project("ada")).order
    assert order.first_sent is None  # C3
    await studio.presses_raw("ada", f"approve:{order.id}:1")
    await studio.delivers()
    await studio.passes(days=6)
    assert (await studio.project("ada")).order.state is OrderState.COMPLETED


async def test_a_preview_that_could_not_be_sent_ends_the_order_after_thirty_days(studio: Studio) -> None:
    await at_the_desk(studio)
    await bought(studio)
    studio.refusing.add("ada")
    await studio.masters()
    assert "could not be sent" in studio.card("room:desk", "unreachable:").text
    await studio.passes(days=29)
    assert (await studio.project("ada")).order.state is OrderState.REVIEW
    await studio.passes(days=2)
    await studio.delivers()
    assert await studio.idle()


async def test_asking_for_the_files_while_they_are_being_made_makes_them_once(studio: Studio) -> None:
    await previewed(studio)
    await studio.presses("ada", "Approve")
    for _ in range(3):
        await studio.presses("ada", "Send the files again")
    await studio.delivers()
    assert await studio.idle()
    await studio.presses("ada", "Send the files again")
    assert sum("Here are the files" in text for text in studio.told("ada")) == 2


async def test_a_confirmation_that_comes_after_the_wishes_were_sent_still_starts_the_first_five_days(
    studio: Studio,
) -> None:
    await bought(studio)
    studio.held = True
    await studio.masters()
    await studio.says("ada", "louder")
    batch = (await studio.project("ada")).batches[0]
    await studio.presses_raw("ada", f"send:{batch.order}:{seen(batch.id, batch.rev)}")
    studio.held = False
    await studio.relays()
    order = (await studio.project("ada")).order
    assert order.state is OrderState.WORKING
    assert order.deadline == START + timedelta(days=5)
    await studio.passes(days=1)
    await studio.masters()
    assert (await studio.project("ada")).order.deadline == START + timedelta(days=5)  # C2


async def test_a_tick_from_before_the_machines_clock_was_set_back_is_not_lost(studio: Studio) -> None:
    await studio.drops("ada", "a.wav", complete=False)
    await studio.checks()
    studio.clock.time += timedelta(seconds=2)
    (tick,) = await studio.store.due(studio.clock.now(), 10)
    studio.clock.time -= timedelta(seconds=2)
    await studio.desk.handle(tick)
    await studio.relays()
    assert studio.card("ada").has("Pay")


async def test_a_wish_of_the_last_moment_is_in_time_though_it_is_read_later(studio: Studio) -> None:
    await previewed(studio)
    await studio.says("ada", "louder")
    await studio.passes(days=5)
    batch = (await studio.project("ada")).batches[0]
    last = Incoming(
        "terminal", "last", "ada", "ada", private=True, kind=Kind.PRESS, at=studio.clock.now(),
        payload={"action": f"send:{batch.order}:{seen(batch.id, batch.rev)}"},
    )  # fmt: skip
    studio.clock.time += timedelta(hours=1)  # the service was away
    await studio.desk.handle(last)
    assert (await studio.project("ada")).order.state is OrderState.WORKING


async def test_a_clock_that_goes_over_reminder_and_end_at_once_completes_without_reminding(
    studio: Studio,
) -> None:
    await previewed(studio)
    studio.clock.time += timedelta(days=30)
    await studio.passes(seconds=0)
    assert (await studio.project("ada")).order.state is OrderState.COMPLETED
    assert not any("completes on" in text for text in studio.told("ada"))


async def test_wishes_that_were_never_sent_end_with_the_window_and_that_is_said(studio: Studio) -> None:
    await previewed(studio)
    await studio.says("ada", "louder")
    await studio.passes(days=6)
    assert "were not made" in studio.last("ada").text
    assert (await studio.project("ada")).order.version == 1


async def test_a_payment_under_way_at_the_deadline_still_releases_the_files(studio: Studio) -> None:
    studio.charges("before-files")
    await studio.drops("ada", "a.wav")
    await studio.checks()
    await studio.presses("ada", "Make a preview - free")
    await studio.masters()
    await studio.passes(days=5)
    await studio.presses("ada", "Pay")
    await studio.passes(days=1)
    await studio.settles()
    await studio.passes(seconds=0)
    await studio.delivers()
    assert (await studio.project("ada")).order.state is OrderState.COMPLETED
    assert any("Here are the files" in text for text in studio.told("ada"))


async def test_files_made_for_one_version_are_never_handed_over_as_another(studio: Studio) -> None:
    await previewed(studio)
    await studio.presses("ada", "Approve")
    old = await studio.takes(JobKind.DELIVER)
    await studio.says("ada", "louder")
    await studio.presses("ada", "Send")
    await studio.does(JobKind.RENDER, rendered())
    await studio.ends(old, {"done": {"files": [media("file", "v1.wav")]}})
    await studio.presses("ada", "Approve")
    await studio.does(JobKind.DELIVER, {"files": [media("file", "v2.wav")]})
    assert [file.name for file in studio.last("ada").media] == ["v2.wav"]


async def test_files_that_are_made_while_the_next_version_is_in_work_still_arrive_and_so_do_the_next(
    studio: Studio,
) -> None:
    await previewed(studio)
    await studio.presses("ada", "Approve")
    old = await studio.takes(JobKind.DELIVER)
    await studio.says("ada", "louder")
    await studio.presses("ada", "Send")
    await studio.ends(old, {"done": {"files": [media("file", "v1.wav")]}})
    assert [file.name for file in studio.last("ada").media] == ["v1.wav"]
    await studio.masters()
    await studio.presses("ada", "Approve")
    await studio.does(JobKind.DELIVER, {"files": [media("file", "v2.wav")]})
    assert [file.name for file in studio.last("ada").media] == ["v2.wav"]


async def test_the_artist_is_warned_twice_and_then_the_files_are_gone(studio: Studio) -> None:
    await previewed(studio)
    await studio.presses("ada", "Approve")
    await studio.delivers()
    await studio.passes(days=5, minutes=1)
    told = len(studio.told("ada"))
    await studio.passes(days=21)
    assert "are kept until" in studio.last("ada").text  # A17: a week before
    assert studio.last("ada").has("Send the files again")
    await studio.passes(days=6)
    assert len(studio.told("ada")) == told + 2  # and a day before
    held = await named_blobs(studio)
    assert held > 0
    await studio.passes(days=1)
    assert len(studio.told("ada")) == told + 2
    assert await named_blobs(studio) == 0  # A16: what nothing names, the house destroys
    assert "are deleted" in studio.card("ada").text
    assert not studio.card("ada").has("Send the files again")
    assert not studio.card("ada").has("Ask for changes")
    assert await studio.store.next_due() is None


async def test_files_stay_while_a_price_for_more_changes_stands(studio: Studio) -> None:
    await previewed(studio)
    await studio.presses("ada", "Approve")
    await studio.delivers()
    await studio.passes(days=32)
    await studio.presses("ada", "Ask for changes")
    await studio.says("ada", "more bass")
    await studio.presses("ada", "Ask for a quote")
    await studio.passes(days=10)
    assert await named_blobs(studio) > 0


async def named_blobs(studio: Studio) -> int:
    """How many blobs are named by a song or a version."""
    async with studio.store._database.reading():
        return await BlobUseRow.all().count()


async def test_a_complete_order_is_still_found_among_the_orders(studio: Studio) -> None:
    await previewed(studio)
    await studio.passes(days=6)
    await studio.commands("ada", "orders")
    assert "Order 1000 · midnight drive: complete" in studio.last("ada").text
    await studio.presses("ada", "Show order 1000", on=studio.last("ada"))
    assert studio.last("ada").has("Ask for changes")
