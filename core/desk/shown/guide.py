"""What the desk says about itself: hello, help, the terms, where things stand."""

from dataclasses import replace
from datetime import timedelta

from core.changes import Changes, Move
from core.commands import COMMANDS
from core.desk.evolution import advanced, moves, with_order
from core.desk.ordering.service_lines import refunds
from core.desk.outcome import outcome
from core.desk.people import humans
from core.desk.scene import Scene
from core.desk.shown import buttons, phrases
from core.desk.shown.cards import job_card
from core.desk.shown.stale import stale
from core.desk.shown.view import view
from core.messages import Button, Notice
from core.offering import lines_for, masters
from core.orders import JOINABLE, Order, OrderState, Project
from core.rules import HouseRules
from core.services import BY_HAND
from core.snapshot import Snapshot
from core.styles import HouseStyles, keys
from core.terms import changed, terms
from core.text import Text, joined
from core.wording import Voice

_REVISED = (*JOINABLE, OrderState.REVIEW, OrderState.ASIDE)
_ON = frozenset({"", "on", "yes", "an", "ein", "ja"})
_OFF = frozenset({"off", "no", "aus", "nein"})


def welcome(scene: Scene) -> Changes:
    """Price and rules before anything is asked."""
    say, rules = scene.say, scene.rules
    mastering = masters(rules)
    line = rules.line(mastering[0])
    by_hand = mastering[0] in BY_HAND
    text = joined(
        [
            say(
                "Hello {name}! I am the order desk of {house}.",
                name=scene.person.name,
                house=rules.house.name,
            ),
            say(
                "Drop a song here and an engineer will master it: {price}, within {time}.",
                price=rules.money(line.price),
                time=line.promise,
            )
            if by_hand
            else say(
                "Drop a song here and I will master it: {price}, ready in about {minutes}.",
                price=rules.money(line.price),
                minutes=line.promise or timedelta(minutes=5),
            ),
            say(
                "You hear a preview first. One round of changes is free within {days}.",
                days=timedelta(days=rules.windows.first_days),
            ),
            *refunds(rules, say, mastering),
            say("I take WAV, AIFF, FLAC, MP3, M4A, OGG and Opus."),
        ]
    )
    beside = (buttons.big_file(say),) if scene.ways.pages else ()
    return scene.answered(text, *beside, buttons.terms(say), buttons.human(say))


def help_(scene: Scene) -> Changes:
    say = scene.say
    lines = [say("Drop a song to order a master. You can also say:")]
    for command in COMMANDS:
        if command.needs is None or scene.may(command.needs):
            arguments = " ".join(f"[{argument}]" for argument in command.arguments)
            lines.append(Text((f"  /{command.name} {arguments}".rstrip() + " - " + say.word(command.help),)))
    return scene.answered(joined(lines), buttons.human(say))


def lost(scene: Scene) -> Changes:
    """Words that nobody asked for: what can be done next, never a dead end. A newcomer is greeted."""
    if scene.snapshot.actor is None:
        return welcome(scene)
    say = scene.say
    newest = scene.snapshot.open[0] if scene.snapshot.open else None
    row = (buttons.show(say, newest.order),) if newest else ()
    text = say("I did not understand that. Drop a song to order a master, or talk to a person.")
    return scene.answered(text, *row, buttons.human(say))


def unknown_command(scene: Scene, name: str) -> Changes:
    say = scene.say
    return scene.answered(
        say("There is no command /{name}. /help lists what there is.", name=name[:40]),
        buttons.human(say),
    )


def elsewhere(scene: Scene) -> Changes:
    """Somebody speaks where others read along: only a pointer is given.

    It has the way to what could not be sent, if its door can show it to them alone.
    """
    return scene.answered(scene.say("Write to me in a private chat; there I take songs and show previews."))


def show_terms(scene: Scene) -> Changes:
    say = scene.say
    text = joined([*terms_told(scene.rules, say), *_since_accepted(scene)])
    return scene.answered(text, buttons.too_young(say), buttons.human(say))


def terms_told(rules: HouseRules, say: Voice) -> list[Text]:
    """The terms of a house, paragraph by paragraph."""
    agreed = terms(rules, say)
    head = say(
        "Terms of {house}, version {version} of {day}",
        house=rules.house.name,
        version=agreed.version,
        day=say.day(rules.terms_date),
    )  # A28
    return [head, *(Text((f"{number}. {words}",)) for number, words in enumerate(agreed.paragraphs, 1))]


