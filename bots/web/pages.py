"""The pages of the web door: whole, without scripts, and with nothing from anywhere else."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Piece:
    """One file on a page: `audio` and `picture` are shown in place, each can be downloaded."""

    kind: str
    title: str
    about: str
    address: str
    download: str  # the label of its button


@dataclass(frozen=True, slots=True)
class Way:
    """A way on from a page."""

    address: str
    label: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page in words. What `card` says is all that a chat app's preview of the link is told."""

    language: str
    card: str
    house: str
    heading: str
    told: tuple[str, ...] = ()
    pieces: tuple[Piece, ...] = ()
    back: Way | None = None


def head(language: str, house: str, title: str, card: Mapping[str, str], more: str) -> str:
    """A page as HTML, to the end of its head. `card`: what else an app is told that draws a preview."""
    told = {"og:type": "website", "og:site_name": house, "og:title": title, **card}
    metas = "".join(
        f'<meta property="{name}" content="{escape(value)}">\n' for name, value in told.items() if value
    )
    return f"""<!doctype html>
<html lang="{escape(language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<meta name="referrer" content="no-referrer">
{metas}<title>{escape(title)} · {escape(house)}</title>
{more}</head>
"""


# An icon that is nothing, so that a browser asks for none.
_MARKS = '<meta name="theme-color" content="#a8480e">\n<link rel="icon" href="data:,">\n'


def drawn(page: Page) -> str:
    """The page as HTML."""
    house = escape(page.house)
    more = f"{_MARKS}<style>{_style()}</style>\n"
    told = "".join(f"<p>{escape(line)}</p>" for line in page.told)
    if page.back:
        told += f'<p><a href="{escape(page.back.address)}">{escape(page.back.label)}</a></p>'
    return f"""{head(page.language, page.house, page.card, {}, more)}<body>
<main>
<header><p>{house}</p><h1>{escape(page.heading)}</h1></header>
{"".join(map(_piece, page.pieces))}
<footer>{told}</footer>
</main>
</body>
</html>
"""


def _piece(piece: Piece) -> str:
    address, label = escape(piece.address), escape(piece.title)
    shown = {
        "audio": f'<audio controls preload="none" src="{address}" aria-label="{label}"></audio>',
        "picture": f'<img src="{address}" alt="{label}" loading="lazy">',
    }.get(piece.kind, "")
    about = f"<p>{escape(piece.about)}</p>" if piece.about else ""
    button = f'<p><a href="{address}" download>{escape(piece.download)}</a></p>'
    return f"<section><h2>{label}</h2>{about}{shown}{button}</section>\n"


@cache
def _style() -> str:
    return Path(__file__).with_name("page.css").read_text("utf-8")


@cache
def headers() -> Mapping[str, str]:
    """What goes with every page: nobody keeps, indexes or frames it, or learns where its reader came from."""
    style = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{style}'; media-src 'self'; img-src 'self' data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return {
        "Content-Security-Policy": policy,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex, nofollow",
        "Cache-Control": "private, no-store",
    }
