"""What follows from somebody being here at all: the language they are met in, and what they missed."""

from dataclasses import replace

from core.changes import Changes
from core.desk import forms
from core.desk.delivering.delivery import files_id
from core.desk.delivering.preview import preview_id
from core.desk.scene import Scene
from core.desk.shown.cards import job_card
from core.desk.shown.view import view
from core.messages import Card, Kind
from core.orders import Parcel, Project
from core.people import Person, Reached, RoomMoved

_CARDS = 5  # of their newest open orders


def met(scene: Scene) -> Person:
    """Who did it, as they are from now on.

    Who turns to something else has left the form they had open. Who has chosen no language is spoken to in
    the one that their platform named last.
    """
    person, incoming = scene.person, scene.incoming
    if forms.left(person, incoming):
        person = replace(person, expecting=None)
    if incoming.locale is not None and not person.locale_chosen:
        person = replace(person, locale=scene.catalogues.language(incoming.locale))
    return person


def back(scene: Scene, decided: Changes) -> Changes:
    """Somebody is heard of again whom the door could not reach: what they missed comes once more (C3).

    What the deed itself is about is answered by what was `decided`.
    """
    external = scene.incoming.person
    if not scene.snapshot.away or external is None or _is_gone(scene):
        return Changes()
    touched = {move.after.id for move in decided.orders}
    mine = (*scene.snapshot.open, *scene.snapshot.past)
    missed = [project for project in mine if project.order.id not in touched]
    again = tuple(id_ for project in missed for id_ in _missed(project))
    return Changes(reached=(Reached(scene.incoming.door, external, True, again),), cards=_cards(scene))


def removed(scene: Scene) -> Changes:
    """Somebody blocked us or left. Where they can be reached elsewhere, their open orders go there."""
    external = scene.incoming.person
    if external is None or scene.actor is None or not _is_gone(scene):
        return Changes()
    return Changes(reached=(Reached(scene.incoming.door, external, False),), cards=_cards(scene))


def moved(scene: Scene) -> Changes:
    """A room is at another address."""
    told = scene.incoming.payload
    return Changes(rooms_moved=(RoomMoved(scene.incoming.door, str(told["from"]), str(told["to"])),))


def _is_gone(scene: Scene) -> bool:
    return scene.incoming.kind is Kind.REMOVED and not scene.incoming.payload.get("reachable")


def _missed(project: Project) -> tuple[str, ...]:
    """The notices that bring what could not be sent."""
    notices = {
        Parcel.PREVIEW: preview_id(project.order, project.order.version),
        Parcel.FILES: files_id(project.order),
    }
    return tuple(notices[parcel] for parcel in project.order.unreached)


def _cards(scene: Scene) -> tuple[Card, ...]:
    """The cards of the actor's own open orders, whoever's order the deed is about."""
    snapshot = scene.snapshot
    own = snapshot.artist is None or snapshot.artist.id == scene.person.id
    mine = replace(
        scene, snapshot=replace(snapshot, artist=scene.person, balance=snapshot.balance if own else None)
    )
    named = snapshot.project.order.id if snapshot.project else None
    return tuple(
        job_card(view(mine, project, None if project.order.id == named else ()))
        for project in snapshot.open[:_CARDS]
    )
