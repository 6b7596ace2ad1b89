"""What somebody is answered who is shown nothing: a page for a reader, a sentence for a program."""

from collections.abc import Callable

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
        told = say.word("There is nothing at this address. Is all of it there?")
        return self._drawn(request, web.HTTPNotFound, say, say.word("Not found"), told)

    def closed(self, request: web.Request, say: Voice | None = None) -> web.HTTPException:
        """410: a link that opens nothing any more."""
        say = say or self.voice(request)
        told = say.word("It has run out or was stopped. Your music is safe: ask for it in the chat.")
        return self._drawn(request, web.HTTPGone, say, say.word("This link is closed"), told)

    def not_theirs(self, request: web.Request, say: Voice) -> web.HTTPException:
        """403: somebody may come, but not here."""
        told = say.word("Only the artist whose order it is can do that.")
        return self._drawn(request, web.HTTPForbidden, say, say.word("Not for you"), told)

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

    def _drawn(
        self,
        request: web.Request,
        kind: Callable[..., web.HTTPException],
        say: Voice,
        heading: str,
        told: str,
    ) -> web.HTTPException:
        if request.method not in (hdrs.METH_GET, hdrs.METH_HEAD):
            return kind(text=f"{told}\n", content_type="text/plain", headers=dict(PRIVATE))
        page = Page(say.language, heading, self._house, heading, (told,))
        return kind(text=drawn(page), content_type="text/html", headers=dict(headers()))
