"""The record of an agreement as a document."""

import re
import zlib
from datetime import UTC, datetime

from bots.papers import Papers, spelt

AT = datetime(2026, 3, 2, 10, tzinfo=UTC)


def streams(pdf: bytes) -> list[bytes]:
    """Everything that is packed in it."""
    found = []
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            found.append(zlib.decompress(packed))
        except zlib.error:
            found.append(packed)
    return found


def letters(pdf: bytes) -> str:
    """The letters that its fonts say they have, for whoever searches it or has it read to them."""
    maps = b"\n".join(
        stream for stream in streams(pdf) if b"beginbfchar" in stream or b"beginbfrange" in stream
    )
    return "".join(chr(int(code, 16)) for code in re.findall(rb"<([0-9A-Fa-f]{4})>\s*$", maps, re.MULTILINE))


def test_a_record_is_a_pdf_with_its_letters_in_it() -> None:
    pdf = Papers().pdf("Price agreement A-17", ["40 songs, $4.20 each – für Łukasz"], AT)
    assert pdf.startswith(b"%PDF-")
    assert pdf.rstrip().endswith(b"%%EOF")
    assert b"/FontFile" in pdf
    assert set("A-17$4.20–üŁ") <= set(letters(pdf))


def test_what_no_letter_can_draw_is_spelt_and_not_left_out() -> None:
    assert spelt("für 音 🎵", {ord(one) for one in "für"}) == "für [U+97F3] [U+1F3B5]"
    pdf = Papers().pdf("Price 音", ["said 🎵"], AT)
    assert set("[U+97F3]") <= set(letters(pdf))


def test_a_long_record_has_more_than_one_page() -> None:
    pdf = Papers().pdf("Long", ["a line that somebody said"] * 100, AT)
    assert len(re.findall(rb"/Type /Page\b", pdf)) > 1


def test_the_same_record_is_the_same_document() -> None:
    assert Papers().pdf("A", ["b"], AT) == Papers().pdf("A", ["b"], AT)
