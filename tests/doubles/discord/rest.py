"""REST v10: the routes a bot of ours uses. Whatever else it asks for is answered 501, and remembered."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

from tests.doubles.discord import commands, refusals, wire
from tests.doubles.discord.asked import Asked
from tests.doubles.discord.cdn import Cdn
from tests.doubles.discord.interactions import Interactions
from tests.doubles.discord.messages import Messages, Tell
from tests.doubles.discord.state import Channel, Guild, Json, Message, Place, World

Handler = Callable[[Asked], Any]  # the answer's JSON; None is 204

_MESSAGE = "/channels/{channel_id}/messages/{message_id}"
_REACTION = f"{_MESSAGE}/reactions/{{emoji_name}}/@me"
_WEBHOOK = "/webhooks/{webhook_id}/{webhook_token}"


CREATED = {"/channels/{channel_id}/threads", f"{_MESSAGE}/threads"}  # routes whose POST is answered 201


class Rest:
    """The handlers of each route; `routes` is the table."""

    def __init__(
        self,
        world: World,
        cdn: Cdn,
        messages: Messages,
        interactions: Interactions,
        tell: Tell,
        gateway_url: str,
    ) -> None:
        self._world = world
        self._cdn = cdn
        self._messages = messages
        self._interactions = interactions
        self._tell = tell
        self._gateway_url = gateway_url

    @property
    def routes(self) -> Mapping[tuple[str, str], Handler]:
        """Handlers by method and template, as Discord's document names them."""
        return {
            ("GET", "/users/@me"): lambda _: wire.me(self._world.bot),
            ("GET", "/users/{user_id}"): self._user,
            ("POST", "/users/@me/channels"): self._open_dm,
            ("GET", "/oauth2/applications/@me"): lambda _: wire.application(self._world.bot),
            ("GET", "/applications/@me"): lambda _: wire.application(self._world.bot),
            ("GET", "/gateway"): lambda _: {"url": self._gateway_url},
            ("GET", "/gateway/bot"): self._gateway,
            ("GET", "/applications/{application_id}/commands"): self._commands,
            ("PUT", "/applications/{application_id}/commands"): self._set_commands,
            ("GET", "/applications/{application_id}/guilds/{guild_id}/commands"): self._commands,
            ("PUT", "/applications/{application_id}/guilds/{guild_id}/commands"): self._set_commands,
            ("GET", "/guilds/{guild_id}"): lambda asked: wire.guild(self._guild(asked)),
            ("GET", "/guilds/{guild_id}/channels"): self._guild_channels,
            ("GET", "/guilds/{guild_id}/members/{user_id}"): self._member,
            ("GET", "/channels/{channel_id}"): lambda asked: wire.channel(self._readable(asked)),
            ("PATCH", "/channels/{channel_id}"): self._edit_channel,
            ("DELETE", "/channels/{channel_id}"): self._delete_channel,
            ("POST", "/channels/{channel_id}/typing"): self._typing,
            ("GET", "/channels/{channel_id}/messages"): self._history,
            ("POST", "/channels/{channel_id}/messages"): self._create,
            ("GET", _MESSAGE): lambda asked: wire.message(self._found(asked), self._cdn.url),
            ("PATCH", _MESSAGE): self._edit,
            ("DELETE", _MESSAGE): self._delete,
            ("PUT", _REACTION): self._react,
            ("DELETE", _REACTION): self._unreact,
            ("POST", "/channels/{channel_id}/threads"): self._thread,
            ("POST", f"{_MESSAGE}/threads"): self._thread,
            ("PUT", "/channels/{channel_id}/thread-members/@me"): self._add_to_thread,
            ("DELETE", "/channels/{channel_id}/thread-members/@me"): self._remove_from_thread,
            ("PUT", "/channels/{channel_id}/thread-members/{user_id}"): self._add_to_thread,
            ("DELETE", "/channels/{channel_id}/thread-members/{user_id}"): self._remove_from_thread,
            ("POST", "/interactions/{interaction_id}/{interaction_token}/callback"): self._callback,
            ("POST", _WEBHOOK): self._follow_up,
            ("GET", f"{_WEBHOOK}/messages/@original"): self._webhook_message,
            ("PATCH", f"{_WEBHOOK}/messages/@original"): self._edit_webhook_message,
            ("DELETE", f"{_WEBHOOK}/messages/@original"): self._delete_webhook_message,
            ("GET", f"{_WEBHOOK}/messages/{{message_id}}"): self._webhook_message,
            ("PATCH", f"{_WEBHOOK}/messages/{{message_id}}"): self._edit_webhook_message,
            ("DELETE", f"{_WEBHOOK}/messages/{{message_id}}"): self._delete_webhook_message,
        }

    # Users, guilds, commands

    def _user(self, asked: Asked) -> Json:
        found = self._world.users.get(asked.id("user_id"))
        if found is None:
            raise refusals.unknown_user()
        return wire.user(found)

    def _open_dm(self, asked: Asked) -> Json:
        found = self._world.users.get(int(asked.body["recipient_id"]))
        if found is None:
            raise refusals.unknown_user()
        return wire.channel(self._world.dm(found))

    def _gateway(self, _: Asked) -> Json:
        limits = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
        return {"url": self._gateway_url, "shards": 1, "session_start_limit": limits}

    def _guild(self, asked: Asked) -> Guild:
        found = self._world.guilds.get(asked.id("guild_id"))
        if found is None:
            raise refusals.unknown_guild()
        if not found.has_bot:
            raise refusals.missing_access()
        return found

    def _guild_channels(self, asked: Asked) -> list[Json]:
        every = self._guild(asked).channels.values()
        return [wire.channel(one) for one in every if not one.is_thread and not one.hidden]

    def _member(self, asked: Asked) -> Json:
        found = self._guild(asked).members.get(asked.id("user_id"))
        if found is None:
            raise refusals.unknown_member()
        return wire.member(found)

    def _commands(self, asked: Asked) -> list[Json]:
        return [one.body for one in self._world.commands.get(self._scope(asked), [])]

    def _set_commands(self, asked: Asked) -> list[Json]:
        kept = commands.registered(self._world, asked.body or [], self._scope(asked))
        return [one.body for one in kept]

    def _scope(self, asked: Asked) -> int | None:
        if asked.id("application_id") != self._world.application_id:
            raise refusals.unknown_application()
        return self._guild(asked).id if "guild_id" in asked.params else None

    # Channels and messages

    def _readable(self, asked: Asked) -> Channel:
        return self._messages.readable(asked.id("channel_id"))

    def _found(self, asked: Asked) -> Message:
        return self._messages.find(self._readable(asked), asked.id("message_id"))

    def _typing(self, asked: Asked) -> None:
        self._messages.writable(asked.id("channel_id"))

    def _edit_channel(self, asked: Asked) -> Json:
        channel = self._readable(asked)
        if channel.recipient is not None:
            raise refusals.not_in_dms()
        channel.name = asked.body.get("name", channel.name)
        channel.archived = asked.body.get("archived", channel.archived)
        channel.locked = asked.body.get("locked", channel.locked)
        event = "THREAD_UPDATE" if channel.is_thread else "CHANNEL_UPDATE"
        self._tell(event, wire.channel(channel), channel)
        self._world.changed()
        return wire.channel(channel)

    def _delete_channel(self, asked: Asked) -> Json:
        channel = self._readable(asked)
        if channel.recipient is not None:
            raise refusals.not_in_dms()
        del self._world.channels[channel.id]
        assert channel.guild is not None
        del channel.guild.channels[channel.id]
        event = "THREAD_DELETE" if channel.is_thread else "CHANNEL_DELETE"
        self._tell(event, wire.channel(channel), channel)
        self._world.changed()
        return wire.channel(channel)

    def _history(self, asked: Asked) -> list[Json]:
        messages = sorted(self._readable(asked).messages.values(), key=lambda one: one.id)
        limit = int(asked.query.get("limit", 50))
        if not 1 <= limit <= 100:
            raise refusals.invalid("limit", "int value should be between 1 and 100.")
        if "after" in asked.query:
            chosen = [one for one in messages if one.id > int(asked.query["after"])][:limit]
        elif "around" in asked.query:
            middle = int(asked.query["around"])
            chosen = sorted(messages, key=lambda one: abs(one.id - middle))[:limit]
            chosen.sort(key=lambda one: one.id)
        else:
            before = int(asked.query.get("before", 1 << 63))
            chosen = [one for one in messages if one.id < before][-limit:]
        return [wire.message(one, self._cdn.url) for one in reversed(chosen)]

    def _create(self, asked: Asked) -> Json:
        channel = self._messages.writable(asked.id("channel_id"))
        sent = self._messages.send(channel, asked.body, asked.files)
        return wire.message(sent, self._cdn.url, nonce=True)

    def _edit(self, asked: Asked) -> Json:
        message = self._found(asked)
        if message.author is not self._world.bot:
            raise refusals.not_yours()
        self._messages.edit(message, asked.body, asked.files)
        return wire.message(message, self._cdn.url)

    def _delete(self, asked: Asked) -> None:
        message = self._found(asked)
        if message.author is not self._world.bot:
            dm = message.channel.place is Place.DM
            raise refusals.not_in_dms() if dm else refusals.missing_permissions()
        self._messages.delete(message)

    def _react(self, asked: Asked) -> None:
        reactions = self._found(asked).reactions
        reactions.setdefault(unquote(asked.params["emoji_name"]), set()).add(self._world.bot.id)
        self._world.changed()

    def _unreact(self, asked: Asked) -> None:
        emoji = unquote(asked.params["emoji_name"])
        self._found(asked).reactions.get(emoji, set()).discard(self._world.bot.id)
        self._world.changed()

    # Threads

    def _thread(self, asked: Asked) -> Json:
        parent = self._messages.writable(asked.id("channel_id"))
        if parent.guild is None or parent.is_thread:
            raise refusals.not_in_dms()
        on_message = "message_id" in asked.params
        number = self._found(asked).id if on_message else self._world.ids.next()
        place = Place.PUBLIC_THREAD if on_message else Place(asked.body.get("type") or Place.PRIVATE_THREAD)
        thread = Channel(
            number, place, asked.body["name"], parent.guild, parent=parent, owner=self._world.bot
        )
        thread.members.add(self._world.bot.id)
        thread.archive_minutes = asked.body.get("auto_archive_duration") or thread.archive_minutes
        self._world.channels[thread.id] = parent.guild.channels[thread.id] = thread
        self._tell("THREAD_CREATE", {**wire.channel(thread), "newly_created": True}, thread)
        self._world.changed()
        return wire.channel(thread)

    def _add_to_thread(self, asked: Asked) -> None:
        thread = self._messages.writable(asked.id("channel_id"))
        home = thread.guild
        who = int(asked.params.get("user_id", self._world.bot.id))
        if not thread.is_thread or home is None or who not in {self._world.bot.id, *home.members}:
            raise refusals.unknown_member()
        thread.members.add(who)
        self._world.changed()

    def _remove_from_thread(self, asked: Asked) -> None:
        who = int(asked.params.get("user_id", self._world.bot.id))
        self._messages.writable(asked.id("channel_id")).members.discard(who)
        self._world.changed()

    # Interactions

    def _callback(self, asked: Asked) -> Json | None:
        token = asked.params["interaction_token"]
        answer = self._interactions.answer(asked.id("interaction_id"), token, asked.body, asked.files)
        return answer if asked.query.get("with_response", "").lower() in ("1", "true") else None

    def _follow_up(self, asked: Asked) -> Json:
        token = asked.params["webhook_token"]
        sent = self._interactions.follow_up(asked.id("webhook_id"), token, asked.body, asked.files)
        return wire.message(sent, self._cdn.url)

    def _of_webhook(self, asked: Asked) -> Message:
        message = asked.params.get("message_id", "@original")
        return self._interactions.find(asked.id("webhook_id"), asked.params["webhook_token"], message)

    def _webhook_message(self, asked: Asked) -> Json:
        return wire.message(self._of_webhook(asked), self._cdn.url)

    def _edit_webhook_message(self, asked: Asked) -> Json:
        message = self._of_webhook(asked)
        self._messages.edit(message, asked.body, asked.files)
        return wire.message(message, self._cdn.url)

    def _delete_webhook_message(self, asked: Asked) -> None:
        self._messages.delete(self._of_webhook(asked))