def newest_agreed(snapshot: Snapshot) -> Order | None:
    """The newest order whose terms its artist has accepted."""
    orders = [project.order for project in (*snapshot.open, *snapshot.past) if project.order.terms_sha256]
    return max(orders, key=lambda order: order.number, default=None)


def _since_accepted(scene: Scene) -> list[Text]:
    """What has changed since the terms that somebody accepted last. # A28"""
    old, order, say = scene.snapshot.agreed, newest_agreed(scene.snapshot), scene.say
    if old is None or order is None:
        return []
    gone, new = changed(old, terms(scene.rules, scene.catalogues.voice(old.language)))
    number = str(order.number)
    if not gone and not new:
        return [say("You accepted these terms with order {number}.", number=number)]
    head = say(
        "Changed since version {version}, which you accepted with order {number} and which that order keeps:",
        version=old.version,
        number=number,
    )
    return [
        head,
        *(say("  no longer: {words}", words=words) for words in gone),
        *(say("  new: {words}", words=words) for words in new),
    ]


def pay_support(scene: Scene) -> Changes:
    """`/paysupport`: whom to ask about money, and when it is given back."""
    say, rules = scene.say, scene.rules
    lines = [
        say("A question about a payment or a refund? Write it with /human; a person answers in this chat."),
        *refunds(rules, say, rules.offered),
    ]
    if rules.house.contact:
        lines.append(say("Contact: {contact}", contact=rules.house.contact))
    return scene.answered(joined(lines), buttons.terms(say), buttons.human(say))


def resume(scene: Scene) -> Changes:
    """`/continue`: the newest open order as it stands."""
    if not scene.snapshot.open:
        return scene.answered(
            scene.say("You have no open order. Drop a song to begin one."), buttons.human(scene.say)
        )
    return show(scene, scene.snapshot.open[0])


def show(scene: Scene, project: Project) -> Changes:
    """An order's card again, as a new message, so that nobody has to scroll."""
    card = job_card(view(scene, project))
    again = Notice(
        scene.id("show"),
        card.to,
        card.text,
        (*card.buttons, *scene.unopened),
        card.media,
        reply_handle=scene.incoming.reply_handle if scene.incoming.private else None,
        order=project.order.id,
    )
    return Changes(notices=(again,))


def orders(scene: Scene) -> Changes:
    """`/orders`: those that are open or shared, and the newest other ones of which something was made."""
    say = scene.say
    own = (*scene.snapshot.open, *(one for one in scene.snapshot.past if one.order.version))
    if not own and not scene.snapshot.shared:
        return scene.answered(say("You have no open order. Drop a song to begin one."), buttons.human(say))
    lines = [
        say(
            "Order {number} · {title}: {state}",
            number=str(project.order.number),
            title=phrases.order_title(say, project),
            state=_state(scene, project.order.state),
        )
        for project in own
    ]
    lines += [
        say(
            "Shared with you: order {number} · {title}",
            number=str(project.order.number),
            title=phrases.order_title(say, project),
        )
        for project in scene.snapshot.shared
    ]
    row = [buttons.show(say, project.order) for project in own[:5]]
    return scene.answered(joined(lines), *row, buttons.human(say))


def language(scene: Scene, wanted: str) -> Changes:
    """`/language de`: applies at once (B24)."""
    codes = scene.catalogues.languages
    code = wanted.strip().lower()
    if code not in codes:
        text = scene.say("I speak {languages}. Say /language and one of these.", languages=", ".join(codes))
        return scene.answered(text)
    person = replace(scene.person, locale=code, locale_chosen=True)
    say = scene.catalogues.voice(code)
    changes = scene.answered(say("From now on I speak English with you."))
    return changes if scene.person == person else changes + Changes(people=(Move(scene.person, person),))


