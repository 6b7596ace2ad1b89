"""What discord.py has no public way for: every touch of its insides, in one place."""

from collections.abc import Sequence

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route, handle_message_parameters
from discord.webhook.async_ import async_context

Files = Sequence[discord.File]


def speak_to(api_url: str | None, gateway_url: str | None) -> None:
    """Have the library speak to another Discord; None leaves an address as it is.

    The library knows one Discord for a whole process, so this does too.
    """
    if api_url is not None:
        Route.BASE = api_url.rstrip("/")
    if gateway_url is not None:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)


def without_voice() -> None:
    """We speak in no voice channels: nothing is missing for that, so nothing is to be said of it."""
    discord.VoiceClient.warn_nacl = False
    discord.VoiceClient.warn_dave = False


async def edit_original(
    client: discord.Client, token: str, content: str, view: discord.ui.View | None, files: Files
) -> str:
    """Make the waiting answer to an interaction this message; its `CHANNEL/MESSAGE`.

    The library does it only on the Interaction itself, which a restart loses.
    """
    if client.application_id is None:
        raise RuntimeError("not logged in")
    webhook = discord.Webhook.partial(client.application_id, token, client=client)
    with handle_message_parameters(
        content=content,
        view=view,
        attachments=list(files),
        allowed_mentions=discord.AllowedMentions.none(),
    ) as params:
        data = await async_context.get().edit_original_interaction_response(
            webhook.id,
            token,
            session=webhook.session,
            payload=params.payload,
            multipart=params.multipart,
            files=params.files,
        )
    return f"{data['channel_id']}/{data['id']}"
