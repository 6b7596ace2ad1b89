"""Codes in words: what is wrong with a file, what a mix could do better, what was asked for."""

from collections.abc import Iterable, Mapping
from typing import Any

from core.aims import destination as known_destination
from core.asks import SECONDS, STEPS
from core.desk.ordering import refusals
from core.desk.scene import named
from core.orders import Order, Project
from core.references import Reference, ReferenceState
from core.revisions import Item, What
from core.services import AUTOMATIC, ENGINEER, MIXING
from core.songs import Song, SongState, Trouble, Version
from core.styles import HouseStyles, offered
from core.text import Text, joined
from core.wording import Voice
from dsp.presets import Preset


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


def what(say: Voice, item: What) -> str:
    """The name of something that can be changed."""
    return {
        What.VOLUME: say.word("Volume"),
        What.BASS: say.word("Bass"),
        What.LOW_MID: say.word("Low mids"),
        What.MID: say.word("Mids"),
        What.PRESENCE: say.word("Presence"),
        What.SIBILANCE: say.word("Sibilance"),
        What.AIR: say.word("Air"),
        What.TILT: say.word("Brightness"),
        What.WIDTH: say.word("Width"),
        What.DYNAMICS: say.word("Punch"),
        What.LIMITING: say.word("Limiting"),
        What.FADE_IN: say.word("Fade-in"),
        What.FADE_OUT: say.word("Fade-out"),
        What.TRIM_START: say.word("Trim at the start"),
        What.TRIM_END: say.word("Trim at the end"),
        What.GAP: say.word("Silence after the song"),
        What.REFERENCE: say.word("Reference"),
        What.DESTINATION: say.word("Destination"),
        What.NOISE: say.word("Noise"),
        What.CLICK: say.word("Click"),
        What.LEVEL: say.word("Level"),
        What.PAN: say.word("Panorama"),
        What.REVERB: say.word("Reverb"),
        What.FORMAT: say.word("File format"),
        What.METADATA: say.word("Title and credits"),
        What.UNDO: say.word("As it was before"),
        What.OTHER: say.word("Something else"),
    }[item]


def service(say: Voice, key: str) -> str:
    """The name of a service line."""
    return {
        AUTOMATIC: say.word("automatic mastering"),
        ENGINEER: say.word("mastering by hand"),
        MIXING: say.word("mixing"),
    }[key]


def listed(say: Voice, item: Item) -> str:
    """One item as the list shows it before it is sent: a destination with its files."""
    goes_to = known_destination(item.of) if item.what is What.DESTINATION else None
    if goes_to is None:
        return change(say, item)
    name, made = destination(say, goes_to.key), made_for(say, goes_to)
    return say.word("For {destination}: {made}", destination=name, made=made)


def change(say: Voice, item: Item) -> str:
    """One item in short: `Volume up 1.5 dB, 1:10–1:30`."""
    told = _change(say, item)
    if item.part is not None:
        return say.word("{change}, {part}", change=told, part=item.part)
    if item.place is None:
        return told
    start, end = (clock(seconds) for seconds in item.place)
    return say.word("{change}, {start}–{end}", change=told, start=start, end=end)


def clock(seconds: float) -> str:
    """A time in a song: 1:02, 1:02.5."""
    minutes, rest = divmod(round(seconds, 1), 60)
    return f"{minutes:.0f}:{rest:02.0f}" if rest == int(rest) else f"{minutes:.0f}:{rest:04.1f}"


def _change(say: Voice, item: Item) -> str:
    name = what(say, item.what)
    if item.what is What.REFERENCE:
        return say.word("Towards {name}", name=item.text) if item.text else say.word("Towards the reference")
    if item.what is What.DESTINATION:
        return say.word("For {destination}", destination=destination(say, item.of or ""))
    if item.what in (What.OTHER, What.FORMAT, What.METADATA, What.UNDO):
        return say.word("As you wrote it: {words}", words=item.text) if item.text else name
    if item.target is not None:
        return say.word("{name} to {lufs} LUFS", name=name, lufs=say.number(item.target))
    if item.of is not None:
        name = say.word("{name} of: {stem}", name=name, stem=item.of)
    if not item.direction or not item.amount:
        return _which_way(say, name, item.direction)
    if item.what in SECONDS:
        return say.word("{name} {amount} s", name=name, amount=say.number(item.direction * item.amount))
    if item.what in STEPS:
        return _which_way(say, name, item.direction)
    if item.direction > 0:
        return say.word("{name} up {amount} dB", name=name, amount=say.number(item.amount))
    return say.word("{name} down {amount} dB", name=name, amount=say.number(item.amount))


def _which_way(say: Voice, name: str, direction: int) -> str:
    """A change that has no figure."""
    if not direction:
        return name
    return say.word("{name}: more", name=name) if direction > 0 else say.word("{name}: less", name=name)


def moved(say: Voice, item: Item, amount: float | None) -> str:
    """What the new version measures for an item: `measured +1.5 dB`."""
    if amount is None:
        return say.word("done")
    unit = "s" if item.what in SECONDS else "LU" if item.what is What.VOLUME else "dB"
    return say.word("measured {amount} {unit}", amount=say.signed(amount), unit=unit)


