"""What comes from Discord, without a Discord: files, forms, handles, refusals."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import discord
import pytest

from bots.catalogues import load_catalogues
from bots.discord import modals, reading
from bots.discord.answers import Answers, Handle
from bots.discord.files import ContentServers, Source
from bots.discord.outcomes import is_too_large, meaning, told
from core.desk.forms import FORMS
from core.ports import Later, Refused

HOSTS = ContentServers(["cdn.discordapp.com", "127.0.0.1:8099"])


# Files


def test_where_a_file_is_survives_the_way_through_the_rows() -> None:
    source = Source("https://cdn.discordapp.com/a b?ex=1", 1, 2, 3)
    assert Source.unpack(source.pack()) == source


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://cdn.discordapp.com/attachments/1/2/a.wav?ex=1", True),
        ("https://CDN.discordapp.com/a.wav", True),
        ("http://127.0.0.1:8099/a.wav", True),
        ("http://cdn.discordapp.com/a.wav", False),
        ("https://cdn.discordapp.com:8443/a.wav", False),
        ("https://cdn.discordapp.com.evil.example/a.wav", False),
        ("https://cdn.discordapp.com@evil.example/a.wav", False),
        ("http://127.0.0.1:8098/a.wav", False),
        ("http://127.0.0.1/a.wav", False),
        ("file:///etc/passwd", False),
        ("ftp://127.0.0.1:8099/a.wav", False),
        ("https://cdn.discordapp.com:port/a.wav", False),
        ("", False),
    ],
)
def test_files_are_fetched_from_listed_hosts_only(url: str, allowed: bool) -> None:
    assert HOSTS.allowed(url) is allowed


@pytest.mark.parametrize(
    ("filename", "title", "name"),
    [
        ("Midnight_Drive.wav", "Midnight Drive", "Midnight Drive.wav"),
        ("Midnight_Drive.wav", "Midnight Drive.WAV", "Midnight Drive.WAV"),
        ("song.wav", None, "song.wav"),
        ("unknown", "Süß", "Süß"),
    ],
)
def test_a_file_keeps_the_name_its_artist_gave_it(filename: str, title: str | None, name: str) -> None:
    assert reading.full_name(filename, title) == name


def test_an_address_is_a_persons_or_a_channels() -> None:
    assert reading.channel_of(reading.channel_address(7)) == 7
    assert reading.channel_of("7") is None


@pytest.mark.parametrize(
    ("guild", "between_others", "private", "place"),
    [(None, False, True, "7"), (1, False, False, "channel:9"), (None, True, False, "channel:9")],
)
def test_what_is_done_in_a_server_or_between_others_is_not_private(
    guild: int | None, between_others: bool, private: bool, place: str
) -> None:
    context = discord.app_commands.AppCommandContext(private_channel=between_others)
    done: Any = SimpleNamespace(guild_id=guild, context=context, user=SimpleNamespace(id=7), channel_id=9)
    assert reading.is_private(done) is private
    assert reading.place(done) == place


# Forms


def test_every_form_of_the_house_becomes_a_modal_and_is_read_back() -> None:
    say = load_catalogues().voice("de")
    for name, make in FORMS.items():
        form = make(say)
        sent = modals.modal(form, {}, f"{name}:abc").to_dict()
        assert sent["custom_id"] == f"f:{name}:abc"
        assert [part["label"] for part in sent["components"]] == [field.label for field in form.fields]
        back = {"components": [{"component": filled(part["component"])} for part in sent["components"]]}
        files = [field.name for field in form.fields if field.kind == "file"]
        assert set(modals.values(back)) == {field.name for field in form.fields} - set(files)


def filled(component: dict[str, Any]) -> dict[str, Any]:
    """What Discord sends back of a field."""
    told = {"type": component["type"], "custom_id": component["custom_id"]}
    return told | ({"values": ["1"]} if component["type"] in (3, 19) else {"value": "words"})


def test_a_form_starts_with_what_is_known() -> None:
    form = FORMS["details"](load_catalogues().voice("en"))
    title, artist = modals.modal(form, {"title": "Noon"}, "details:abc").to_dict()["components"]
    assert title["component"]["value"] == "Noon"
    assert "value" not in artist["component"]


def test_what_was_not_chosen_is_empty() -> None:
    back = {"components": [{"component": {"type": 3, "custom_id": "style", "values": []}}]}
    assert modals.values(back) == {"style": ""}


# Answers in place


def test_a_handle_comes_back_from_the_rows_and_is_no_other_doors() -> None:
    handle = Handle(12, 10 << 20, "to ken")
    assert Handle.unpack(handle.pack()) == handle
    assert Handle.unpack("17") is None
    assert Handle.unpack(None) is None


def test_a_handle_expires_before_discord_takes_it_no_more() -> None:
    now = discord.utils.utcnow()
    fresh = discord.utils.time_snowflake(now - timedelta(minutes=13))
    old = discord.utils.time_snowflake(now - timedelta(minutes=14.5))
    assert not Handle(fresh, 0, "t").expired
    assert Handle(old, 0, "t").expired


def test_an_interaction_is_answered_by_one_notice() -> None:
    answers, handle = Answers(), Handle(1, 0, "t")
    assert answers.came(1)
    assert not answers.came(1)
    assert answers.free_for(handle, "a")
    answers.given(handle, "a")
    assert answers.free_for(handle, "a")
    assert not answers.free_for(handle, "b")
    assert answers.is_given(1)


# Refusals


def refusal(status: int, code: int = 0) -> discord.HTTPException:
    response: Any = SimpleNamespace(status=status, reason="")
    return discord.HTTPException(response, {"code": code, "message": "no"})


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (403, 50007, Refused),  # closed
        (403, 50278, Refused),  # no mutual server
        (404, 10003, Refused),  # the channel is gone
        (403, 50001, Refused),
        (403, 50013, Refused),
        (400, 50035, Refused),  # a body it does not take: trying again would not help
        (400, 40003, Later),  # too many direct messages opened
        (429, 0, Later),
        (500, 0, discord.HTTPException),  # nobody knows
        (503, 0, discord.HTTPException),
    ],
)
def test_a_refusal_means_never_or_not_now_or_nobody_knows(
    status: int, code: int, kind: type[Exception]
) -> None:
    assert isinstance(meaning(refusal(status, code)), kind)


def test_a_limit_longer_than_the_library_waits_for_says_how_long() -> None:
    with pytest.raises(Later) as later, told():
        raise discord.RateLimited(61.0)
    assert later.value.seconds == 61.0


def test_a_file_too_large_is_known_by_status_and_by_code() -> None:
    assert is_too_large(refusal(413))
    assert is_too_large(refusal(400, 40005))
    assert not is_too_large(refusal(400, 50035))
