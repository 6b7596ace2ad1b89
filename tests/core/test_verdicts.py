"""What a batch of changes costs, and why: the worked examples of the rule book, and the text around them."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.bought import frozen
from core.money import Money
from core.revisions import Batch, BatchState, Item, What
from core.rules import HouseRules
from core.services import ENGINEER, MIXING
from core.verdicts import CLAUSES, Cause, Outcome, Verdict, judge
from core.windows import deadline
from tests.core.batches import delivered, sealed, wish, wishes
from tests.core.samples import START

RULES = HouseRules()
FLOOR = Money(1000, "USD")
MINUTE = timedelta(minutes=1)
DEADLINE = START + timedelta(days=5)
IN_TIME = START + timedelta(days=3)
LATE = DEADLINE + MINUTE

# v1 is always sent on 2 March 2026 at 10:00. The columns: row, service, the batches so far ("delivered" when
# and what, "open" while nobody has begun, "in work"), when is asked, for what, free until, the verdict, the
# fee and why. A capital letter before a wish is its song.
EXAMPLES = """
 1 | mastering |                                   | 03 09:00 | volume up, sibilance down                    | 07 10:00 | FREE  | $0     | first
 2 | mastering |                                   | 07 10:00 | bass up                                      | 07 10:00 | FREE  | $0     | first
 3 | mastering |                                   | 07 10:01 | bass up                                      | 07 10:00 | QUOTE | >= $10 | A: late (A15)
 4 | mixing    |                                   | 12 08:00 | vocal down                                   | 07 10:00 | QUOTE | >= $20 | A: late (A15)
 5 | mastering | open bass up                      | 03 09:20 | fade                                         | 07 10:00 | FREE  | $0     | joined
 6 | mastering | in work bass up                   | 03 12:00 | fade                                         | 07 10:00 | FEE   | >= $10 | A: additional (A19)
 7 | mastering | delivered 04 10:00 volume up      | 05 09:00 | volume down                                  | 07 10:00 | FEE   | >= $10 | A: reversal (A21)
 8 | mastering | delivered 04 10:00 volume up      | 05 09:00 | volume up                                    | 07 10:00 | FREE  | $0     | refine
 9 | mastering | delivered 04 10:00 volume up      | 05 09:00 | vocal down                                   | 07 10:00 | FEE   | >= $10 | A: additional (A19)
