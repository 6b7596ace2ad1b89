"""kill -9 between any two commits in the life of a file that goes up: the next process goes on with it."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NoReturn

import pytest

from core.songs import SongState
from tests.bots.web.browsing import Answer
from tests.bots.web.uploading import MUSIC, Page, open_page, told
from tests.databases import EVERY, past_the_store

HALF = len(MUSIC) // 2

MOMENTS = {
    "before it is begun": 0,
    "begun, and nobody has looked": 0,
    "begun, and nobody was answered": 0,
    "a piece stored, and not noted": 0,
    "a piece noted": HALF,
    "the last piece stored, and not noted": HALF,
    "complete, and nobody has looked": len(MUSIC),
    "handed over, and nobody was answered": len(MUSIC),
}
"""When the process dies, and how many bytes of the file are safe then."""


@EVERY
@pytest.mark.parametrize("moment", MOMENTS)
async def test_a_file_goes_on_where_a_killed_process_had_it_safe(
    url: str, tmp_path: Path, moment: str
) -> None:
    child = [sys.executable, "-c", CHILD, url, str(tmp_path), moment]
    killed = await asyncio.to_thread(subprocess.run, child, check=False, timeout=300)
    assert killed.returncode == -9
    async with open_page(url, tmp_path, again=True) as page:
        answer = await begun(page)
        assert (answer.status, answer.offset) == (201, MOMENTS[moment])
        address = f"{page.files}/{answer.headers['Location'].rpartition('/')[2]}"
        if answer.offset < len(MUSIC):
            assert (await page.patch(address, answer.offset, MUSIC[answer.offset :])).status == 204
        (song,) = await page.songs()
        assert song.state is SongState.FETCHING
        assert await page.fetched(song.file.ref) == MUSIC
        pieces = {piece.key for piece in await page.uploads.pieces(song.file.ref)}
    with past_the_store(url) as raw:
        assert {key for (key,) in raw.execute("SELECT key FROM blob_uses")} == pieces
        assert len(raw.execute("SELECT 1 FROM jobs").fetchall()) == 1


async def begun(page: Page) -> Answer:
    """As a browser begins a file, which asks again by the same key if it heard nothing."""
    about = told(filename="Intro.wav", key="k")
    return await page.ask("POST", page.files, Upload_Length=str(len(MUSIC)), Upload_Metadata=about)


async def die(*_: Any, **__: Any) -> NoReturn:
    os.kill(os.getpid(), 9)
    raise AssertionError


async def lives_until(moment: str, url: str, folder: Path) -> None:
    """Take a file in, and die."""
    async with open_page(url, folder) as page:
        receiving, uploads = page.receiving, page.uploads
        match moment:
            case "before it is begun":
                uploads.begin = die  # type: ignore[method-assign]
            case "begun, and nobody has looked":
                receiving._receive = die
            case "begun, and nobody was answered":
                receiving._expected = die  # type: ignore[method-assign]
        answer = await begun(page)
        address = f"{page.files}/{answer.headers['Location'].rpartition('/')[2]}"
        match moment:
            case "a piece stored, and not noted":
                uploads.append = die  # type: ignore[method-assign]
            case "a piece noted":
                receiving._draw = die  # type: ignore[method-assign]
        await page.patch(address, 0, MUSIC[:HALF])
        match moment:
            case "the last piece stored, and not noted":
                uploads.append = die  # type: ignore[method-assign]
            case "complete, and nobody has looked":
                receiving._receive = die
            case "handed over, and nobody was answered":
                receiving._draw = die  # type: ignore[method-assign]
        await page.patch(address, HALF, MUSIC[HALF:])


CHILD = """
import asyncio, sys
from pathlib import Path
from tests.bots.web.test_kills import lives_until

asyncio.run(lives_until(sys.argv[3], sys.argv[1], Path(sys.argv[2])))
"""
