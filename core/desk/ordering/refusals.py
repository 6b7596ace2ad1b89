"""Why what a link leads to, or what is in a zip, is not taken, and what to do about it: one or two sentences
for each code.
"""

from core.songs import Trouble
from core.text import Text
from core.wording import Voice


def about_a_link(trouble: Trouble) -> bool:
    """Whether this is why a link is not taken: then nothing came that could be kept."""
    return trouble.code.startswith("link-")


def of_link(say: Voice, trouble: Trouble) -> Text:
    """What to read about a link. Codes: core.providers and bots.web.fetching."""
    host, site = str(trouble.details.get("host", "")), str(trouble.details.get("site", ""))
    match trouble.code:
        case "link-page":
            return say(
                "That link opens a page, not a file. Send the link that downloads the song, "
                "or the song itself."
            )
        case "link-folder":
            return say("That link opens a folder. Send a link to each song in it, or the songs themselves.")
        case "link-drive":
            return say(
                "Google Drive does not hand it over. Set its General access to Anyone with the link, "
                "and send the link again."
            )
        case "link-dropbox":
            return say(
                "Dropbox does not hand it over. Share it with anyone who has the link, "
                "and send the link again."
            )
        case "link-service":
            return say(
                "At {site} a person has to click on a page, so I cannot fetch from there. "
                "Send the song itself, or a link from Dropbox or Google Drive.",
                site=site,
            )
        case "link-stream":
            return say(
                "{site} is for listening: it hands over no files, and its terms do not let me take them. "
                "Send the mix itself.",
                site=site,
            )
        case "link-locked":
            return say(
                "{host} asks for a login. Share it with anyone who has the link, and send the link again.",
                host=host,
            )
        case "link-gone":
            return say(
                "{host} does not have it. Look whether the link is whole, or send the song itself.", host=host
            )
        case "link-away":
            return say(
                "{host} does not hand it over, or too slowly. Send the link again in a while, "
                "or the song itself.",
                host=host,
            )
        case "link-address":
            return say("That link leads to no public place on the web. Send another one, or the song itself.")
    return say(
        "{host} does not hand it over as a plain file. Send another link, or the song itself.", host=host
    )


def about_a_zip(trouble: Trouble) -> bool:
    """Whether this is why a zip, or a file in it, is not taken."""
    return trouble.code.startswith("zip-")


def of_zip(say: Voice, trouble: Trouble) -> Text:
    """What to read about a zip, or a file in one. Codes: dsp.archives."""
    match trouble.code:
        case "zip-encrypted":
            return say("The zip has a password. Make one without, or send the files one by one.")
        case "zip-empty":
            return say(
                "There is no sound file in the zip that I can read. "
                "I take WAV, AIFF, FLAC, MP3, M4A, OGG and Opus."
            )
        case "zip-too-many":
            return say(
                "There are {files} files in the zip; {most} are the most I take at once.",
                files=int(trouble.details.get("files", 0)),
                most=int(trouble.details.get("most", 0)),
            )
        case "zip-too-large":
            return say(
                "Unpacked, the zip is larger than {megabytes} MB, the most I take. Send the files as FLAC, "
                "which are smaller.",
                megabytes=int(trouble.details.get("megabytes", 0)),
            )
        case "zip-nested":
            return say("That is a zip inside the zip. Send what is in it by itself.")
        case "zip-link":
            return say("That only points to a file somewhere else. Put the file itself into the zip.")
        case "zip-packing":
            return say("That is packed in a way that I do not open. Make an ordinary zip.")
    return say("The zip is damaged and cannot be unpacked. Make it again, or send the files one by one.")
