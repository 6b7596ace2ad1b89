"""Many songs of many artists, which somebody else pays for: from the question to the last approval."""

from collections.abc import AsyncIterator

import pytest

from core.agreements import Agreement, AgreementState
from core.jobs import JobKind
from core.links import Pass
from core.messages import WEB, Kind, Question
from core.rules import HouseRules
from core.snapshot import Needs
from core.trade import Asked, Trade
from tests.desk.studio import Studio, media, open_studio

NORA, GUSTAV = "nora", "gustav"


@pytest.fixture
async def studio(url: str) -> AsyncIterator[Studio]:
    """A house that offers a price from the second song of a month on."""
    rules = HouseRules()
    async with open_studio(
        url, rules.model_copy(update={"bulk": rules.bulk.model_copy(update={"offer_from_song": 2})})
    ) as studio:
        await studio.grants("owner", GUSTAV)
        await studio.commands(GUSTAV, "staff here", place="desk")
        yield studio


async def fills(studio: Studio, by: str, form: str, /, **values: str) -> None:
    """A form is filled in at once: the button that opens it says which one it is about."""
    name, _, id_ = form.partition(":")
    await studio.meets(by, Kind.FORM, {"form": name, "id": id_ or "none", "values": values}, "en")


async def trade(studio: Studio, number: int = 1) -> Trade:
    return (await studio.store.load(Needs("terminal", trade=Asked(number=number, people=True)))).trade


async def agreement(studio: Studio, number: int = 1) -> Agreement:
    found = (await trade(studio, number)).agreement
    assert found is not None
    return found


async def begins(studio: Studio, tracks: int = 3, who: str = "artists") -> None:
    await fills(studio, NORA, "bulk", title="Winter", tracks=str(tracks), deadline="", who=who, note="")


async def proposes(studio: Studio, price: str = "4.20", songs: str = "3", deposit: str = "") -> None:
    form = studio.card("desk", "deal:").button("Propose").form
    assert form is not None
    await fills(studio, GUSTAV, form, price=price, songs=songs, until="2026-12-31", deposit=deposit)


async def agrees(studio: Studio) -> None:
    form = studio.card(NORA, "deal:").button("Accept").form
    assert form is not None
    await fills(studio, NORA, form, organisation="Night Owls", role="admin")


async def opened(studio: Studio, tracks: int = 3, deposit: str = "") -> None:
    """A bulk order whose price is agreed and paid in."""
    await begins(studio, tracks)
    await studio.presses(NORA, "Ask for a quote")
    await proposes(studio, songs=str(tracks), deposit=deposit)
    await agrees(studio)
    await studio.does(JobKind.PAPER, {"media": media("file", "A-1.pdf")})


async def paid_in(studio: Studio) -> None:
    await studio.presses(NORA, "Pay", on=studio.card(NORA, "order:"))
    await studio.settles()


async def hung(studio: Studio) -> None:
    """A bulk order of three songs, all of it paid in, whose drop box hangs in the hall."""
    await opened(studio)
    await paid_in(studio)
    await studio.commands(NORA, "bulk here", place="hall")


async def drops(studio: Studio, who: str, name: str = "song.wav", **analysis: object) -> None:
    await studio.presses(who, "Drop my song", place="hall")
    await studio.drops(who, name)
    await studio.checks(**analysis)


async def test_a_price_is_asked_for_proposed_and_accepted(studio: Studio) -> None:
    await begins(studio)
    card = studio.card(NORA, "bulk:")
    assert "3 × $6 = $18" in card.text
    assert "over 1 song a month" in card.text
    await studio.presses(NORA, "Ask for a quote")
    assert "nora asks for a quote for 3 songs" in studio.card("desk", "deal:").text
    await proposes(studio)
    assert "Proposal A-1: 3 songs, $4.20 each, $12.60" in studio.last(NORA).text
    await agrees(studio)
    made = await agreement(studio)
    assert made.state is AgreementState.ACCEPTED
    assert made.accepted is not None
    assert (made.accepted.name, made.accepted.words) == ("nora", "Night Owls (admin)")
    assert studio.card("desk", "deal:").text.startswith("A-1: agreed with nora.")
    assert (await trade(studio)).organisations[0].name == "Night Owls"


