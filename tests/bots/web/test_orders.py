"""The page of an order: what it shows, to whom, and what is done on it."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bots.web.fields import MOST_BODY, fields
from bots.web.stamps import LASTS
from core.changes import Changes, Move
from core.desk.pressing import OF_ANYBODY, OF_ARTIST, OF_STAFF, OF_THREAD
from core.messages import Kind
from core.orders import OrderState
from core.songs import SongState
from tests.bots.web.browsing import DISCORD, TELEGRAM
from tests.bots.web.ordering import PUBLIC, Studio, words
from tests.core.samples import START
from tests.storage.things import message

# What it shows


async def test_it_says_and_offers_what_the_card_in_the_chat_does(studio: Studio) -> None:
    page = (await studio.ask()).page
    text = words(page.text)
    assert "Order 1042 · Midnight Drive" in text
    assert "Your round of changes is free until Sat 7 Mar 10:00 (in 5 days)." in text
    assert page.pressable == ["approve:order1:1", "changes:order1:1"]
    assert "Talk to a human" in text


async def test_each_version_has_its_figures_its_clips_and_pictures_with_words(studio: Studio) -> None:
    page = (await studio.ask()).page
    assert "Version 1 · Mon 2 Mar 10:00 (now)" in words(page.text)
    assert "-14.0 LUFS, peak -1.0 dBTP, range 5.1 LU" in page.text
    (clip,) = page.all("audio", "src")
    assert page.all("audio", "preload") == ["none"]
    assert page.all("audio", "aria-label") == ["Midnight Drive: the whole master"]
    assert page.all("img", "alt") == ["Midnight Drive: before and after"]
    assert (await studio.follow(clip)).status == 200


async def test_it_is_whole_without_a_script_and_asks_nobody_else_for_anything(studio: Studio) -> None:
    page = (await studio.ask()).page
    assert page.all("script", "src") == []
    sources = [*page.all("link", "href"), *page.all("img", "src"), *page.all("audio", "src")]
    assert sources
    assert not [source for source in sources if source is None or "//" in source]
    for source in page.all("link", "href"):
        asset = await studio.follow(source)
        assert (asset.status, asset.headers["Cache-Control"]) == (
            200,
            "public, max-age=31536000, immutable",
        )


async def test_a_script_looks_again_only_while_something_is_at_work(studio: Studio) -> None:
    await studio.moved(state=OrderState.WORKING)
    page = (await studio.ask()).page
    (script,) = page.all("script", "src")
    assert (await studio.follow(script)).headers["Content-Type"].startswith("text/javascript")
    part = await studio.ask("?part=status")
    assert part.text.startswith('<section id="status" data-at-work="1">')
    assert "Version" not in part.text


async def test_a_look_of_the_script_is_no_visit(studio: Studio) -> None:
    await studio.ask("?part=status")
    await studio.ask(method="HEAD")
    assert "last opened" not in (await studio.ask()).text
    assert "It was last opened" in (await studio.ask()).text


async def test_it_speaks_its_readers_language_in_their_zone(studio: Studio) -> None:
    await studio.speaks("de", "Europe/Berlin")
    page = (await studio.ask()).page
    assert page.all("html", "lang") == ["de"]
    assert "kostenlos bis Sa., 7. März 11:00 (in 5 Tagen)" in words(page.text)


async def test_the_files_are_locked_until_the_master_is_approved(studio: Studio) -> None:
    assert "The files are locked until you approve the master." in (await studio.ask()).text


async def test_the_files_are_locked_until_the_money_is_here_where_the_house_charges_for_them(
    studio: Studio,
) -> None:
    await studio.moved(charge="before-files", paid_at=None)
    assert "The files are locked until the order is paid." in (await studio.ask()).text


async def test_released_files_stand_there_with_form_size_checksum_and_until_when(studio: Studio) -> None:
    await studio.released()
    page = (await studio.ask()).page
    text = words(page.text)
    assert "Kept until Mon 30 Mar 10:00 (in 4 weeks) - please download." in text
    for file, told in zip(studio.files, ("WAV, 2.6 MB", "MP3, 0.1 MB"), strict=True):
        assert file.sha256 in text
        assert told in text
        assert f"{studio.shown()}/files/{file.sha256}" in page.all("a", "href")
    assert "Download all: 2.6 MB" in text


@pytest.mark.parametrize(
    ("after", "told"),
    [
        (timedelta(days=27), "Kept until Mon 30 Mar 10:00 (in 24 hours) - please download."),
        (timedelta(days=28, minutes=-1), "Kept until Mon 30 Mar 10:00 (in 1 minute) - please download."),
        (timedelta(days=28), "Kept until Mon 30 Mar 10:00 (now): download now what is still here."),
        (timedelta(days=30), "Kept until Mon 30 Mar 10:00 (2 days ago): download now what is still here."),
    ],
)
async def test_until_when_files_are_kept_is_said_before_on_and_after_the_day(
    studio: Studio, after: timedelta, told: str
) -> None:
    await studio.released()
    studio.advance(after)
    page = (await studio.ask()).page
    assert words(page.text).count(told) == 2  # as on the card, and beside the files
    assert f"{studio.shown()}/files/{studio.files[0].sha256}" in page.all("a", "href")


async def test_the_way_to_files_lasts_as_long_as_they_are_kept(studio: Studio) -> None:
    """A link of the day on which they were approved opens them on their last day, and not after it."""
    await studio.released()
    token, way = studio.shown(), f"/files/{studio.files[0].sha256}"
    studio.advance(timedelta(days=28))
    assert (await studio.ask(way, token=token)).status == 200
    studio.advance(timedelta(days=1))
    assert (await studio.ask(way, token=token)).status == 410


async def test_staff_look_on_without_buttons_music_or_the_title_of_what_is_confidential(
    studio: Studio,
) -> None:
    await studio.released()
    page = (await studio.ask(token=studio.staff)).page
    assert "Midnight Drive" in page.text
    assert page.pressable == page.all("form", "action") == page.all("a", "href") == []
    assert page.all("audio", "src") == page.all("img", "src") == []
    assert "-14.0 LUFS" in page.text
    await studio.moved(confidential=True)
    assert "Midnight" not in (await studio.ask(token=studio.staff)).text


async def test_songs_that_are_not_ready_show_how_far_they_are(studio: Studio) -> None:
    await studio.of_song(state=SongState.CHECKING)
    await studio.moved(state=OrderState.DRAFT, version=0)
    page = (await studio.ask()).page
    assert page.all("progress", "value") == ["20", "20"]
    assert page.all("progress", "aria-label") == ["Progress", "Midnight Drive"]


async def test_no_words_of_anybody_are_taken_for_markup(studio: Studio) -> None:
    words_of_theirs = '<script>alert("1")</script>&"'
    await studio.of_song(title=words_of_theirs)
    await studio.moved(state=OrderState.OFFERED, note=words_of_theirs, artist=words_of_theirs)
    answer = await studio.ask()
    assert "alert" in answer.text
    assert "<script>" not in answer.text
    assert f"Your note: {words_of_theirs}" in answer.page.text
    assert answer.page.all("input", "value").count(words_of_theirs) == 2  # title and artist, to be changed


# What others are shown of its address


@pytest.mark.parametrize("agent", [DISCORD, TELEGRAM])
async def test_an_app_that_previews_the_address_gets_the_card_and_nothing_is_opened(
    studio: Studio, agent: str
) -> None:
    answer = await studio.ask(User_Agent=agent)
    assert answer.page.card == {
        "og:type": "website",
        "og:site_name": "Lathe",
        "og:title": "Midnight Drive",
        "og:description": "Mastering preview",
        "og:image": f"{PUBLIC}/o/{studio.shown()}/card.png",
        "og:image:width": "1200",
        "og:image:height": "630",
    }
    assert "LUFS" not in answer.text
    assert "media/" not in answer.text
    picture = await studio.ask("/card.png", User_Agent=agent)
    assert (picture.status, picture.headers["Content-Type"]) == (200, "image/png")
    assert picture.body[16:24] == (1200).to_bytes(4) + (630).to_bytes(4)
    assert (await studio.ask(f"/media/{studio.clip.sha256}", User_Agent=agent)).status == 403
    assert "last opened" not in (await studio.ask()).text
    assert studio.front.deeds == []


async def test_a_confidential_order_is_one_like_any_other_to_them(studio: Studio) -> None:
    await studio.moved(confidential=True)
    answer = await studio.ask(User_Agent=DISCORD)
    assert "Midnight" not in answer.text
    assert answer.page.card["og:title"] == "Mastering preview"
    neutral = (await studio.ask("/card.png")).body
    await studio.moved(confidential=False)
    assert (await studio.ask("/card.png")).body != neutral


# What is done on it


async def test_a_press_is_a_deed_and_leads_back_to_the_page(studio: Studio) -> None:
    answer = await studio.press("approve:order1:1")
    assert answer.status == 303
    assert answer.headers["Location"] == f"../{studio.shown()}?said=done"
    assert (await studio.project()).order.state is OrderState.RELEASED
    assert "Done. The answer is in your chat too." in (await studio.ask("?said=done")).text


async def test_a_press_that_only_asks_is_answered_in_the_chat(studio: Studio) -> None:
    answer = await studio.press("changes:order1:1")
    assert answer.headers["Location"].endswith("?said=asked")
    assert "The answer is in your chat." in (await studio.ask("?said=asked")).text


async def test_terms_and_styles_are_read_on_the_page(studio: Studio) -> None:
    await studio.moved(state=OrderState.OFFERED, paid_at=None)
    page = (await studio.ask()).page
    assert "Terms of Lathe, version" in page.text
    pressed = page.all("button", "value")
    assert "style.warm:order1" in pressed
    assert "terms:order1" not in pressed
    assert "style:order1" not in pressed


async def test_destinations_are_read_and_chosen_on_the_page(studio: Studio) -> None:
    await studio.moved(state=OrderState.OFFERED, paid_at=None)
    page = (await studio.ask()).page
    assert "Club and DJ: -8.0 LUFS" in page.text
    pressed = page.all("button", "value")
    assert "for.club:order1" in pressed
    assert "for:order1" not in pressed


async def test_a_page_whose_order_has_no_title_is_named_by_its_number(studio: Studio) -> None:
    await studio.moved(state=OrderState.OFFERED, paid_at=None)
    project = await studio.project()
    songs = tuple(Move(song, replace(song, state=SongState.DROPPED)) for song in project.songs)
    await studio.rooms.store.commit(message(), Changes(songs=songs))
    assert (await studio.ask()).page.card["og:title"].startswith("Order 1042 ·")


async def test_a_picture_opens_in_its_whole_size(studio: Studio) -> None:
    page = (await studio.ask()).page
    assert set(page.all("img", "src")) <= set(page.all("a", "href"))
    assert page.all("img", "src")


async def test_a_press_that_comes_twice_is_one_deed(studio: Studio) -> None:
    stamp = (await studio.ask()).page.stamp
    first = await studio.press("approve:order1:1", stamp)
    assert (await studio.press("approve:order1:1", stamp)).headers["Location"] == first.headers["Location"]
    assert [deed.kind for deed in studio.front.deeds] == [Kind.PRESS]


async def test_a_press_on_what_has_moved_on_does_nothing_and_says_so(studio: Studio) -> None:
    stamp = (await studio.ask()).page.stamp
    await studio.moved(state=OrderState.ASIDE)
    answer = await studio.press("approve:order1:1", stamp)
    assert (await studio.project()).order.state is OrderState.ASIDE
    assert answer.headers["Location"] == f"../{studio.shown()}?said=same"
    assert "Nothing was changed by that." in (await studio.ask("?said=same")).text


@pytest.mark.parametrize("action", ["approve:order2:1", "minor:me", "terms:none", "", "approve", "a:b:c:d"])
async def test_a_page_presses_nothing_that_is_not_about_its_order(studio: Studio, action: str) -> None:
    assert (await studio.press(action)).status == 400
    assert studio.front.deeds == []


@pytest.mark.parametrize("verb", sorted({*OF_ANYBODY, *OF_STAFF, *OF_THREAD} - {*OF_ARTIST}))
async def test_what_is_not_about_the_order_is_not_pressed_under_its_name(studio: Studio, verb: str) -> None:
    for action in (f"{verb}:order1", f"{verb}:order1:1", f"{verb}.human:order1"):
        assert (await studio.press(action)).status == 400
    assert studio.front.deeds == []


async def test_an_old_price_is_for_the_desk_to_refuse(studio: Studio) -> None:
    await studio.moved(state=OrderState.OFFERED, paid_at=None)
    assert (await studio.press("pay:order1:0")).headers["Location"].endswith("?said=same")
    (deed,) = studio.front.deeds
    assert deed.payload == {"action": "pay:order1:0"}
    assert (await studio.project()).order.state is OrderState.OFFERED


async def test_a_form_is_a_deed_with_what_was_filled_in(studio: Studio) -> None:
    answer = await studio.fill("human:order1", words="The bass\r\nis  too loud ")
    assert answer.headers["Location"].endswith("?said=sent")
    (deed,) = studio.front.deeds
    assert deed.payload == {
        "form": "human",
        "id": "order1",
        "values": {"words": "The bass\nis  too loud"},
    }


@pytest.mark.parametrize(
    ("form", "said", "told"),
    [
        ("human:order1", "empty", "  "),
        ("human:order1", "long", "x" * 2001),
        ("human:order2", "old", "hello"),
        ("details:order1", "old", "hello"),
        ("nothing:none", "old", "hello"),
    ],
)
async def test_a_form_that_cannot_be_sent_says_so_and_does_nothing(
    studio: Studio, form: str, said: str, told: str
) -> None:
    answer = await studio.fill(form, words=told)
    assert answer.headers["Location"].endswith(f"?said={said}")
    assert studio.front.deeds == []
    assert 'class="said"' in (await studio.ask(f"?said={said}")).text


async def test_nothing_is_done_without_a_stamp_of_this_very_page(studio: Studio) -> None:
    shorter = studio.shown(until=START + timedelta(days=1))
    of_another = (await studio.ask(token=shorter)).page.stamp
    for stamp in ("", "x", "A" * 80, of_another):
        answer = await studio.ask("/press", "POST", data={"stamp": stamp, "action": "approve:order1:1"})
        assert answer.headers["Location"].endswith("?said=old")
    assert studio.front.deeds == []


async def test_a_page_that_stood_open_for_too_long_does_nothing(studio: Studio) -> None:
    token = studio.shown()
    stamp = (await studio.ask(token=token)).page.stamp
    studio.advance(LASTS + timedelta(minutes=1))
    answer = await studio.ask(
        "/press", "POST", token=token, data={"stamp": stamp, "action": "approve:order1:1"}
    )
    assert answer.headers["Location"].endswith("?said=old")
    assert studio.front.deeds == []


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 303),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 303),
        ({"Origin": PUBLIC}, 303),
        ({"Origin": PUBLIC.replace("https", "http")}, 403),
        ({}, 303),
    ],
)
async def test_a_press_that_another_site_sends_is_refused(
    studio: Studio, headers: dict[str, str], status: int
) -> None:
    answer = await studio.press(
        "approve:order1:1", **{name.replace("-", "_"): told for name, told in headers.items()}
    )
    assert answer.status == status
    assert len(studio.front.deeds) == (status == 303)


async def test_a_form_is_small_and_is_a_form(studio: Studio) -> None:
    stamp = (await studio.ask()).page.stamp
    large = {"stamp": stamp, "action": "x" * MOST_BODY}
    assert (await studio.ask("/press", "POST", data=large)).status == 413
    many = {f"field{number}": "" for number in range(100)}
    assert (await studio.ask("/press", "POST", data=many)).status == 400
    assert (await studio.ask("/press", "POST", data=b"{}", Content_Type="application/json")).status == 415
    assert studio.front.deeds == []


async def test_a_form_that_does_not_come_to_its_end_is_waited_for_only_so_long() -> None:
    async def answer(request: web.Request) -> web.Response:
        await fields(request, patience=0.01)
        return web.Response()

    app = web.Application()
    app.router.add_post("/", answer)
    async with TestServer(app) as server:
        reader, writer = await asyncio.open_connection(server.host, server.port)
        writer.write(
            b"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            b"Content-Length: 9\r\n\r\nstamp"
        )
        assert (await reader.readline()).startswith(b"HTTP/1.1 408 ")
        writer.close()


# What nobody should send


paths = st.text(st.characters(codec="utf-8"), max_size=40) | st.binary(max_size=40)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(token=paths, path=paths, method=st.sampled_from(["GET", "POST", "HEAD", "PUT", "OPTIONS"]))
async def test_no_path_and_no_token_breaks_the_door(
    studio: Studio, token: str | bytes, path: str | bytes, method: str
) -> None:
    for tried in (studio.shown(), quote(token, safe="")):
        answer = await studio.ask(f"/{quote(path, safe='/')}", method, token=tried or "x")
        assert answer.status < 500
