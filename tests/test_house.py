"""What no linter shows: light imports, locked requirements, a launcher a newcomer can trust."""

import base64
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
REQUIREMENTS = ROOT / "requirements"


def _project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def _python(code: str) -> str:
    """What a fresh Python prints that finds our packages and nothing else of ours."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1"}
    finished = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


# Light imports


def _modules(package: str) -> list[str]:
    paths = sorted((ROOT / package).rglob("*.py"))
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in paths]
    return [name.removesuffix(".__init__") for name in names]


HEAVY = {
    "aiohttp",
    "av",
    "discord",
    "numba",
    "numpy",
    "obstore",
    "pedalboard",
    "psycopg",
    "soundfile",
    "telegram",
    "tortoise",
}


@pytest.mark.parametrize(
    "names", [_modules("core"), ["dsp.settings", "dsp.album", "dsp.errors"]], ids=["core", "dsp.settings"]
)
def test_the_rules_load_neither_arrays_nor_an_orm_nor_a_network(names: list[str]) -> None:
    loaded = _python(
        f"import importlib, sys\nfor name in {names!r}: importlib.import_module(name)\nprint(*sys.modules)"
    )
    assert set(names) <= set(loaded.split())
    assert HEAVY.isdisjoint(loaded.split())


def test_importing_dsp_alone_runs_nothing() -> None:
    assert (ROOT / "dsp" / "__init__.py").read_text() == ""


def test_every_door_and_the_tills_stand_in_the_contract_that_keeps_them_apart() -> None:
    contracts = _project()["tool"]["importlinter"]["contracts"]
    (apart,) = [contract["modules"] for contract in contracts if contract["type"] == "independence"]
    assert sorted(apart) == sorted(f"bots.{path.parent.name}" for path in ROOT.glob("bots/*/__init__.py"))


# Locked requirements


def _locked(name: str) -> dict[str, set[str]]:
    """Requirement with its marker, as written → its hashes."""
    text = (REQUIREMENTS / name).read_text().replace("\\\n", " ")
    lines = [line.split("--hash=") for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return {head.strip(): {digest.strip() for digest in digests} for head, *digests in lines}


def _wanted(name: str) -> set[str]:
    lines = (REQUIREMENTS / name).read_text().splitlines()
    named = [re.split(r"[\[<>=~! ]", line)[0] for line in lines if line and not line.startswith(("#", "-"))]
    return {_normal(name) for name in named}


def _normal(name: str) -> str:
    """A package's name as PEP 503 writes it."""
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("name", ["runtime.txt", "test.txt"])
def test_every_requirement_is_one_version_with_hashes_and_no_address(name: str) -> None:
    locked = _locked(name)
    assert len(locked) > 30
    for requirement, hashes in locked.items():
        assert re.fullmatch(r"[a-z0-9.-]+==[0-9][\w.]*( ; .+)?", requirement)
        assert hashes, requirement
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", digest) for digest in hashes), requirement
    assert "://" not in (REQUIREMENTS / name).read_text()


def test_the_tests_run_on_exactly_what_the_service_runs_on() -> None:
    runtime, test = _locked("runtime.txt"), _locked("test.txt")
    assert runtime.items() <= test.items()


@pytest.mark.parametrize("kind", ["runtime", "test"])
def test_what_is_wanted_is_locked(kind: str) -> None:
    locked = {requirement.partition("==")[0] for requirement in _locked(f"{kind}.txt")}
    assert _wanted(f"{kind}.in") <= locked


def test_each_package_has_a_line_that_says_why_it_is_here_and_under_which_licence() -> None:
    rows = re.findall(
        r"^\| ([a-z0-9-]+) \| (.+) \| (.+) \|$", (ROOT / "docs/dependencies.md").read_text(), re.MULTILINE
    )
    explained = [name for name, *_ in rows if name != "package"]
    locked = {requirement.partition("==")[0] for requirement in _locked("test.txt")}
    assert sorted(explained) == sorted(locked)


