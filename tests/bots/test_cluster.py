"""The processes that the compose file names, with what it tells them, on one machine."""

import json
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
import yaml

from tests.bots.lathe import ROOT, command, files, surroundings
from tests.bots.test_machines import PATIENCE, SECRET, rest, say
from tests.databases import past_the_store
from tests.s3 import S3, running_s3

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES: Mapping[str, Any] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "lathe"}
MEMBERS = {name: service for name, service in OURS.items() if service.get("profiles")}


def test_without_a_profile_there_is_one_service() -> None:
    assert [name for name, service in SERVICES.items() if not service.get("profiles")] == ["lathe"]
    assert {*MEMBERS} == {"bots", "web", "worker", "migrate"}


@pytest.mark.parametrize("name", SERVICES)
def test_whatever_is_waited_for_is_there_and_can_be_waited_for(name: str) -> None:
    for other, wait in SERVICES[name].get("depends_on", {}).items():
        waited = SERVICES[other]
        assert set(waited["profiles"]) >= set(SERVICES[name]["profiles"])
        if wait["condition"] == "service_healthy":
            assert waited["healthcheck"]["test"]
        else:
            assert wait["condition"] == "service_completed_successfully"
            assert waited["restart"] == "on-failure"  # or it would never be completed


@pytest.mark.parametrize("name", OURS)
def test_a_process_of_ours_has_no_rights_that_it_does_not_need(name: str) -> None:
    service = OURS[name]
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))
    assert int(service["stop_grace_period"].removesuffix("s")) > 15  # it drains in 15


@pytest.mark.parametrize("name", [name for name in SERVICES if name not in OURS])
def test_rows_and_audio_are_not_published(name: str) -> None:
    assert "ports" not in SERVICES[name]


def test_every_volume_is_declared_and_every_declared_one_is_used() -> None:
    mounts = [mount for service in SERVICES.values() for mount in service.get("volumes", ())]
    named = {mount.partition(":")[0] for mount in mounts if mount[0] not in "./"}
    assert named == set(COMPOSE["volumes"])


def test_nothing_of_the_file_is_a_secret() -> None:
    text = (ROOT / "docker-compose.yml").read_text("utf-8")
    for name in ("POSTGRES_PASSWORD", "AWS_SECRET_ACCESS_KEY"):
        values = re.findall(rf"^\s*{name}: (.*)$", text, re.MULTILINE)
        assert values
        assert set(values) == {f"${{{name}:-}}"}


class Cluster:
    """The members with their settings, as this machine has them: loopback, and folders for volumes."""

    def __init__(self, folder: Path, url: str, s3: S3) -> None:
        self._folder = folder
        self._here = {
            **s3.variables,
            "LATHE_DATABASE_URL": url,
            "LATHE_BLOB_URL": f"s3://{s3.bucket()}/audio",
            "LATHE_WEB_BIND": "127.0.0.1:0",
            "LATHE_SECRET_KEY": SECRET,
        }

    def settings(self, name: str, home: str) -> dict[str, str]:
        """What the file tells a member, with the addresses of this machine."""
        told: Mapping[str, str] = MEMBERS[name]["environment"]
        assert set(self._here) <= {*told, "LATHE_SECRET_KEY"}  # that one comes from .env
        return {**told, **self._here, "LATHE_HOME": str(self._folder / home)}

    @contextmanager
    def member(self, name: str, home: str, *instead: str) -> "Iterator[subprocess.Popen[str]]":
        """A process of a member; killed at the end, if it still runs."""
        arguments: Sequence[str] = instead or MEMBERS[name]["command"]
        process = subprocess.Popen(
            command(*(argument.replace("0.0.0.0:8080", "127.0.0.1:0") for argument in arguments)),
            stdin=subprocess.PIPE if instead else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self._folder,
            env=surroundings(**self.settings(name, home)),
        )
        try:
            yield process
        finally:
            process.kill()
            process.communicate()


def address(process: "subprocess.Popen[str]") -> str:
    """Where a process tells how it is."""
    assert process.stderr is not None
    for line in process.stderr:
        if found := re.search(r"Web door: (http://[\d.:]+)", line):
            return found[1]
    raise AssertionError(f"it ended with {process.wait()}")


