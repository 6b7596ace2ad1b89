"""The house with its Discord door as a process of its own."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.bots.lathe import command, surroundings
from tests.doubles.discord.people import Person
from tests.doubles.discord.server import Discord


@asynccontextmanager
async def running(discord: Discord, home: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """`lathe run`, connected; killed at the end if it still runs."""
    sessions = discord.gateway.identified
    with (home.parent / "log").open("ab") as log:
        house = await asyncio.create_subprocess_exec(
            *command("run", "--home", home),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=home.parent,
            env=surroundings(LATHE_WEB_BIND="127.0.0.1:0", LATHE_WORKERS="1", **discord.environment),
        )
        try:
            await discord.until(lambda: discord.gateway.identified > sessions, 60)
            yield house
        finally:
            if house.returncode is None:
                house.kill()
                await house.wait()


async def heard(discord: Discord, person: Person, words: str, count: int) -> None:
    """So many messages of the bot's have these words."""
    await discord.until(lambda: sum(words in message.text for message in person.inbox) == count, 30)


async def test_a_house_answers_is_killed_reads_up_and_ends_when_it_is_told_to(
    discord: Discord, tmp_path: Path
) -> None:
    ada, home = discord.person("ada"), tmp_path / "home"
    async with running(discord, home) as house:
        await ada.dm(files=[("song.wav", b"RIFF" + bytes(100))])
        await heard(discord, ada, "Order 1", 1)
        house.kill()
        await house.wait()
    await ada.dm("while you were away")
    async with running(discord, home) as house:
        await heard(discord, ada, "did not understand", 1)
        deed = await ada.command("orders")
        answer = await deed.answer(20)
        assert answer is not None
        assert "Order 1" in answer.text
        # The engine has begun by now: it takes its time on a busy machine, and a job is not cut off.
        await discord.until(lambda: not any("Checking" in message.text for message in ada.inbox), 120)
        house.send_signal(signal.SIGTERM)
        assert await house.wait() == 0
    assert sum("did not understand" in message.text for message in ada.inbox) == 1
