"""The desk: load what a deed needs, decide it, commit the decision; and answer questions that do nothing."""

import random
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC
from typing import Any

from core import audit, members
from core.access import originals, reads
from core.agreements import month_of
from core.changes import Changes, Finish, Move
from core.commands import numbered, spoken_of
from core.desk.decide import decide
from core.desk.forms import FORMS, answers, prefilled, with_styles
from core.desk.forms import OF_THREAD as THREAD_FORMS
from core.desk.making.work import made_by
from core.desk.making.work_card import order_of
from core.desk.ordering.checkout import refusal
from core.desk.pressing import OF_THREAD
from core.desk.refunding import disputes
from core.desk.refunding.complaint_card import complaint_of
from core.desk.scene import Scene, Ways, arrived
from core.desk.shown.cards import job_card
from core.desk.shown.guide import newest_agreed
from core.desk.shown.page import page
from core.desk.shown.view import View, view
from core.desk.trade import deal_forms, trading
from core.ids import derive
from core.linking import CHANCE, hash_of, whole_hash
from core.messages import HOUSE, WEB, Action, Answer, Card, Incoming, Kind, Notice, Question, To
from core.money import Money
from core.ports import Clock, Outdated, Overdrawn, Received, Store
from core.rules import HouseRules
from core.snapshot import Needs, Snapshot
from core.trade import Asked
from core.wording import Catalogues, Voice

MOST_ROUNDS = 20  # how often one deed is decided again because somebody was faster
MOST_REVOKED = 200  # orders that are not open any more whose private links stop at a word
MOST_UNOPENED = 5  # and those that are looked through for what could not be sent
WIDEST = 8  # rounds after which those who want the same number look no further apart

OF_NUMBER = frozenset(
    {"invite", "leave", "members", "claim", "deliver", "quote", "waive", "credit", "refund", "dispute"}
)
"""Commands that name an order by its number, and perhaps somebody as `door:id`."""