def asked(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@pytest.fixture
def s3() -> Iterator[S3]:
    with running_s3() as server:
        yield server


@pytest.fixture
def cluster(tmp_path: Path, bare_url: str, s3: S3) -> Cluster:
    return Cluster(tmp_path, bare_url, s3)


@pytest.mark.databases("postgres")
def test_an_order_is_played_over_the_processes_of_a_cluster(cluster: Cluster, song: Path) -> None:
    with cluster.member("migrate", "migrate") as migrating:
        out, err = migrating.communicate(timeout=PATIENCE)
        assert migrating.returncode == 0, err
        assert "applied: 0001_initial" in out
    with ExitStack() as stack:
        members = {
            "web": stack.enter_context(cluster.member("web", "web")),
            "worker 1": stack.enter_context(cluster.member("worker", "worker-1")),
            "worker 2": stack.enter_context(cluster.member("worker", "worker-2")),
            "bots": stack.enter_context(cluster.member("bots", "bots")),
        }
        doors = {name: address(process) for name, process in members.items()}
        for name, door in doors.items():
            status, told = asked(f"{door}/readyz")
            assert (status, json.loads(told)["ok"]) == (200, True), (name, told)
        _, page = asked(f"{doors['worker 1']}/metrics")
        assert re.search(r'lathe_lease_seconds\{holder="[0-9a-f]{8}",name="desk"\} [0-5]\.', page)
        assert re.search(r'lathe_disk_free_bytes\{of="home"\} \d', page)
        bots = members.pop("bots")
        bots.send_signal(signal.SIGTERM)
        assert bots.wait(timeout=60) == 0
        # The chat takes the place of the doors: they are the part that talks with platforms.
        chat = stack.enter_context(
            cluster.member("bots", "bots", "chat", "--as", "anna", "--json", "--without-workers")
        )
        say(chat, f'@"{song}"', "!wait", ">pay", "!wait", ">approve", "!wait")
        shown = rest(chat)
        assert [path.suffix for path in files(shown, "file")] == [".wav", ".wav", ".mp3"]
        _, page = asked(f"{doors['web']}/metrics")
        assert "lathe_up 1.0" in page
        assert "lathe_ledger_delivered_mismatch 0.0" in page
        pages = [asked(f"{doors[name]}/metrics")[1] for name in ("worker 1", "worker 2")]
        assert any('lathe_job_seconds_count{kind="render",outcome="done"} 1.0' in page for page in pages)
        for process in members.values():
            process.send_signal(signal.SIGTERM)
        assert [process.wait(timeout=60) for process in members.values()] == [0, 0, 0]


@pytest.mark.databases("postgres")
def test_a_process_that_drains_says_so_and_a_second_signal_ends_it_at_once(
    cluster: Cluster, song: Path, bare_url: str
) -> None:
    with ExitStack() as stack:
        chat = stack.enter_context(
            cluster.member("bots", "bots", "chat", "--as", "anna", "--json", "--without-workers")
        )
        worker = stack.enter_context(cluster.member("worker", "worker"))
        door = address(worker)
        say(chat, f'@"{song}"')
        raw = stack.enter_context(past_the_store(bare_url))
        while raw.execute("SELECT 1 FROM jobs WHERE state = 'running' AND queue = 'cpu'").fetchone() is None:
            assert worker.poll() is None
            time.sleep(0.01)
        for child in psutil.Process(worker.pid).children(recursive=True):
            child.suspend()  # so that its job does not end before the second signal
            stack.callback(ended, child)
        worker.send_signal(signal.SIGTERM)
        status, told = asked_while(worker, door)
        assert (status, told["stage"]) == (503, "closing")
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=60) == -signal.SIGTERM


def ended(child: psutil.Process) -> None:
    with suppress(psutil.NoSuchProcess):
        child.kill()


def asked_while(process: "subprocess.Popen[str]", door: str) -> tuple[int, Any]:
    """What /readyz says as soon as it is no longer open."""
    while process.poll() is None:
        status, told = asked(f"{door}/readyz")
        if status != 200:
            return status, json.loads(told)
    raise AssertionError(f"it ended with {process.returncode}")
