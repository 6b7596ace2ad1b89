"""The page of an order as HTML: it is whole without a script, and asks nobody else for anything.

Addresses are relative, so that the door may stand below a folder of another server.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from html import escape
from pathlib import PurePath
from zoneinfo import ZoneInfo

from bots.web.pages import head
from core.desk.shown.reading import title_shown
from core.messages import Action, Audience, Button, Field, Form, Media, To
from core.page import AnswerOnPage, FormOnPage, OrderPage, SongOnPage, VersionOnPage
from core.text import Moment, Part, Strong, Text, Title
from core.visits import EVERYTHING, PAGE, Visit
from core.wording import Voice

VALUE = "v."
"""Before the name of a field of a form of the core's, in the form of the page."""

STAMP = "stamp"

_FIRST = frozenset({"approve", "pay", "preview"})
"""What most people want next, where it can be done."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a page, and when. `secret`: the order is confidential now, whenever a title was written."""

    say: Voice
    to: To
    zone: ZoneInfo
    now: datetime
    secret: bool

    def words(self, text: Text) -> str:
        """A text as HTML."""
        return "".join(map(self._part, text.parts))

    def plain(self, text: Text) -> str:
        """A text as plain words, for where no marks may stand."""
        return text.plain(moment=self.moment, title=self._title)

    def moment(self, moment: Moment) -> str:
        """A moment in the reader's zone."""
        return self.say.moment(moment, self.now, self.zone)

    def _title(self, title: Title) -> str:
        return title_shown(replace(title, secret=title.secret or self.secret), self.to, self.say)

    def _part(self, part: Part) -> str:
        match part:
            case str():
                return escape(part)
            case Moment():
                return f'<time datetime="{part.at.isoformat()}">{escape(self.moment(part))}</time>'
            case Title():
                return f"<cite>{escape(self._title(part))}</cite>"
            case Strong():
                return f"<strong>{escape(part.strong)}</strong>"