async def test_who_pays_reads_their_own_language_whoever_moved_it_on(studio: Studio) -> None:
    await studio.commands(NORA, "language de")
    await begins(studio)
    await studio.presses(NORA, "Preis anfragen")
    await proposes(studio)
    assert "Das Studio hat einen Preis vorgeschlagen" in studio.card(NORA, "bulk:").text
    form = studio.card(NORA, "deal:").button("Annehmen").form
    assert form is not None
    await fills(studio, NORA, form, organisation="Nachteulen", role="admin")
    await studio.does(JobKind.PAPER, {"media": media("file", "A-1.pdf")})
    await studio.presses(NORA, "12,60", on=studio.card(NORA, "order:"))
    await studio.settles()
    await studio.commands(NORA, "bulk here", place="hall")
    await drops(studio, "ada")
    assert "1 in Arbeit" in studio.card(NORA, "bulk:").text


async def test_who_asks_for_a_bulk_order_of_theirs_reads_it_again(studio: Studio) -> None:
    await begins(studio)
    await studio.commands(NORA, "bulk list")
    told = len(studio.told(NORA))
    await studio.presses(NORA, "Winter")
    assert len(studio.told(NORA)) == told + 1
    assert "3 × $6 = $18" in studio.last(NORA).text
    old = studio.last(NORA)
    await studio.presses(NORA, "Ask for a quote")
    await studio.presses(NORA, "Ask for a quote", on=old)
    assert studio.last(NORA).text.startswith("That has changed since; this is how things stand now.")


async def test_a_day_that_cannot_be_read_is_asked_for_again_and_a_dash_is_none(studio: Studio) -> None:
    said = {"title": "Winter", "tracks": "3", "who": "artists", "note": ""}
    await fills(studio, NORA, "bulk", deadline="soon", **said)
    assert studio.last(NORA).text == "I need a day that is still to come, such as 2026-12-31; or none."
    assert studio.last(NORA).has("New bulk order")
    await fills(studio, NORA, "bulk", deadline="-", **said)
    assert "Until" not in studio.card(NORA, "bulk:").text


async def test_the_record_of_an_agreement_is_sent_as_a_file_and_kept(studio: Studio) -> None:
    await begins(studio)
    await studio.presses(NORA, "Ask for a quote")
    await proposes(studio)
    await agrees(studio)
    job = await studio.does(JobKind.PAPER, {"media": media("file", "A-1.pdf")})
    words = "\n".join(job.payload["lines"])
    for said in (
        "Night Owls",
        "nora",
        "admin",
        "$4.20",
        "3 songs",
        "gustav proposed",
        "accepted, in this chat",
    ):
        assert said in words
    assert [file.name for file in studio.last(NORA).media] == ["A-1.pdf"]
    assert (await agreement(studio)).paper is not None


async def test_what_was_shown_is_accepted_and_nothing_that_came_since(studio: Studio) -> None:
    await begins(studio)
    await studio.presses(NORA, "Ask for a quote")
    await proposes(studio)
    old = studio.card(NORA, "deal:").button("Accept").form
    assert old is not None
    await proposes(studio, price="5.50")
    await fills(studio, NORA, old, organisation="Night Owls", role="")
    assert (await agreement(studio)).state is AgreementState.PROPOSED
    assert "That has changed since" in studio.last(NORA).text
    assert "$5.50" in studio.last(NORA).text


async def test_nobody_else_accepts_a_proposal(studio: Studio) -> None:
    await begins(studio)
    await studio.presses(NORA, "Ask for a quote")
    await proposes(studio)
    form = studio.card(NORA, "deal:").button("Accept").form
    assert form is not None
    await fills(studio, "mallory", form, organisation="Mine", role="")
    await fills(
        studio,
        "mallory",
        form.replace("agree", "propose").split(".")[0],
        price="0.01",
        songs="3",
        until="2026-12-31",
    )
    assert (await agreement(studio)).state is AgreementState.PROPOSED


