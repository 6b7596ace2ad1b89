"""The staff look at the page of an order: each has a link of their own, sent in private (A07, B62)."""

from hashlib import sha256

from core.access import page_of, page_of_staff, works_on
from core.changes import Changes
from core.consent import Consent, ConsentKind
from core.desk.scene import Scene
from core.desk.shown import buttons
from core.links import Pass
from core.messages import Button, Notice, To
from core.orders import Project
from core.text import Text


def asked(scene: Scene, project: Project, *, sure: bool) -> Changes:
    """[Look at the order] of somebody of the staff. Of a confidential one they say first that they know."""
    say, order = scene.say, project.order
    if not scene.ways.pages:
        return scene.answered(say("This house has no pages: browsers do not reach it."))
    secret = order.confidential and not scene.owns
    if secret and not sure:
        return warned(scene, buttons.look(say, order, sure=True))
    consents = (known(scene, project),) if secret else ()
    text, way = _way(scene, project)
    button = buttons.look_now(say, way)
    if scene.incoming.private:
        return Changes(notices=(scene.answer(text, button, order=order.id),), consents=consents)
    given = Notice(scene.id("look"), To.person(scene.person.id), text, (button,), order=order.id)
    pointer = scene.answer(say("I have sent you the link in private. If nothing comes, write to me there."))
    return Changes(notices=(given, pointer), consents=consents)


def _way(scene: Scene, project: Project) -> tuple[Text, Pass]:
    say, order, person = scene.say, project.order, scene.person
    number = str(order.number)
    if scene.owns:
        text = say("Here is the page of your order {number}.", number=number)
        return text, page_of(order, scene.now, scene.rules)
    if works_on(project, person):
        text = say(
            "Here is order {number}, with its originals. The link is yours alone, and shows them for as long "
            "as you work on it.",
            number=number,
        )
        return text, page_of_staff(order, person, scene.now, scene.rules)
    text = say(
        "Here is order {number}, as it stands and without its music. The link is yours alone, and ends when "
        "your role here does.",
        number=number,
    )
    return text, page_of_staff(order, person, scene.now, scene.rules)


def warned(scene: Scene, sure: Button) -> Changes:
    """What is asked of the staff before they see a confidential order, with the button by which they know."""
    return scene.answered(Text((_warning(scene),)), sure)


def _warning(scene: Scene) -> str:
    return scene.say.word(
        "This order is confidential: you see how it stands and no title, and that you look is written down."
    )


def known(scene: Scene, project: Project) -> Consent:
    """That they knew it is confidential, in the words that they read (B62)."""
    return scene.consent(
        ConsentKind.CONFIDENTIAL,
        scene.rules.terms_version,
        sha256(_warning(scene).encode()).hexdigest(),
        project.order.id,
    )
