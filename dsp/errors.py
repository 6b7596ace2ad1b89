"""What the engine says when it cannot take a file: one code for programs, one sentence for people."""

from collections.abc import Mapping

SENTENCES: Mapping[str, str] = {
    "not-audio": "This is not a sound file the studio can read.",
    "too-short": "The song lasts {seconds:.2f} s; {least:.2f} s is the least that can be measured.",
    "too-long": "The song is longer than {minutes:g} minutes.",
    "silent": "The file holds only silence.",
    "channels": "The file has {channels:g} channels; songs are mono or stereo.",
    "rate": "The sample rate is {rate:g} Hz; 8000 to 192000 Hz can be mastered.",
    "broken": "The file is damaged: {reason}.",
    "drm": "The file is copy-protected and cannot be opened.",
    "too-large": "The file is larger than {megabytes:g} MB.",
    "zip-encrypted": "The zip has a password.",
    "zip-empty": "The zip holds no sound.",
    "zip-too-many": "The zip holds {files:g} files; {most:g} are the most.",
    "zip-too-large": "What the zip holds is larger than {megabytes:g} MB.",
    "zip-broken": "The zip cannot be unpacked: {reason}.",
    "plug-in": "The plug-in {plug_in} {reason}.",
}


class Refused(Exception):
    """A file that cannot be mastered, or a plug-in that cannot be used, and why.

    `code` is one of the keys of SENTENCES, `details` what its sentence needs (seconds and least, minutes,
    channels, rate, reason, megabytes, files and most, plug_in). `str()` is the sentence in plain English;
    other languages word it from the code and the details.
    """

    def __init__(self, code: str, details: Mapping[str, str | float] | None = None) -> None:
        self.code = code
        self.details: dict[str, str | float] = dict(details or {})
        super().__init__(SENTENCES[code].format_map(self.details))

    def __reduce__(self) -> tuple[type["Refused"], tuple[str, dict[str, str | float]]]:
        return (Refused, (self.code, self.details))
