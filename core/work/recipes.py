"""How each kind of job is done. A recipe may run twice: files go by content, and a till knows its keys."""

import shutil
import tempfile
from asyncio import to_thread
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

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
    Papers,
    Refused,
    Report,
    Sound,
    TooLarge,
    Unfit,
)
from core.rules import HouseRules
from core.songs import file_name
from core.tables import csv_of
from core.tills import Charge, ChargeState, Settlement, Till
from core.wording import Catalogues, Voice
from core.work.pictures import album_words, before_after, first_mix, intake_words, version_change
from core.work.revised import changes, items_of, lengthened, told_apart
from core.work.unpacking import named_apart
from dsp.settings import LIMITS, Settings

LEAST_ROOM = 16 << 20
"""Bytes of scratch below which a step that fails has failed for want of room, whatever it says itself."""

UNPACKED = 2
"""How many times as large as the largest file a zip may be that is unpacked."""

Result = Mapping[str, Any]


ZIP = b"PK\x03\x04"
"""How a zip begins that has something in it (APPNOTE.TXT, 4.3.7)."""


class _Coming:
    """What a stream brings; `head`: its first four bytes, as far as they are here."""

    def __init__(self, pieces: AsyncIterator[bytes]) -> None:
        self._pieces = pieces
        self.head = b""

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        piece = await anext(self._pieces)
        self.head += piece[: len(ZIP) - len(self.head)]
        return piece


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
        papers: Papers,
    ) -> None:
        self._blobs = blobs
        self._sound = sound
        self._origins = origins
        self._tills = tills
        self._rules = rules
        self._catalogues = catalogues
        self._scratch = scratch
        self._papers = papers

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
            case JobKind.UNPACK:
                return await self._unpack(job, out, report)
            case JobKind.INTAKE:
                return await self._intake(job, out, say, report)
            case JobKind.REFERENCE:
                return await self._reference(job, out, report)
            case JobKind.RENDER:
                return await self._render(job, out, say, report)
            case JobKind.HANDIN:
                return await self._hand_in(job, out, say, report)
            case JobKind.ALBUM:
                return await self._album(job, out, say)
            case JobKind.DELIVER:
                return await self._deliver(job, out, report)
            case JobKind.CHARGE:
                return _settlement(await self._till(job).take(_charge(job)))
            case JobKind.REFUND:
                return _settlement(await self._till(job).give_back(*_back(job)))
            case JobKind.SHRED:
                return {"blobs": await self._blobs.shred(str(job.payload["scope"]))}
            case JobKind.PAPER:
                return await self._paper(job, out)

    async def _fetch(self, job: Job) -> Result:
        file = FileRef(**job.payload["file"])
        most = self._rules.limits.file_bytes
        pieces = self._origins[file.door].fetch(file)
        coming = _Coming(pieces)
        try:
            blob = await self._blobs.put_stream(coming, most, scope=job.payload["scope"])
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
        packed = {"zip": True} if coming.head == ZIP else {}
        return {"source": blob.key, "sha256": blob.sha256, "size": blob.size, **named, **packed}

    async def _unpack(self, job: Job, out: Path, report: Report) -> Result:
        """Every song of a zip as a blob of its own; one at a time lies on the disk of this machine."""
        limits = self._rules.limits
        async with self._blobs.open(str(job.payload["source"])) as archive:
            found = await self._sound.contents(
                archive, most_files=limits.songs_per_order, most_bytes=UNPACKED * limits.file_bytes
            )
            left = [{**told, "name": file_name(told["name"]), "details": {}} for told in found["left"]]
            songs, files = found["files"], []
            names = named_apart([song["name"] for song in songs])
            for index, (song, name) in enumerate(zip(songs, names, strict=True)):
                said = _one_of(report, index, len(songs))
                try:
                    path = await self._sound.extract(
                        archive, out, at=song["at"], most_bytes=limits.file_bytes, report=said
                    )
                except Unfit as unfit:
                    left.append({"name": name, "code": unfit.code, "details": unfit.details})
                    continue
                blob = await self._file(job, path)
                path.unlink()
                files.append({"name": name, "source": blob.key, "sha256": blob.sha256, "size": blob.size})
        if not files:
            raise Unfit("zip-broken", {"reason": "none of its songs can be unpacked"})
        return {"files": files, "left": left}

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
        previous = asked.get("previous") if told_apart(items_of(asked)) else None
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
            measured["changes"] = changes(say, asked, old, measured)
            kind, data = "version_change", version_change(say, asked, old, measured)
        else:
            kind, data = "before_after", before_after(say, asked, made)
        drawn = await self._sound.draw(kind, out, **data)
        return {**await self._version(job, made, drawn, say), "measured": measured}

    async def _hand_in(self, job: Job, out: Path, say: Voice, report: Report) -> Result:
        """A master that an engineer handed in, measured and filed like one of the engine's.

        That of a song is heard beside the song; a mix beside the version before, and the first one alone: the
        sum of its stems is nothing that anybody made.
        """
        asked, items = job.payload, items_of(job.payload)
        old, mix = asked.get("previous_measured"), bool(asked["mix"])
        specification = _specification(asked, old["duration"] + lengthened(items) if old else None)
        async with AsyncExitStack() as opened:
            keys = {
                "source": asked["source"],
                "original": None if mix else asked["against"][0]["pcm"],
                "previous": asked.get("previous"),
            }
            files = {
                name: await opened.enter_async_context(self._blobs.open(str(key)))
                for name, key in keys.items()
                if key
            }
            made = await self._sound.inspect(
                **files,
                out=out,
                max_minutes=float(asked["max_minutes"]),
                made_from=[source["analysis"] for source in asked["against"]],
                specification=specification,
                places=[
                    {"start": item.place[0], "end": item.place[1], "what": item.what.value, "gain_db": 0.0}
                    for item in told_apart(items)
                    if item.place
                ],
                report=report,
            )
        measured: dict[str, Any] = dict(made["measured"])
        if old:
            measured["changes"] = changes(say, asked, old, measured)
            picture, data = "version_change", version_change(say, asked, old, measured)
        elif mix:
            picture, data = "intake", first_mix(say, asked, made)
        else:
            analysis = asked["against"][0]["analysis"]
            picture, data = "before_after", before_after(say, {**asked, "analysis": analysis}, made)
        drawn = await self._sound.draw(picture, out, **data)
        roles = ("versions" if mix else "ab", "picture" if old or not mix else "look")
        return {
            **await self._version(job, made, drawn, say, *roles),
            "measured": measured,
            "settings": _as_handed_in(specification, measured),
            "quality": made["quality"],
        }

    async def _version(
        self, job: Job, made: Result, drawn: Path, say: Voice, heard: str = "ab", seen: str = "picture"
    ) -> dict[str, Any]:
        """The files of a version: its master, and what is heard (the comparison) and seen of it, by roles."""
        stem = str(job.payload["stem"])
        number = f" v{job.version}" if job.version else ""  # of a fix by hand: it has none yet
        master = await self._file(job, Path(made["master"]))
        part = {"ab": say.word("original and master"), "versions": say.word("before and after")}[heard]
        alone = say.word("preview")
        previews = []
        if made["ab"]:
            comparison = await self._audio(job, Path(made["ab"]), stem, f"{number} - {part}")
            previews.append({"role": heard, **comparison})
        preview = await self._audio(job, Path(made["preview"]), stem, f"{number} - {alone}")
        picture = await self._picture(job, drawn, stem, number)
        return {
            "master": {"blob": master.key, "sha256": master.sha256, "size": master.size},
            "previews": [*previews, {"role": "preview", **preview}, {"role": seen, **picture}],
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

    async def _paper(self, job: Job, out: Path) -> Result:
        """What is to be read beside the chat: lines as a PDF, or rows as a table."""
        asked = job.payload
        if asked["form"] == "csv":
            media_type, content = "text/csv", csv_of(asked["rows"])
        else:
            media_type = "application/pdf"
            at = datetime.fromisoformat(asked["at"])
            content = await to_thread(self._papers.pdf, asked["title"], asked["lines"], at)
        path = out / "paper"
        path.write_bytes(content)
        return {"media": _media("file", await self._file(job, path), str(asked["name"]), media_type)}

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


def _back(job: Job) -> tuple[Charge, Money, str]:
    """What is to go back of which charge, and the refund that says so; at first that was a whole charge."""
    charge, asked = _charge(job), job.payload
    amount = Money(int(asked.get("back", charge.amount.amount)), charge.amount.currency)
    return charge, amount, str(asked.get("refund", charge.id))


def _settlement(settlement: Settlement) -> Result:
    return {"provider_id": settlement.provider_id, "declined": settlement.declined}


def _one_of(report: Report, index: int, count: int) -> Report:
    """A report on one of so many steps."""
    return lambda share, stage: report((index + share) / count, stage)


def _specification(asked: Result, expected: float | None) -> dict[str, Any]:
    """What a master that is handed in is to be, as dsp.quality reads it."""
    return {
        "target_lufs": asked.get("target_lufs"),
        "ceiling_dbtp": float(asked.get("ceiling_dbtp", Settings().ceiling_dbtp)),
        "album": bool(asked.get("album")),
        "expected": expected,
    }


def _as_handed_in(specification: Result, measured: Result) -> dict[str, float]:
    """The settings of a version that somebody else made. Its ceiling is one that it keeps, so that its files
    are as it is, whatever was asked for.
    """
    target, (least, most) = specification["target_lufs"], LIMITS["target_lufs"]
    return {
        "target_lufs": min(max(float(measured["lufs"] if target is None else target), least), most),
        "ceiling_dbtp": min(0.0, max(specification["ceiling_dbtp"], float(measured["true_peak"]))),
    }
