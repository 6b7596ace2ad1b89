"""How many sentences of a gold list a parser reads exactly right; README.md has the conventions."""

import argparse
import json
import shlex
import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

GOLD = Path(__file__).with_name("gold.jsonl")
NEAR_SECONDS = 0.5
NEAR_AMOUNT = 0.01

Row = dict[str, Any]


def score(line: Row, read: Row) -> bool:
    """Whether `read` (`items`, `impossible`, `not_understood`) is the reading that the gold `line` holds."""
    songs = line.get("songs", [])
    return (
        _same_items(line["items"], read.get("items", []), songs)
        and _impossible(line) == _impossible(read)
        and len(line["not_understood"]) == len(read.get("not_understood", []))
    )


def _same_items(gold: Iterable[Row], read: Iterable[Row], songs: list[str]) -> bool:
    left = list(read)
    for item in gold:
        found = next((other for other in left if _same(item, other, songs)), None)
        if found is None:
            return False
        left.remove(found)
    return not left


def _same(gold: Row, read: Row, songs: list[str]) -> bool:
    return (
        (gold["what"], gold["direction"]) == (read.get("what"), read.get("direction"))
        and _title(gold.get("song"), songs) == _title(read.get("song"), songs)
        and _same_place(gold["place"], read.get("place"))
        and _same_amount(gold, read)
        and (gold["what"] != "undo" or _undone(gold) == _undone(read))
    )


def _title(song: str | int | None, songs: list[str]) -> str | None:
    """The title of a song that may be named by its number, counted from 1."""
    if song is None:
        return None
    name = str(song).strip().casefold()
    titles = [title.casefold() for title in songs]
    if name not in titles and name.isdecimal() and 1 <= int(name) <= len(titles):
        return titles[int(name) - 1]
    return name


def _same_place(gold: Row | str | None, read: Row | str | None) -> bool:
    if isinstance(gold, dict) and isinstance(read, dict):
        return _near(gold["from"], read.get("from"), NEAR_SECONDS)
    return gold == read


def _same_amount(gold: Row, read: Row) -> bool:
    """What was said is there; where nothing was said, any size will do that does not claim to be exact."""
    if not gold["exact"]:
        return not read.get("exact", False)
    said = [key for key in ("amount_db", "amount_s", "target_lufs") if gold.get(key) is not None]
    return bool(read.get("exact")) and all(_near(gold[key], read.get(key), NEAR_AMOUNT) for key in said)


def _near(gold: float, read: object, within: float) -> bool:
    return isinstance(read, int | float) and abs(gold - read) <= within + 1e-9


def _undone(item: Row) -> tuple[str | None, bool]:
    return item.get("of"), bool(item.get("half", False))


def _impossible(row: Row) -> set[tuple[str | None, str | None]]:
    return {(asked.get("what"), _thing(asked.get("nearest"))) for asked in row.get("impossible", [])}


def _thing(nearest: Row | str | None) -> str | None:
    """What the nearest item is about; a parser gives the item, the list its `what` alone."""
    return nearest.get("what") if isinstance(nearest, dict) else nearest


def answers(command: list[str], lines: list[Row]) -> list[Row]:
    """What the command reads in each line, in the order of the lines: one run for each list of songs.

    Raises ValueError when a run does not answer one JSON object a line, CalledProcessError when it fails.
    """
    runs: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, line in enumerate(lines):
        runs[tuple(line.get("songs", ()))].append(number)
    read: list[Row] = [{} for _ in lines]
    for songs, numbers in runs.items():
        words = [*command, "--songs", "|".join(songs)] if songs else command
        said = "".join(lines[number]["said"] + "\n" for number in numbers)
        run = subprocess.run(words, input=said, stdout=subprocess.PIPE, encoding="utf-8", check=True)
        for number, answer in zip(numbers, run.stdout.splitlines(), strict=True):
            read[number] = json.loads(answer)
    return read


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gold", type=Path, default=GOLD, help="the list (default: %(default)s)")
    parser.add_argument("--wrong", action="store_true", help="print each sentence that was read wrong")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="the parser (default: ./lathe words)")
    given = parser.parse_args()
    lines = [json.loads(text) for text in given.gold.read_text(encoding="utf-8").split("\n") if text]
    read = answers(given.command or shlex.split("./lathe words"), lines)
    right = [score(line, answer) for line, answer in zip(lines, read, strict=True)]
    all_of = Counter(line["kind"] for line in lines)
    right_of = Counter(line["kind"] for line, good in zip(lines, right, strict=True) if good)
    for kind, count in sorted(all_of.items()):
        print(f"{kind:<12} {right_of[kind]:>4} of {count:>4}")
    print(f"{'all':<12} {sum(right):>4} of {len(lines):>4}  {sum(right) / len(lines):.1%}")
    if given.wrong:
        for line, answer, good in zip(lines, read, right, strict=True):
            if not good:
                wanted = {key: line[key] for key in ("items", "impossible", "not_understood")}
                print(f"\n{line['kind']}: {line['said']}")
                print(f"  right: {json.dumps(wanted, ensure_ascii=False)}")
                print(f"  read:  {json.dumps(answer, ensure_ascii=False)}")


if __name__ == "__main__":
    main()
