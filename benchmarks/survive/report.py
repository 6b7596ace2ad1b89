"""What a run has shown, as tables."""

from collections.abc import Sequence
from datetime import UTC, datetime
from statistics import median

from benchmarks.survive.checks import Verdict
from benchmarks.survive.drive import Outcome, Recovery
from benchmarks.survive.faults import Fault
from benchmarks.table import table

MOST_PROBLEMS = 10
LATEST = 10  # faults
AROUND = 15.0  # seconds


def faults(outcome: Outcome) -> str:
    """How often each fault struck, and after how long the service went on."""
    rows = []
    for fault in Fault:
        struck = [recovery for recovery in outcome.recoveries if recovery.strike.fault is fault]
        seconds = [recovery.seconds for recovery in struck if recovery.seconds is not None]
        if struck:
            rows.append(
                (
                    fault,
                    len(struck),
                    *((f"{median(seconds):.1f}", f"{max(seconds):.1f}") if seconds else "––"),
                )
            )
        elif fault not in outcome.possible:
            rows.append((fault, "not here", "–", "–"))
    return table(("fault", "struck", "goes on after (median, s)", "worst (s)"), rows)


def checks(verdicts: Sequence[Verdict]) -> str:
    """What each check looked at, and whether it holds."""
    rows = [
        (verdict.name, verdict.counted, "holds" if not verdict.problems else "FAILS") for verdict in verdicts
    ]
    return table(("check", "looked at", ""), rows)


def problems(verdicts: Sequence[Verdict], recoveries: Sequence[Recovery]) -> str:
    """What is wrong, each with the faults that struck around it."""
    lines = []
    for verdict in verdicts:
        for problem in verdict.problems[:MOST_PROBLEMS]:
            if problem.at is None:
                lines.append(f"{verdict.name}: {problem.what}")
            else:
                lines += [f"{verdict.name}: {problem.what} at {instant(problem.at)}"]
                lines += _struck(recoveries, problem.at)
        if more := verdict.problems[MOST_PROBLEMS:]:
            lines.append(f"{verdict.name}: and {len(more)} more")
    return "\n".join([*lines, "The last faults:", *_struck(recoveries[-LATEST:])])


def instant(at: float) -> str:
    """A time of the wall clock as the log writes it."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")


def _struck(recoveries: Sequence[Recovery], around: float | None = None) -> list[str]:
    """Faults, one a line: those around a time of the wall clock, or all."""
    return [
        f"    {instant(strike.at)} {strike.fault}: {strike.where}"
        for strike in (recovery.strike for recovery in recoveries)
        if around is None or abs(strike.at - around) <= AROUND
    ]
