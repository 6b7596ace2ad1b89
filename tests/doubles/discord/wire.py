"""How this Discord writes down what it knows: the JSON of REST answers and gateway events."""

from collections.abc import Callable
from datetime import datetime

from tests.doubles.discord.components import shown
from tests.doubles.discord.state import (
    MEMBER,
    Attachment,
    Channel,
    Guild,
    Interaction,
    Json,
    Kind,
    Member,
    Message,
    Permission,
    Place,
    User,
)

Link = Callable[[int], str]  # attachment id -> a fresh link

_CONTEXTS = {Place.DM: 1, Place.GROUP: 2}  # else a guild
_REPLY, _SLASH, _MENU = 19, 20, 23  # types of messages


def user(one: User) -> Json:
    return {
        "id": str(one.id),
        "username": one.name,
        "discriminator": "0",
        "global_name": None if one.bot else one.name.title(),
        "avatar": None,
        "bot": one.bot,
        "public_flags": 0,
        "flags": 0,
        "primary_guild": None,
    }


def me(one: User) -> Json:
    return {**user(one), "mfa_enabled": True, "locale": one.locale, "verified": True, "email": None}


def application(bot: User) -> Json:
    owner = {**user(bot), "id": "1", "username": "studio", "bot": False}
    return {
        "id": str(bot.id),
        "name": bot.name,
        "icon": None,
        "description": "",
        "type": None,
        "verify_key": "0" * 64,
        "flags": 0,
        "flags_new": "0",
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "owner": owner,
        "approximate_guild_count": 0,
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "team": None,
        "eligible_oauth2_scopes": [],
        "bot": user(bot),
        "bot_public": True,
        "bot_require_code_grant": False,
    }


def member(one: Member, *, permissions: bool = False) -> Json:
    written: Json = {
        "user": user(one.user),
        "nick": None,
        "avatar": None,
        "banner": None,
        "roles": [],
        "joined_at": time(one.joined_at),
        "premium_since": None,
        "communication_disabled_until": None,
        "flags": 0,
        "pending": False,
        "mute": False,
        "deaf": False,
    }
    return {**written, "permissions": str(int(one.permissions))} if permissions else written


def role(guild: Guild) -> Json:
    """The role everybody has."""
    return {
        "id": str(guild.id),
        "name": "@everyone",
        "permissions": str(int(MEMBER)),
        "position": 0,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": False,
        "mentionable": False,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }


def guild(one: Guild) -> Json:
    return {
        "id": str(one.id),
        "name": one.name,
        "icon": None,
        "description": None,
        "home_header": None,
        "splash": None,
        "discovery_splash": None,
        "features": [],
        "banner": None,
        "owner_id": str(one.owner.id),
        "application_id": None,
        "region": "deprecated",
        "afk_channel_id": None,
        "afk_timeout": 300,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "widget_enabled": False,
        "widget_channel_id": None,
        "verification_level": 0,
        "roles": [role(one)],
        "default_message_notifications": 0,
        "mfa_level": 0,
        "explicit_content_filter": 0,
        "max_presences": None,
        "max_members": 500000,
        "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25,
        "vanity_url_code": None,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "preferred_locale": one.locale,
        "rules_channel_id": None,
        "safety_alerts_channel_id": None,
        "public_updates_channel_id": None,
        "premium_progress_bar_enabled": False,
        "premium_progress_bar_enabled_user_updated_at": None,
        "nsfw": False,
        "nsfw_level": 0,
        "emojis": [],
        "stickers": [],
        "incidents_data": None,
    }