def confidential(scene: Scene, wanted: str) -> Changes:
    """`/confidential on|off` for the newest open order (B62); without a word it is on."""
    say = scene.say
    if not scene.snapshot.open:
        return scene.answered(say("You have no open order. Drop a song to begin one."), buttons.human(say))
    project = scene.snapshot.open[0]
    word = wanted.strip().lower()
    if word not in _ON | _OFF:
        return scene.answered(say("Say /confidential on or /confidential off."))
    on = word in _ON
    after = with_order(project, replace(project.order, confidential=on))
    text = (
        say(
            "Order {number} is confidential: its title is shown to nobody but you and who hears it with you.",
            number=str(project.order.number),
        )
        if on and project.members
        else say(
            "Order {number} is confidential: its title is shown to nobody but you.",
            number=str(project.order.number),
        )
        if on
        else say("Order {number} is not confidential any more.", number=str(project.order.number))
    )
    cards = tuple(
        humans.card(scene, thread, after) for thread in scene.snapshot.talks if thread.order == after.order.id
    )
    return outcome(scene, project, after, notices=(scene.answer(text),), more=Changes(cards=cards))


def revoke(scene: Scene) -> Changes:
    """`/revoke`: the private links that somebody was sent open nothing from now on; new ones will."""
    say = scene.say
    all_ = (*scene.snapshot.open, *scene.snapshot.past)
    sent = [
        one for one in all_ if one.order.version or scene.ways.pages
    ]  # an order has a page from the start
    stopped, now = Changes(), []
    for before in sent:
        order = replace(before.order, links=before.order.links + 1)
        after = advanced(before, with_order(before, order), scene.rules)
        now.append(after)
        stopped += moves(before, after)
        if order.state in _REVISED:  # its buttons name what is another one now: its revision, its page
            stopped += Changes(cards=(job_card(view(scene, after, ())),))
    text = (
        say.many(
            "The private links of {count} order are stopped. What I send you from now on has new ones.",
            "The private links of {count} orders are stopped. What I send you from now on has new ones.",
            len(sent),
        )
        if sent
        else say("There are no private links to stop.")
    )
    renewed = replace(scene, snapshot=replace(scene.snapshot, open=tuple(now), past=()))
    return stopped + Changes(notices=(renewed.answer(text, buttons.human(say)),))


def choose_style(scene: Scene, project: Project) -> Changes:
    """[Style]: what there is to choose from."""
    own = scene.rules.styles
    return scene.answered(joined(styles_told(scene.say, own)), *style_buttons(scene.say, project.order, own))


def styles_told(say: Voice, own: HouseStyles) -> list[Text]:
    """What each style is like."""
    return [
        say("Which character should the master have?"),
        say("Balanced: what most songs want. Warm: fuller and softer on top. Bright: more air and presence."),
        say("Punchy: denser, with more drive. Open: gentler, with all its dynamics."),
        *(
            Text((f"{style.label_in(say.language)}: {told}",))
            for style in own.values()
            if (told := style.told_in(say.language))
        ),
    ]


def style_buttons(say: Voice, order: Order, own: HouseStyles) -> tuple[Button, ...]:
    """One for each style there is."""
    return tuple(buttons.style(order, key, phrases.style(say, key, own)) for key in keys(own))


def set_style(scene: Scene, project: Project, key: str) -> Changes:
    order = project.order
    if order.state not in JOINABLE or key not in keys(scene.rules.styles):
        return stale(scene, project)
    return outcome(scene, project, with_order(project, replace(order, style=key)))


def set_service(scene: Scene, project: Project, service: str | None, version: int | None) -> Changes:
    """[Engineer $35]: the offer is drawn again for another service line; nothing is bought yet."""
    order = project.order
    if order.state is not OrderState.OFFERED or version != order.rev or service is None:
        return stale(scene, project)
    if service not in lines_for(order, scene.rules):
        return stale(scene, project)
    return outcome(scene, project, with_order(project, replace(order, service=service)))


def cancel(scene: Scene, project: Project) -> Changes:
    """An order that was not paid ends without cost."""
    if project.order.state not in JOINABLE:
        return stale(scene, project)
    after = with_order(project, replace(project.order, state=OrderState.CANCELLED))
    return outcome(scene, project, after, more=Changes(cancel_jobs_of=(project.order.id,)))


def _state(scene: Scene, state: OrderState) -> str:
    say = scene.say
    return {
        OrderState.DRAFT: say.word("being checked"),
        OrderState.OFFERED: say.word("waiting for your payment"),
        OrderState.PAYING: say.word("payment on its way"),
        OrderState.WORKING: say.word("in work"),
        OrderState.REVIEW: say.word("waiting for your ear"),
        OrderState.RELEASED: say.word("delivered"),
        OrderState.COMPLETED: say.word("complete"),
        OrderState.CANCELLED: say.word("cancelled"),
        OrderState.ASIDE: say.word("with a person"),
    }[state]
