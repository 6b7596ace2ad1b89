"""What each command does, and which are answered where others read along."""

from collections.abc import Callable, Mapping

from core.changes import Changes
from core.commands import COMMANDS, numbered
from core.desk import forms
from core.desk.making import handing_in, work
from core.desk.ordering import arriving, destinations, intake, rebates, references
from core.desk.people import humans, linking, members
from core.desk.refunding import complaints, disputes, giving
from core.desk.revising import naming
from core.desk.scene import Scene
from core.desk.shown import buttons, guide
from core.desk.staffing import auditing, board, staff
from core.desk.trade import bulk, recording
from core.people import Right
from core.snapshot import FIRST_NUMBER
from core.sources import links_of


def _refund(scene: Scene, arguments: str) -> Changes:
    """`/refund why` of an artist; `/refund approve|refuse ORDER why` of who decides about money."""
    word, _, _ = arguments.strip().partition(" ")
    ruling = {"approve": giving.approve, "refuse": giving.refuse}.get(word.lower())
    if ruling is not None and scene.person.role is not None:
        return staff.by_staff(scene, Right.MONEY, lambda: ruling(scene, arguments))
    if not scene.incoming.private:
        return guide.elsewhere(scene)  # why somebody is not happy is nobody else's business
    own = scene.owns and scene.project is not None
    number = numbered(arguments)
    if not own and number is not None and number >= FIRST_NUMBER:
        say = scene.say
        text = say("You have no order {number}. Say /refund and what is wrong.", number=str(number))
        return scene.answered(text, buttons.human(say))
    reason = arguments.strip().removeprefix("#") if not own else arguments.strip().partition(" ")[2]
    if reason.strip():
        return complaints.asked(scene, reason.strip())
    project = complaints.meant(scene)
    return forms.asked_for(scene, "unhappy", project.order.id if project else "none")


def names_songs(words: str) -> bool:
    """Whether there is a link among words to a song, or to what is taken for one."""
    links = links_of(words)
    return bool(links.files or links.troubles)


ON_COMMAND: Mapping[str, Callable[[Scene, str], Changes]] = {
    "start": lambda scene, arguments: guide.welcome(scene),
    "help": lambda scene, arguments: guide.help_(scene),
    "master": lambda scene, arguments: (
        intake.ordered(scene, note=arguments)
        if scene.incoming.files or names_songs(arguments)
        else guide.welcome(scene)
    ),
    "reference": references.commanded,
    "for": destinations.commanded,
    "upload": lambda scene, arguments: arriving.asked(scene),
    "continue": lambda scene, arguments: guide.resume(scene),
    "code": rebates.coded,
    "orders": lambda scene, arguments: guide.orders(scene),
    "terms": lambda scene, arguments: guide.show_terms(scene),
    "paysupport": lambda scene, arguments: guide.pay_support(scene),
    "human": lambda scene, arguments: (
        humans.asked(scene, arguments.strip())
        if arguments.strip()
        else forms.asked_for(scene, "human", "none")
    ),
    "confidential": guide.confidential,
    "language": guide.language,
    "link": linking.link,
    "invite": members.invite,
    "join": members.join,
    "members": members.listed,
    "leave": members.leave,
    "revoke": lambda scene, arguments: guide.revoke(scene),
    "board": lambda scene, arguments: board.asked(scene),
    "claim": work.commanded,
    "deliver": handing_in.commanded,
    "quote": naming.quote,
    "waive": naming.waive,
    "credit": giving.credit,
    "refund": _refund,
    "dispute": disputes.commanded,
    "audit": auditing.shown,
    "bulk": lambda scene, arguments: (
        bulk.commanded(scene, arguments)
        if arguments.strip() or not scene.incoming.private
        else forms.asked_for(scene, "bulk", "none")
    ),
    "agreement": recording.commanded,
    "staff": staff.sit_here,
    "grant": staff.grant_by,
}

# What is answered where others read along, with a line of its own; the staff have help at their desk too.
PUBLIC = frozenset({"staff", "grant", "link", "join", "bulk"})
AT_THE_DESK = (
    PUBLIC | {"help", "language", "refund"} | {command.name for command in COMMANDS if command.needs}
)
