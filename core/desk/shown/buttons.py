"""Every button the desk draws, in one place: its label and what it asks for."""

from core.bulks import Bulk
from core.complaints import Complaint
from core.ids import seen
from core.linking import LinkCode, short_hash
from core.links import Link, Pass
from core.members import Invitation, Member
from core.messages import Action, Button
from core.money import Money
from core.orders import Order, Parcel
from core.services import ENGINEER
from core.wording import Voice


def pay(say: Voice, order: Order, price: Money, *, till: str | None = None, credit: bool = False) -> Button:
    """The one paying tap: consent, age and charge. It carries the revision: a stale price is not paid."""
    if credit:
        label = say.word("Pay {price} with credit", price=price)
        return Button(label, Action("pay", order.id, order.rev, choice="credit").pack())
    if till == "demo":
        label = say.word("Pay {price} (demo money)", price=price)
    else:
        label = say.word("Pay {price}", price=price)
    return Button(label, Action("pay", order.id, order.rev).pack())


def service(say: Voice, order: Order, name: str, price: Money) -> Button:
    """Another service line for what is on offer. Its price is only shown: what is paid stands on the next."""
    label = (
        say.word("Engineer {price}", price=price)
        if name == ENGINEER
        else say.word("Automatic {price}", price=price)
    )
    return Button(label, Action("service", order.id, order.rev, choice=name).pack())


def free(say: Voice, order: Order) -> Button:
    """The tap that buys what a rebate has taken all of the price off."""
    return Button(say.word("Order it - nothing to pay"), Action("pay", order.id, order.rev).pack())


def styles(say: Voice, order: Order, name: str) -> Button:
    return Button(say.word("Style: {style}", style=name), Action("style", order.id).pack())


def style(order: Order, key: str, name: str) -> Button:
    return Button(name, Action("style", order.id, choice=key).pack())


def destinations(say: Voice, order: Order, name: str) -> Button:
    return Button(say.word("For: {destination}", destination=name), Action("for", order.id).pack())


def destination(order: Order, key: str, name: str) -> Button:
    return Button(name, Action("for", order.id, choice=key).pack())


def reference(say: Voice, order: Order) -> Button:
    """The next file is one that the master should sound like."""
    return Button(say.word("Add a reference"), Action("reference", order.id).pack())


def no_reference(say: Voice, order: Order) -> Button:
    return Button(say.word("Never mind"), Action("reference", order.id, choice="stop").pack())


def one_is_reference(say: Voice, order: Order) -> Button:
    return Button(say.word("One is a reference"), Action("reference", order.id, choice="which").pack())


def is_reference(say: Voice, order: Order, place: int, several: bool) -> Button:
    """What came as a song is only a reference: one of several, or the only one."""
    label = say.word("No. {place} is a reference", place=place) if several else say.word("It is a reference")
    return Button(label, Action("reference", order.id, order.rev, choice=str(place)).pack())


def without_reference(say: Voice, order: Order, number: int, several: bool) -> Button:
    """A reference is taken away: the one with this number, from 1."""
    label = say.word("Without reference {number}", number=number) if several else say.word("Without it")
    return Button(label, Action("unreference", order.id, order.rev, choice=str(number)).pack())


def drop_here(say: Voice, bulk: str) -> Button:
    """The next file is for a bulk order; a door that cannot write first leads to the private chat."""
    return Button(say.word("Drop my song"), Action("drop", bulk).pack(), private=True)


def show_bulk(bulk: Bulk) -> Button:
    return of_bulk(bulk.title, bulk, "show")


def of_bulk(label: str, bulk: Bulk, choice: str) -> Button:
    """What who pays for a bulk order can do with it."""
    return Button(label, Action("bulk", bulk.id, choice=choice).pack())


def bulk_price(say: Voice, order: Order) -> Button:
    """From a number of songs in a month on (B67)."""
    return Button(say.word("Ask for a quote"), Action("bulk-price", order.id).pack())


