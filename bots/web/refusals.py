"""What somebody is answered who is shown nothing: a page for a reader, a sentence for a program."""

from collections.abc import Callable, Mapping

from aiohttp import hdrs, web

from bots.web.headers import PRIVATE
from bots.web.pages import Page, drawn, headers
from core.wording import Catalogues, Voice


class Refusals:
    """Answers to be raised, in the language of who asks. `house` is what the studio is called."""

    def __init__(self, catalogues: Catalogues, house: str) -> None:
        self._catalogues = catalogues
        self._house = house

    def voice(self, request: web.Request) -> Voice:
        """For whom we do not know: the language that their browser asks for first."""
        asked = request.headers.get(hdrs.ACCEPT_LANGUAGE, "")
        return self._catalogues.voice(asked.split(",")[0].split(";")[0])

    def nothing(self, request: web.Request) -> web.HTTPException:
        """404: there is nothing at this address."""
        say = self.voice(request)
        return self._drawn(request, web.HTTPNotFound, say, *_words(say, 404))

    def closed(self, request: web.Request, say: Voice | None = None) -> web.HTTPException:
        """410: a link that opens nothing any more."""
        say = say or self.voice(request)
        told = say.word("It has run out or was stopped. Your music is safe: ask for it in the chat.")
        return self._drawn(request, web.HTTPGone, say, say.word("This link is closed"), told)

    def not_theirs(self, request: web.Request, say: Voice) -> web.HTTPException:
        """403: somebody may come, but not here."""
        told = say.word("Only the artist whose order it is can do that.")
        return self._drawn(request, web.HTTPForbidden, say, say.word("Not for you"), told)

    def from_elsewhere(self, request: web.Request, say: Voice) -> web.HTTPException:
        """403: a form that another site's page has sent."""
        told = say.word("This was sent from another site, so nothing was done.")
        return self._drawn(request, web.HTTPForbidden, say, say.word("Not taken"), told)

    def busy(self, request: web.Request, say: Voice) -> web.HTTPException:
        """429: as much is handed over to them as may be at one time."""
        told = say.word("Too many downloads at the same time. Please try again in a moment.")
        refusal = self._drawn(request, web.HTTPTooManyRequests, say, say.word("One moment"), told)
        refusal.headers[hdrs.RETRY_AFTER] = "10"
        return refusal

    def damaged(self, request: web.Request, say: Voice) -> web.HTTPException:
        """500: a file is not as it was written."""
        told = say.word("This file is damaged where it is kept. Please ask for it in the chat.")
        return self._drawn(
            request, web.HTTPInternalServerError, say, say.word("This file cannot be read"), told
        )

    def of_status(self, request: web.Request, status: int, headers: Mapping[str, str]) -> web.Response:
        """An answer with an error's status (400 and up) and its headers, for which nobody had words."""
        say = self.voice(request)
        text, media_type, usual = self._body(request, say, *_words(say, status))
        kept = {name: value for name, value in headers.items() if name.lower() not in _OF_BODY}
        return web.Response(text=text, status=status, content_type=media_type, headers={**usual, **kept})

    def _drawn(
        self,
        request: web.Request,
        kind: Callable[..., web.HTTPException],
        say: Voice,
        heading: str,
        told: str,
    ) -> web.HTTPException:
        text, media_type, usual = self._body(request, say, heading, told)
        return kind(text=text, content_type=media_type, headers=usual)

    def _body(
        self, request: web.Request, say: Voice, heading: str, told: str
    ) -> tuple[str, str, dict[str, str]]:
        """The text of an answer, its media type, and the headers that go with it."""
        reads = request.method in (hdrs.METH_GET, hdrs.METH_HEAD)
        if not reads and "text/html" not in request.headers.get(hdrs.ACCEPT, ""):
            return f"{told}\n", "text/plain", dict(PRIVATE)
        page = Page(say.language, heading, self._house, heading, (told,))
        return drawn(page), "text/html", dict(headers())


_OF_BODY = {"content-type", "content-length"}


def _words(say: Voice, status: int) -> tuple[str, str]:
    """The heading and the sentence of an error."""
    match status:
        case 401 | 403:
            return say.word("Not for you"), say.word("This is not for you.")
        case 404:
            told = say.word("There is nothing at this address. Is all of it there?")
            return say.word("Not found"), told
        case 405:
            return say.word("Not possible"), say.word("That cannot be done at this address.")
        case 408:
            told = say.word("This did not come to its end in time. Please try again.")
            return say.word("Too slow"), told
        case 413:
            return say.word("Too large"), say.word("That is more than may come here at one time.")
        case 429:
            told = say.word("Too many requests. Please try again in a moment.")
            return say.word("One moment"), told
        case 503:
            told = say.word("The studio is not open at this moment. Please try again in a moment.")
            return say.word("One moment"), told
        case _ if status < 500:
            told = say.word("I cannot read this request. Please reload the page and try again.")
            return say.word("Not understood"), told
        case _:
            told = say.word("Something went wrong here, and it was noted. Please try again in a moment.")
            return say.word("That did not work"), told
