"""The languages of the house: gettext catalogues from `core/locale`."""

import gettext
from pathlib import Path

from babel.messages.pofile import read_po

import core
from core.wording import Catalogue, Catalogues

FOLDER = Path(core.__file__).parent / "locale"


def load_catalogues(folder: Path = FOLDER) -> Catalogues:
    """Read every `LANGUAGE.po` of a folder. A sentence not translated, or only perhaps, is left out."""
    sentences: dict[str, Catalogue] = {}
    plurals = {}
    for file in sorted(folder.glob("*.po")):
        with file.open("rb") as source:
            catalogue = read_po(source, locale=file.stem)
        sentences[file.stem] = {
            (message.id if isinstance(message.id, str) else message.id[0]): (
                message.string if isinstance(message.string, str) else tuple(message.string)
            )
            for message in catalogue
            if message.id and message.string and all(message.string) and not message.fuzzy
        }
        plurals[file.stem] = gettext.c2py(catalogue.plural_expr)
    return Catalogues(sentences, plurals)
