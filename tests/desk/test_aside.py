"""What cannot be decided: nothing waits for it for ever, and a person is told."""

from dataclasses import replace

from core.jobs import JobKind, ended
from core.messages import Incoming, Kind
from core.ports import Received
from tests.desk.studio import Studio
from tests.desk.test_first_order import bought, previewed
from tests.desk.test_people import at_the_desk


async def test_a_job_whose_end_cannot_be_decided_does_not_run_for_ever(studio: Studio) -> None:
    await at_the_desk(studio)
    await bought(studio)
    job = await studio.takes(JobKind.RENDER)
    told = ended(job, {"done": {"senseless": True}}, studio.clock.now())
    await studio.desk.set_aside(Received(told, job.person, 2), "ABC123")
    await studio.relays()
    assert await studio.idle()
    assert "ABC123" in studio.last("ada").text
    assert "ABC123" in studio.card("room:desk", "aside:ABC123").text


async def test_being_set_aside_is_told_once_however_often_it_is_tried(studio: Studio) -> None:
    await studio.commands("ada", "start")
    person = await studio.store.person_of("terminal", "ada")
    assert person is not None
    deed = Incoming("terminal", "x", "ada", "ada", True, Kind.MESSAGE, studio.clock.now(), locale="en")
    for tries in (2, 3):
        await studio.desk.set_aside(Received(replace(deed), person.id, tries), "ABC123")
    await studio.relays()
    assert sum("ABC123" in text for text in studio.told("ada")) == 1


async def test_an_artist_keeps_their_files_while_a_change_is_set_aside(studio: Studio) -> None:
    await previewed(studio)
    await studio.presses("ada", "Approve")
    await studio.delivers()
    await studio.says("ada", "louder")
    await studio.presses("ada", "Send 1 change - free")
    assert studio.card("ada").has("Send the files again")
    await studio.fails(JobKind.RENDER, "crashed")
    await studio.presses("ada", "Send the files again")
    assert "Here are the files" in studio.last("ada").text
    await studio.commands("ada", "refund it hums")
    assert "Something went wrong with order 1000 on our side" in studio.last("ada").text
