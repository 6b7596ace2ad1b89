"""A small bot by discord.py's ordinary means, for the tests of the double.

As a process of its own it finds the double by its environment: `python -m tests.doubles.discord.sample`.
"""

import asyncio
import io
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
import discord
import yarl
from discord import app_commands, ui
from discord.gateway import DiscordWebSocket
from discord.http import Route

Command = app_commands.Command[Any, ..., Any] | app_commands.Group

INTENTS = discord.Intents(guilds=True, dm_messages=True)


@dataclass(frozen=True)
class Heard:
    """A message it was told of."""

    id: int
    text: str
    files: tuple[bytes, ...]


class Count(ui.DynamicItem[ui.Button[ui.View]], template=r"count:(?P<number>\d+)"):
    """A button whose number is in its id, so that it works whoever is there when it is pressed."""

    def __init__(self, number: int) -> None:
        super().__init__(ui.Button(label=f"Count ({number})", custom_id=f"count:{number}"))
        self.number = number

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: ui.Item[Any], match: re.Match[str]
    ) -> "Count":
        return cls(int(match["number"]))

    async def callback(self, interaction: discord.Interaction) -> None:
        view = ui.View(timeout=None).add_item(Count(self.number + 1))
        await interaction.response.edit_message(content=f"Counted to {self.number + 1}", view=view)


class Parcel(ui.Modal, title="A parcel"):
    """A form with words and files."""

    words: ui.Label[Any] = ui.Label(text="Words", component=ui.TextInput(max_length=20))
    kind: ui.Label[Any] = ui.Label(
        text="Kind",
        component=ui.Select(
            options=[discord.SelectOption(label="Heavy"), discord.SelectOption(label="Light")]
        ),
    )
    things: ui.Label[Any] = ui.Label(text="Things", component=ui.FileUpload(max_values=3))

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.defer(thinking=True, ephemeral=True)
        assert isinstance(self.words.component, ui.TextInput)
        assert isinstance(self.kind.component, ui.Select)
        assert isinstance(self.things.component, ui.FileUpload)
        weight = 0
        for one in self.things.component.values:
            weight += len(await one.read())
        words = f"{self.kind.component.values[0]}: {self.words.component.value}, {weight} bytes"
        await interaction.edit_original_response(content=words)


class Card(ui.LayoutView):
    """A card of components v2."""

    def __init__(self, name: str) -> None:
        super().__init__(timeout=None)
        box: ui.Container[Any] = ui.Container()
        box.add_item(ui.TextDisplay("**Order 7**")).add_item(ui.Separator()).add_item(
            ui.TextDisplay("One song")
        )
        box.add_item(ui.File(f"attachment://{name}"))
        row: ui.ActionRow[Any] = ui.ActionRow()
        row.add_item(Count(0))
        row.add_item(ui.Button(label="The page", url="https://lathe.example/o/7"))
        self.add_item(box.add_item(row))


class Sample(discord.Client):
    """Says again what it hears; commands for each kind of answer."""

    def __init__(self, intents: discord.Intents = INTENTS, **options: Any) -> None:
        super().__init__(intents=intents, allowed_mentions=discord.AllowedMentions.none(), **options)
        self.tree = app_commands.CommandTree(self)
        self.heard: list[Heard] = []
        self.failures: list[Exception] = []
        self.echoes = True
        self._news = asyncio.Condition()

    async def until(self, predicate: Callable[[], bool]) -> None:
        """Wait, ten seconds at most, until what it heard or failed at makes this true."""
        async with asyncio.timeout(10), self._news:
            await self._news.wait_for(predicate)

    async def setup_hook(self) -> None:
        self.add_dynamic_items(Count)
        commands: list[Command] = [_echo, _count, _parcel, _card, _orders, _loudness, _survey, Staff()]
        for one in commands:
            self.tree.add_command(one)
        self.tree.add_command(app_commands.ContextMenu(name="Weigh this", callback=_weigh))
        await self.tree.set_translator(English())
        await self.tree.sync()

    async def on_message(self, message: discord.Message) -> None:
        if message.author.bot:
            return
        files = tuple([await one.read() for one in message.attachments])
        self.heard.append(Heard(message.id, message.content, files))
        if self.echoes:
            again = [discord.File(io.BytesIO(data), f"again-{at}.wav") for at, data in enumerate(files)]
            try:
                await message.channel.send(message.content, files=again, nonce=f"m{message.id}")
            except (discord.HTTPException, aiohttp.ClientError) as failure:
                self.failures.append(failure)
        async with self._news:
            self._news.notify_all()


