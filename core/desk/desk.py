"""The desk: load what a deed needs, decide it, commit the decision; and answer questions that do nothing."""

import random
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from core.changes import Changes, Finish, Move
from core.desk.cards import job_card
from core.desk.checkout import refusal
from core.desk.decide import decide
from core.desk.forms import FORMS, answers, prefilled, with_styles
from core.desk.page import page
from core.desk.scene import Scene, Ways, arrived
from core.desk.view import View, view
from core.ids import derive
from core.linking import CHANCE, hash_of, whole_hash
from core.messages import HOUSE, WEB, Action, Answer, Card, Incoming, Kind, Notice, Question, To
from core.money import Money
from core.people import Role, may_act_as
from core.ports import Clock, Outdated, Overdrawn, Received, Store
from core.rules import HouseRules
from core.snapshot import Needs, Snapshot
from core.wording import Catalogues, Voice

MOST_ROUNDS = 20  # how often one deed is decided again because somebody was faster
MOST_REVOKED = 200  # orders that are not open any more whose private links stop at a word
MOST_UNOPENED = 5  # and those that are looked through for what could not be sent
WIDEST = 8  # rounds after which those who want the same number look no further apart


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
        return Answer(form, prefilled(name, snapshot.project if mine else None))

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
        own = project.order.person == reader.id
        if not own and not may_act_as(reader.role, Role.SUPPORT):
            return Answer()
        now, balance = self._clock.now(), snapshot.balance
        seen = View(project, say, self._rules, self._ways, now, balance, snapshot.running, snapshot.uploads)
        return Answer(page=page(seen, own=own))

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
        needs = needs_of(incoming)
        snapshot = await self._store.load(needs)
        while (further := _followed(needs, incoming, snapshot)) != needs:
            needs, snapshot = further, await self._store.load(further)
        return snapshot

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
        snapshot = await self._store.load(needs_of(incoming))
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
        if incoming.kind is Kind.GRANT:
            needs = replace(needs, target=(str(told["door"]), str(told["external"])))
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
        case Kind.UPLOAD:
            return replace(needs, order=str(told["order"]))
        case Kind.FORM:
            return _named(needs, "form", str(told.get("id") or "none"), str(told["form"]))
        case Kind.COMMAND if told.get("name") == "link" and str(told.get("arguments") or "").strip():
            return replace(needs, code=hash_of(str(told["arguments"])))
        case Kind.COMMAND if told.get("name") == "staff":
            return replace(needs, waiting=True)
        case Kind.COMMAND if (
            told.get("name") == "grant" and ":" in str(told.get("arguments", "")).partition(" ")[2]
        ):
            door, _, external = str(told["arguments"]).split()[-1].partition(":")
            return replace(needs, target=(door, external))
    return needs


def _past(incoming: Incoming) -> int:
    """How many of somebody's orders that are not open must be known: what they were sent lives longer."""
    command = incoming.payload.get("name") if incoming.kind is Kind.COMMAND else None
    if command == "revoke":
        return MOST_REVOKED
    in_place = incoming.reply_handle is not None and not incoming.private
    return MOST_UNOPENED if command or in_place else 0


def _followed(needs: Needs, incoming: Incoming, snapshot: Snapshot) -> Needs:
    """What else must be known once it is known who speaks: the order of their thread, or of their form."""
    actor = snapshot.actor
    asked = needs.thread is None and needs.order is None
    if asked and actor and actor.expecting and answers(actor, incoming):
        return _named(needs, "form", actor.expecting.id, actor.expecting.form)
    if snapshot.thread and snapshot.thread.order and needs.order is None and snapshot.project is None:
        return replace(needs, order=snapshot.thread.order)
    return needs


def _named(needs: Needs, verb: str, id_: str, choice: str | None) -> Needs:
    """What a button's or form's id names: a thread for those of a thread, else an order."""
    if id_ in ("none", "me"):
        return needs
    if verb == "join":
        return replace(needs, code=whole_hash(id_))
    if verb == "refund":  # the threads about it have that button too
        return replace(needs, order=id_, about=True)
    if verb == "close" or (verb == "form" and choice == "reply"):
        return replace(needs, thread=id_)
    return replace(needs, order=id_)


def _spread(snapshot: Snapshot, incoming: Incoming, tried: int) -> Snapshot:
    """Many who begin at one moment all see the same next number: those who collided look further up.

    The numbers of orders may have gaps.
    """
    chance = random.Random(f"{incoming.door}/{incoming.event_id}/{tried}")
    return replace(snapshot, next_number=snapshot.next_number + chance.randrange(2 ** min(tried, WIDEST)))
