"""The terms: a template that fills itself from the house rules, and proof of the words shown (A02, A28)."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from core.rules import HouseRules
from core.wording import Voice


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms in one language. `sha256` is of the very words."""

    version: str
    language: str
    paragraphs: tuple[str, ...]

    @property
    def sha256(self) -> str:
        return hashlib.sha256("\n".join((self.version, *self.paragraphs)).encode()).hexdigest()


def terms(rules: HouseRules, say: Voice) -> Terms:
    """The terms of the automatic line under these rules."""
    line, first = rules.service.automatic, timedelta(days=rules.windows.first_days)
    paragraphs = [
        say.word("What you buy: a master of each song, made by our engine and checked by measurement."),
        _price(rules, say),  # A02, A03
        *_album(rules, say),
        say.word(
            "Changes: one round of changes is free within {first} of our sending you the first version. "
            "Please ask for everything at one time.",
            first=first,
        ),  # A11, A18
        say.word(
            "After each new version you have at least {again} to listen; "
            "an early answer never shortens the first {first}.",
            again=timedelta(days=rules.windows.again_days),
            first=first,
        ),  # A13, C2
        _completion(rules, say),  # A12, A14
        say.word(
            "Refund: if there is a fault in an automatic master, tell us what it is. If we have not put it "
            "right within {hours}, we refund you in full, unless you have opened a dispute with your "
            "payment provider.",
            hours=timedelta(hours=line.fix_hours),
        ),  # B63-B66
        say.word("None of this takes away any right that the law gives you."),  # C28
        say.word(
            "Storage: files are kept for {days} after completion. "
            "Please download them; later we may not have them any more.",
            days=timedelta(days=rules.retention.project_days),
        ),  # A16, A17
        say.word("Your music stays yours. We use it to make your master and for nothing else."),  # B43, C15
        say.word("We show your song to nobody but you and the staff who work on it."),  # B62
        say.word(
            "You must be 13 or older to order. If you are not, a parent or guardian may order for you."
        ),  # B35
    ]
    if rules.house.contact:
        paragraphs.append(say.word("Contact: {contact}", contact=rules.house.contact))  # A26
    return Terms(rules.terms_version, say.language, tuple(paragraphs))


def _price(rules: HouseRules, say: Voice) -> str:
    """What it costs, and which tap is the order."""
    price = rules.money(rules.service.automatic.price)
    if rules.charge == "before-files":
        return say.word(
            "Price: {price} a song; the preview is free. Asking for it is your order, "
            "and the tap on the button is your consent to these terms.",
            price=price,
        )
    return say.word(
        "Price: {price} a song. Paying is your order, and the tap on the button is your consent "
        "to these terms.",
        price=price,
    )


def _completion(rules: HouseRules, say: Voice) -> str:
    """What the end of the window releases."""
    if rules.charge == "before-files":
        return say.word(
            "You pay when you want the files. When the time for changes is over, your order is complete; "
            "without payment its files are not released."
        )
    return say.word(
        "When the time for changes is over, your order is complete and its files are released to you."
    )


def _album(rules: HouseRules, say: Voice) -> tuple[str, ...]:
    album = rules.service.automatic.album
    if album is None or not album.discount_percent:
        return ()
    return (
        say.word(
            "Albums: {songs} songs or more that you order as one album cost {percent} % less.",
            songs=album.from_songs,
            percent=album.discount_percent,
        ),
    )
