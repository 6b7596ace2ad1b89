"""Pictures as Telegram shows them: one for each message, and thumbnails of audio."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from PIL import Image

THUMBNAIL = 320  # pixels a side, at most (core.telegram.org/bots/api#sendaudio)
THUMBNAIL_BYTES = 200_000  # fewer than these

_SIDE_BY_SIDE = 2
_WIDEST = 1280  # pixels: what the platform shows at most


def thumbnail(picture: Path) -> bytes:
    """A JPEG of a picture that is a thumbnail to Telegram."""
    with Image.open(picture) as image:
        small = image.convert("RGB")
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    for quality in (88, 70, 40):
        jpeg = _encoded(small, "JPEG", quality=quality)
        if len(jpeg) < THUMBNAIL_BYTES:
            break
    return jpeg


def sheet(pictures: Sequence[Path]) -> bytes:
    """Several pictures as one, two in each row, as a PNG: a message that is edited shows no more than one."""
    images = []
    for picture in pictures:
        with Image.open(picture) as opened:
            images.append(opened.convert("RGB"))
    width = min(_WIDEST // _SIDE_BY_SIDE, max(image.width for image in images))
    images = [image.resize((width, max(1, image.height * width // image.width))) for image in images]
    rows = [images[at : at + _SIDE_BY_SIDE] for at in range(0, len(images), _SIDE_BY_SIDE)]
    heights = [max(image.height for image in row) for row in rows]
    whole = Image.new("RGB", (width * min(len(images), _SIDE_BY_SIDE), sum(heights)))
    for index, row in enumerate(rows):
        for place, image in enumerate(row):
            whole.paste(image, (place * width, sum(heights[:index])))
    return _encoded(whole, "PNG")


def _encoded(image: Image.Image, form: str, **options: int) -> bytes:
    data = BytesIO()
    image.save(data, form, **options)
    return data.getvalue()
