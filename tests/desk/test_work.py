"""Work by hand: who takes it, what they hand in, what quality control says of it, and who sends it."""

from dataclasses import replace
from typing import Any

import pytest

from core.changes import Changes, Move
from core.jobs import JobKind
from core.messages import HOUSE, Incoming, Kind
from core.orders import Order, OrderState
from core.songs import VersionState
from tests.databases import EVERY
from tests.desk.studio import Shown, Studio, media

pytestmark = EVERY

DESK = "room:desk"
OVER = {"code": "true-peak", "details": {"true_peak": -0.2, "limit": -1.0}}


async def staffed(studio: Studio) -> None:
    """A staff desk with an owner, two engineers and somebody who answers artists."""
    for role, who in (("owner", "olga"), ("engineer", "ella"), ("engineer", "emil"), ("support", "susi")):
        await studio.grants(role, who)
    await studio.commands("olga", "staff here", place=DESK)


async def changed(studio: Studio, who: str, **fields: Any) -> None:
    before = (await studio.project(who)).order
    event = Incoming(HOUSE, f"changed-{before.rev}", before.person, "", True, Kind.TICK, studio.clock.now())
    await studio.store.commit(event, Changes(orders=(Move(before, replace(before, **fields)),)))


async def waiting(studio: Studio, *files: str, **order: Any) -> None:
    """Ada's order by hand is paid, and nobody has taken it."""
    files = files or ("midnight drive.wav",)
    await staffed(studio)
    await studio.drops("ada", *files)
    await studio.checks(len(files))
    if len(files) > 1:
        await studio.presses("ada", "Separate songs")
    await changed(studio, "ada", service="engineer", offered=studio.rules.money(3500 * len(files)), **order)
    await studio.commands("ada", "continue")
    await studio.presses("ada", "Pay")
    await studio.settles()


def card(studio: Studio) -> Shown:
    return studio.card(DESK, "work:")


async def handed_in(
    studio: Studio, *quality: Any, who: str = "ella", file: str = "master.wav", **more: Any
) -> None:
    """A file is handed in by the button of the card, fetched and measured."""
    await studio.presses(who, "Hand in", place=DESK)
    await studio.says(who, "", file, place=DESK)
    await studio.does(JobKind.FETCH, {"source": f"cas/{file}", "sha256": "ee" * 32, "size": 9})
    await studio.does(JobKind.HANDIN, measured(*quality, **more))


def measured(*quality: Any, **figures: Any) -> dict[str, Any]:
    """What the engine answers for a master that was handed in."""
    name = figures.pop("name", "master")
    previews = [
        {"role": "ab", **media("audio", "ab.mp3")},
        {"role": "preview", **media("audio", "preview.mp3")},
        {"role": "picture", **media("picture", "picture.png")},
    ]
    return {
        "master": {"blob": f"cas/{name}", "sha256": name, "size": 10},
        "measured": {"lufs": -14.0, "true_peak": -1.0, "lra": 5.0} | figures,
        "settings": {"target_lufs": -14.0, "ceiling_dbtp": -1.0},
        "previews": previews,
        "quality": list(quality),
    }


async def taken(studio: Studio, *files: str, **order: Any) -> None:
    await waiting(studio, *files, **order)
    await studio.presses("ella", "Take it", place=DESK)


async def order(studio: Studio) -> Order:
    return (await studio.project("ada")).order


async def test_a_paid_order_by_hand_waits_at_the_staff_desk_and_no_engine_works_on_it(studio: Studio) -> None:
    await waiting(studio, note="please keep the breath before the chorus")
    told = card(studio).text
    assert "Order 1000: mastering by hand, v1." in told
    assert "Their note: please keep the breath before the chorus" in told
    assert "midnight drive: not taken yet." in told
    assert "Promised by Thu 5 Mar 10:00 (in 3 days)." in told
    assert [button.label for button in card(studio).buttons] == ["Take it"]
    assert await studio.idle()
    assert ((await order(studio)).state, (await order(studio)).version) == (OrderState.WORKING, 1)


