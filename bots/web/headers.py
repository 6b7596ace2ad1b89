"""What goes with every answer of the web door: nobody frames or indexes it, or learns where one came from."""

from collections.abc import Mapping

from aiohttp import web

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Only what comes from this door itself; no code and no style inside a page."""

ALWAYS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}

PRIVATE: Mapping[str, str] = {"Cache-Control": "private, no-store"}
"""For what is one person's and may be another in a moment."""


async def guarded(_request: web.Request, response: web.StreamResponse) -> None:
    """A signal of aiohttp's: put them on an answer that has none of its own, also on those for errors."""
    for name, value in ALWAYS.items():
        response.headers.setdefault(name, value)
    response.headers["Server"] = "Lathe"  # which version of what it runs on is nobody's business
