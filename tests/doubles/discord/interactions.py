"""Interactions: the one first answer in time, and what may follow on its token."""

import asyncio
import secrets
from collections.abc import Mapping

from tests.doubles.discord import components, refusals, wire
from tests.doubles.discord.cdn import Cdn, Upload
from tests.doubles.discord.messages import Messages, Tell
from tests.doubles.discord.refusals import invalid
from tests.doubles.discord.state import (
    Channel,
    Flag,
    Interaction,
    Json,
    Kind,
    Message,
    Modal,
    Reply,
    User,
    World,
)

_ALLOWED = {
    Kind.COMMAND: {Reply.MESSAGE, Reply.DEFERRED_MESSAGE, Reply.MODAL},
    Kind.COMPONENT: {
        Reply.MESSAGE,
        Reply.DEFERRED_MESSAGE,
        Reply.DEFERRED_UPDATE,
        Reply.UPDATE,
        Reply.MODAL,
    },
    Kind.AUTOCOMPLETE: {Reply.CHOICES},
    Kind.MODAL: {Reply.MESSAGE, Reply.DEFERRED_MESSAGE, Reply.DEFERRED_UPDATE, Reply.UPDATE},
}
_MOST_FOLLOW_UPS = 5  # where only the person has the app, not the server


class Interactions:
    """Starts them and takes the bot's answers."""

    def __init__(self, world: World, cdn: Cdn, messages: Messages, tell: Tell) -> None:
        self._world = world
        self._cdn = cdn
        self._messages = messages
        self._tell = tell

    def start(
        self,
        kind: Kind,
        user: User,
        channel: Channel,
        data: Json,
        *,
        name: str = "",
        message: Message | None = None,
        trigger: Interaction | None = None,
    ) -> Interaction:
        """A person does something; the bot hears of it."""
        world = self._world
        one = Interaction(
            world.ids.next(), secrets.token_urlsafe(32), kind, user, channel, data, world.clock()
        )
        one.name, one.message, one.trigger = name, message, trigger
        world.interactions[one.token] = one
        limit = max(world.file_limit(channel), user.upload_limit)
        event = wire.interaction_event(one, world.application_id, self._cdn.url, limit)
        self._tell("INTERACTION_CREATE", event, channel)
        world.changed()
        overdue = world.limits.first_answer.total_seconds() + 0.01
        asyncio.get_running_loop().call_later(overdue, world.changed)  # who waits for it to fail looks again
        return one

    # The first answer

    def answer(self, interaction_id: int, token: str, body: Json, files: Mapping[int, Upload]) -> Json:
        """Take the first answer; returns what the callback route answers."""
        one = self._world.interactions.get(token)
        if one is None or one.id != interaction_id:
            raise refusals.unknown_interaction()
        if one.reply is not None:
            raise refusals.already_answered()
        if self._world.clock() - one.opened_at > self._world.limits.first_answer:
            raise refusals.unknown_interaction()
        reply = Reply(body["type"])
        if reply not in _ALLOWED[one.kind] or (reply is Reply.UPDATE and self._pressed(one) is None):
            raise invalid("type", f"Interaction callback type {int(reply)} is not valid for this interaction")
        self._carry_out(one, reply, body.get("data") or {}, files)
        one.reply = reply
        self._world.changed()
        return self._said(one, reply)

    def _carry_out(self, one: Interaction, reply: Reply, data: Json, files: Mapping[int, Upload]) -> None:
        match reply:
            case Reply.MESSAGE:
                one.original = self._messages.send(one.channel, data, files, interaction=one)
            case Reply.DEFERRED_MESSAGE:
                hidden = bool(Flag(data.get("flags") or 0) & Flag.EPHEMERAL)
                one.original = self._messages.waiting(one, hidden=hidden)
            case Reply.DEFERRED_UPDATE:
                one.original = self._pressed(one)
            case Reply.UPDATE:
                one.original = self._pressed(one)
                assert one.original is not None
                self._messages.edit(one.original, data, files)
            case Reply.CHOICES:
                if len(data["choices"]) > 25:
                    raise invalid("choices", "Must be 25 or fewer in length.")
                one.choices = data["choices"]
            case Reply.MODAL:
                components.form(data)
                one.modal = Modal(data["custom_id"], data["title"], data["components"], one)
                self._world.modals.append(one.modal)

    @staticmethod
    def _pressed(one: Interaction) -> Message | None:
        """The message an update would change: that of the button, also when a form was between."""
        found = one.message or (one.trigger.message if one.trigger is not None else None)
        return None if found is None or found.deleted else found

    def _said(self, one: Interaction, reply: Reply) -> Json:
        about: Json = {"id": str(one.id), "type": int(one.kind), "channel_id": str(one.channel.id)}
        answer: Json = {"interaction": about}
        if one.original is not None:
            about["response_message_id"] = str(one.original.id)
            about["response_message_loading"] = bool(one.original.flags & Flag.LOADING)
            about["response_message_ephemeral"] = bool(one.original.flags & Flag.EPHEMERAL)
        if reply in (Reply.MESSAGE, Reply.UPDATE) and one.original is not None:
            message = wire.message(one.original, self._cdn.url)
            answer["resource"] = {"type": int(reply), "message": message}
        return answer

    # What follows

    def find(self, application_id: int, token: str, message: str) -> Message:
        """The message of an interaction's webhook: "@original" or an id."""
        one = self._living(application_id, token)
        found = one.original if message == "@original" else one.messages.get(int(message))
        if found is None or found.deleted:
            raise refusals.unknown_message()
        return found

    def follow_up(self, application_id: int, token: str, body: Json, files: Mapping[int, Upload]) -> Message:
        """One more message; the first after a deferred answer becomes that answer, as ever."""
        one = self._living(application_id, token)
        if one.original is not None and one.original.flags & Flag.LOADING:
            self._messages.edit(one.original, body, files)
            return one.original
        home = one.channel.guild
        one.follow_ups += 1
        if home is not None and not home.has_bot and one.follow_ups > _MOST_FOLLOW_UPS:
            raise refusals.too_many_follow_ups()
        return self._messages.send(one.channel, body, files, interaction=one)

    def _living(self, application_id: int, token: str) -> Interaction:
        one = self._world.interactions.get(token)
        if one is None or application_id != self._world.application_id or one.reply is None:
            raise refusals.unknown_webhook()
        if self._world.clock() - one.opened_at > self._world.limits.token:
            raise refusals.expired_token()
        return one
