"""The job card before it is paid: what came in, what it costs, and under which rules."""

from collections.abc import Iterable, Mapping
from typing import Any

from core.access import page_of
from core.aims import destination
from core.desk.ordering import refusals, service_lines
from core.desk.scene import named
from core.desk.shown import buttons, phrases, troubles
from core.desk.shown.progress import share_arrived
from core.desk.shown.view import View, standing
from core.desk.trade import offer_deal
from core.messages import Button
from core.money import Money
from core.orders import Grouping, Project
from core.pricing import price
from core.references import ReferenceState
from core.services import BY_HAND, MIXING
from core.songs import ON_THE_WAY, Song, SongState
from core.stems import differences
from core.text import Text, joined

_WORTH_A_NEW_MIX = frozenset(
    {
        "clipped",
        "over",
        "lossy-source",
        "lossy-shelf",
        "cut-short",
        "phase",
        "dead-channel",
        "delay",
        "dropout",
    }
)

_WRONG_WITH_A_STEM = _WORTH_A_NEW_MIX - {"phase", "dead-channel", "delay"}


def drafted(v: View) -> tuple[Text, list[Button]]:
    """While files arrive and are checked."""
    songs = standing(v.project)
    lines = [song_line(v, song, alone=len(songs) == 1) for song in songs]
    coming = sum(song.state is SongState.ARRIVING for song in songs)
    if coming:
        told = v.say.many(
            "{count} file is arriving: {percent} %",
            "{count} files are arriving: {percent} %",
            coming,
            percent=int(100 * share_arrived(v)),
        )
        lines.append(told)
    elif any(song.state in ON_THE_WAY for song in songs):
        lines.append(v.say("Got it. Checking …"))
    elif not songs:
        lines.append(v.say("There is no song in this order yet. Drop one here."))
    elif not v.project.ready and not all(
        song.trouble and refusals.about_a_link(song.trouble) for song in songs
    ):
        lines.append(v.say("Send another file, or talk to a person. What you sent is kept until then."))
    order = v.project.order
    lines.extend(_aims(v))
    ends = [buttons.without(v.say, order, coming), buttons.cancel(v.say, order)] if coming else []
    return joined(lines), [*_beside(v), *_without_references(v), *ends, buttons.human(v.say, order.id)]


def offered(v: View) -> tuple[Text, list[Button]]:
    """The offer: every song, the price, the rules, and the one paying tap."""
    order = v.project.order
    several, asks = len(standing(v.project)) > 1, len(v.project.ready) > 1
    stems = order.grouping is Grouping.STEMS
    indent = "   " if asks else ""
    lines: list[Text] = []
    for song in standing(v.project):
        number = Text((f"{song.place}. ",)) if asks and song.state is SongState.READY else Text()
        lines.append(number + (_stem(v, song) if stems else song_line(v, song, alone=not several)))
        lines.extend(_advice(v, _of_a_stem(song.advice) if stems else song.advice, indent))
        if _twice(v.project, song):
            lines.append(Text((indent,)) + v.say("! This file is in this order twice."))
        elif song.twin_number is not None:
            told = v.say(
                "! You have sent the same file before, in order {number}.", number=str(song.twin_number)
            )
            lines.append(Text((indent,)) + told)
    lines.extend(_advice(v, differences(v.project.ready) if stems else (), ""))
    lines.extend(_aims(v))
    if order.note:
        lines.append(v.say("Your note: {note}", note=order.note))
    lines.extend(
        v.say("Drop the new mix of no. {place} now.", place=song.place)
        for song in v.project.ready
        if song.id == order.replacing
    )
    if asks and order.grouping is None:
        lines.append(_what_are_they(v))
        return joined(lines), [
            *_groupings(v),
            buttons.one_is_reference(v.say, order),
            *_without_references(v),
            *mend(v, asks),
            *_beside(v),
            buttons.human(v.say, order.id),
        ]
    if asks:
        lines.append(_grouped(v))
    cost = price(v.project, v.rules)
    lines.append(Text())
    lines.extend(service_lines.told(v))
    taps = [buttons.preview(v.say, order)] if order.preview_first else pay_buttons(v, cost.total)
    lines.extend(offer_deal.told(v))
    if taps:
        lines.append(_consent(v))
    else:
        lines.append(v.say("There is no way to pay here yet. Your song is kept; a person can help."))
    return joined(lines), [
        *taps,
        *service_lines.others(v),
        *offer_deal.row(v),
        *_character(v),
        buttons.destinations(v.say, order, _goes_to(v)),
        buttons.reference(v.say, order),
        *_without_references(v),
        *([*_groupings(v), buttons.one_is_reference(v.say, order)] if asks else _came_beside(v)),
        buttons.details(v.say, order),
        *mend(v, asks),
        *_beside(v),
        buttons.terms(v.say, order.id),
        buttons.cancel(v.say, order),
        buttons.human(v.say, order.id),
    ]


