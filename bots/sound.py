"""The engine in processes of its own: core.ports.Sound over a pool, running the steps of dsp.tasks.

Each step over a song has a process of its own, which can open the files of this step and no others. A
stranger's file is met by one of them, decoding. What comes out of it is a WAV of our own making; only that
goes on.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import structlog

import dsp
from core.ports import Report, Unfit
from dsp.errors import Refused
from dsp.report import part
from dsp.settings import PlugIn, Settings
from storage.queue.limits import GIGABYTE, Confines, Limits
from storage.queue.pool import ChildDied, Overtime, Pool

TRIES = 2
"""How often a decoder may die by itself over a file. The first time it may have been the machine's fault."""

PACE = 200_000
"""Bytes of PCM that any machine masters in a second, however busy; a common one does fifty times that."""

UNPACKING = 10_000_000
"""Bytes that any machine unpacks in a second, however busy."""

START = 120.0
"""Seconds for a run of any length: the first one may have kernels to compile."""

ENGINE = Path(dsp.__file__).parent

SYSTEM = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/share", "/etc/ld.so.cache")
"""Where the libraries are that a plug-in of the studio's own may need."""

DECODED = 0.6
"""The share of an intake that is decoding."""

INSPECTED = 0.3
"""The share of an inspection that is decoding."""

UNDECODED = ("broken", "no decoder gets through it")
UNZIPPED = ("zip-broken", "nothing can read it")

MASTERING = Limits(seconds=START, memory=3 * GIGABYTE)

LOADING = Limits(seconds=60.0, memory=3 * GIGABYTE)
"""What trying the plug-ins of a style may take."""

log = structlog.get_logger()


def decoding_limits(source: Path, out: Path, max_minutes: float) -> Limits:
    """What decoding a file of strangers may take: its length is only known to be capped.

    It goes block by block: 16 MB are enough for half an hour of FLAC or ALAC and for a tag of 40 MB.
    """
    return Limits(
        seconds=START + 10 * max_minutes,
        memory=GIGABYTE // 4,
        confines=Confines(reads=(source,), writes=(out,)),
    )


def unpacking_limits(archive: Path, out: Path | None, most_bytes: int) -> Limits:
    """What reading a stranger's zip may take, and taking one file of at most `most_bytes` out of it."""
    return Limits(
        seconds=START + most_bytes / UNPACKING,
        memory=GIGABYTE // 4,
        file=most_bytes,
        confines=Confines(reads=(archive,), writes=(out,) if out else ()),
    )


def mastering_limits(pcm: Path, out: Path, *more: Path) -> Limits:
    """What a step over a song may take, from the length of its PCM, a file of this house.

    `more`: other files that it may read. The engine's own tables lie beside its code.
    """
    return Limits(
        seconds=START + pcm.stat().st_size / PACE,
        memory=3 * GIGABYTE,
        confines=Confines(reads=(ENGINE, pcm, *more), writes=(out,)),
    )


def opened_by(chain: Sequence[PlugIn]) -> tuple[Path, ...]:
    """What the plug-ins of a chain may open: their files, what they are said to read, and the system's
    libraries. Nothing for processors of pedalboard.
    """
    files = [name for plug_in in chain if plug_in.file for name in (plug_in.file, *plug_in.reads)]
    return tuple(place for name in (*files, *(SYSTEM if files else ())) if (place := Path(name)).exists())


