"""Clauses to wishes: what one leaves out, its neighbours say ("bass and treble up", "less bass and air")."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from core.revisions import What
from core.words.clauses import Clause, Link
from core.words.senses import Spot
from core.words.wish import BANDS, LENGTHS, NAMED_APART, TRIMS, Aim, Heard, Sort

_FAULTS = frozenset({What.NOISE, What.CLICK})
_NEAR = frozenset({Link.AND, Link.COMMA, Link.COLON})


@dataclass(frozen=True, slots=True)
class Said:
    """A clause, or several that are one, with what it says and where its words stand."""

    heard: Heard
    start: int
    end: int
    link: Link


@dataclass(slots=True)
class _Joining:
    """What has been joined so far, what waits for a direction, and the place and songs that hold on."""

    done: list[Said] = field(default_factory=list)
    waiting: list[Said] = field(default_factory=list)
    spots: tuple[Spot, ...] = ()
    spots_hold: bool = False
    spots_wait: bool = False
    songs: tuple[str, ...] = ()
    songs_hold: bool = False

    @property
    def last(self) -> Said | None:
        return self.done[-1] if self.done else None


def joined(parts: Sequence[tuple[Clause, Heard]], *, titled: bool) -> list[Said]:
    """The clauses of one line, each wish whole. What found no neighbour is unread.

    `titled`: songs have titles, so that what stands before a colon and is none of them may be meant for one.
    """
    state = _Joining()
    if titled:
        parts = _no_title(parts)
    for at, (clause, heard) in enumerate(parts):
        after = parts[at + 1] if at + 1 < len(parts) else None
        said = Said(heard, clause.start, clause.end, clause.link)
        if clause.link is Link.SENTENCE:
            _give_up(state)
            state.spots, state.spots_hold = (), False
            if not state.songs_hold:
                state.songs = ()
        _join(state, _with_song(state, said, after), after)
    _give_up(state)
    return state.done


def _no_title(parts: Sequence[tuple[Clause, Heard]]) -> list[tuple[Clause, Heard]]:
    """What stands behind an unread head and a colon is unread too: nobody knows which song it is about."""
    found: list[tuple[Clause, Heard]] = []
    astray = False
    for clause, heard in parts:
        if clause.link is Link.SENTENCE:
            astray = False
        head = (
            len(found) > 0
            and found[-1][0].link is Link.SENTENCE
            and found[-1][1].sort in (Sort.UNREAD, Sort.SIZE)
        )
        astray = astray or (clause.link is Link.COLON and head)
        found.append((replace(clause, link=Link.COMMA), Heard(Sort.UNREAD)) if astray else (clause, heard))
    return found


def _with_song(state: _Joining, said: Said, after: tuple[Clause, Heard] | None) -> Said:
    if said.heard.songs:
        state.songs = said.heard.songs
        alone = said.heard.sort in (Sort.NOTHING, Sort.PLACE) and after is not None
        state.songs_hold = alone and after is not None and after[0].link in (Link.COLON, Link.COMMA)
        return said
    return replace(said, heard=replace(said.heard, songs=state.songs))


def _join(state: _Joining, said: Said, after: tuple[Clause, Heard] | None) -> None:
    match said.heard.sort:
        case Sort.WISH:
            _wish(state, said)
        case Sort.NAMED:
            _named(state, said, after)
        case Sort.SIZE:
            _size(state, said)
        case Sort.PLACE:
            _place(state, said, after)
        case Sort.UNDO:
            _undo(state, said)
        case Sort.BOUND | Sort.NOTHING:
            state.done.append(said)
        case Sort.UNREAD:
            _unread(state, said)


def _wish(state: _Joining, said: Said) -> None:
    heard = said.heard
    if _about_the_last(state, said) or _blames_the_last(state, said):
        _more_of_it(state, said)
        return
    waits, state.spots_wait = state.spots_wait, False
    if heard.spots and waits and said.link is Link.AND and heard.opens_with_place and state.done:
        first = state.done.pop()
        heard = replace(heard, spots=state.spots + heard.spots)
        said = replace(said, start=first.start)
    if not heard.spots and state.spots and (state.spots_hold or said.link in _NEAR):
        heard = replace(heard, spots=state.spots)
    elif heard.spots and heard.opens_with_place:
        state.spots, state.spots_hold = heard.spots, False
    elif heard.spots:
        state.spots = ()
    said = replace(said, heard=heard)
    edges = any(_of_an_edge(named.heard) for named in state.waiting)
    if state.waiting and not edges and not heard.leads and not said.heard.half:
        for named in state.waiting:
            state.done.append(replace(named, heard=_like(named.heard, heard)))
        state.waiting = []
    state.done.append(said)
    if said.link is not Link.AND and not heard.opens_with_place and not state.spots_hold:
        state.spots = ()


def _blames_the_last(state: _Joining, said: Said) -> bool:
    """ "Less highs, they are a bit harsh": why, and no other wish."""
    heard, last = said.heard, state.last
    if last is None or said.link is not Link.COMMA or last.heard.sort is not Sort.WISH or not heard.plural:
        return False
    if heard.aim is None or last.heard.aim is None or last.heard.aim.what not in BANDS or heard.amount:
        return False
    down = heard.way * heard.aim.polarity < 0 and last.heard.way * last.heard.aim.polarity < 0
    return down and heard.regrets and not heard.spots


def _of_an_edge(heard: Heard) -> bool:
    """Whether something at the start or the end was told of, which what follows may cut off."""
    return heard.aim is not None and heard.aim.what in TRIMS


def _about_the_last(state: _Joining, said: Said) -> bool:
    """ "The vocals are buried, make them louder": the same wish, of which "them" is what was named."""
    heard, last = said.heard, state.last
    if last is None or said.link is Link.SENTENCE or state.waiting or last.heard.sort is not Sort.WISH:
        return False
    if heard.aim is None or last.heard.aim is None or (last.heard.leads and not heard.pronoun):
        return False
    if heard.amount and last.heard.amount:
        return False
    degree = heard.aim.what in (What.VOLUME, What.PRESENCE) and heard.aim.what is not last.heard.aim.what
    same_way = heard.way * heard.aim.polarity == last.heard.way * last.heard.aim.polarity
    return degree and same_way and last.heard.regrets and not heard.regrets and not heard.spots


def _more_of_it(state: _Joining, said: Said) -> None:
    """What a clause says of the wish before it: how much, how strongly, where."""
    last, heard = state.done[-1], said.heard
    whole = replace(
        last.heard,
        amount=last.heard.amount or heard.amount,
        strength=heard.strength if last.heard.strength == 1.0 else last.heard.strength,
        spots=last.heard.spots or heard.spots,
    )
    state.done[-1] = replace(last, heard=whole, end=said.end)


def _like(named: Heard, wish: Heard) -> Heard:
    """What was only named, with the direction, amount and place of its neighbour."""
    return replace(
        named,
        sort=Sort.WISH,
        way=wish.way,
        amount=named.amount or wish.amount,
        strength=wish.strength,
        spots=named.spots or wish.spots,
        songs=named.songs or wish.songs,
        leads=wish.leads,
    )


def _named(state: _Joining, said: Said, after: tuple[Clause, Heard] | None) -> None:
    last = state.last
    if last and last.heard.sort is Sort.BOUND and said.link is Link.AND:
        state.done[-1] = replace(last, end=said.end)
        return
    if last and last.heard.sort is Sort.UNDO and last.heard.aim and said.link is Link.AND:
        state.done.append(replace(said, heard=replace(last.heard, aim=said.heard.aim)))
        return
    ahead = (
        after is not None
        and after[0].link is Link.AND
        and after[1].sort in (Sort.WISH, Sort.NAMED, Sort.SIZE)
    )
    follows = ahead and after is not None and not after[1].leads
    can = (
        last is not None
        and last.heard.sort is Sort.WISH
        and last.heard.leads
        and last.heard.aim is not None
        and last.heard.aim.what not in LENGTHS | TRIMS | NAMED_APART
        and said.link in (Link.AND, Link.COMMA)
        and not state.waiting
    )
    if can and last is not None and not (follows and after is not None and after[1].sort is Sort.WISH):
        state.done.append(replace(said, heard=_like(said.heard, last.heard)))
    else:
        state.waiting.append(said)


def _size(state: _Joining, said: Said) -> None:
    heard, last = said.heard, state.last
    if state.waiting and any(_of_an_edge(named.heard) for named in state.waiting):
        if heard.way < 0 and len(state.waiting) == 1:
            (named,), state.waiting = state.waiting, []
            state.done.append(replace(named, heard=replace(named.heard, sort=Sort.WISH, way=1), end=said.end))
            return
    elif state.waiting:
        if heard.way or (heard.amount and heard.amount.sign):
            way = heard.way or (heard.amount.sign if heard.amount else 0)
            for named in state.waiting:
                whole = replace(_like(named.heard, heard), way=way, songs=named.heard.songs)
                state.done.append(replace(named, heard=whole, end=said.end))
            state.waiting = []
            return
    elif last is not None and _elsewhere(last, said):
        there = replace(heard, sort=Sort.WISH, aim=last.heard.aim, leads=last.heard.leads)
        state.done.append(replace(said, heard=there))
        return
    elif last is not None and last.heard.sort is Sort.WISH and _fits(last.heard, heard, said.link):
        _more_of_it(state, said)
        return
    elif heard.loose and heard.way:
        state.done.append(replace(said, heard=replace(heard, sort=Sort.WISH, aim=Aim(What.VOLUME))))
        return
    _unread(state, replace(said, heard=replace(heard, sort=Sort.UNREAD)))


def _elsewhere(last: Said, size: Said) -> bool:
    """ "Less bass in the verse, more in the chorus": the same thing at another place, or of another song."""
    wish, heard = last.heard, size.heard
    if wish.sort is not Sort.WISH or not heard.way or size.link not in (Link.AND, Link.COMMA):
        return False
    return bool(heard.spots and wish.spots) or bool(heard.songs and heard.songs != wish.songs)


def _fits(wish: Heard, size: Heard, link: Link) -> bool:
    """Whether a size says more of the wish before it, and nothing against it."""
    aim = wish.aim
    if aim is None or (size.amount and wish.amount) or (size.loose and link is Link.SENTENCE):
        return False
    if aim.what in TRIMS | _FAULTS | NAMED_APART:
        return True
    return size.way in (0, wish.way, wish.way * aim.polarity)


def _place(state: _Joining, said: Said, after: tuple[Clause, Heard] | None) -> None:
    last = state.last
    colon = after is not None and after[0].link is Link.COLON
    wish = last is not None and last.heard.sort is Sort.WISH and not state.waiting
    if wish and last is not None and said.link in (Link.AND, Link.COMMA) and not colon:
        heard = replace(last.heard, spots=last.heard.spots + said.heard.spots)
        state.done[-1] = replace(last, heard=heard, end=said.end)
        return
    state.spots, state.spots_hold = state.spots + said.heard.spots, colon
    if after is None or after[0].link is Link.SENTENCE:
        _unread(state, replace(said, heard=replace(said.heard, sort=Sort.UNREAD)))
    else:
        state.spots_wait = True
        state.done.append(replace(said, heard=replace(said.heard, sort=Sort.NOTHING)))


def _undo(state: _Joining, said: Said) -> None:
    heard, last = said.heard, state.last
    if heard.aim is None and state.waiting:
        named = state.waiting.pop()
        _give_up(state)
        half = heard.half or named.heard.half
        state.done.append(
            Said(replace(heard, aim=named.heard.aim, half=half), named.start, said.end, said.link)
        )
        return
    if heard.aim is None and last is not None and last.heard.sort is Sort.UNDO:
        state.done[-1] = replace(last, end=said.end)
        return
    back = last is not None and last.heard.sort is Sort.WISH and last.heard.amount is None
    if heard.aim is None and heard.pronoun and back and last is not None:
        state.done[-1] = Said(replace(heard, aim=last.heard.aim), last.start, said.end, said.link)
        return
    state.done.append(said)


def _unread(state: _Joining, said: Said) -> None:
    """Unread clauses of one sentence are one; after a title, a format or a reference they belong to it."""
    last = state.last
    if said.heard.name and last is not None and last.heard.sort is Sort.NOTHING:
        state.done.append(replace(said, heard=replace(said.heard, sort=Sort.NOTHING)))
        return
    if last is not None and said.link in _NEAR and not state.waiting:
        aim = last.heard.aim
        apart = last.heard.sort is Sort.WISH and aim is not None and aim.what in NAMED_APART
        if apart or last.heard.sort is Sort.UNREAD:
            state.done[-1] = replace(last, end=said.end)
            return
    _give_up(state)
    state.done.append(said)


def _give_up(state: _Joining) -> None:
    """What was named and found no direction is unread."""
    waiting, state.waiting = state.waiting, []
    for named in waiting:
        _unread(state, replace(named, heard=replace(named.heard, sort=Sort.UNREAD)))
