"""Why a wish is free or costs, in words: what is said of each line of a list is true of that line."""

from dataclasses import replace
from datetime import datetime, timedelta

from bots.catalogues import load_catalogues
from core.desk.revising import causes
from core.money import Money
from core.revisions import Batch
from core.verdicts import judge
from tests.core.batches import delivered, wishes
from tests.core.samples import START, a_project

SAY = load_catalogues().voice("en")
FLOOR = Money(1000, "USD")
DEADLINE = START + timedelta(days=5)
IN_TIME, LATE = START + timedelta(days=3), START + timedelta(days=6)


def told(asked: str, *batches: Batch, at: datetime = IN_TIME, songs: int = 1) -> str:
    """What is said of the first wish of a list."""
    project = a_project(songs)
    verdict = judge(
        wishes(asked),
        songs=[song.id for song in project.works],
        batches=batches,
        service_floor=FLOOR,
        deadline=DEADLINE,
        now=at,
        by_hand=False,
        faults_free_late=True,
        auto_quote=True,
    )
    what = verdict.reasons[0].item.what
    reasons = [reason for reason in verdict.reasons if reason.item.what is what]
    text = causes.of_item(SAY, project, verdict, reasons, FLOOR)
    return text.plain(moment=str, title=lambda title: title.title)


def test_a_first_round_in_time_needs_no_reasons() -> None:
    assert told("volume up, bass up") == ""


def test_what_would_have_been_free_in_time_is_never_called_free_when_it_is_late() -> None:
    late = " - your time for free changes is over: staff name a price, from $10 a song (A15)"
    assert told("volume up", at=LATE) == late
    assert told("volume up", delivered(1, *wishes("volume up")), at=LATE) == late


def test_a_fault_is_free_beside_what_is_late() -> None:
    fix = " - free: that is our fault, and no change (C9)"
    assert told("DEFECT volume up, bass up", at=LATE) == fix


def test_a_wish_for_all_songs_says_which_of_them_cost() -> None:
    (louder,) = wishes("volume up")
    done = delivered(1, replace(louder, song="song1"))
    assert told("volume up", done, songs=3) == (
        " - Song 2, Song 3: a new wish that was not in your round: an additional round, from $10 a song (A19)"
        "; Song 1: free: more of what we did for you (A13)"
    )
