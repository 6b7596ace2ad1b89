"""The picture that a chat app shows beside the address of an order: who made it, and what it is of."""

import io

TITLE_LINES = 2


def card(house: str, title: str, told: str) -> bytes:
    """PNG, 1200 x 630: the house, a title in at most two lines, and a line below it. For a thread."""
    from dsp.pictures import lettering
    from dsp.pictures.canvas import Canvas
    from dsp.pictures.look import AFTER, BOTTOM, LABEL, LEFT, RIGHT, TEXT, TOP, Type

    large = Type("SemiBold", 84, TEXT)
    canvas = Canvas()
    canvas.bar(LEFT, TOP + 8, 6, 34, AFTER)
    canvas.write(house, Type("SemiBold", 36, TEXT), LEFT + 26, TOP + 38, room=RIGHT - LEFT)
    lines = lettering.wrapped(title, large, RIGHT - LEFT, TITLE_LINES)
    for number, line in enumerate(lines):
        canvas.write(line, large, LEFT, 350 + 104 * (number - (len(lines) - 1) / 2))
    canvas.write(told, LABEL, LEFT, BOTTOM - 8, room=RIGHT - LEFT)
    drawn = io.BytesIO()
    canvas.save(drawn)
    return drawn.getvalue()
