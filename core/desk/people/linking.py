"""`/link`: what is said to make two accounts one (core/linking.py).

A code hands everything over to whoever gave it, for good. So who says one is told whose it is first, and the
accounts are joined by a press: somebody may have been talked into saying a stranger's code.
"""

from dataclasses import replace

from core.changes import Changes, Move
from core.desk.people import minors
from core.desk.scene import Scene
from core.desk.shown import buttons, guide
from core.ledger import Transfer, TransferKind, of_credit
from core.linking import MOST_WRONG, VALID, Join, LinkCode, as_one, fresh_code, hash_of, lately
from core.messages import Notice, To
from core.money import Money
from core.people import Person, may_act_as
from core.snapshot import Snapshot


def link(scene: Scene, written: str) -> Changes:
    """`/link` gives a code, `/link CODE` asks whether to use one."""
    if not scene.incoming.private:
        return _read_along(scene, written)
    if not written.strip():
        return _given(scene)
    found = _found(scene)
    return found if isinstance(found, Changes) else _asked(scene, *found)


def joined(scene: Scene) -> Changes:
    """They do: the press below what `/link CODE` has answered."""
    if not scene.incoming.private:
        return guide.elsewhere(scene)
    found = _found(scene)
    return found if isinstance(found, Changes) else _joined(scene, *found)


def _found(scene: Scene) -> tuple[LinkCode, Snapshot, Person] | Changes:
    """The code and who gave it, or why it is not to be used."""
    person, say = scene.person, scene.say
    wrong = lately(person.wrong_codes, scene.now)
    if len(wrong) >= MOST_WRONG:
        return scene.answered(say("Those were too many wrong codes. Try again in an hour."))
    code, giver = scene.snapshot.code, scene.snapshot.giver
    if code is None or giver is None or giver.actor is None or code.until <= scene.now:
        guessed = replace(person, wrong_codes=(*wrong, scene.now))
        text = say(
            "That code does not work: each works once, for {minutes}. Say /link to get one.", minutes=VALID
        )
        return scene.answered(text) + Changes(people=(Move(person, guessed),))
    if giver.actor.id == person.id:
        return scene.answered(say("That is the code of this account: say it on the other platform."))
    if person.role is not None and not may_act_as(giver.actor.role, person.role):
        text = say(
            "You are on the staff here, and whoever gave you that code would be too. If it is yours, "
            "say /link here and that code on the other platform."
        )
        return scene.answered(text)
    return code, giver, giver.actor


def _asked(scene: Scene, code: LinkCode, theirs: Snapshot, giver: Person) -> Changes:
    """Whose code it is, and what goes with it."""
    say = scene.say
    text = say(
        "That code belongs to the account “{name}”. If that is you: all orders and all credit of this "
        "account go to that one, for good. If somebody gave you the code, do not press: it would all be "
        "theirs.",
        name=giver.name or "–",
    )
    return scene.answered(text, buttons.join(say, code))


def _given(scene: Scene) -> Changes:
    code = fresh_code(scene.chance)
    text = scene.say(
        "Say /link {code} to me on the other platform, in private: then this account and the one there are "
        "one, with all orders and all credit. It works once, for {minutes}; tell it to nobody.",
        code=code,
        minutes=VALID,
    )
    given = LinkCode(hash_of(code), scene.person.id, scene.now + VALID)
    return Changes(codes=(given,), notices=(replace(scene.answer(text), secret=True),))


def _read_along(scene: Scene, written: str) -> Changes:
    """A code that others could read joins nothing any more."""
    code = scene.snapshot.code
    if not written.strip() or code is None:
        return guide.elsewhere(scene)
    text = scene.say(
        "Others can read that code here, so it is void. Say /link to me in private for a new one."
    )
    return scene.answered(text) + Changes(void_codes=(code.hash,))


def _joined(scene: Scene, code: LinkCode, theirs: Snapshot, giver: Person) -> Changes:
    """The account that speaks becomes the one that gave the code; credit moves in the same commit."""
    gone = scene.person
    account = as_one(giver, gone)
    name = Person(gone.id, gone.name, gone.since, gone.locale, rev=gone.rev)
    more = Changes()
    if account.minor:
        account, more = _under_age(scene, theirs, giver, account)
    return (
        more
        + Changes(
            people=(Move(gone, name), Move(giver, account)),
            transfers=_credit_along(scene, gone, giver, more),
            joins=(Join(gone.id, giver.id, code.hash),),
        )
        + _both_told(scene, giver, account)
    )


def _under_age(scene: Scene, theirs: Snapshot, giver: Person, account: Person) -> tuple[Person, Changes]:
    """Who is under 13 on one platform is so on both: what was begun on either ends (B35)."""
    there = replace(scene, snapshot=theirs, actor=giver)
    ended = minors.ended(scene, scene.snapshot.open) + minors.ended(there, theirs.open)
    ended += minors.out_of(scene.snapshot.shared, scene.person) + minors.out_of(theirs.shared, giver)
    return minors.nameless(account), ended + minors.shredded(scene, account)


def _credit_along(scene: Scene, gone: Person, giver: Person, more: Changes) -> tuple[Transfer, ...]:
    """All the credit there is once `more` is done, as one transfer."""
    account, currency = of_credit(gone.id), scene.snapshot.currency
    there = scene.snapshot.balance.amount if scene.snapshot.balance else 0
    there += sum(each.amount.amount for each in more.transfers if each.target == account)
    if not there:
        return ()
    amount = Money(there, scene.snapshot.balance.currency if scene.snapshot.balance else currency)
    ref = f"join:{gone.id}"
    return (Transfer(ref, TransferKind.CREDIT, account, of_credit(giver.id), amount, scene.now),)


def _both_told(scene: Scene, giver: Person, account: Person) -> Changes:
    """Both places hear it: what may be done from now on is the same at each."""
    say = scene.catalogues.voice(account.locale)
    door = scene.incoming.door.title()
    if account.minor:
        here = say(
            "These two accounts are one now. You told me that you are under 13, so I must stop, and I am "
            "deleting what you sent. A parent or guardian may write to me."
        )
    else:
        here = say("Done: this account and the one with the code are one now, with all orders and credit.")
    there = say("Your code was said on {door}: that account and this one are one now.", door=door)
    notice = Notice(scene.id("notice", "giver"), To.person(giver.id), there)
    return Changes(notices=(scene.answer(here), notice))