class PooledSound:
    """Each step runs in a child that can be killed alone; what dsp refuses is Unfit."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def intake(
        self, source: Path, out: Path, *, max_minutes: float, report: Report
    ) -> Mapping[str, Any]:
        return await self._looked_into("measure", source, out, max_minutes, report)

    async def profile(
        self, source: Path, out: Path, *, max_minutes: float, report: Report
    ) -> Mapping[str, Any]:
        return await self._looked_into("profile", source, out, max_minutes, report)

    async def render(
        self,
        pcm: Path,
        out: Path,
        *,
        analysis: Mapping[str, Any],
        settings: Mapping[str, Any],
        source_sha256: str,
        report: Report,
        previous: Path | None = None,
    ) -> Mapping[str, Any]:
        asked = {
            "pcm_path": pcm,
            "out": out,
            "analysis": dict(analysis),
            "settings": dict(settings),
            "source_sha256": source_sha256,
            "previous": previous,
        }
        chain = Settings.from_json(settings).character.chain
        more = (*((previous,) if previous else ()), *opened_by(chain))
        return await self._step("render", asked, report, mastering_limits(pcm, out, *more))

    async def inspect(
        self,
        source: Path,
        out: Path,
        *,
        max_minutes: float,
        made_from: Sequence[Mapping[str, Any]],
        specification: Mapping[str, Any],
        report: Report,
        original: Path | None = None,
        previous: Path | None = None,
        places: Sequence[Mapping[str, Any]] = (),
    ) -> Mapping[str, Any]:
        decoded = await self._decoded(source, out, max_minutes, part(report, 0.0, INSPECTED))
        pcm = Path(decoded["pcm"])
        asked = {
            "pcm_path": pcm,
            "out": out,
            "probe": decoded["probe"],
            "made_from": [dict(analysis) for analysis in made_from],
            "specification": dict(specification),
            "original": original,
            "previous": previous,
            "places": [dict(place) for place in places],
        }
        more = tuple(path for path in (original, previous) if path)
        limits = mastering_limits(pcm, out, *more)
        return await self._step("inspect", asked, part(report, INSPECTED, 1.0), limits)

    async def contents(self, archive: Path, *, most_files: int, most_bytes: int) -> Mapping[str, Any]:
        asked = {"archive": archive, "most_files": most_files, "most_bytes": most_bytes}
        limits = unpacking_limits(archive, None, most_bytes)
        found: Mapping[str, Any] = await self._strangers(
            "dsp.archives:contents", asked, None, limits, UNZIPPED
        )
        return found

    async def extract(self, archive: Path, out: Path, *, at: int, most_bytes: int, report: Report) -> Path:
        asked = {"archive": archive, "out": out, "at": at, "most_bytes": most_bytes}
        limits = unpacking_limits(archive, out, most_bytes)
        return Path(await self._strangers("dsp.archives:extract", asked, report, limits, UNZIPPED))

    async def deliver(
        self,
        master: Path,
        out: Path,
        *,
        tags: Mapping[str, Any],
        stem: str,
        ceiling: float,
        formats: Sequence[str] = (),
        report: Report,
    ) -> Mapping[str, Any]:
        asked = {
            "master_path": master,
            "out": out,
            "tags": dict(tags),
            "stem": stem,
            "ceiling": ceiling,
            "formats": list(formats),
        }
        return await self._step("deliver", asked, report, mastering_limits(master, out))

    async def draw(self, kind: str, out: Path, **data: Any) -> Path:
        asked = {"kind": kind, "out": out, **data}
        return Path(await self._pool.run("dsp.tasks:draw", asked, limits=MASTERING))

    async def faults(self, chain: Sequence[PlugIn]) -> Sequence[tuple[int, str, str]]:
        """What is wrong with the plug-ins of a chain, each loaded as for a song (dsp.chain.faults)."""
        found: list[tuple[int, str, str]] = []
        for index, plug_in in enumerate(chain):
            limits = replace(LOADING, confines=Confines(reads=opened_by([plug_in])))
            try:
                told = await self._pool.run("dsp.chain:faults", {"chain": [plug_in]}, limits=limits)
                found += [(index, parameter, sentence) for _, parameter, sentence in told]
            except (ChildDied, Overtime) as died:
                found.append((index, "", f"The plug-in {plug_in} breaks its process ({died})."))
        return found

    async def _looked_into(
        self, step: str, source: Path, out: Path, max_minutes: float, report: Report
    ) -> Mapping[str, Any]:
        """Decode a stranger's file, and measure what is our own of it by a step of dsp.tasks."""
        decoded = await self._decoded(source, out, max_minutes, part(report, 0.0, DECODED))
        pcm = Path(decoded["pcm"])
        asked = {"pcm_path": pcm, "out": out, "probe": decoded["probe"]}
        measured = await self._step(step, asked, part(report, DECODED, 1.0), mastering_limits(pcm, out))
        return {"pcm": decoded["pcm"], **measured}

    async def _decoded(
        self, source: Path, out: Path, max_minutes: float, report: Report
    ) -> Mapping[str, Any]:
        """What dsp.tasks.decode makes of a stranger's file."""
        arguments = {"source": source, "out": out, "max_minutes": max_minutes}
        limits = decoding_limits(source, out, max_minutes)
        decoded: Mapping[str, Any] = await self._strangers(
            "dsp.tasks:decode", arguments, report, limits, UNDECODED
        )
        return decoded

    async def _strangers(
        self,
        target: str,
        arguments: Mapping[str, Any],
        report: Report | None,
        limits: Limits,
        broken: tuple[str, str],
    ) -> Any:
        """Open a stranger's file, and call it broken (a code and a reason) if it ends its process again and
        again, or never lets it end.

        ChildDied if somebody else ended it: that is an attempt at the job, and no fault of the file's.
        """
        for left in reversed(range(TRIES)):
            try:
                return await self._run(target, arguments, report, limits)
            except ChildDied as died:
                if not died.by_itself:
                    raise
                log.warning("a stranger's file ended its process", why=str(died), tries_left=left)
            except Overtime as overtime:
                log.warning("a stranger's file took too long", why=str(overtime))
                break
        code, reason = broken
        raise Unfit(code, {"reason": reason})

    async def _step(
        self, step: str, arguments: Mapping[str, Any], report: Report, limits: Limits
    ) -> Mapping[str, Any]:
        result: Mapping[str, Any] = await self._run(f"dsp.tasks:{step}", arguments, report, limits)
        return result

    async def _run(
        self, target: str, arguments: Mapping[str, Any], report: Report | None, limits: Limits
    ) -> Any:
        try:
            return await self._pool.run(target, arguments, report, limits=limits)
        except Refused as refusal:
            if refusal.code == "plug-in":
                log.error("a plug-in cannot be used", why=str(refusal))
            raise Unfit(refusal.code, refusal.details) from None


@asynccontextmanager
async def open_sound(workers: int, scratch: Path) -> AsyncIterator[PooledSound]:
    """The engine with room for `workers` steps at a time; its fork server starts with the first of them.

    `scratch` is a folder for what they note.
    """
    pool = Pool(workers, preload=("dsp.tasks",), limits=MASTERING, folder=scratch)
    try:
        yield PooledSound(pool)
    finally:
        await pool.close()