async def test_a_counter_goes_back_to_the_staff(studio: Studio) -> None:
    await begins(studio)
    await studio.presses(NORA, "Ask for a quote")
    await proposes(studio)
    form = studio.card(NORA, "deal:").button("Counter").form
    assert form is not None
    await fills(studio, NORA, form, price="4", words="we are many")
    card = studio.card("desk", "deal:")
    assert "nora countered with $4 each: we are many" in card.text
    assert card.has("Propose")
    await proposes(studio, price="4")
    await agrees(studio)
    assert "$4 each" in studio.card(NORA, "deal:").text


async def test_what_was_agreed_by_phone_is_recorded_by_the_staff(studio: Studio) -> None:
    await begins(studio)
    await studio.presses(NORA, "Ask for a quote")
    await proposes(studio)
    call = studio.card(NORA, "deal:").button("Call me").form
    assert call is not None
    await fills(studio, NORA, call, how="030 1234, after six")
    assert "030 1234" in studio.card("desk", "deal:").text
    await studio.commands(GUSTAV, "board")
    assert studio.last(GUSTAV).has("A-1")
    await studio.commands(GUSTAV, "agreement record A-1 phone Nora said yes at 18:05")
    made = await agreement(studio)
    assert made.accepted is not None
    assert (made.state, made.accepted.channel, made.accepted.words) == (
        "accepted",
        "phone",
        "Nora said yes at 18:05",
    )
    assert "A-1 is agreed" in studio.last(NORA).text


async def test_what_was_agreed_without_a_proposal_is_recorded_with_its_terms(studio: Studio) -> None:
    await begins(studio)
    await studio.presses(NORA, "Ask for a quote")
    await studio.commands(GUSTAV, "agreement record A-1 phone Nora said yes")
    assert "No price stands there" in studio.last(GUSTAV).text
    await studio.commands(GUSTAV, "agreement record A-1 phone 4 x 3.90 until 2020-12-31 Nora said yes")
    assert "Nothing was recorded" in studio.last(GUSTAV).text
    await studio.commands(GUSTAV, "agreement record A-1 phone 4 x 3.90 until 2026-12-31 Nora said yes")
    made = await agreement(studio)
    assert [(step.deed, step.name) for step in made.steps[1:]] == [
        ("proposed", GUSTAV),
        ("accepted", GUSTAV),
    ]
    assert studio.card(NORA, "order:").has("Pay $15.60")


async def test_somebody_who_never_asked_here_can_have_an_agreement_by_phone(studio: Studio) -> None:
    await studio.drops("ada", "one.wav")
    await studio.checks()
    await studio.commands(GUSTAV, "agreement record terminal:zoe phone 9 x 5 until 2026-12-31 said Zoe")
    assert "written to me once" in studio.last(GUSTAV).text
    await studio.commands(GUSTAV, "agreement record terminal:ada phone 9 x 5 until 2026-12-31 said Ada")
    assert "A-1 is agreed" in studio.last("ada").text
    await studio.presses("ada", "Pay $6")  # what was shown before is shown anew, and not charged
    assert studio.card("ada", "order:").has("Pay $5")


async def test_nobody_names_a_price_for_themselves_where_another_can(studio: Studio) -> None:
    await studio.grants("manager", "mia")
    await studio.commands("mia", "agreement record terminal:mia phone 9 x 0.01 until 2026-12-31 me")
    assert studio.last("mia").text == "It is your own: somebody else of the staff must do that."


