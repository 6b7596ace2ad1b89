"""How far the engine has come with an order, for the bar on its card."""

from collections.abc import Mapping

from core.desk.shown.view import View, standing
from core.jobs import JobKind
from core.messages import WEB
from core.orders import OrderState
from core.services import BY_HAND
from core.songs import Song, SongState

_FETCHING = 0.2  # the share of a song's first look that is fetching it


def progress(v: View) -> float | None:
    """How far the engine has come with what it does for this order now, 0..1; None when it does nothing."""
    order = v.project.order
    jobs = {(job.kind, job.song): job.progress for job in v.running}
    if order.state is OrderState.DRAFT and any(song.state is SongState.ARRIVING for song in v.project.songs):
        return share_arrived(v)
    if order.state is OrderState.DRAFT:
        shares = [_checked(song, jobs) for song in standing(v.project)]
        return sum(shares) / len(shares) if any(share < 1 for share in shares) else None
    if order.state is OrderState.WORKING and order.service not in BY_HAND:
        made = [version for version in v.project.versions if version.number == order.version]
        shares = [
            1.0 if version.state in ("ready", "sent") else jobs.get((JobKind.RENDER, version.song), 0.0)
            for version in made
        ]
        return sum(shares) / len(shares) if shares else 0.0
    return None


def share_checked(v: View, song: Song) -> float:
    """How much of a song was fetched and looked into, 0..1."""
    return _checked(song, {(job.kind, job.song): job.progress for job in v.running})


def share_arrived(v: View) -> float:
    """The share of the bytes of an order's uploads that is safe, 0..1; of what has arrived before, all."""
    songs = [song for song in standing(v.project) if song.file.door == WEB]
    return sum(_received(v, song) for song in songs) / (sum(song.file.size or 0 for song in songs) or 1)


def _received(v: View, song: Song) -> int:
    """Bytes of a song's file that are safe."""
    if song.state is not SongState.ARRIVING:
        return song.file.size or 0
    return next((upload.received for upload in v.uploads if upload.id == song.file.ref), 0)


def _checked(song: Song, jobs: Mapping[tuple[JobKind, str | None], float]) -> float:
    if song.state is SongState.FETCHING:
        return _FETCHING * jobs.get((JobKind.FETCH, song.id), 0.0)
    if song.state is SongState.CHECKING:
        looked = max(jobs.get((kind, song.id), 0.0) for kind in (JobKind.UNPACK, JobKind.INTAKE))
        return _FETCHING + (1 - _FETCHING) * looked
    return 1.0
