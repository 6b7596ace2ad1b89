"""Words beside a file that say no more than that it is a reference."""

import re

_REFERENCE = re.compile(
    r"(?:please )?(?:(?:can you |could you )?(?:make|let|master) (?:it|this|that|mine) |as "
    r"|(?:it |mine )?should )?"
    r"(?:to )?(?:sound(?:ing)? )?(?:more |just |a bit )?(?:like )?(?:a |the |my |this |that |these )?"
    r"(?P<what>references?|like (?:this|that|these)(?: (?:song|one|track|record))?)[.!]*"
    r"|(?:bitte )?(?:(?:es |das )?soll (?:so |mehr )?|mach es (?:so )?)?(?:klingen )?(?:wie |als |zur )?"
    r"(?:eine |die |der |meine )?(?P<was>referenz(?:en)?|wie (?:dieses|das|dieser|diese)"
    r"(?: (?:hier|lied|song|stück))?)(?: klingen)?[.!]*"
)


def names_a_reference(phrase: str) -> bool:
    """Whether a phrase says no more than that something is a reference, or to sound like it."""
    return _REFERENCE.fullmatch(" ".join(phrase.lower().split())) is not None
