"""Saying things in the reader's language: gettext catalogues, numbers, money and moments (B24).

The English sentence is its own key. A sentence takes parts by name: `say("Free until {until}.", until=…)`.
"""

import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton, format_time, format_timedelta
from babel.numbers import format_currency, format_decimal
from babel.units import format_unit

from core.money import Money, minor_digits
from core.text import Moment, Part, Strong, Text, Title

Catalogue = Mapping[str, str | tuple[str, ...]]
Plural = Callable[[int], int]
_FORMATTER = string.Formatter()

Value = Part | Text | int | float | Money | timedelta


@dataclass(frozen=True, slots=True)
class Catalogues:
    """The sentences of every language of the house, by the English sentence; and each one's plural rule."""

    sentences: Mapping[str, Catalogue]
    plurals: Mapping[str, Plural]

    @property
    def languages(self) -> tuple[str, ...]:
        return ("en", *sorted(code for code in self.sentences if code != "en"))

    def language(self, wanted: str | None) -> str:
        """The language of ours that comes nearest to what somebody's client says ("de-AT" is "de")."""
        code = (wanted or "en").replace("_", "-").split("-")[0].lower()
        return code if code in self.languages else "en"

    def voice(self, wanted: str | None) -> "Voice":
        code = self.language(wanted)
        return Voice(code, self.sentences.get(code, {}), self.plurals.get(code, _germanic))


def _germanic(number: int) -> int:
    return 0 if number == 1 else 1


@dataclass(frozen=True, slots=True)
class Voice:
    """One language. Call it with a sentence to say it."""

    language: str
    sentences: Catalogue
    plural: Plural

    def __call__(self, sentence: str, /, **values: Value) -> Text:
        """A sentence of the catalogue with its parts put in."""
        return self._filled(self._translated(sentence), values)

    def many(self, one: str, more: str, count: int, /, **values: Value) -> Text:
        """A sentence that changes with a number, which it may show as `{count}`."""
        found = self.sentences.get(one)
        if isinstance(found, tuple) and found[self.plural(count)]:
            template = found[self.plural(count)]
        else:
            template = one if count == 1 else more
        return self._filled(template, {"count": count, **values})

    def word(self, sentence: str, /, **values: Value) -> str:
        """A sentence as one plain string, for labels; it holds no moments and no titles."""
        return self(sentence, **values).plain(moment=_unsayable, title=_unsayable)

    def money(self, money: Money) -> str:
        """`$6`, `$6.50`, `6 €`, `350 Stars`: no empty cents."""
        if money.currency == "XTR":
            return self.many("{count} Star", "{count} Stars", money.amount).plain(
                moment=_unsayable, title=_unsayable
            )
        digits = minor_digits(money.currency)
        amount = Decimal(money.amount).scaleb(-digits)
        figure = "#,##0." + "0" * digits if amount % 1 else "#,##0"
        pattern = f"¤{figure}" if self.language == "en" else f"{figure}\u00a0¤"
        return format_currency(amount, money.currency, pattern, locale=self.language, currency_digits=False)

    def number(self, value: float, digits: int = 1) -> str:
        """A measured figure with a fixed number of digits: `-13.9`."""
        return _figure(round(value, digits) + 0.0, digits, self.language)

    def signed(self, value: float, digits: int = 1) -> str:
        return ("+" if round(value, digits) > 0 else "") + self.number(value, digits)

    def duration(self, seconds: float) -> str:
        """A song's length: `3:58`, `1:02:05`."""
        whole = int(seconds + 0.5)
        hours, minutes = divmod(whole // 60, 60)
        return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"

    def span(self, span: timedelta) -> str:
        """A length of time as it stands in the rules: `5 days`, `24 hours`, `28 days`."""
        for unit, length in (("day", timedelta(days=1)), ("hour", timedelta(hours=1))):
            if span % length == timedelta(0) and span > length:
                return format_unit(span // length, f"duration-{unit}", locale=self.language)
        return format_unit(round(span / timedelta(minutes=1)), "duration-minute", locale=self.language)

    def day(self, day: date) -> str:
        """A day of the calendar as a document has it: `1 November 2026`."""
        return format_date(day, "long", locale="en_GB" if self.language == "en" else self.language)

    def date(self, at: datetime, now: datetime, zone: ZoneInfo) -> str:
        local, today = at.astimezone(zone), now.astimezone(zone)
        day = "MMMEd" if local.year == today.year else "yMMMEd"
        return format_skeleton(day, local, locale="en_GB" if self.language == "en" else self.language)

    def moment(self, moment: Moment, now: datetime, zone: ZoneInfo) -> str:
        """A point in time in the reader's zone and how far off it is: `Sat 7 Mar 10:00 (in 5 days)`."""
        clock = format_time(moment.at.astimezone(zone), "HH:mm", locale=self.language)
        told = f"{self.date(moment.at, now, zone)} {clock}"
        if moment.record:
            return told
        away = moment.at - now
        whole = timedelta(minutes=1) * round(away / timedelta(minutes=1))
        relative = (
            format_timedelta(
                whole, granularity="minute", add_direction=True, threshold=2.0, locale=self.language
            )
            if whole
            else self.word("now")
        )
        return f"{told} ({relative})"

    def _translated(self, sentence: str) -> str:
        found = self.sentences.get(sentence)
        return found if isinstance(found, str) and found else sentence

    def _filled(self, template: str, values: Mapping[str, Value]) -> Text:
        parts: list[Part] = []
        for literal, name, _, _ in _FORMATTER.parse(template):
            if literal:
                parts.append(literal)
            if name is not None:
                parts.extend(self._parts(values[name]))
        return Text(tuple(parts))

    def _parts(self, value: Value) -> tuple[Part, ...]:
        match value:
            case Text():
                return value.parts
            case str() | Moment() | Title() | Strong():
                return (value,)
            case Money():
                return (self.money(value),)
            case timedelta():
                return (self.span(value),)
            case float():
                return (self.number(value),)
            case int():
                return (format_decimal(value, locale=self.language),)


@lru_cache(maxsize=4096)
def _figure(value: float, digits: int, language: str) -> str:
    """Babel reads the pattern and the language anew each time, and a card has dozens of figures."""
    return format_decimal(value, "0." + "0" * digits if digits else "0", locale=language)


def _unsayable(part: object) -> str:
    raise ValueError(f"a label cannot hold {part!r}")