async def test_a_confidential_order_shows_the_staff_desk_no_title(studio: Studio) -> None:
    await waiting(studio, confidential=True)
    await studio.presses("ella", "Take it", place=DESK)
    await handed_in(studio)
    assert "midnight drive" not in card(studio).text
    assert "ella has it" in card(studio).text


async def test_its_artist_reads_by_when_a_person_does_it(studio: Studio) -> None:
    await waiting(studio)
    assert "Paid. A person masters it. It is here by Thu 5 Mar 10:00 (in 3 days)." in studio.card("ada").text
    assert "Mastering …" not in studio.card("ada").text


async def test_three_taps_bring_an_order_from_the_desk_to_its_customer(studio: Studio) -> None:
    await taken(studio)
    assert "midnight drive: ella has it." in card(studio).text
    await handed_in(studio)
    assert "v1 of midnight drive: -14.0 LUFS, peak -1.0 dBTP, range 5.0 LU." in card(studio).text
    await studio.presses("ella", "Send to customer", place=DESK)
    assert "midnight drive v1: -14.0 LUFS" in studio.last("ada").text
    assert len(studio.last("ada").media) == 3
    assert card(studio).text == "Order 1000: v1 was sent by ella."
    project = await studio.project("ada")
    assert project.order.state is OrderState.REVIEW
    assert project.versions[0].state is VersionState.SENT
    await studio.presses("ada", "Approve")
    await studio.delivers()
    assert "Here are the files of order 1000" in studio.last("ada").text


async def test_of_two_who_tap_at_once_the_second_reads_who_was_faster(studio: Studio) -> None:
    await waiting(studio)
    shown = card(studio)
    await studio.presses("ella", "Take it", on=shown, place=DESK)
    await studio.presses("emil", "Take it", on=shown, place=DESK)
    assert studio.last(DESK).text == "ella was faster, and has it."
    await studio.presses("ella", "Take it", on=shown, place=DESK)
    assert studio.last(DESK).text == "You have it already."
    assert len((await studio.project("ada")).bookings) == 1


async def test_what_was_let_go_is_free_for_the_next(studio: Studio) -> None:
    await taken(studio)
    await studio.presses("ella", "Let it go", place=DESK)
    assert "midnight drive: not taken yet." in card(studio).text
    await studio.presses("emil", "Take it", place=DESK)
    assert "midnight drive: emil has it." in card(studio).text


@pytest.mark.parametrize("label", ["Let it go", "Open files"])
async def test_only_who_has_taken_a_song_does_something_with_it(studio: Studio, label: str) -> None:
    await taken(studio)
    before = await studio.project("ada")
    await studio.presses("emil", label, place=DESK)
    assert studio.last(DESK).text == "That is for ella, who has taken it."
    assert await studio.project("ada") == before


async def test_what_somebody_else_hands_in_is_not_taken(studio: Studio) -> None:
    await taken(studio)
    await studio.presses("emil", "Hand in", place=DESK)
    await studio.says("emil", "", "master.wav", place=DESK)
    assert studio.last(DESK).text == "That is for ella, who has taken it."
    assert await studio.idle()


async def test_who_answers_artists_takes_no_songs(studio: Studio) -> None:
    await waiting(studio)
    await studio.presses("susi", "Take it", place=DESK)
    assert "You are support here" in studio.last(DESK).text
    assert not (await studio.project("ada")).bookings


async def test_a_manager_takes_over_and_gives_to_somebody_else(studio: Studio) -> None:
    await taken(studio)
    await studio.commands("emil", "claim 1000", place=DESK)
    assert studio.last(DESK).text == "ella was faster, and has it."
    await studio.commands("olga", "claim 1000", place=DESK)
    assert "midnight drive: olga has it." in card(studio).text
    assert studio.last("ella").text == "Order 1000 is olga's now."
    await studio.commands("olga", "claim 1000 terminal:emil", place=DESK)
    assert "midnight drive: emil has it." in card(studio).text
    assert studio.last("emil").text == "olga gives you order 1000."


async def test_who_takes_something_away_from_the_desk_is_told_what_they_have(studio: Studio) -> None:
    await waiting(studio)
    await studio.commands("ella", "claim 1000")
    assert studio.last("ella").text == "Order 1000: ella has midnight drive now."
    assert studio.last("ella").has("Hand in")
    await studio.commands("ella", "claim 1000")
    assert studio.last("ella").text == "You have it already."


