"""Catalogues read from their files."""

from pathlib import Path

from bots.catalogues import load_catalogues

GERMAN = r"""
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=(n != 1);\n"

msgid "a song"
msgstr "ein Song"

msgid "not yet"
msgstr ""

#, fuzzy
msgid "perhaps"
msgstr "vielleicht"

msgid "{count} song"
msgid_plural "{count} songs"
msgstr[0] "{count} Song"
msgstr[1] "{count} Songs"
"""


def test_a_sentence_is_said_in_the_readers_language(tmp_path: Path) -> None:
    (tmp_path / "de.po").write_text(GERMAN, encoding="utf-8")
    voice = load_catalogues(tmp_path).voice("de-AT")
    assert voice.word("a song") == "ein Song"
    assert voice.many("{count} song", "{count} songs", 1).parts[0] == "1"
    assert "".join(map(str, voice.many("{count} song", "{count} songs", 7).parts)) == "7 Songs"


def test_what_is_not_surely_translated_is_said_in_english(tmp_path: Path) -> None:
    (tmp_path / "de.po").write_text(GERMAN, encoding="utf-8")
    voice = load_catalogues(tmp_path).voice("de")
    assert voice.word("not yet") == "not yet"
    assert voice.word("perhaps") == "perhaps"


def test_a_language_we_do_not_speak_is_answered_in_english(tmp_path: Path) -> None:
    assert load_catalogues(tmp_path).voice("fr").language == "en"