def terms(say: Voice, order_id: str = "none") -> Button:
    return Button(say.word("Terms"), Action("terms", order_id).pack())


def join(say: Voice, code: LinkCode) -> Button:
    """What `/link CODE` asks. It names the code by its hash, shortened in writing only."""
    return Button(say.word("Make them one account"), Action("join", short_hash(code.hash)).pack())


def join_order(say: Voice, invitation: Invitation) -> Button:
    """What `/join CODE` asks."""
    return Button(say.word("Join"), Action("enter", short_hash(invitation.hash)).pack())


def stop_inviting(say: Voice, order: Order) -> Button:
    return Button(say.word("Stop inviting"), Action("uninvite", order.id).pack())


def remove_member(say: Voice, order: Order, member: Member, place: int) -> Button:
    return Button(
        say.word("Remove no. {place}", place=place), Action("remove", order.id, choice=member.id).pack()
    )


def too_young(say: Voice) -> Button:
    return Button(say.word("I am under 13"), Action("minor", "me").pack())


def human(say: Voice, order_id: str = "none") -> Button:
    """A person to talk to, from everywhere (A26)."""
    return Button(say.word("Talk to a human"), form=f"human:{order_id}")


def reply(say: Voice, thread: str) -> Button:
    return Button(say.word("Reply"), form=f"reply:{thread}")


def take(say: Voice, thread: str) -> Button:
    """For the staff: a ticket is in somebody's hands, and its artist hears in whose."""
    return Button(say.word("I take it"), Action("take", thread).pack())


def take_over(say: Voice, thread: str) -> Button:
    return Button(say.word("I take it over"), Action("take", thread, choice="over").pack())


def hand(say: Voice, thread: str) -> Button:
    """For the staff: those of another role are to answer."""
    return Button(say.word("Hand over …"), form=f"hand:{thread}")


def close(say: Voice, thread: str) -> Button:
    return Button(say.word("Close"), Action("close", thread).pack())


def rating(order: Order, stars: int) -> Button:
    """How was it, from 1 to 5."""
    return Button(str(stars), Action("rate", order.id, choice=str(stars)).pack())


def comment(say: Voice, order: Order) -> Button:
    return Button(say.word("Add a comment"), form=f"rating:{order.id}")


def talk(say: Voice, order: Order) -> Button:
    """For the staff: to speak to an artist first."""
    return Button(say.word("Talk to them"), form=f"talk:{order.id}")


def big_file(say: Voice, page: Pass | None = None) -> Button:
    """The way beside the chat: the page of an order, or an order for whoever has none yet."""
    label = say.word("Send big file")
    return Button(label, link=page) if page else Button(label, Action("upload", "none").pack())


def album(say: Voice, order: Order) -> Button:
    label = say.word("Change to one album") if order.grouping else say.word("One album")
    return Button(label, Action("group", order.id, order.rev, choice="album").pack())


def separate(say: Voice, order: Order) -> Button:
    label = say.word("Change to separate songs") if order.grouping else say.word("Separate songs")
    return Button(label, Action("group", order.id, order.rev, choice="separate").pack())


def stems(say: Voice, order: Order, price: Money) -> Button:
    label = (
        say.word("Change to stems: mix them {price}", price=price)
        if order.grouping
        else say.word("Stems: mix them {price}", price=price)
    )
    return Button(label, Action("group", order.id, order.rev, choice="stems").pack())


def cancel(say: Voice, order: Order) -> Button:
    return Button(say.word("Cancel"), Action("cancel", order.id).pack())


def without(say: Voice, order: Order, files: int) -> Button:
    """What is still arriving is given up."""
    label = say.word("Go on without it") if files == 1 else say.word("Go on without them")
    return Button(label, Action("without", order.id).pack())


def replace(say: Voice, order: Order, place: int, several: bool) -> Button:
    label = say.word("Send a new mix of no. {place}", place=place) if several else say.word("Send a new mix")
    return Button(label, Action("replace", order.id, order.rev, choice=str(place)).pack())


