"""How a text reads where it arrives: moments in the reader's zone, titles only where they may be seen."""

from datetime import datetime
from zoneinfo import ZoneInfo

from core.messages import Audience, To
from core.text import Text, Title
from core.wording import Voice


def title_shown(title: Title, to: To, say: Voice) -> str:
    """A title in private; to staff unless it is secret; in a room nothing but that there is a song (B62)."""
    if to.audience is Audience.PERSON or (to.audience is Audience.STAFF and not title.secret):
        return title.title
    return say.word("a song")


def plainly(text: Text, to: To, say: Voice, now: datetime, zone: ZoneInfo) -> str:
    """A text as one string, for a door that has no native way to show moments."""
    return text.plain(
        moment=lambda moment: say.moment(moment, now, zone), title=lambda title: title_shown(title, to, say)
    )
