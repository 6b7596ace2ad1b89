"""What masters are aimed at: a destination, which says how loud, and references, which say it without one."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from core.orders import JOINABLE, Order, Project
from core.references import ReferenceState
from core.revisions import Item, What
from core.styles import HouseStyles, starting
from core.windows import free_round_left
from dsp.presets import Preset, presets
from dsp.profile import Profile
from dsp.settings import LIMITS, Settings


def takes_aims(project: Project, now: datetime) -> bool:
    """Whether references and a destination can still be named for an order: as part of it, or as a change."""
    return project.order.state in JOINABLE or free_round_left(project, now)


def destination(key: str | None) -> Preset | None:
    """A destination by its key; None for one that this engine does not know."""
    return presets().get(key) if key else None


def first_settings(order: Order, own: HouseStyles) -> Settings:
    """What the first version of an order starts from."""
    settings = starting(own, order.style)
    return aimed(settings, destination(order.destination), _profiles(order, wished=False))


def aimed(
    settings: Settings, goes_to: Preset | None, towards: Sequence[Profile], *, level_stays: bool = False
) -> Settings:
    """Settings for a destination and towards more references, on top of those that they have.

    level_stays: they were for a destination already, which still says how loud.
    """
    if goes_to is not None:
        settings = goes_to.applied(settings)
    if not towards:
        return settings
    followed = settings.following([*settings.references, *towards])
    return replace(followed, target_lufs=settings.target_lufs) if goes_to or level_stays else followed


def re_aimed(
    versions: Mapping[str, Settings], order: Order, items: Sequence[Item], *, album: bool
) -> Mapping[str, Settings]:
    """The settings of an order's songs with the destination and the references that a batch asks for.

    The songs of an album move together: the loudest meets the new level, the others keep their distance.
    """
    keys = [item.of for item in items if item.what is What.DESTINATION]
    goes_to = destination(keys[-1]) if keys else None
    wished = {item.of for item in items if item.what is What.REFERENCE}
    towards = _profiles(order, wished=True, only=wished)
    if not versions or not (goes_to or towards):
        return versions
    stays = order.destination is not None
    moved = {id_: aimed(old, goes_to, towards, level_stays=stays) for id_, old in versions.items()}
    if not album:
        return moved
    loudest = max(versions, key=lambda id_: versions[id_].target_lufs)
    by = moved[loudest].target_lufs - versions[loudest].target_lufs
    return {
        id_: replace(moved[id_], target_lufs=_level(old.target_lufs + by)) for id_, old in versions.items()
    }


def _profiles(order: Order, *, wished: bool, only: set[str | None] | None = None) -> list[Profile]:
    return [
        Profile.from_json(reference.profile)
        for reference in order.references
        if reference.state is ReferenceState.READY
        and reference.profile is not None
        and reference.wished is wished
        and (only is None or reference.id in only)
    ]


def _level(lufs: float) -> float:
    least, most = LIMITS["target_lufs"]
    return round(min(max(lufs, least), most), 2)