def preview(say: Voice, order: Order) -> Button:
    """Where the house charges before files, work comes first. It carries the offer's revision as well."""
    return Button(say.word("Make a preview - free"), Action("preview", order.id, order.rev).pack())


def drop_song(say: Voice, order: Order, place: int) -> Button:
    return Button(
        say.word("Leave out no. {place}", place=place),
        Action("leave-out", order.id, order.rev, choice=str(place)).pack(),
    )


def details(say: Voice, order: Order) -> Button:
    return Button(say.word("Title and artist"), form=f"details:{order.id}")


def approve(say: Voice, order: Order) -> Button:
    return Button(say.word("Approve - get files"), Action("approve", order.id, order.version).pack())


def changes(say: Voice, order: Order) -> Button:
    return Button(say.word("Ask for changes"), Action("changes", order.id, order.version).pack())


def add_to_list(say: Voice, order: Order) -> Button:
    """The same for a member, who does not send it."""
    return Button(say.word("Add to the list"), Action("changes", order.id, order.version).pack())


def retry(say: Voice, order: Order) -> Button:
    """For the staff: what failed three times is tried once more."""
    return Button(say.word("Try again"), Action("retry", order.id).pack())


def look(say: Voice, order: Order, *, sure: bool = False) -> Button:
    """For the staff: the page of an order. `sure`: they know that it is confidential."""
    label = say.word("Look at it") if sure else say.word("Look at the order")
    return Button(label, Action("look", order.id, choice="sure" if sure else None).pack())


def originals(say: Voice, order: Order, *, sure: bool = False) -> Button:
    """For who works on an order: what it is made from. `sure`: they know that it is confidential."""
    return Button(
        say.word("Open files"), Action("originals", order.id, choice="sure" if sure else None).pack()
    )


def look_now(say: Voice, page: Pass) -> Button:
    return Button(say.word("Open the page"), link=page)


def files(say: Voice, order: Order) -> Button:
    return Button(say.word("Send the files again"), Action("files", order.id).pack())


def show(say: Voice, order: Order) -> Button:
    return show_other(say, order.id, order.number)


def show_other(say: Voice, order_id: str, number: int) -> Button:
    return Button(say.word("Show order {number}", number=str(number)), Action("show", order_id).pack())


def unopened(say: Voice, order: Order, parcel: Parcel, link: Link) -> Button:
    """The way to what could not be sent."""
    number = str(order.number)
    label = (
        say.word("Open privately: preview of order {number}", number=number)
        if parcel is Parcel.PREVIEW
        else say.word("Open privately: files of order {number}", number=number)
    )
    return Button(label, link=link)


def undo(say: Voice, order: Order, number: int) -> Button:
    """For the staff: a decision is taken back before it is carried out. Decisions count from 0."""
    return Button(say.word("Undo"), Action("undo", order.id, number).pack())


def second(say: Voice, order: Order, number: int, *, yes: bool) -> Button:
    """For a second member of the staff, who approves a decision or refuses it."""
    label = say.word("Approve it") if yes else say.word("Refuse it")
    return Button(label, Action("second", order.id, number, choice="yes" if yes else "no").pack())


def give_back(say: Voice, order: Order) -> Button:
    """For the staff: the money goes back the way it came, with a reason."""
    return Button(say.word("Give the money back"), form=f"give-back:{order.id}")


def new_master(say: Voice, order: Order) -> Button:
    """For the staff: what somebody complains about is made anew by hand (B64)."""
    return Button(say.word("Upload new master"), Action("new-master", order.id).pack())


def unhappy(say: Voice, order: Order) -> Button:
    """Something is wrong with what was delivered, and what it is (B63)."""
    return Button(say.word("Not happy"), form=f"unhappy:{order.id}")


def withdraw(say: Voice, complaint: Complaint) -> Button:
    """The complaint was none."""
    which = seen(complaint.id, 0)  # however it stands by then
    return Button(say.word("Withdraw my complaint"), Action("withdraw", complaint.order, which).pack())
