"""`/invite`, `/join`, `/leave`, `/members`: who hears an order beside whose it is (core/members.py).

Whoever has the code is shown what joining means before they press, and the one whose order it is is told who
has come. Only they send, pay and approve; for all else that is theirs a member is sent to them.
"""

from dataclasses import replace
from hashlib import sha256

from core.changes import Changes, Move
from core.consent import ConsentKind
from core.desk.delivering.preview import for_newcomer
from core.desk.evolution import with_member, with_order, without_member
from core.desk.outcome import outcome
from core.desk.people import minors
from core.desk.scene import Scene
from core.desk.shown import buttons, guide, phrases
from core.linking import MOST_WRONG, fresh_code, hash_of, lately, whole_hash
from core.members import MOST, USE, VALID, Invitation, Member, MemberState
from core.messages import Notice, To
from core.orders import OPEN, Project
from core.text import Moment, Text, joined


def for_owner(scene: Scene) -> Changes:
    """What a member presses and only the one whose order it is may do."""
    return scene.answered(scene.say("That is for {name}.", name=scene.artist.name))


# Who invites


def invite(scene: Scene, arguments: str) -> Changes:
    """`/invite [ORDER]`: a code for the newest open order, or for the one that is named."""
    project, say = _own(scene, arguments), scene.say
    if project is None or project.order.state not in OPEN:
        return scene.answered(say("You have no such open order. Say /invite and its number."))
    order = project.order
    if len(project.members) >= MOST:
        return scene.answered(say("{count} people hear this order already; more cannot.", count=MOST))
    code = fresh_code(scene.chance)
    lines = [
        say(
            "Whoever says /join {code} to me sees order {number}, hears its previews and adds to its list of "
            "changes. Only you send, pay and approve. The code is good for {days}.",
            code=code,
            number=str(order.number),
            days=VALID,
        )
    ]
    if order.invitation is not None:
        lines.append(say("The code that you were given before is void."))
    if order.confidential:
        lines.append(say("The order is confidential: whoever joins hears it, and sees its title."))
    after = with_order(project, replace(order, invitation=Invitation(hash_of(code, USE), scene.now + VALID)))
    answer = replace(scene.answer(joined(lines, " "), buttons.stop_inviting(say, order)), secret=True)
    return outcome(scene, project, after, notices=(answer,))


def stopped(scene: Scene, project: Project) -> Changes:
    """[Stop inviting]: the code lets nobody in any more. Who is in stays."""
    say = scene.say
    text = say("Nobody can join order {number} any more.", number=str(project.order.number))
    if project.order.invitation is None:
        return scene.answered(text)
    after = with_order(project, replace(project.order, invitation=None))
    return outcome(scene, project, after, notices=(scene.answer(text),))


def listed(scene: Scene, arguments: str) -> Changes:
    """`/members [ORDER]`: who hears it, each to be removed."""
    if scene.member is not None:
        return for_owner(scene)
    project, say = _own(scene, arguments), scene.say
    if project is None:
        return scene.answered(say("You have no such order. Say /members and its number."))
    order, invitation = project.order, project.order.invitation
    number = str(order.number)
    lines = [
        say("Order {number} is heard by:", number=number)
        if project.members
        else say("Nobody but you hears order {number}. /invite lets others in.", number=number)
    ]
    lines += [
        say(
            "  {place}. {name}, since {when}",
            place=place,
            name=member.name,
            when=Moment(member.since, record=True),
        )
        for place, member in enumerate(project.members, 1)
    ]
    row = [
        buttons.remove_member(say, order, member, place) for place, member in enumerate(project.members, 1)
    ]
    if invitation is not None and invitation.until > scene.now:
        lines.append(say("Your code lets people in until {until}.", until=Moment(invitation.until)))
        row.append(buttons.stop_inviting(say, order))
    return scene.answered(joined(lines), *row)


def removed(scene: Scene, project: Project, id_: str | None) -> Changes:
    """[Remove no. 1]: they hear nothing more. What they wished stays on the list."""
    member = next((one for one in project.members if one.id == id_), None)
    if member is None:
        return scene.answered(scene.say("They are gone already."))
    number, voice = str(project.order.number), scene.catalogues.voice(member.locale)
    told = scene.say("{name} hears order {number} no longer.", name=member.name, number=number)
    notice = Notice(
        scene.id("removed"),
        To.person(member.person),
        voice("You are not a member of order {number} any more.", number=number),
    )
    return outcome(scene, project, without_member(project, member), notices=(scene.answer(told), notice))


# Who joins


def join(scene: Scene, written: str) -> Changes:
    """`/join CODE`: whose order it is, and what joining means. Nothing is done before the press."""
    if not scene.incoming.private:
        return _read_along(scene, written)
    if not written.strip():
        return scene.answered(scene.say("Say /join and the code that you were given."))
    found = _found(scene, hash_of(written, USE))
    return found if isinstance(found, Changes) else _asked(scene, found)


def joined_by(scene: Scene, short: str) -> Changes:
    """[Join]: the press below what `/join CODE` has answered."""
    if not scene.incoming.private:
        return guide.elsewhere(scene)
    if scene.person.minor:
        return minors.refuse(scene)
    found = _found(scene, whole_hash(short))
    return found if isinstance(found, Changes) else _let_in(scene, found)


