"""Every command, declared once: each door registers them from here, so what one has, all have."""

import re
from dataclasses import dataclass

from core.people import Right


@dataclass(frozen=True, slots=True)
class Command:
    """A command: name, one line of help (a sentence of the catalogue), arguments, and who may use it.

    A door that has forms opens `form` where the command comes with neither arguments nor files. One that has
    context menus offers `menu` on messages with audio, and the command comes with those files.
    """

    name: str
    help: str
    arguments: tuple[str, ...] = ()
    needs: Right | None = None  # None: anybody
    form: str | None = None
    file: bool = False  # it takes a song
    menu: str | None = None


COMMANDS: tuple[Command, ...] = (
    Command("start", "Say hello and see what to do"),
    Command("master", "Order a master of a song", ("link",), form="master", file=True, menu="Order a master"),
    Command(
        "reference",
        "Name a song that the master should sound like",
        ("link",),
        form="reference",
        file=True,
    ),
    Command("for", "Say where the master goes: a club, a CD, a service", ("where",)),
    Command("upload", "Send files that are too big for the chat"),
    Command("help", "See what I can do"),
    Command("continue", "Show where my open order stands"),
    Command("orders", "List my orders"),
    Command("code", "Use a rebate code", ("code",)),
    Command("terms", "Read the terms"),
    Command("paysupport", "Ask about a payment or a refund"),
    Command("human", "Talk to a human", ("text",), form="human"),
    Command("confidential", "Keep my open order confidential, or stop doing so", ("on|off",)),
    Command("language", "Choose the language I speak", ("code",)),
    Command("link", "Make my accounts on two platforms one", ("code",)),
    Command("revoke", "Stop my private links"),
    Command("invite", "Let others hear my order and add to its changes", ("order",)),
    Command("join", "Hear somebody's order, by their code", ("code",)),
    Command("members", "See who hears my order", ("order",)),
    Command("leave", "Leave somebody's order", ("order",)),
    Command("board", "See what waits for the staff, and until when", needs=Right.VIEW),
    Command("claim", "Take work that waits, or give it to somebody", ("order", "song", "person"), Right.WORK),
    Command("deliver", "Hand in a master that was made by hand", ("order", "song"), Right.WORK, file=True),
    Command("quote", "Name the price of changes", ("order", "amount", "reason"), Right.MONEY, form=None),
    Command(
        "waive", "Make changes free, or cheaper than the floor", ("order", "amount", "reason"), Right.MONEY
    ),
    Command("audit", "Read what the staff did", ("order", "entries"), Right.AUDIT),
    Command("refund", "Ask for your money back, and say why", ("reason",), form="unhappy"),
    Command("credit", "Give credit for an order", ("order", "amount", "reason"), Right.MONEY),
    Command("dispute", "Say what a payment provider decided", ("order", "opened|won|lost"), Right.MONEY),
    Command(
        "bulk", "Order many songs of many artists, which you pay for", ("new|here|list", "title"), form="bulk"
    ),
    Command(
        "agreement", "Look at a price agreement, or record one", ("number", "channel", "text"), Right.MONEY
    ),
    Command("staff", "Make this room a staff desk, or none any more", ("here|gone",), Right.LEAD),
    Command("grant", "Give somebody a role", ("role", "person"), Right.CONFIG),
)

BY_NAME = {command.name: command for command in COMMANDS}


def numbered(arguments: str) -> int | None:
    """The number of the order that the words after a command begin with, with or without a #.

    One word before it may say what is to be done: `approve 1042`.
    """
    found = re.match(r"\s*(?:[A-Za-z]+\s+)?#?(\d{1,9})(?!\S)", arguments)
    return int(found.group(1)) if found else None


def spoken_of(arguments: str) -> tuple[str, str] | None:
    """Whom the words after a command name as `door:id`, the first of them."""
    found = re.search(r"(?:^|\s)([a-z]+):(\S+)", arguments)
    return (found.group(1), found.group(2)) if found else None
