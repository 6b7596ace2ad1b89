"""`lathe master` and `lathe analyse`: the engine without a chat, several files at once."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

from bots.progress import Bars, bars
from bots.table import change, figure, shortened, table
from dsp.errors import Refused
from dsp.profile import Profile
from dsp.settings import Settings
from storage.queue.limits import GIGABYTE, Limits
from storage.queue.pool import ChildDied, Overtime, Pool

Result = Mapping[str, Any]

HEAD = ("song", "LUFS", "dBTP", "LRA", "time")


async def master(
    files: Sequence[Path],
    out: Path,
    settings: Settings,
    workers: int,
    stdout: TextIO,
    *,
    formats: Sequence[str] = (),
    as_json: bool,
) -> bool:
    """Master files into a folder and print what became of each; whether all of them went well.

    formats: what else each is delivered as (dsp.formats.format_of).
    """
    call = {"out_dir": out, "settings": settings, "formats": tuple(formats)}
    arguments = [{"path": file} | call for file in files]
    return await _print_all("dsp.batch:master_file", arguments, workers, stdout, as_json, _mastered)


async def references(
    files: Sequence[Path], workers: int, stdout: TextIO, *, as_json: bool
) -> tuple[Profile, ...] | None:
    """What a master is to sound like, measured; None where a file is no such thing, which is said."""
    arguments = [{"path": file} for file in files]
    with bars() as waiting:
        found = [told async for told in _each("dsp.reference:measured", arguments, workers, waiting)]
    for told in found:
        if "error" in told:
            said = json.dumps(told, ensure_ascii=False) if as_json else f"{told['input']}: {told['error']}"
            print(said, file=stdout)
    if any("error" in told for told in found):
        return None
    return tuple(sorted(map(Profile.from_json, found), key=lambda profile: (profile.sha256, profile.name)))


async def master_album(
    files: Sequence[Path], out: Path, settings: Settings, stdout: TextIO, *, as_json: bool
) -> bool:
    """Master files as one album and print what became of each; whether all of them went well."""
    call = {"paths": list(files), "out_dir": out, "settings": settings}
    pool = Pool(1, preload=("dsp.album_files",), limits=Limits(memory=6 * GIGABYTE))
    try:
        with bars() as waiting, waiting.bar("album") as moved:
            results: list[Result] = await pool.run("dsp.album_files:master_album", call, moved)
    except OSError as error:
        results = [{"input": str(error.filename or out), "error": f"{error.strerror or error}."}]
    except Overtime:
        results = [{"input": "album", "error": "It takes too long; it was stopped."}]
    except ChildDied as death:
        results = [{"input": "album", "error": f"The engine broke on it ({death})."}]
    finally:
        await pool.close()
    _print(results, stdout, as_json=as_json, readable=_mastered)
    return all("error" not in result for result in results)


async def analyse(files: Sequence[Path], workers: int, stdout: TextIO, *, as_json: bool) -> bool:
    """Measure files and print the figures; whether all of them could be read."""
    arguments = [{"path": file} for file in files]
    return await _print_all("dsp.batch:analyse_file", arguments, workers, stdout, as_json, _analysed)


async def _print_all(
    target: str,
    arguments: Sequence[Mapping[str, Any]],
    workers: int,
    stdout: TextIO,
    as_json: bool,
    readable: Any,
) -> bool:
    results: list[Result] = []
    with bars() as waiting:
        async for result in _each(target, arguments, workers, waiting):
            results.append(result)
            if as_json:
                print(json.dumps(result, ensure_ascii=False), file=stdout, flush=True)
    if not as_json:
        _print(results, stdout, as_json=False, readable=readable)
    return all("error" not in result for result in results)


def _print(results: Sequence[Result], stdout: TextIO, *, as_json: bool, readable: Any) -> None:
    if as_json:
        for result in results:
            print(json.dumps(result, ensure_ascii=False), file=stdout, flush=True)
        return
    print(readable([result for result in results if "error" not in result]), end="", file=stdout)
    for result in results:
        if "error" in result:
            print(f"{result['input']}: {result['error']}", file=stdout)


async def _each(
    target: str, arguments: Sequence[Mapping[str, Any]], workers: int, waiting: Bars
) -> AsyncIterator[Result]:
    """The result of each call, as it comes."""
    pool = Pool(min(workers, len(arguments)), preload=("dsp.batch",))
    try:
        calls = [asyncio.create_task(_one(pool, target, call, waiting)) for call in arguments]
        for done in asyncio.as_completed(calls):
            yield await done
    finally:
        await pool.close()


async def _one(pool: Pool, target: str, call: Mapping[str, Any], waiting: Bars) -> Result:
    path = Path(call["path"])
    try:
        with waiting.bar(shortened(path.name)) as moved:
            result: Result = await pool.run(target, call, moved)
            return result
    except Refused as refusal:
        reason = str(refusal)
    except OSError as error:
        elsewhere = error.filename is not None and Path(error.filename) != path
        reason = f"{error.filename}: {error.strerror}." if elsewhere else f"{error.strerror or error}."
    except Overtime:
        reason = "It takes too long; it was stopped."
    except ChildDied as death:
        reason = f"The engine broke on it ({death})."
    except Exception as error:
        reason = f"The engine failed on it ({type(error).__name__}: {error}). Please report this."
    return {"input": str(path), "error": reason}


def _mastered(results: Sequence[Result]) -> str:
    if not results:
        return ""
    rows = [
        (
            shortened(Path(result["input"]).name),
            change(result["lufs_in"], result["lufs"]),
            change(result["true_peak_in"], result["true_peak"]),
            change(result["lra_in"], result["lra"]),
            f"{result['seconds']:.1f} s",
        )
        for result in results
    ]
    lines = [table(HEAD, rows), ""]
    for result in results:
        lines.extend(str(file) for file in result["files"])
        said = [result["why"]] if result["why"] else []
        lines.extend(f"  {sentence}" for sentence in (*said, *result["advice"]))
    return "\n".join(lines) + "\n"


def _analysed(results: Sequence[Result]) -> str:
    if not results:
        return ""
    rows = [
        (
            shortened(Path(result["input"]).name),
            figure(result["lufs"]),
            figure(result["true_peak"]),
            figure(result["lra"]),
            f"{int(result['duration']) // 60}:{int(result['duration']) % 60:02}",
        )
        for result in results
    ]
    lines = [table(HEAD, rows)]
    for result in results:
        lines.extend(f"{Path(result['input']).name}: {sentence}" for sentence in result["advice"])
    return "\n".join(lines) + "\n"
