"""Where in a song something is, as an artist can look it up: few spots, in order, and apart."""

Spots = tuple[tuple[float, float], ...]
"""(start, end) in seconds."""

MOST = 50
NEAR_SECONDS = 0.05


def few(spots: list[tuple[float, float]]) -> Spots:
    """Spots in any order as at most MOST, merged where they are close, and then where they are less close."""
    within = NEAR_SECONDS
    while True:
        spots = _merged(sorted(spots), within)
        if len(spots) <= MOST:
            return tuple(spots)
        within *= 2


def _merged(spots: list[tuple[float, float]], within: float) -> list[tuple[float, float]]:
    merged: list[tuple[float, float]] = []
    for start, end in spots:
        if merged and start - merged[-1][1] <= within:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
