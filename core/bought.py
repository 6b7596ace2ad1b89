"""What an order was bought under: the rules that it depends on, frozen with the tap that bought it (A27)."""

from dataclasses import dataclass
from datetime import timedelta

from core.money import Money
from core.rules import HouseRules, Refund


@dataclass(frozen=True, slots=True)
class Bought:
    """What an order was promised. A change of the house rules changes nothing of it. # A27"""

    first_days: int  # A11
    again_days: int  # A13
    unopened_days: int  # C3
    faults_are_free_after_deadline: bool
    fee_floor: Money  # a song and a batch (A22, A23)
    refund: Refund  # B63-B65, or A24 and A25
    fix_hours: int  # B64
    complaints_within_window_only: bool  # C9
    promise: timedelta  # from the payment to the first version
    project_days: int  # A16
    each: Money | None = None  # a song; of orders that were begun before it was kept, the price of the day
    album_from: int = 0  # songs that make an album cheaper; 0: none do
    album_percent: int = 0


def frozen(rules: HouseRules, service: str) -> Bought:
    """What an order of a service line would be bought under now."""
    line, windows = rules.line(service), rules.windows
    return Bought(
        first_days=windows.first_days,
        again_days=windows.again_days,
        unopened_days=windows.unopened_days,
        faults_are_free_after_deadline=windows.faults_are_free_after_deadline,
        fee_floor=rules.money(line.fee_floor),
        refund=line.refund,
        fix_hours=line.fix_hours,
        complaints_within_window_only=rules.complaints.within_window_only,
        promise=line.promise,
        project_days=rules.retention.project_days,
        each=rules.money(line.price),
        album_from=line.album.from_songs if line.album else 0,
        album_percent=line.album.discount_percent if line.album else 0,
    )
