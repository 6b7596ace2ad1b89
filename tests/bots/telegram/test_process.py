"""The service as its operator starts it, with Telegram on loopback."""

import asyncio
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bots.telegram.webhook import PATH
from dsp.example import write_example
from tests.bots.lathe import command, surroundings
from tests.bots.telegram.house import shown
from tests.doubles.telegram import Person, Telegram


@asynccontextmanager
async def service(
    telegram: Telegram, tmp_path: Path, **settings: str
) -> AsyncIterator["asyncio.subprocess.Process"]:
    """`lathe run` in its own process until the context ends; what it logged stands in `log`."""
    given = {
        "LATHE_TELEGRAM_TOKEN": telegram.token,
        "LATHE_TELEGRAM_API_URL": telegram.base_url,
        "LATHE_TELEGRAM_FILE_URL": telegram.file_url,
        "LATHE_TILLS": "demo,credit",
        "LATHE_WORKERS": "1",
        "LATHE_WEB_BIND": "127.0.0.1:0",
        **settings,
    }
    with (tmp_path / "log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *command("run", "--home", tmp_path / "home"),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=tmp_path,
            env=surroundings(**given),
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
            await process.wait()


async def test_an_order_goes_on_after_the_process_is_killed(
    telegram: Telegram, tmp_path: Path, ada: Person
) -> None:
    song = tmp_path / "Midnight Drive.wav"
    write_example(song, seconds=10)
    async with service(telegram, tmp_path) as process:
        await ada.starts()
        await telegram.until(lambda: ada.received, 60)
        await ada.sends("document", song.name, song.read_bytes())
        offer = await telegram.until(
            lambda: next((one for one in ada.received if "Pay $6 (demo money)" in one.buttons), None), 60
        )
        assert offer is not None
        process.send_signal(signal.SIGKILL)
        await process.wait()
    await ada.press(offer, "Pay $6 (demo money)")
    await ada.says("/orders")
    async with service(telegram, tmp_path) as process:
        await telegram.until(lambda: any("Changes are free" in one.words for one in ada.received), 120)
        await shown(telegram, ada, "Order 1")
        audio = [one.attachment for one in ada.received if one.attachment and one.attachment.kind == "audio"]
        assert len(audio) == 2
        assert all(one.thumbnail for one in audio)
        received = [one.words for one in ada.received]
        assert len([words for words in received if words.startswith("Received $6")]) == 1
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0
    assert telegram.token not in (tmp_path / "log").read_text()
    assert "Midnight" not in (tmp_path / "log").read_text()


async def test_the_service_is_called_at_its_web_door(telegram: Telegram, tmp_path: Path, ada: Person) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        bind = f"127.0.0.1:{free.getsockname()[1]}"
    settings = {
        "LATHE_WEB_BIND": bind,
        "LATHE_PUBLIC_URL": f"http://{bind}",
        "LATHE_TELEGRAM_WEBHOOK_SECRET": "a-secret-of-ours",
    }
    await ada.starts()
    async with service(telegram, tmp_path, **settings):
        await telegram.until(lambda: ada.received, 60)
        assert telegram.world.webhook.url == f"http://{bind}{PATH}"
        assert telegram.called("getUpdates") == []


async def test_a_service_whose_only_door_cannot_open_says_why_and_ends(
    telegram: Telegram, tmp_path: Path
) -> None:
    async with service(telegram, tmp_path, LATHE_TELEGRAM_TOKEN="2:another") as process:
        assert await process.wait() != 0
    assert "Telegram does not take LATHE_TELEGRAM_TOKEN" in (tmp_path / "log").read_text()
