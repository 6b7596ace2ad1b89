"""What goes wrong beside a handler's own words is said in one sentence of the house, not of its framework.

Only what aiohttp cannot parse is answered before anything here: a line too long, a method that is none.
"""

from collections.abc import Callable

import structlog
from aiohttp import HttpVersion11, hdrs, web
from aiohttp.http_exceptions import BadHttpMessage
from aiohttp.typedefs import Handler, Middleware

from bots.web.refusals import Refusals

log = structlog.get_logger()


def worded(refusals: Callable[[], Refusals]) -> Middleware:
    """Put words to errors that have none: whatever the house says itself ends with its line."""

    @web.middleware
    async def answered(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPException as error:
            if error.status < 400 or (error.text or "").endswith("\n"):
                raise
            return refusals().of_status(request, error.status, error.headers)
        except ConnectionError:  # nobody is there to read it
            raise
        except (web.RequestPayloadError, BadHttpMessage):
            return refusals().of_status(request, 400, {})
        except Exception:  # whatever it is: the next request has nothing to do with it
            if request.writer.output_size:  # it would be taken for what is left of another answer
                raise
            log.exception("request failed", method=request.method)
            return refusals().of_status(request, 500, {})

    return answered


async def go_on(request: web.Request) -> None:
    """Who waits for it is told to send the body. Other expectations may be ignored (RFC 9110, 10.1.1)."""
    waits = request.headers.get(hdrs.EXPECT, "").lower() == "100-continue"
    if waits and request.version == HttpVersion11:
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0  # the answer itself has not begun
