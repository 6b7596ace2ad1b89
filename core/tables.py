"""Tables as CSV that a spreadsheet opens without carrying anything out."""

import csv
import io
from collections.abc import Iterable, Sequence

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a cell may begin with to be worked out instead of shown, in full width too (OWASP, CSV injection)."""


def csv_of(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as CSV after RFC 4180, UTF-8 with the mark that spreadsheets look for."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerows([_harmless(cell) for cell in row] for row in rows)
    return written.getvalue().encode("utf-8-sig", "replace")


def _harmless(cell: str) -> str:
    """A cell that is text to every program; what would be a formula has an apostrophe before it."""
    cell = cell.replace("\0", "")
    return f"'{cell}" if cell.lstrip(" ").startswith(_STARTS_A_FORMULA) else cell