class Desk:
    """What every door speaks to. Holds nothing: all it knows is in the store."""

    def __init__(
        self,
        store: Store,
        rules: HouseRules,
        clock: Clock,
        catalogues: Catalogues,
        ways: Ways,
        chance: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._store = store
        self._rules = rules
        self._clock = clock
        self._catalogues = catalogues
        self._ways = ways
        self._chance = chance

    async def handle(self, incoming: Incoming) -> None:
        """Decide one deed and carry the decision out, once, however often it is handed in."""
        if incoming.kind is Kind.JOB and "progress" in incoming.payload:
            await self._draw(incoming)
            return
        for tried in range(MOST_ROUNDS):
            snapshot = _spread(await self._load(incoming), incoming, tried)
            try:
                await self._store.commit(incoming, self._decided(incoming, snapshot))
            except (Outdated, Overdrawn):
                continue
            return
        raise Outdated(f"{incoming.kind} {incoming.event_id} found no quiet moment in {MOST_ROUNDS} rounds")

    async def moved_on(self, order: str) -> None:
        """Draw how far the files of an order have come, which is nobody's deed. Unreachable, Outdated."""
        now = self._clock.now()
        await self._draw(Incoming(HOUSE, f"moved:{order}", None, "", True, Kind.TICK, now, {"order": order}))

    async def ask(self, question: Question) -> Answer:
        """What a form looks like and starts with, whether something may be paid, or what a page shows.

        Nothing is done.
        """
        match question.kind:
            case "form":
                return await self._form(question)
            case "checkout":
                return await self._checkout(question)
            case "page":
                return await self._page(question)
        return Answer()

    async def _form(self, question: Question) -> Answer:
        name, id_ = str(question.payload["form"]), str(question.payload.get("id") or "none")
        if name not in FORMS:
            return Answer()
        needs = _named(Needs(question.door, external=question.person), "form", id_, name)
        snapshot, say = await self._asked(question, needs)
        mine = snapshot.project and snapshot.actor and snapshot.project.order.person == snapshot.actor.id
        form = with_styles(FORMS[name](say), say, self._rules.styles)
        known = deal_forms.prefilled(name, snapshot.trade) if name in deal_forms.FORMS else None
        return Answer(form, prefilled(name, snapshot.project if mine else None) if known is None else known)

    async def _checkout(self, question: Question) -> Answer:
        told = question.payload
        needs = Needs(question.door, external=question.person, order=str(told["order"]))
        snapshot, say = await self._asked(question, needs)
        amount = Money(int(told["amount"]), str(told["currency"]))
        version = int(told["version"])
        return Answer(refusal=refusal(say, snapshot.project, snapshot.actor, version, amount))

    async def _page(self, question: Question) -> Answer:
        needs = Needs(question.door, account=question.person, order=str(question.payload["order"]))
        snapshot, say = await self._asked(question, needs)
        project, reader = snapshot.project, snapshot.actor
        if project is None or reader is None:
            return Answer()
        if (prepays := project.order.prepays) is not None:
            paid_for = replace(needs, trade=Asked(agreement=prepays.agreement, songs=True))
            snapshot, say = await self._asked(question, paid_for)
        own, hears = project.order.person == reader.id, project.member(reader.id) is not None
        if not own and not hears and not reads(project, reader):
            return Answer()
        now, balance = self._clock.now(), snapshot.balance if own else None
        seen = View(
            *(project, say, self._rules, self._ways, now, balance, snapshot.running, snapshot.uploads),
            trade=snapshot.trade,
        )
        theirs, songs = ((), ()) if own else (originals(project, reader), made_by(project, reader))
        return Answer(page=page(seen, own=own, member=hears, originals=theirs, songs=songs))

    async def _asked(self, question: Question, needs: Needs) -> tuple[Snapshot, Voice]:
        snapshot = await self._store.load(needs)
        locale = snapshot.actor.locale if snapshot.actor else question.locale
        return snapshot, self._catalogues.voice(locale)

    async def set_aside(self, received: Received, reference: str) -> None:
        """Tell the person and the staff of a deed that cannot be decided. If it ends a job, that failed."""
        incoming = received.incoming
        voice = self._catalogues.voice(incoming.locale)
        staff = self._catalogues.voice(None)
        told = Notice(
            derive("aside", reference),
            To.person(received.lane),
            voice(
                "Something went wrong on our side; what you sent is safe. Reference: {reference}.",
                reference=reference,
            ),
        )
        card = Card(
            f"aside:{reference}",
            To.staff(),
            staff(
                "Something could not be handled and was set aside (reference {reference}, {kind}).",
                reference=reference,
                kind=incoming.kind.value,
            ),
        )
        event = Incoming(HOUSE, f"aside:{reference}", received.lane, "", True, Kind.TICK, self._clock.now())
        job = incoming.payload if incoming.kind is Kind.JOB else None
        finish = Finish(str(job["job"]), int(job["attempt"]), failed=True) if job else None
        await self._store.commit(event, Changes(notices=(told,), cards=(card,), finish=finish))

    async def _load(self, incoming: Incoming) -> Snapshot:
        needs = self._this_month(needs_of(incoming))
        snapshot = await self._store.load(needs)
        while (further := _followed(needs, incoming, snapshot)) != needs:
            needs, snapshot = further, await self._store.load(further)
        return snapshot

    def _this_month(self, needs: Needs) -> Needs:
        """With the songs counted that were paid this month. # B67"""
        month = month_of(self._clock.now(), self._rules.zone)
        return replace(needs, month=month.astimezone(UTC))

    def _decided(self, incoming: Incoming, snapshot: Snapshot) -> Changes:
        house = incoming.door == HOUSE
        actor, identity = (
            (snapshot.actor, None)
            if house or incoming.door == WEB
            else arrived(incoming, snapshot.actor, self._catalogues)
        )
        # A person's deed counts from when it reached the door; what the house does, from now, and never from
        # before it was written down, though the machine's clock were set back since.
        now = max(self._clock.now(), incoming.at) if house else incoming.at
        chance = self._chance(CHANCE)
        scene = Scene(incoming, snapshot, now, self._rules, self._catalogues, self._ways, actor, chance)
        changes = decide(scene)
        if identity is None or actor is None:
            return changes
        # A newcomer's account: if the deed itself changed the person, that change is its first state.
        known = [move for move in changes.people if move.after.id == actor.id]
        first = Move(None, known[-1].after if known else actor)
        others = tuple(move for move in changes.people if move.after.id != actor.id)
        return replace(changes, people=(first, *others), identities=(identity, *changes.identities))

    async def _draw(self, incoming: Incoming) -> None:
        snapshot = await self._store.load(self._this_month(needs_of(incoming)))
        project = snapshot.project
        if project is None:
            return
        scene = Scene(
            incoming, snapshot, self._clock.now(), self._rules, self._catalogues, self._ways, snapshot.actor
        )
        await self._store.draw(project.order.id, project.order.rev, (job_card(view(scene, project)),))


def needs_of(incoming: Incoming) -> Needs:
    """What must be known to decide a deed."""
    told: Mapping[str, Any] = incoming.payload
    if incoming.door == HOUSE:
        needs = Needs(HOUSE, account=incoming.person, order=told.get("order"), job=told.get("job"))
        done = told.get("done")
        if isinstance(done, Mapping) and "sha256" in done:
            needs = replace(needs, sha256=str(done["sha256"]))
        if incoming.kind is Kind.TICK:
            needs = replace(needs, about=True)  # the threads whose cards offer what the clock may do now
        if incoming.kind is Kind.GRANT:
            needs = replace(needs, staff=True, target=(str(told["door"]), str(told["external"])))
        if "agreement" in told:
            needs = replace(needs, trade=Asked(agreement=str(told["agreement"])))
        if "bulk" in told:
            needs = replace(needs, trade=Asked(bulk=str(told["bulk"])))
        return needs
    needs = Needs(incoming.door, external=incoming.person, past=_past(incoming))
    if incoming.door == WEB:
        needs = replace(needs, external=None, account=incoming.person)
    match incoming.kind:
        case Kind.PRESS:
            try:
                action = Action.unpack(str(told["action"]))
            except ValueError:
                return needs
            return _named(needs, action.verb, action.id, action.choice)
        case Kind.MESSAGE if told.get("answers") and incoming.files:
            return replace(needs, answers=(incoming.place, str(told["answers"])))
        case Kind.PAYMENT if told.get("state") in disputes.TOLD:
            return replace(needs, order=str(told["payload"]))
        case Kind.UPLOAD:
            return replace(needs, order=str(told["order"]))
        case Kind.FORM:
            return _named(needs, "form", str(told.get("id") or "none"), str(told["form"]))
        case Kind.COMMAND if told.get("name") == "link" and str(told.get("arguments") or "").strip():
            return replace(needs, code=hash_of(str(told["arguments"])))
        case Kind.COMMAND if told.get("name") == "join" and str(told.get("arguments") or "").strip():
            return replace(needs, invitation=hash_of(str(told["arguments"]), members.USE))
        case Kind.COMMAND if told.get("name") == "bulk":
            return replace(needs, trade=Asked(own=True))
        case Kind.COMMAND if told.get("name") == "agreement":
            return trading.spoken_of(needs, str(told.get("arguments") or ""))
        case Kind.COMMAND if told.get("name") == "staff":
            return replace(needs, waiting=True)
        case Kind.COMMAND if told.get("name") == "human":
            return replace(needs, talks=True)
        case Kind.COMMAND if told.get("name") == "board":
            return replace(needs, board=True)
        case Kind.COMMAND if told.get("name") == "audit":
            number, most = audit.asked(str(told.get("arguments") or "")) or (None, 0)
            return replace(needs, number=number, audit=most)
        case Kind.COMMAND if told.get("name") in OF_NUMBER:
            arguments = str(told.get("arguments") or "")
            return replace(needs, number=numbered(arguments), target=spoken_of(arguments))
        case Kind.COMMAND if told.get("name") == "grant":
            return replace(needs, staff=True, target=spoken_of(str(told.get("arguments") or "")))
    return needs


def _past(incoming: Incoming) -> int:
    """How many of somebody's orders that are not open must be known: what they were sent lives longer."""
    command = incoming.payload.get("name") if incoming.kind is Kind.COMMAND else None
    if command == "revoke":
        return MOST_REVOKED
    in_place = incoming.reply_handle is not None and not incoming.private
    return MOST_UNOPENED if command or in_place else 0


def _followed(needs: Needs, incoming: Incoming, snapshot: Snapshot) -> Needs:
    """What else must be known once it is known who speaks: the order of their form, list or thread."""
    actor = snapshot.actor
    if (traded := trading.followed(needs, incoming, snapshot)) != needs:
        return traded
    asked = needs.thread is None and needs.order is None and not needs.trade.any
    if asked and actor and actor.expecting and answers(actor, incoming):
        return _named(needs, "form", actor.expecting.id, actor.expecting.form)
    if asked and snapshot.answered and (order := order_of(snapshot.answered)):
        return replace(needs, order=order)
    if asked and snapshot.answered and (complaint := complaint_of(snapshot.answered)):
        return replace(needs, complaint=complaint)
    focus = actor.focus if actor and incoming.kind is Kind.MESSAGE and snapshot.project is None else None
    if asked and focus and all(project.order.id != focus for project in snapshot.open):
        return replace(needs, order=focus)  # complete, and to be changed once more; or somebody else's
    if asked and snapshot.shared and _leaves(incoming):
        return replace(needs, order=snapshot.shared[0].order.id)
    if _asks_terms(incoming) and needs.agreed is None and (agreed := newest_agreed(snapshot)):
        return replace(needs, agreed=agreed.terms_sha256)
    if snapshot.thread and snapshot.thread.order and needs.order is None and snapshot.project is None:
        return replace(needs, order=snapshot.thread.order)
    return needs


def _leaves(incoming: Incoming) -> bool:
    """Whether somebody leaves an order without saying which one: the newest that they are a member of."""
    told = incoming.payload
    return incoming.kind is Kind.COMMAND and told.get("name") == "leave" and not told.get("arguments")


def _asks_terms(incoming: Incoming) -> bool:
    """Whether somebody wants to read the terms: `/terms`, [Terms]."""
    told = incoming.payload
    if incoming.kind is Kind.PRESS:
        return str(told.get("action", "")).startswith("terms:")
    return incoming.kind is Kind.COMMAND and told.get("name") == "terms"


def _named(needs: Needs, verb: str, id_: str, choice: str | None) -> Needs:
    """What a button's or form's id names: a thread for those of a thread, else an order."""
    if verb == "form" and choice == "human":
        needs = replace(needs, talks=True)
    if id_ in ("none", "me"):
        return needs
    if (traded := trading.named(needs, verb, id_, choice)) is not None:
        return traded
    if verb == "join":
        return replace(needs, code=whole_hash(id_))
    if verb == "enter":
        return replace(needs, invitation=whole_hash(id_))
    if verb == "card":
        return replace(needs, card=f"{choice}:{id_}")
    if verb == "refund" or (verb == "form" and choice == "talk"):  # with the threads about it
        return replace(needs, order=id_, about=True)
    if verb in OF_THREAD or (verb == "form" and choice in THREAD_FORMS):
        return replace(needs, thread=id_)
    return replace(needs, order=id_.partition(".")[0])  # behind a dot is what of it was seen


def _spread(snapshot: Snapshot, incoming: Incoming, tried: int) -> Snapshot:
    """Many who begin at one moment all see the same next number: those who collided look further up.

    The numbers of orders may have gaps.
    """
    chance = random.Random(f"{incoming.door}/{incoming.event_id}/{tried}")
    return replace(snapshot, next_number=snapshot.next_number + chance.randrange(2 ** min(tried, WIDEST)))