async def test_a_price_that_is_not_one_changes_nothing(studio: Studio) -> None:
    await begins(studio)
    await studio.presses(NORA, "Ask for a quote")
    for price, songs, until in (("x", "3", "2026-12-31"), ("4", "0", "2026-12-31"), ("4", "3", "yesterday")):
        form = studio.card("desk", "deal:").button("Propose").form
        assert form is not None
        await fills(studio, GUSTAV, form, price=price, songs=songs, until=until)
        assert "Nothing was proposed" in studio.last(GUSTAV).text
    assert (await agreement(studio)).state is AgreementState.ASKED


async def test_the_list_price_needs_no_talk(studio: Studio) -> None:
    await begins(studio)
    await studio.presses(NORA, "Take the list price")
    await agrees(studio)
    await studio.does(JobKind.PAPER, {"media": media("file", "A-1.pdf")})
    assert studio.card(NORA, "order:").has("Pay $18")


async def test_every_member_has_an_order_of_their_own_and_pays_nothing(studio: Studio) -> None:
    await hung(studio)
    box = studio.card("hall", "drop-box:")
    assert "Winter: 0/3" in box.text
    assert "13 or older" in box.text
    await drops(studio, "ada", "secret title.wav")
    assert "1/3" in studio.card("hall", "drop-box:").text
    assert not any(
        "secret title" in shown.text for shown in studio.cards.values() if shown.to in ("hall", NORA)
    )
    order = (await studio.project("ada")).order
    assert (order.price.amount if order.price else None, order.person != "nora", order.bulk is not None) == (
        420,
        True,
        True,
    )
    await studio.masters()
    assert "1 waiting for artist" in studio.card(NORA, "bulk:").text
    await studio.presses("ada", "Approve")
    await studio.delivers()
    board = studio.card(NORA, "bulk:").text
    assert "1 approved · 0 waiting for artist · 0 in work · 2 missing" in board
    assert (await trade(studio)).deposit is not None
    assert (await trade(studio)).deposit.amount == 1260 - 420  # type: ignore[union-attr]


async def test_what_is_paid_in_is_what_songs_are_paid_from_and_no_more(studio: Studio) -> None:
    await opened(studio, deposit="4.20")
    await studio.presses(NORA, "Only the deposit")
    await paid_in(studio)
    await studio.commands(NORA, "bulk here", place="hall")
    await drops(studio, "ada")
    assert (await studio.project("ada")).order.state == "working"
    await studio.masters()
    await drops(studio, "bea")
    assert (await studio.project("bea")).order.state == "offered"
    assert "does not cover them" in studio.last(NORA).text
    assert "1 problem" in studio.card(NORA, "bulk:").text
    await studio.presses(NORA, "Pay in")
    assert studio.card(NORA, "order:").has("Pay $8.40")
    await paid_in(studio)
    await studio.presses("bea", "Master it")
    assert (await studio.project("bea")).order.state == "working"


async def test_when_all_places_are_taken_nothing_more_can_be_dropped(studio: Studio) -> None:
    await opened(studio, tracks=1)
    await paid_in(studio)
    await studio.commands(NORA, "bulk here", place="hall")
    await studio.presses("bea", "Drop my song", place="hall")
    await drops(studio, "ada")
    await studio.drops("bea", "late.wav")
    assert "nothing more can be dropped" in studio.last("bea").text
    await studio.presses("cleo", "Drop my song", place="hall")
    assert studio.last("hall").text == "All places there are taken."
    assert (await trade(studio)).tally.dropped == 1


async def test_a_song_with_a_fault_waits_for_its_artist(studio: Studio) -> None:
    await hung(studio)
    await drops(studio, "ada", advice=[{"code": "clipped", "details": {"count": 142, "places": []}}])
    assert (await studio.project("ada")).order.state == "offered"
    await studio.presses("ada", "Master it as it is")
    assert (await studio.project("ada")).order.state == "working"


