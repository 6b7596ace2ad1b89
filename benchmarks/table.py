"""Tables as the benches print them: Markdown, so that they can be kept as they are."""

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table whose columns stand below each other; numbers stand to the right."""
    cells = [[str(cell) for cell in row] for row in rows]
    numeric = [bool(cells) and all(_is_number(row[at]) for row in cells) for at in range(len(head))]
    widths = [max(3, *(len(row[at]) for row in (head, *cells))) for at in range(len(head))]

    def line(row: Sequence[str]) -> str:
        aligned = (
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, numeric, strict=True)
        )
        return f"| {' | '.join(aligned)} |"

    columns = zip(widths, numeric, strict=True)
    rule = [f"{'-' * (width - 1)}{':' if right else '-'}" for width, right in columns]
    return "\n".join([line(head), f"| {' | '.join(rule)} |", *map(line, cells)])


def _is_number(cell: str) -> bool:
    return cell[:1].isdigit() or (cell[:1] in "-−" and cell[1:2].isdigit())