@app_commands.command(name="echo", description="Say it again")
@app_commands.allowed_installs(guilds=True, users=True)
@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
@app_commands.describe(words="What to say", file="What to hear")
async def _echo(
    interaction: discord.Interaction, words: str = "", file: discord.Attachment | None = None
) -> None:
    await interaction.response.defer(thinking=True)
    size = 0 if file is None else len(await file.read())
    await interaction.edit_original_response(content=f"{words} ({size} bytes, {interaction.locale})")


@app_commands.command(name="count", description="Count on a button")
async def _count(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("Counted to 0", view=ui.View(timeout=None).add_item(Count(0)))


@app_commands.command(name="parcel", description="Pack a parcel")
async def _parcel(interaction: discord.Interaction) -> None:
    await interaction.response.send_modal(Parcel())


@app_commands.command(name="card", description="Show a card")
async def _card(interaction: discord.Interaction) -> None:
    await interaction.response.send_message(
        view=Card("note.txt"), file=discord.File(io.BytesIO(b"seven"), "note.txt"), ephemeral=True
    )
    await interaction.followup.send("The follow-up", ephemeral=True)


@app_commands.command(name="orders", description="Find an order")
async def _orders(interaction: discord.Interaction, which: str) -> None:
    await interaction.response.send_message(f"Order {which}", ephemeral=True)


class Staff(app_commands.Group, name="staff", description="For the staff"):
    """Commands below a command."""

    @app_commands.command(name="promote", description="Make somebody an engineer")
    async def promote(self, interaction: discord.Interaction, who: discord.User) -> None:
        await interaction.response.send_message(f"{who.name} is an engineer", ephemeral=True)


class English(app_commands.Translator):
    """Knows one word of another language."""

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        return "lautheit" if (string.message, locale) == ("loudness", discord.Locale.german) else None


@app_commands.command(name=app_commands.locale_str("loudness"), description="How loud")
@app_commands.choices(style=[app_commands.Choice(name="For the club", value="club")])
async def _loudness(
    interaction: discord.Interaction, style: app_commands.Choice[str], lufs: app_commands.Range[int, -30, -5]
) -> None:
    """The first follow-up after a promise becomes the answer."""
    await interaction.response.defer(thinking=True, ephemeral=True)
    await interaction.followup.send(f"{style.value} {lufs}")


class Survey(ui.Modal, title="A survey"):
    """Each kind of choice a form has."""

    taste: ui.Label[Any] = ui.Label(
        text="Taste",
        component=ui.RadioGroup(
            options=[discord.RadioGroupOption(label=one, value=one.lower()) for one in ("Loud", "Soft")]
        ),
    )
    parts: ui.Label[Any] = ui.Label(
        text="Parts",
        component=ui.CheckboxGroup(
            options=[
                discord.CheckboxGroupOption(label=one, value=one.lower()) for one in ("Low", "Mid", "High")
            ],
            max_values=3,
        ),
    )
    sure: ui.Label[Any] = ui.Label(text="Sure", component=ui.Checkbox())

    async def on_submit(self, interaction: discord.Interaction) -> None:
        assert isinstance(self.taste.component, ui.RadioGroup)
        assert isinstance(self.parts.component, ui.CheckboxGroup)
        assert isinstance(self.sure.component, ui.Checkbox)
        parts = "+".join(self.parts.component.values)
        await interaction.response.send_message(
            f"{self.taste.component.value} {parts} {self.sure.component.value}"
        )


@app_commands.command(name="survey", description="Ask all sorts")
async def _survey(interaction: discord.Interaction) -> None:
    await interaction.response.send_modal(Survey())


@_orders.autocomplete("which")
async def _orders_completed(interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
    names = ("seven", "seventeen", "eight")
    return [app_commands.Choice(name=one, value=one) for one in names if one.startswith(typed)]


async def _weigh(interaction: discord.Interaction, message: discord.Message) -> None:
    weight = sum(one.size for one in message.attachments)
    await interaction.response.send_message(f"{weight} bytes", ephemeral=True)


if __name__ == "__main__":
    Route.BASE = os.environ["LATHE_DISCORD_API_URL"]
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["LATHE_DISCORD_GATEWAY_URL"])
    asyncio.run(Sample().start(os.environ["LATHE_DISCORD_TOKEN"]))