def test_the_metadata_names_the_same_packages_as_the_requirements() -> None:
    project = _project()
    for kind, listed in (
        ("runtime", project["project"]["dependencies"]),
        ("test", project["dependency-groups"]["test"]),
    ):
        assert {_normal(re.split(r"[\[<>=]", name)[0]) for name in listed} == _wanted(f"{kind}.in")


# What is in the repository


# One letter of each host is in brackets, so that this file does not name it.
REGISTRIES = (
    rb"py[p]i\.org|python[h]osted|anac[o]nda\.org|registry\.np[m]js|crates\.i[o]"
    rb"|docker\.i[o]|ghc[r]\.io|qua[y]\.io"
)
MACHINE_PATHS = rb"(?<![\w.\])}>-])/(?:wo[r]k|roo[t]|tmp/brie[f]|opt/whee[l]s|opt/pyp[i])(?:/|\b)"


def _tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "-C", ROOT, "ls-files", "-z"], capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def test_no_file_names_a_registry_or_a_place_on_somebodys_machine() -> None:
    forbidden = re.compile(REGISTRIES + b"|" + MACHINE_PATHS)
    found = {
        str(path.relative_to(ROOT)): hit[0]
        for path in _tracked()
        if (hit := forbidden.search(path.read_bytes()))
    }
    assert found == {}


# The launcher, on a copy of it with one tiny package, so that no network is needed


APP = """\
import os, sys
import bell
if sys.argv[1:] == ["warm"]:
    print("warming")
else:
    print(bell.SOUND, os.getcwd(), *sys.argv[1:], sep="|")
    sys.exit(7 if "fail" in sys.argv else 0)
"""


def _wheel(folder: Path, version: str = "1.0") -> str:
    """Put a wheel of the package `bell` into the folder; returns its sha256."""
    info = f"bell-{version}.dist-info"
    files = {
        "bell.py": f"SOUND = 'ding {version}'\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: bell\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: lathe\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    lines = []
    for name, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        lines.append(f"{name},sha256={digest},{len(text)}")
    path = folder / f"bell-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for name, text in files.items():
            wheel.writestr(name, text)
        wheel.writestr(f"{info}/RECORD", "\n".join([*lines, f"{info}/RECORD,,", ""]))
    return hashlib.sha256(path.read_bytes()).hexdigest()


@dataclass(frozen=True)
class Checkout:
    """A clone of a house with one requirement, in a folder with a blank in its name."""

    folder: Path

    @property
    def root(self) -> Path:
        return self.folder / "a house"

    @property
    def wheels(self) -> Path:
        return self.folder / "wheels"

    def require(self, version: str, digest: str) -> None:
        for name in ("runtime.txt", "test.txt"):
            (self.root / "requirements" / name).write_text(
                f"bell=={version} \\\n    --hash=sha256:{digest}\n"
            )

    def environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PIP_", "PYTHON", "COV_"))
        }
        return {
            **kept,
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(self.wheels),
            **(more or {}),
        }

    def lathe(
        self,
        *arguments: str,
        by: Path | None = None,
        cwd: Path | None = None,
        stdin: str = "",
        more: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [by or self.root / "lathe", *arguments],
            cwd=cwd or self.root,
            env=self.environment(more),
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )


def _never_used(folder: Path) -> Checkout:
    checkout = Checkout(folder)
    for path in (checkout.wheels, checkout.root / "requirements", checkout.root / "bots"):
        path.mkdir(parents=True)
    shutil.copy(ROOT / "lathe", checkout.root / "lathe")
    (checkout.root / "bots" / "__init__.py").touch()
    (checkout.root / "bots" / "__main__.py").write_text(APP)
    checkout.require("1.0", _wheel(checkout.wheels))
    return checkout


@pytest.fixture
def clone(tmp_path: Path) -> Checkout:
    return _never_used(tmp_path)


@pytest.fixture(scope="module")
def first_use(tmp_path_factory: pytest.TempPathFactory) -> tuple[Checkout, subprocess.CompletedProcess[str]]:
    """A checkout after its first use, and what that printed."""
    checkout = _never_used(tmp_path_factory.mktemp("first"))
    return checkout, checkout.lathe("demo", "my song.wav")


