"""The doors to the platforms that the settings ask for."""

from collections.abc import Iterator, Mapping

from bots.doors import Gateway
from bots.rooms import Rooms
from bots.settings import Settings


def wanted_gateways(settings: Settings) -> tuple[str, ...]:
    """The names of the platforms that there is a token for."""
    tokens = {"discord": settings.discord_token, "telegram": settings.telegram_token}
    return tuple(name for name, token in tokens.items() if token)


def open_gateways(rooms: Rooms) -> Mapping[str, Gateway]:
    """A door to each of those platforms, by name; none is connected before it runs."""
    return {gateway.name: gateway for gateway in _gateways(rooms)}


def _gateways(rooms: Rooms) -> Iterator[Gateway]:
    yield from ()
