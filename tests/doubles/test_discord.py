"""The loopback Discord, with discord.py as it is."""

import asyncio
import io
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import discord
import pytest
from discord import ui

from tests.bots.lathe import ROOT
from tests.doubles.discord.sample import INTENTS, Card, Count, Sample
from tests.doubles.discord.server import Discord, running_discord
from tests.doubles.discord.sight import Seen
from tests.doubles.discord.state import MIB, Limits, Place
from tests.doubles.judge import DISCORD, Judge

CREATE = "POST /channels/{channel_id}/messages"
CALLBACK = "POST /interactions/{interaction_id}/{interaction_token}/callback"
SAMPLE = "tests.doubles.discord.sample"
FOLLOW_UP = "POST /webhooks/{webhook_id}/{webhook_token}"


@dataclass
class Hand:
    """A clock that goes when it is told to."""

    now: datetime = datetime(2026, 3, 2, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
async def there() -> AsyncIterator[Discord]:
    async with running_discord() as found:
        with found.aimed():
            yield found


@asynccontextmanager
async def at_work(there: Discord, **options: Any) -> AsyncIterator[Sample]:
    """The sample bot, connected."""
    before = there.gateway.identified
    bot = Sample(**options)
    async with bot:
        task = asyncio.create_task(bot.start(there.token))
        try:
            await there.until(lambda: there.gateway.identified > before or task.done())
            yield bot
        finally:
            await bot.close()
            with suppress(asyncio.CancelledError):
                await task


@asynccontextmanager
async def another_process(there: Discord, command: list[str]) -> AsyncIterator[None]:
    """The sample bot as a process, connected; killed in the end, whatever it was at."""
    surroundings = {**os.environ, **there.environment, "PYTHONPATH": str(ROOT)}
    process = await asyncio.create_subprocess_exec(sys.executable, *command, cwd=ROOT, env=surroundings)
    try:
        await there.until(lambda: there.gateway.connected, seconds=60)
        yield
    finally:
        process.kill()
        await process.wait()


def wav(size: int) -> bytes:
    return b"RIFF" + bytes(size - 4)


# Coming in


async def test_a_bot_logs_in_registers_its_commands_and_identifies_without_a_privileged_intent(
    there: Discord,
) -> None:
    async with at_work(there):
        assert there.gateway.connected
    registered = {one.body["name"]: one.body for one in there.world.commands[None]}
    assert {"echo", "staff", "Weigh this"} <= registered.keys()
    assert registered["echo"]["contexts"] == [0, 1, 2]
    assert registered["echo"]["integration_types"] == [0, 1]


async def test_the_library_s_own_connector_finds_discord_s_names_on_loopback_over_tls() -> None:
    async with running_discord(named=True) as there:
        ada = there.person("ada")
        async with at_work(there, connector=there.connector()) as bot:
            await ada.dm("here", files=[("song.wav", wav(100))])
            await there.until(lambda: ada.inbox)
        assert bot.heard[0].files == (wav(100),)


async def test_a_wrong_token_is_refused(there: Discord) -> None:
    async with Sample() as bot:
        with pytest.raises(discord.LoginFailure):
            await bot.login("somebody.elses.token")


async def test_a_privileged_intent_that_was_not_granted_is_refused(there: Discord) -> None:
    client = discord.Client(intents=INTENTS | discord.Intents(message_content=True))
    with pytest.raises(discord.PrivilegedIntentsRequired):
        await client.start(there.token)


WITHOUT_ZSTD = (
    "import runpy, sys; sys.modules['zstandard'] = None; runpy.run_module({module!r}, run_name='__main__')"
)


@pytest.mark.parametrize(
    ("compression", "command"),
    [("zlib-stream", ["-c", WITHOUT_ZSTD.format(module=SAMPLE)]), ("zstd-stream", ["-m", SAMPLE])],
)
async def test_events_come_compressed_in_one_stream(
    there: Discord, compression: str, command: list[str]
) -> None:
    ada = there.person("ada")
    async with another_process(there, command):
        for number in range(20):
            await ada.dm(f"{number} " + "la " * 600)
        await there.until(lambda: len(ada.inbox) == 20)
    assert there.gateway.compressions == [compression]
    assert {one.text.split()[0] for one in ada.inbox} == {str(number) for number in range(20)}


# Messages


async def test_files_go_in_and_out_by_dm(there: Discord) -> None:
    ada = there.person("ada")
    async with at_work(there) as bot:
        await ada.dm("listen", files=[("my söng (1).wav", wav(5000))])
        await there.until(lambda: ada.inbox)
    assert bot.heard[0].files == (wav(5000),)
    answer = ada.inbox[0]
    assert answer.text == "listen"
    assert [(one.name, one.data) for one in answer.files] == [("again-0.wav", wav(5000))]


async def test_people_reply_speak_reword_and_take_back(there: Discord) -> None:
    ada = there.person("ada")
    async with at_work(there) as bot:
        channel = ada.dm_channel
        first = await ada.dm("first")
        await there.until(lambda: ada.inbox)
        reply = await ada.dm("to that", reply_to=ada.inbox[0])
        spoken = await ada.voice(b"OggS", seconds=1.5)
        room = await bot.fetch_channel(channel.id)
        assert isinstance(room, discord.DMChannel)
        answered = (await room.fetch_message(reply.id)).reference
        assert answered is not None
        assert answered.message_id == ada.inbox[0].id
        sound = (await room.fetch_message(spoken.id)).attachments[0]
        assert (sound.is_voice_message(), sound.duration) == (True, 1.5)
        told = [
            asyncio.ensure_future(bot.wait_for(event)) for event in ("raw_message_edit", "raw_message_delete")
        ]
        await asyncio.sleep(0)  # they wait now
        await ada.edit(first, "first, no")
        await ada.delete(first)
        reworded, gone = await asyncio.wait_for(asyncio.gather(*told), 30)
    assert (reworded.message.content, gone.message_id) == ("first, no", first.id)
    assert first.id not in channel.messages


async def test_a_dead_link_is_replaced_by_fetching_the_message_again(there: Discord) -> None:
    ada = there.person("ada")
    async with at_work(there) as bot:
        bot.echoes = False
        sent = await ada.dm("later", files=[("song.wav", wav(64))])
        await bot.until(lambda: bool(bot.heard))
        channel = await bot.fetch_channel(ada.dm_channel.id)
        assert isinstance(channel, discord.DMChannel)
        old = await channel.fetch_message(sent.id)
        there.cdn.expire()
        with pytest.raises(discord.NotFound):
            await old.attachments[0].read()
        fresh = await channel.fetch_message(sent.id)
        assert await fresh.attachments[0].read() == wav(64)


async def test_a_link_dies_after_a_day() -> None:
    clock = Hand()
    async with running_discord(clock=clock) as there, aiohttp.ClientSession() as session:
        ada = there.person("ada")
        sent = await ada.dm("later", files=[("song.wav", wav(64))])
        url = there.cdn.url(sent.message.attachments[0].id)
        async with session.get(url, headers={"Range": "bytes=4-9"}) as part:
            assert (part.status, await part.read()) == (206, wav(64)[4:10])
        clock.now += timedelta(hours=25)
        async with session.get(url) as late:
            assert late.status == 404


async def test_what_was_written_while_the_bot_was_away_is_in_the_history_only(there: Discord) -> None:
    ada = there.person("ada")
    first = await ada.dm("before")
    missed = [await ada.dm(f"missed {number}") for number in range(120)]
    async with at_work(there) as bot:
        channel = await (await bot.fetch_user(ada.id)).create_dm()
        after = discord.Object(first.id)
        found = [one.id async for one in channel.history(after=after, limit=None)]
    assert found == [one.id for one in missed]
    assert bot.heard == []


async def test_the_same_nonce_twice_is_one_message_for_some_minutes(there: Discord) -> None:
    ada = there.person("ada")
    async with at_work(there) as bot:
        user = await bot.fetch_user(ada.id)
        first, second = await user.send("paid", nonce="n1"), await user.send("paid", nonce="n1")
        await user.send("paid", nonce="n2")
    assert first.id == second.id
    assert [one.nonce for one in ada.inbox] == ["n1", "n2"]


async def test_a_502_after_acceptance_and_a_stable_nonce_make_one_message(there: Discord) -> None:
    ada = there.person("ada")
    there.faults.fail(CREATE, after=True)
    async with at_work(there):
        await ada.dm("once")
        await there.until(lambda: len(there.called(CREATE)) == 2)
    assert [one.status for one in there.called(CREATE)] == [502, 200]
    assert [one.text for one in ada.inbox] == ["once"]


async def test_the_same_loss_on_a_follow_up_makes_two(there: Discord) -> None:
    ada = there.person("ada")
    there.faults.fail(FOLLOW_UP, after=True)
    async with at_work(there):
        await ada.command("card")
        await there.until(lambda: len(ada.ephemeral) == 3)
    assert [one.text for one in ada.ephemeral[1:]] == ["The follow-up"] * 2


async def test_a_429_is_waited_out(there: Discord) -> None:
    ada = there.person("ada")
    there.faults.limit(CREATE, retry_after=0.01, times=2)
    async with at_work(there):
        await ada.dm("patience")
        await there.until(lambda: ada.inbox)
    assert [one.status for one in there.called(CREATE)] == [429, 429, 200]
    assert there.faults.left == 0


async def test_a_502_before_acceptance_is_tried_again(there: Discord) -> None:
    ada = there.person("ada")
    there.faults.fail(CREATE)
    async with at_work(there):
        await ada.dm("once")
        await there.until(lambda: ada.inbox)
    assert [one.text for one in ada.inbox] == ["once"]


async def test_an_error_of_the_api_s_own_is_answered_on_wish(there: Discord) -> None:
    ada = there.person("ada")
    there.faults.refuse("POST /users/@me/channels", 400, 40003)
    async with at_work(there) as bot:
        user = await bot.fetch_user(ada.id)
        with pytest.raises(discord.HTTPException) as refused:
            await user.send("one of very many")
    assert refused.value.code == 40003


async def test_a_download_may_break_off_in_the_middle(there: Discord) -> None:
    ada = there.person("ada")
    sent = await ada.dm("listen", files=[("song.wav", wav(9000))])
    there.cdn.cut = 1
    url = there.cdn.url(sent.message.attachments[0].id)
    async with aiohttp.ClientSession() as session:
        async with session.get(url) as response:
            with pytest.raises(aiohttp.ClientPayloadError):
                await response.read()
        async with session.get(url) as response:
            assert await response.read() == wav(9000)


async def test_a_connection_cut_after_acceptance_leaves_the_message_and_an_error(there: Discord) -> None:
    ada = there.person("ada")
    there.faults.cut(CREATE)
    async with at_work(there) as bot:
        await ada.dm("hello?")
        await bot.until(lambda: bool(bot.failures))
    assert isinstance(bot.failures[0], aiohttp.ClientError)
    assert [one.text for one in ada.inbox] == ["hello?"]


@pytest.mark.parametrize(("wish", "code"), [("closed", 50007), ("strangers", 50278)])
async def test_a_dm_that_is_not_wanted_is_refused(there: Discord, wish: str, code: int) -> None:
    ada = there.person("ada", installed=wish != "strangers")
    if wish == "closed":
        ada.close_dms()
    async with at_work(there) as bot:
        with pytest.raises(discord.Forbidden) as refused:
            await (await bot.fetch_user(ada.id)).send("hello")
    assert refused.value.code == code


async def test_what_cannot_be_sent_is_refused_with_discord_s_codes(there: Discord) -> None:
    ada = there.person("ada")
    async with at_work(there) as bot:
        user = await bot.fetch_user(ada.id)
        v2: Any = Card("missing.txt")
        twice = ui.View(timeout=None).add_item(Count(1)).add_item(Count(1))
        words: Any = ui.LayoutView().add_item(ui.TextDisplay("x" * 4001))
        large = discord.File(io.BytesIO(bytes(10 * MIB + 1)), "song.wav")
        refusals: list[tuple[dict[str, Any], int]] = [
            ({"content": "x" * 2001}, 50035),
            ({"content": ""}, 50006),
            ({"file": large}, 40005),
            ({"view": v2}, 50035),
            ({"content": "two of a kind", "view": twice}, 50035),
            ({"view": words}, 50035),
        ]
        for wrong, code in refusals:
            with pytest.raises(discord.HTTPException) as refused:
                await user.send(**wrong)
            assert refused.value.code == code, wrong
        with pytest.raises(discord.NotFound) as gone:
            await bot.fetch_channel(17)
        assert gone.value.code == 10003
        with pytest.raises(discord.NotFound) as lost:
            await (await user.create_dm()).fetch_message(17)
        assert lost.value.code == 10008
    assert ada.inbox == []


async def test_a_channel_the_bot_may_not_see_or_write_to_is_refused(there: Discord) -> None:
    ada = there.person("ada")
    band = there.guild("band", ada)
    secret, quiet = there.channel(band, "secret"), there.channel(band, "quiet")
    secret.hidden, quiet.read_only = True, True
    async with at_work(there) as bot:
        with pytest.raises(discord.Forbidden) as unseen:
            await bot.fetch_channel(secret.id)
        channel = await bot.fetch_channel(quiet.id)
        assert isinstance(channel, discord.TextChannel)
        with pytest.raises(discord.Forbidden) as silent:
            await channel.send("psst")
    assert (unseen.value.code, silent.value.code) == (50001, 50013)


async def test_only_who_may_be_called_by_name_is(there: Discord) -> None:
    ada, ben = there.person("ada"), there.person("ben")
    async with at_work(there) as bot:
        user = await bot.fetch_user(ada.id)
        await user.send(f"<@{ada.id}> <@{ben.id}>")
        only = discord.AllowedMentions(users=[discord.Object(ada.id)])
        await user.send(f"<@{ada.id}> <@{ben.id}>", allowed_mentions=only)
    assert [one.pinged for one in ada.inbox] == [(), ("ada",)]


async def test_without_the_content_intent_words_in_a_guild_are_not_for_bots(there: Discord) -> None:
    ada = there.person("ada")
    room = there.channel(there.guild("band", ada), "general")
    async with at_work(there, intents=discord.Intents(guilds=True, messages=True)) as bot:
        bot.echoes = False
        await ada.say(room, "private talk")
        await ada.say(room, f"<@{there.world.bot.id}> you there?")
        await ada.dm("you there?")
        await bot.until(lambda: len(bot.heard) == 3)
    assert [one.text for one in bot.heard] == ["", f"<@{there.world.bot.id}> you there?", "you there?"]


async def test_an_edit_replaces_words_and_files_and_a_deletion_takes_all(there: Discord) -> None:
    ada = there.person("ada")
    async with at_work(there) as bot:
        sent = await (await bot.fetch_user(ada.id)).send("v1", file=discord.File(io.BytesIO(b"one"), "1.txt"))
        await sent.edit(content="v2", attachments=[discord.File(io.BytesIO(b"two"), "2.txt")])
        assert [(one.text, one.edits) for one in ada.inbox] == [("v2", 1)]
        assert [(one.name, one.data) for one in ada.inbox[0].files] == [("2.txt", b"two")]
        await sent.add_reaction("👍")
        assert ada.inbox[0].message.reactions == {"👍": {there.world.bot.id}}
        await sent.delete()
        with pytest.raises(discord.NotFound) as gone:
            await sent.edit(content="v3")
    assert gone.value.code == 10008
    assert ada.inbox == []


async def test_a_card_grows_buttons_on_a_later_edit_and_stays_a_card(there: Discord) -> None:
    ada = there.person("ada")
    async with at_work(there) as bot:
        view = ui.LayoutView(timeout=None).add_item(ui.TextDisplay("Wait"))
        card = await (await bot.fetch_user(ada.id)).send(view=view)
        with pytest.raises(discord.HTTPException) as refused:
            await card.edit(content="words beside a card")
        assert refused.value.code == 50035
        await card.edit(view=ui.LayoutView(timeout=None).add_item(ui.Section("Done", accessory=Count(3))))
    assert (ada.inbox[0].text, ada.inbox[0].labels) == ("Done", ("Count (3)",))


async def test_a_server_is_told_of_with_its_channels_and_when_the_bot_is_thrown_out(there: Discord) -> None:
    ada, ben = there.person("ada"), there.person("ben", installed=False)
    band = there.guild("band", ada, locale="de")
    room = there.channel(band, "general")
    async with at_work(there, guild_ready_timeout=0.01) as bot:
        await bot.wait_until_ready()
        guild = bot.get_guild(band.id)
        assert guild is not None
        assert [one.id for one in guild.text_channels] == [room.id]
        assert (await guild.fetch_member(ada.id)).name == "ada"
        assert (await bot.fetch_guild(band.id, with_counts=False)).name == "band"
        assert [one.id for one in await guild.fetch_channels()] == [room.id]
        user = await bot.fetch_user(ben.id)
        with pytest.raises(discord.Forbidden):
            await user.send("we have not met")
        there.join(band, ben)
        await user.send("now we have")
        there.expel_bot(band)
        with pytest.raises(discord.Forbidden) as away:
            await guild.text_channels[0].send("still here?")
    assert away.value.code == 50001


async def test_boosts_of_a_server_lift_the_size_of_files_for_the_bot_and_for_people(there: Discord) -> None:
    ada = there.person("ada")
    plain, boosted = there.guild("plain", ada), there.guild("boosted", ada, file_limit=50 * MIB)
    small, large = there.channel(plain, "general"), there.channel(boosted, "general")
    song = bytes(11 * MIB)
    async with at_work(there) as bot:
        with pytest.raises(ValueError, match="over ada's limit"):
            await ada.say(small, files=[("song.wav", song)])
        await ada.say(large, files=[("song.wav", song)])
        room, hall = await bot.fetch_channel(small.id), await bot.fetch_channel(large.id)
        assert isinstance(room, discord.TextChannel)
        assert isinstance(hall, discord.TextChannel)
        await hall.send(file=discord.File(io.BytesIO(song), "master.wav"))
        with pytest.raises(discord.HTTPException) as refused:
            await room.send(file=discord.File(io.BytesIO(song), "master.wav"))
        three = [discord.File(io.BytesIO(song), f"{number}.wav") for number in range(3)]
        with pytest.raises(discord.HTTPException) as too_much:
            await hall.send(files=three)
    for one in (refused, too_much):
        assert (one.value.status, one.value.code) == (413, 40005)


async def test_a_private_thread_is_for_its_members(there: Discord) -> None:
    ada, ben = there.person("ada"), there.person("ben")
    band = there.guild("band", ada)
    there.join(band, ben)
    room = there.channel(band, "general")
    async with at_work(there) as bot:
        await there.until(lambda: bot.get_channel(room.id) is not None or there.calls)
        channel = await bot.fetch_channel(room.id)
        assert isinstance(channel, discord.TextChannel)
        thread = await channel.create_thread(name="order 7", type=discord.ChannelType.private_thread)
        await thread.add_user(discord.Object(ada.id))
        await thread.send("for ada")
        await thread.edit(archived=True)
        await thread.send("again")
        await thread.leave()
        with pytest.raises(discord.Forbidden) as outside:
            await thread.send("and again")
    assert outside.value.code == 50001
    made = there.world.channels[thread.id]
    assert (made.place, made.archived) == (Place.PRIVATE_THREAD, False)
    assert [one.text for one in there.messages(made)] == ["for ada", "again"]
    with pytest.raises(LookupError):
        await ben.say(made, "let me in")


# Interactions


async def test_a_slash_command_defers_then_edits_its_answer_in_a_dm_and_in_a_guild(there: Discord) -> None:
    ada = there.person("ada", locale="de")
    room = there.channel(there.guild("band", ada), "general")
    async with at_work(there):
        for place in (None, room):
            deed = await ada.command("echo", file=("song.wav", wav(99)), channel=place, words="hallo")
            answer = await deed.answer()
            assert answer is not None
            assert deed.deferred
            assert answer.text == "hallo (99 bytes, de)"
            assert answer.edits == 0
    assert [one.text for one in ada.inbox] == ["hallo (99 bytes, de)"]
    assert [one.text for one in there.messages(room)] == ["hallo (99 bytes, de)"]


async def test_a_command_is_offered_only_where_it_was_registered_for(there: Discord) -> None:
    ada = there.person("ada")
    async with at_work(there):
        with pytest.raises(
            LookupError, match="no command 'master' is offered here; there are: Weigh this, card"
        ):
            await ada.command("master")
        with pytest.raises(LookupError, match="no option 'loud'"):
            await ada.command("echo", loud=True)
        with pytest.raises(ValueError, match="required: which"):
            await ada.command("orders")


async def test_a_command_is_called_by_the_name_its_reader_sees(there: Discord) -> None:
    ada, ben = there.person("ada", locale="de"), there.person("ben")
    async with at_work(there):
        answer = await (await ada.command("lautheit", style="For the club", lufs=-9)).answer()
        with pytest.raises(LookupError):
            await ben.command("lautheit", style="For the club", lufs=-9)
        with pytest.raises(ValueError, match="lufs: its value of 0 is not -30 to -5"):
            await ben.command("loudness", style="For the club", lufs=0)
        with pytest.raises(ValueError, match="style is one of"):
            await ben.command("loudness", style="For the gym", lufs=-9)
    assert answer is not None
    assert (answer.text, answer.ephemeral, len(ada.ephemeral)) == ("club -9", True, 1)


async def test_a_command_below_a_command_takes_a_person(there: Discord) -> None:
    ada, ben = there.person("ada"), there.person("ben")
    band = there.guild("band", ada)
    there.join(band, ben)
    async with at_work(there):
        deed = await ada.command("staff promote", channel=there.channel(band, "office"), who=ben)
        answer = await deed.answer()
        with pytest.raises(LookupError, match="one of: promote"):
            await ada.command("staff")
    assert answer is not None
    assert answer.text == "ben is an engineer"


async def test_an_app_of_her_own_goes_where_the_bot_is_not_and_says_five_things_more_at_most(
    there: Discord,
) -> None:
    ada = there.person("ada")
    room = there.channel(there.guild("strangers", ada, has_bot=False), "general")
    async with at_work(there):
        with pytest.raises(LookupError, match="'count'"):
            await ada.command("count", channel=room)
        deed = await ada.command("echo", channel=room, words="hi")
        assert await deed.answer() is not None
        url = f"{there.addresses.api}/webhooks/{there.world.application_id}/{deed.interaction.token}"
        async with aiohttp.ClientSession() as session:
            answers = [await session.post(url, json={"content": "more"}) for _ in range(6)]
            assert [one.status for one in answers] == [200] * 5 + [400]
    assert [one.text for one in there.messages(room)] == ["hi (0 bytes, en-US)"] + ["more"] * 5


async def test_an_app_of_her_own_goes_into_a_group_of_friends_which_the_bot_does_not_see(
    there: Discord,
) -> None:
    ada, ben = there.person("ada"), there.person("ben", installed=False)
    friends = there.group("the three of us", ada, ben)
    async with at_work(there) as bot:
        await ada.say(friends, "listen to this")
        assert await (await ada.command("echo", channel=friends, words="hi")).answer() is not None
        with pytest.raises(LookupError, match="there are: none"):
            await ben.command("echo", channel=friends)
        with pytest.raises(discord.Forbidden):
            await bot.fetch_channel(friends.id)
    assert [one.text for one in there.messages(friends)] == ["listen to this", "hi (0 bytes, en-US)"]
    assert bot.heard == []


async def test_a_form_has_choices_of_each_kind(there: Discord) -> None:
    ada = there.person("ada")
    async with at_work(there):
        deed = await ada.command("survey")
        await deed.answer()
        form = deed.form
        assert form is not None
        filled = await ada.submit(form, {"Taste": "Soft", "Parts": ["Low", "High"], "Sure": True})
        answer = await filled.answer()
        with pytest.raises(ValueError, match="stands open no more"):
            await ada.submit(form)
    assert answer is not None
    assert answer.text == "soft low+high True"


async def test_a_bot_that_says_nothing_in_time_leaves_her_with_a_failure() -> None:
    limits = Limits(first_answer=timedelta(seconds=0.2))
    async with running_discord(limits=limits) as there:
        ada = there.person("ada")
        there.faults.slow(CALLBACK, 0.3)
        with there.aimed():
            async with at_work(there):
                deed = await ada.command("count")
                await there.until(lambda: deed.failed)
                await there.until(lambda: there.called(CALLBACK))
    assert there.called(CALLBACK)[0].answer["code"] == 10062
    assert ada.inbox == []


async def test_an_option_completes_itself(there: Discord) -> None:
    ada = there.person("ada")
    async with at_work(there):
        deed = await ada.complete("orders", "which", "sev")
        await deed.answer()
        assert deed.choices == ["seven", "seventeen"]


async def test_a_context_menu_takes_a_message_with_its_files(there: Discord) -> None:
    ada = there.person("ada")
    async with at_work(there):
        song = await ada.dm("weigh me", files=[("a.wav", wav(10)), ("b.wav", wav(20))])
        answer = await (await ada.menu("Weigh this", song)).answer()
    assert answer is not None
    assert (answer.text, answer.ephemeral) == ("30 bytes", True)


async def test_a_form_brings_words_a_choice_and_files(there: Discord) -> None:
    ada = there.person("ada")
    async with at_work(there):
        await ada.command("parcel")
        await there.until(lambda: ada.modals)
        form = ada.modals[0]
        assert [one.label for one in form.fields] == ["Words", "Kind", "Things"]
        with pytest.raises(ValueError, match="Words: 21 characters"):
            await ada.submit(form, {"Words": "x" * 21, "Kind": "Heavy"}, files=[("a", b"1")])
        deed = await ada.submit(
            form, {"Words": "mind it", "Kind": "Heavy"}, files=[("a.wav", wav(10)), ("b.wav", wav(20))]
        )
        answer = await deed.answer()
    assert answer is not None
    assert (answer.text, answer.ephemeral) == ("Heavy: mind it, 30 bytes", True)
    assert ada.modals == []


async def test_a_button_counts_on_after_the_bot_was_restarted(there: Discord) -> None:
    ada = there.person("ada")
    async with at_work(there):
        await (await ada.command("count")).answer()
    async with at_work(there):
        await (await ada.press(ada.inbox[0], "Count (0)")).answer()
        answer = await (await ada.press(ada.inbox[0], "Count (1)")).answer()
    assert answer is not None
    assert (answer.text, answer.labels) == ("Counted to 2", ("Count (2)",))


async def test_a_double_click_presses_what_was_seen_twice(there: Discord) -> None:
    ada = there.person("ada")
    async with at_work(there):
        await (await ada.command("count")).answer()
        seen = ada.inbox[0]
        deeds = [await ada.press(seen, "Count (0)") for _ in range(2)]
        await there.until(lambda: all(one.answered for one in deeds))
    assert ada.inbox[0].text == "Counted to 1"
    assert ada.inbox[0].edits == 2


class Pick(ui.Select[ui.View]):
    """A choice under a message."""

    def __init__(self) -> None:
        styles = [
            discord.SelectOption(label="Warm", value="w"),
            discord.SelectOption(label="Bright", value="b"),
        ]
        super().__init__(placeholder="Style", options=styles)

    async def callback(self, interaction: discord.Interaction) -> None:
        await interaction.response.edit_message(content=f"Style {self.values[0]}", view=None)


async def test_a_select_is_chosen_from_by_its_labels(there: Discord) -> None:
    ada = there.person("ada")
    async with at_work(there) as bot:
        await (await bot.fetch_user(ada.id)).send("Which?", view=ui.View().add_item(Pick()))
        with pytest.raises(LookupError, match="no option 'Dark'; there are: Warm, Bright"):
            await ada.choose(ada.inbox[0], "Style", "Dark")
        answer = await (await ada.choose(ada.inbox[0], "Style", "Bright")).answer()
    assert answer is not None
    assert (answer.text, answer.selects) == ("Style b", ())


async def test_a_card_of_components_shows_text_buttons_links_and_its_file(there: Discord) -> None:
    ada = there.person("ada")
    async with at_work(there):
        deed = await ada.command("card")
        await there.until(lambda: len(ada.ephemeral) == 2)
    card = deed.message
    assert card is not None
    assert card.text == "**Order 7**\nOne song"
    assert card.labels == ("Count (0)", "The page")
    assert card.links == {"The page": "https://lathe.example/o/7"}
    assert [(one.name, one.data) for one in card.files] == [("note.txt", b"seven")]
    with pytest.raises(ValueError, match="a link"):
        await ada.press(card, "The page")


class Late(discord.Client):
    """Hands interactions to the test, which answers when it likes."""

    def __init__(self) -> None:
        super().__init__(intents=INTENTS)
        self.waiting: asyncio.Queue[discord.Interaction] = asyncio.Queue()

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        self.waiting.put_nowait(interaction)


@asynccontextmanager
async def answered_by_hand(clock: Hand) -> AsyncIterator[tuple[Discord, Seen, Late]]:
    """A message with a button, and a bot that leaves its answers to the test."""
    async with running_discord(clock=clock) as there, Late() as bot:
        with there.aimed():
            task = asyncio.create_task(bot.start(there.token))
            ada = there.person("ada")
            await there.until(lambda: there.gateway.connected)
            user = await bot.fetch_user(ada.id)
            view = ui.View(timeout=None).add_item(ui.Button(label="Go", custom_id="go"))
            await user.send("ready?", view=view)
            await ada.press(ada.inbox[0], "Go")
            yield there, ada.inbox[0], bot
            await bot.close()
            await task


async def test_an_answer_after_three_seconds_is_too_late() -> None:
    clock = Hand()
    async with answered_by_hand(clock) as (_, _, bot):
        interaction = await bot.waiting.get()
        clock.now += timedelta(seconds=3.1)
        with pytest.raises(discord.NotFound) as refused:
            await interaction.response.send_message("late")
    assert refused.value.code == 10062


async def test_a_second_first_answer_is_refused() -> None:
    async with answered_by_hand(Hand()) as (_, _, bot):
        interaction = await bot.waiting.get()
        await interaction.response.defer()
        interaction.response._response_type = None  # as another process that knows nothing of it
        with pytest.raises(discord.HTTPException) as refused:
            await interaction.response.send_message("again")
    assert refused.value.code == 40060


async def test_a_token_is_good_for_a_quarter_of_an_hour() -> None:
    clock = Hand()
    async with answered_by_hand(clock) as (_, seen, bot):
        interaction = await bot.waiting.get()
        await interaction.response.defer()
        clock.now += timedelta(minutes=14)
        await interaction.edit_original_response(content="in time")
        assert seen.message.content == "in time"
        clock.now += timedelta(minutes=2)
        with pytest.raises(discord.HTTPException) as refused:
            await interaction.edit_original_response(content="late")
    assert refused.value.code == 50027


async def test_a_form_must_be_the_first_answer() -> None:
    async with answered_by_hand(Hand()) as (_, _, bot):
        interaction = await bot.waiting.get()
        await interaction.response.defer()
        interaction.response._response_type = None
        form = ui.Modal(title="Too late", custom_id="late")
        form.add_item(ui.TextInput(label="Why"))
        with pytest.raises(discord.HTTPException) as refused:
            await interaction.response.send_modal(form)
    assert refused.value.code == 40060


# The gateway


async def test_a_cut_line_is_resumed_and_what_was_missed_is_told(there: Discord) -> None:
    ada = there.person("ada")
    async with at_work(there) as bot:
        await ada.dm("one")
        await there.until(lambda: len(bot.heard) == 1 and ada.inbox)
        there.gateway.drop()
        await ada.dm("two")
        await ada.dm("three")
        await there.until(lambda: len(ada.inbox) == 3)
    assert [one.text for one in bot.heard] == ["one", "two", "three"]
    assert (there.gateway.identified, there.gateway.resumed) == (1, 1)


async def test_a_reconnect_is_a_resume(there: Discord) -> None:
    ada = there.person("ada")
    async with at_work(there) as bot:
        there.gateway.reconnect()
        await there.until(lambda: there.gateway.resumed)
        await ada.dm("still here?")
        await there.until(lambda: ada.inbox)
        assert len(bot.heard) == 1
    assert there.gateway.identified == 1


async def test_a_forgotten_session_begins_anew_and_what_was_missed_is_lost(there: Discord) -> None:
    ada = there.person("ada")
    async with at_work(there) as bot:
        there.gateway.drop()
        there.gateway.forget()
        await ada.dm("lost")
        await there.until(lambda: there.gateway.identified == 2, seconds=30)
        await ada.dm("found")
        await there.until(lambda: ada.inbox)
    assert [one.text for one in bot.heard] == ["found"]


async def test_events_may_come_twice_and_out_of_order(there: Discord) -> None:
    ada = there.person("ada")
    async with at_work(there) as bot:
        bot.echoes = False
        there.gateway.twice = 1
        await ada.dm("one")
        with there.gateway.out_of_order():
            await ada.dm("two")
            await ada.dm("three")
        await bot.until(lambda: len(bot.heard) == 4)
    assert [one.text for one in bot.heard] == ["one", "one", "three", "two"]


@pytest.mark.parametrize("resumable", [True, False])
async def test_an_invalid_session_is_resumed_or_begun_anew(there: Discord, resumable: bool) -> None:
    ada = there.person("ada")
    async with at_work(there) as bot:
        there.gateway.invalidate(resumable=resumable)
        await there.until(lambda: there.gateway.resumed + there.gateway.identified == 2, seconds=30)
        await ada.dm("still here?")
        await there.until(lambda: ada.inbox)
        assert len(bot.heard) == 1
    assert there.gateway.resumed == resumable


async def test_heartbeats_are_answered_and_a_line_on_which_they_are_not_is_left(there: Discord) -> None:
    there.gateway.heartbeat_interval = 0.2
    async with at_work(there, heartbeat_timeout=0.6):
        await there.until(lambda: there.gateway.heartbeats >= 8)
        assert there.gateway.resumed == 0
        there.gateway.deaf = True
        await there.until(lambda: there.gateway.resumed)


async def test_a_gateway_that_is_down_at_the_first_connect_is_the_library_s_known_trap(
    there: Discord,
) -> None:
    there.gateway.down = True
    async with Sample() as bot:
        with pytest.raises(AttributeError, match="sequence"):
            await bot.start(there.token)
    assert there.gateway.refused_connections == 1


# Another process


async def test_a_bot_in_another_process_is_killed_and_its_buttons_live_on(there: Discord) -> None:
    ada = there.person("ada")
    async with another_process(there, ["-m", SAMPLE]):
        await (await ada.command("count")).answer()
    await there.until(lambda: not there.gateway.connected)
    async with at_work(there):
        answer = await (await ada.press(ada.inbox[0], "Count (0)")).answer()
    assert answer is not None
    assert answer.text == "Counted to 1"


# Judging


async def test_an_unknown_route_fails_the_test_that_asked_for_it() -> None:
    async def asking() -> None:
        async with running_discord() as there, Sample() as bot:
            with there.aimed():
                await bot.login(there.token)
                with pytest.raises(discord.DiscordServerError):
                    await bot.http.get_all_custom_emojis(1)

    with pytest.raises(AssertionError, match="GET /api/v10/guilds/1/emojis is not a route of this Discord"):
        await asking()


@pytest.mark.skipif(not DISCORD.exists(), reason=f"Discord's OpenAPI document is not at {DISCORD}")
async def test_a_call_that_is_not_in_discord_s_document_fails_the_test_that_made_it() -> None:
    async def calling(body: Any) -> None:
        async with running_discord() as there, aiohttp.ClientSession() as session:
            url = f"{there.addresses.api}/channels/{there.person('ada').dm_channel.id}/messages"
            headers = {"Authorization": f"Bot {there.token}"}
            await (await session.post(url, json=body, headers=headers)).read()

    await calling({"content": "seven"})
    with pytest.raises(AssertionError, match=r"body.tts is 7, not boolean or null"):
        await calling({"content": "seven", "tts": 7})


def test_the_judge_reads_types_choices_and_bounds() -> None:
    judge = Judge(
        {
            "components": {
                "schemas": {
                    "Small": {"type": "integer", "minimum": 1, "maximum": 3},
                    "Pet": {
                        "oneOf": [
                            {
                                "type": "object",
                                "properties": {
                                    "type": {"const": 1},
                                    "name": {"type": "string", "maxLength": 3},
                                },
                                "required": ["type", "name"],
                            },
                            {"type": ["null", "string"]},
                        ]
                    },
                    "Pets": {"type": "array", "items": {"$ref": "#/components/schemas/Pet"}, "maxItems": 2},
                }
            }
        }
    )
    assert judge.named("Small", 2) == []
    assert judge.named("Small", 4) == ["Small is 4, not between 1 and 3"]
    assert judge.named("Small", True) == ["Small is True, not integer"]
    assert judge.named("Pets", [None, {"type": 1, "name": "cat"}]) == []
    assert judge.named("Pets", [{"type": 1}]) == ["Pets[0].name is missing"]
    assert judge.named("Pets", ["a", "b", "c"]) == ["Pets has 3 items, more than 2"]