def guild_created(one: Guild, bot: User, now: datetime) -> Json:
    """A GUILD_CREATE for a bot without the members intent: of the members it sees itself."""
    channels = [each for each in one.channels.values() if not each.hidden]
    return {
        **guild(one),
        "joined_at": time(now),
        "large": False,
        "unavailable": False,
        "member_count": len(one.members) + 1,
        "members": [member(Member(bot, now))],
        "channels": [channel(each) for each in channels if not each.is_thread],
        "threads": [channel(each) for each in channels if each.is_thread and not each.archived],
        "voice_states": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def channel(one: Channel) -> Json:
    last = max(one.messages, default=None)
    written: Json = {
        "id": str(one.id),
        "type": int(one.place),
        "last_message_id": None if last is None else str(last),
        "flags": 0,
    }
    if one.recipient is not None:
        return {**written, "recipients": [user(one.recipient)]}
    if one.place is Place.GROUP:
        assert one.owner is not None
        return {**written, "recipients": [], "owner_id": str(one.owner.id), "icon": None, "name": one.name}
    assert one.guild is not None
    written |= {"guild_id": str(one.guild.id), "name": one.name, "rate_limit_per_user": 0}
    if one.is_thread:
        assert one.parent is not None
        assert one.owner is not None
        return {
            **written,
            "parent_id": str(one.parent.id),
            "owner_id": str(one.owner.id),
            "message_count": len(one.messages),
            "member_count": len(one.members),
            "total_message_sent": len(one.messages),
            "thread_metadata": {
                "archived": one.archived,
                "archive_timestamp": "2026-01-01T00:00:00.000000+00:00",
                "auto_archive_duration": one.archive_minutes,
                "locked": one.locked,
            },
        }
    return {
        **written,
        "position": 0,
        "parent_id": None,
        "topic": None,
        "nsfw": False,
        "permission_overwrites": [],
    }


def attachment(one: Attachment, link: Link) -> Json:
    url = link(one.id)
    written: Json = {
        "id": str(one.id),
        "filename": one.name,
        "size": one.size,
        "url": url,
        "proxy_url": url,
        "content_type": one.content_type,
    }
    if one.title != one.name:
        written["title"] = one.title.rpartition(".")[0] or one.title
    if one.description is not None:
        written["description"] = one.description
    if one.ephemeral:
        written["ephemeral"] = True
    if one.seconds is not None:
        written |= {"duration_secs": one.seconds, "waveform": "AAAA"}
    return written


def message(one: Message, link: Link, *, nonce: bool = False, deep: bool = True) -> Json:
    """A message as REST answers give it; `nonce` only where it was just sent, as history does not keep it."""
    written: Json = {
        "id": str(one.id),
        "channel_id": str(one.channel.id),
        "type": _type(one),
        "content": one.content,
        "author": user(one.author),
        "timestamp": time(one.sent_at),
        "edited_timestamp": None if one.edited_at is None else time(one.edited_at),
        "tts": False,
        "mention_everyone": one.everyone,
        "mentions": [user(each) for each in one.mentions],
        "mention_roles": [],
        "attachments": [attachment(each, link) for each in one.attachments],
        "embeds": one.embeds,
        "pinned": False,
        "flags": int(one.flags),
        "components": shown(one.components, link),
    }
    if nonce and one.nonce is not None:
        written["nonce"] = one.nonce
    if one.author.bot:
        written["application_id"] = str(one.author.id)
    if one.reply_to is not None:
        written["message_reference"] = {
            "type": 0,
            "channel_id": str(one.reply_to.channel.id),
            "message_id": str(one.reply_to.id),
        }
        if deep:
            written["referenced_message"] = message(one.reply_to, link, deep=False)
    if one.interaction is not None:
        written["webhook_id"] = str(one.author.id)
        written["interaction_metadata"] = _metadata(one.interaction)
        if one.interaction.kind is Kind.COMMAND:
            written["interaction"] = {
                "id": str(one.interaction.id),
                "type": int(Kind.COMMAND),
                "name": one.interaction.name,
                "user": user(one.interaction.user),
            }
    return written


def _type(one: Message) -> int:
    if one.reply_to is not None:
        return _REPLY
    if one.interaction is None or one.interaction.kind is not Kind.COMMAND:
        return 0
    return _SLASH if one.interaction.data.get("type") == 1 else _MENU


def _metadata(one: Interaction) -> Json:
    written: Json = {
        "id": str(one.id),
        "type": int(one.kind),
        "user": user(one.user),
        "authorizing_integration_owners": owners(one),
    }
    if one.kind is Kind.COMPONENT and one.message is not None:
        written["interacted_message_id"] = str(one.message.id)
    if one.trigger is not None:
        written["triggering_interaction_metadata"] = _metadata(one.trigger)
    return written


def owners(one: Interaction) -> Json:
    """Who brought the app here: the server (0), the person (1)."""
    home = one.channel.guild
    found: Json = {"1": str(one.user.id)} if one.user.installed else {}
    if home is not None and home.has_bot:
        found["0"] = str(home.id)
    if home is None and not found:
        found["0"] = "0"
    return found


def message_event(one: Message, link: Link) -> Json:
    """A MESSAGE_CREATE or MESSAGE_UPDATE. One of a DM has no `guild_id` at all."""
    written = message(one, link, nonce=True)
    home = one.channel.guild
    if home is not None:
        written["guild_id"] = str(home.id)
        who = home.members.get(one.author.id) or Member(one.author, one.sent_at)
        written["member"] = {key: value for key, value in member(who).items() if key != "user"}
    return written


def interaction_event(one: Interaction, application_id: int, link: Link, size_limit: int) -> Json:
    """An INTERACTION_CREATE."""
    home = one.channel.guild
    written: Json = {
        "id": str(one.id),
        "application_id": str(application_id),
        "type": int(one.kind),
        "token": one.token,
        "version": 1,
        "data": one.data,
        "channel_id": str(one.channel.id),
        "channel": channel(one.channel),
        "locale": one.user.locale,
        "entitlements": [],
        "attachment_size_limit": size_limit,
        "authorizing_integration_owners": owners(one),
        "context": _CONTEXTS.get(one.channel.place, 0),
        "app_permissions": str(int(MEMBER & ~Permission.SEND_MESSAGES if one.channel.read_only else MEMBER)),
    }
    if home is None:
        written["user"] = user(one.user)
    else:
        who = home.members[one.user.id]
        written |= {
            "guild_id": str(home.id),
            "guild": {"id": str(home.id), "locale": home.locale, "features": []},
            "guild_locale": home.locale,
            "member": member(who, permissions=True),
        }
        written["channel"]["permissions"] = str(int(who.permissions | Permission.VIEW_CHANNEL))
    if one.message is not None:
        written["message"] = message(one.message, link)
    return written


def time(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds")