@pytest.fixture
def house(first_use: tuple[Checkout, subprocess.CompletedProcess[str]], tmp_path: Path) -> Checkout:
    """A checkout that was used, and moved since."""
    shutil.copytree(first_use[0].folder, tmp_path / "moved", symlinks=True)
    return Checkout(tmp_path / "moved")


@pytest.mark.parametrize("shell", ["sh", "dash", "bash"])
def test_any_shell_can_read_the_launcher(shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} here")
    assert subprocess.run([shell, "-n", ROOT / "lathe"], check=False).returncode == 0


def test_a_first_use_says_what_it_does_and_keeps_standard_output_for_the_command(
    first_use: tuple[Checkout, subprocess.CompletedProcess[str]],
) -> None:
    checkout, first = first_use
    assert first.returncode == 0, first.stderr
    assert first.stdout == f"ding 1.0|{checkout.root}|demo|my song.wav\n"
    steps = first.stderr.splitlines()
    assert "making" in steps[0]
    assert "requirements/runtime.txt" in steps[1]
    assert "compiling" in steps[2]
    assert steps[3:] == ["warming"]


def test_later_uses_say_nothing_of_their_own(house: Checkout) -> None:
    again = house.lathe("demo")
    assert (again.stdout, again.stderr) == (f"ding 1.0|{house.root}|demo\n", "")


def test_the_exit_code_is_that_of_the_command(house: Checkout) -> None:
    assert house.lathe("fail").returncode == 7


def test_it_runs_from_any_folder_and_through_a_chain_of_symlinks(house: Checkout, tmp_path: Path) -> None:
    (tmp_path / "absolute").symlink_to(house.root / "lathe")
    (tmp_path / "relative").symlink_to("absolute")
    linked = house.lathe("demo", by=tmp_path / "relative", cwd=tmp_path)
    assert linked.stdout == f"ding 1.0|{tmp_path}|demo\n"


@pytest.mark.parametrize("more", [{}, {"PYTHONPATH": "."}, {"PYTHONHOME": "/nowhere"}], ids=str)
def test_a_strangers_folder_cannot_put_its_code_in_place_of_ours(
    house: Checkout, tmp_path: Path, more: dict[str, str]
) -> None:
    (tmp_path / "bots").mkdir()
    (tmp_path / "bots" / "__init__.py").write_text("raise SystemExit('a stranger')")
    (tmp_path / "bell.py").write_text("raise SystemExit('a stranger')")
    among_strangers = house.lathe("demo", cwd=tmp_path, more=more)
    assert among_strangers.stdout == f"ding 1.0|{tmp_path}|demo\n", among_strangers.stderr


def test_setting_up_leaves_the_scripts_standard_input_to_the_command(house: Checkout) -> None:
    for part in ("runtime", "kernels"):
        (house.root / ".venv" / f".lathe-{part}").unlink()
    (house.root / "bots" / "__main__.py").write_text("import sys\nprint(sys.stdin.read())\n")
    asked = house.lathe("chat", stdin="line one\nline two")
    assert "fetching" in asked.stderr
    assert "compiling" in asked.stderr
    assert asked.stdout == "line one\nline two\n"


def test_a_package_that_is_not_the_locked_one_is_refused_and_the_next_use_tries_again(
    house: Checkout,
) -> None:
    digest = _wheel(house.wheels, "2.0")
    house.require("2.0", "0" * 64)
    refused = house.lathe("demo")
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert "HASHES" in refused.stderr
    assert f"{house.root}/.venv/install.log" in refused.stderr

    house.require("2.0", digest)
    assert "ding 2.0" in house.lathe("demo").stdout


def test_a_package_without_a_hash_is_refused(house: Checkout) -> None:
    _wheel(house.wheels, "2.0")
    (house.root / "requirements" / "runtime.txt").write_text("bell==2.0\n")
    refused = house.lathe("demo")
    assert (refused.returncode, refused.stdout) == (1, "")


