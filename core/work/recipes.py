"""How each kind of job is done. A recipe may run twice: files go by content, and a till knows its keys."""

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

from core.desk import phrases
from core.jobs import MOST_ATTEMPTS, Job, JobKind, Queue
from core.messages import FileRef
from core.money import Money
from core.ports import (
    Away,
    Blob,
    Blobs,
    DiskFull,
    Named,
    Origin,
    OverLimit,
    Refused,
    Report,
    Sound,
    TooLarge,
    Unfit,
)
from core.revisions import Item, What
from core.rules import HouseRules
from core.songs import file_name
from core.tills import Charge, ChargeState, Settlement, Till
from core.wording import Catalogues, Voice
from core.work.pictures import album_words, before_after, intake_words, version_change
from core.work.verify import measured_change, moved_as_well, tone_distance

LEAST_ROOM = 16 << 20
"""Bytes of scratch below which a step that fails has failed for want of room, whatever it says itself."""

Result = Mapping[str, Any]


class Recipes:
    """Every recipe, over the ports of the house.

    `origins`: where files come from, by door. `scratch` is a folder for files in the making.
    """

    def __init__(
        self,
        blobs: Blobs,
        sound: Sound,
        origins: Mapping[str, Origin],
        tills: Mapping[str, Till],
        rules: HouseRules,
        catalogues: Catalogues,
        scratch: Path,
    ) -> None:
        self._blobs = blobs
        self._sound = sound
        self._origins = origins
        self._tills = tills
        self._rules = rules
        self._catalogues = catalogues
        self._scratch = scratch

    async def perform(self, job: Job, report: Report) -> Result:
        """Do a job; what the desk needs to know. Raises Unfit for a file that another try will not mend.

        DiskFull or Unreachable when it could not be done now, for no fault of the job or its file.
        """
        with tempfile.TemporaryDirectory(dir=self._scratch, prefix=f"{job.kind}-") as folder:
            try:
                return await self._step(job, Path(folder), report)
            except Exception as error:
                # What a decoder or an encoder says when its output finds no room is anything but that.
                if job.queue is Queue.CPU and shutil.disk_usage(folder).free < LEAST_ROOM:
                    raise DiskFull("there is no room for the files of a job at work") from error
                raise

    async def _step(self, job: Job, out: Path, report: Report) -> Result:
        say = self._catalogues.voice(job.payload.get("locale"))
        match job.kind:
            case JobKind.FETCH:
                return await self._fetch(job)
            case JobKind.INTAKE:
                return await self._intake(job, out, say, report)
            case JobKind.REFERENCE:
                return await self._reference(job, out, report)
            case JobKind.RENDER:
                return await self._render(job, out, say, report)
            case JobKind.ALBUM:
                return await self._album(job, out, say)
            case JobKind.DELIVER:
                return await self._deliver(job, out, report)
            case JobKind.CHARGE:
                return _settlement(await self._till(job).take(_charge(job)))
            case JobKind.REFUND:
                return _settlement(await self._till(job).give_back(_charge(job)))
            case JobKind.SHRED:
                return {"blobs": await self._blobs.shred(str(job.payload["scope"]))}

    async def _fetch(self, job: Job) -> Result:
        file = FileRef(**job.payload["file"])
        most = self._rules.limits.file_bytes
        pieces = self._origins[file.door].fetch(file)
        try:
            blob = await self._blobs.put_stream(pieces, most, scope=job.payload["scope"])
        except TooLarge:
            raise Unfit("too-large", {"megabytes": most // 10**6}) from None
        except OverLimit as over:
            raise Unfit("too-large-for-chat", {"megabytes": over.most // 10**6}) from None
        except Refused:
            raise Unfit("gone", {}) from None
        except Away as away:
            if job.failures < MOST_ATTEMPTS:
                raise
            raise Unfit(away.code, away.details) from None
        named = {"name": pieces.name} if isinstance(pieces, Named) and pieces.name else {}
        return {"source": blob.key, "sha256": blob.sha256, "size": blob.size, **named}

    async def _intake(self, job: Job, out: Path, say: Voice, report: Report) -> Result:
        asked = job.payload
        async with self._blobs.open(str(asked["source"])) as source:
            found = await self._sound.intake(
                source, out, max_minutes=float(asked["max_minutes"]), report=report
            )
        pcm = await self._file(job, Path(found["pcm"]))
        analysis = found["analysis"]
        figures, caption = intake_words(say, analysis, found["advice"], str(asked["title"]))
        picture = await self._sound.draw(
            "intake",
            out,
            envelope=found["envelope"],
            clipped_runs=analysis["clipped_runs"],
            duration=analysis["duration"],
            figures=figures,
            caption=caption,
        )
        return {
            "pcm": pcm.key,
            "analysis": analysis,
            "advice": found["advice"],
            "picture": await self._picture(job, picture, say.word("waveform")),
        }

    async def _reference(self, job: Job, out: Path, report: Report) -> Result:
        asked = job.payload
        async with self._blobs.open(str(asked["source"])) as source:
            found = await self._sound.profile(
                source, out, max_minutes=float(asked["max_minutes"]), report=report
            )
        return {"profile": found["profile"]}

    async def _render(self, job: Job, out: Path, say: Voice, report: Report) -> Result:
        asked = job.payload
        previous = asked.get("previous") if _at_places(asked["items"]) else None
        async with AsyncExitStack() as opened:
            pcm = await opened.enter_async_context(self._blobs.open(str(asked["pcm"])))
            before = await opened.enter_async_context(self._blobs.open(str(previous))) if previous else None
            made = await self._sound.render(
                pcm,
                out,
                previous=before,
                analysis=asked["analysis"],
                settings=asked["settings"],
                source_sha256=str(asked["source_sha256"]),
                report=report,
            )
        measured: dict[str, Any] = dict(made["measured"])
        old = asked.get("previous_measured")
        if old:
            measured["changes"] = _changes(say, asked, old, measured)
            kind, data = "version_change", version_change(say, asked, old, measured)
        else:
            kind, data = "before_after", before_after(say, asked, made)
        picture = await self._sound.draw(kind, out, **data)
        master = await self._file(job, Path(made["master"]))
        stem, number = str(asked["stem"]), job.version
        return {
            "master": {"blob": master.key, "sha256": master.sha256, "size": master.size},
            "measured": measured,
            "previews": [
                {
                    "role": "ab",
                    **await self._audio(job, Path(made["ab"]), stem, f" v{number} - original and master"),
                },
                {
                    "role": "preview",
                    **await self._audio(job, Path(made["preview"]), stem, f" v{number} - preview"),
                },
                {"role": "picture", **await self._picture(job, picture, stem, f" v{number}")},
            ],
        }

    async def _album(self, job: Job, out: Path, say: Voice) -> Result:
        asked = job.payload
        caption = album_words(say, str(asked["title"]))
        picture = await self._sound.draw(
            "album", out, songs=asked["songs"], target_lufs=float(asked["target"]), caption=caption
        )
        return {"picture": await self._picture(job, picture, say.word("levels"))}

    async def _deliver(self, job: Job, out: Path, report: Report) -> Result:
        asked = job.payload
        async with self._blobs.open(str(asked["master"])) as master:
            made = await self._sound.deliver(
                master,
                out,
                tags=asked["tags"],
                stem=file_name(str(asked["stem"])),
                ceiling=float(asked["ceiling"]),
                formats=asked.get("formats", ()),
                report=report,
            )
        files = []
        for file in made["files"]:
            path = Path(file["path"])
            blob = await self._file(job, path)
            files.append(_media("file", blob, path.name, str(file["media_type"])))
        return {"files": files}

    async def _file(self, job: Job, path: Path) -> Blob:
        return await self._blobs.put(path, scope=str(job.payload["scope"]))

    async def _audio(self, job: Job, path: Path, stem: str, part: str) -> Result:
        name = file_name(stem, part + path.suffix)
        return _media("audio", await self._file(job, path), name, "audio/mpeg")

    async def _picture(self, job: Job, path: Path, stem: str, part: str = "") -> Result:
        name = file_name(stem, part + path.suffix)
        return _media("picture", await self._file(job, path), name, "image/png")

    def _till(self, job: Job) -> Till:
        return self._tills[str(job.payload["till"])]


def _media(kind: str, blob: Blob, name: str, media_type: str) -> dict[str, Any]:
    return {
        "kind": kind,
        "blob": blob.key,
        "name": name,
        "media_type": media_type,
        "size": blob.size,
        "sha256": blob.sha256,
    }


def _charge(job: Job) -> Charge:
    asked = job.payload
    return Charge(
        id=str(asked["charge"]),
        order=str(job.order),
        person=str(asked.get("person") or job.person),
        till=str(asked["till"]),
        amount=Money(int(asked["amount"]), str(asked["currency"])),
        state=ChargeState(asked["state"]),
        at=datetime.fromisoformat(asked["at"]),
        provider_id=asked.get("provider_id"),
    )


def _settlement(settlement: Settlement) -> Result:
    return {"provider_id": settlement.provider_id, "declined": settlement.declined}


def _at_places(items: Sequence[Result]) -> bool:
    """Whether two versions can be held side by side to see what changed at some places."""
    return any(item.get("place") for item in items) and all(
        item["what"] != What.TRIM_START.value for item in items
    )


def _changes(say: Voice, asked: Result, old: Result, new: Result) -> list[dict[str, str]]:
    """Each item of a batch beside what the new version measures."""
    items = [
        Item(
            **{
                **told,
                "what": What(told["what"]),
                "place": tuple(told["place"]) if told.get("place") else None,
            }
        )
        for told in asked["items"]
    ]
    return [
        {"asked": words, "measured": _measured(say, asked, item, items, old, new)}
        for item, words in zip(items, asked["asked"], strict=True)
    ]


def _measured(say: Voice, asked: Result, item: Item, items: Sequence[Item], old: Result, new: Result) -> str:
    """What became of one item of a batch, in words."""
    match item.what:
        case What.DESTINATION:
            return say.word("measured {figures}", figures=phrases.loudness(say, new))
        case What.REFERENCE:
            profile = asked["references"][str(item.of)]
            return phrases.nearer(say, tone_distance(profile, old), tone_distance(profile, new))
    if (aim := moved_as_well(item, items)) is not None:
        return phrases.not_told_apart(say, aim)
    return phrases.moved(say, item, measured_change(item, old, new))
