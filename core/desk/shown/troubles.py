"""What is wrong with a file or a reference, and what a mix could do better, in words."""

from collections.abc import Mapping
from typing import Any

from core.desk.ordering import refusals
from core.desk.scene import named
from core.orders import Order
from core.references import Reference, ReferenceState
from core.songs import Trouble
from core.text import Text
from core.wording import Voice


def trouble(say: Voice, why: Trouble | None, *, pages: bool) -> Text:
    """Why a song cannot be mastered, and what to do about it. Its file is kept.

    `pages`: whether a button beside it leads past the chat.
    """
    code = why.code if why else "broken"
    details: Mapping[str, Any] = why.details if why else {}
    match code:
        case "empty":
            return say("This file is empty. Export it again and send the new one.")
        case "not-audio":
            return say("That is not a sound file I can read. I take WAV, AIFF, FLAC, MP3, M4A, OGG and Opus.")
        case "one-by-one":
            return say("Here I take one song at a time: send its file itself, not a zip.")
        case "too-short":
            return say(
                "It is only {seconds} s long, too short to master. Send the whole song.",
                seconds=float(details.get("seconds", 0)),
            )
        case "too-long":
            return say(
                "It is longer than {minutes} minutes, the most I take at once. Cut it into shorter parts "
                "and send those.",
                minutes=int(float(details.get("minutes", 0))),
            )
        case "too-large":
            return say(
                "It is larger than {megabytes} MB, the most I take. Send it as FLAC, which is smaller.",
                megabytes=int(details.get("megabytes", 0)),
            )
        case "too-large-for-chat" if pages:
            return say(
                "It is over {megabytes} MB, and chats can't carry that to me. Send it through the page: "
                "the button is below.",
                megabytes=int(details.get("megabytes", 0)),
            )
        case "too-large-for-chat":
            return say(
                "It is over {megabytes} MB, and chats can't carry that to me. Send it as FLAC or M4A, "
                "which are smaller, or talk to a person.",
                megabytes=int(details.get("megabytes", 0)),
            )
        case "silent":
            return say("There is only silence in it. Export it again and listen before you send it.")
        case "channels":
            return say(
                "It has {channels} channels. Send a stereo or mono mix.",
                channels=int(details.get("channels", 0)),
            )
        case "rate":
            return say(
                "Its sample rate is {rate} Hz; I take 8,000 to 192,000. Export it at 44,100 or 48,000.",
                rate=int(details.get("rate", 0)),
            )
        case "drm":
            return say("It is copy-protected, so I cannot open it. Export the mix itself as WAV or FLAC.")
        case "crashed":
            return say(
                "I could not look into it: something is wrong on our side. "
                "Send it again in a while, or talk to a person."
            )
        case "gone":
            return say("I could not fetch it; it is not there any more. Send it again.")
        case "plug-in":
            return say("One of our own plug-ins does not work. The song is safe; a person will see to it.")
    if why and refusals.about_a_link(why):
        return refusals.of_link(say, why)
    if why and refusals.about_a_zip(why):
        return refusals.of_zip(say, why)
    return say("The file is damaged and does not decode. Export it again and send the new one.")


def reference(say: Voice, order: Order, reference: Reference, *, pages: bool) -> Text:
    """A reference of an order in one line."""
    name = named(order, reference.name)
    match reference.state:
        case ReferenceState.READY:
            return say("Towards: {name}. I keep its figures, not the file.", name=name)
        case ReferenceState.REFUSED:
            return say(
                "Not taken as a reference: {name}. {trouble}",
                name=name,
                trouble=trouble(say, reference.trouble, pages=pages),
            )
    return say("Towards: {name}. I am listening to it …", name=name)


def advice(say: Voice, code: str, details: Mapping[str, Any]) -> Text | None:
    """One line about the mix (dsp.advice), or None for a code that this house has no words for."""
    at = say.duration(float(details.get("at", 0)))
    match code:
        case "clipped":
            return say.many(
                "{count} clipped sample. Best: export it 3 dB lower and send the new mix.",
                "{count} clipped samples. Best: export it 3 dB lower and send the new mix.",
                int(details["samples"]),
            )
        case "over" if "at" in details:
            return say(
                "Its peaks reach {peak} dBTP, over full scale at {at}. Best: export it {down} dB lower.",
                peak=say.signed(float(details["true_peak"])),
                at=at,
                down=int(details["down_db"]),
            )
        case "over":
            return say(
                "Its peaks reach {peak} dBTP, over full scale. Best: export it {down} dB lower.",
                peak=say.signed(float(details["true_peak"])),
                down=int(details["down_db"]),
            )
        case "stem-rates":
            return say(
                "The stems have different sample rates, {lowest} to {highest} Hz. Best: export all at one.",
                lowest=int(details["lowest"]),
                highest=int(details["highest"]),
            )
        case "stem-lengths":
            return say(
                "The stems last from {shortest} to {longest}. Best: export all from the same start to the "
                "same end, so that they stay together.",
                shortest=say.duration(float(details["shortest"])),
                longest=say.duration(float(details["longest"])),
            )
        case "already-loud":
            return say(
                "It is already loud ({lufs} LUFS), so there is little left for me to do.",
                lufs=float(details["lufs"]),
            )
        case "quiet":
            return say("It is very quiet; as it gets louder, so does its noise.")
        case "lossy-source" | "lossy-shelf":
            return say("It comes from an MP3 or the like. If you have the WAV, send that instead.")
        case "low-rate":
            return say("Its sample rate is low, so there is no air to bring out.")
        case "dead-channel":
            return say("One channel is silent. Is that on purpose?")
        case "mono":
            return say("The song is mono.")
        case "phase":
            return say("Left and right work against each other; on one speaker much of it is lost.")
        case "phase-part":
            return say(
                "Left and right work against each other at {at}; on one speaker that part is lost. "
                "Best: turn the polarity of one of its tracks.",
                at=at,
            )
        case "bass-phase":
            return say("The bass is out of phase between left and right; on one speaker it is lost.")
        case "delay":
            return say(
                "One channel is {frames} samples late: on one speaker it sounds hollow. Best: move it back.",
                frames=int(details.get("frames", 0)),
            )
        case "balance":
            return say(
                "One channel is {decibels} dB stronger than the other. Is that on purpose?",
                decibels=say.number(float(details.get("decibels", 0))),
            )
        case "dropout":
            return say(
                "The sound stops dead for a moment, first at {at}. Best: export it again.",
                at=at,
            )
        case "clicks":
            return say.many(
                "There is {count} click, at {at}. Best: fade the cut there, or repair it.",
                "There are {count} clicks, the first at {at}. Best: fade the cuts there, or repair them.",
                int(details.get("clicks", 1)),
                at=at,
            )
        case "gap":
            return say(
                "There is a silence of {seconds} s at {at}. Is a track missing there?",
                seconds=say.number(float(details.get("seconds", 0))),
                at=at,
            )
        case "hum":
            return say(
                "It hums at {hertz} Hz, plainest at {at}, and as it gets louder, so does the hum. "
                "Best: take it out of the track that it is on.",
                hertz=int(details.get("hertz", 50)),
                at=at,
            )
        case "noise":
            return say(
                "There is noise between the music, as at {at}, and as it gets louder, so does the noise.",
                at=at,
            )
        case "dc":
            return say("It carries a constant offset (DC). I take it out.")
        case "silence":
            return say(
                "There is a long silence at its start or end. I leave it unless you ask me to trim it."
            )
        case "cut-short":
            return say("It seems to be cut off before its end. Is that all of it?")
    return None
