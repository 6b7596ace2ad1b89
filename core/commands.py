"""Every command, declared once: each door registers them from here, so what one has, all have."""

from dataclasses import dataclass

from core.people import Role


@dataclass(frozen=True, slots=True)
class Command:
    """A command: name, one line of help (a sentence of the catalogue), arguments, and who may use it.

    A door that has forms opens `form` where the command comes with neither arguments nor files. One that has
    context menus offers `menu` on messages with audio, and the command comes with those files.
    """

    name: str
    help: str
    arguments: tuple[str, ...] = ()
    needs: Role | None = None  # None: anybody
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
    Command("terms", "Read the terms"),
    Command("paysupport", "Ask about a payment or a refund"),
    Command("human", "Talk to a human", ("text",), form="human"),
    Command("confidential", "Keep my open order confidential, or stop doing so", ("on|off",)),
    Command("language", "Choose the language I speak", ("code",)),
    Command("link", "Make my accounts on two platforms one", ("code",)),
    Command("revoke", "Stop my private links"),
    Command("staff", "Make this room a staff desk", ("here",), Role.MANAGER),
    Command("grant", "Give somebody a role", ("role", "person"), Role.OWNER),
)

BY_NAME = {command.name: command for command in COMMANDS}
