"""Every button the desk draws, in one place: its label and what it asks for."""

from core.linking import LinkCode, short_hash
from core.links import Link, Pass
from core.messages import Action, Button
from core.money import Money
from core.orders import Order, Parcel
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


def terms(say: Voice, order_id: str = "none") -> Button:
    return Button(say.word("Terms"), Action("terms", order_id).pack())


def join(say: Voice, code: LinkCode) -> Button:
    """What `/link CODE` asks. It names the code by its hash, shortened in writing only."""
    return Button(say.word("Make them one account"), Action("join", short_hash(code.hash)).pack())


def too_young(say: Voice) -> Button:
    return Button(say.word("I am under 13"), Action("minor", "me").pack())


def human(say: Voice, order_id: str = "none") -> Button:
    """A person to talk to, from everywhere (A26)."""
    return Button(say.word("Talk to a human"), form=f"human:{order_id}")


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


def retry(say: Voice, order: Order) -> Button:
    """For the staff: what failed three times is tried once more."""
    return Button(say.word("Try again"), Action("retry", order.id).pack())


def look(say: Voice, order: Order, *, sure: bool = False) -> Button:
    """For the staff: the page of an order. `sure`: they know that it is confidential."""
    label = say.word("Look at it") if sure else say.word("Look at the order")
    return Button(label, Action("look", order.id, choice="sure" if sure else None).pack())


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
