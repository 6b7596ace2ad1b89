"""The terms: a template that fills itself from the house rules, and proof of the words shown (A02, A28)."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from core.rules import HouseRules
from core.services import AUTOMATIC, BY_HAND, MIXING
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


def changed(old: Terms, new: Terms) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What no longer holds and what is new, paragraph by paragraph; both in one language."""
    gone = tuple(words for words in old.paragraphs if words not in new.paragraphs)
    return gone, tuple(words for words in new.paragraphs if words not in old.paragraphs)


def terms(rules: HouseRules, say: Voice) -> Terms:
    """The terms of every service line that the house has, under these rules."""
    first = timedelta(days=rules.windows.first_days)
    again = timedelta(days=rules.windows.again_days)
    paragraphs = [
        *(_line(rules, say, service) for service in rules.offered),  # A01
        _order(rules, say),  # A02, A03
        *_album(rules, say),
        say.word(
            "Changes: one round of changes is free within {first} of our sending you the first version. "
            "Please ask for everything at one time.",
            first=first,
        ),  # A11, A18
        say.word(
            "After each new version you have at least {again} to listen; "
            "an early answer never shortens the first {first}.",
            again=again,
            first=first,
        ),  # A13, C2
        *_fees(rules, say),  # A15, A19-A23
        _completion(rules, say),  # A12, A14
        *_refunds(rules, say),  # A24, A25, B63-B66
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
        say.word("What you have ordered keeps the terms that you ordered it under."),  # A27
    ]
    if rules.house.contact:
        paragraphs.append(say.word("Contact: {contact}", contact=rules.house.contact))  # A26
    return Terms(rules.terms_version, say.language, tuple(paragraphs))


def _line(rules: HouseRules, say: Voice, service: str) -> str:
    """What is bought, for how much and by when."""
    line = rules.line(service)
    price, time = rules.money(line.price), line.promise
    if service == AUTOMATIC:
        return say.word(
            "Automatic master, {price} a song: made by our engine, and checked by measurement.", price=price
        )
    if service == MIXING:
        return say.word(
            "Mix, {price} a song: made from your stems by one of our engineers, within {time} of your "
            "payment.",
            price=price,
            time=time,
        )
    return say.word(
        "Engineer master, {price} a song: made by one of our engineers, within {time} of your payment.",
        price=price,
        time=time,
    )


def _order(rules: HouseRules, say: Voice) -> str:
    """Which tap is the order."""
    if rules.charge == "before-files" and AUTOMATIC in rules.offered:
        return say.word(
            "Of an automatic master the preview is free. Asking for it is your order, as paying is for all "
            "else; the tap on the button is your consent to these terms."
        )
    return say.word("Paying is your order, and the tap on the button is your consent to these terms.")


def _fees(rules: HouseRules, say: Voice) -> Iterator[str]:
    """What changes cost that are not free."""
    floors = {rules.line(service).fee_floor for service in rules.offered}
    if floors == {0}:
        return
    yield say.word(
        "More of the same is free in that time. Other changes after the first round, a change back, and "
        "changes after that time cost {floor} a song or more; you see the price and accept it before we "
        "begin.",
        floor=rules.money(min(floors)),
    )
    if MIXING in rules.offered and rules.line(MIXING).fee_floor > min(floors):
        floor = rules.money(rules.line(MIXING).fee_floor)
        yield say.word("Of a mix they cost {floor} or more.", floor=floor)


def _refunds(rules: HouseRules, say: Voice) -> Iterator[str]:
    """What is given back of each line, and how."""
    for service in rules.offered:
        line = rules.line(service)
        if line.refund == "fix-or-refund":
            yield say.word(
                "Refund: if there is a fault in an automatic master, tell us what it is. If we have not put "
                "it right within {hours}, we refund you in full, unless you have opened a dispute with your "
                "payment provider.",
                hours=timedelta(hours=line.fix_hours),
            )
        elif service == AUTOMATIC:
            yield say.word("An automatic master is not refunded in cash; we may give you credit for it.")
    if BY_HAND.intersection(rules.offered):
        yield say.word(
            "Work of our engineers is not refunded in cash. If you are not content, ask for a refund: we "
            "give you credit, in an amount that we determine."
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


def _album(rules: HouseRules, say: Voice) -> Iterator[str]:
    """What an album costs less, of each line that has a price of albums."""
    for service in rules.offered:
        album = rules.line(service).album
        if album is None or not album.discount_percent:
            continue
        if service == AUTOMATIC:
            yield say.word(
                "Albums: {songs} songs or more that you order as one album cost {percent} % less.",
                songs=album.from_songs,
                percent=album.discount_percent,
            )
        else:
            yield say.word(
                "Albums by an engineer: {songs} songs or more cost {percent} % less.",
                songs=album.from_songs,
                percent=album.discount_percent,
            )
