"""Who of the staff may do what: every command, button and form, for every role (A07)."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bots.catalogues import load_catalogues
from core.audit import Came, Entry
from core.bookings import Booking, BookingState
from core.changes import Changes
from core.commands import COMMANDS
from core.desk.decide import decide
from core.desk.forms import OF_STAFF as FORMS_OF_STAFF
from core.desk.forms import OF_THREAD as FORMS_OF_THREAD
from core.desk.pressing import OF_STAFF, OF_THREAD
from core.desk.scene import Scene, Ways
from core.messages import Action, Card, Incoming, Kind, To
from core.orders import OrderState
from core.people import Person, Role, StaffDesk
from core.rules import HouseRules
from core.snapshot import Snapshot
from core.text import Text
from core.threads import Thread, ThreadState
from tests.core.samples import START, a_project, an_order

EVERYBODY = "owner manager engineer support viewer"
WORK = "owner manager engineer"
TALK = "owner manager support"
READ = "owner manager support"
MONEY = LEAD = AUDIT = "owner manager"
CONFIG = "owner"

MAY = {
    "/board": EVERYBODY,
    "/claim": WORK,
    "/deliver": WORK,
    "/quote": MONEY,
    "/waive": MONEY,
    "/credit": MONEY,
    "/dispute": MONEY,
    "/agreement": MONEY,
    "/audit": AUDIT,
    "/staff": LEAD,
    "/grant": CONFIG,
    "[card]": EVERYBODY,
    "[retry]": WORK,
    "[claim]": WORK,
    "[let-go]": WORK,
    "[begin]": WORK,
    "[originals]": WORK,
    "[hand-over]": WORK,
    "[fix]": WORK,
    "[new-master]": WORK,
    "[look]": READ,
    "[refund]": MONEY,
    "[undo]": MONEY,
    "[second]": MONEY,
    "[quote]": MONEY,
    "[take]": TALK,
    "[close]": TALK,
    "{reply}": TALK,
    "{hand}": TALK,
    "{talk}": TALK,
    "{handin}": WORK,
    "{anyway}": WORK,
    "{quote}": MONEY,
    "{waive}": MONEY,
    "{credit}": MONEY,
    "{credit-all}": MONEY,
    "{credit-half}": MONEY,
    "{refuse}": MONEY,
    "{give-back}": MONEY,
    "{take-credit}": MONEY,
    "{unjustified}": MONEY,
    "{propose}": MONEY,
    "{turn-down}": MONEY,
}
"""Commands, [buttons] and {forms} of the staff, and the roles that may."""


def deeds() -> Iterator[str]:
    yield from (f"/{command.name}" for command in COMMANDS if command.needs)
    yield from (f"[{verb}]" for verb in (*OF_STAFF, *OF_THREAD))
    yield from (f"{{{form}}}" for form in FORMS_OF_STAFF)


def incoming(deed: str) -> Incoming:
    """A deed of the staff as it comes from the desk, about order1 or its ticket."""
    name = deed.strip("/[]{}")
    of_thread = name in OF_THREAD if deed.startswith("[") else name in FORMS_OF_THREAD
    about = "ticket1" if of_thread else "order1"
    kind = Kind.COMMAND
    payload: dict[str, object] = {"name": name, "arguments": ""}
    if deed.startswith("["):
        kind, payload = Kind.PRESS, {"action": f"{name}:{about}"}
    if deed.startswith("{"):
        values = dict.fromkeys(("words", "reason", "amount", "note", "price", "volume", "until"), "")
        kind, payload = Kind.FORM, {"form": name, "id": about, "values": {**values, "role": "engineer"}}
    return Incoming("terminal", "1", "sam", "desk", private=False, kind=kind, at=START, payload=payload)


TICKET = Thread("ticket1", "ada", ThreadState.WAITING, START, "order1", number=7)


def scene(deed: str, role: Role | None, **known: object) -> Scene:
    sam = Person("sam", "Sam", START, role=role)
    snapshot = Snapshot(
        "USD",
        actor=sam,
        artist=Person("ada", "Ada", START),
        project=a_project(order=an_order(OrderState.RELEASED)),
        thread=TICKET,
        desks=(StaffDesk("terminal", "desk", "olga", START),),
    )
    told = replace(snapshot, **known)  # type: ignore[arg-type]
    return Scene(incoming(deed), told, START, HouseRules(), load_catalogues(), Ways({}, pages=True), sam)


def answers(changes: Changes) -> list[str]:
    return [notice.text.plain(moment=str, title=str) for notice in changes.notices]


def entry(changes: Changes) -> Entry:
    (written,) = changes.audited
    return written


def refused(changes: Changes, role: Role, deed: str) -> bool:
    roles = ", ".join(MAY[deed].split())
    return answers(changes) == [f"You are {role} here; that is for: {roles}."]


def test_the_table_names_everything_that_is_for_the_staff_and_nothing_else() -> None:
    assert set(MAY) == set(deeds())


@pytest.mark.parametrize(
    ("deed", "role"), [(deed, role) for deed in MAY for role in Role if role not in MAY[deed].split()]
)
def test_who_may_not_is_told_whose_it_is_and_that_they_tried_is_written_down(deed: str, role: Role) -> None:
    changes = decide(scene(deed, role))
    assert refused(changes, role, deed)
    assert entry(changes).came is Came.REFUSED
    assert (entry(changes).by, entry(changes).role) == ("sam", role)
    assert replace(changes, notices=(), audited=()) == Changes()


@pytest.mark.parametrize(
    ("deed", "role"), [(deed, role) for deed in MAY for role in Role if role in MAY[deed].split()]
)
def test_who_may_is_heard_and_that_is_written_down(deed: str, role: Role) -> None:
    changes = decide(scene(deed, role))
    assert not refused(changes, role, deed)
    assert entry(changes).came is not Came.REFUSED


@pytest.mark.parametrize("deed", MAY)
def test_of_those_who_are_not_of_the_staff_nothing_is_taken_and_nothing_written_down(deed: str) -> None:
    changes = decide(scene(deed, None))
    assert answers(changes)[0] in ("That is for the staff.", "That button is not for you.")
    assert replace(changes, notices=()) == Changes()


def booked(state: BookingState) -> dict[str, object]:
    booking = Booking("booking1", "order1", "song1", state, "sam", "Sam", START)
    return {"project": a_project(order=an_order(OrderState.WORKING), bookings=(booking,))}


def test_an_engineer_reads_the_orders_of_their_own_songs_alone() -> None:
    assert (
        entry(decide(scene("[look]", Role.ENGINEER, **booked(BookingState.CLAIMED)))).came is not Came.REFUSED
    )
    assert entry(decide(scene("[look]", Role.ENGINEER, **booked(BookingState.LET_GO)))).came is Came.REFUSED
    assert entry(decide(scene("[look]", Role.ENGINEER))).came is Came.REFUSED


def test_a_booking_opens_nothing_for_whoever_is_no_engineer_any_more() -> None:
    assert entry(decide(scene("[look]", Role.VIEWER, **booked(BookingState.CLAIMED)))).came is Came.REFUSED
    assert decide(scene("[look]", None, **booked(BookingState.CLAIMED))).audited == ()


@pytest.mark.parametrize("deed", ["[take]", "[close]", "{reply}"])
def test_whoever_has_a_ticket_or_was_handed_it_may_answer_it_in_any_role(deed: str) -> None:
    mine = {"thread": replace(TICKET, assigned="sam")}
    ours = {"thread": replace(TICKET, handed=Role.ENGINEER)}
    anothers = {"thread": replace(TICKET, assigned="olga", handed=Role.SUPPORT)}
    for known in (mine, ours):
        assert entry(decide(scene(deed, Role.ENGINEER, **known))).came is not Came.REFUSED
        assert not decide(scene(deed, None, **known)).threads
    assert entry(decide(scene(deed, Role.ENGINEER, **anothers))).came is Came.REFUSED


def pressing(action: str) -> Incoming:
    return Incoming("terminal", "1", "sam", "desk", False, Kind.PRESS, START, payload={"action": action})


def pressed(action: Action, role: Role, **known: object) -> Changes:
    return decide(replace(scene("[card]", role, **known), incoming=pressing(action.pack())))


def test_what_the_board_does_not_open_to_a_role_is_written_down_as_refused() -> None:
    card = {"card": Card("quote:q1", To.staff(), Text(("Order 1000: a price",)))}
    refusal = pressed(Action("card", "q1", choice="quote"), Role.VIEWER, **card)
    assert entry(refusal).came is Came.REFUSED
    assert entry(pressed(Action("card", "q1", choice="quote"), Role.SUPPORT, **card)).came is Came.NOTHING


def test_who_opens_the_files_of_a_confidential_order_says_first_that_they_know() -> None:
    project = a_project(order=replace(an_order(OrderState.WORKING), confidential=True))
    booking = Booking("booking1", "order1", "song1", BookingState.CLAIMED, "sam", "Sam", START)
    known = {"project": replace(project, bookings=(booking,))}
    without_pages = replace(scene("[originals]", Role.ENGINEER, **known), ways=Ways({}))
    asked = decide(without_pages)
    (question,) = asked.notices
    assert question.buttons[0].action == Action("originals", "order1", choice="sure").pack()
    assert not asked.consents
    sure = replace(without_pages, incoming=pressing(question.buttons[0].action or ""))
    given = decide(sure)
    assert [consent.kind for consent in given.consents] == ["confidential"]


def granting(arguments: str, **known: object) -> Changes:
    told = {"name": "grant", "arguments": arguments}
    incoming = Incoming("terminal", "1", "sam", "desk", False, Kind.COMMAND, START, payload=told)
    here = replace(scene("/grant", Role.OWNER, **known), ways=Ways({"discord": (), "terminal": ()}))
    return decide(replace(here, incoming=incoming))


def test_a_role_is_not_given_through_a_door_that_does_not_exist() -> None:
    changes = granting("owner dicord:123")
    assert answers(changes) == ["There is no door dicord here. Doors: discord, terminal."]
    assert not changes.people
    assert granting("Owner discord:123").people


def test_nobody_is_made_known_by_taking_a_role_from_them() -> None:
    assert answers(granting("none discord:123")) == ["I do not know discord:123."]
    assert not granting("none discord:123").people
