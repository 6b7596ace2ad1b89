"""What must hold, whatever was killed: each check counts what it looked at, and says what it found wrong."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from benchmarks.survive.artists import Course
from benchmarks.survive.evidence import Evidence

REACHED = {course: frozenset({"released", "completed"}) for course in Course} | {
    Course.CANCELLED: frozenset({"cancelled"}),
    Course.REFUNDED: frozenset({"cancelled"}),
}
"""The states in which an order has come to what its artist wanted."""

SOUND = frozenset({"fetch", "intake", "render", "album", "deliver"})
FEW = 12
"""Files and folders that may lie about when all has stopped: those of the processes that died last."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that must not be. `at`: when, by the wall clock, if that is known."""

    what: str
    at: float | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found: `counted` says what it looked at."""

    name: str
    counted: str
    problems: tuple[Problem, ...]


def judge(evidence: Evidence) -> list[Verdict]:
    """Every check of the evidence."""
    verdicts = []
    for name, check in CHECKS.items():
        counted, *problems = check(evidence)
        assert isinstance(counted, str)
        verdicts.append(Verdict(name, counted, tuple(p for p in problems if isinstance(p, Problem))))
    return verdicts


Findings = Iterator[str | Problem]
"""First what was counted, then the problems."""


def _no_order_is_lost(seen: Evidence) -> Findings:
    songs = sum(len(told.titles) for told in seen.ordered)
    yield f"{len(seen.ordered)} orders, {songs} songs"
    orders = {order.id: order for order in seen.orders}
    placed = defaultdict(list)
    for song in seen.songs:
        placed[song.title].append(song.order)
    for told in seen.ordered:
        for title in told.titles:
            if placed[title] != [told.order]:
                yield Problem(f"{title} of order {told.order} is in {placed[title] or 'no order'}")
        state = orders[told.order].state if told.order in orders else "gone"
        if state not in REACHED[told.course]:
            yield Problem(f"order {told.order} ({told.course}) is {state}")
    for order in orders.keys() - {told.order for told in seen.ordered}:
        yield Problem(f"order {order} is nobody's")


def _no_deed_is_lost(seen: Evidence) -> Findings:
    yield f"{len(seen.acknowledged)} deeds that were answered"
    written = Counter(event.id for event in seen.events)
    for name in seen.acknowledged:
        if written[f"once-{name}"] != 1:
            yield Problem(f"{name} was answered and is {written[f'once-{name}']} times in the inbox")


def _none_is_charged_twice(seen: Evidence) -> Findings:
    yield f"{len(seen.takes)} charges at the purse, {len(seen.charges)} in the house"
    charges = {charge.id: charge for charge in seen.charges}
    paid = Counter[str]()
    for charge in seen.charges:
        if charge.state in {"paid", "refunding", "refunded"}:
            paid[charge.order] += charge.amount
    for told in seen.ordered:
        wanted = told.quoted or 0
        if paid[told.order] != wanted:
            yield Problem(f"order {told.order} was quoted {wanted} and charged {paid[told.order]}")
    for take in seen.takes:
        charge_ = charges.get(take.id)
        if charge_ is None:
            yield Problem(f"the purse was asked for {take.id}, of which the house knows nothing")
        elif charge_.amount != take.amount:
            yield Problem(f"charge {take.id} of {charge_.amount} took {take.amount}")
        elif (take.state, charge_.state) not in {
            ("taken", "paid"),
            ("returned", "refunded"),
            ("declined", "declined"),
        }:
            yield Problem(f"charge {take.id} is {charge_.state} in the house and {take.state} at the purse")
    for charge in seen.charges:
        if (
            charge.till == "demo"
            and charge.state == "paid"
            and charge.id not in {take.id for take in seen.takes}
        ):
            yield Problem(f"charge {charge.id} is paid, and the purse knows nothing of it")


def _the_ledger_sums_to_nothing(seen: Evidence) -> Findings:
    yield f"{len(seen.transfers)} transfers, {len(seen.balances)} accounts"
    if sum(seen.balances.values()):
        yield Problem(f"all accounts together hold {sum(seen.balances.values())}")
    reckoned = Counter[str]()
    for transfer in seen.transfers:
        reckoned[transfer.source] -= transfer.amount
        reckoned[transfer.target] += transfer.amount
    for name in reckoned.keys() | seen.balances.keys():
        if reckoned[name] != seen.balances.get(name, 0):
            yield Problem(
                f"{name} holds {seen.balances.get(name, 0)}, its transfers come to {reckoned[name]}"
            )
    for ref, times in Counter(transfer.ref for transfer in seen.transfers).items():
        if times > 1:
            yield Problem(f"{ref} was posted {times} times")
    paid, returned = Counter[str](), Counter[str]()
    for transfer in seen.transfers:
        if transfer.order is not None and transfer.kind in {"pay", "refund"}:
            (paid if transfer.kind == "pay" else returned)[transfer.order] += transfer.amount
    for order, amount in returned.items():
        if amount > paid[order]:
            yield Problem(f"order {order} was paid {paid[order]} and gave back {amount}")
    taken = sum(take.amount for take in seen.takes if take.state == "taken")
    if -seen.balances.get("till:demo", 0) != taken:
        yield Problem(f"the purse gave {taken}, the ledger has {-seen.balances.get('till:demo', 0)} from it")


def _no_notice_comes_twice(seen: Evidence) -> Findings:
    yield f"{len(seen.heard)} notices on the screen"
    first: dict[object, float] = {}
    for heard in seen.heard:
        if heard.notice in first:
            yield Problem(f"notice {heard.notice.id} came twice to {heard.notice.place}", heard.at)
        first.setdefault(heard.notice, heard.at)


def _what_was_sent_arrived(seen: Evidence) -> Findings:
    heard = {one.notice for one in seen.heard}
    lost = set(seen.recorded) - heard
    yield f"{len(seen.sent)} sent, {len(seen.recorded)} received, {len(lost)} cut off from the screen"
    for notice in sorted(set(seen.sent) - set(seen.recorded), key=str):
        yield Problem(f"notice {notice.id} counts as sent and never came to {notice.place}")
    for notice in sorted(set(seen.recorded) - set(seen.sent), key=str):
        yield Problem(f"notice {notice.id} came to {notice.place} and does not count as sent")
    for notice in seen.unsent:
        yield Problem(f"notice {notice.id} to {notice.place} was never sent")
    for notice in sorted(heard - set(seen.recorded), key=str):
        yield Problem(f"notice {notice.id} was shown to {notice.place} and is not remembered there")
    # The receiver remembers first and shows then: a kill between the two costs at most one a process.
    if len(lost) > seen.deaths:
        yield Problem(f"{len(lost)} notices never came to the screen, but only {seen.deaths} processes died")


def _nothing_is_redone(seen: Evidence) -> Findings:
    done = {
        heard.notice.id.partition("-v")[0]: heard.at
        for heard in seen.heard
        if heard.notice.id.endswith("-files")
    }
    yield f"{len(seen.attempts)} attempts of {len(seen.jobs)} jobs, {len(done)} deliveries"
    for attempt in seen.attempts:
        if attempt.order in done and attempt.kind in SOUND and attempt.at > done[attempt.order]:
            yield Problem(f"order {attempt.order} was delivered, and {attempt.kind} began again", attempt.at)


def _files_are_what_was_told(seen: Evidence) -> Findings:
    yield f"{len(seen.delivered)} files"
    for file in seen.delivered:
        if file.found != file.told:
            yield Problem(f"{file.path} is {file.found or 'not there'}, and {file.told} was told")


def _nothing_is_set_aside(seen: Evidence) -> Findings:
    states = Counter(event.state for event in seen.events)
    yield f"{states.total()} events"
    for event in seen.events:
        if event.state != "done":
            yield Problem(f"event {event.id} is {event.state}")


def _no_job_crashes_by_kills_alone(seen: Evidence) -> Findings:
    states = Counter(job.state for job in seen.jobs)
    yield ", ".join(f"{number} {state}" for state, number in sorted(states.items()))
    for job in seen.jobs:
        if job.state not in {"done", "cancelled"}:
            yield Problem(f"job {job.id} ({job.kind}) of order {job.order} is {job.state}")


def _no_process_is_orphaned(seen: Evidence) -> Findings:
    yield f"{seen.deaths} deaths looked after"
    for orphan in seen.orphans:
        yield Problem(
            f"process {orphan.process.id} outlived {orphan.of} and took {orphan.burnt:.1f} s of a core:"
            f" {orphan.process.command[:100]}"
        )


def _no_litter_is_left(seen: Evidence) -> Findings:
    yield f"{len(seen.litter)} files and folders left"
    if len(seen.litter) > FEW:
        yield Problem(f"{len(seen.litter)} files and folders lie about, such as {seen.litter[0]}")


CHECKS: dict[str, Callable[[Evidence], Findings]] = {
    "no order lost": _no_order_is_lost,
    "no deed lost": _no_deed_is_lost,
    "none charged twice": _none_is_charged_twice,
    "the ledger sums to 0": _the_ledger_sums_to_nothing,
    "no notice twice": _no_notice_comes_twice,
    "what was sent arrived": _what_was_sent_arrived,
    "nothing redone after delivery": _nothing_is_redone,
    "files are what was told": _files_are_what_was_told,
    "no event set aside": _nothing_is_set_aside,
    "no job crashed": _no_job_crashes_by_kills_alone,
    "no orphan process": _no_process_is_orphaned,
    "no litter": _no_litter_is_left,
}