def not_told_apart(say: Voice, from_: What) -> str:
    """Of what something else moved as well: two measurements cannot tell which was which."""
    match from_:
        case What.REFERENCE:
            return say.word("done, on top of the reference")
        case What.DESTINATION:
            return say.word("done, on top of the destination")
        case _:
            return say.word("done, with: {what}", what=what(say, from_))


def nearer(say: Voice, before: float | None, after: float | None) -> str:
    """How far a tone was from that of a reference, and how far it is now, in dB."""
    if before is None or after is None:
        return say.word("done")
    return say.word(
        "tone {before} dB off, now {after} dB", before=say.number(before), after=say.number(after)
    )


def destination(say: Voice, key: str) -> str:
    """The name of a destination (dsp/presets.toml)."""
    known = {
        "streaming": say.word("Streaming, all services"),
        "neutral": say.word("Neutral, by the standard"),
        "club": say.word("Club and DJ"),
        "cd": say.word("Compact Disc"),
        "vinyl": say.word("Vinyl pre-master"),
        "r128": say.word("Broadcast, EBU R 128"),
        "a85": say.word("Broadcast, ATSC A/85"),
    }
    preset = known_destination(key)
    return known.get(key) or (preset.name if preset else key)


def made_for(say: Voice, preset: Preset) -> str:
    """What is made for a destination: loudness, ceiling and files."""
    return say.word(
        "{lufs} LUFS, peaks to {peak} dBTP, {files}",
        lufs=say.number(preset.target_lufs),
        peak=say.number(preset.ceiling_dbtp),
        files=", ".join(_file_format(say, file) for file in preset.files),
    )


def _file_format(say: Voice, file: str) -> str:
    """`wav 24 48000` as people say it; see dsp.formats.format_of."""
    name, *figures = file.split()
    words = [name.upper()]
    for figure in figures:
        if not figure.isdigit():
            continue
        if int(figure) > 1000:
            kilohertz = int(figure) / 1000
            rate = say.number(kilohertz, 0 if kilohertz == int(kilohertz) else 1)
            words.append(say.word("{rate} kHz", rate=rate))
        else:
            words.append(figure)
    return " ".join(words)


def style(say: Voice, key: str, own: HouseStyles) -> str:
    """The name of a style, of the engine's or of the house's own."""
    if key in own:
        return own[key].label_in(say.language)
    return {
        "balanced": say.word("Balanced"),
        "warm": say.word("Warm"),
        "bright": say.word("Bright"),
        "punchy": say.word("Punchy"),
        "open": say.word("Open"),
    }[offered(own, key)]


def figures(say: Voice, measured: Mapping[str, Any]) -> str:
    """Loudness, peak and range of a song in one line."""
    words = [loudness(say, measured)] if measured.get("lufs") is not None else []
    if measured.get("true_peak") is not None:
        words.append(say.word("peak {peak} dBTP", peak=say.number(float(measured["true_peak"]))))
    if measured.get("lra") is not None:
        words.append(say.word("range {range} LU", range=say.number(float(measured["lra"]))))
    return ", ".join(words)


def loudness(say: Voice, measured: Mapping[str, Any]) -> str:
    """The integrated loudness of a song; that of silence is none."""
    lufs = measured.get("lufs")
    return say.word("{lufs} LUFS", lufs="-∞" if lufs is None else say.number(float(lufs)))


def not_reached(say: Voice, version: Version) -> Text:
    """That a version is not as loud as was asked for, and why."""
    measured = version.measured or {}
    target = say.number(float(version.settings["target_lufs"]))
    lufs = say.number(float(measured.get("lufs") or 0.0))
    match measured.get("why"):
        case "gain-cap":
            return say(
                "  {target} LUFS cannot be reached: beyond {lufs} LUFS only noise would be turned up.",
                target=target,
                lufs=lufs,
            )
        case "codec-cap":
            return say(
                "  {target} LUFS cannot be reached: beyond {lufs} LUFS MP3 and AAC would be cut off.",
                target=target,
                lufs=lufs,
            )
    return say(
        "  {target} LUFS cannot be reached without harming this song: I stopped at {lufs} LUFS.",
        target=target,
        lufs=lufs,
    )


def album_lowered(say: Voice, by: float) -> Text:
    """That an album is softer than was asked for, because one of its songs cannot be as loud."""
    return say(
        "  So that the steps between its songs stay, the others are {amount} LU softer too.",
        amount=say.number(by),
    )


def sound_format(say: Voice, analysis: Mapping[str, Any]) -> str:
    """Sample rate and word length: `44.1 kHz/24 bit`."""
    kilohertz = float(analysis.get("rate", 0)) / 1000
    rate = say.word("{rate} kHz", rate=say.number(kilohertz, 0 if kilohertz == int(kilohertz) else 1))
    return f"{rate}/" + say.word("{bits} bit", bits=int(analysis["bits"])) if analysis.get("bits") else rate


def titles(order: Order, songs: Iterable[Song]) -> Text:
    """Some songs of an order by their titles."""
    return joined([Text((named(order, song.title),)) for song in songs], ", ")


def order_title(say: Voice, project: Project) -> Text:
    """What an order is called where its artist reads it: its song, or how many songs it holds."""
    songs = project.works or [song for song in project.songs if song.state is not SongState.DROPPED]
    if project.order.title:
        return Text((named(project.order, project.order.title),))
    if len(songs) == 1:
        return Text((named(project.order, songs[0].title),))
    if not songs:
        return say("no song yet")
    return say.many("{count} song", "{count} songs", len(songs))