async def test_a_manager_who_has_it_takes_it_over_from_nobody(studio: Studio) -> None:
    await waiting(studio)
    await studio.commands("olga", "claim 1000")
    await studio.commands("olga", "claim 1000")
    assert studio.last("olga").text == "You have it already."
    await studio.commands("olga", "claim 1000 terminal:emil")
    assert studio.last("olga").text == "Order 1000: emil has midnight drive now."
    assert not studio.last("olga").has("Hand in")


async def test_an_engineer_gives_work_to_nobody(studio: Studio) -> None:
    await taken(studio)
    await studio.commands("ella", "claim 1000 terminal:emil", place=DESK)
    assert studio.last(DESK).text == "A manager says who does what."
    assert "ella has it" in card(studio).text


async def test_work_is_given_to_engineers_alone(studio: Studio) -> None:
    await waiting(studio)
    await studio.commands("olga", "claim 1000 terminal:ada", place=DESK)
    assert "They do not work here" in studio.last(DESK).text
    assert not (await studio.project("ada")).bookings


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("claim", "Say /claim and the number of the order."),
        ("claim soon", "Say /claim and the number of the order."),
        ("claim 1001", "There is no such order."),
        ("claim #1000 7", "There is no song 7 in what is to be done: say its number."),
        ("deliver", "Say /deliver, the number of the order, and send its file."),
        ("deliver 1000", "Take it first: only who has taken it can do that."),
    ],
)
async def test_a_command_that_names_nothing_says_what_to_say(studio: Studio, said: str, told: str) -> None:
    await waiting(studio)
    await studio.commands("ella", said, place=DESK)
    assert studio.last(DESK).text == told


async def test_what_an_artist_writes_before_the_first_version_stands_on_the_card(studio: Studio) -> None:
    await waiting(studio)
    await studio.says("ada", "keep the intro quiet,  please")
    told = studio.last("ada")
    assert told.text == "I have put that on order 1000, for whoever works on it."
    assert told.has("Talk to a human")
    assert "Their note: keep the intro quiet, please" in card(studio).text
    await studio.says("ada", "x" * 500)
    assert "I kept its beginning" in studio.last("ada").text
    assert len((await studio.project("ada")).order.note) == 500


async def test_what_is_written_once_a_version_is_there_is_no_note(studio: Studio) -> None:
    await taken(studio)
    await handed_in(studio)
    await studio.presses("ella", "Send to customer", place=DESK)
    await studio.says("ada", "what a lovely day")
    assert not (await studio.project("ada")).order.note


async def test_songs_of_one_order_may_be_two_engineers_and_both_are_needed_to_send(studio: Studio) -> None:
    await waiting(studio, "intro.wav", "outro.wav")
    await studio.commands("ella", "claim 1000 1", place=DESK)
    await studio.presses("emil", "Take it", place=DESK)
    assert "1. intro: ella has it." in card(studio).text
    assert "2. outro: emil has it." in card(studio).text
    await handed_in(studio, who="ella", file="anything.wav", name="one")
    assert not card(studio).has("Send to customer")
    await handed_in(studio, who="emil", file="whatever.wav", name="two")
    await studio.presses("emil", "Send to customer", place=DESK)
    await studio.does(JobKind.ALBUM, {"picture": media("picture", "levels.png")})
    assert "intro v1" in studio.last("ada").text
    assert "outro v1" in studio.last("ada").text


async def test_several_files_are_told_apart_by_their_names(studio: Studio) -> None:
    await taken(studio, "01 intro.wav", "02 outro.wav")
    await studio.presses("ella", "Hand in", place=DESK)
    await studio.says("ella", "", "Outro.wav", "01_x.wav", place=DESK)
    versions = {version.song: version for version in (await studio.project("ada")).versions}
    assert len(versions) == 2
    await studio.presses("ella", "Hand in", place=DESK)
    await studio.says("ella", "", "final final.wav", place=DESK)
    assert "I cannot tell which song that is." in studio.last(DESK).text
    await studio.commands("ella", "deliver 1000 2", place=DESK)
    assert "There was no file in that." in studio.last(DESK).text


