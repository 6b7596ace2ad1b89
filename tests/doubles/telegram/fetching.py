"""Methods by which a bot learns: who it is, what happened, what is in a file."""

import re
from collections.abc import Awaitable
from dataclasses import dataclass

from tests.doubles.telegram.calls import Upload, Words
from tests.doubles.telegram.refusals import bad, conflict
from tests.doubles.telegram.state import Json
from tests.doubles.telegram.world import Methods, World

_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


@dataclass(frozen=True)
class GetMe:
    pass


@dataclass(frozen=True)
class LogOut:
    pass


@dataclass(frozen=True)
class Close:
    pass


@dataclass(frozen=True, kw_only=True)
class GetUpdates:
    offset: int = 0
    limit: int = 100
    timeout: int = 0
    allowed_updates: Words | None = None


@dataclass(frozen=True, kw_only=True)
class SetWebhook:
    url: str
    certificate: Upload | str = ""
    ip_address: str = ""
    max_connections: int = 40
    allowed_updates: Words | None = None
    drop_pending_updates: bool = False
    secret_token: str = ""


@dataclass(frozen=True, kw_only=True)
class DeleteWebhook:
    drop_pending_updates: bool = False


@dataclass(frozen=True)
class GetWebhookInfo:
    pass


@dataclass(frozen=True, kw_only=True)
class GetFile:
    file_id: str


def get_me(world: World, call: GetMe) -> Json:
    return {
        **world.me.json(),
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
    }


def get_updates(world: World, call: GetUpdates) -> Awaitable[list[Json]]:
    if world.webhook.url:
        raise conflict(
            "can't use getUpdates method while webhook is active; "
            "use deleteWebhook to delete the webhook first"
        )
    if call.allowed_updates is not None:
        world.updates.allowed = call.allowed_updates

    def why() -> str:
        if world.webhook.url:
            return "terminated by setWebhook request"
        return "terminated by other getUpdates request; make sure that only one bot instance is running"

    return world.updates.poll(call.offset, call.limit, call.timeout, why)


async def set_webhook(world: World, call: SetWebhook) -> bool:
    if call.secret_token and not _SECRET.fullmatch(call.secret_token):
        raise bad("secret token contains unallowed characters")
    if not call.url:
        return await _without_webhook(world, drop=call.drop_pending_updates)
    if not call.url.startswith(("https://", "http://127.0.0.1")):
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if call.allowed_updates is not None:
        world.updates.allowed = call.allowed_updates
    if call.drop_pending_updates:
        world.updates.forget()
    await world.webhook.set(call.url, call.secret_token, call.max_connections)
    world.updates.interrupt()
    return True


async def delete_webhook(world: World, call: DeleteWebhook) -> bool:
    return await _without_webhook(world, drop=call.drop_pending_updates)


async def _without_webhook(world: World, *, drop: bool) -> bool:
    await world.webhook.remove()
    if drop:
        world.updates.forget()
    return True


def get_webhook_info(world: World, call: GetWebhookInfo) -> Json:
    return world.webhook.json()


def get_file(world: World, call: GetFile) -> Json:
    return world.files.fetchable(call.file_id)


def log_out(world: World, call: LogOut) -> bool:
    return True


def close(world: World, call: Close) -> bool:
    return True


METHODS: Methods = {
    GetMe: get_me,
    GetUpdates: get_updates,
    SetWebhook: set_webhook,
    DeleteWebhook: delete_webhook,
    GetWebhookInfo: get_webhook_info,
    GetFile: get_file,
    LogOut: log_out,
    Close: close,
}
