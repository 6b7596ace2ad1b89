"""The fuzz run: it finds nothing in a short run, and would."""

from pathlib import Path
from random import Random

import numpy as np
import pytest

from benchmarks.bounds import invented, most_frames
from benchmarks.fuzz import Run, printed
from benchmarks.mutations import fields, mutated
from benchmarks.seeds import Seed, seeds
from dsp.containers import sniff
from dsp.decode import load

SEEDS = seeds()


def known(seed: Seed) -> str:
    return f"{seed.container} {seed.kind}"


@pytest.fixture(params=SEEDS, ids=known)
def seed(request: pytest.FixtureRequest) -> Seed:
    found: Seed = request.param
    return found


async def test_mutants_of_every_container_crash_nothing_and_invent_nothing(tmp_path: Path) -> None:
    run = Run(5 * len(SEEDS), seed=7, jobs=2, scratch=tmp_path, kept=tmp_path / "kept")
    await run.run()
    assert run.findings == []
    assert sum(row.files for row in run.rows.values()) == 5 * len(SEEDS)
    assert set(run.rows) == {seed.container for seed in SEEDS}
    assert all(row.taken + row.refused.total() == row.files for row in run.rows.values())
    assert "| m4a" in printed(run.rows)


def test_every_seed_is_a_good_file_of_its_container(seed: Seed, tmp_path: Path) -> None:
    (tmp_path / "seed").write_bytes(seed.data)
    assert sniff(tmp_path / "seed") == seed.container
    decoded, audio = load(tmp_path / "seed")
    probe = {name: getattr(decoded.probe, name) for name in ("container", "codec", "bits", "channels")}
    assert invented(seed.data, probe, audio.T) is None


def test_twice_as_much_sound_as_a_file_holds_is_noticed(seed: Seed, tmp_path: Path) -> None:
    (tmp_path / "seed").write_bytes(seed.data)
    decoded, audio = load(tmp_path / "seed")
    probe = {name: getattr(decoded.probe, name) for name in ("container", "codec", "bits", "channels")}
    if decoded.probe.bits is None or decoded.probe.codec in ("alac", "flac"):
        most = most_frames(seed.data, seed.container, decoded.probe.codec)
        audio = np.zeros((decoded.channels, most + 1), np.float32)
    assert invented(seed.data, probe, np.tile(audio.T, (2, 1)))


@pytest.mark.parametrize("kind", ["PCM_16", "PCM_24", "FLOAT"])
def test_one_sample_that_is_not_in_the_file_is_noticed(kind: str, tmp_path: Path) -> None:
    seed = next(seed for seed in SEEDS if (seed.container, seed.kind) == ("wav", kind))
    (tmp_path / "seed").write_bytes(seed.data)
    decoded, audio = load(tmp_path / "seed")
    audio[0, 5000] += 0.25
    probe = {name: getattr(decoded.probe, name) for name in ("container", "codec", "bits", "channels")}
    assert invented(seed.data, probe, audio.T)


def test_the_same_seed_makes_the_same_mutants_and_another_one_others(seed: Seed) -> None:
    made = [[mutated(seed, SEEDS, Random(f"{run}:{n}")) for n in range(5)] for run in (1, 1, 2)]
    assert made[0] == made[1] != made[2]


def test_the_structure_of_every_container_is_known(seed: Seed) -> None:
    found = fields(seed.data, seed.container)
    assert len(found) > 20 or seed.kind == "layer II"
    assert all(field.at + field.size <= len(seed.data) for field in found)