async def test_quality_control_that_fails_needs_a_reason_to_send(studio: Studio) -> None:
    await taken(studio)
    await handed_in(studio, OVER, true_peak=-0.2)
    assert "Not fit to be sent: -0.2 dBTP over the -1.0 limit." in card(studio).text
    assert not card(studio).has("Send to customer")
    assert studio.last("ella").text.endswith("Not fit to be sent: -0.2 dBTP over the -1.0 limit.")
    await studio.presses("ella", "Send anyway", place=DESK)
    await studio.says("ella", "the artist wants it so", place=DESK)
    assert "midnight drive v1" in studio.last("ada").text
    (version,) = (await studio.project("ada")).versions
    assert version.sent_anyway == "the artist wants it so"
    assert "dBTP over" not in studio.last("ada").text


async def test_a_file_that_replies_to_the_card_is_handed_in(studio: Studio) -> None:
    await taken(studio)
    await studio.says("ella", "", "master.wav", place=DESK, answers=card(studio))
    assert studio.last(DESK).text == "I have it. I am looking into it."
    await studio.does(JobKind.FETCH, {"source": "cas/x", "sha256": "aa", "size": 9})
    await studio.does(JobKind.HANDIN, measured())
    assert card(studio).has("Send to customer")


async def test_a_file_that_replies_to_nothing_of_ours_is_talk_among_the_staff(studio: Studio) -> None:
    await taken(studio)
    before = len(studio.told(DESK))
    await studio.says("ella", "listen to this", "joke.wav", place=DESK)
    await studio.says("ella", "what do you think?", place=DESK, answers=card(studio))
    assert len(studio.told(DESK)) == before
    assert await studio.idle()


async def test_a_second_hand_in_before_it_is_sent_takes_the_place_of_the_first(studio: Studio) -> None:
    await taken(studio)
    await handed_in(studio, OVER, name="first")
    await handed_in(studio, name="second")
    await studio.presses("ella", "Send to customer", place=DESK)
    (version,) = (await studio.project("ada")).versions
    assert (version.master, version.sent_anyway) == ("cas/second", "")


async def test_of_two_that_are_on_their_way_only_the_later_one_counts(studio: Studio) -> None:
    await taken(studio)
    await studio.presses("ella", "Hand in", place=DESK)
    await studio.says("ella", "", "one.wav", place=DESK)
    await studio.presses("ella", "Hand in", place=DESK)
    await studio.says("ella", "", "two.wav", place=DESK)
    await studio.does(JobKind.FETCH, {"source": "cas/one", "sha256": "aa", "size": 9})
    await studio.does(JobKind.FETCH, {"source": "cas/two", "sha256": "bb", "size": 9})
    job = await studio.does(JobKind.HANDIN, measured(name="two"))
    assert job.payload["source"] == "cas/two"
    assert await studio.idle()
    assert (await studio.project("ada")).versions[0].master == "cas/two"


async def test_nothing_is_sent_while_something_newer_is_looked_into(studio: Studio) -> None:
    await taken(studio)
    await handed_in(studio)
    shown = card(studio)
    await studio.presses("ella", "Hand in", place=DESK)
    await studio.says("ella", "", "better.wav", place=DESK)
    await studio.presses("ella", "Send to customer", on=shown, place=DESK)
    assert "That has changed since" in studio.last(DESK).text
    assert (await order(studio)).state is OrderState.WORKING


async def test_a_button_sends_the_master_that_it_was_drawn_for_and_no_other(studio: Studio) -> None:
    await taken(studio)
    await handed_in(studio, name="first")
    shown = card(studio)
    await handed_in(studio, name="second")
    await studio.presses("ella", "Send to customer", on=shown, place=DESK)
    assert "That has changed since" in studio.last(DESK).text
    assert (await order(studio)).state is OrderState.WORKING


