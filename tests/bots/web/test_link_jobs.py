"""The job that fetches what is behind a link: what the desk is told of it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bots.catalogues import load_catalogues
from bots.papers import Papers
from bots.sound import open_sound
from bots.web.fetching import LinkDoor, Patience
from core.jobs import MOST_ATTEMPTS, Job, JobKind, Queue
from core.messages import FileRef
from core.ports import Away, Unfit
from core.rules import load_rules
from core.sources import DOOR
from core.work.recipes import Recipes
from storage.blob_keys import BlobKeys
from storage.database import open_database
from tests.blobs import blobs_in
from tests.doubles.web import File, Web, running_web

BODY = bytes(range(256)) * 1000
FILE = FileRef(DOOR, "https://files.example/get/17", "")
JOB = Job("job-1", JobKind.FETCH, "ann", door=DOOR, payload={"file": asdict(FILE), "scope": "ann"})


@pytest.fixture
async def outside() -> AsyncIterator[Web]:
    async with running_web() as found:
        yield found


@pytest.fixture
async def recipes(url: str, tmp_path: Path, outside: Web) -> AsyncIterator[Recipes]:
    async with open_recipes(url, tmp_path, outside) as opened:
        yield opened


@asynccontextmanager
async def open_recipes(url: str, folder: Path, there: Web, most: int = 1 << 30) -> AsyncIterator[Recipes]:
    async with open_database(url) as database, open_sound(1, folder) as sound:
        blobs = blobs_in(folder, BlobKeys(database))
        door = LinkDoor(most, there.outside, Patience(pauses=(0.0,)))
        yield Recipes(blobs, sound, {DOOR: door}, {}, load_rules(None), load_catalogues(), folder, Papers())


async def perform(recipes: Recipes, job: Job = JOB) -> dict[str, Any]:
    return dict(await recipes.perform(job, lambda share, stage: None))


async def test_the_desk_hears_what_came_and_what_its_server_calls_it(recipes: Recipes, outside: Web) -> None:
    named = {"Content-Disposition": 'attachment; filename="Low Tide.wav"'}
    outside.sites["files.example"] = File(BODY, named).answer
    told = await perform(recipes)
    assert (told["sha256"], told["size"]) == (sha256(BODY).hexdigest(), len(BODY))
    assert told["name"] == "Low Tide.wav"


async def test_what_its_server_does_not_name_keeps_the_name_that_it_has(
    recipes: Recipes, outside: Web
) -> None:
    outside.sites["files.example"] = File(BODY).answer
    assert "name" not in await perform(recipes)


async def test_a_server_that_is_away_is_tried_again_before_it_is_blamed(
    recipes: Recipes, outside: Web
) -> None:
    async def away(request: web.Request) -> web.StreamResponse:
        return web.Response(status=503)

    outside.sites["files.example"] = away
    for attempt in range(1, MOST_ATTEMPTS):
        with pytest.raises(Away):
            await perform(recipes, replace(JOB, attempts=attempt))
    with pytest.raises(Unfit) as reason:
        await perform(recipes, replace(JOB, attempts=MOST_ATTEMPTS))
    assert (reason.value.code, reason.value.details) == ("link-away", {"host": "files.example"})


async def test_a_link_to_more_than_the_house_takes_is_too_large(
    url: str, tmp_path: Path, outside: Web
) -> None:
    outside.sites["files.example"] = File(BODY).answer
    async with open_recipes(url, tmp_path, outside, most=len(BODY) - 1) as recipes:
        with pytest.raises(Unfit) as reason:
            await perform(recipes)
    assert reason.value.code == "too-large"


def test_a_link_waits_in_a_queue_of_its_own_and_holds_up_no_till() -> None:
    till = Job("job-2", JobKind.CHARGE, "ben")
    chat = replace(JOB, door="telegram")
    assert JOB.queue is Queue.LINK
    assert {till.queue, chat.queue} == {Queue.IO}