def leave(scene: Scene, arguments: str) -> Changes:
    """`/leave [ORDER]`: what they wished stays on the list."""
    project, member, say = scene.project, scene.member, scene.say
    if project is None or member is None:
        return scene.answered(say("You are not a member of any such order."))
    number = str(project.order.number)
    text = say("You hear order {number} no longer. What you wished stays on its list.", number=number)
    there = scene.to_artist("{name} has left order {number}.", name=member.name, number=number)
    notice = Notice(scene.id("left"), To.person(project.order.person), there, order=project.order.id)
    person = scene.person
    moved = (Move(person, replace(person, focus=None)),) if person.focus == project.order.id else ()
    after = without_member(project, member)
    gone = outcome(scene, project, after, notices=(scene.answer(text), notice))
    return gone + Changes(people=moved)


def _found(scene: Scene, hash_: str) -> Project | Changes:
    """The order that a code is for, or why nobody joins it."""
    person, say, project = scene.person, scene.say, scene.project
    wrong = lately(person.wrong_codes, scene.now)
    if len(wrong) >= MOST_WRONG:
        return scene.answered(say("Those were too many wrong codes. Try again in an hour."))
    invitation = _invitation(project, hash_)
    if project is None or invitation is None or invitation.until <= scene.now:
        text = say("That code lets nobody in: it is wrong, or its time is over. Ask for a new one.")
        guessed = replace(person, wrong_codes=(*wrong, scene.now))
        return scene.answered(text) + Changes(people=(Move(person, guessed),))
    number = str(project.order.number)
    if scene.owns:
        return scene.answered(say("Order {number} is your own. Give the code to others.", number=number))
    if scene.member is not None:
        return scene.answered(say("You are a member of order {number} already.", number=number))
    if project.order.state not in OPEN:
        return scene.answered(say("Order {number} is over.", number=number))
    if len(project.members) >= MOST:
        return scene.answered(say("{count} people hear this order already; more cannot.", count=MOST))
    return project


def _invitation(project: Project | None, hash_: str) -> Invitation | None:
    invitation = project.order.invitation if project else None
    return invitation if invitation is not None and invitation.hash == hash_ else None


def _asked(scene: Scene, project: Project) -> Changes:
    say, order = scene.say, project.order
    number, name = str(order.number), scene.artist.name
    head = say("Order {number} of {name}", number=number, name=name)
    if order.confidential:
        head += say(" (confidential)")
    else:
        head += Text((": ",)) + phrases.order_title(say, project)
    text = joined([head, Text((_meaning(scene, name),))])
    assert order.invitation is not None
    row = (buttons.join_order(say, order.invitation), buttons.too_young(say), buttons.human(say))
    return scene.answered(text, *row)


def _meaning(scene: Scene, name: str) -> str:
    """What joining means, in the words that are agreed to. # B47-B50"""
    return scene.say.word(
        "If you join, you hear its previews and add to its list of changes; only {name} sends, pays and "
        "approves. No right in the music and no money comes with it, and nothing of it may be passed on "
        "(B47-B50). You are 13 or older.",
        name=name,
    )


def _let_in(scene: Scene, project: Project) -> Changes:
    person, order, name = scene.person, project.order, scene.artist.name
    member = Member(
        scene.id("member"), order.id, person.id, MemberState.IN, scene.now, person.name, person.locale
    )
    after = with_member(project, member)
    number = str(order.number)
    here = scene.say(
        "You are a member of order {number}. What is made of it comes here; /leave ends that.", number=number
    )
    there = scene.to_artist(
        "{name} has joined order {number}: they hear its previews and add to its list of changes.",
        name=person.name,
        number=number,
    )
    told = Notice(
        scene.id("came"),
        To.person(order.person),
        there,
        (buttons.remove_member(scene.to_artist, order, member, len(after.members)),),
        order=order.id,
    )
    agreed = scene.consent(
        ConsentKind.MEMBER,
        scene.rules.terms_version,
        sha256(_meaning(scene, name).encode()).hexdigest(),
        order.id,
    )
    notices = (scene.answer(here), *for_newcomer(scene, after, member), told)
    return outcome(scene, project, after, notices=notices, more=Changes(consents=(agreed,)))


def _read_along(scene: Scene, written: str) -> Changes:
    """A code that others could read lets nobody in any more."""
    project = scene.project
    if project is None or _invitation(project, hash_of(written, USE)) is None:
        return guide.elsewhere(scene)
    here = scene.say("Others can read that code here, so it is void. Ask for a new one.")
    number = str(project.order.number)
    there = scene.to_artist(
        "Your code for order {number} was said where others read along, so it is void. Say /invite for a new "
        "one.",
        number=number,
    )
    notice = Notice(scene.id("void"), To.person(project.order.person), there, order=project.order.id)
    after = with_order(project, replace(project.order, invitation=None))
    return outcome(scene, project, after, notices=(scene.answer(here), notice))


def _own(scene: Scene, arguments: str) -> Project | None:
    """The actor's order that is named, else their newest open one."""
    if arguments.strip():
        return scene.project if scene.owns else None
    return next((project for project in scene.snapshot.open if project.order.prepays is None), None)