async def test_a_file_that_cannot_be_used_is_told_to_its_engineer_and_nothing_is_lost(studio: Studio) -> None:
    await taken(studio)
    await handed_in(studio, name="good")
    await studio.presses("ella", "Hand in", place=DESK)
    await studio.says("ella", "", "cover.pdf", place=DESK)
    await studio.does(JobKind.FETCH, {"source": "cas/pdf", "sha256": "bb", "size": 9})
    await studio.fails(JobKind.HANDIN, "not-audio")
    told = studio.last("ella").text
    assert told.startswith("What you handed in for midnight drive cannot be used. That is not a sound file")
    assert told.endswith("What you handed in before is still here.")
    await studio.presses("ella", "Send to customer", place=DESK)
    assert (await studio.project("ada")).versions[0].master == "cas/good"


async def test_after_a_file_that_cannot_be_used_another_is_handed_in(studio: Studio) -> None:
    await taken(studio)
    await studio.presses("ella", "Hand in", place=DESK)
    await studio.says("ella", "", "cover.pdf", place=DESK)
    await studio.fails(JobKind.FETCH, "gone")
    assert "What was handed in cannot be used." in card(studio).text
    await handed_in(studio)
    assert card(studio).has("Send to customer")


async def test_what_was_handed_in_is_held_against_the_song_and_where_it_goes(studio: Studio) -> None:
    await taken(studio, destination="club")
    await studio.presses("ella", "Hand in", place=DESK)
    await studio.says("ella", "", "master.wav", place=DESK)
    await studio.does(JobKind.FETCH, {"source": "cas/x", "sha256": "aa", "size": 9})
    asked = (await studio.takes(JobKind.HANDIN)).payload
    assert [one["pcm"] for one in asked["against"]] == ["cas/pcm"]
    assert (asked["mix"], asked["album"]) == (False, False)
    assert asked["target_lufs"] < 0
    assert asked["ceiling_dbtp"] < 0


async def test_a_cancelled_order_takes_no_master(studio: Studio) -> None:
    await taken(studio)
    await handed_in(studio)
    shown = card(studio)
    await changed(studio, "ada", state=OrderState.CANCELLED)
    await studio.presses("ella", "Send to customer", on=shown, place=DESK)
    assert studio.last(DESK).text == "There is nothing to do by hand for order 1000 now."


async def test_when_the_promise_has_passed_the_card_says_late_and_the_artist_is_told_once(
    studio: Studio,
) -> None:
    await waiting(studio)
    await studio.passes(hours=73)
    assert "LATE: it was promised by Thu 5 Mar 10:00" in card(studio).text
    told = [text for text in studio.told("ada") if "takes longer than we said" in text]
    assert len(told) == 1
    assert studio.last("ada").has("Talk to a human")
    await studio.passes(days=5)
    assert len([text for text in studio.told("ada") if "takes longer than we said" in text]) == 1


async def test_who_sends_in_time_says_nothing_of_lateness(studio: Studio) -> None:
    await taken(studio)
    await handed_in(studio)
    await studio.presses("ella", "Send to customer", place=DESK)
    await studio.passes(hours=100)
    assert not [text for text in studio.told("ada") if "takes longer" in text]


async def sent(studio: Studio, *files: str) -> None:
    """Ada has heard the first version of her order by hand."""
    await taken(studio, *files)
    await handed_in(studio)
    await studio.presses("ella", "Send to customer", place=DESK)


async def test_changes_come_to_the_engineer_who_did_it_and_are_a_round_of_their_own(studio: Studio) -> None:
    await sent(studio)
    await studio.presses("ada", "Ask for changes")
    await studio.says("ada", "less bass")
    await studio.presses("ada", "Send 1 change")
    text = card(studio).text
    assert "Order 1000: mastering by hand, v2." in text
    assert "midnight drive: ella has it." in text
    assert "To be changed, of v1:\n  1. Bass down 1.5 dB" in text
    assert (await studio.project("ada")).batches[0].started is None
    await studio.presses("ella", "Begin", place=DESK)
    assert (await studio.project("ada")).batches[0].started is not None
    assert not card(studio).has("Begin")
    await handed_in(studio, name="again")
    await studio.presses("ella", "Send to customer", place=DESK)
    assert "midnight drive v2: -14.0 LUFS" in studio.last("ada").text
    assert card(studio).text == "Order 1000: v2 was sent by ella."