def test_changed_requirements_are_installed_at_the_next_use(house: Checkout) -> None:
    house.require("2.0", _wheel(house.wheels, "2.0"))
    assert "ding 2.0" in house.lathe("demo").stdout
    assert house.lathe("demo").stderr == ""


def test_changed_kernels_are_compiled_at_the_next_use(house: Checkout) -> None:
    kernels = house.root / "dsp" / "kernels"
    kernels.mkdir(parents=True)
    (kernels / "gain.py").write_text("GAIN = 1\n")
    assert house.lathe("demo").stderr.splitlines()[1:] == ["warming"]
    assert house.lathe("demo").stderr == ""


def test_the_test_packages_come_with_the_first_test_run(house: Checkout) -> None:
    (house.root / ".venv" / ".lathe-runtime").unlink()
    (house.root / "pytest.py").write_text("import os, sys, bell\nprint(os.getcwd(), *sys.argv[1:])\n")
    first = house.lathe("test", "-k", "limiter", cwd=house.root / "bots")
    assert first.stdout == f"{house.root} -k limiter\n"
    assert "requirements/test.txt" in first.stderr
    assert house.lathe("test").stderr == ""
    assert house.lathe("demo").stderr == ""


def test_an_environment_that_was_left_half_made_is_made_again(clone: Checkout) -> None:
    (clone.root / ".venv" / "bin").mkdir(parents=True)
    (clone.root / ".venv" / "bin" / "python").symlink_to("/nowhere/python3")
    assert clone.lathe("demo").stdout == f"ding 1.0|{clone.root}|demo\n"


def test_an_installation_that_was_killed_is_not_trusted(house: Checkout) -> None:
    (installed,) = house.root.glob(".venv/lib/*/site-packages/bell.py")
    installed.unlink()
    (house.root / ".venv" / ".lathe-runtime").unlink()
    (house.root / ".venv" / ".lathe-unfinished").touch()
    assert house.lathe("demo").stdout == f"ding 1.0|{house.root}|demo\n"


def test_two_first_uses_at_once_make_one_environment(clone: Checkout) -> None:
    both = [
        subprocess.Popen(
            [clone.root / "lathe", "demo"],
            env=clone.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    said = [use.communicate() for use in both]
    assert [use.returncode for use in both] == [0, 0]
    assert [out.split("|")[0] for out, _ in said] == ["ding 1.0", "ding 1.0"]
    assert sum(err.count("fetching") for _, err in said) == 1


def _old_pythons(folder: Path, code: str) -> str:
    """A PATH on which every Python answers as the shell code says."""
    for name in ("python3.14", "python3.13", "python3.12", "python3.11", "python3"):
        (folder / name).write_text(f"#!/bin/sh\n{code}\n")
        (folder / name).chmod(0o755)
    return f"{folder}:/usr/bin:/bin"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("echo old 3.9.2 /usr/bin/python3", ["3.11 or newer", "3.9.2 (/usr/bin/python3)"]),
        ("echo bare 3.12.1 /usr/bin/python3.12", ["venv and ensurepip", "python3-venv", "python3.12-venv"]),
        ("exit 127", ["3.11 or newer", "none was found"]),
    ],
    ids=["too old", "without venv", "none at all"],
)
def test_a_python_that_cannot_do_it_gets_a_clear_line(
    clone: Checkout, tmp_path: Path, answer: str, said: list[str]
) -> None:
    refused = clone.lathe("demo", more={"PATH": _old_pythons(tmp_path, answer)})
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert all(words in refused.stderr for words in said), refused.stderr
    assert not (clone.root / ".venv").exists()


def test_the_command_of_this_checkout_helps_from_another_folder(tmp_path: Path) -> None:
    if not (ROOT / ".venv" / ".lathe-runtime").is_file():
        pytest.skip("this checkout has not been set up by its launcher")
    (tmp_path / "lathe").symlink_to(ROOT / "lathe")
    helped = subprocess.run(
        [tmp_path / "lathe", "--help"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert helped.returncode == 0, helped.stderr
    assert all(command in helped.stdout for command in ("demo", "chat", "run", "doctor", "master", "analyse"))