async def test_whoever_promised_a_song_is_reminded_once_a_day(studio: Studio) -> None:
    await hung(studio)
    await studio.presses("ada", "Drop my song", place="hall")
    await studio.commands("cora", "language de")
    await studio.presses("cora", "Drop my song", place="hall")
    await drops(studio, "bea")
    await studio.presses(NORA, "Nudge missing")
    assert "still waits for your song" in studio.last("ada").text
    assert "wartet noch auf deinen Song" in studio.last("cora").text
    assert "still waits" not in studio.last("bea").text
    assert "2 people were reminded" in studio.last(NORA).text
    await studio.presses(NORA, "Nudge missing")
    assert "0 people were reminded" in studio.last(NORA).text
    await studio.passes(days=1)
    await studio.presses(NORA, "Nudge missing")
    assert "2 people were reminded" in studio.last(NORA).text


async def test_nobody_under_13_is_reminded(studio: Studio) -> None:  # B35
    await hung(studio)
    for who in ("ada", "bea"):
        await studio.presses(who, "Drop my song", place="hall")
    await studio.presses("ada", "I am under 13")
    await studio.presses(NORA, "Nudge missing")
    assert "1 person was reminded" in studio.last(NORA).text
    assert all("still waits" not in told for told in studio.told("ada"))


async def test_a_song_that_is_not_put_right_is_paid_back_to_who_paid_and_says_so(studio: Studio) -> None:
    await hung(studio)
    await drops(studio, "ada")
    await studio.masters()
    await studio.commands("ada", "refund distorted chorus")
    assert "goes back to whoever paid" in studio.last("ada").text
    await studio.passes(hours=24)
    assert "you have your money back" not in studio.card("ada", "order:").text
    card = studio.card(NORA, "bulk:").text
    assert "3 missing" in card
    assert "not used yet: $12.60" in card
    assert await studio.credit("ada") == 0


async def test_the_table_holds_no_formulas_and_no_confidential_titles(studio: Studio) -> None:
    await hung(studio)
    await drops(studio, "ada", "secret.wav")
    await studio.commands("ada", "confidential on")
    await studio.masters()
    await drops(studio, "bea", "open.wav")
    await studio.presses(NORA, "Export CSV")
    job = await studio.does(JobKind.PAPER, {"media": media("file", "Winter.csv")})
    assert [row[1] for row in job.payload["rows"]] == ["Song", "a song", "open"]
    assert [file.name for file in studio.last(NORA).media] == ["Winter.csv"]


async def test_after_closing_the_rest_becomes_credit(studio: Studio) -> None:
    await hung(studio)
    await drops(studio, "ada")
    await studio.presses(NORA, "Close", on=studio.card(NORA, "bulk:"))
    assert "Closed" in studio.card("hall", "drop-box:").text
    await studio.presses(NORA, "The rest as credit")
    assert await studio.credit(NORA) == 840


async def test_after_a_price_is_declined_the_list_price_can_be_taken(studio: Studio) -> None:
    await begins(studio)
    await studio.presses(NORA, "Ask for a quote")
    card = studio.card(NORA, "bulk:")
    assert "A-1: waiting for the studio." in card.text
    assert not card.has("Ask for a quote")
    form = studio.card("desk", "deal:").button("Decline").form
    assert form is not None
    await fills(studio, GUSTAV, form, reason="we are full")
    card = studio.card(NORA, "bulk:")
    assert "A-1 was declined." in card.text
    assert card.has("Ask for a quote")
    await studio.presses(NORA, "Take the list price", on=card)
    await agrees(studio)
    assert studio.card(NORA, "order:").has("Pay $18")


async def test_who_takes_the_list_price_ends_what_was_talked_about(studio: Studio) -> None:
    await begins(studio)
    await studio.presses(NORA, "Ask for a quote")
    await proposes(studio)
    card = studio.card(NORA, "bulk:")
    await studio.presses(NORA, "Take the list price", on=card)
    await studio.presses(NORA, "Take the list price", on=card)
    assert (await agreement(studio, 1)).state is AgreementState.DECLINED
    assert (await agreement(studio, 2)).state is AgreementState.PROPOSED
    assert (await trade(studio, 3)).agreement is None


