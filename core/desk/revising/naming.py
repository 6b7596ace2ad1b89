"""Staff name the price of changes, by a command or by a form: `/quote 1042 40`, `/waive 1042 why`."""

import re
from collections.abc import Mapping

from core.changes import Changes
from core.desk.revising import quotes
from core.desk.scene import Scene
from core.desk.staffing import staff
from core.money import Money, said

_ARGUMENTS = re.compile(r"\s*#?\d+\s*(?P<amount>[^\s]*\d[^\s]*)?\s*(?P<reason>.*)", re.DOTALL)


def quote(scene: Scene, arguments: str) -> Changes:
    """`/quote ORDER AMOUNT [reason]`."""
    project = scene.project
    amount, reason = _read(scene, arguments)
    if project is None or amount is None:
        usage = scene.say("Say /quote ORDER AMOUNT, and why if you like: /quote 1042 40.")
        return staff.not_so(scene, arguments, usage)
    return quotes.commanded(scene, project, amount, reason)


def waive(scene: Scene, arguments: str) -> Changes:
    """`/waive ORDER [AMOUNT] reason`: for nothing, unless an amount is said."""
    project = scene.project
    amount, reason = _read(scene, arguments)
    if project is None or not reason:
        usage = scene.say("Say /waive ORDER and why: /waive 1042 our mistake.")
        return staff.not_so(scene, arguments, usage)
    return quotes.waive(scene, project, amount or scene.rules.money(0), reason)


def quote_form(scene: Scene, values: Mapping[str, str]) -> Changes:
    """[Other …]: an amount, and perhaps why."""
    amount = said(values["amount"], scene.rules.currency)
    if scene.project is None or amount is None:
        return _unread(scene)
    return quotes.commanded(scene, scene.project, amount, values.get("reason", ""))


def waive_form(scene: Scene, values: Mapping[str, str]) -> Changes:
    """[Waive …]: why, and an amount under the floor if it is not for nothing."""
    words = values.get("amount", "").strip()
    amount = said(words, scene.rules.currency) if words else scene.rules.money(0)
    if scene.project is None or amount is None:
        return _unread(scene)
    return quotes.waive(scene, scene.project, amount, values["reason"])


def _read(scene: Scene, arguments: str) -> tuple[Money | None, str]:
    """The amount and the reason behind the number of an order."""
    found = _ARGUMENTS.fullmatch(arguments)
    if found is None:
        return None, ""
    word, reason = found["amount"] or "", found["reason"].strip()
    amount = said(word, scene.rules.currency) if word else None
    return (amount, reason) if amount is not None else (None, f"{word} {reason}".strip())


def _unread(scene: Scene) -> Changes:
    return scene.answered(scene.say("I could not read that amount. Write it like 40 or 40.50."))
