"""Notices: sent once, in one message or several.

The Bot API does not know a message that comes twice (tdlib/telegram-bot-api, issue 126). So what may have
arrived already is sent again only where it is words, and is marked; a file that may have arrived is not, and
the words bring a button that opens it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from telegram.error import TelegramError

from bots.telegram.letters import Letters, Place
from bots.telegram.outlet import Outlet
from bots.telegram.refusals import outcome, too_large
from bots.telegram.writing import CAPTION, Runs, length, pages
from core.messages import Audience, Button, Media, Notice
from core.ports import Later, Outgoing, Reach, Refused
from core.text import Text, joined


@dataclass(frozen=True, slots=True)
class _Part:
    """One message: a file with its caption, or words alone."""

    words: Runs
    buttons: tuple[Button, ...] = ()
    media: Media | None = None


@dataclass(slots=True)
class _Begun:
    """How far a notice has come: its messages that arrived, and its files, by content, that are left out."""

    done: int = 0
    too_large: set[str] = field(default_factory=set)
    doubtful: set[str] = field(default_factory=set)  # they may have arrived
    again: bool = False  # its words may have arrived


class Notices:
    """Sends notices. `most`: bytes of the largest file that the platform takes."""

    def __init__(self, outlet: Outlet, letters: Letters, most: int) -> None:
        self._outlet = outlet
        self._letters = letters
        self._most = most
        self._begun: dict[tuple[str, str], _Begun] = {}

    async def send(self, place: Place, outgoing: Outgoing, ways: Sequence[Button] = ()) -> str:
        """Send a notice, or what of it has not arrived yet; the name of its last message. TelegramError.

        `ways`: buttons that lead out of a room, for the answer to what is said in one.
        """
        notice, reach = outgoing.notice, outgoing.reach
        if notice is None:
            raise ValueError("there is no notice to send")
        if notice.to.audience is Audience.ROOM and notice.reply_handle:
            notice = replace(notice, buttons=(*notice.buttons, *ways))
        key = (notice.id, reach.address)
        if key not in self._begun:
            self._begun[key] = self._beginning(notice, unsure=outgoing.unsure)
        begun = self._begun[key]
        parts: list[_Part] = []
        message = ""
        while not parts or begun.done < len(parts):
            parts = list(self._parts(notice, reach, begun))
            part = parts[begun.done]
            try:
                message = await self._one(place, part, notice, reach)
            except TelegramError as error:
                if part.media is not None and too_large(error):
                    begun.too_large.add(part.media.sha256)
                    continue
                match outcome(error):
                    case Refused():
                        del self._begun[key]
                    case Later():  # it has not arrived, and the rest of the notice waits for it
                        pass
                    case _ if part.media is not None:
                        begun.doubtful.add(part.media.sha256)
                        begun.again = bool(part.buttons)
                    case _:
                        begun.again = True
                raise
            begun.done += 1
        del self._begun[key]
        return message

    def _beginning(self, notice: Notice, *, unsure: bool) -> _Begun:
        """`unsure`: another process may have sent any of it."""
        if unsure:
            return _Begun(doubtful={media.sha256 for media in notice.media}, again=True)
        return _Begun(too_large={media.sha256 for media in notice.media if media.size > self._most})

    async def _one(self, place: Place, part: _Part, notice: Notice, reach: Reach) -> str:
        buttons = self._letters.keyboard(part.buttons, reach)
        if part.media is None:
            answering = None if reach.private else notice.reply_handle
            return str((await self._outlet.say(place, part.words, buttons, answering)).message_id)
        title = self._letters.words(part.media.title, notice.to, reach)
        cover = next((media for media in notice.media if media.kind == "picture"), None)
        sent = await self._outlet.hand_over(place, part.media, title, part.words, buttons, cover)
        return str(sent.message_id)

    def _parts(self, notice: Notice, reach: Reach, begun: _Begun) -> Iterator[_Part]:
        """The files, then the words with the buttons: below the last picture, if they fit there."""
        carried, left = self._sorted(notice, begun)
        words = self._letters.words(self._told(notice, left, reach, begun), notice.to, reach)
        buttons = (*self._openers(left, reach), *notice.buttons)
        last = carried[-1] if carried else None
        fits = last is not None and last.kind == "picture" and length(words) <= CAPTION
        below = last if fits and begun.done < len(carried) else None  # it may be there under its own title
        for media in carried:
            if media is not below:
                shown = media.kind == "picture"
                title = self._letters.words(media.title, notice.to, reach) if shown else ()
                yield _Part(title, media=media)
        if below is not None:
            yield _Part(words, buttons, below)
            return
        *first, final = pages(words)
        for page in first:
            yield _Part(page)
        yield _Part(final, buttons)

    def _sorted(self, notice: Notice, begun: _Begun) -> tuple[list[Media], list[Media]]:
        """The files that are sent, and those that are left out."""
        out = begun.too_large | begun.doubtful
        carried = [media for media in notice.media if media.sha256 not in out]
        return carried, [media for media in notice.media if media.sha256 in out]

    def _told(self, notice: Notice, left: list[Media], reach: Reach, begun: _Begun) -> Text:
        """The words of a notice, with what must be said about the files that are left out."""
        say = self._letters.voice(reach)
        lines = [notice.text]
        if begun.again:
            lines.insert(0, say("(again)"))
        lines.extend(
            say(
                "{file} is over {megabytes} MB, the most that this chat carries.",
                file=media.title,
                megabytes=self._most >> 20,
            )
            for media in left
            if media.sha256 in begun.too_large and self._address(media) is None
        )
        doubtful = [media for media in left if media.sha256 in begun.doubtful]
        if any(self._address(media) is not None for media in doubtful):
            lines.append(say("The files may have arrived already. If they have not, open them here."))
        elif doubtful:
            lines.append(say("The files may have arrived already. If they have not, tell us."))
        return joined(lines)

    def _openers(self, left: list[Media], reach: Reach) -> Iterator[Button]:
        say = self._letters.voice(reach)
        for media in left:
            if (url := self._address(media)) is not None:
                yield Button(say.word("Open {file}", file=media.name), url=url)

    def _address(self, media: Media) -> str | None:
        return self._letters.links.url(media.link) if media.link else None