10 | mastering | delivered 04 10:00 volume up      | 05 09:00 | DEFECT click                                 | 07 10:00 | FREE  | $0     | fix
11 | mastering | delivered 04 10:00 volume up      | 06 20:00 | volume up                                    | 07 10:00 | FREE  | $0     | refine
12 | mastering | delivered 07 08:00 volume up      | 09 07:59 | volume up                                    | 09 08:00 | FREE  | $0     | refine
13 | mastering | delivered 07 08:00 volume up      | 09 08:01 | volume up                                    | 09 08:00 | QUOTE | >= $10 | A: late (A15)
14 | mastering | delivered 07 08:00 volume up      | 20 08:00 | volume down                                  | 09 08:00 | QUOTE | >= $10 | A: late (A15), reversal (A21)
15 | mixing    | delivered 04 10:00 bass up        | 05 09:00 | vocal down                                   | 07 10:00 | FEE   | >= $20 | A: additional (A19)
16 | mixing    | delivered 04 10:00 bass up        | 05 09:00 | bass down                                    | 07 10:00 | FEE   | >= $20 | A: reversal (A21)
17 | mastering | delivered 04 10:00 A volume up, B volume up, C volume up | 05 09:00 | A volume down, B volume down, C volume down | 07 10:00 | FEE | >= $30 | A: reversal (A21); B: reversal (A21); C: reversal (A21)
18 | mastering | delivered 04 10:00 A volume up    | 05 09:00 | B bass up, A volume up                       | 07 10:00 | FEE   | >= $10 | B: additional (A19)
19 | mastering | delivered 04 10:00 volume up      | 15 09:00 | DEFECT volume up                             | 07 10:00 | FREE  | $0     | fix
20 | mastering | delivered 20 10:00 bass up        | 21 10:00 | bass up                                      | 22 10:00 | FREE  | $0     | refine
21 | mastering | delivered 20 10:00 bass up        | 23 10:00 | air up                                       | 22 10:00 | QUOTE | >= $10 | A: additional (A19), late (A15)
22 | mastering | delivered 04 10:00 volume up; delivered 06 10:00 volume down | 07 09:00 | volume up            | 08 10:00 | FEE   | >= $10 | A: reversal (A21)
23 | mastering | delivered 04 10:00 volume up      | 05 09:00 | volume down, fade, DEFECT click              | 07 10:00 | FEE   | >= $10 | A: additional (A19), reversal (A21)
24 | mastering |                                   | 06 10:00 | bass up                                      | 07 10:00 | FREE  | $0     | first
"""  # noqa: E501
# Row 24: that the artist has pressed Approve is nothing that a verdict is told (C7).


@dataclass(frozen=True)
class Example:
    number: str
    service: str
    history: tuple[Batch, ...]
    at: datetime
    items: tuple[Item, ...]
    free_until: datetime
    outcome: Outcome
    fee: str
    why: str

    @property
    def songs(self) -> list[str]:
        said = {item.song for item in self.items if item.song}
        return sorted(said) or ["A"]


def march(text: str) -> datetime:
    return datetime.strptime(f"2026-03-{text} +0000", "%Y-%m-%d %H:%M %z").astimezone(UTC)


def history(text: str) -> tuple[Batch, ...]:
    return tuple(past(number, part.strip()) for number, part in enumerate(text.split(";"), 1) if part.strip())


def past(number: int, text: str) -> Batch:
    if text.startswith("delivered"):
        _, day, hour, items = text.split(" ", 3)
        return delivered(number, *wishes(items), at=march(f"{day} {hour}"))
    state = "open" if text.startswith("open") else "in work"
    return sealed(number, *wishes(text.removeprefix(state)), started=state == "in work")


def example(line: str) -> Example:
    number, service, past, at, items, until, outcome, fee, why = (part.strip() for part in line.split("|"))
    return Example(
        number, service, history(past), march(at), wishes(items), march(until), Outcome[outcome], fee, why
    )


def verdict(
    items: tuple[Item, ...] | list[Item] | str,
    *batches: Batch,
    songs: tuple[str, ...] | list[str] = ("A",),
    floor: Money = FLOOR,
    free_until: datetime | None = DEADLINE,
    now: datetime = IN_TIME,
    by_hand: bool = True,
    faults_free_late: bool = True,
    auto_quote: bool = True,
) -> Verdict:
    return judge(
        wishes(items) if isinstance(items, str) else items,
        songs=songs,
        batches=batches,
        service_floor=floor,
        deadline=free_until,
        now=now,
        by_hand=by_hand,
        faults_free_late=faults_free_late,
        auto_quote=auto_quote,
    )


def why(of: Verdict) -> str:
    """The last column: what costs, song by song, or what makes it free."""
    if not of.lines:
        return str(of.free_cause)
    return "; ".join(
        f"{line.song}: " + ", ".join(f"{cause} ({CLAUSES[cause][0]})" for cause in line.causes)
        for line in of.lines
    )


def fee(of: Verdict) -> str:
    return f">= ${of.total.amount // 100}" if of.lines else "$0"


TABLE = [example(line) for line in EXAMPLES.strip().splitlines()]


@pytest.mark.parametrize("row", TABLE, ids=[f"row {row.number}" for row in TABLE])
def test_the_worked_examples(row: Example) -> None:
    sent = max((batch.delivered for batch in row.history if batch.delivered), default=None)
    bought = frozen(RULES, MIXING if row.service == "mixing" else ENGINEER)
    free_until = deadline(START, sent, bought)
    of = verdict(
        row.items, *row.history, songs=row.songs, floor=bought.fee_floor, free_until=free_until, now=row.at
    )
    assert free_until == row.free_until
    assert (of.outcome, fee(of), why(of)) == (row.outcome, row.fee, row.why)


def test_all_twenty_four_are_there() -> None:
    assert [row.number for row in TABLE] == [str(number) for number in range(1, 25)]


# The first batch


def test_a_first_batch_in_time_is_free_whatever_it_holds() -> None:
    of = verdict("volume up, bass down, other, undo, A air up, B fade", songs=["A", "B"])
    assert of.outcome is Outcome.FREE
    assert of.free_cause is Cause.FIRST
    assert not of.lines
    assert of.total == Money(0, "USD")


def test_up_in_one_place_and_down_in_another_is_no_reversal() -> None:
    up = Item(What.PRESENCE, 1, 1.5, place=(60, 62))
    down = Item(What.PRESENCE, -1, 1.5, place=(130, 132))
    assert verdict([up, down]).outcome is Outcome.FREE
    assert why(verdict([down], delivered(1, up))) == "A: additional (A19)"


def test_before_anything_was_delivered_nothing_is_late() -> None:
    assert verdict("bass up", free_until=None, now=LATE).outcome is Outcome.FREE


@pytest.mark.parametrize("state", [BatchState.OPEN, BatchState.PRICED, BatchState.DROPPED])
def test_a_list_that_was_never_sealed_is_no_batch(state: BatchState) -> None:
    unsealed = replace(sealed(1, wish("bass up")), state=state, sealed=None)
    assert verdict("air up", unsealed).free_cause is Cause.FIRST


# A batch that nobody has begun, and one in work


def test_what_joins_goes_into_the_open_batch() -> None:
    assert verdict("fade", sealed(1, wish("bass up"))).joins
    assert not verdict("fade", sealed(1, wish("bass up"), started=True)).joins


def test_what_joins_is_free_after_the_deadline_if_the_batch_was_in_time() -> None:
    assert verdict("fade", sealed(1, wish("bass up")), now=LATE).free_cause is Cause.JOINED


def test_nothing_joins_a_batch_that_was_late_itself() -> None:
    late = sealed(1, wish("bass up"), at=LATE)
    of = verdict("fade", late, now=LATE + MINUTE)
    assert not of.joins
    assert (of.outcome, why(of)) == (Outcome.QUOTE, "A: additional (A19), late (A15)")


def test_a_change_back_joins_an_open_batch_too() -> None:
    assert verdict("bass down", delivered(1, wish("bass up")), sealed(2, wish("air up"))).joins


def test_while_a_batch_is_in_work_even_the_same_further_is_additional() -> None:
    of = verdict("bass up", delivered(1, wish("bass up")), sealed(2, wish("air up"), started=True))
    assert why(of) == "A: additional (A19)"


def test_late_while_a_batch_is_in_work_is_a_quote() -> None:
    of = verdict("air up", sealed(1, wish("bass up"), started=True), now=LATE)
    assert (of.outcome, why(of)) == (Outcome.QUOTE, "A: additional (A19), late (A15)")


def test_on_an_automatic_line_work_begins_with_the_seal() -> None:
    of = verdict("fade", sealed(1, wish("bass up")), by_hand=False)
    assert not of.joins
    assert (of.outcome, why(of)) == (Outcome.FEE, "A: additional (A19)")


# The same further, and back


def test_a_fade_that_is_asked_for_only_in_the_second_batch_is_additional() -> None:
    assert why(verdict("fade", delivered(1, wish("bass up")))) == "A: additional (A19)"


def test_another_stem_is_another_wish() -> None:
    vocals = Item(What.LEVEL, 1, 1.0, of="vocals")
    drums = replace(vocals, of="drums")
    assert verdict([vocals], delivered(1, vocals)).free_cause is Cause.REFINE
    assert why(verdict([drums], delivered(1, vocals))) == "A: additional (A19)"
    assert why(verdict([replace(vocals, direction=-1)], delivered(1, vocals, drums))) == "A: reversal (A21)"


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ({}, {"place": (60.0, 62.0)}, Cause.REVERSAL),
        ({"place": (60.0, 62.0)}, {}, Cause.REVERSAL),
        ({"place": (60.0, 62.0)}, {"place": (61.0, 64.0)}, Cause.REVERSAL),
        ({"place": (60.0, 62.0)}, {"place": (62.0, 64.0)}, Cause.ADDITIONAL),
        ({"part": "chorus"}, {"part": "chorus"}, Cause.REVERSAL),
        ({"part": "chorus"}, {}, Cause.REVERSAL),
        ({"part": "chorus"}, {"part": "verse"}, Cause.ADDITIONAL),
        ({"part": "chorus"}, {"place": (60.0, 62.0)}, Cause.ADDITIONAL),
    ],
)
def test_the_whole_song_overlaps_all_and_a_part_itself(
    before: dict[str, Any], now: dict[str, Any], expected: Cause
) -> None:
    up = replace(wish("bass up"), **before)
    down = replace(wish("bass down"), **now)
    assert verdict([down], delivered(1, up)).lines[0].causes == (expected,)


def test_places_are_compared_by_one_clock_when_the_start_was_trimmed() -> None:
    sung = Item(What.PRESENCE, 1, 1.5, place=(60, 62))
    trim = Item(What.TRIM_START, 1, 10.0)
    assert verdict([replace(sung, place=(50, 52))], delivered(1, sung, trim)).free_cause is Cause.REFINE
    assert why(verdict([sung], delivered(1, sung, trim))) == "A: additional (A19)"


def test_the_newest_about_the_same_thing_decides() -> None:
    up, down = wish("volume up"), wish("volume down")
    # Delivered later, though asked for before: it waited for its price.
    waited = delivered(1, down, at=START + timedelta(days=4))
    assert verdict([down], waited, delivered(2, up)).free_cause is Cause.REFINE
    assert why(verdict([up], delivered(1, up), delivered(2, down), delivered(3, wish("air up")))) == (
        "A: reversal (A21)"
    )


def test_the_fix_of_a_fault_is_no_wish_to_go_back_on() -> None:
    fixed = delivered(2, wish("DEFECT volume down"))
    assert verdict("volume up", delivered(1, wish("volume up")), fixed).free_cause is Cause.REFINE


def test_the_reference_before_last_is_a_change_back() -> None:
    one, two = (Item(What.REFERENCE, 0, 0.0, of=name) for name in ("one", "two"))
    assert verdict([one], delivered(1, one)).free_cause is Cause.REFINE
    assert why(verdict([two], delivered(1, one))) == "A: additional (A19)"
    assert why(verdict([one], delivered(1, one), delivered(2, two))) == "A: reversal (A21)"


def test_so_is_a_loudness_that_was_had_before() -> None:
    loud, louder = (Item(What.VOLUME, 0, 0.0, target=lufs) for lufs in (-14.0, -11.0))
    assert verdict([louder], delivered(1, loud)).free_cause is Cause.REFINE
    assert why(verdict([loud], delivered(1, loud), delivered(2, louder))) == "A: reversal (A21)"


# Undo


UNDO = Item(What.UNDO, 0, 0.0)


def test_undo_is_the_opposite_of_what_was_last_delivered() -> None:
    of = verdict([UNDO], delivered(1, wish("air up")), delivered(2, wish("bass up"), wish("volume down")))
    assert why(of) == "A: reversal (A21)"
    assert [(item.what, item.direction) for item in of.lines[0].items] == [(What.BASS, -1), (What.VOLUME, 1)]


def test_undo_of_one_thing_finds_the_batch_that_had_it() -> None:
    of = verdict([replace(UNDO, of="air")], delivered(1, wish("air up")), delivered(2, wish("bass up")))
    assert of.lines[0].items == (wish("A air down"),)


def test_undo_costs_only_the_songs_that_it_is_about() -> None:
    of = verdict([UNDO], delivered(1, wish("B bass up")), songs=["A", "B", "C"])
    assert why(of) == "B: reversal (A21)"


def test_undo_of_what_was_never_delivered_is_for_a_person() -> None:
    of = verdict([replace(UNDO, of="air")], delivered(1, wish("bass up")))
    assert (of.outcome, why(of)) == (Outcome.QUOTE, "A: other (A23)")


# Faults


def test_a_fault_is_free_and_the_rest_is_not() -> None:
    of = verdict("volume up, DEFECT click", now=LATE)
    assert (of.outcome, why(of)) == (Outcome.QUOTE, "A: late (A15)")
    assert of.free == (wish("DEFECT click"),)
    assert of.free_cause is Cause.FIX


def test_a_house_may_price_faults_after_the_deadline_but_not_before() -> None:
    assert verdict("DEFECT click", faults_free_late=False).outcome is Outcome.FREE
    late = verdict("DEFECT click", faults_free_late=False, now=LATE)
    assert (late.outcome, why(late)) == (Outcome.QUOTE, "A: late (A15)")


def test_such_a_house_takes_a_fault_for_nothing_where_any_wish_would_join() -> None:
    of = verdict("DEFECT click, fade", sealed(1, wish("bass up")), faults_free_late=False, now=LATE)
    assert of.outcome is Outcome.FREE


# What nobody could read


def test_what_nobody_could_read_is_priced_by_staff() -> None:
    of = verdict("other", delivered(1, wish("bass up")))
    assert (of.outcome, why(of)) == (Outcome.QUOTE, "A: other (A23)")


def test_it_makes_the_whole_batch_a_quote() -> None:
    of = verdict("bass down, other", delivered(1, wish("bass up")))
    assert (of.outcome, why(of)) == (Outcome.QUOTE, "A: other (A23), reversal (A21)")


def test_it_is_for_a_person_while_a_batch_is_in_work() -> None:
    assert verdict("other", sealed(1, wish("bass up"), started=True)).outcome is Outcome.QUOTE


def test_an_automatic_line_hands_it_back_at_no_price() -> None:
    of = verdict("other, bass up, undo", delivered(1, wish("air up")), by_hand=False)
    assert of.apart == (wish("other"),)
    assert why(of) == "A: additional (A19), reversal (A21)"


def test_a_confirmed_fault_is_taken_however_it_was_said() -> None:
    of = verdict("DEFECT other", by_hand=False)
    assert of.free_cause is Cause.FIX
    assert not of.apart


# Lines


def test_several_causes_on_one_song_are_one_floor() -> None:
    of = verdict("volume down, fade, air up", delivered(1, wish("volume up")))
    assert [line.amount for line in of.lines] == [FLOOR]
    assert of.clauses == ("A19", "A21", "A22")


def test_a_wish_for_every_song_is_judged_song_by_song() -> None:
    of = verdict("volume up", delivered(1, wish("A volume up")), songs=["A", "B", "C"])
    assert why(of) == "B: additional (A19); C: additional (A19)"
    assert of.free == (wish("A volume up"),)
    assert of.total == FLOOR * 2


def test_what_is_free_for_every_song_stays_one_item() -> None:
    assert verdict("volume up", songs=["A", "B"]).free == (wish("volume up"),)


def test_what_is_asked_for_twice_is_one_item() -> None:
    of = verdict("A bass down, bass down, bass down", delivered(1, wish("bass up")))
    assert of.lines[0].items == (wish("A bass down"),)


def test_lines_stand_in_the_order_of_the_songs() -> None:
    of = verdict("C air up, A air up", delivered(1, wish("bass up")), songs=["B", "C", "A"])
    assert [line.song for line in of.lines] == ["C", "A"]


def test_each_wish_has_its_own_reason() -> None:
    of = verdict("volume down, fade, DEFECT click", delivered(1, wish("volume up")))
    assert [(reason.item.what, reason.cause) for reason in of.reasons] == [
        (What.VOLUME, Cause.REVERSAL),
        (What.FADE_OUT, Cause.ADDITIONAL),
        (What.CLICK, Cause.FIX),
    ]


def test_without_quotes_by_itself_staff_set_every_fee() -> None:
    of = verdict("fade", delivered(1, wish("bass up")), auto_quote=False)
    assert (of.outcome, of.total) == (Outcome.QUOTE, FLOOR)
    assert verdict("fade", auto_quote=False).outcome is Outcome.FREE


def test_a_new_order_is_offered_where_the_fee_is_not_below_it() -> None:
    of = verdict("air up", delivered(1, wish("bass up")), songs=["A", "B"])
    assert of.cheaper_anew(Money(600, "USD")) == ("A", "B")
    assert of.cheaper_anew(FLOOR) == ("A", "B")
    assert of.cheaper_anew(Money(1001, "USD")) == ()


def test_a_song_that_is_not_in_the_order_is_refused() -> None:
    with pytest.raises(ValueError, match="'Z' is no song of the order"):
        verdict("Z bass up")


def test_nothing_asked_costs_nothing() -> None:
    of = verdict([], delivered(1, wish("bass up")))
    assert (of.outcome, of.free_cause, of.clauses) == (Outcome.FREE, None, ())
    assert not verdict([], sealed(1, wish("bass up"))).joins


def test_every_cause_cites_a_clause() -> None:
    assert all(CLAUSES[cause] for cause in Cause)
