"""Objects in a folder or a bucket: whole or not at all, and one clear sentence when there is no store."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from core.ports import Unreachable
from storage.objects import BadStore, checked, open_objects, try_out
from tests.s3 import S3

MEGABYTE = 1 << 20


@pytest.fixture
def variables(s3: S3, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """What an operator has set to reach the S3 of the tests."""
    for name, value in s3.variables.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


async def pieces(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield bytes(MEGABYTE)


@pytest.mark.usefixtures("variables")
async def test_a_large_object_goes_into_a_bucket_in_parts_and_comes_out_whole(s3: S3) -> None:
    bucket = s3.bucket()
    objects = open_objects(f"s3://{bucket}/house/of/ann")
    await objects.write("sealed/a", pieces(23))
    assert s3.keys(bucket) == ["house/of/ann/sealed/a"]
    assert await objects.size("sealed/a") == 23 * MEGABYTE
    assert await objects.read("sealed/a", 23 * MEGABYTE - 3, 24 * MEGABYTE) == bytes(3)
    assert await objects.read("sealed/a", 24 * MEGABYTE, 25 * MEGABYTE) == b""


@pytest.mark.usefixtures("variables")
@pytest.mark.parametrize("count", [1, 23])
async def test_an_upload_that_breaks_off_leaves_neither_an_object_nor_parts(s3: S3, count: int) -> None:
    bucket = s3.bucket()
    objects = open_objects(f"s3://{bucket}")

    async def broken() -> AsyncIterator[bytes]:
        async for piece in pieces(count):
            yield piece
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await objects.write("sealed/a", broken())
    assert (s3.keys(bucket), s3.parts(bucket)) == ([], [])


@pytest.mark.usefixtures("variables")
async def test_an_upload_that_is_cancelled_leaves_neither_an_object_nor_parts(s3: S3) -> None:
    bucket = s3.bucket()
    objects = open_objects(f"s3://{bucket}")
    sent = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        async for piece in pieces(12):
            yield piece
        sent.set()
        await asyncio.Event().wait()

    writing = asyncio.create_task(objects.write("sealed/a", endless()))
    await sent.wait()
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert (s3.keys(bucket), s3.parts(bucket)) == ([], [])


@pytest.mark.usefixtures("variables")
async def test_a_trial_writes_reads_and_deletes(s3: S3) -> None:
    bucket = s3.bucket()
    await try_out(open_objects(f"s3://{bucket}/house"))
    assert s3.keys(bucket) == []


@pytest.mark.usefixtures("variables")
async def test_a_bucket_that_is_not_there_is_named() -> None:
    objects = open_objects("s3://no-such-bucket/house")
    with pytest.raises(Unreachable, match=r"^the audio store has no bucket no-such-bucket$"):
        await try_out(objects)
    with pytest.raises(Unreachable, match="has no bucket no-such-bucket"):
        await objects.read("sealed/a", 0, 1)
    with pytest.raises(Unreachable, match="has no bucket no-such-bucket"):
        _ = [page async for page in objects.pages("sealed")]
    assert objects.failures == {"missing": 3}


async def test_credentials_that_are_refused_are_said_so_and_not_shown(
    variables: pytest.MonkeyPatch,
) -> None:
    async def refuse(_: web.Request) -> web.Response:
        said = "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
        return web.Response(status=403, text=said, content_type="application/xml")

    house = web.Application()
    house.router.add_route("*", "/{anything:.*}", refuse)
    async with TestServer(house) as server:
        variables.setenv("AWS_ENDPOINT_URL", str(server.make_url("")).rstrip("/"))
        objects = open_objects("s3://bucket/house")
        for deed in (try_out(objects), objects.read("sealed/a", 0, 1), objects.delete("sealed/a")):
            with pytest.raises(Unreachable, match="refuses our credentials for bucket bucket") as refused:
                await deed
            assert "quite-a-secret" not in f"{refused.value!r} {refused.value.__cause__!r}"
    assert "quite-a-secret" not in repr(objects)
    assert objects.failures == {"refused": 3}


async def test_a_store_that_is_away_is_said_to_be(variables: pytest.MonkeyPatch) -> None:
    variables.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with pytest.raises(
        Unreachable, match=r"^the audio store does not answer: .*127\.0\.0\.1:1/bucket/"
    ) as away:
        await try_out(open_objects("s3://bucket/house"))
    assert "\n" not in str(away.value)


async def test_what_one_killed_while_it_wrote_is_removed_when_it_is_old(tmp_path: Path) -> None:
    objects = open_objects(tmp_path.as_uri())
    await objects.write("sealed/a", pieces(1))
    (tmp_path / "sealed" / "b#1").write_bytes(b"half")
    assert objects.drop_unfinished(datetime.now(UTC) - timedelta(hours=1)) == 0
    assert objects.drop_unfinished(datetime.now(UTC) + timedelta(hours=1)) == 1
    assert [path.name for path in (tmp_path / "sealed").iterdir()] == ["a"]


@pytest.mark.parametrize("url", ["file:///srv/audio", "s3://bucket", "s3://bucket/house/audio"])
def test_the_url_of_a_folder_or_a_bucket_is_taken(url: str) -> None:
    assert checked(url) == url


@pytest.mark.parametrize(
    "url", ["", "audio", "file:audio", "file://host/audio", "s3://", "s3:bucket", "gs://bucket", "http://x/y"]
)
def test_another_url_is_refused_with_the_forms_there_are(url: str) -> None:
    with pytest.raises(BadStore, match=r"file:///ABSOLUTE/FOLDER or s3://BUCKET/PREFIX"):
        checked(url)


def test_a_password_in_a_url_is_refused_and_not_repeated() -> None:
    with pytest.raises(BadStore) as refused:
        checked("s3://name:hush@bucket/house")
    assert "hush" not in str(refused.value)