async def test_a_proposal_whose_date_is_over_is_asked_for_again(studio: Studio) -> None:
    await begins(studio)
    await studio.presses(NORA, "Ask for a quote")
    await proposes(studio)
    await studio.passes(days=305)
    await agrees(studio)
    assert (await agreement(studio)).state is AgreementState.COUNTERED
    assert "A-1 was valid until" in studio.last(NORA).text
    assert "countered with $4.20 each" in studio.card("desk", "deal:").text


async def test_once_it_is_agreed_the_card_shows_how_to_go_on(studio: Studio) -> None:
    await begins(studio, tracks=5)
    await studio.presses(NORA, "Ask for a quote")
    await proposes(studio, songs="3")
    await agrees(studio)
    card = studio.card(NORA, "bulk:")
    assert "3 missing" in card.text  # as many as were agreed, not as were wished for
    assert [button.label for button in card.buttons][:2] == ["Pay in", "Post drop box"]


async def test_what_is_paid_in_is_asked_for_once_however_often_the_button_is_pressed(studio: Studio) -> None:
    await opened(studio, deposit="4.20")
    for _ in range(2):
        await studio.presses(NORA, "Pay in", on=studio.card(NORA, "bulk:"))
    payments = [key for (to, key) in studio.cards if to == NORA and key.startswith("order:")]
    assert len(payments) == 1
    assert "$12.60 to pay in" in studio.last(NORA).text


async def test_a_payment_that_was_not_made_ends_when_its_bulk_order_is_closed(studio: Studio) -> None:
    await opened(studio)
    await studio.presses(NORA, "Close", on=studio.card(NORA, "bulk:"))
    assert "Cancelled. Nothing was charged." in studio.card(NORA, "order:").text


async def test_the_card_says_at_once_what_is_in_store(studio: Studio) -> None:
    await opened(studio)
    await paid_in(studio)
    assert "not used yet: $12.60" in studio.card(NORA, "bulk:").text
    await studio.commands(NORA, "bulk here", place="hall")
    await drops(studio, "ada")
    assert "not used yet: $8.40" in studio.card(NORA, "bulk:").text
    await studio.masters()
    number = (await studio.project("ada")).order.number
    await studio.commands(GUSTAV, f"refund approve {number} our fault")
    await studio.passes(minutes=1)
    assert "not used yet: $12.60" in studio.card(NORA, "bulk:").text


async def test_an_artist_hears_that_their_song_waits_and_that_the_money_has_come(studio: Studio) -> None:
    await opened(studio, deposit="4.20")
    await studio.presses(NORA, "Only the deposit")
    await paid_in(studio)
    await studio.commands(NORA, "bulk here", place="hall")
    for who in ("ada", "bea", "cleo"):
        await drops(studio, who)
        if who == "ada":
            await studio.masters()
    assert "Night Owls has not paid in enough" in studio.last("bea").text
    await studio.presses(NORA, "Pay in", on=studio.card(NORA, "bulk:"))
    await paid_in(studio)
    for who in ("bea", "cleo"):
        assert "the money for your song has come" in studio.last(who).text
        await studio.presses(who, "Master it", on=studio.last(who))
        assert (await studio.project(who)).order.state == "working"
    assert all("the money for your song" not in told for told in studio.told("ada"))


async def test_when_the_deadline_is_over_the_payer_is_told_once_and_late_songs_are_taken(
    studio: Studio,
) -> None:
    day = {"title": "Winter", "tracks": "3", "deadline": "2026-03-20", "who": "artists", "note": ""}
    await fills(studio, NORA, "bulk", **day)
    await studio.presses(NORA, "Take the list price")
    await agrees(studio)
    await studio.does(JobKind.PAPER, {"media": media("file", "A-1.pdf")})
    await paid_in(studio)
    await studio.commands(NORA, "bulk here", place="hall")
    await studio.passes(days=30)
    (told,) = [told for told in studio.told(NORA) if "its time is over" in told]
    assert "What comes now is still taken, until you close it." in told
    assert "3 missing" in told
    assert "what comes now is late, and still taken" in studio.card("hall", "drop-box:").text
    await drops(studio, "ada")
    assert (await studio.project("ada")).order.state == "working"


