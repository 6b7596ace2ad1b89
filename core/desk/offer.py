"""The job card before it is paid: what came in, what it costs, and under which rules."""

from collections.abc import Iterable
from datetime import timedelta

from core.access import page_of
from core.aims import destination
from core.desk import buttons, phrases, refusals
from core.desk.progress import share_arrived
from core.desk.scene import named
from core.desk.view import View, standing
from core.messages import Button
from core.money import Money
from core.orders import Grouping, Project
from core.pricing import Price, price
from core.references import ReferenceState
from core.songs import ON_THE_WAY, Song, SongState
from core.text import Strong, Text, joined

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
    indent = "   " if asks else ""
    lines: list[Text] = []
    for song in standing(v.project):
        number = Text((f"{song.place}. ",)) if asks and song.state is SongState.READY else Text()
        lines.append(number + song_line(v, song, alone=not several))
        lines.extend(_advice(v, song, indent))
        if _twice(v.project, song):
            lines.append(Text((indent,)) + v.say("! This file is in this order twice."))
        elif song.twin_number is not None:
            told = v.say(
                "! You have sent the same file before, in order {number}.", number=str(song.twin_number)
            )
            lines.append(Text((indent,)) + told)
    lines.extend(_aims(v))
    if order.note:
        lines.append(v.say("Your note: {note}", note=order.note))
    lines.extend(
        v.say("Drop the new mix of no. {place} now.", place=song.place)
        for song in v.project.ready
        if song.id == order.replacing
    )
    if asks and order.grouping is None:
        lines.append(
            v.say(
                "One album or separate songs? On an album, quiet songs stay quieter than loud ones; "
                "separate songs each become equally loud."
            )
        )
        return joined(lines), [
            buttons.album(v.say, order),
            buttons.separate(v.say, order),
            buttons.one_is_reference(v.say, order),
            *_without_references(v),
            *_mend(v, asks),
            *_beside(v),
            buttons.human(v.say, order.id),
        ]
    if asks:
        lines.append(_grouped(v))
    cost = price(v.project, v.rules)
    lines.append(Text())
    lines.extend(_terms_of_offer(v, cost))
    taps = [buttons.preview(v.say, order)] if order.charge == "before-files" else pay_buttons(v, cost.total)
    if taps:
        lines.append(_consent(v))
    else:
        lines.append(v.say("There is no way to pay here yet. Your song is kept; a person can help."))
    return joined(lines), [
        *taps,
        buttons.styles(v.say, order, phrases.style(v.say, order.style, v.rules.styles)),
        buttons.destinations(v.say, order, _goes_to(v)),
        buttons.reference(v.say, order),
        *_without_references(v),
        *([_other_grouping(v), buttons.one_is_reference(v.say, order)] if asks else _came_beside(v)),
        buttons.details(v.say, order),
        *_mend(v, asks),
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
        yield phrases.reference(v.say, order, reference, pages=v.ways.pages)


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
        trouble = phrases.trouble(v.say, song.trouble, pages=v.ways.pages)
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


def _grouped(v: View) -> Text:
    """How several songs are made, as their artist has said."""
    if v.project.order.grouping is Grouping.ALBUM:
        return v.say("As one album: quiet songs stay quieter than loud ones.")
    return v.say("As separate songs: each becomes equally loud.")


def _other_grouping(v: View) -> Button:
    """The other answer to that question, which can be given until it is paid."""
    order = v.project.order
    other = buttons.separate if order.grouping is Grouping.ALBUM else buttons.album
    return other(v.say, order)


def _advice(v: View, song: Song, indent: str) -> Iterable[Text]:
    for told in song.advice:
        line = phrases.advice(v.say, str(told["code"]), told.get("details", {}))
        if line:
            yield Text((indent, "! ")) + line


def _terms_of_offer(v: View, cost: Price) -> list[Text]:
    """Price, time, revision rule and refund rule, before any question."""
    service, windows = v.rules.service.automatic, v.rules.windows
    whole = v.say(
        "{price} ({list} - {percent} %)",
        price=cost.total,
        list=cost.list_price,
        percent=cost.discount_percent,
    )
    minutes = timedelta(minutes=service.promise_minutes or 5)
    return [
        v.say(
            "Automatic master: {price}, ready in about {minutes}.",
            price=Strong(v.say.money(cost.total)) if not cost.discount_percent else whole,
            minutes=minutes,
        ),
        v.say(
            "One round of changes is free within {days}.", days=timedelta(days=windows.first_days)
        ),  # A11, A18
        v.say(
            "If you tell us of a fault and we do not put it right within {hours}, "
            "you get all your money back.",
            hours=timedelta(hours=service.fix_hours),
        ),  # B63-B65
    ]


def _consent(v: View) -> Text:
    """What the one tap says, whichever it is (A02, A03, B35)."""
    version = v.rules.terms_version
    if v.project.order.charge == "before-files":
        return v.say(
            "By asking for the preview you accept the terms ({version}) and say that you are 13 or older.",
            version=version,
        )
    return v.say(
        "By paying you accept the terms ({version}) and say that you are 13 or older.", version=version
    )


def pay_buttons(v: View, total: Money) -> list[Button]:
    order = v.project.order
    till, credit = v.ways.outside(order.door), v.ways.credit(order.door)
    if credit and v.credit is not None and total <= v.credit:
        return [buttons.pay(v.say, order, total, credit=True)]
    return [buttons.pay(v.say, order, total, till=till)] if till else []


def _mend(v: View, several: bool) -> list[Button]:
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
