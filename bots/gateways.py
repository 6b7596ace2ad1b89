"""The doors to the platforms that the settings ask for."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from bots.doors import Gateway
from bots.rooms import Rooms
from bots.settings import Settings
from bots.web.health import Routes

if TYPE_CHECKING:
    from bots.telegram.webhook import Address


def wanted_gateways(settings: Settings) -> tuple[str, ...]:
    """The names of the platforms that there is a token for."""
    tokens = {"discord": settings.discord_token, "telegram": settings.telegram_token}
    return tuple(name for name, token in tokens.items() if token)


def open_gateways(rooms: Rooms) -> Mapping[str, Gateway]:
    """A door to each of those platforms, by name; none is connected before it runs."""
    return {gateway.name: gateway for gateway in _gateways(rooms)}


def _gateways(rooms: Rooms) -> Iterator[Gateway]:
    settings, clock, zone = rooms.premises.settings, rooms.premises.clock, rooms.premises.rules.zone
    if settings.discord_token:
        from bots.discord.door import DiscordDoor

        yield DiscordDoor(
            settings.discord_token,
            rooms.blobs,
            rooms.catalogues,
            clock,
            rooms.links,
            api_url=settings.discord_api_url,
            gateway_url=settings.discord_gateway_url,
            cdn_hosts=settings.discord_cdn_hosts,
        )
    if settings.telegram_token:
        from bots.telegram.door import TelegramDoor

        yield TelegramDoor(
            settings.telegram_token,
            rooms.blobs,
            rooms.catalogues,
            clock,
            zone,
            rooms.links,
            api_url=settings.telegram_api_url,
            file_url=settings.telegram_file_url,
            local=settings.telegram_local,
            folder=settings.telegram_folder,
            webhook=_hook(settings),
        )


def hooks(gateways: Mapping[str, Gateway]) -> Routes:
    """What platforms call at the web door."""
    telegram = gateways.get("telegram")
    if telegram is None:
        return {}
    from bots.telegram.door import TelegramDoor
    from bots.telegram.webhook import PATH

    return {PATH: telegram.hook} if isinstance(telegram, TelegramDoor) else {}


def _hook(settings: Settings) -> "Address | None":
    """Where Telegram calls us, if it is told to and can."""
    from bots.telegram.webhook import PATH, Address

    if settings.public_url and settings.telegram_webhook_secret:
        return Address(f"{settings.public_url.rstrip('/')}{PATH}", settings.telegram_webhook_secret)
    return None
