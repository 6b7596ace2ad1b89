"""Where a master goes: its loudness, its ceiling and its files follow from that (dsp/presets.toml)."""

from dataclasses import replace

from core.changes import Changes
from core.desk.evolution import with_order
from core.desk.ordering import references
from core.desk.outcome import outcome
from core.desk.revising import wishes
from core.desk.scene import Scene
from core.desk.shown import buttons, phrases
from core.desk.shown.stale import stale
from core.messages import Button, Notice
from core.orders import JOINABLE, Order, Project
from core.revisions import Item, What
from core.text import Text, joined
from core.windows import takes_wishes
from core.wording import Voice
from dsp.presets import presets

ANYWHERE = "anywhere"
"""The choice of no destination."""


def commanded(scene: Scene, words: str) -> Changes:
    """`/for club`; alone, or with a place that is not known, it lists what there is."""
    project, say = references.meant(scene), scene.say
    wanted = " ".join(words.split())
    key = _key(say, wanted)
    if project is None and (busy := references.at_work(scene)):
        return busy
    if project is None:
        drop = say("Drop a song first; then say where its master goes.")
        told_ = drop if key else joined([*told(say), drop])
        return scene.answered(told_, buttons.human(say))
    if wanted and key is None:
        unknown = say("I do not know {place}.", place=wanted[:40])
        return Changes(notices=(_listed(scene, project, unknown),))
    return chosen(scene, project, key) if key else asked(scene, project)


def asked(scene: Scene, project: Project) -> Changes:
    """[For]: what there is to choose from."""
    return Changes(notices=(_listed(scene, project),))


def chosen(scene: Scene, project: Project, key: str) -> Changes:
    """A destination: of the order, or once there is a version a wish of its one batch."""
    order = project.order
    goes_to = key if key in presets() else None
    if goes_to is None and key != ANYWHERE:
        return stale(scene, project)
    if order.state in JOINABLE:
        return outcome(scene, project, with_order(project, replace(order, destination=goes_to)))
    if not takes_wishes(project, scene.now):
        return stale(scene, project)
    if goes_to is None:
        return wishes.without(scene, project, What.DESTINATION)
    return wishes.added(scene, project, (Item(What.DESTINATION, 1, 1.0, exact=True, of=goes_to),))


def told(say: Voice) -> list[Text]:
    """Each destination with what is made for it."""
    return [
        say("Where does it go? Loudness, highest peak and files follow from that:"),
        *(
            Text((f"  {phrases.destination(say, preset.key)}: {phrases.made_for(say, preset)}",))
            for preset in presets().values()
        ),
    ]


def destination_buttons(say: Voice, order: Order) -> tuple[Button, ...]:
    """One for each destination, and one for none."""
    known = (buttons.destination(order, key, phrases.destination(say, key)) for key in presets())
    return (*known, buttons.destination(order, ANYWHERE, say.word("Nowhere special")))


def _listed(scene: Scene, project: Project, *first: Text) -> Notice:
    say, order = scene.say, project.order
    return scene.answer(joined([*first, *told(say)]), *destination_buttons(say, order), order=order.id)


def _key(say: Voice, words: str) -> str | None:
    """The destination that somebody names by its key or by the beginning of its name."""
    wanted = words.casefold()
    if not wanted:
        return None
    names = {key: phrases.destination(say, key).casefold() for key in presets()}
    if wanted in names or wanted == ANYWHERE:
        return wanted
    return next((key for key, name in names.items() if name.startswith(wanted)), None)
