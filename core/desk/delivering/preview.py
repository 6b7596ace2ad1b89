"""The preview: what goes out when a version is made, and what is said with it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from math import inf
from typing import Any

from core.access import linked, page_of_member
from core.changes import Changes
from core.desk.evolution import with_batch, with_order
from core.desk.making import work
from core.desk.outcome import outcome
from core.desk.scene import Scene, named
from core.desk.shown import buttons, phrases
from core.ids import derive
from core.ledger import fee_earned
from core.members import Member
from core.messages import Button, Media, Notice, To
from core.orders import Order, OrderState, Parcel, Project
from core.quotes import Quote, QuoteState
from core.revisions import Batch, BatchState
from core.songs import Song
from core.text import Moment, Text, joined
from core.windows import deadline, takes_wishes
from core.wording import Voice


def presented(
    scene: Scene, before: Project, project: Project, picture: Media | None, *, fix: bool = False
) -> Changes:
    """The preview goes out. Its confirmed sending, not this moment, starts the clock (C3).

    Until then there is no deadline, so that none can pass while a new version is still on its way (A13).
    `fix`: a new master of what was delivered, made by hand (C9). One that comes when the money went back
    already is heard and opens nothing any more (R2).
    """
    order = project.order.reached(Parcel.PREVIEW)
    kept = order.state is OrderState.CANCELLED
    if not kept:
        order = replace(order, state=OrderState.REVIEW, deadline=None)
    project = with_order(project, order)
    batch = project.sealed_batch
    if batch is not None:
        done = replace(batch, state=BatchState.DELIVERED, delivered=scene.now, became=order.version)
        project = with_batch(project, done)
    fresh = [song for song in project.works if _is_new(project, song)]
    say = scene.to_artist
    row: tuple[Button, ...] = () if order.owed or kept else (buttons.approve(say, order),)
    row += () if kept else (buttons.changes(say, order),)
    shown = _shown(project, fresh)
    media = shown if kept else tuple(linked(order, one, scene.now, scene.rules) for one in shown)
    told = _told(say, project, fresh, batch)
    told = _fixed(scene, project, told) if fix else [*told, *_promise(scene, project, batch)]
    notice = Notice(
        preview_id(order, order.version),
        To.person(order.person),
        joined(told),
        (*row, buttons.human(say, order.id)),
        (*media, picture) if picture else media,
        confirm=True,
        order=order.id,
    )
    heard = tuple(
        _to_member(scene, project, member, fresh, (*shown, picture) if picture else shown, batch)
        for member in project.members
    )
    more = Changes()
    if batch is not None and (quote := _paid(project, batch)) and quote.total:
        fees = quote.total if order.fees is None else order.fees + quote.total
        project = with_order(project, replace(project.order, fees=fees))
        more = Changes(transfers=(fee_earned(order.id, quote.id, quote.total, scene.now),))
    if (waiting := project.sealed_batch) is not None:  # asked for and paid while that one was in work
        project, asked = work.asked(scene, project, waiting)
        more += asked
    return outcome(scene, before, project, notices=(notice, *heard), more=more)


def for_newcomer(scene: Scene, project: Project, member: Member) -> tuple[Notice, ...]:
    """What there is to be heard of an order by who has just joined it: the newest version of each song."""
    fresh = [song for song in project.works if project.newest_made(song)]
    if not fresh or project.order.state is OrderState.CANCELLED:
        return ()
    return (_to_member(scene, project, member, fresh, _shown(project, fresh), None),)


def _to_member(
    scene: Scene,
    project: Project,
    member: Member,
    fresh: list[Song],
    shown: tuple[Media, ...],
    batch: Batch | None,
) -> Notice:
    """A preview for a member, without a link that they could pass on; it starts no clock. # B50"""
    say, order = scene.catalogues.voice(member.locale), project.order
    head = say("Order {number} of {name}:", number=str(order.number), name=scene.artist.name)
    row: tuple[Button, ...] = ()
    if takes_wishes(project, scene.now):
        row = (buttons.add_to_list(say, order),)
    if scene.ways.pages:
        row += (buttons.look_now(say, page_of_member(order, member, scene.now, scene.rules)),)
    return Notice(
        derive("preview", order.id, order.version, member.id),
        To.person(member.person),
        joined([head, *_told(say, project, fresh, batch)]),
        (*row, buttons.human(say)),
        shown,
        order=order.id,
    )


def _paid(project: Project, batch: Batch) -> Quote | None:
    """The price that was paid for a batch."""
    return next(
        (one for one in project.quotes if (one.batch, one.state) == (batch.id, QuoteState.PAID)), None
    )


