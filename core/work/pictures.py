"""What stands on the pictures: figures and words in the reader's language, beside what dsp/pictures draws."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.desk.shown import phrases, troubles
from core.wording import Voice

Data = Mapping[str, Any]


def intake_words(
    say: Voice, analysis: Data, advice: Sequence[Data], title: str
) -> tuple[dict[str, str], dict[str, str]]:
    """Figures and caption of the first look at a mix."""
    lines = [line for told in advice if (line := troubles.advice(say, str(told["code"]), told["details"]))]
    verdict = lines[0].plain(moment=str, title=str) if lines else say.word("Clean: ready to be mastered.")
    return _alone(say, analysis), {
        **_common(say, title),
        "heading": say.word("Your mix"),
        "verdict": verdict,
    }


def before_after(say: Voice, asked: Data, made: Data) -> dict[str, Any]:
    """Everything the picture of a first version needs."""
    old, new = asked["analysis"], made["measured"]
    return {
        "envelopes": made["envelopes"],
        "before_spectrum": old["spectrum_mid"],
        "after_spectrum": new["spectrum_mid"],
        "figures": _figures(say, old, new),
        "matched_gain_db": made["matched_gain_db"],
        "duration": new["duration"],
        "caption": {
            **_common(say, str(asked["title"])),
            "heading": say.word("Before and after"),
            "before": say.word("mix"),
            "after": say.word("master"),
            "spectrum": say.word("Average spectrum, equally loud"),
            "matched": say.word("Comparison matched by {gain} dB", gain="{gain}"),
        },
    }


def first_mix(say: Voice, asked: Data, made: Data) -> dict[str, Any]:
    """Everything the picture of the first version of a mix needs: there is nothing to hold it against."""
    measured = made["measured"]
    verdict = say.many("Mixed from {count} stem.", "Mixed from {count} stems.", len(asked["against"]))
    return {
        "envelope": made["envelope"],
        "clipped_runs": measured["clipped_runs"],
        "duration": measured["duration"],
        "figures": _alone(say, measured),
        "caption": {
            **_common(say, str(asked["title"])),
            "heading": say.word("The mix"),
            "verdict": verdict.plain(moment=str, title=str),
        },
    }


def version_change(say: Voice, asked: Data, old: Data, new: Data) -> dict[str, Any]:
    """Everything the picture of a revision needs."""
    return {
        "before_spectrum": old["spectrum_mid"],
        "after_spectrum": new["spectrum_mid"],
        "changes": [(change["asked"], change["measured"]) for change in new["changes"]],
        "figures": _figures(say, old, new)[:3],
        "caption": {
            **_common(say, str(asked["title"])),
            "heading": say.word("What changed"),
            "change": say.word("Change of the spectrum, dB"),
            "more": say.word("and {count} more", count="{count}"),
        },
    }


def _alone(say: Voice, measured: Data) -> dict[str, str]:
    """Figures of one recording."""
    return {
        "LUFS": _figure(say, measured.get("lufs")),
        "dBTP": _figure(say, measured.get("true_peak")),
        "LRA": _figure(say, measured.get("lra")),
        say.word("Format"): phrases.sound_format(say, measured),
    }


def _figures(say: Voice, old: Data, new: Data) -> list[tuple[str, str, str]]:
    names = (("lufs", "LUFS"), ("true_peak", "dBTP"), ("lra", "LRA"), ("plr", "PLR"))
    return [(name, _figure(say, old.get(key)), _figure(say, new.get(key))) for key, name in names]


def _figure(say: Voice, value: float | None) -> str:
    return "-∞" if value is None else say.number(float(value))


def _common(say: Voice, title: str) -> dict[str, str]:
    decimal = "," if say.language == "de" else "."
    return {"decimal": decimal, **({"title": title} if title else {})}


def album_words(say: Voice, title: str) -> dict[str, str]:
    """The words of an album's picture."""
    return {
        **_common(say, title),
        "heading": say.word("Loudness of the songs"),
        "before": say.word("mix"),
        "after": say.word("master"),
        "target": say.word("target {lufs} LUFS", lufs="{lufs}"),
        "songs": say.word("{count} songs", count="{count}"),
    }
