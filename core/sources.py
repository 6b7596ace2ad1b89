"""Links in what people write: which of them mean a song, which never can, and what a file is called."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from core.messages import FileRef
from core.providers import place_of
from core.songs import Trouble, own_name

DOOR = "link"
"""The door of files that are behind a link: `FileRef.ref` is the address as it was sent."""

LONGEST = 2000
"""Characters of the longest link that is taken."""

_LINK = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_SOUND = re.compile(r"\.(?:wave?|aiff?|flac|mp3|m4a|aac|og[ga]|opus)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Links:
    """The links of a message: songs to be fetched, and why others cannot be.

    `words`: the message without the links that are songs.
    """

    files: tuple[FileRef, ...]
    troubles: tuple[Trouble, ...]
    words: str


def links_of(words: str) -> Links:
    """What the links of a message come to.

    A song is a link to a file at a known site, or one whose path ends as a sound file's does; where a message
    has nothing but links, each of them that could be one. Any other is part of the words.
    """
    found = list(dict.fromkeys(_links(words)))
    alone = not _without(words, found)
    files: dict[str, FileRef] = {}
    troubles: list[Trouble] = []
    for url in found:
        try:
            place, guess = place_of(url), guessed(url)
        except ValueError:
            continue
        if place is not None and place.trouble is not None:
            if place.trouble not in troubles:
                troubles.append(place.trouble)
        elif place is not None or alone or _SOUND.search(guess):
            files[url] = FileRef(DOOR, url, guess)
    return Links(tuple(files.values()), tuple(troubles), _without(words, files))


def guessed(url: str) -> str:
    """The name of a file as its address has it; "" where that says nothing. ValueError: it is no address."""
    name = PurePosixPath(unquote(urlsplit(url).path)).name
    return own_name(name) if "." in name.strip(".") else ""


def _links(words: str) -> Iterator[str]:
    for found in _LINK.finditer(words):
        url = found[0]
        while url[-1] in ".,;:!?'*|]}" or (url[-1] == ")" and url.count(")") > url.count("(")):
            url = url[:-1]
        if len(url) <= LONGEST:
            yield url


def _without(words: str, links: Iterable[str]) -> str:
    for url in sorted(links, key=len, reverse=True):
        words = words.replace(url, " ")
    return "" if not re.search(r"\w", words) else words.strip()