async def test_the_first_hand_in_begins_the_work_on_a_batch(studio: Studio) -> None:
    await sent(studio)
    await studio.presses("ada", "Ask for changes")
    await studio.says("ada", "less bass")
    await studio.presses("ada", "Send 1 change")
    await handed_in(studio, name="again")
    assert (await studio.project("ada")).batches[0].started is not None


async def test_a_version_by_hand_is_held_against_the_one_before(studio: Studio) -> None:
    await sent(studio)
    await studio.presses("ada", "Ask for changes")
    await studio.says("ada", "less bass")
    await studio.presses("ada", "Send 1 change")
    await studio.presses("ella", "Hand in", place=DESK)
    await studio.says("ella", "", "v2.wav", place=DESK)
    await studio.does(JobKind.FETCH, {"source": "cas/x", "sha256": "aa", "size": 9})
    asked = (await studio.takes(JobKind.HANDIN)).payload
    assert asked["previous"] == "cas/master"
    assert asked["asked"] == ["Bass down 1.5 dB"]


async def test_where_there_are_no_pages_the_originals_come_as_files_in_private(studio: Studio) -> None:
    await taken(studio)
    await studio.presses("ella", "Open files", place=DESK)
    assert "in private" in studio.last(DESK).text
    assert not studio.last(DESK).media
    assert studio.last("ella").text == "Here are the originals of order 1000."
    assert [file.name for file in studio.last("ella").media] == ["01 midnight drive.wav"]


async def test_with_pages_they_open_by_a_link_to_the_order(studio: Studio) -> None:
    studio.opens_pages()
    await taken(studio)
    await studio.presses("ella", "Open files", place=DESK)
    assert studio.last("ella").text.startswith("Here is order 1000, with its originals.")
    assert studio.last("ella").button("Open the page").link is not None
    assert not studio.last("ella").media


async def test_a_master_may_be_handed_in_by_a_link(studio: Studio) -> None:
    await taken(studio)
    await studio.commands("ella", "deliver 1000 https://files.example/final.wav", place=DESK)
    assert studio.last(DESK).text.startswith("I have it")
    job = await studio.takes(JobKind.FETCH)
    assert job.payload["file"]["name"] == "final.wav"


async def test_what_went_out_takes_no_master_while_the_album_is_drawn(studio: Studio) -> None:
    await taken(studio, "intro.wav", "outro.wav")
    await handed_in(studio, file="intro.wav", name="one")
    await handed_in(studio, file="outro.wav", name="two")
    await studio.presses("ella", "Send to customer", place=DESK)
    assert card(studio).text == "Order 1000: v1 was sent by ella."
    await studio.commands("ella", "deliver 1000 1", place=DESK)
    assert studio.last(DESK).text == "There is nothing to do by hand for order 1000 now."


async def test_what_an_engineer_writes_beside_their_file_is_no_number_of_a_song(studio: Studio) -> None:
    await taken(studio)
    await studio.says("ella", "Here it is, a bit louder", "master.wav", place=DESK, answers=card(studio))
    await studio.does(JobKind.FETCH, {"source": "cas/m", "sha256": "ee" * 32, "size": 9})
    await studio.does(JobKind.HANDIN, measured())
    assert card(studio).has("Send to customer")


async def test_what_is_sent_anyway_is_what_its_button_was_drawn_for(studio: Studio) -> None:
    await taken(studio)
    await handed_in(studio, OVER)
    old = card(studio)
    await handed_in(studio, OVER, file="worse.wav", name="worse")
    await studio.presses("ella", "Send anyway", on=old, place=DESK)
    await studio.says("ella", "it is meant so", place=DESK)
    assert "That has changed since" in studio.last(DESK).text
    assert (await order(studio)).state is OrderState.WORKING


async def test_spaces_are_no_reason(studio: Studio) -> None:
    await taken(studio)
    await handed_in(studio, OVER)
    name, _, id_ = (card(studio).button("Send anyway").form or "").partition(":")
    await studio.meets("ella", Kind.FORM, {"form": name, "id": id_, "values": {"reason": "  "}}, "en")
    assert "Nothing was sent" in studio.last("ella").text
    assert (await order(studio)).state is OrderState.WORKING
