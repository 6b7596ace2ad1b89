"""What the deeds and roles of the staff are called where they are read."""

from core.people import Role
from core.wording import Voice


def named(say: Voice, what: str) -> str:
    """A deed, by the name that the trail keeps, as its button or form is called; a command as it is typed."""
    return {
        "anyway": say.word("Send it anyway"),
        "begin": say.word("Begin"),
        "card": say.word("Open a card"),
        "claim": say.word("Take it"),
        "close": say.word("Close"),
        "credit": say.word("Give credit"),
        "credit-all": say.word("Credit 100 %"),
        "credit-half": say.word("Credit 50 %"),
        "fix": say.word("Run it again"),
        "give-back": say.word("Give the money back"),
        "hand": say.word("Hand over"),
        "hand-over": say.word("Send to customer"),
        "handin": say.word("Hand in a master"),
        "let-go": say.word("Let it go"),
        "look": say.word("Look at the order"),
        "new-master": say.word("Upload new master"),
        "originals": say.word("Open files"),
        "propose": say.word("Propose a price"),
        "quote": say.word("Name a price"),
        "refund": say.word("Give the money back"),
        "refuse": say.word("Refuse a refund"),
        "reply": say.word("Reply"),
        "retry": say.word("Try again"),
        "second": say.word("Approve or refuse"),
        "take": say.word("I take it"),
        "take-credit": say.word("Take it from their credit"),
        "talk": say.word("Talk to them"),
        "turn-down": say.word("Decline"),
        "undo": say.word("Undo"),
        "unjustified": say.word("Not justified"),
        "waive": say.word("Waive the price"),
    }.get(what, what)


def role(say: Voice, held: Role | None) -> str:
    """A role in a sentence. Where it is to be typed, as `/grant` has it, it stands as it is."""
    if held is None:
        return ""
    return {
        Role.OWNER: say.word("owner"),
        Role.MANAGER: say.word("manager"),
        Role.ENGINEER: say.word("engineer"),
        Role.SUPPORT: say.word("support"),
        Role.VIEWER: say.word("viewer"),
    }[held]