def preview_id(order: Order, number: int) -> str:
    """The id of the notice that brings a version to its artist."""
    return derive("preview", order.id, number)


def media_of(scene: Scene, project: Project, song: Song, media: Mapping[str, Any]) -> Media:
    """A recipe's audio or picture as the artist is shown it."""
    say, plain = scene.to_artist, dict(media)
    title = named(project.order, song.title)
    what = {
        "ab": say("{title}: original and master in turns, equally loud", title=title),
        "versions": say("{title}: before and after in turns, equally loud", title=title),
        "look": say("{title}: waveform and figures", title=title),
        "preview": say("{title}: the whole master", title=title),
        "picture": say("{title}: what changed", title=title)
        if project.order.version > 1 or project.order.fixing
        else say("{title}: before and after", title=title),
    }[str(plain.pop("role"))]
    return Media(**plain, title=what, performer=project.order.artist or scene.rules.house.name)


def _shown(project: Project, fresh: list[Song]) -> tuple[Media, ...]:
    """What comes with the preview: everything for up to three songs; for more, the full previews and one
    comparison, of the loudest song, which is the one that the level of all follows.

    The artist has a private link to each. The album's picture has none: it is drawn for this message, and
    not kept.
    """
    versions = [version for song in fresh if (version := project.newest_made(song)) is not None]
    if len(fresh) <= 3:
        return tuple(media for version in versions for media in version.previews)
    loudest = max(versions, key=lambda version: (version.measured or {}).get("lufs") or -inf)
    return (*loudest.previews[:1], *(media for each in versions for media in each.previews[1:2]))


def _told(say: Voice, project: Project, fresh: list[Song], batch: Batch | None) -> list[Text]:
    """What was made: each new version's figures; of a revision, what was asked beside what was measured."""
    order = project.order
    lines: list[Text] = []
    lowered: list[float] = []
    for song in fresh:
        version = project.newest_made(song)
        if version is None or version.measured is None:
            continue
        lines.append(
            say(
                "{title} v{number}: {figures}.",
                title=named(order, song.title),
                number=str(version.number),
                figures=phrases.figures(say, version.measured),
            )
        )
        if not version.measured.get("reached", True):
            lines.append(phrases.not_reached(say, version))
        if version.lowered:
            lowered.append(version.lowered)
        if batch is not None:
            changes = version.measured.get("changes", ())
            lines.extend(Text((f"  {change['asked']} - {change['measured']}",)) for change in changes)
    if lowered:
        lines.append(phrases.album_lowered(say, max(lowered)))
    return lines


def _fixed(scene: Scene, project: Project, told: list[Text]) -> list[Text]:
    """The same of a fix: what it is, and for how long (C2, C9); too late, that they keep it (R2)."""
    say, order = scene.to_artist, project.order
    head = say("Order {number}: something is put right, free of charge.", number=str(order.number))
    if order.state is OrderState.CANCELLED:
        return [
            head,
            *told,
            say("It came too late: your money went back, and you keep this version to hear."),
        ]
    if order.owed:
        return [head, *told, *_promise(scene, project, None)]
    days = timedelta(days=order.under(scene.rules).again_days)
    listen = say("Listen, and approve it when it is right. You have at least {days} for that.", days=days)
    return [head, *told, listen]


def _promise(scene: Scene, project: Project, batch: Batch | None) -> list[Text]:
    say = scene.to_artist
    if batch is None and project.order.version == 1:
        return [
            say(
                "Changes are free for {days} from now: one round, so tell me everything at once.",
                days=timedelta(days=project.order.under(scene.rules).first_days),
            )
        ]
    if project.order.owed:
        return [
            say("Listen, and pay for the files when it is right. If something is wrong, talk to a person.")
        ]
    listen = say("Listen, and approve it when it is right. If something is wrong, talk to a person.")
    if batch is None:
        return [listen]
    return [listen, _further(scene, project.order)]


def _further(scene: Scene, order: Order) -> Text:
    """Until when more of the same is free, and what else costs. # A13, A19, A21, C2"""
    say, bought = scene.to_artist, order.under(scene.rules)
    again = timedelta(days=bought.again_days)
    if order.first_sent and scene.now + again < (ends := deadline(order.first_sent, scene.now, bought)):
        return say(
            "More of the same is free until {until}; new wishes, or a change back, cost from {floor} a song.",
            until=Moment(ends),
            floor=bought.fee_floor,
        )
    return say(
        "More of the same is free for {days} from now; new wishes, or a change back, cost from {floor} "
        "a song.",
        days=again,
        floor=bought.fee_floor,
    )


def _is_new(project: Project, song: Song) -> bool:
    version = project.newest_made(song)
    return version is not None and version.number == project.order.version
