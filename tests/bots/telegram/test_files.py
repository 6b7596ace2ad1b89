"""Files in: what the cloud hands over, links that expire, and a server of our own."""

import asyncio
import tracemalloc
from pathlib import Path

import pytest

from bots.telegram.files import CLOUD_MOST, Unshared
from core.jobs import JobKind
from core.messages import FileRef
from core.ports import Outgoing, OverLimit, Reach, Refused
from tests.bots.telegram.house import House, open_house, shown
from tests.bots.telegram.test_sending import linked, notice
from tests.doubles.telegram import Person, Telegram, running

SONG = b"RIFF" + bytes(range(256)) * 4000


def sent(telegram: Telegram, name: str, data: bytes, size: int | None = None) -> FileRef:
    """A file at the platform, as the door knows it."""
    return FileRef("telegram", telegram.world.files.keep(name, data).id, name, size)


async def fetched(house: House, file: FileRef) -> bytes:
    return b"".join([piece async for piece in house.door.fetch(file)])


async def test_a_song_over_the_limit_is_refused_with_it_and_never_asked_for(
    telegram: Telegram, house: House, ada: Person
) -> None:
    await ada.sends("document", "Long Song.wav", bytes(CLOUD_MOST + 1))
    await shown(telegram, ada, "Long Song")
    await house.offers()
    words = (await shown(telegram, ada, "It is over 20 MB, and chats can't carry that to me")).words
    assert "FLAC" in words
    assert telegram.called("getFile") == []


async def test_a_song_whose_size_is_not_told_is_refused_by_the_platform(
    telegram: Telegram, house: House
) -> None:
    with pytest.raises(OverLimit) as over:
        await fetched(house, sent(telegram, "Song.wav", bytes(CLOUD_MOST + 1)))
    assert over.value.most == CLOUD_MOST


async def test_a_link_that_expires_before_it_is_used_is_asked_for_anew(
    telegram: Telegram, house: House
) -> None:
    telegram.faults.slow(0.1, "getFile")
    fetching = asyncio.create_task(fetched(house, sent(telegram, "Song.wav", SONG)))
    await telegram.until(lambda: telegram.called("getFile"))
    telegram.faults.expire_links()
    assert await fetching == SONG
    assert len(telegram.called("getFile")) == 2


async def test_a_file_that_breaks_off_is_an_error_and_not_a_shorter_file(
    telegram: Telegram, house: House
) -> None:
    telegram.faults.cut_download()
    with pytest.raises(Exception, match="payload"):
        await fetched(house, sent(telegram, "Song.wav", SONG))


async def test_a_file_that_is_gone_is_refused(house: House) -> None:
    with pytest.raises(Refused):
        await fetched(house, FileRef("telegram", "no-such-id", "Song.wav"))


async def test_a_song_is_never_whole_in_memory(telegram: Telegram, house: House) -> None:
    large = sent(telegram, "Song.wav", bytes(19 << 20))
    tracemalloc.start()
    try:
        total = 0
        async for piece in house.door.fetch(large):
            total += len(piece)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert total == 19 << 20
    assert most < 8 << 20


async def test_a_server_of_our_own_hands_over_any_size_by_path(url: str, tmp_path: Path) -> None:
    folder = tmp_path / "server"
    async with (
        running(local=folder) as telegram,
        open_house(telegram, url, tmp_path / "house", local=True, folder=folder) as house,
    ):
        ada = telegram.person("Ada")
        await ada.sends("document", "Long Song.wav", bytes(CLOUD_MOST + 1))
        await shown(telegram, ada, "Long Song")
        assert len(await house.fetched(await house.took(JobKind.FETCH))) == CLOUD_MOST + 1


async def test_a_server_of_our_own_takes_what_the_cloud_would_not(url: str, tmp_path: Path) -> None:
    async with (
        running(local=tmp_path / "server") as telegram,
        open_house(telegram, url, tmp_path / "house", local=True) as house,
    ):
        ada = telegram.person("Ada")
        await ada.starts()
        await shown(telegram, ada, "Hello Ada")
        large = await linked(house, "file", "Song.wav", bytes((50 << 20) + 1))
        reach = Reach("telegram", str(ada.id), str(ada.id), True, "en", None)
        await house.door.send_notice(Outgoing(1, reach, notice=notice("Files:", media=(large,))))
        names = [message.attachment.name for message in ada.received if message.attachment]
        assert names == ["Song.wav"]


async def test_no_path_outside_the_servers_folder_is_read(url: str, tmp_path: Path) -> None:
    async with (
        running(local=tmp_path / "server") as telegram,
        open_house(telegram, url, tmp_path / "house", local=True, folder=tmp_path / "other") as house,
    ):
        with pytest.raises(Unshared):
            await fetched(house, sent(telegram, "Song.wav", SONG))


async def test_the_cloud_names_no_paths(url: str, tmp_path: Path) -> None:
    async with (
        running(local=tmp_path / "server") as telegram,
        open_house(telegram, url, tmp_path / "house") as house,
    ):
        with pytest.raises(Unshared):
            await fetched(house, sent(telegram, "Song.wav", SONG))


async def test_a_path_that_leads_nowhere_here_is_no_file_that_is_gone(url: str, tmp_path: Path) -> None:
    """The server runs elsewhere, or in a container of its own: its owner must hear of it."""
    async with (
        running(local=tmp_path / "server") as telegram,
        open_house(telegram, url, tmp_path / "house", local=True) as house,
    ):
        telegram.faults.slow(0.1, "getFile")
        fetching = asyncio.create_task(fetched(house, sent(telegram, "Song.wav", SONG)))
        await telegram.until(
            lambda: telegram.called("getFile")[-1:] and telegram.called("getFile")[-1].status
        )
        for file in (tmp_path / "server" / "documents").iterdir():
            file.unlink()
        with pytest.raises(Unshared, match="its folder must be ours too"):
            await fetching
