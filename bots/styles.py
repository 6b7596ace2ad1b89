"""The house's own styles, tried before a song needs them: every plug-in loads, and has what it is set to."""

from pathlib import Path

from bots.sound import PooledSound
from core.rules import HouseRules, RulesError, problem_at


async def tried(sound: PooledSound, rules: HouseRules, file: Path | None) -> None:
    """Load the plug-ins of all styles as the engine will. `file`: where the rules stand, None where the
    built-in ones hold. RulesError: what is wrong with them, line by line.
    """
    problems = []
    for key, own in rules.styles.items():
        for index, parameter, sentence in await sound.faults(own.style(key).chain):
            where: list[int | str] = ["styles", key, "chain", index]
            if parameter:
                where.append(parameter)
            problems.append(problem_at(file, where, sentence) if file else sentence)
    if problems:
        raise RulesError(problems)