def _aims(v: View) -> Iterable[Text]:
    """What the masters are made for, and towards what."""
    order = v.project.order
    if (goes_to := destination(order.destination)) is not None:
        name, made = phrases.destination(v.say, goes_to.key), phrases.made_for(v.say, goes_to)
        yield v.say("For: {destination}, {made}.", destination=name, made=made)
    for reference in order.references:
        yield troubles.reference(v.say, order, reference, pages=v.ways.pages)


def _character(v: View) -> list[Button]:
    """The character of a master that the engine makes; to a person one says it in words."""
    order = v.project.order
    if order.service in BY_HAND:
        return []
    return [buttons.styles(v.say, order, phrases.style(v.say, order.style, v.rules.styles))]


def _goes_to(v: View) -> str:
    """The name of where it goes, on a button."""
    key = v.project.order.destination
    return phrases.destination(v.say, key) if key else v.say.word("anywhere")


def _came_beside(v: View) -> list[Button]:
    """What began an order while another one was open may be meant for that one."""
    order = v.project.order
    return [buttons.is_reference(v.say, order, song.place, False) for song in v.project.ready if order.beside]


def _without_references(v: View) -> list[Button]:
    """Each reference can be taken away again."""
    known = v.project.order.references
    return [
        buttons.without_reference(v.say, v.project.order, number, len(known) > 1)
        for number, reference in enumerate(known, 1)
        if reference.state is not ReferenceState.REFUSED
    ]


def _beside(v: View) -> list[Button]:
    """The way for files that the chat does not carry."""
    return [buttons.big_file(v.say, page_of(v.project.order, v.now, v.rules))] if v.ways.pages else []


def song_line(v: View, song: Song, *, alone: bool) -> Text:
    """One song of a draft or an offer: what it is, or what is wrong with it.

    Alone, it needs no title: the head of the card has it.
    """
    title = named(v.project.order, song.title)
    if song.state is SongState.REFUSED:
        trouble = troubles.trouble(v.say, song.trouble, pages=v.ways.pages)
        return trouble if alone else v.say("Not taken: {title}. {trouble}", title=title, trouble=trouble)
    if song.analysis is None:
        return Text() if alone else Text((title,))
    told = v.say(
        "{duration}, {format}: {figures}",
        duration=v.say.duration(float(song.analysis.get("duration", 0))),
        format=phrases.sound_format(v.say, song.analysis),
        figures=phrases.figures(v.say, song.analysis),
    )
    return told if alone else v.say("{title}, {told}", title=title, told=told)


def _stem(v: View, song: Song) -> Text:
    """One stem of a song: how loud it is by itself says nothing."""
    if song.state is SongState.REFUSED or song.analysis is None:
        return song_line(v, song, alone=False)
    return v.say(
        "{title}, {duration}, {format}",
        title=named(v.project.order, song.title),
        duration=v.say.duration(float(song.analysis.get("duration", 0))),
        format=phrases.sound_format(v.say, song.analysis),
    )


