"""How updates come in: by polling and by webhook, nothing lost and nothing twice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bots.telegram.webhook import PATH, SECRET, Address
from core.messages import Kind
from tests.bots.telegram.house import House, open_house, shown, until_connected
from tests.doubles.telegram import Person, Telegram

OURS = "a-secret-of-ours"


@asynccontextmanager
async def hooked(telegram: Telegram, url: str, folder: Path) -> AsyncIterator[tuple[House, str]]:
    """A house that Telegram calls, and its address."""
    app = web.Application()
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    houses: list[House] = []

    async def hook(request: web.Request) -> web.Response:
        return await houses[0].door.hook(request)

    app.router.add_route("*", PATH, hook)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    address = Address(f"http://{host}:{port}{PATH}", OURS)
    try:
        async with open_house(telegram, url, folder, connected=False, webhook=address) as house:
            houses.append(house)
            await until_connected(house)
            yield house, address.url
    finally:
        await runner.cleanup()


def said(house: House) -> list[str]:
    """What was said to the house."""
    return [one.payload["text"] for one in house.received if one.kind is Kind.MESSAGE]


async def test_what_is_said_while_the_bot_is_down_is_heard_when_it_is_back(
    telegram: Telegram, url: str, tmp_path: Path, ada: Person
) -> None:
    await ada.says("one")
    await ada.says("two")
    async with open_house(telegram, url, tmp_path / "house") as house:
        await telegram.settled()
        assert said(house) == ["one", "two"]


async def test_nothing_is_confirmed_while_the_database_is_away(
    telegram: Telegram, house: House, ada: Person
) -> None:
    house.away = True
    await ada.says("hello")
    asked = len(telegram.called("getUpdates"))
    await telegram.until(lambda: len(telegram.called("getUpdates")) > asked + 1)
    assert telegram.world.updates.pending
    house.away = False
    await telegram.settled()
    assert said(house) == ["hello"]


async def test_what_was_written_down_and_not_confirmed_is_not_done_twice(
    telegram: Telegram, url: str, tmp_path: Path, ada: Person
) -> None:
    """A kill between receipt and confirmation: the update comes again to the next process."""
    async with open_house(telegram, url, tmp_path / "house") as house:
        await ada.starts()
        await shown(telegram, ada, "Hello Ada")
        update = next(one for one in house.received)
    telegram.world.updates.add("message", ada.messages[0].json(), ada.id)
    telegram.world.updates.pending[-1].id = int(update.event_id[1:])
    async with open_house(telegram, url, tmp_path / "house") as house:
        await telegram.until(lambda: house.received)
        await house.settled()
        assert house.received[0].event_id == update.event_id
        assert len(ada.received) == 1


async def test_what_was_received_and_not_decided_is_decided_after_a_restart(
    telegram: Telegram, url: str, tmp_path: Path, ada: Person
) -> None:
    """A kill between receipt and handling."""
    async with open_house(telegram, url, tmp_path / "house") as house:
        house.inbox.close()
        await ada.starts()
        await telegram.settled()
        assert house.received
        assert ada.received == []
    async with open_house(telegram, url, tmp_path / "house") as house:
        await shown(telegram, ada, "Hello Ada")
        assert house.received == []


async def test_a_button_works_after_a_restart(
    telegram: Telegram, url: str, tmp_path: Path, ada: Person
) -> None:
    async with open_house(telegram, url, tmp_path / "house"):
        await ada.starts()
        hello = await shown(telegram, ada, "Hello Ada")
    async with open_house(telegram, url, tmp_path / "house"):
        press = await ada.press(hello, "Terms")
        await shown(telegram, ada, "Terms of Lathe")
        await telegram.until(lambda: press.popup is not None)


async def test_an_update_that_cannot_be_read_holds_up_nobody(
    telegram: Telegram, house: House, ada: Person
) -> None:
    telegram.world.updates.add("message", {"message_id": 1, "chat": "nowhere", "from": {"id": "x"}}, ada.id)
    await ada.says("hello")
    await telegram.settled()
    assert said(house) == ["hello"]
    telegram.forgiven()  # the platform would not say such a thing


async def test_the_platform_may_be_away_for_long(telegram: Telegram, house: House, ada: Person) -> None:
    telegram.faults.bad_gateway("getUpdates", times=2)
    await ada.says("one")
    await telegram.settled()
    telegram.faults.cut("getUpdates", times=1)
    await ada.says("two")
    await telegram.settled()
    telegram.faults.flood(1, "getUpdates")
    await ada.says("three")
    await telegram.settled()
    assert said(house) == ["one", "two", "three"]


async def test_a_door_connects_once_the_platform_is_there(
    telegram: Telegram, url: str, tmp_path: Path, ada: Person
) -> None:
    telegram.faults.bad_gateway("getMe", times=2)
    telegram.faults.cut("deleteWebhook")
    await ada.says("hello")
    async with open_house(telegram, url, tmp_path / "house") as house:
        await telegram.settled()
        assert said(house) == ["hello"]


async def test_commands_that_cannot_be_shown_do_not_stop_the_start(
    telegram: Telegram, url: str, tmp_path: Path, ada: Person
) -> None:
    telegram.faults.bad_gateway("setMyCommands", times=99)
    async with open_house(telegram, url, tmp_path / "house"):
        await ada.starts()
        await shown(telegram, ada, "Hello Ada")
        assert ada.commands() == {}


async def test_a_webhook_that_somebody_left_is_taken_away_and_nothing_is_dropped(
    telegram: Telegram, url: str, tmp_path: Path, ada: Person
) -> None:
    await telegram.world.webhook.set("http://127.0.0.1:9/nowhere")
    await ada.says("hello")
    async with open_house(telegram, url, tmp_path / "house") as house:
        await telegram.until(lambda: said(house) == ["hello"])
        assert telegram.world.webhook.url == ""


async def test_nothing_more_is_taken_in_once_the_door_was_hushed(
    telegram: Telegram, house: House, ada: Person
) -> None:
    house.door.hush()
    await asyncio.sleep(0)
    await ada.says("too late")
    await house.relay.flush()
    assert said(house) == []
    assert telegram.world.updates.pending


async def test_a_webhook_is_heard_and_proves_itself(
    telegram: Telegram, url: str, tmp_path: Path, ada: Person
) -> None:
    async with hooked(telegram, url, tmp_path / "house") as (house, _):
        assert telegram.world.webhook.secret == OURS
        await ada.starts()
        hello = await shown(telegram, ada, "Hello Ada")
        await ada.press(hello, "Terms")
        await shown(telegram, ada, "Terms of Lathe")
        assert telegram.called("getUpdates") == []
        assert [one.kind for one in house.received] == [Kind.COMMAND, Kind.PRESS]


async def test_the_webhook_says_503_while_the_database_is_away_and_is_called_again(
    telegram: Telegram, url: str, tmp_path: Path, ada: Person
) -> None:
    async with hooked(telegram, url, tmp_path / "house") as (house, _):
        house.away = True
        await ada.says("hello")
        await telegram.until(lambda: telegram.world.webhook.answers[-2:] == [503, 503])
        house.away = False
        await telegram.settled()
        assert said(house) == ["hello"]


async def test_deeds_that_are_told_at_once_go_in_as_they_came_however_slowly_the_first_is_written_down(
    telegram: Telegram, url: str, tmp_path: Path, ada: Person
) -> None:
    bea = telegram.person("Bea")
    async with hooked(telegram, url, tmp_path / "house") as (house, _):
        await ada.starts()
        hello = await shown(telegram, ada, "Hello Ada")
        written = house.stalls()
        await ada.says("first")
        await ada.press(hello, "Terms")
        await bea.says("I need not wait")
        await house.hears(2)
        assert said(house) == ["I need not wait"]
        written.set()
        await house.hears(4)
        assert [one.kind for one in house.received[2:]] == [Kind.MESSAGE, Kind.PRESS]


async def test_what_was_done_later_waits_for_what_the_platform_is_to_tell_again(
    telegram: Telegram, url: str, tmp_path: Path, ada: Person
) -> None:
    async with hooked(telegram, url, tmp_path / "house") as (house, _):
        await ada.starts()
        hello = await shown(telegram, ada, "Hello Ada")
        house.away = True
        await ada.says("first")
        answers = telegram.world.webhook.answers
        await telegram.until(lambda: answers.count(503) == 6)  # by now it pauses before it tries again
        house.away = False
        await ada.press(hello, "Terms")
        await house.hears(3)
        assert [one.kind for one in house.received[1:]] == [Kind.MESSAGE, Kind.PRESS]


@pytest.mark.parametrize(
    ("method", "secret", "body", "status"),
    [
        ("POST", "another", b"{}", 401),
        ("POST", None, b"{}", 401),
        ("POST", "\udcff", b"{}", 401),
        ("POST", OURS, b"no json", 400),
        ("POST", OURS, b"[]", 400),
        ("GET", OURS, b"", 405),
    ],
)
async def test_whoever_else_calls_the_webhook_gets_nothing(
    telegram: Telegram,
    url: str,
    tmp_path: Path,
    method: str,
    secret: str | None,
    body: bytes,
    status: int,
) -> None:
    async with hooked(telegram, url, tmp_path / "house") as (house, address):
        headers = {SECRET: secret} if secret else {}
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, address, data=body, headers=headers) as answer,
        ):
            assert answer.status == status
        assert house.received == []
