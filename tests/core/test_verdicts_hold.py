"""What holds of every verdict, whatever was asked, delivered and begun before."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from core.delivered import taken_apart
from core.money import Money
from core.revisions import STEMS, Batch, BatchState, Item, What
from core.verdicts import Cause, Outcome, Verdict, judge
from tests.core.batches import delivered, sealed, wish
from tests.core.samples import START

SONGS = ("A", "B", "C")
ORDER = {song: number for number, song in enumerate(SONGS)}
DEADLINE = START + timedelta(days=5)
MOMENT = timedelta(microseconds=1)
PRICED_BY_STAFF = {Cause.LATE, Cause.UNREADABLE}

# Few kinds of wishes, so that they meet each other often.
things = st.sampled_from(
    [What.VOLUME, What.BASS, What.FADE_OUT, What.LEVEL, What.REFERENCE, What.CLICK, What.UNDO, What.OTHER]
)
places = st.sampled_from([None, None, (60.0, 62.0), (61.0, 70.0), (130.0, 132.0)])


@st.composite
def items(draw: st.DrawFn) -> Item:
    what = draw(things)
    named = {What.UNDO: ("volume", "bass", "vocals", None), What.REFERENCE: ("one", "two")}
    of = draw(st.sampled_from(named.get(what, ("vocals", "drums") if what in STEMS else (None,))))
    place = draw(places)
    return Item(
        what,
        0 if what in (What.REFERENCE, What.UNDO, What.OTHER) else draw(st.sampled_from([1, -1])),
        draw(st.sampled_from([0.5, 1.0, 1.5])),
        song=draw(st.sampled_from([None, *SONGS])),
        place=place,
        part=None if place else draw(st.sampled_from([None, None, "chorus"])),
        of=of,
        target=-14.0 if what is What.VOLUME and draw(st.booleans()) else None,
        fault=draw(st.integers(0, 4)) == 0,
    )


moments = st.timedeltas(-timedelta(days=4), timedelta(days=9)).map(lambda away: DEADLINE + away)
lists = st.lists(items(), max_size=5).map(tuple)


@st.composite
def batches(draw: st.DrawFn) -> tuple[Batch, ...]:
    made: list[Batch] = []
    for number in range(1, draw(st.integers(0, 3)) + 1):
        at = draw(moments)
        made.append(delivered(number, *draw(lists), at=at))
    if draw(st.booleans()):
        made.append(sealed(len(made) + 1, *draw(lists), started=draw(st.booleans()), at=draw(moments)))
    if draw(st.booleans()):
        state = draw(st.sampled_from([BatchState.OPEN, BatchState.PRICED, BatchState.DROPPED]))
        made.append(replace(sealed(len(made) + 1, *draw(lists)), state=state, sealed=None))
    return tuple(made)


cases = st.fixed_dictionaries(
    {
        "songs": st.just(SONGS),
        "batches": batches(),
        "service_floor": st.sampled_from([Money(1000, "USD"), Money(2000, "USD"), Money(1500, "JPY")]),
        "deadline": st.just(DEADLINE) | st.none(),
        "now": moments,
        "by_hand": st.booleans(),
        "faults_free_late": st.booleans(),
        "auto_quote": st.booleans(),
    }
)
Case = dict[str, object]


def of(wanted: tuple[Item, ...], case: Case) -> Verdict:
    return judge(wanted, **case)  # type: ignore[arg-type]


def is_late(case: Case) -> bool:
    now, deadline = case["now"], case["deadline"]
    assert isinstance(now, datetime)
    return isinstance(deadline, datetime) and now > deadline


def by_song(wanted: tuple[Item, ...]) -> set[Item]:
    """Each wish of each song."""
    return {replace(item, song=song) for item in wanted for song in SONGS if item.song in (None, song)}


def what_it_says(verdict: Verdict) -> object:
    """A verdict without the order in which its wishes were said."""
    lines = {(line.song, line.causes, frozenset(line.items), line.amount) for line in verdict.lines}
    return (
        verdict.outcome,
        frozenset(verdict.free),
        lines,
        verdict.total,
        verdict.joins,
        verdict.free_cause,
        frozenset(verdict.reasons),
        frozenset(verdict.apart),
    )


@given(lists, cases)
def test_no_free_work_after_the_deadline_but_a_fix_or_what_joins(
    wanted: tuple[Item, ...], case: Case
) -> None:
    verdict = of(wanted, case)
    if not is_late(case):
        return
    free = by_song(verdict.free)
    assert all(reason.cause in (Cause.FIX, Cause.JOINED) for reason in verdict.reasons if reason.item in free)
    if not case["faults_free_late"] and not verdict.joins:
        assert not any(item.fault for item in verdict.free)
    assert all(Cause.LATE in line.causes for line in verdict.lines)


@given(lists, cases)
def test_what_joins_late_joins_a_batch_in_time_that_nobody_has_begun(
    wanted: tuple[Item, ...], case: Case
) -> None:
    verdict = of(wanted, case)
    if not verdict.joins:
        return
    assert verdict.outcome is Outcome.FREE
    assert case["by_hand"]
    known = case["batches"]
    assert isinstance(known, tuple)
    waiting = [batch for batch in known if batch.state is BatchState.SEALED and batch.started is None]
    assert waiting
    if is_late(case):
        assert any(batch.sealed <= DEADLINE for batch in waiting)


@given(lists, cases)
def test_in_time_nothing_is_late(wanted: tuple[Item, ...], case: Case) -> None:
    if not is_late(case):
        assert not any(Cause.LATE in line.causes for line in of(wanted, case).lines)


@given(lists, cases)
def test_one_line_for_each_song_of_the_floor_each(wanted: tuple[Item, ...], case: Case) -> None:
    verdict = of(wanted, case)
    songs = [line.song for line in verdict.lines]
    assert songs == sorted(set(songs), key=lambda song: ORDER[song])
    floor = case["service_floor"]
    assert isinstance(floor, Money)
    assert all(floor <= line.amount for line in verdict.lines)
    assert verdict.total == floor * len(songs)


@given(lists, cases)
def test_a_line_says_why_and_for_what(wanted: tuple[Item, ...], case: Case) -> None:
    for line in of(wanted, case).lines:
        assert line.causes
        assert line.causes == tuple(sorted(set(line.causes)))
        assert not {Cause.FIRST, Cause.JOINED, Cause.FIX, Cause.REFINE}.intersection(line.causes)
        assert line.items
        assert all(item.song == line.song for item in line.items)


@given(lists, cases)
def test_free_is_what_has_no_line_and_a_price_without_staff_is_in_time(
    wanted: tuple[Item, ...], case: Case
) -> None:
    verdict = of(wanted, case)
    assert (verdict.outcome is Outcome.FREE) is (not verdict.lines)
    causes = {cause for line in verdict.lines for cause in line.causes}
    if verdict.outcome is Outcome.FEE:
        assert case["auto_quote"]
        assert not causes & PRICED_BY_STAFF
    assert bool(verdict.free) is (verdict.free_cause is not None)


@given(lists, cases)
def test_nothing_that_was_asked_is_lost_and_nothing_is_priced_and_free(
    wanted: tuple[Item, ...], case: Case
) -> None:
    verdict = of(wanted, case)
    known = case["batches"]
    assert isinstance(known, tuple)
    free, apart = by_song(verdict.free), by_song(verdict.apart)
    paid = {item for line in verdict.lines for item in line.items}
    assert free | paid | apart == by_song(taken_apart(wanted, known))
    assert not free & paid
    assert len(set(verdict.free)) == len(verdict.free)
    assert not apart & (free | paid)


@given(lists, items(), cases)
def test_one_more_wish_never_makes_it_cheaper(wanted: tuple[Item, ...], more: Item, case: Case) -> None:
    ways = list(Outcome)
    less, all_of_it = of(wanted, case), of((*wanted, more), case)
    assert less.total <= all_of_it.total
    assert ways.index(less.outcome) <= ways.index(all_of_it.outcome)


@given(st.data(), lists, cases)
def test_the_order_of_wishes_and_of_batches_does_not_matter(
    data: st.DataObject, wanted: tuple[Item, ...], case: Case
) -> None:
    known = case["batches"]
    assert isinstance(known, tuple)
    shuffled = tuple(data.draw(st.permutations(wanted)))
    other = {**case, "batches": tuple(data.draw(st.permutations(known)))}
    assert what_it_says(of(wanted, case)) == what_it_says(of(shuffled, other))


@given(lists, cases)
def test_said_twice_is_said_once(wanted: tuple[Item, ...], case: Case) -> None:
    assert what_it_says(of(wanted * 2, case)) == what_it_says(of(wanted, case))


@given(lists, cases)
@example((wish("bass up"),), {"now": DEADLINE})
def test_a_first_batch_in_time_is_free_whatever_it_holds(wanted: tuple[Item, ...], case: Case) -> None:
    first: Case = {
        "songs": SONGS,
        "service_floor": Money(1000, "USD"),
        "by_hand": True,
        "faults_free_late": True,
        "auto_quote": True,
        **case,
        "batches": (),
        "deadline": DEADLINE,
    }
    verdict = of(wanted, first)
    if is_late(first):
        return
    assert verdict.outcome is Outcome.FREE
    assert verdict.total.amount == 0
    assert {reason.cause for reason in verdict.reasons} <= {Cause.FIRST, Cause.FIX}


@given(lists, cases)
def test_a_later_deadline_never_costs_more(wanted: tuple[Item, ...], case: Case) -> None:
    later: Case = {**case, "deadline": DEADLINE + timedelta(days=2)}
    sooner: Case = {**case, "deadline": DEADLINE}
    assert of(wanted, later).total <= of(wanted, sooner).total


@given(lists, cases)
def test_a_moment_after_the_deadline_is_late_and_the_deadline_is_not(
    wanted: tuple[Item, ...], case: Case
) -> None:
    at_its_end: Case = {**case, "deadline": DEADLINE, "now": DEADLINE}
    after: Case = {**at_its_end, "now": DEADLINE + MOMENT}
    assert of(wanted, at_its_end).total <= of(wanted, after).total
    assert not any(Cause.LATE in line.causes for line in of(wanted, at_its_end).lines)
    assert all(Cause.LATE in line.causes for line in of(wanted, after).lines)


@given(lists, cases)
def test_dropping_what_costs_leaves_what_is_free(wanted: tuple[Item, ...], case: Case) -> None:
    verdict = of(wanted, case)
    kept = of(verdict.free, case)
    assert kept.outcome is Outcome.FREE
    assert kept.free == verdict.free
