"""What the page of an order shows: the job card as it stands in the chat, and all that was made so far."""

from core.access import handed_over, shown
from core.desk.forms import FORMS, prefilled
from core.desk.ordering.destinations import destination_buttons, told
from core.desk.ordering.offer import song_line
from core.desk.ordering.references import which_buttons, which_told
from core.desk.scene import named
from core.desk.shown import buttons, phrases
from core.desk.shown.cards import job_card, keeping
from core.desk.shown.guide import style_buttons, styles_told, terms_told
from core.desk.shown.progress import share_checked
from core.desk.shown.view import View, standing
from core.jobs import JobKind
from core.messages import Action, Button, Media
from core.orders import JOINABLE, OrderState
from core.page import AnswerOnPage, FormOnPage, OrderPage, SongOnPage, VersionOnPage
from core.songs import ON_THE_WAY, Song, SongState, Version
from core.text import Text, lines
from core.windows import takes_wishes

_AT_WORK = frozenset({OrderState.DRAFT, OrderState.PAYING, OrderState.WORKING})


def page(
    v: View,
    *,
    own: bool,
    member: bool = False,
    originals: tuple[Media, ...] = (),
    songs: tuple[Song, ...] = (),
) -> OrderPage:
    """The page for the artist; or for somebody of the staff, who looks on, and presses and hears nothing.

    A `member` hears what is made and adds to the list of changes; of money and files they see nothing. # B50
    `originals`, `songs`: what was sent, and what they make, for who of the staff works on it.
    """
    order = v.project.order
    card = job_card(v)
    heading, *told = lines(card.text)
    row = tuple(button for button in card.buttons if own and _of_page(button, order.id))
    if member:
        told = told if order.state is OrderState.WORKING else []
        row = (buttons.add_to_list(v.say, order),) if takes_wishes(v.project, v.now) else ()
    hears = own or member
    there = {song.id for song in v.project.works}  # a song that is replaced has versions of what it was
    versions = sorted(
        (version for version in v.project.versions if version.song in there),
        key=lambda version: (-version.number, _place(v, version)),
    )
    return OrderPage(
        heading=heading,
        title=phrases.order_title(v.say, v.project),
        confidential=order.confidential,
        told=tuple(told),
        buttons=row,
        answers=tuple(filter(None, (_answer(v, button) for button in row))),
        forms=tuple(_form(v, button.form) for button in row if button.form is not None),
        progress=card.progress,
        songs=tuple(_song(v, song) for song in _listed(v)),
        pictures=tuple(
            one.picture for one in v.project.ready if hears and one.picture and _opens(v, one.picture)
        ),
        versions=tuple(
            _version(v, one, hears=hears) for one in versions if any(_opens(v, clip) for clip in one.previews)
        ),
        files=handed_over(v.project, v.trade.songs) if own else (),
        about_files=_about_files(v) if own else Text(),
        originals=originals,
        hand_in=tuple((song.place, Text((named(order, song.title),))) for song in songs),
        takes_songs=own and order.state in JOINABLE,
        at_work=order.state in _AT_WORK or bool(v.running),
    )


def _of_page(button: Button, order: str) -> bool:
    """Whether what a button asks for is about this order: a pass opens no other one."""
    target = button.action or button.form
    return target is None or target.split(":")[1] == order


def _form(v: View, target: str) -> FormOnPage:
    name, _, id_ = target.partition(":")
    return FormOnPage(FORMS[name](v.say), id_, prefilled(name, v.project))


def _answer(v: View, button: Button) -> AnswerOnPage | None:
    """What can be read and chosen at once where a page has room for it."""
    match button.action and Action.unpack(button.action):
        case Action(verb="terms"):
            return AnswerOnPage(str(button.action), tuple(terms_told(v.rules, v.say)))
        case Action(verb="style", choice=None):
            row = style_buttons(v.say, v.project.order, v.rules.styles)
            return AnswerOnPage(str(button.action), tuple(styles_told(v.say, v.rules.styles)), row)
        case Action(verb="for", choice=None):
            row = destination_buttons(v.say, v.project.order)
            return AnswerOnPage(str(button.action), tuple(told(v.say)), row)
        case Action(verb="reference", choice="which"):
            row = which_buttons(v.say, v.project)
            return AnswerOnPage(str(button.action), (which_told(v.say),), row)
    return None


def _listed(v: View) -> list[Song]:
    """The songs that the card does not tell of in full; once it is paid, those that the order is about."""
    match v.project.order.state:
        case OrderState.DRAFT:
            return [song for song in standing(v.project) if song.state in ON_THE_WAY]
        case OrderState.OFFERED:
            return []
    return list(v.project.ready)


def _song(v: View, song: Song) -> SongOnPage:
    title = Text((named(v.project.order, song.title),))
    if song.state is SongState.ARRIVING:  # how far it is, the card says
        return SongOnPage(song.place, title, v.say("arriving"))
    share = share_checked(v, song)
    told = song_line(v, song, alone=True) if share == 1 else v.say("being checked")
    return SongOnPage(song.place, title, told, share if share < 1 else None)


def _version(v: View, version: Version, *, hears: bool) -> VersionOnPage:
    song = next(song for song in v.project.works if song.id == version.song)
    measured = version.measured or {}
    notes = [] if measured.get("reached", True) else [phrases.not_reached(v.say, version)]
    notes += [Text((f"{change['asked']} - {change['measured']}",)) for change in measured.get("changes", ())]
    return VersionOnPage(
        number=version.number,
        title=Text((named(v.project.order, song.title),)),
        sent=version.sent_at,
        told=Text((phrases.figures(v.say, measured),)),
        notes=tuple(notes),
        clips=tuple(media for media in version.previews if hears and media.kind == "audio"),
        pictures=tuple(media for media in version.previews if hears and media.kind == "picture"),
    )


def _about_files(v: View) -> Text:
    order = v.project.order
    if order.released_version is not None and order.state is not OrderState.CANCELLED:
        if any(job.kind is JobKind.DELIVER for job in v.running):
            return v.say("Your files are being made.")
        return keeping(v, order.kept_until) if order.kept_until else Text()
    if order.state is OrderState.REVIEW and order.owed:
        return v.say("The files are locked until the order is paid.")
    if order.state is OrderState.REVIEW:
        return v.say("The files are locked until you approve the master.")
    return Text()


def _opens(v: View, media: Media) -> bool:
    return shown(v.project, media.sha256) is not None


def _place(v: View, version: Version) -> int:
    return next((song.place for song in v.project.songs if song.id == version.song), 0)
