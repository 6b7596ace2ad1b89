"""Documents: the record of an agreement as a PDF that anybody can keep (B68)."""

import io
from collections.abc import Container, Sequence
from datetime import datetime
from pathlib import Path

FONTS = Path(__file__).parent.parent / "vendor" / "inter"

_TITLE = 18.0  # points
_TEXT = 10.5
_LEADING = 6.0  # millimetres
_MARGIN = 22.0


class Papers:
    """core.ports.Papers by fpdf2, in the letters of the house, which the document carries along."""

    def pdf(self, title: str, lines: Sequence[str], at: datetime) -> bytes:
        """A title and lines as a PDF of A4 pages; `at` is when it says it was made."""
        from fpdf import FPDF  # here: it takes half a second to load, and few processes ever write one

        page = FPDF(format="A4")
        page.set_title(title)
        page.set_creation_date(at)
        page.set_margins(_MARGIN, _MARGIN)
        page.set_auto_page_break(auto=True, margin=_MARGIN)
        page.add_font("Inter", "", FONTS / "Inter-Regular.otf")
        page.add_font("Inter", "B", FONTS / "Inter-SemiBold.otf")
        page.add_page()
        page.set_font("Inter", "B", _TITLE)
        page.multi_cell(
            0, 2 * _LEADING, spelt(title, _drawn(page.fonts["interB"])), new_x="LMARGIN", new_y="NEXT"
        )
        page.set_font("Inter", "", _TEXT)
        for line in lines:
            text = spelt(line, _drawn(page.fonts["inter"]))
            page.multi_cell(0, _LEADING, text, new_x="LMARGIN", new_y="NEXT")
        written = io.BytesIO()
        page.output(written)
        return written.getvalue()


def spelt(line: str, drawn: Container[int]) -> str:
    """A line with the numbers of what its letters cannot draw: a record leaves nothing out that was said."""
    return "".join(one if one.isspace() or ord(one) in drawn else f"[U+{ord(one):04X}]" for one in line)


def _drawn(font: object) -> Container[int]:
    """The numbers of the letters that a font has."""
    known: Container[int] = getattr(font, "cmap", ())
    return known
