"""A new master by hand of what was delivered: the order stands as it stood until it is sent (C9, R2)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.access import originals
from core.audit import Came
from core.bookings import Booking, BookingState
from core.complaints import ComplaintState
from core.desk.making.work import made_by
from core.desk.revising.judging import with_faults
from core.ids import seen
from core.jobs import JobKind
from core.money import Money
from core.orders import OrderState, Project
from core.revisions import Batch, BatchState, Item, What
from core.rules import HouseRules
from core.songs import UNNUMBERED, Version, VersionState
from core.text import Title
from dsp.settings import Settings
from tests.core.samples import START, a_charge, a_project, an_order
from tests.desk.alone import ADA, ELLA, EMIL, OLGA, Alone, plain

OVER = {"code": "true-peak", "details": {"true_peak": -0.2, "limit": -1.0}}
PRICE = Money(600, "USD")
DAY = timedelta(days=1)


def a_version(song: int = 1, by: str | None = None) -> Version:
    return Version(
        f"v{song}",
        "order1",
        f"song{song}",
        1,
        VersionState.SENT,
        Settings(target_lufs=-12.5).to_json(),
        "" if by else "1",
        master="cas/v1",
        master_sha256="v1",
        measured={"lufs": -14.0, "true_peak": -1.0, "lra": 5.0},
        sent_at=START,
        by=by,
    )


def delivered(state: OrderState = OrderState.REVIEW, songs: int = 1, **order: object) -> Project:
    """An automatic master that its artist has."""
    whole = an_order(
        state,
        version=1,
        price=PRICE * songs,
        paid_at=START,
        first_sent=START,
        deadline=START + timedelta(days=5),
        reminded=True,
        **order,
    )
    project = a_project(songs, whole, charges=(a_charge(amount=PRICE * songs),))
    ready = tuple(replace(song, source="cas/s", pcm="cas/p", sha256="s", size=9) for song in project.songs)
    return replace(project, songs=ready, versions=tuple(a_version(song) for song in range(1, songs + 1)))


def by_hand(state: OrderState = OrderState.REVIEW) -> Project:
    """The same, made by Ella."""
    project = delivered(state)
    booking = Booking("booking1", "order1", "song1", BookingState.CLAIMED, "ella", "Ella", START)
    order = replace(project.order, service="engineer")
    return replace(project, order=order, versions=(a_version(by="ella"),), bookings=(booking,))


def complained(project: Project | None = None, reason: str = "distorted chorus") -> Alone:
    alone = Alone(project or delivered())
    alone.commands(ADA, f"refund 1042 {reason}")
    return alone


def taken(project: Project | None = None) -> Alone:
    alone = complained(project)
    alone.presses(ELLA, "new-master")
    return alone


def held(project: Project | None = None) -> Alone:
    alone = taken(project)
    alone.hands_in(ELLA, "master.wav")
    return alone


def newest(alone: Alone) -> Version:
    return max(alone.project.versions, key=lambda version: version.number)


def state(alone: Alone) -> ComplaintState:
    return alone.project.complaints[-1].state


# What an order is meanwhile


@pytest.mark.parametrize("state", [OrderState.REVIEW, OrderState.RELEASED, OrderState.COMPLETED])
def test_an_order_stands_as_it_stood_while_a_new_master_is_made(state: OrderState) -> None:
    before = complained(delivered(state)).project.order
    after = held(delivered(state)).project.order
    assert after.fixing == ("song1",)
    kept = {"rev": before.rev, "fixing": (), "decided_by": None, "due_at": before.due_at}
    assert replace(after, **kept) == replace(before, **kept)


def test_its_artist_approves_and_has_their_files_while_it_is_made() -> None:
    alone = held()
    alone.presses(ADA, "approve", 1)
    assert alone.project.order.released_version == 1
    deliver = next(job for job in alone.jobs if job.kind is JobKind.DELIVER)
    assert deliver.version == 1
    alone.taps(ELLA, "Send to customer")
    assert alone.project.order.released_version == 1  # until they approve the new one, too


def test_who_took_it_opens_the_originals_and_hands_in_on_the_page_and_nobody_else_does() -> None:
    alone = taken(delivered(OrderState.COMPLETED))
    assert [media.blob for media in originals(alone.project, ELLA)] == ["cas/s"]
    assert [song.id for song in made_by(alone.project, ELLA)] == ["song1"]
    assert originals(alone.project, EMIL) == ()
    assert made_by(alone.project, EMIL) == ()


def test_the_staff_desk_reads_no_title_of_a_confidential_order() -> None:
    alone = held(delivered(confidential=True))
    titles = [part for part in alone.card("work").text if isinstance(part, Title)]
    assert titles
    assert all(title.secret for title in titles)


# B64, R1, R2, C11: the clock


def test_a_fix_by_hand_in_time_ends_the_complaint_free_of_charge_with_two_more_days() -> None:
    alone = held()
    alone.passes(hours=23, minutes=59)
    alone.taps(ELLA, "Send to customer")
    alone.arrives()
    assert state(alone) is ComplaintState.FIXED
    order = alone.project.order
    assert (order.state, order.version, order.fixing) == (OrderState.REVIEW, 2, ())
    assert (newest(alone).number, newest(alone).master, newest(alone).by) == (2, "cas/master", "ella")
    assert order.deadline == START + timedelta(days=5)  # later than two days from now
    assert alone.told(ADA)[-1].startswith("Order 1042: something is put right, free of charge.")
    assert "at least 2 days" in alone.told(ADA)[-1]
    assert (alone.project.batches, alone.project.quotes, alone.money) == ((), (), [])


def test_a_fix_gives_its_two_days_though_the_five_are_over() -> None:
    alone = complained()
    alone.withdraws(ADA)
    alone.passes(days=6)
    alone.commands(OLGA, "deliver 1042", "master.wav")
    alone.fetches()
    alone.looks()
    assert alone.project.order.state is OrderState.COMPLETED
    alone.taps(OLGA, "Send to customer")
    alone.arrives()
    assert alone.project.order.state is OrderState.REVIEW
    assert alone.project.order.deadline == alone.now + timedelta(days=2)


def test_at_24_hours_the_money_goes_back_though_an_engineer_holds_it_and_it_may_still_be_sent() -> None:
    alone = held()
    alone.passes(hours=24)
    assert alone.project.order.state is OrderState.CANCELLED
    assert state(alone) is ComplaintState.REFUNDED
    alone.taps(ELLA, "Send to customer")
    alone.arrives()
    order = alone.project.order
    assert (order.state, order.version, order.fixing) == (OrderState.CANCELLED, 2, ())
    assert alone.told(ADA)[-1].endswith("your money went back, and you keep this version to hear.")
    assert len(alone.project.refunds) == 1


def test_what_is_being_looked_into_when_the_money_goes_back_is_looked_into_to_the_end() -> None:
    alone = taken()
    alone.commands(ELLA, "deliver 1042", "master.wav")
    alone.passes(hours=24)
    alone.fetches()
    alone.looks()
    alone.taps(ELLA, "Send to customer")
    assert newest(alone).number == 2


def test_a_dispute_stops_the_clock_and_leaves_the_fix_where_it_is() -> None:
    alone = held()
    alone.passes(hours=20)
    alone.commands(OLGA, "dispute 1042 opened")
    assert (state(alone), alone.project.order.state) == (ComplaintState.FROZEN, OrderState.REVIEW)
    assert alone.project.order.fixing == ("song1",)
    alone.passes(days=3)
    alone.taps(ELLA, "Send to customer")
    alone.arrives()
    assert state(alone) is ComplaintState.FIXED  # no time has passed for it
    alone.commands(OLGA, "dispute 1042 won")
    alone.passes(hours=12)
    assert alone.project.refunds == ()


def test_a_complaint_that_is_withdrawn_ends_the_fix_and_whoever_works_on_it_is_told() -> None:
    alone = held()
    alone.withdraws(ADA)
    assert alone.project.order.fixing == ()
    assert [one.state for one in alone.project.versions] == [VersionState.SENT, VersionState.DROPPED]
    assert alone.told(ELLA)[-1] == "Order 1042: no new master is wanted any more."
    assert alone.card("work").done


def test_a_withdrawal_leaves_what_is_put_right_of_another_song() -> None:
    alone = complained(delivered(songs=2), "track 1 is distorted")
    alone.presses(ELLA, "new-master")
    alone.commands(OLGA, "deliver 1042 2", "better.wav")
    alone.withdraws(ADA)
    assert alone.project.order.fixing == ("song2",)
    assert alone.told(ELLA)[-1] == "Order 1042: no new master is wanted any more."
    assert alone.told(OLGA) == []


def test_the_button_of_an_old_complaint_withdraws_no_newer_one() -> None:
    alone = complained(by_hand(), "too dull")
    old = seen(alone.project.complaints[-1].id, 0)
    alone.withdraws(ADA)
    alone.commands(ADA, "refund 1042 it is dull, still")
    alone.presses(ADA, "withdraw", old)
    assert "withdrawn" not in alone.told(ADA)[-1]
    assert alone.project.complaints[-1].state is ComplaintState.OPEN


def test_what_is_looked_into_when_it_is_withdrawn_comes_to_nothing() -> None:
    alone = taken()
    alone.commands(ELLA, "deliver 1042", "master.wav")
    alone.withdraws(ADA)
    alone.fetches()
    alone.looks()
    assert newest(alone).number == 1
    assert [one.state for one in alone.project.versions] == [VersionState.SENT, VersionState.DROPPED]


def test_letting_it_go_leaves_the_complaint_to_whoever_takes_it_next() -> None:
    alone = held()
    alone.taps(ELLA, "Let it go")
    assert (alone.project.order.fixing, alone.project.claims) == ((), ())
    assert state(alone) is ComplaintState.OPEN
    alone.presses(EMIL, "new-master")
    assert [one.engineer for one in alone.project.claims] == ["emil"]
    assert alone.cards["work:order1"].buttons[0].label == "Open files"  # nothing of Ella's to be sent


# Two at once, and beside the engine


def test_of_two_engineers_the_second_reads_whose_it_is() -> None:
    alone = taken()
    alone.presses(EMIL, "new-master")
    assert alone.here == "That is for Ella, who has taken it."
    alone.commands(EMIL, "deliver 1042", "mine.wav")
    assert alone.here == "That is for Ella, who has taken it."
    assert [one.engineer for one in alone.project.claims] == ["ella"]


def test_who_taps_twice_reads_that_they_have_it() -> None:
    alone = taken()
    alone.presses(ELLA, "new-master")
    assert alone.here == "You have it already."
    assert len(alone.project.claims) == 1


def test_a_manager_gives_it_to_somebody_else() -> None:
    alone = taken()
    alone.commands(OLGA, "claim 1042")
    assert [one.engineer for one in alone.project.claims] == ["olga"]
    assert alone.told(ELLA) == ["Order 1042 is Olga's now."]


def test_what_is_handed_in_waits_while_the_engine_runs_it_again_and_is_sent_after_it() -> None:
    alone = held()
    alone.presses(OLGA, "fix.warm")
    (render,) = [job for job in alone.jobs if job.kind is JobKind.RENDER]
    assert not alone.card("work").buttons[0].label.startswith("Send")
    alone.presses(ELLA, "hand-over", 0)
    assert alone.project.order.version == 2
    made = {"master": {"blob": "cas/v2", "sha256": "v2", "size": 9}, "measured": {}, "previews": []}
    alone.ends(render, {"done": made})
    alone.arrives()
    assert state(alone) is ComplaintState.FIXED
    alone.taps(ELLA, "Send to customer")
    assert [one.number for one in alone.project.versions] == [1, 3, 2]


def test_the_engine_fails_beside_it_and_tries_again_what_is_its_own() -> None:
    alone = taken()
    alone.hands_in(ELLA)
    alone.commands(ELLA, "deliver 1042", "notes.pdf")
    (fetch,) = alone.jobs
    alone.ends(fetch, {"failed": {"code": "not-audio", "details": {}}})
    alone.presses(OLGA, "fix.warm")
    (render,) = alone.jobs
    alone.ends(render, {"failed": {"code": "broken", "details": {}}})
    alone.presses(OLGA, "retry")
    assert [(job.kind, job.version) for job in alone.jobs] == [(JobKind.RENDER, 2)]


def test_what_the_engine_makes_next_goes_on_from_what_it_made_itself() -> None:
    alone = held()
    alone.taps(ELLA, "Send to customer")
    alone.arrives()
    alone.presses(ADA, "changes")
    alone.presses(ADA, "wish.bass-up")
    batch = alone.project.batches[-1]
    alone.presses(ADA, "send", seen(batch.id, batch.rev))
    (render,) = [job for job in alone.jobs if job.kind is JobKind.RENDER]
    assert (render.version, render.payload["settings"]["target_lufs"]) == (3, -12.5)


@pytest.mark.parametrize(("fixed", "not_done"), [(-12.5, False), (-14.0, True)])
def test_what_a_round_brought_is_not_missed_because_a_fix_changed_nothing_more(
    fixed: float, not_done: bool
) -> None:
    louder = Item(What.VOLUME, 1, 1.5, exact=True)
    batch = Batch("b1", "order1", 1, BatchState.DELIVERED, 1, (louder,), delivered=START + DAY)
    second = replace(a_version(), id="v2", number=2, sent_at=START + DAY, measured={"lufs": -12.5})
    third = replace(
        a_version(by="ella"), id="v3", number=3, sent_at=START + 2 * DAY, measured={"lufs": fixed}
    )
    project = delivered()
    versions = (*project.versions, second, third)
    (item,) = with_faults(replace(project, versions=versions, batches=(batch,)), (louder,))
    assert item.fault is not_done


# What passes, and what does not


def test_one_that_fails_goes_out_for_a_reason_alone() -> None:
    alone = taken()
    alone.commands(ELLA, "deliver 1042", "loud.wav")
    alone.fetches()
    alone.looks(OVER)
    assert [one.label for one in alone.card("work").buttons][:1] == ["Send anyway …"]
    alone.presses(ELLA, "hand-over", 0)
    assert alone.project.order.version == 1
    alone.fills(ELLA, "anyway", reason="they want it as loud as that")
    assert (newest(alone).number, newest(alone).sent_anyway) == (2, "they want it as loud as that")


def test_of_an_album_the_songs_that_are_here_go_out_and_the_others_wait() -> None:
    alone = complained(delivered(songs=3), "track 1 and track 3 are distorted")
    alone.presses(ELLA, "new-master")
    assert alone.project.order.fixing == ("song1", "song3")
    alone.commands(ELLA, "deliver 1042 3", "fixed.wav")
    alone.fetches()
    alone.looks()
    alone.taps(ELLA, "Send to customer")
    alone.arrives()
    assert alone.project.order.fixing == ("song1",)
    assert [one.song for one in alone.project.claims] == ["song1"]
    assert state(alone) is ComplaintState.OPEN
    alone.passes(hours=24)
    assert [one.amount for one in alone.project.refunds] == [PRICE]  # of the one song that is still wrong


def test_of_an_album_what_cannot_be_used_stays_to_be_made() -> None:
    alone = complained(delivered(songs=2))
    alone.presses(ELLA, "new-master")
    alone.commands(ELLA, "deliver 1042 1", "notes.pdf")
    (fetch,) = alone.jobs
    alone.ends(fetch, {"failed": {"code": "not-audio", "details": {}}})
    alone.commands(ELLA, "deliver 1042 2", "fixed.wav")
    alone.fetches()
    alone.looks()
    alone.taps(ELLA, "Send to customer")
    assert alone.project.order.fixing == ("song1",)
    assert [one.number for one in alone.project.versions] == [1, 1, UNNUMBERED, 2]


def test_who_put_something_right_by_hand_may_do_so_again_without_a_complaint() -> None:
    alone = held()
    alone.taps(ELLA, "Send to customer")
    alone.arrives()
    assert alone.project.claims == ()
    alone.commands(EMIL, "deliver 1042", "mine.wav")
    assert alone.project.order.fixing == ()
    alone.commands(ELLA, "deliver 1042", "better.wav")
    assert alone.project.order.fixing == ("song1",)


def test_without_a_complaint_only_who_leads_begins_one() -> None:
    alone = Alone(delivered())
    alone.presses(ELLA, "new-master")
    assert alone.here.startswith("There is no complaint to fix")
    alone.commands(ELLA, "deliver 1042", "master.wav")
    assert alone.here == "There is nothing to do by hand for order 1042 now."
    alone.commands(OLGA, "deliver 1042", "master.wav")
    assert alone.project.order.fixing == ("song1",)


def test_of_what_is_deleted_no_new_master_is_made() -> None:
    gone = delivered(OrderState.COMPLETED)
    alone = Alone(replace(gone, versions=(replace(gone.versions[0], master=None),)))
    alone.commands(OLGA, "deliver 1042", "master.wav")
    assert alone.project.order.fixing == ()


def test_when_the_files_are_deleted_the_fix_is_over() -> None:
    kept = START + timedelta(days=28)
    alone = Alone(delivered(OrderState.COMPLETED, completed_at=START, kept_until=kept))
    alone.commands(OLGA, "deliver 1042", "master.wav")
    alone.fetches()
    alone.looks()
    alone.passes(days=29)
    assert alone.project.order.deleted_at is not None
    assert alone.project.order.fixing == ()
    assert all(version.master is None for version in alone.project.versions)


# By hand


def test_who_made_it_hands_a_better_one_in_by_command() -> None:
    alone = Alone(by_hand(OrderState.RELEASED))
    alone.commands(EMIL, "deliver 1042", "mine.wav")
    assert alone.project.order.fixing == ()
    alone.commands(ELLA, "deliver 1042", "better.wav")
    assert alone.project.order.state is OrderState.RELEASED
    alone.fetches()
    alone.looks()
    alone.taps(ELLA, "Send to customer")
    alone.arrives()
    order = alone.project.order
    assert (order.state, order.version) == (OrderState.REVIEW, 2)
    assert order.deadline == START + timedelta(days=5)
    assert [one.engineer for one in alone.project.claims] == ["ella"]  # the next round is hers, too
    assert (alone.project.batches, alone.project.quotes) == ((), ())


def test_who_leads_takes_over_what_somebody_else_made_but_not_what_they_are_making() -> None:
    alone = Alone(by_hand())
    alone.commands(OLGA, "deliver 1042", "mine.wav")
    assert [one.engineer for one in alone.project.claims] == ["olga"]
    assert alone.told(ELLA) == ["Order 1042 is Olga's now."]
    alone = Alone(by_hand())
    alone.commands(ELLA, "deliver 1042", "better.wav")
    alone.commands(OLGA, "deliver 1042", "mine.wav")
    assert alone.here == "That is for Ella, who has taken it."


def test_a_new_master_answers_who_wanted_their_money_back() -> None:
    alone = complained(by_hand(), "too dull")
    card = alone.card("complaint")
    assert [one.label for one in card.buttons][-1] == "Upload new master"
    assert "You asked for your money back" in plain(alone.card("order").text)
    alone.passes(days=3)  # no clock runs
    assert state(alone) is ComplaintState.OPEN
    alone.presses(ELLA, "new-master")
    alone.hands_in(ELLA, "brighter.wav")
    alone.taps(ELLA, "Send to customer")
    alone.arrives()
    assert state(alone) is ComplaintState.FIXED
    assert alone.project.refunds == ()


def test_a_round_that_begins_ends_the_fix_for_it_brings_a_new_version_anyway() -> None:
    alone = Alone(by_hand())
    alone.commands(ELLA, "deliver 1042", "better.wav")
    alone.presses(ADA, "changes")
    alone.presses(ADA, "wish.bass-up")
    batch = alone.project.batches[-1]
    alone.presses(ADA, "send", seen(batch.id, batch.rev))
    assert alone.project.order.state is OrderState.WORKING
    assert alone.project.order.fixing == ()
    assert alone.told(ELLA)[-1] == "Order 1042: no new master is wanted any more."
    alone.fetches()
    alone.hands_in(ELLA, "v2.wav")
    alone.taps(ELLA, "Send to customer")
    assert newest(alone).number == 2


def test_a_fix_is_never_late_for_nobody_promised_a_date() -> None:
    project = by_hand()
    order = replace(project.order, promised=START - timedelta(days=1))
    alone = Alone(replace(project, order=order))
    alone.commands(ELLA, "deliver 1042", "better.wav")
    alone.passes(days=6)
    assert alone.project.order.state is OrderState.COMPLETED
    assert not [text for text in alone.told(ADA) if "longer than we said" in text]


# A request for a credit


def test_it_is_asked_once_and_withdrawn() -> None:
    alone = complained(by_hand(), "too dull")
    alone.commands(ADA, "refund 1042 it is dull")
    assert alone.told(ADA)[-1] == "You have asked that already, about order 1042."
    alone.withdraws(ADA)
    assert state(alone) is ComplaintState.WITHDRAWN


def test_it_outlives_a_dispute_and_still_has_no_clock() -> None:
    alone = complained(by_hand(), "too dull")
    alone.commands(OLGA, "dispute 1042 opened")
    alone.passes(days=3)
    alone.commands(OLGA, "dispute 1042 won")
    assert (state(alone), alone.project.complaints[0].due) == (ComplaintState.OPEN, None)


@pytest.mark.parametrize(
    "ruling", ["credit 1042 3 a week late", "refund refuse 1042 it is as bright as the mix"]
)
def test_it_ends_with_what_the_staff_decide(ruling: str) -> None:
    alone = complained(by_hand(), "too dull")
    alone.commands(OLGA, ruling)
    assert state(alone) is ComplaintState.OPEN
    alone.passes(minutes=1)
    assert state(alone) is ComplaintState.DECIDED
    assert alone.card("complaint").done
    alone.commands(ADA, "refund 1042 still too dull")
    assert state(alone) is ComplaintState.OPEN


@pytest.mark.parametrize(
    "ruling", ["credit 1042 3 a week late", "refund refuse 1042 it is as bright as the mix"]
)
def test_nothing_is_decided_about_what_was_withdrawn_meanwhile(ruling: str) -> None:
    alone = complained(by_hand(), "too dull")
    alone.commands(OLGA, ruling)
    alone.withdraws(ADA)
    alone.passes(minutes=1)
    assert alone.project.refunds == ()
    assert not [text for text in alone.told(ADA) if "Olga from the studio" in text]
    assert alone.trail[-1].came is Came.NOTHING


def test_what_the_clock_carries_out_is_written_down_for_who_decided_it() -> None:
    alone = complained(by_hand(), "too dull")
    alone.commands(OLGA, "credit 1042 3 a week late")
    alone.passes(minutes=1)
    entry = alone.trail[-1]
    assert (entry.by, entry.name, entry.role) == ("olga", "Olga", None)
    assert (entry.what, entry.details, entry.came) == ("credit", "$3: a week late", Came.DONE)
    assert entry.number == 1042


def test_what_is_handed_in_has_no_number_before_it_is_sent() -> None:
    alone = held()
    (made,) = [one for one in alone.project.versions if one.by]
    assert (made.number, made.state) == (UNNUMBERED, VersionState.HELD)


def test_what_a_person_made_is_not_run_again_by_the_engine() -> None:
    """A house may give the day of the fix to its work by hand, too: then the fix is by hand. # B64"""
    usual = HouseRules()
    line = usual.service.engineer.model_copy(update={"refund": "fix-or-refund"})
    rules = usual.model_copy(update={"service": usual.service.model_copy(update={"engineer": line})})
    alone = Alone(by_hand(), rules=rules)
    alone.commands(ADA, "refund 1042 distorted chorus")
    assert [button.label for button in alone.card("complaint").buttons][:2] == [
        "Upload new master",
        "Give the money back",
    ]
    alone.presses(OLGA, "fix")
    assert "no complaint to fix" in alone.here
    assert alone.project.order.version == 1
