"""Names and figures in words: what was asked for, what was measured, where it goes."""

from collections.abc import Iterable, Mapping
from typing import Any

from core.aims import destination as known_destination
from core.asks import SECONDS, STEPS
from core.desk.scene import named
from core.orders import Order, Project
from core.revisions import Item, What
from core.services import AUTOMATIC, ENGINEER, MIXING
from core.songs import Song, SongState, Version
from core.styles import HouseStyles, offered
from core.text import Text, joined
from core.wording import Voice
from dsp.presets import Preset


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
        return say.word("{change}, {part}", change=told, part=_part(say, item.part))
    if item.place is None:
        return told
    start, end = (clock(seconds) for seconds in item.place)
    return say.word("{change}, {start}–{end}", change=told, start=start, end=end)


def _stem(say: Voice, name: str) -> str:
    """An instrument or a voice, of those that words are read as."""
    return {
        "vocals": say.word("vocals"),
        "backing vocals": say.word("backing vocals"),
        "snare": say.word("snare"),
        "kick": say.word("kick"),
        "drums": say.word("drums"),
        "guitar": say.word("guitar"),
        "bass": say.word("bass"),
        "hi-hat": say.word("hi-hat"),
        "cymbals": say.word("cymbals"),
        "piano": say.word("piano"),
        "synth": say.word("synth"),
        "strings": say.word("strings"),
        "brass": say.word("brass"),
        "flute": say.word("flute"),
    }.get(name, name)


def _part(say: Voice, said: str) -> str:
    """A named part of a song, of those that words are read as: `chorus`, `last chorus`, `chorus 2`."""
    last, first = said.startswith("last "), said.removeprefix("last ")
    name, _, number = first.rpartition(" ") if first[-1:].isdigit() else (first, "", "")
    named = {
        "intro": say.word("intro"),
        "outro": say.word("outro"),
        "verse": say.word("verse"),
        "chorus": say.word("chorus"),
        "pre-chorus": say.word("pre-chorus"),
        "bridge": say.word("bridge"),
        "drop": say.word("drop"),
        "breakdown": say.word("breakdown"),
        "solo": say.word("solo"),
        "build-up": say.word("build-up"),
        "interlude": say.word("interlude"),
    }.get(name, name)
    if last:
        return say.word("last {part}", part=named)
    return f"{named} {number}".rstrip()


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
        name = say.word("{name} of: {stem}", name=name, stem=_stem(say, item.of))
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
