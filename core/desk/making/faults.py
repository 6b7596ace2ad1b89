"""What automatic quality control finds in a master that was handed in, in words."""

from collections.abc import Mapping
from typing import Any

from core.text import Text
from core.wording import Voice


def fault(say: Voice, code: str, details: Mapping[str, Any]) -> Text:
    """One thing that is wrong with a master. Codes: dsp.quality."""

    def figure(name: str, digits: int = 1) -> str:
        return say.number(float(details.get(name, 0)), digits)

    match code:
        case "true-peak":
            return say("{peak} dBTP over the {limit} limit", peak=figure("true_peak"), limit=figure("limit"))
        case "full-scale":
            return say("samples reach {peak} dBFS: they are cut off", peak=figure("sample_peak"))
        case "loud":
            return say("{lufs} LUFS, louder than {limit}", lufs=figure("lufs"), limit=figure("limit"))
        case "soft":
            return say("{lufs} LUFS, softer than {limit}", lufs=figure("lufs"), limit=figure("limit"))
        case "clipped":
            return say.many(
                "{count} clipped sample, at {at}",
                "{count} clipped samples, the first at {at}",
                int(details.get("samples", 0)),
                at=say.duration(float(details.get("at", 0))),
            )
        case "length":
            return say(
                "it lasts {seconds} s, not {expected}",
                seconds=figure("seconds"),
                expected=figure("expected"),
            )
        case "silence":
            return say(
                "{start} s of silence before and {end} s after the music",
                start=figure("start"),
                end=figure("end"),
            )
        case "rate":
            return say(
                "{rate} Hz, less than the {source} of what it was made from",
                rate=figure("rate", 0),
                source=figure("source", 0),
            )
        case "bits":
            return say(
                "{bits} bits, less than the {source} of what it was made from",
                bits=figure("bits", 0),
                source=figure("source", 0),
            )
        case "lossy":
            return say("a lossy file ({codec})", codec=str(details.get("codec", "")))
        case "mono":
            return say("mono, and what it was made from is not")
        case "dead-channel":
            return say("one channel is silent")
        case "phase":
            return say("left and right cancel each other")
        case "bass-phase":
            return say("the bass is out of phase between left and right")
    return Text((code,))