def _of_a_stem(advice: Iterable[Mapping[str, Any]]) -> Iterable[Mapping[str, Any]]:
    """What is wrong with a stem; that it is mono, quiet or out of phase is not."""
    return [told for told in advice if told["code"] in _WRONG_WITH_A_STEM]


def _what_are_they(v: View) -> Text:
    if v.rules.line(MIXING).offered:
        return v.say(
            "One album, separate songs, or the stems of one song? On an album, quiet songs stay quieter than "
            "loud ones; separate songs each become equally loud; stems are mixed by an engineer."
        )
    return v.say(
        "One album or separate songs? On an album, quiet songs stay quieter than loud ones; "
        "separate songs each become equally loud."
    )


def _grouped(v: View) -> Text:
    """How several songs are made, as their artist has said."""
    match v.project.order.grouping:
        case Grouping.ALBUM:
            return v.say("As one album: quiet songs stay quieter than loud ones.")
        case Grouping.STEMS:
            return v.say("As the stems of one song, which an engineer mixes.")
    return v.say("As separate songs: each becomes equally loud.")


def _groupings(v: View) -> list[Button]:
    """What several songs can be said to be, but for what was said already."""
    order, mixing = v.project.order, v.rules.line(MIXING)
    row = []
    if order.grouping is not Grouping.ALBUM:
        row.append(buttons.album(v.say, order))
    if order.grouping is not Grouping.SEPARATE:
        row.append(buttons.separate(v.say, order))
    if order.grouping is not Grouping.STEMS and mixing.offered:
        row.append(buttons.stems(v.say, order, v.rules.money(mixing.price)))
    return row


def _advice(v: View, advice: Iterable[Mapping[str, Any]], indent: str) -> Iterable[Text]:
    for told in advice:
        line = troubles.advice(v.say, str(told["code"]), told.get("details", {}))
        if line:
            yield Text((indent, "! ")) + line


def _consent(v: View) -> Text:
    """What the one tap says, whichever it is (A02, A03, B35)."""
    version = v.rules.terms_version
    if v.project.order.preview_first:
        return v.say(
            "By asking for the preview you accept the terms ({version}) and say that you are 13 or older.",
            version=version,
        )
    return v.say(
        "By paying you accept the terms ({version}) and say that you are 13 or older.", version=version
    )


def pay_buttons(v: View, total: Money) -> list[Button]:
    order = v.project.order
    if not total:
        return [buttons.free(v.say, order)]
    till, credit = v.ways.outside(order.door), v.ways.credit(order.door)
    if credit and v.credit is not None and total <= v.credit:
        return [buttons.pay(v.say, order, total, credit=True)]
    return [buttons.pay(v.say, order, total, till=till)] if till else []


def worth_a_new_mix(project: Project) -> bool:
    """Whether something is wrong with a song that only its artist can mend."""
    return any(told["code"] in _WORTH_A_NEW_MIX for song in project.ready for told in song.advice)


def mend(v: View, several: bool) -> list[Button]:
    """A new mix for a song that has a fault; of several, it can be left out as well."""
    order, row = v.project.order, []
    for song in v.project.ready:
        faulty = any(told["code"] in _WORTH_A_NEW_MIX for told in song.advice)
        if faulty:
            row.append(buttons.replace(v.say, order, song.place, several))
        if several and (faulty or song.twin or _twice(v.project, song)):
            row.append(buttons.drop_song(v.say, order, song.place))
    twins = {song.twin: song.twin_number for song in v.project.ready if song.twin and song.twin_number}
    return row[:6] + [buttons.show_other(v.say, id_, number) for id_, number in list(twins.items())[:2]]


def _twice(project: Project, song: Song) -> bool:
    """Whether a song before this one in the same order is the same file."""
    before = project.ready[: project.ready.index(song)] if song in project.ready else ()
    return any(other.sha256 == song.sha256 for other in before)
