"""The engine in processes of its own: core.ports.Sound over the pool, running the steps of dsp.tasks."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.ports import Report, Unfit
from dsp.errors import Refused
from storage.queue.pool import Pool


class PooledSound:
    """Each step runs in a child that can be killed alone; what dsp refuses is Unfit."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def intake(
        self, source: Path, out: Path, *, max_minutes: float, report: Report
    ) -> Mapping[str, Any]:
        return await self._step("intake", {"source": source, "out": out, "max_minutes": max_minutes}, report)

    async def render(
        self,
        pcm: Path,
        out: Path,
        *,
        analysis: Mapping[str, Any],
        settings: Mapping[str, Any],
        source_sha256: str,
        report: Report,
    ) -> Mapping[str, Any]:
        return await self._step(
            "render",
            {
                "pcm_path": pcm,
                "out": out,
                "analysis": dict(analysis),
                "settings": dict(settings),
                "source_sha256": source_sha256,
            },
            report,
        )

    async def deliver(
        self, master: Path, out: Path, *, tags: Mapping[str, Any], stem: str, ceiling: float, report: Report
    ) -> Mapping[str, Any]:
        return await self._step(
            "deliver",
            {"master_path": master, "out": out, "tags": dict(tags), "stem": stem, "ceiling": ceiling},
            report,
        )

    async def draw(self, kind: str, out: Path, **data: Any) -> Path:
        return Path(await self._run("draw", {"kind": kind, "out": out, **data}, None))

    async def _step(self, name: str, arguments: Mapping[str, Any], report: Report) -> Mapping[str, Any]:
        result: Mapping[str, Any] = await self._run(name, arguments, report)
        return result

    async def _run(self, name: str, arguments: Mapping[str, Any], report: Report | None) -> Any:
        try:
            return await self._pool.run(f"dsp.tasks:{name}", arguments, report)
        except Refused as refusal:
            raise Unfit(refusal.code, refusal.details) from None
