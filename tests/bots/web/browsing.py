"""What a browser gets of the web door, and what it sees in a page."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html.parser import HTMLParser

import aiohttp

from bots.meters import LoopLag, Meters
from bots.web.health import Health, Routes, serving
from bots.web.metrics import Metrics, Sources
from core.figures import Figures
from tests.core.samples import START

DISCORD = "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)"
TELEGRAM = "TelegramBot (like TwitterBot)"
"""Apps that draw a preview of an address."""


class Read(HTMLParser):
    """A page as a browser sees it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str, attribute: str) -> list[str | None]:
        return [attributes.get(attribute) for name, attributes in self.tags if name == tag]

    @property
    def pressable(self) -> list[str | None]:
        """What its buttons ask for."""
        buttons = [one for name, one in self.tags if name == "button" and one.get("name") == "action"]
        return [one["value"] for one in buttons]

    @property
    def stamp(self) -> str:
        found = [one["value"] for name, one in self.tags if name == "input" and one.get("name") == "stamp"]
        return str(found[0])

    @property
    def card(self) -> dict[str | None, str | None]:
        """The og tags."""
        metas = [attributes for name, attributes in self.tags if name == "meta"]
        return {meta["property"]: meta["content"] for meta in metas if "property" in meta}


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def page(self) -> Read:
        return Read(self.text)

    @property
    def offset(self) -> int:
        """How much of a file is here."""
        return int(self.headers["Upload-Offset"])


@asynccontextmanager
async def served(routes: Routes) -> AsyncIterator[tuple[str, aiohttp.ClientSession]]:
    """The web door with nothing but these, and a browser: where it is, and who asks."""

    async def none() -> Figures:
        return Figures()

    health = Health()
    metrics = Metrics(Sources(Meters(), LoopLag(), none, lambda: START, dict, {}))
    async with serving(health, "127.0.0.1", 0) as (host, port), aiohttp.ClientSession() as http:
        with health.open({}, metrics, routes):
            yield f"http://{host}:{port}", http
