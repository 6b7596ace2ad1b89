"""Every meeting of deeds that move money, or a promise of it."""

from collections.abc import Sequence

from tests.money import deals, deeds, fees
from tests.money.meeting import Meeting

PAIRS: Sequence[Meeting] = (*deeds.PAIRS, *fees.PAIRS, *deals.PAIRS)
"""The deeds that move money, each with the deed most likely to come between."""

THREES: Sequence[Meeting] = (*deeds.THREES, *fees.THREES, *deals.THREES)
"""Three deeds over the same money."""
