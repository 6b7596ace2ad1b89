"""Forms, declared beside the commands: a door that has forms opens them at once, others ask step by step."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from core.changes import Changes, Move
from core.desk.delivering import ratings
from core.desk.evolution import with_order, with_song
from core.desk.making import handing_in
from core.desk.ordering import intake, references
from core.desk.outcome import outcome
from core.desk.people import humans
from core.desk.refunding import complaints, disputes, giving
from core.desk.revising import naming
from core.desk.scene import Scene, named
from core.desk.shown import guide, phrases
from core.desk.staffing import staff
from core.desk.trade import deal_forms
from core.messages import Action, Button, Field, Form, Incoming, Kind
from core.orders import OrderState, Project
from core.people import Expecting, Person, Right
from core.styles import HouseStyles, keys
from core.text import Text
from core.wording import Voice
from dsp.settings import MOST_REFERENCES


def _styles(say: Voice, own: HouseStyles) -> tuple[tuple[str, str], ...]:
    return tuple((key, phrases.style(say, key, own)) for key in keys(own))


def _with_reason(say: Voice, name: str, title: str) -> Form:
    """A decision of the staff about money, that needs a reason alone."""
    return Form(name, title, (Field("reason", say.word("Why (the artist reads it)"), "long", most=500),))


FORMS: Mapping[str, Callable[[Voice], Form]] = {
    **deal_forms.FORMS,
    "human": lambda say: Form(
        "human",
        say.word("Talk to a human"),
        (Field("words", say.word("What would you like to say?"), "long", most=2000),),
    ),
    "reply": lambda say: Form(
        "reply", say.word("Reply"), (Field("words", say.word("What is your answer?"), "long", most=2000),)
    ),
    "talk": lambda say: Form(
        "talk",
        say.word("Talk to them"),
        (Field("words", say.word("What would you like to say?"), "long", most=2000),),
    ),
    "rating": lambda say: Form(
        "rating",
        say.word("Add a comment"),
        (Field("words", say.word("What should we know?"), "long", most=1000),),
    ),
    "hand": lambda say: Form(
        "hand",
        say.word("Hand over"),
        (
            Field("role", say.word("To whom"), "choice", choices=tuple((r, r) for r in humans.ANSWERING)),
            Field("note", say.word("What they should know"), "long", required=False, most=500),
        ),
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
    "quote": lambda say: Form(
        "quote",
        say.word("Name a price"),
        (
            Field("amount", say.word("Price of all the changes together"), most=20),
            Field("reason", say.word("Why (the artist reads it)"), "long", required=False, most=500),
        ),
    ),
    "waive": lambda say: Form(
        "waive",
        say.word("Waive the price"),
        (
            Field("reason", say.word("Why (the artist reads it)"), "long", most=500),
            Field(
                "amount",
                say.word("A price under the floor, if not free"),
                required=False,
                most=20,
            ),
        ),
    ),
    "handin": lambda say: Form(
        "handin",
        say.word("Hand in a master"),
        (Field("files", say.word("The master, named as its song"), "file", most=10),),
    ),
    "anyway": lambda say: Form(
        "anyway",
        say.word("Send it anyway"),
        (Field("reason", say.word("Why is it right as it is?"), "long", most=500),),
    ),
    "unhappy": lambda say: Form(
        "unhappy",
        say.word("Not happy"),
        (Field("reason", say.word("What is wrong with it?"), "long", most=500),),
    ),
    "credit-all": lambda say: _with_reason(say, "credit-all", say.word("Credit 100 %")),
    "credit-half": lambda say: _with_reason(say, "credit-half", say.word("Credit 50 %")),
    "credit": lambda say: Form(
        "credit",
        say.word("Give credit"),
        (
            Field("amount", say.word("How much, or what share (50 %)"), most=20),
            Field("reason", say.word("Why (the artist reads it)"), "long", most=500),
        ),
    ),
    "refuse": lambda say: _with_reason(say, "refuse", say.word("Refuse a refund")),
    "give-back": lambda say: _with_reason(say, "give-back", say.word("Give the money back")),
    "unjustified": lambda say: _with_reason(say, "unjustified", say.word("Not justified")),
    "take-credit": lambda say: _with_reason(say, "take-credit", say.word("Take it from their credit")),
    "details": lambda say: Form(
        "details",
        say.word("Title and artist"),
        (
            Field("title", say.word("Title of the song or album"), most=120),
            Field("artist", say.word("Artist"), required=False, most=120),
        ),
    ),
}

OF_STAFF: Mapping[str, Right] = {
    **deal_forms.OF_STAFF,
    "reply": Right.TALK,
    "hand": Right.TALK,
    "talk": Right.TALK,
    "handin": Right.WORK,
    "anyway": Right.WORK,
    "quote": Right.MONEY,
    "waive": Right.MONEY,
    "credit-all": Right.MONEY,
    "credit-half": Right.MONEY,
    "credit": Right.MONEY,
    "refuse": Right.MONEY,
    "give-back": Right.MONEY,
    "unjustified": Right.MONEY,
    "take-credit": Right.MONEY,
}
"""The forms that are for the staff, and the right that each needs."""

OF_THREAD = frozenset({"reply", "hand"})
"""Those whose button names a ticket."""

AWAITED = frozenset({"handin"})
"""Forms whose file is waited for where forms are asked step by step; any other file is simply dropped."""

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
    if incoming.kind is Kind.MESSAGE and person.expecting.form in AWAITED:
        return bool(incoming.files)
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
    if name in OF_STAFF and not scene.may(OF_STAFF[name]):
        return staff.by_staff(scene, OF_STAFF[name], Changes, (name, ""))
    takes_files = any(field.kind == "file" for field in FORMS[name](scene.say).fields)
    if takes_files and name not in AWAITED:
        return guide.welcome(scene)
    person = replace(scene.person, expecting=Expecting(name, id_, (), scene.incoming.place))
    return Changes(people=(Move(scene.person, person),)) + _question(scene, name, 0)


def answered(scene: Scene, words: str | None) -> Changes:
    """The answer to the question that was asked; None leaves the field as it is."""
    expecting = scene.person.expecting
    if expecting is None or not answers(scene.person, scene.incoming):
        return _unknown(scene)
    done = Changes(people=(Move(scene.person, replace(scene.person, expecting=None)),))
    if expecting.form in AWAITED:
        return done + submitted(scene, expecting.form, {})
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
        return scene.answered(text, *_ways_out(scene, form, len(expecting.values)))
    values = (*expecting.values, (field.name, value))
    if len(values) < len(form.fields):
        person = replace(scene.person, expecting=replace(expecting, values=values))
        return Changes(people=(Move(scene.person, person),)) + _question(scene, expecting.form, len(values))
    return done + submitted(scene, expecting.form, dict(values))


def stopped(scene: Scene) -> Changes:
    """[Never mind]."""
    person = scene.person
    left = (Move(person, replace(person, expecting=None)),) if person.expecting else ()
    return Changes(people=left, notices=(scene.answer(scene.say("All right, nothing was sent.")),))


def submitted(scene: Scene, name: str, values: Mapping[str, str]) -> Changes:
    """A filled-in form, however it was filled in."""
    if name in OF_STAFF:
        said = name, " · ".join(value for value in values.values() if value)
        return staff.by_staff(scene, OF_STAFF[name], lambda: _submitted(scene, name, values), said)
    return _submitted(scene, name, values)


def _submitted(scene: Scene, name: str, values: Mapping[str, str]) -> Changes:
    if (missing := _missing(scene, name, values)) is not None:
        text = scene.say("{label}: nothing stands there. Nothing was sent.", label=missing.label)
        return scene.answered(text)
    if name in deal_forms.FORMS:
        return deal_forms.submitted(scene, name, values)
    match name:
        case "human":
            return humans.asked(scene, values["words"])
        case "reply":
            return humans.answered(scene, values["words"])
        case "talk":
            return humans.begun(scene, values["words"])
        case "rating":
            return ratings.commented(scene, values["words"])
        case "hand":
            return humans.handed_over(scene, values["role"], values.get("note", "").strip())
        case "details":
            return _details(scene, values)
        case "handin":
            return handing_in.handed(scene, scene.project, values.get("song", ""))
        case "anyway":
            return handing_in.sent_anyway(scene, values["reason"])
        case "quote":
            return naming.quote_form(scene, values)
        case "waive":
            return naming.waive_form(scene, values)
        case "unhappy":
            return complaints.asked(scene, values["reason"].strip())
        case "take-credit":
            return disputes.take(scene, scene.project, values["reason"].strip())
        case "credit" | "credit-all" | "credit-half" | "refuse" | "give-back" | "unjustified":
            return giving.filled_in(scene, name, values)
        case "master":
            return intake.ordered(scene, note=values.get("note", ""), style=values.get("style"))
        case "reference":
            return references.commanded(scene, "")
    return _unknown(scene)


def _missing(scene: Scene, name: str, values: Mapping[str, str]) -> Field | None:
    """What has to be said and was not: a door may let spaces through."""
    if name not in FORMS:
        return None
    asked = (field for field in FORMS[name](scene.say).fields if field.required and field.kind != "file")
    return next((field for field in asked if not values.get(field.name, "").strip()), None)


def _details(scene: Scene, values: Mapping[str, str]) -> Changes:
    project = scene.project
    if project is None or not scene.owns or project.order.state not in _EDITABLE:
        return scene.answered(scene.say("That cannot be changed any more. With /human you reach a person."))
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
    if name in deal_forms.FORMS:
        return deal_forms.prefilled(name, scene.snapshot.trade)
    return prefilled(name, scene.project if scene.owns else None)


def _unknown(scene: Scene) -> Changes:
    return scene.answered(scene.say("I do not know that form any more."))


def _question(scene: Scene, name: str, step: int) -> Changes:
    form = FORMS[name](scene.say)
    field = form.fields[step]
    text = Text((field.label,))
    now = _known(scene, name).get(field.name)
    if now and scene.project:
        value = named(scene.project.order, now)
        text = scene.say("{label} (now: {value})", label=field.label, value=value)
    return scene.answered(text, *_ways_out(scene, form, step), what=f"ask{step}")


def _ways_out(scene: Scene, form: Form, step: int) -> tuple[Button, ...]:
    field = form.fields[step]
    row = [Button(scene.say.word("Never mind"), Action("form-stop", "me").pack())]
    if _known(scene, form.name).get(field.name):
        row.insert(0, Button(scene.say.word("Leave as it is"), Action("form-skip", "me").pack()))
    elif not field.required:
        row.insert(0, Button(scene.say.word("Leave empty"), Action("form-skip", "me").pack()))
    return tuple(row)
