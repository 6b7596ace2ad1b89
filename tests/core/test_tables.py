"""A table that is opened in a spreadsheet: what artists wrote in it is text, whatever they wrote."""

import csv
import io

import pytest

from core.tables import csv_of


def read(table: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(table.decode("utf-8-sig"))))


@pytest.mark.parametrize(
    "title",
    ['=HYPERLINK("http://a","b")', "+1", "-2+3", "@SUM(A1)", "\tx", "  =1", "\r=1", "＝1"],
)
def test_what_a_spreadsheet_would_work_out_is_shown_as_text(title: str) -> None:
    ((cell,),) = read(csv_of([[title]]))
    assert cell == f"'{title}"


def test_what_is_harmless_stays_as_it_is() -> None:
    rows = [["Track", "Artist"], ["Größe, „klein“", 'say "hi"'], ["two\nlines", "a-b"]]
    assert read(csv_of(rows)) == rows


def test_a_spreadsheet_is_told_that_it_is_utf_8() -> None:
    assert csv_of([["é"]]) == b"\xef\xbb\xbf\xc3\xa9\r\n"