@dataclass(frozen=True, slots=True)
class Preview:
    """What an app that draws a preview of the address is told. `picture` is a whole address, if any."""

    house: str
    title: str
    told: str
    picture: str | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page to be drawn. `said` is what became of the last press; `upload` the part where files are sent."""

    page: OrderPage
    reader: Reader
    preview: Preview
    token: str
    stamp: str
    assets: Mapping[str, str]
    visits: Sequence[Visit]
    until: datetime  # when the link runs out
    zip_size: int
    member: bool = False  # it is somebody else's order, which its reader hears
    said: str = ""
    upload: str = ""
    hand_in: str = ""  # the part where an engineer hands a master in


def bare(preview: Preview, language: str) -> str:
    """The page for an app that only draws a preview: nothing of the order stands in it."""
    return (
        f"{_head(preview, language, '')}<body><main><h1>{escape(preview.title)}</h1></main></body>\n</html>\n"
    )


def drawn(sheet: Sheet) -> str:
    """The whole page."""
    say, assets = sheet.reader.say, sheet.assets
    styles = ["order.css", *(["upload.css"] if sheet.upload else [])]
    links = f'<link rel="icon" type="image/svg+xml" href="../static/{assets["icon.svg"]}">\n'
    links += "".join(f'<link rel="stylesheet" href="../static/{assets[name]}">\n' for name in styles)
    links += "".join(f'<script src="../static/{assets[name]}" defer></script>\n' for name in _scripts(sheet))
    parts = (
        status(sheet),
        sheet.upload,
        _section("songs", say.word("Songs"), _songs(sheet)),
        _section("versions", say.word("Versions"), _versions(sheet)),
        _section("files", say.word("Files"), _files(sheet)),
        _section("originals", say.word("Originals"), _originals(sheet)),
        sheet.hand_in,
    )
    return (
        f"{_head(sheet.preview, say.language, links)}<body>\n"
        f'<header><p class="house">{escape(sheet.preview.house)}</p></header>\n'
        f"<main>\n{''.join(parts)}</main>\n{_foot(sheet)}</body>\n</html>\n"
    )


def status(sheet: Sheet) -> str:
    """How things stand and what can be done: what the script draws anew while something is at work."""
    page, reader = sheet.page, sheet.reader
    said = f'<p class="said" role="status">{escape(sheet.said)}</p>\n' if sheet.said else ""
    at_work = ' data-at-work="1"' if page.at_work else ""
    told = "".join(f"<p>{reader.words(line)}</p>\n" for line in page.told if line)
    bar = _bar(page.progress, reader.say.word("Progress")) if page.progress is not None else ""
    pictures = "".join(_picture(sheet, media) for media in page.pictures)
    return (
        f'<section id="status"{at_work}>\n{said}<h1>{reader.words(page.heading)}</h1>\n'
        f"{told}{bar}{_buttons(sheet)}{pictures}</section>\n"
    )


def _scripts(sheet: Sheet) -> Iterable[str]:
    wanted = ["page.js"] if sheet.page.at_work else []
    wanted += ["tus.min.js", "upload.js"] if sheet.upload else []
    return (name for name in wanted if name in sheet.assets)


_COLOURS = """<meta name="color-scheme" content="light dark">
<meta name="theme-color" content="#f6f4f0" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#121317" media="(prefers-color-scheme: dark)">
<meta name="twitter:card" content="summary_large_image">
"""


def _head(preview: Preview, language: str, links: str) -> str:
    card = {"og:description": preview.told}
    if preview.picture:
        card |= {"og:image": preview.picture, "og:image:width": "1200", "og:image:height": "630"}
    return head(language, preview.house, preview.title, card, _COLOURS + links)


def _section(name: str, heading: str, inside: str) -> str:
    if not inside:
        return ""
    return f'<section id="{name}">\n<h2>{escape(heading)}</h2>\n{inside}</section>\n'


def _bar(share: float, label: str) -> str:
    percent = round(100 * share)
    drawn = f'<progress max="100" value="{percent}" aria-label="{escape(label)}"></progress>'
    return f'<p class="bar">{drawn} {percent} %</p>\n'


def _buttons(sheet: Sheet) -> str:
    page = sheet.page
    answers = {answer.action: answer for answer in page.answers}
    actions = [button for button in page.buttons if button.action and button.action not in answers]
    forms = {f"{one.form.name}:{one.id}": one for one in page.forms}
    pressed = "".join(map(_button, actions))
    drawn = _form(sheet, "press", pressed) if pressed else ""
    drawn += "".join(filter(None, map(_link, page.buttons)))
    drawn += "".join(
        _answered(sheet, button.label, answers[button.action])
        for button in page.buttons
        if button.action in answers
    )
    drawn += "".join(
        _opened(sheet, button.label, forms[button.form]) for button in page.buttons if button.form in forms
    )
    return f'<div class="deeds">\n{drawn}</div>\n' if drawn else ""


def _button(button: Button) -> str:
    action = str(button.action)
    first = ' class="first"' if Action.unpack(action).verb in _FIRST else ""
    return f'<button{first} name="action" value="{escape(action)}">{escape(button.label)}</button>\n'


def _form(sheet: Sheet, way: str, inside: str) -> str:
    return (
        f'<form method="post" action="{escape(sheet.token)}/{way}">\n'
        f'<input type="hidden" name="{STAMP}" value="{escape(sheet.stamp)}">\n{inside}</form>\n'
    )


def _link(button: Button) -> str:
    """A way to elsewhere; what leads to this page, one stands on."""
    if button.url is None:
        return ""
    return f'<a class="button" href="{escape(button.url)}" rel="noopener">{escape(button.label)}</a>\n'


def _answered(sheet: Sheet, label: str, answer: AnswerOnPage) -> str:
    """An answer behind the button that asks for it."""
    told = "".join(f"<p>{sheet.reader.words(line)}</p>\n" for line in answer.told)
    row = _form(sheet, "press", "".join(map(_button, answer.buttons))) if answer.buttons else ""
    return f"<details>\n<summary>{escape(label)}</summary>\n{told}{row}</details>\n"


def _opened(sheet: Sheet, label: str, shown: FormOnPage) -> str:
    """A form behind its button."""
    fields = "".join(_field(shown.form, one, shown.values.get(one.name, "")) for one in shown.form.fields)
    send = escape(sheet.reader.say.word("Send"))
    named = f'<input type="hidden" name="form" value="{escape(f"{shown.form.name}:{shown.id}")}">\n'
    inside = _form(sheet, "form", f"{named}{fields}<button>{send}</button>\n")
    return f"<details>\n<summary>{escape(label)}</summary>\n{inside}</details>\n"


def _field(form: Form, field: Field, value: str) -> str:
    id_, name = f"{form.name}-{field.name}", f"{VALUE}{field.name}"
    required = " required" if field.required else ""
    common = f'id="{escape(id_)}" name="{escape(name)}"{required}'
    if field.kind == "choice":
        options = "".join(
            f'<option value="{escape(key)}"{" selected" if key == value else ""}>{escape(label)}</option>'
            for key, label in field.choices
        )
        control = f"<select {common}>{options}</select>"
    elif field.kind == "long":
        control = f'<textarea {common} maxlength="{field.most}" rows="4">{escape(value)}</textarea>'
    else:
        control = f'<input type="text" {common} maxlength="{field.most}" value="{escape(value)}">'
    return f'<p><label for="{escape(id_)}">{escape(field.label)}</label>\n{control}</p>\n'


def _songs(sheet: Sheet) -> str:
    songs = sheet.page.songs
    return f"<ol>\n{''.join(_song(sheet, song) for song in songs)}</ol>\n" if songs else ""


def _song(sheet: Sheet, song: SongOnPage) -> str:
    reader = sheet.reader
    told = f"<p>{reader.words(song.told)}</p>\n" if song.told else ""
    bar = _bar(song.share, reader.plain(song.title)) if song.share is not None else ""
    return f'<li value="{song.place}"><h3>{reader.words(song.title)}</h3>\n{told}{bar}</li>\n'


def _versions(sheet: Sheet) -> str:
    return "".join(_version(sheet, version) for version in sheet.page.versions)


def _version(sheet: Sheet, version: VersionOnPage) -> str:
    reader, say = sheet.reader, sheet.reader.say
    number = escape(say.word("Version {number}", number=version.number))
    sent = f" · {reader.words(Text((Moment(version.sent),)))}" if version.sent else ""
    notes = "".join(f"<li>{reader.words(note)}</li>" for note in version.notes)
    listed = f"<ul>{notes}</ul>\n" if notes else ""
    clips = "".join(_clip(sheet, media) for media in version.clips)
    pictures = "".join(_picture(sheet, media) for media in version.pictures)
    return (
        f'<article>\n<h3>{reader.words(version.title)}</h3>\n<p class="quiet">{number}{sent}</p>\n'
        f"<p>{reader.words(version.told)}</p>\n{listed}{clips}{pictures}</article>\n"
    )


def _clip(sheet: Sheet, media: Media) -> str:
    label = sheet.reader.words(media.title)
    spoken = escape(sheet.reader.plain(media.title))
    return (
        f'<figure>\n<figcaption>{label}</figcaption>\n<audio controls preload="none" '
        f'src="{_media(sheet, media)}" aria-label="{spoken}"></audio>\n'
        f"{_taken(sheet, media.sha256)}</figure>\n"
    )


def _picture(sheet: Sheet, media: Media) -> str:
    spoken = escape(sheet.reader.plain(media.title))
    return (
        f'<p><a href="{_media(sheet, media)}"><img src="{_media(sheet, media)}" alt="{spoken}" width="1200" '
        'height="630" loading="lazy"></a></p>\n'
    )


def _media(sheet: Sheet, media: Media) -> str:
    return f"{escape(sheet.token)}/media/{media.sha256}"


def _files(sheet: Sheet) -> str:
    page, reader = sheet.page, sheet.reader
    about = f"<p>{reader.words(page.about_files)}</p>\n" if page.about_files else ""
    if not page.files:
        return about
    megabytes = reader.say.number(sheet.zip_size / 1e6)
    label = reader.say.word("Download all: {megabytes} MB", megabytes=megabytes)
    address = f"{escape(sheet.token)}/everything.zip"
    whole = f'<p><a class="button first" href="{address}" download>{escape(label)}</a></p>\n'
    whole += _taken(sheet, EVERYTHING)
    return f'{about}{whole}<ul class="files">\n{"".join(_file(sheet, media) for media in page.files)}</ul>\n'


def _originals(sheet: Sheet) -> str:
    """What was sent, for who works on it."""
    files = "".join(_file(sheet, media, "originals") for media in sheet.page.originals)
    return f'<ul class="files">\n{files}</ul>\n' if files else ""


def _file(sheet: Sheet, media: Media, way: str = "files") -> str:
    say = sheet.reader.say
    form = PurePath(media.name).suffix.lstrip(".").upper()
    about = say.word("{form}, {megabytes} MB", form=form, megabytes=say.number(media.size / 1e6))
    return (
        f'<li><a class="button" href="{escape(sheet.token)}/{way}/{media.sha256}" download>'
        f"<span>{sheet.reader.words(media.title)}</span> <small>{escape(about)}</small></a>\n"
        f'<p class="sum">SHA-256 <code>{media.sha256}</code></p>\n{_taken(sheet, media.sha256)}</li>\n'
    )


def _taken(sheet: Sheet, what: str) -> str:
    """How often all of something was fetched, by whoever had the link; else when that was begun."""
    visits = [visit for visit in sheet.visits if visit.what == what]
    if not visits:
        return ""
    reader = sheet.reader
    when, times = Moment(max(visit.last for visit in visits)), sum(visit.finished for visit in visits)
    if times:
        told = reader.say.many(
            "Fetched {count} time, last {when}.", "Fetched {count} times, last {when}.", times, when=when
        )
    else:
        told = reader.say("Begun {when}, and not fetched to its end yet.", when=when)
    return f'<p class="quiet">{reader.words(told)}</p>\n'


def _foot(sheet: Sheet) -> str:
    reader, say = sheet.reader, sheet.reader.say
    lines = [say("This link works until {until}.", until=Moment(sheet.until))]
    if reader.to.audience is Audience.STAFF:
        lines.append(
            say("Whoever has it can open it: keep it to yourself. It ends when your role here does.")
        )
    elif sheet.member:
        lines.append(
            say("Whoever has it can open it: keep it to yourself. It ends when you leave the order.")
        )
    else:
        lines.append(say("Whoever has it can open it: keep it to yourself. /revoke in the chat stops it."))
    before = [visit.last for visit in sheet.visits if visit.what == PAGE]
    if before:
        lines.append(say("It was last opened {when}.", when=Moment(max(before))))
    told = "".join(f"<p>{reader.words(line)}</p>\n" for line in lines)
    return f"<footer>\n{told}</footer>\n"
