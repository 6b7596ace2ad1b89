"""Work by hand: it comes to the staff desk, an engineer takes it, and only they do something with it.

What they hand in is in core/desk/making/handing_in.py, the card in core/desk/making/work_card.py.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from core import access
from core.changes import Changes
from core.commands import numbered, spoken_of
from core.desk.evolution import with_batch, with_order
from core.desk.making import booking, fixing
from core.desk.making.work_card import card, hand_in, in_work
from core.desk.outcome import outcome
from core.desk.scene import Scene, named
from core.desk.shown import buttons
from core.desk.staffing import looking
from core.messages import Notice, To
from core.orders import OrderState, Project
from core.people import Person, Right, may
from core.revisions import Batch
from core.services import BY_HAND
from core.songs import Song
from core.text import Moment, Text, joined


def ordered(scene: Scene, project: Project) -> tuple[Project, Changes]:
    """An order that is done by hand is paid: it waits at the staff desk for whoever takes it."""
    return _wanted(scene, with_order(project, replace(project.order, version=1)))


def asked(scene: Scene, project: Project, batch: Batch) -> tuple[Project, Changes]:
    """A batch of changes to work by hand is sealed, and paid where it costs something."""
    order = replace(project.order, version=project.order.version + 1)
    return _wanted(scene, with_batch(with_order(project, order), batch))


def _wanted(scene: Scene, project: Project) -> tuple[Project, Changes]:
    """A version is to be made by hand: a fix of the one before is wanted no more."""
    told = Changes(notices=fixing.told_over(scene, project))
    project = fixing.ended(project)
    promised = scene.now + project.order.under(scene.rules).promise
    order = replace(project.order, state=OrderState.WORKING, promised=promised, overdue=False)
    project = with_order(project, order)
    return project, told + Changes(cards=(card(scene, project),))


def mine(scene: Scene, project: Project) -> tuple[Song, ...]:
    """The songs of the round that who does it has taken."""
    return _of(project, scene.person)


def made_by(project: Project, person: Person) -> tuple[Song, ...]:
    """The songs of which somebody may hand a master in now."""
    return _of(project, person) if in_work(project) and may(person.role, Right.WORK) else ()


def _of(project: Project, person: Person) -> tuple[Song, ...]:
    return tuple(
        song for song in project.in_round if (held := project.booking(song)) and held.engineer == person.id
    )


def claimed(scene: Scene, project: Project, song: Song | None = None) -> Changes:
    """[Take it]: every song that is free, or the one that is named."""
    if not in_work(project):
        return over(scene, project)
    wanted = [song] if song else list(project.in_round)
    free = [one for one in wanted if not project.booking(one)]
    if not free:
        return _was_faster(scene, project, wanted)
    return _booked(scene, project, free, scene.person)


def let_go(scene: Scene, project: Project) -> Changes:
    """[Let it go]: who took something gives all of it back; of a fix, what is handed in is not sent then."""
    fixed = project.order.fixing
    own = [
        held
        for held in project.claims
        if held.engineer == scene.person.id and (not fixed or held.song in fixed)
    ]
    if not own or not in_work(project):
        return not_yours(scene, project)
    after = fixing.ended(project, [held.song for held in own])
    for held in own:
        after = booking.let_go(after, held)
    return outcome(scene, project, after)


def begun(scene: Scene, project: Project) -> Changes:
    """[Begin]: from now on what its artist asks for beside this round is another one (A19)."""
    if not mine(scene, project) or not in_work(project):
        return not_yours(scene, project)
    return outcome(scene, project, started(scene, project))


def started(scene: Scene, project: Project) -> Project:
    """The project once somebody is at work on its batch."""
    batch = project.sealed_batch
    if batch is None or batch.started is not None:
        return project
    return with_batch(project, replace(batch, started=scene.now))


def originals(scene: Scene, project: Project, *, sure: bool) -> Changes:
    """[Open files]: for who works on it alone, by a link of their own to the order's page; as files where the
    house has no pages. Of a confidential order they say first that they know. # B62
    """
    if not mine(scene, project):
        return not_yours(scene, project)
    if scene.ways.pages:
        return looking.asked(scene, project, sure=False)
    say, number, secret = scene.say, str(project.order.number), project.order.confidential
    if secret and not sure:
        return looking.warned(scene, buttons.originals(say, project.order, sure=True))
    consents = (looking.known(scene, project),) if secret else ()
    given = Notice(
        scene.id("originals"),
        To.person(scene.person.id),
        say("Here are the originals of order {number}.", number=number),
        media=access.originals(project, scene.person),
        order=project.order.id,
    )
    pointer = scene.answer(say("I have sent you the files in private. If nothing comes, write to me there."))
    return Changes(notices=(given,) if scene.incoming.private else (given, pointer), consents=consents)


def commanded(scene: Scene, arguments: str) -> Changes:
    """`/claim ORDER [SONG] [PERSON]`: take songs, or give them to somebody."""
    say, project = scene.say, scene.project
    number = numbered(arguments)
    if number is None:
        return scene.answered(say("Say /claim and the number of the order."))
    if project is None or not in_work(project):
        return over(scene, project)
    words = [word for word in arguments.split()[1:] if spoken_of(word) is None]
    song = song_of(project, words[0]) if words else None
    if words and song is None:
        return _no_such_song(scene, words[0])
    wanted = [song] if song else list(project.in_round)
    if spoken_of(arguments) is not None:
        return _given(scene, project, wanted)
    free = [one for one in wanted if not project.booking(one)]
    own = mine(scene, project)
    if free:
        return _booked(scene, project, free, scene.person) + _told_away(scene, project, free, scene.person)
    if scene.may(Right.LEAD) and any(one not in own for one in wanted):
        return _booked(scene, project, wanted, scene.person) + _told_away(
            scene, project, wanted, scene.person
        )
    return _was_faster(scene, project, wanted)


def song_of(project: Project, word: str) -> Song | None:
    """The song of the round that somebody names by its number in the order."""
    return next((song for song in project.in_round if str(song.place) == word.lstrip("#")), None)


def is_late(project: Project, now: datetime) -> bool:
    """Whether what was promised has not come in time, and nobody was told so yet."""
    order = project.order
    if order.state is not OrderState.WORKING or not in_work(project):
        return False
    return not order.overdue and order.promised is not None and order.promised < now


def late(scene: Scene, project: Project) -> Changes:
    """What was promised has not come: the artist is told so once, and the card says it from now on."""
    order, say = project.order, scene.to_artist
    after = with_order(project, replace(order, overdue=True))
    told = scene.notice(
        order,
        "late",
        say(
            "Order {number} takes longer than we said ({when}). It is not forgotten.",
            number=str(order.number),
            when=Moment(order.promised or scene.now, record=True),
        ),
    )
    return outcome(scene, project, after, notices=(told,))


def over(scene: Scene, project: Project | None) -> Changes:
    """There is nothing to do by hand for it, or no such order at all."""
    say = scene.say
    if project is None:
        return scene.answered(say("There is no such order."))
    text = say("There is nothing to do by hand for order {number} now.", number=str(project.order.number))
    cards = (card(scene, project),) if project.order.service in BY_HAND and project.order.version else ()
    return Changes(notices=(scene.answer(text),), cards=cards)


def not_yours(scene: Scene, project: Project) -> Changes:
    """Only who has taken a song does something with it."""
    if not in_work(project):
        return over(scene, project)
    say = scene.say
    names = _names(project, project.in_round)
    if names:
        text = say("That is for {name}, who has taken it.", name=names)
    else:
        text = say("Take it first: only who has taken it can do that.")
    return scene.answered(text)


def _booked(scene: Scene, project: Project, songs: Iterable[Song], person: Person) -> Changes:
    """Songs become somebody's; who had one before is told."""
    after, told = booking.taken(scene, project, songs, person)
    return outcome(scene, project, after, notices=told)


