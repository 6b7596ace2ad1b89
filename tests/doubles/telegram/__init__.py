"""A Bot API on loopback: what Telegram does for a bot, for tests and for measuring.

python-telegram-bot runs on it unmodified, in this process or in another one:

    async with running() as telegram:
        bot = Bot(telegram.token, base_url=telegram.base_url, base_file_url=telegram.file_url)
        # or, for another process: LATHE_TELEGRAM_TOKEN=telegram.token,
        # LATHE_TELEGRAM_API_URL=telegram.base_url, LATHE_TELEGRAM_FILE_URL=telegram.file_url

        ada = telegram.person("Ada", language="de")
        await ada.starts("a-payload")                    # a deep link
        await ada.says("hello")
        song = await ada.sends("audio", "Song.wav", wav, caption="louder, please")
        await ada.album([Piece("document", "1.wav", wav), Piece("document", "2.wav", wav)])
        card = await ada.sees(lambda message: "Pay" in message.buttons)
        press = await ada.press(card, "Pay")             # press.popup once it is answered; all in ada.popups
        outcome = await ada.pays(invoice)                # a message with an invoice, or a link
        await ada.blocks()                               # and unblocks()

        crew = telegram.group("Crew", forum=True, rules=True)
        orders = await crew.topic("Orders", by=ada)
        await ada.says("/board", crew, orders)
        crew.messages[-1].thread == orders.id

`ada.messages`, `ada.received` (from the bot) and the same of a group are `Message`s as they are seen now:
`text` and `caption` without markup, `parts("bold")`, `buttons`, `button(label).url`, `attachment` (`name`,
`data`, `title`, `performer`, `thumbnail`), `edits`, `thread`. `message.seen()` keeps one as it is, to press
later what an edit took away. `telegram.until(predicate, seconds)` wakes at each change, `telegram.settled()`
when the bot has confirmed all that happened.

`telegram.faults` lets things go wrong: flood, bad_gateway, cut, slow, twice, swap, expire_links,
cut_download. `running(Times(checkout=0.2))` shortens what people wait for; `running(local=folder)` is a local
server, with files by path and no caps.

Every call, answer and update is held against what this double knows and, where it is there, against the
published specification. What does not fit is a complaint, and complaints fail the test when the context ends,
unless it has taken them with `telegram.forgiven()`. `telegram.calls` has every call as it came.
"""

from tests.doubles.telegram.limits import Times
from tests.doubles.telegram.people import Group, Outcome, Person, Piece
from tests.doubles.telegram.refusals import Refusal
from tests.doubles.telegram.server import TOKEN, Call, Telegram, running
from tests.doubles.telegram.state import Attachment, Button, Invoice, Message, Topic, User
from tests.doubles.telegram.world import Payment, Popup, Press

__all__ = [
    "TOKEN", "Attachment", "Button", "Call", "Group", "Invoice", "Message", "Outcome", "Payment", "Person",
    "Piece", "Popup", "Press", "Refusal", "Telegram", "Times", "Topic", "User", "running",
]  # fmt: skip
