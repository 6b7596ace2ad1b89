"""Forms, declared beside the commands: a door that has forms opens them at once, others ask step by step."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from core.changes import Changes, Move
from core.desk import guide, humans, intake, phrases, references
from core.desk.evolution import with_order, with_song
from core.desk.outcome import outcome
from core.desk.scene import Scene, named
from core.messages import Action, Button, Field, Form, Incoming, Kind
from core.orders import OrderState, Project
from core.people import Expecting, Person
from core.styles import HouseStyles, keys
from core.text import Text
from core.wording import Voice
from dsp.settings import MOST_REFERENCES


def _styles(say: Voice, own: HouseStyles) -> tuple[tuple[str, str], ...]:
    return tuple((key, phrases.style(say, key, own)) for key in keys(own))


FORMS: Mapping[str, Callable[[Voice], Form]] = {
    "human": lambda say: Form(
        "human",
        say.word("Talk to a human"),
        (Field("words", say.word("What would you like to say?"), "long", most=2000),),
    ),
    "reply": lambda say: Form(
        "reply", say.word("Reply"), (Field("words", say.word("What is your answer?"), "long", most=2000),)
    ),
    "master": lambda say: Form(
        "master",
        say.word("Order a master"),
        (
            Field("files", say.word("The song, or several"), "file", most=10),
            Field(
                "style",
                say.word("Character"),
                "choice",
                required=False,
                choices=_styles(say, {}),
            ),
            Field("note", say.word("Anything we should know"), "long", required=False, most=500),
        ),
    ),
    "reference": lambda say: Form(
        "reference",
        say.word("Add a reference"),
        (Field("files", say.word("What the master should sound like"), "file", most=MOST_REFERENCES),),
    ),
    "details": lambda say: Form(
        "details",
        say.word("Title and artist"),
        (
            Field("title", say.word("Title of the song or album"), most=120),
            Field("artist", say.word("Artist"), required=False, most=120),
        ),
    ),
}

_EDITABLE = (OrderState.OFFERED, OrderState.WORKING, OrderState.REVIEW)


def with_styles(form: Form, say: Voice, own: HouseStyles) -> Form:
    """A form that offers the styles of the house as well."""
    return replace(
        form,
        fields=tuple(
            replace(field, choices=_styles(say, own)) if field.name == "style" else field
            for field in form.fields
        ),
    )


def prefilled(name: str, project: Project | None) -> Mapping[str, str]:
    """What a form starts with."""
    if name != "details" or project is None:
        return {}
    songs = project.ready
    title = songs[0].title if len(songs) == 1 else project.order.title
    return {key: value for key, value in (("title", title), ("artist", project.order.artist)) if value}


def answers(person: Person, incoming: Incoming) -> bool:
    """Whether a deed answers the question that somebody was asked, where they were asked it."""
    if person.expecting is None or person.expecting.place != incoming.place:
        return False
    if incoming.kind is Kind.MESSAGE:
        return bool(str(incoming.payload.get("text") or "").strip()) and not incoming.files
    return incoming.kind is Kind.PRESS and str(incoming.payload.get("action", "")).startswith("form-")


def left(person: Person, incoming: Incoming) -> bool:
    """Whether somebody turns to something else: what they write next is no answer any more."""
    here = person.expecting is not None and person.expecting.place == incoming.place
    return here and incoming.kind in (Kind.PRESS, Kind.COMMAND) and not answers(person, incoming)


def asked_for(scene: Scene, name: str, id_: str) -> Changes:
    """A form was opened at a door that has none: the first question is asked."""
    if name not in FORMS:
        return _unknown(scene)
    if any(field.kind == "file" for field in FORMS[name](scene.say).fields):
        return guide.welcome(scene)  # where forms are asked step by step, a file is simply dropped
    person = replace(scene.person, expecting=Expecting(name, id_, (), scene.incoming.place))
    return Changes(people=(Move(scene.person, person),)) + _question(scene, name, 0)


def answered(scene: Scene, words: str | None) -> Changes:
    """The answer to the question that was asked; None leaves the field as it is."""
    expecting = scene.person.expecting
    if expecting is None or not answers(scene.person, scene.incoming):
        return _unknown(scene)
    form = FORMS[expecting.form](scene.say)
    field = form.fields[len(expecting.values)]
    value = " ".join((words or "").split()) if field.kind == "text" else (words or "").strip()
    if words is None:
        value = _known(scene, expecting.form).get(field.name, "")
    if field.required and not value:
        return _question(scene, expecting.form, len(expecting.values))
    if len(value) > field.most:
        text = scene.say(
            "That is longer than {most} characters. Please shorten it; nothing was sent.", most=field.most
        )
        return Changes(notices=(scene.answer(text, *_ways_out(scene, form, len(expecting.values))),))
    values = (*expecting.values, (field.name, value))
    if len(values) < len(form.fields):
        person = replace(scene.person, expecting=replace(expecting, values=values))
        return Changes(people=(Move(scene.person, person),)) + _question(scene, expecting.form, len(values))
    done = Changes(people=(Move(scene.person, replace(scene.person, expecting=None)),))
    return done + submitted(scene, expecting.form, dict(values))


def stopped(scene: Scene) -> Changes:
    """[Never mind]."""
    person = scene.person
    left = (Move(person, replace(person, expecting=None)),) if person.expecting else ()
    return Changes(people=left, notices=(scene.answer(scene.say("All right, nothing was sent.")),))


def submitted(scene: Scene, name: str, values: Mapping[str, str]) -> Changes:
    """A filled-in form, however it was filled in."""
    match name:
        case "human":
            return humans.asked(scene, values["words"])
        case "reply":
            return humans.answered(scene, values["words"])
        case "details":
            return _details(scene, values)
        case "master":
            return intake.ordered(scene, note=values.get("note", ""), style=values.get("style"))
        case "reference":
            return references.commanded(scene, "")
    return _unknown(scene)


def _details(scene: Scene, values: Mapping[str, str]) -> Changes:
    project = scene.project
    if project is None or not scene.owns or project.order.state not in _EDITABLE:
        return Changes(
            notices=(
                scene.answer(scene.say("That cannot be changed any more. With /human you reach a person.")),
            )
        )
    after = project
    title = values.get("title", "").strip()
    if len(project.ready) == 1 and title:
        after = with_song(after, replace(project.ready[0], title=title))
    album = title if len(project.ready) > 1 else project.order.title
    artist = values.get("artist", "").strip()
    after = with_order(after, replace(after.order, title=album, artist=artist or after.order.artist))
    return outcome(scene, project, after)


def _known(scene: Scene, name: str) -> Mapping[str, str]:
    """What a form starts with for who opened it: nothing of anybody else's order."""
    return prefilled(name, scene.project if scene.owns else None)


def _unknown(scene: Scene) -> Changes:
    return Changes(notices=(scene.answer(scene.say("I do not know that form any more.")),))


def _question(scene: Scene, name: str, step: int) -> Changes:
    form = FORMS[name](scene.say)
    field = form.fields[step]
    text = Text((field.label,))
    now = _known(scene, name).get(field.name)
    if now and scene.project:
        value = named(scene.project.order, now)
        text = scene.say("{label} (now: {value})", label=field.label, value=value)
    return Changes(notices=(scene.answer(text, *_ways_out(scene, form, step), what=f"ask{step}"),))


def _ways_out(scene: Scene, form: Form, step: int) -> tuple[Button, ...]:
    field = form.fields[step]
    row = [Button(scene.say.word("Never mind"), Action("form-stop", "me").pack())]
    if not field.required or _known(scene, form.name).get(field.name):
        row.insert(0, Button(scene.say.word("Leave as it is"), Action("form-skip", "me").pack()))
    return tuple(row)