async def test_a_zip_of_songs_is_not_taken_for_one_song(studio: Studio) -> None:
    await hung(studio)
    await studio.presses("ada", "Drop my song", place="hall")
    await studio.drops("ada", "all of them.zip")
    await studio.does(JobKind.FETCH, {"source": "cas/x", "sha256": "z", "size": 1000})
    assert "one song at a time" in studio.card("ada").text
    assert "1 problem" in studio.card(NORA, "bulk:").text
    await studio.drops("ada", "one.wav")
    await studio.checks()
    assert (await studio.project("ada")).order.state == "working"


async def test_a_price_that_has_ended_takes_no_songs(studio: Studio) -> None:
    await hung(studio)
    await studio.passes(days=310)
    await studio.presses("ada", "Drop my song", place="hall")
    assert "the price that Night Owls agreed has ended" in studio.last("hall").text


async def test_of_several_bulk_orders_the_one_that_is_named_hangs_with_its_own_count(studio: Studio) -> None:
    await hung(studio)
    await drops(studio, "ada")
    await fills(studio, NORA, "bulk", title="Spring", tracks="2", deadline="", who="artists", note="")
    await studio.presses(NORA, "Take the list price")
    await agrees(studio)
    await studio.commands(NORA, "bulk here winter", place="attic")
    assert "Winter: 1/3" in studio.card("attic", "drop-box:").text
    await studio.commands(NORA, "bulk here", place="hall")
    assert "Spring: 0/2" in studio.card("hall", "drop-box:").text


async def test_the_end_of_an_agreement_is_told(studio: Studio) -> None:
    await opened(studio)
    await studio.passes(days=365)
    assert (await agreement(studio)).state is AgreementState.ENDED
    assert any("A-1 has ended: its time is over" in told for told in studio.told(NORA))


async def test_from_a_number_of_songs_in_a_month_on_the_offer_says_that_a_price_can_be_asked_for(
    studio: Studio,
) -> None:  # R12
    await studio.drops("ada", "one.wav")
    await studio.checks()
    assert not studio.card("ada").has("Ask for a quote")
    await studio.presses("ada", "Pay $6")
    await studio.settles()
    await studio.masters()
    await studio.drops("ada", "two.wav")
    await studio.checks()
    assert "over 1 song this month" in studio.card("ada").text
    await studio.presses("ada", "Ask for a quote")
    await proposes(studio, price="5", songs="10")
    form = studio.card("ada", "deal:").button("Accept").form
    assert form is not None
    await fills(studio, "ada", form, organisation="Ada", role="")
    card = studio.card("ada", "order:")
    assert "A-1: $5 a song" in card.text
    await studio.presses("ada", "Pay $5")
    await studio.does(JobKind.PAPER, {"media": media("file", "A-1.pdf")})
    await studio.settles()
    assert (await trade(studio)).running[0].used == 1


async def test_all_approved_masters_are_on_the_page_of_the_payment_and_confidential_ones_have_no_name(
    studio: Studio,
) -> None:
    studio.opens_pages()
    await hung(studio)
    for who in ("ada", "bea"):
        await drops(studio, who)
        await studio.masters()
    await studio.commands("bea", "confidential on")
    for who in ("ada", "bea"):
        await studio.presses(who, "Approve")
        await studio.delivers()
    number = (await studio.project("bea")).order.number
    await studio.presses(NORA, "Get zip")
    page = studio.last(NORA).button("Open the page").link
    assert isinstance(page, Pass)
    shown = (await studio.desk.ask(Question(WEB, page.person, "page", {"order": page.order}))).page
    assert shown is not None
    assert [file.name for file in shown.files] == ["song.wav", "song.mp3", f"{number}.wav", f"{number}.mp3"]
    assert (await studio.desk.ask(Question(WEB, "mallory", "page", {"order": page.order}))).page is None