def _told_away(scene: Scene, project: Project, songs: Iterable[Song], person: Person) -> Changes:
    """Who says so away from the staff desk, where the card changes, is told who has what now."""
    if not scene.incoming.private:
        return Changes()
    say, order = scene.say, project.order
    titles = joined([Text((named(order, song.title),)) for song in songs], ", ")
    text = say(
        "Order {number}: {name} has {titles} now.", number=str(order.number), name=person.name, titles=titles
    )
    own = person.id == scene.person.id
    row = (buttons.originals(say, order), hand_in(say, order)) if own else ()
    return scene.answered(text, *row)


def _given(scene: Scene, project: Project, songs: list[Song]) -> Changes:
    """Who says who does what gives songs to somebody."""
    say, target = scene.say, scene.snapshot.target
    if not scene.may(Right.LEAD):
        return scene.answered(say("A manager says who does what."))
    if target is None or not may(target.role, Right.WORK):
        text = say("They do not work here: /grant engineer and their name makes them an engineer.")
        return scene.answered(text)
    voice = scene.catalogues.voice(target.locale)
    told = Notice(
        scene.id("given"),
        To.person(target.id),
        voice("{name} gives you order {number}.", name=scene.person.name, number=str(project.order.number)),
    )
    notices = () if target.id == scene.person.id else (told,)
    given = _booked(scene, project, songs, target) + _told_away(scene, project, songs, target)
    return given + Changes(notices=notices)


def _was_faster(scene: Scene, project: Project, songs: Iterable[Song]) -> Changes:
    say, own = scene.say, mine(scene, project)
    if all(song in own for song in songs):
        return Changes(notices=(scene.answer(say("You have it already.")),), cards=(card(scene, project),))
    text = say("{name} was faster, and has it.", name=_names(project, songs))
    return Changes(notices=(scene.answer(text),), cards=(card(scene, project),))


def _names(project: Project, songs: Iterable[Song]) -> str:
    names = [held.name for song in songs if (held := project.booking(song))]
    return ", ".join(dict.fromkeys(names))


def _no_such_song(scene: Scene, word: str) -> Changes:
    text = scene.say("There is no song {song} in what is to be done: say its number.", song=word[:40])
    return scene.answered(text)
